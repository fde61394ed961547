"""What is known of a trial's recruitment, day by day.

A status is known on a day; what changed between two days of which different statuses are known is not known of the
days between, unless it is said since when the later one holds. After the last day what was known then stands, with
its day; before the first nothing is known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from matcher.rules.condition import Path, Problem
from matcher.rules.document import Citation, Source
from matcher.rules.enrolment_syntax import Recruitment as RecruitmentDocument

Cite = Callable[[Source, Path], Citation | None]
"""The citation of a source that stands at a path."""

UNKNOWN = "unknown"
#: of one that is over it does not matter whether its last patient has been seen
_OVER = frozenset({"closed", "completed"})


@dataclass(frozen=True, slots=True)
class Known:
    """A status that held on a day; ``since``: it came into force on that day."""

    status: str
    day: date
    since: bool = False
    citation: Citation | None = None

    @property
    def words(self) -> str:
        return self.status.replace("_", " ")

    def __str__(self) -> str:
        return f"{self.words} {'since' if self.since else 'on'} {self.day.isoformat()}"


@dataclass(frozen=True)
class Recruitment:
    """What is ``known``, oldest first; the last is what the trial is listed with."""

    known: tuple[Known, ...]

    @property
    def last(self) -> Known:
        return self.known[-1]

    def on(self, day: date) -> Known | None:
        """What holds on a day, as it was last known; nothing where that is not known."""
        place = bisect_right(self.known, day, key=lambda each: each.day)
        return self.known[place - 1] if place and self._holds(place - 1, day) else None

    def _holds(self, place: int, day: date) -> bool:
        """Whether what was known last by this day held on it."""
        held, later = self.known[place], self.known[place + 1 : place + 2]
        return held.day == day or not later or later[0].since or _same(held.status, later[0].status)

    def period(self, day: date) -> int:
        """The same for days of which the same is known."""
        return bisect_right(self.changes, day)

    @cached_property
    def changes(self) -> tuple[date, ...]:
        """The days from which something else may be known than on the day before."""
        days = {each.day for each in self.known}
        days |= {
            each.day + timedelta(days=1)
            for place, each in enumerate(self.known)
            if not self._holds(place, date.max)
        }
        return tuple(sorted(days))

    def in_words(self, day: date) -> str:
        """What is known of a day that the last status is not of; nothing where that one stands.

        The words are the same for a whole period.
        """
        if day >= self.last.day or all(each.status == UNKNOWN for each in self.known):
            return ""
        held = self.on(day)
        before, after = (
            next((each for each in some if each.status != UNKNOWN), None)
            for some in (
                [each for each in reversed(self.known) if each.day <= day],
                [each for each in self.known if each.day > day],
            )
        )
        if held is not None and held.status != UNKNOWN:
            return f"{held}" + (f"; {after}" if after and not _same(after.status, held.status) else "")
        if before is None:
            return f"not known on the as-of day: what is known of it is of later days ({after})"
        return f"not known on the as-of day: {before}" + (f"; {after}" if after else "")


def _same(first: str, second: str) -> bool:
    return first == second or {first, second} <= _OVER


def recruitment_of(document: RecruitmentDocument, cite: Cite) -> Recruitment:
    """The history, and the present status last: since it came into force, and on the day it was looked up."""
    known = [
        Known(
            each.status,
            each.day,
            each.since is not None,
            cite(each.source, ("recruitment", "history", index, "source")) if each.source else None,
        )
        for index, each in enumerate(document.history)
    ]
    citation = cite(document.source, ("recruitment", "source")) if document.source else None
    if document.since is not None:
        known.append(Known(document.status, document.since, True, citation))
    if document.since != document.as_of:
        known.append(Known(document.status, document.as_of, False, citation))
    return Recruitment(tuple(known))


def misplaced(document: RecruitmentDocument) -> Iterator[Problem]:
    """Days that are out of their order, or of which two statuses are said; the present status is the latest."""
    for index, each in enumerate(document.history):
        if (each.as_of is None) is (each.since is None):
            path: Path = ("recruitment", "history", index, "status")
            yield Problem(
                path, "R075", "say either 'as_of', a day it was so, or 'since', the day it came into force"
            )
            return
    days: Sequence[tuple[Path, date]] = [
        (("recruitment", "history", index, "as_of" if each.since is None else "since"), each.day)
        for index, each in enumerate(document.history)
    ]
    if document.since is not None:
        days = [*days, (("recruitment", "since"), document.since)]
        if document.since > document.as_of:
            message = (
                f"'{document.status}' is in force since {document.since}, after the day it was looked up"
            )
            yield Problem(("recruitment", "since"), "R075", message)
            return
    elif days:
        days = [*days, (("recruitment", "as_of"), document.as_of)]
    for (_, before), (path, day) in pairwise(days):
        if day <= before:
            same = f"two statuses are said of {day}" if day == before else f"{day} stands after {before}"
            yield Problem(path, "R075", same)
