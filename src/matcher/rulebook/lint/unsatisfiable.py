"""L005, L006: a condition, or a part of one, that no patient can meet or that every patient meets."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.errors import Diagnostic
from matcher.rulebook.lint.book import Book, criteria_of
from matcher.rules.candidate import Role
from matcher.rules.condition import (
    ASKS_NOTHING,
    EXCLUDES_NOBODY,
    Branch,
    Comparison,
    Condition,
    Group,
    asked_whether,
)
from matcher.rules.version import VERSION

_NEVER = {
    Role.INCLUSION: "nobody can meet this criterion",
    Role.EXCLUSION: "this exclusion can never apply",
    Role.CAUTION: "this caution can never apply",
}
_ALWAYS = {
    Role.INCLUSION: "everybody meets this criterion",
    Role.EXCLUSION: "this exclusion applies to everybody",
    Role.CAUTION: "this caution applies to everybody",
}


def check(book: Book) -> Iterator[Diagnostic]:
    for candidate in book.rulebook.candidates:
        for placed in criteria_of(candidate):
            role = placed.criterion.role
            condition = placed.criterion.condition
            yield from _judge(book, candidate.file, condition, (_NEVER[role], _ALWAYS[role]))
    for derivation in book.rulebook.derivations:
        for condition in derivation.conditions:
            # A whole row is judged together with the rows above it, by another check.
            for part in _parts(condition):
                yield from _judge(book, derivation.file, part, _PART)


_PART = ("nobody can meet this part of the condition", "everybody meets this part of the condition")


def _judge(book: Book, file: str, condition: Condition, words: tuple[str, str]) -> Iterator[Diagnostic]:
    """The outermost part that is decided beforehand: what is inside it is not said again."""
    if (whether := asked_whether(condition)) is not None:
        # It does or it does not: what is asked is whether that is known.
        condition = whether
    if book.solver.never(condition.node):
        yield book.report(file, "L005", condition.path, words[0])
    elif book.solver.always(condition.node):
        yield book.report(file, "L006", condition.path, words[1])
    else:
        for part in _parts(condition):
            yield from _judge(book, file, part, _PART)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case Group(members=members):
            return members
        case Branch(condition=Comparison(word=word), then=then, otherwise=otherwise) if word == VERSION:
            # A version that does not ask a criterion at all is no mistake.
            return tuple(each for each in (then, otherwise) if each not in (ASKS_NOTHING, EXCLUDES_NOBODY))
        case Branch(condition=asked, then=then, otherwise=otherwise):
            # An ``if`` without ``else`` asks nothing of the others, and the author wrote nothing there to judge.
            return (asked, then) if otherwise == ASKS_NOTHING else (asked, then, otherwise)
    return ()
