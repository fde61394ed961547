"""L017: a limit that the source prints in an impossible unit, without a note on what was made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book, criteria_of
from matcher.rules.condition import Comparison, comparisons
from matcher.vocabulary.laboratory import LAB_TESTS, LabTest, registry_unit_trap
from matcher.vocabulary.units import UnitError, parse_quantity

_QUANTITY = re.compile(r"""(\d[\d,]*(?:\.\d+)?)\s*["']?\s*((?:per\s+)?[^\s"',;()]+(?:\s+per\s+\w+)?)""")


def check(book: Book) -> Iterator[Diagnostic]:
    for candidate in book.rulebook.candidates:
        for placed in criteria_of(candidate):
            criterion = placed.criterion
            if not criterion.printed or criterion.note:
                continue
            for comparison in comparisons(criterion.condition):
                test = _test(comparison)
                likely = _impossible(criterion.printed, test) if test is not None else None
                if likely is not None:
                    yield book.report(candidate.file, "L017", (*placed.path, "printed"), likely)
                    break


def _test(comparison: Comparison) -> LabTest | None:
    if comparison.word != "lab" or comparison.feature is None:
        return None
    return LAB_TESTS.get(comparison.feature.topic.removeprefix("lab:"))


def _impossible(printed: str, test: LabTest) -> str | None:
    for number, unit in _QUANTITY.findall(printed):
        written = f"{number.replace(',', '')} {unit}"
        try:
            quantity = parse_quantity(written)
        except UnitError:
            continue
        likely = registry_unit_trap(test, quantity.unit, quantity.value)
        if likely is not None:
            return f"'{written}' as printed is impossible; {likely} is likely meant"
    return None
