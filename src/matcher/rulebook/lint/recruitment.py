"""L024: a recruitment status that is said to be known, without where from or what it is supposed on."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book
from matcher.rules.syntax import TrialDocument


def check(book: Book) -> Iterator[Diagnostic]:
    for file in book.loaded.files:
        document = file.document
        if not isinstance(document, TrialDocument):
            continue
        recruitment = document.recruitment
        if recruitment.status != "unknown" and recruitment.source is None and recruitment.assumption is None:
            message = f"'{recruitment.status}' as of {recruitment.as_of}, and it is not said where from"
            yield book.report(file.name, "L024", ("recruitment",), message)
        for index, each in enumerate(recruitment.history):
            if each.status != "unknown" and each.source is None and each.assumption is None:
                message = f"'{each.status}' on {each.day}, and it is not said where from"
                yield book.report(file.name, "L024", ("recruitment", "history", index, "status"), message)
