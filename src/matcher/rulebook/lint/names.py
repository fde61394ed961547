"""L021, L022: one name for two things, one title for two candidates."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.errors import Diagnostic
from matcher.features.catalogue import CATALOGUE
from matcher.rulebook.lint.book import Book
from matcher.rules.condition import Gate

_GATES = frozenset({*Gate, "if", "then", "else", "of", "recorded"})


def identifiers(book: Book) -> Iterator[Diagnostic]:
    """Cases find their rule by name, and conditions a derived fact: neither may mean two things."""
    candidates = {candidate.id: candidate for candidate in book.rulebook.candidates}
    kinds: dict[str, str] = {}
    for candidate in book.rulebook.candidates:
        if candidate.id in kinds and kinds[candidate.id] != candidate.kind.value:
            message = f"'{candidate.id}' is a trial and a regimen"
            yield book.report(candidate.file, "L021", (candidate.kind.value,), message)
        kinds[candidate.id] = candidate.kind.value
    for derivation in book.rulebook.derivations:
        if derivation.name in CATALOGUE or derivation.name in _GATES:
            message = f"'{derivation.name}' is a word of the language, which hides the derived fact"
            yield book.report(derivation.file, "L021", ("derive",), message)
        elif derivation.name in candidates:
            message = f"'{derivation.name}' is also a {candidates[derivation.name].kind.value}"
            yield book.report(derivation.file, "L021", ("derive",), message)


def titles(book: Book) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for candidate in book.rulebook.candidates:
        title = " ".join(candidate.title.casefold().split())
        if title in seen:
            message = f"{seen[title]} has the same title"
            yield book.report(candidate.file, "L022", ("title",), message)
        seen.setdefault(title, candidate.id)
