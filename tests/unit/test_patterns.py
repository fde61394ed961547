"""No text, however long, holds a pattern up: the work of each grows with the text and not with its square."""

from pathlib import Path

from tests.patterns import Pattern, patterns_of, slow

# What stands in a pattern and is only known when it is used.
FILLED = {
    "matcher/vocabulary/staging.py": {"axis": "t"},
    "matcher/readers/mapped.py": {"table": "labs"},
    "matcher/readers/bound.py": {"escaped": r"course\ (\d+)"},
    "matcher/rulebook/lint/sections.py": {"part": "chemotherapy"},
}


def test_every_pattern_of_the_program_is_linear(root: Path) -> None:
    patterns = patterns_of(root / "src" / "matcher", FILLED)
    assert len(patterns) > 80
    assert slow(patterns) == []


def test_patterns_that_are_not_linear_are_found() -> None:
    bad = [
        Pattern("splits", r"\s*(?:\+|,|\band\b)\s*", 0, ("split",)),
        Pattern("brackets", r"\(([^)]*)\)", 0, ("sub",)),
        Pattern("alternatives", r"\s+or\s+|\s*/\s*", 0, ("split",)),
        Pattern("nested", r"(a+)+b", 0, ("fullmatch",)),
        Pattern("digits", r"\d+(?:,\d+)+x", 0, ("search",)),
    ]
    assert [each.split()[0] for each in slow(bad)] == [each.place for each in bad]
