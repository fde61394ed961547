"""L023: a candidate said to be encoded in full whose own remarks say that something is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book
from matcher.rulebook.marked import Location
from matcher.rules.candidate import Coverage
from matcher.rules.syntax import CandidateDocument

_PARTIAL = re.compile(
    r"\b(?:partial(?:ly)?|excerpts?|incomplete|not (?:all|seen|stated in full|encoded|complete)|were not seen"
    r"|further criteria|more criteria|remaining criteria|criteria (?:are )?missing)\b",
    re.IGNORECASE,
)


def check(book: Book) -> Iterator[Diagnostic]:
    for file in book.loaded.files:
        document = file.document
        if not isinstance(document, CandidateDocument) or document.coverage != Coverage.FULL.value:
            continue
        for path, text in _remarks(document):
            found = _PARTIAL.search(text)
            if found is not None:
                message = f"coverage is full, and this says '{found[0]}'"
                yield book.report(file.name, "L023", path, message, on_key=False)


def _remarks(document: CandidateDocument) -> Iterator[tuple[Location, str]]:
    for name in ("notes", "assumptions"):
        for index, text in enumerate(getattr(document, name)):
            yield (name, index), text
    for name, source in document.sources.items():
        if source.note is not None:
            yield ("sources", name, "note"), source.note
