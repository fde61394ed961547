"""No text, however long, holds a pattern up: the work of each grows with the text and not with its square."""

from datetime import date
from pathlib import Path

import pytest

from matcher.readers.assemble import assemble
from tests.patterns import Pattern, patterns_of, slow
from tests.small_formulary import SMALL_FORMULARY

# What stands in a pattern and is only known when it is used.
FILLED = {
    "matcher/vocabulary/staging.py": {"axis": "t"},
    "matcher/readers/mapped.py": {"table": "labs"},
    "matcher/readers/merging.py": {"table": "labs"},
    "matcher/readers/bound.py": {"escaped": r"course\ (\d+)"},
    "matcher/service/workbench/begin.py": {"kind": "trial", "name": "NCT01234567"},
    "matcher/rulebook/lint/sections.py": {"part": "chemotherapy"},
}


# Looked for in fields of rows only, which are bounded where a row is read; the next test shows that. A sentence of a
# registry is looked at up to 200 characters, a pasted limit, a proposal's and the name of a drug up to 300, a heading
# up to 400, a cell from which a mapping is drafted up to 80.
BOUNDED = (
    "matcher/readers/cell_text.py",
    "matcher/readers/guessed_columns.py",
    "matcher/readers/mapping_guess.py",
    "matcher/exchange/forms.py",
    "matcher/exchange/sentences.py",
    "matcher/authoring/limits.py",
    "matcher/authoring/named.py",
    "matcher/authoring/plain.py",
    "matcher/authoring/proposals.py",
    "matcher/authoring/scales.py",
    "matcher/readers/alterations.py",
    "matcher/readers/results.py",
    "matcher/vocabulary/alterations.py",
    "matcher/vocabulary/biomarkers.py",
    "matcher/vocabulary/genes.py",
    "matcher/vocabulary/variants.py",
)


def test_every_pattern_of_the_program_is_linear(root: Path) -> None:
    patterns = patterns_of(root / "src" / "matcher", FILLED)
    assert len(patterns) > 80
    assert slow([each for each in patterns if not each.place.startswith(BOUNDED)]) == []


@pytest.mark.parametrize("letter", ["\n", "_", "A", " ", "(", "exon ", "+"])
@pytest.mark.parametrize(
    ("table", "field"),
    [
        *(("alterations", field) for field in ("gene", "kind", "protein_change", "partner", "none_of")),
        *(("biomarkers", field) for field in ("marker", "status", "score", "category", "percent_positive")),
        ("therapies", "agents"),
        ("medications", "none_of"),
    ],
)
def test_a_field_of_prose_is_not_looked_through(table: str, field: str, letter: str) -> None:
    row = {"gene": "BRAF", "marker": "her2", field: letter * 100_000}
    named = {name: value for name, value in row.items() if name in (field, *_NAMED.get(table, ()))}
    found = assemble({"id": "p", table: [named]}, as_of=date(2026, 1, 15), formulary=SMALL_FORMULARY)
    assert "P120" in {issue.code for issue in found.issues}


_NAMED = {"alterations": ("gene",), "biomarkers": ("marker",)}


def test_patterns_that_are_not_linear_are_found() -> None:
    bad = [
        Pattern("splits", r"\s*(?:\+|,|\band\b)\s*", 0, ("split",)),
        Pattern("brackets", r"\(([^)]*)\)", 0, ("sub",)),
        Pattern("alternatives", r"\s+or\s+|\s*/\s*", 0, ("split",)),
        Pattern("nested", r"(a+)+b", 0, ("fullmatch",)),
        Pattern("digits", r"\d+(?:,\d+)+x", 0, ("search",)),
    ]
    assert [each.split()[0] for each in slow(bad)] == [each.place for each in bad]
