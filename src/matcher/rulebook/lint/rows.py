"""L007, L011: rows of a table that no patient reaches, or that overlap with another result."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import combinations

from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book
from matcher.rules.graph import Choice
from matcher.rules.rulebook import Derivation


def check(book: Book) -> Iterator[Diagnostic]:
    for derivation in book.rulebook.derivations:
        choice = book.rulebook.graph[derivation.node]
        if derivation.document.table is None or not isinstance(choice, Choice):
            continue
        unreached = dict(_unreached(book, choice))
        for index, message in unreached.items():
            yield book.report(derivation.file, "L007", ("table", index), message)
        if not derivation.document.ordered:
            yield from _overlapping(book, derivation, choice, unreached)


def _unreached(book: Book, choice: Choice) -> Iterator[tuple[int, str]]:
    above: list[tuple[int, bool]] = [(choice.applies, True)]
    for index, (row, _) in enumerate(choice.rows):
        if not book.solver.possible((choice.applies, True), (row, True)):
            yield index, "no patient has what this row describes"
        elif not book.solver.possible(*above, (row, True)):
            yield index, "the rows above take everybody whom this row describes"
        above.append((row, False))


def _overlapping(
    book: Book, derivation: Derivation, choice: Choice, unreached: Container[int]
) -> Iterator[Diagnostic]:
    """The first partial overlap: neither row is an exception to the other, so their order decides unseen."""
    solver = book.solver
    for (i, (upper, one)), (j, (lower, other)) in combinations(enumerate(choice.rows), 2):
        if one == other or i in unreached or j in unreached:
            continue
        if not solver.possible((choice.applies, True), (upper, True), (lower, True)):
            continue
        exception = not solver.possible((choice.applies, True), (upper, True), (lower, False))
        if not exception:
            message = f"some patients fit this row and row {i + 1}, which has another result"
            yield book.report(derivation.file, "L011", ("table", j), message)
            return
