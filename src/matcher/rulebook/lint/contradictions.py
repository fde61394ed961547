"""L014, L015: criteria of one candidate that ask for the same thing, or that nobody can satisfy together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book, Placed, criteria_of
from matcher.rules.candidate import Candidate, Role


def check(book: Book) -> Iterator[Diagnostic]:
    for candidate in book.rulebook.candidates:
        placed = [each for each in criteria_of(candidate) if each.criterion.role is not Role.CAUTION]
        shared = [each for each in placed if each.path[0] != "cohorts"]
        groups = [
            shared + [each for each in placed if each.path[:2] == ("cohorts", cohort.id)]
            for cohort in candidate.cohorts
        ] or [shared]
        for group in groups:
            yield from _among(book, candidate, group)


def _among(book: Book, candidate: Candidate, group: Sequence[Placed]) -> Iterator[Diagnostic]:
    solver = book.solver
    able = [each for each in group if solver.possible((each.criterion.satisfied, True))]
    clashed = False
    for first, second in combinations(able, 2):
        a, b = first.criterion.satisfied, second.criterion.satisfied
        if not solver.values_below(a) & solver.values_below(b):
            continue
        other = first.criterion.id
        if not solver.possible((a, True), (b, True)):
            clashed = True
            yield book.report(
                candidate.file, "L015", second.path, f"nobody can satisfy this together with {other}"
            )
        elif solver.possible((a, False)) and _same(book, a, b):
            yield book.report(candidate.file, "L014", second.path, f"this asks for the same as {other}")
    wanted = [(each.criterion.satisfied, True) for each in able]
    if not clashed and wanted and not solver.possible(*wanted):
        last = able[-1]
        yield book.report(
            candidate.file, "L015", last.path, "nobody can satisfy all criteria up to this one together"
        )


def _same(book: Book, a: int, b: int) -> bool:
    solver = book.solver
    return a == b or not (solver.possible((a, True), (b, False)) or solver.possible((a, False), (b, True)))
