"""What is allowed in a rulebook and still deserves a second look: one small check a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from matcher.errors import Diagnostic, in_order
from matcher.rulebook.lint import (
    contradictions,
    coverage_claim,
    direction,
    documents,
    lenient,
    names,
    printed,
    recruitment,
    rows,
    sections,
    understood,
    unsatisfiable,
    unused,
    wording,
)
from matcher.rulebook.lint.book import Book
from matcher.rulebook.load import Loaded

Check: TypeAlias = Callable[[Book], Iterable[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    unsatisfiable.check,
    contradictions.check,
    rows.check,
    unused.lists,
    unused.sources,
    unused.events,
    printed.check,
    lenient.check,
    documents.check,
    names.identifiers,
    names.titles,
    coverage_claim.check,
    recruitment.check,
    direction.check,
    wording.check,
    understood.check,
)


def lint(loaded: Loaded) -> list[Diagnostic]:
    """Every finding, in order. A file with errors is left to them: half of it would be judged."""
    if loaded.rulebook is None:
        return []
    book = Book(loaded, loaded.rulebook)
    faulty = {each.file for each in loaded.errors}
    return in_order(found for check in CHECKS for found in check(book) if found.file not in faulty)


def lint_sections(loaded: Loaded, texts: Mapping[str, str]) -> list[Diagnostic]:
    """Every citation of a section that is not in the text of its document."""
    return [] if loaded.rulebook is None else in_order(sections.check(Book(loaded, loaded.rulebook), texts))
