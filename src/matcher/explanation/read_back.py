"""A condition read back in lines: each test stands on one, and between two of them the word that joins them.

What belongs together is indented together, so that the scope of *not*, *or* and *if* is seen and not worked out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from matcher.domain.dates import Duration, TimeUnit
from matcher.explanation.wording import comparison_in_words, is_presence
from matcher.rules.condition import ASKS_NOTHING, Branch, Comparison, Condition, Gate, Group, asked_whether
from matcher.vocabulary.text import in_sentence

#: as far as one line of a group stands behind its head
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Line:
    """One test, or with ``joins`` the word that joins those around it; ``depth`` is how many groups it stands in."""

    depth: int
    text: str
    joins: bool = False

    def __str__(self) -> str:
        return _INDENT * self.depth + self.text


def read_back(condition: Condition) -> tuple[Line, ...]:
    """The condition as it is understood, with what counts where the rule says nothing."""
    return tuple(_lines(condition, negated=False))


def _lines(condition: Condition, *, negated: bool) -> Iterable[Line]:
    match condition:
        case Comparison():
            yield Line(0, _test(condition, negated=negated))
        case Branch(condition=asked, then=then, otherwise=otherwise):
            yield from _headed("not:", condition) if negated else _branch(asked, then, otherwise)
        case Group(members=()):
            yield Line(0, "nothing is asked" if (condition == ASKS_NOTHING) != negated else "nobody")
        case Group() if (whether := asked_whether(condition)) is not None:
            yield Line(0, "not known whether:" if negated else "known whether:")
            yield from _deeper(_lines(whether, negated=False))
        case Group(gate=Gate.NOT, members=(member,)):
            if negated:
                yield from _headed("not:", condition)
            else:
                yield from _lines(member, negated=True)
        case Group(gate=Gate.ANY, members=members) if negated:
            yield Line(0, "none of these:")
            yield from _deeper(_joined(members, "or"))
        case _ if negated:
            yield from _headed("not all of these together:" if _is_all(condition) else "not:", condition)
        case Group(gate=Gate.AT_LEAST):
            yield from _score(condition)
        case Group(gate=gate, members=members):
            yield from _joined(members, "and" if gate is Gate.ALL else "or")


def _is_all(condition: Condition) -> bool:
    return isinstance(condition, Group) and condition.gate is Gate.ALL


def _headed(head: str, condition: Condition) -> Iterable[Line]:
    yield Line(0, head)
    yield from _deeper(_lines(condition, negated=False))


def _joined(members: tuple[Condition, ...], word: str) -> Iterable[Line]:
    for place, member in enumerate(members):
        if place:
            yield Line(0, word, joins=True)
        lines = _lines(member, negated=False)
        yield from _deeper(lines) if _takes_several_lines(member) else lines


def _takes_several_lines(member: Condition) -> bool:
    """Whether the member would run into its neighbours; what has one head above all of it does not."""
    if isinstance(member, Group):
        if asked_whether(member) is not None:
            return False
        return member.gate in (Gate.ALL, Gate.ANY) and len(member.members) > 1
    return isinstance(member, Branch)


def _branch(asked: Condition, then: Condition, otherwise: Condition) -> Iterable[Line]:
    for head, part in (("if", asked), ("then", then)):
        yield Line(0, head, joins=True)
        yield from _deeper(_lines(part, negated=False))
    if otherwise == ASKS_NOTHING:
        yield Line(0, "otherwise it does not matter", joins=True)
        return
    yield Line(0, "otherwise", joins=True)
    yield from _deeper(_lines(otherwise, negated=False))


def _score(group: Group) -> Iterable[Line]:
    scored = any(weight != 1 for weight in group.weights)
    yield Line(
        0,
        f"{'a score of ' if scored else ''}at least {group.threshold:g} {'from' if scored else 'of'} these:",
    )
    for place, member in enumerate(group.members):
        weight = f"({group.weights[place]:+g}) " if scored else ""
        first, *rest = _deeper(_lines(member, negated=False))
        yield replace(first, text=f"- {weight}{first.text}")
        yield from _deeper(rest)


def _deeper(lines: Iterable[Line]) -> Iterable[Line]:
    return (replace(each, depth=each.depth + 1) for each in lines)


def _test(comparison: Comparison, *, negated: bool) -> str:
    words = comparison_in_words(comparison)
    if negated:
        words = f"no {in_sentence(words)}" if is_presence(comparison) else f"not: {words}"
    if comparison.default_window is None:
        return words
    return f"{words} (not older than {Duration(comparison.default_window, TimeUnit.DAYS)}: default)"
