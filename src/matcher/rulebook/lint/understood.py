"""L026: how a rule is understood where its author wrote it in other words, or left it to a default."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book, criteria_of
from matcher.rules.condition import Comparison, comparisons, without_else
from matcher.rules.version import VERSION
from matcher.vocabulary.text import in_sentence


def check(book: Book) -> Iterator[Diagnostic]:
    for candidate in book.rulebook.candidates:
        for placed in criteria_of(candidate):
            condition = placed.criterion.condition
            for each in comparisons(condition):
                for written, title in each.read_as:
                    yield book.report(
                        candidate.file, "L026", each.path, f"'{written}' is read as {in_sentence(title)}"
                    )
                if each.default_window is not None:
                    message = f"{each.title}: values up to {each.default_window} days old count, by default"
                    yield book.report(
                        candidate.file, "L026", each.path, message, "write 'within' where the protocol does"
                    )
            for branch in without_else(condition):
                if isinstance(branch.condition, Comparison) and branch.condition.word == VERSION:
                    continue
                message = "where the 'if' is not met, nothing is asked"
                yield book.report(candidate.file, "L026", branch.path, message)
