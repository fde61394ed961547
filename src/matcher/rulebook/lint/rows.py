"""L007, L011: rows of a table that no patient reaches, or that overlap with another result."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book
from matcher.rules.graph import Choice
from matcher.rules.rulebook import Derivation


def check(book: Book) -> Iterator[Diagnostic]:
    for derivation in book.rulebook.derivations:
        choice = book.builder.nodes[derivation.node]
        if derivation.document.table is not None and isinstance(choice, Choice):
            yield from _unreached(book, derivation, choice)
            if not derivation.document.ordered:
                yield from _overlapping(book, derivation, choice)


def _unreached(book: Book, derivation: Derivation, choice: Choice) -> Iterator[Diagnostic]:
    above: list[tuple[int, bool]] = [(choice.applies, True)]
    for index, (row, _) in enumerate(choice.rows):
        path = ("table", index)
        if not book.solver.possible((choice.applies, True), (row, True)):
            yield book.report(derivation.file, "L007", path, "no patient has what this row describes")
        elif not book.solver.possible(*above, (row, True)):
            message = "the rows above take everybody whom this row describes"
            yield book.report(derivation.file, "L007", path, message)
        above.append((row, False))


def _overlapping(book: Book, derivation: Derivation, choice: Choice) -> Iterator[Diagnostic]:
    """Partial overlaps: neither row is the exception to the other, so the reader cannot see which counts."""
    solver = book.solver
    for (i, (upper, one)), (j, (lower, other)) in combinations(enumerate(choice.rows), 2):
        if one == other or not solver.possible((choice.applies, True), (upper, True), (lower, True)):
            continue
        exception = not solver.possible((choice.applies, True), (upper, True), (lower, False))
        if not exception:
            message = f"some patients fit this row and row {i + 1}, which has another result"
            hint = "make them exclude each other, or write 'ordered: true' where the order is meant to decide"
            yield book.report(derivation.file, "L011", ("table", j), message, hint)
            break
