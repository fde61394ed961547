"""L019: a citation of a document that is neither a known one, nor a publication, nor has an address."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from matcher.errors import Diagnostic, nearest
from matcher.rulebook.lint.book import Book
from matcher.rulebook.marked import Location
from matcher.rules.document import Citation

#: the documents that this rulebook was written from, by their short names
DOCUMENTS = ("guide", "mesocar", "gastric", "myeloma", "pdq", "KEY_CRITERIA")


def check(book: Book) -> Iterator[Diagnostic]:
    for file, path, citation in citations(book):
        name = citation.document
        if name in DOCUMENTS or citation.address is not None or _is_publication(name):
            continue
        suggestion = nearest(name, DOCUMENTS)
        hint = f"did you mean '{suggestion}'?" if suggestion else ""
        message = f"'{name}' is no known document and has no address"
        yield book.report(file, "L019", (*path, "document"), message, hint, on_key=False)


def _is_publication(name: str) -> bool:
    """A title or the name of a resource, not a short name: words, or a name with capitals like OncoTree."""
    if nearest(name, DOCUMENTS) is not None:
        return False
    return " " in name or not name.islower()


def citations(book: Book) -> Iterator[tuple[str, Location, Citation]]:
    """Every citation of every file and where it stands: defined under a name, or written out in place."""
    for file in book.loaded.files:
        if file.document is not None:
            for path, citation in _below(file.document, ()):
                yield file.name, path, citation


def _below(value: object, path: Location) -> Iterator[tuple[Location, Citation]]:
    match value:
        case Citation():
            yield path, value
        case BaseModel():
            for name in type(value).model_fields:
                yield from _below(getattr(value, name), (*path, name))
        case dict():
            for name, inner in value.items():
                yield from _below(inner, (*path, str(name)))
        case list():
            for index, inner in enumerate(value):
                yield from _below(inner, (*path, index))
