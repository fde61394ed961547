"""L009, L018: allowances without a reason, that do not go together, or that are wider than a retest explains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book
from matcher.rulebook.marked import Location
from matcher.rules.syntax import CandidateDocument, CriterionDocument, TrialDocument

#: half of a limit is no margin of measurement
_WIDEST_PERCENT = 25.0


def check(book: Book) -> Iterator[Diagnostic]:
    for file in book.loaded.files:
        if isinstance(file.document, CandidateDocument):
            for path, criterion in _criteria(file.document):
                for code, name, message in _faults(criterion):
                    yield book.report(file.name, code, (*path, name), message)


def _criteria(document: CandidateDocument) -> Iterator[tuple[Location, CriterionDocument]]:
    parts: list[tuple[Location, Mapping[str, CriterionDocument]]] = [
        (("inclusion",), document.inclusion),
        (("exclusion",), document.exclusion),
    ]
    if isinstance(document, TrialDocument):
        for name, cohort in document.cohorts.items():
            parts += [
                (("cohorts", name, "inclusion"), cohort.inclusion),
                (("cohorts", name, "exclusion"), cohort.exclusion),
            ]
    for path, criteria in parts:
        for identifier, criterion in criteria.items():
            yield (*path, identifier), criterion


def _faults(criterion: CriterionDocument) -> Iterator[tuple[str, str, str]]:
    recoverable = criterion.recoverable
    if criterion.at_screening and recoverable is not None:
        yield "L018", "at_screening", "what screening establishes is not 'recoverable' as well"
    if criterion.at_screening and criterion.waivable is not None:
        yield "L018", "at_screening", "what screening establishes is not 'waivable' as well"
    if recoverable is None or recoverable.within is None:
        return
    if recoverable.source is None and recoverable.assumption is None:
        yield "L009", "recoverable", "the margin has neither a source nor an assumption"
    percent = recoverable.within.strip()
    if percent.endswith("%") and float(percent[:-1]) > _WIDEST_PERCENT:
        yield "L018", "recoverable", f"a retest does not move a value by {percent}"
