"""L008, L012, L013: lists, sources and events that nothing refers to."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book
from matcher.rulebook.marked import Plain
from matcher.rules.list_syntax import ListDocument
from matcher.rules.syntax import CandidateDocument, DerivationDocument


def lists(book: Book) -> Iterator[Diagnostic]:
    """A list is used by a condition, by a regimen, or as a part of a list that is. Special lists always are."""
    if book.loaded.errors:
        return
    formulary = book.rulebook.formulary
    documents = {
        document.list: (file.name, document)
        for file in book.loaded.files
        if isinstance(document := file.document, ListDocument)
    }
    used = {formulary.lookup(name) or name for name in book.loaded.used_lists}
    waiting = [
        *used,
        *(member for _, each in documents.values() if each.kind != "class" for member in each.members),
    ]
    while waiting:
        name = formulary.lookup(waiting.pop())
        if name is None or name not in documents:
            continue
        used.add(name)
        waiting += [each for each in documents[name][1].members if formulary.lookup(each) not in used]
    for name, (file, document) in documents.items():
        if document.kind == "class" and name not in used and not document.offered:
            yield book.report(file, "L008", ("list",), f"no rule refers to '{name}'")


def sources(book: Book) -> Iterator[Diagnostic]:
    for file in book.loaded.files:
        document = file.document
        if not isinstance(document, (CandidateDocument, DerivationDocument)):
            continue
        assert file.marked is not None
        cited = set(_texts_under(file.marked.data, "source"))
        for name in document.sources:
            if name not in cited:
                yield book.report(file.name, "L012", ("sources", name), f"nothing cites '{name}'")


def events(book: Book) -> Iterator[Diagnostic]:
    """Time counted to an event passes those before it, so they are used with it."""
    for file in book.loaded.files:
        document = file.document
        if not isinstance(document, CandidateDocument) or not document.events:
            continue
        assert file.marked is not None
        named = set(_texts_under(file.marked.data, "before"))
        last = max((document.events.index(each) for each in named & set(document.events)), default=-1)
        for index, event in enumerate(document.events):
            if index > last:
                yield book.report(file.name, "L013", ("events", index), f"nothing is counted to '{event}'")


def _texts_under(data: Plain, wanted: str) -> Iterator[str]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name == wanted and isinstance(value, str):
                yield value
            yield from _texts_under(value, wanted)
    elif isinstance(data, list):
        for value in data:
            yield from _texts_under(value, wanted)
