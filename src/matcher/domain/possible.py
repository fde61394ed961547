"""Possible values: the set of values a fact could have, and what a test on such a set can say.

A number is an interval, a category a set of leaves of its vocabulary. No set is ever empty: a fact that
nobody recorded is the whole domain, and contradictory sources give their union.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from math import inf, isnan
from typing import TypeAlias

from matcher.domain.verdict import Verdict


class Op(StrEnum):
    """How a feature is compared with a constant. There are no others."""

    AT_LEAST = ">="
    AT_MOST = "<="
    ABOVE = ">"
    BELOW = "<"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Interval:
    """Every number between two ends, each open or closed; ``inf`` is a value ("never")."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if isnan(self.low) or isnan(self.high):
            raise ValueError("an interval's ends are numbers")
        if self.low > self.high or (self.low == self.high and (self.low_open or self.high_open)):
            raise ValueError(f"an interval is never empty: {self}")

    @classmethod
    def exactly(cls, value: float) -> Interval:
        return cls(value, value)

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def holds(self, value: float) -> bool:
        above = value > self.low or (value == self.low and not self.low_open)
        below = value < self.high or (value == self.high and not self.high_open)
        return above and below

    def intersection(self, other: Interval) -> Interval | None:
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        # At equal ends the open one is the narrower: on the right that is the smaller in this order.
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        if low > high or (low == high and (low_open or not high_closed)):
            return None
        return Interval(low, high, low_open, not high_closed)

    def union(self, other: Interval) -> Interval:
        """The smallest interval that holds both. For tests against a limit this loses nothing."""
        low, low_open = min((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = max((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low, high, low_open, not high_closed)

    def __str__(self) -> str:
        if self.exact:
            return f"{self.low:g}"
        return f"{'(' if self.low_open else '['}{self.low:g}, {self.high:g}{')' if self.high_open else ']'}"


@dataclass(frozen=True, slots=True)
class Codes:
    """A non-empty set of vocabulary leaves."""

    members: frozenset[str]

    def __post_init__(self) -> None:
        if not self.members:
            raise ValueError("a possible-value set is never empty")

    @classmethod
    def of(cls, *codes: str) -> Codes:
        return cls(frozenset(codes))

    @property
    def exact(self) -> bool:
        return len(self.members) == 1

    def intersection(self, other: Codes) -> Codes | None:
        common = self.members & other.members
        return Codes(common) if common else None

    def union(self, other: Codes) -> Codes:
        return Codes(self.members | other.members)

    def __str__(self) -> str:
        return "{" + ", ".join(sorted(self.members)) + "}"

    def doubted(self, why: str) -> Codes:
        """The same set with one more possibility: that it is none of this, for a reason."""
        return Codes(self.members | {why})


Possible: TypeAlias = Interval | Codes
Limit: TypeAlias = float | frozenset[str]

YES = Codes.of("yes")
NO = Codes.of("no")
ANY_NUMBER = Interval(-inf, inf)

# Leaves of no vocabulary, so that no filter's codes hold one of them: a set with such a leaf beside its codes is
# only possibly any of them, in every engine alike. They say why a record may not be what it names.
SUSPECTED = "suspected"
"""Written with a doubt: "?HIV", "V.a.", "susp."."""
DENIED = "denied"
"""Another statement of the same record denies it."""
REPEATED = "repeated"
"""The same record stands there already; whether it happened twice is not known."""
NEARLY = "nearly"
"""The name written is a letter or two away from this one."""
COULD_BE_MEANT = "could be meant"
"""A judgement that nobody made, about a disease that was recorded."""
NOT_UNDERSTOOD = "not understood"
"""Something was written for a category and nobody can read it."""
DOUBTS = frozenset({SUSPECTED, DENIED, REPEATED, NEARLY, COULD_BE_MEANT, NOT_UNDERSTOOD})

WRITTEN_DOUBTS = frozenset({SUSPECTED, DENIED, NEARLY})
"""Doubts that stand in a profile that is written down; the others are found again in its records."""

UNREAD = ANY_NUMBER
"""A number was written and nobody can read it. Honest numbers are bounded by the domain of their fact."""


def is_unread(value: Possible) -> bool:
    """Whether something was written that nobody can read. Beside such a value no other source is believed."""
    return value == UNREAD if isinstance(value, Interval) else NOT_UNDERSTOOD in value.members


def test(value: Possible, op: Op, limit: Limit) -> Verdict:
    """Met when every possible value passes, not met when none does, unknown otherwise."""
    if isinstance(value, Interval) and isinstance(limit, float) and op in _COMPARED:
        return _COMPARED[op](value, limit)
    if isinstance(value, Codes) and isinstance(limit, frozenset) and op is Op.IN:
        if value.members <= limit:
            return Verdict.MET
        return Verdict.NOT_MET if value.members.isdisjoint(limit) else Verdict.UNKNOWN
    raise TypeError(f"{op} does not compare {type(value).__name__} with {type(limit).__name__}")


def _at_least(value: Interval, limit: float) -> Verdict:
    if value.low >= limit:
        return Verdict.MET
    return Verdict.NOT_MET if _all_below(value, limit) else Verdict.UNKNOWN


def _below(value: Interval, limit: float) -> Verdict:
    if value.low >= limit:
        return Verdict.NOT_MET
    return Verdict.MET if _all_below(value, limit) else Verdict.UNKNOWN


def _above(value: Interval, limit: float) -> Verdict:
    if _all_above(value, limit):
        return Verdict.MET
    return Verdict.NOT_MET if value.high <= limit else Verdict.UNKNOWN


def _at_most(value: Interval, limit: float) -> Verdict:
    if value.high <= limit:
        return Verdict.MET
    return Verdict.NOT_MET if _all_above(value, limit) else Verdict.UNKNOWN


_COMPARED: Mapping[Op, Callable[[Interval, float], Verdict]] = {
    Op.AT_LEAST: _at_least,
    Op.BELOW: _below,
    Op.ABOVE: _above,
    Op.AT_MOST: _at_most,
}


def _all_above(value: Interval, limit: float) -> bool:
    return value.low > limit or (value.low == limit and value.low_open)


def _all_below(value: Interval, limit: float) -> bool:
    return value.high < limit or (value.high == limit and value.high_open)


def agree(sources: list[Possible]) -> tuple[Possible, bool]:
    """What several sources for one fact say together, and whether they contradict each other.

    Sources that overlap narrow each other; sources that exclude each other leave both answers open. Beside one
    that nobody can read none is believed: what stands there might have contradicted it.
    """
    if any(is_unread(source) for source in sources):
        return reduce(_unite, sources), False
    common = sources[0]
    for source in sources[1:]:
        narrower = _intersect(common, source)
        if narrower is None:
            return reduce(_unite, sources), True
        common = narrower
    return common, False


def either(first: Possible, second: Possible) -> Possible:
    """The values of one or the other."""
    return _unite(first, second)


def _intersect(first: Possible, second: Possible) -> Possible | None:
    match first, second:
        case Interval(), Interval():
            return first.intersection(second)
        case Codes(), Codes():
            return first.intersection(second)
    raise TypeError("numbers and categories are never two sources of one fact")


def _unite(first: Possible, second: Possible) -> Possible:
    match first, second:
        case Interval(), Interval():
            return first.union(second)
        case Codes(), Codes():
            return first.union(second)
    raise TypeError("numbers and categories are never two sources of one fact")
