"""Versions of a protocol: an amendment counts from its own day on, and before it what it changed is as it was.

The day may be known only to lie between two others. Between them both versions are possible, and what they ask
differently is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Interval, Op
from matcher.features.kind import Feature, NumberDomain, SinceDay
from matcher.rules.condition import (
    ASKS_NOTHING,
    EXCLUDES_NOBODY,
    Bound,
    Branch,
    Comparison,
    Condition,
)
from matcher.rules.document import Citation

#: the word of the comparison that asks which version is in force; no word that authors write
VERSION = "version"
_ANY_NUMBER_OF_DAYS = Interval(-float(date.max.toordinal()), float(date.max.toordinal()))


@dataclass(frozen=True, slots=True)
class Version:
    """``since`` is the day it came into force, as closely as it is known; the first was there from the beginning."""

    change: str
    since: DateSpan | None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a criterion asks in one version; without a condition it was not part of that one."""

    text: str
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The versions of one protocol, oldest first, and what criteria asked in those before the last."""

    versions: tuple[Version, ...] = ()
    asked: tuple[Mapping[str, Asked], ...] = ()

    def of(self, identifier: str, now: Asked) -> tuple[tuple[DateSpan | None, Asked], ...]:
        """What the criterion asks from each day on, oldest first; one entry where no version changed it."""
        every = [each.get(identifier, now) for each in self.asked]
        found: list[tuple[DateSpan | None, Asked]] = []
        for version, asked in zip(self.versions, every, strict=True):
            if not found or found[-1][1] is not asked:
                found.append((version.since if found else None, asked))
        return tuple(found) or ((None, now),)


def over_time(asked: Sequence[tuple[DateSpan | None, Asked]], *, excludes: bool) -> Condition:
    """One condition that asks on every day what the version of that day asks."""
    nothing = EXCLUDES_NOBODY if excludes else ASKS_NOTHING
    (_, first), *later = asked
    condition = first.condition or nothing
    for since, each in later:
        assert since is not None
        condition = Branch(in_force(since), each.condition or nothing, condition)
    return condition


def in_force(since: DateSpan) -> Comparison:
    """Whether an amendment of that day is in force on the day of the question."""
    title = f"the amendment of {days_in_words(since)}"
    feature = Feature(
        f"{VERSION} {since.first} {since.last}",
        SinceDay(since.first, since.last),
        NumberDomain(_ANY_NUMBER_OF_DAYS, "days"),
        title=title,
    )
    return Comparison(VERSION, title, (Bound(Op.AT_LEAST, 0.0, "is in force"),), feature)


def possible_on(day: date, since: Sequence[DateSpan | None]) -> tuple[int, ...]:
    """The versions that may be in force on a day, by their places; one where that is known."""
    begun = [place for place, each in enumerate(since) if each is None or each.first <= day]
    certain = max((place for place in begun if (each := since[place]) is None or each.last <= day), default=0)
    return tuple(place for place in begun if place >= certain)


def days_in_words(span: DateSpan) -> str:
    if span.first == date.min:
        return f"a day up to {span.last.isoformat()}"
    words = str(span)
    return f"a day from {words}" if " to " in words else words
