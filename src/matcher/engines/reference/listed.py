"""Features over lists of presence and absence: counts, time since, extremes and totals.

A list that nobody called complete may hold more than it shows, and a record that matches only possibly
may or may not belong; each result holds every number that could come of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf

from matcher.domain.dates import NEVER, TimeUnit, elapsed
from matcher.domain.possible import DENIED, Codes, Interval, Possible
from matcher.domain.profile import Profile
from matcher.domain.record import DENIABLE, Absence, Record
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, Note, NoteKind
from matcher.engines.reference.filters import belongs, exists, last_day, reference_day
from matcher.features.kind import Count, Extreme, Since, Total, closing
from matcher.vocabulary.units import round9

# Every feature here answers with a set of numbers, and three things make it wide. A record may belong and may not
# (`possible`): its agent is in doubt, or its day lies on either side of a window. The list may be `open`: nobody said
# that nothing is missing, so a count has no upper end, and the last course may be later than any that is shown. And
# statements of absence take back what openness gives, but only for what they name and up to the day they were made.
# The ends are therefore taken apart: what is certain gives the one, everything that is possible the other.


@dataclass(frozen=True, slots=True)
class _Selection:
    certain: tuple[Record, ...]
    possible: tuple[Record, ...]
    absences: tuple[Absence, ...]
    open: bool
    target: frozenset[str] | None

    @property
    def members(self) -> tuple[Record, ...]:
        return self.certain + self.possible

    @property
    def facts(self) -> tuple[Record | Absence, ...]:
        return self.members + self.absences

    def notes(self) -> tuple[Note, ...]:
        open_list = (Note(NoteKind.OPEN_LIST),) if self.open else ()
        unresolved, denied = [], []
        for record in self.possible:
            if _is_denied(record, self.target):
                denied.append(Note(NoteKind.CONFLICT, record))
            else:
                unresolved.append(Note(NoteKind.UNRESOLVED, record))
        return (*open_list, *unresolved, *denied)


def _select(
    kind: Count | Since | Extreme | Total, profile: Profile, clock: Clock, horizon: date
) -> _Selection:
    listing = profile.listing(kind.table, kind.where)
    certain: list[Record] = []
    possible: list[Record] = []
    for record in listing.records:
        match belongs(record, kind.where, profile, clock, horizon):
            case Verdict.MET:
                certain.append(record)
            case Verdict.UNKNOWN:
                possible.append(record)
    covering = tuple(
        absence
        for absence in listing.absences
        if any(target <= absence.codes for target in closing(kind)) and _stated_by(absence, clock.as_of)
    )
    closed = listing.complete or bool(covering)
    return _Selection(tuple(certain), tuple(possible), covering, not closed, kind.target)


def _stated_by(absence: Absence, day: date) -> bool:
    return absence.on is None or absence.on.first <= day


def _is_denied(record: Record, target: frozenset[str] | None) -> bool:
    """Whether another statement denies what of the record is asked for."""
    for name in DENIABLE:
        # One of several agents may be denied; an alteration is denied as a whole, of whichever kind.
        target = None if name == "gene" else target
        held = getattr(record, name, None)
        for each in held if isinstance(held, tuple) else (held,):
            if each is not None and DENIED in each.members and (target is None or each.members & target):
                return True
    return False


def count(kind: Count, profile: Profile, clock: Clock) -> Finding:
    """How many records match: no fewer than the certain ones, no more than those and the possible ones."""
    chosen = _select(kind, profile, clock, clock.as_of)
    if kind.distinct is None:
        low, high = float(len(chosen.certain)), float(len(chosen.members))
    else:
        low, high = _distinct(kind.distinct, chosen)
    high = inf if chosen.open else high
    notes = chosen.notes()
    if kind.ordinal and kind.distinct is not None:
        beyond = _beyond(kind.distinct, chosen, high)
        notes += tuple(Note(NoteKind.CONFLICT, record) for record in beyond)
        sure = replace(chosen, possible=())
        proving = inf if chosen.open else _distinct(kind.distinct, sure)[1]
        low, high = _numbered(kind.distinct, chosen, low, high, proving)
    return Finding(Interval(low, high), chosen.facts, notes, silent=not chosen.facts and chosen.open)


def _beyond(field: str, chosen: _Selection, most: float) -> list[Record]:
    """The records that say of themselves that they are a later one than the whole list has."""
    held = [(record, getattr(record, field)) for record in chosen.certain]
    return [record for record, value in held if isinstance(value, Interval) and value.low > most]


def _numbered(field: str, chosen: _Selection, low: float, high: float, proving: float) -> tuple[float, float]:
    """A fourth one proves four, unless the list may hold fewer: both are possible, and a conflict if it does.

    ``proving`` are the most that the list holds for certain. One that is only possibly the fourth, or of which nobody
    can read the number, leaves four possible.
    """
    certain = [getattr(record, field) for record in chosen.certain]
    proved = max((value.low for value in certain if isinstance(value, Interval)), default=0.0)
    members = [getattr(record, field) for record in chosen.members]
    highest = max((value.high for value in members if isinstance(value, Interval)), default=0.0)
    return max(low, proved) if proved <= proving else low, max(high, highest)


def _distinct(field: str, chosen: _Selection) -> tuple[float, float]:
    def stated(records: Sequence[Record]) -> set[Possible]:
        held = (getattr(record, field) for record in records)
        return {value for value in held if value is not None and value.exact}

    certain = stated(chosen.certain)
    unstated = sum(1 for each in chosen.members if not stated([each]))
    low = max(len(certain), min(len(chosen.certain), 1))
    return float(low), float(len(stated(chosen.members)) + unstated)


def since(kind: Since, profile: Profile, clock: Clock) -> Finding:
    """Time from the last matching record to the reference day; never is infinity."""
    reference = reference_day(profile, kind.events, clock)
    chosen = _select(kind, profile, clock, min(clock.as_of, reference.last))
    notes = chosen.notes()
    if kind.events and reference.last == date.max:
        notes += (Note(NoteKind.NO_EVENT_DATE, kind.events[-1]),)
    # Of an event whose day is not known, a record may lie before it or after it: then it bounds nothing.
    before = [
        each for each in chosen.certain if exists(each, min(clock.as_of, reference.first)) is Verdict.MET
    ]
    last_known = [last_day(record, kind.field, reference, clock) for record in before]
    possibly_last = [last_day(record, kind.field, reference, clock) for record in chosen.members]
    if any(not day.exact for day in possibly_last):
        notes += (Note(NoteKind.IMPRECISE_DATE),)

    longest = inf
    if last_known:
        longest = _elapsed(max(day.first for day in last_known), reference.last, kind.unit)
    shortest = inf
    if chosen.open:
        # A course nobody entered may run up to that very day; what only happened did so by the as-of day.
        today = min(clock.as_of, reference.first) if kind.field == "start" else reference.first
        shortest = max(0.0, elapsed(today, reference.first, kind.unit))
    if possibly_last:
        nearest = _elapsed(max(day.last for day in possibly_last), reference.first, kind.unit)
        shortest = min(shortest, max(0.0, nearest))
    value = NEVER if shortest == inf else Interval(min(shortest, longest), longest)
    return Finding(value, chosen.facts, notes, silent=not chosen.facts and chosen.open)


def _elapsed(start: date, end: date, unit: TimeUnit) -> float:
    if start == date.min or end == date.max:
        return inf
    return elapsed(start, end, unit)


def extreme(kind: Extreme, whole: Possible, profile: Profile, clock: Clock) -> Finding:
    """The highest or lowest value over the matching records."""
    chosen = _select(kind, profile, clock, clock.as_of)
    silent = not chosen.facts and chosen.open
    domain = Interval(0, float(len(kind.order) - 1)) if kind.order else whole
    if not isinstance(domain, Interval):
        raise TypeError("an extreme of categories needs their order")
    certain = [_ranked(record, kind, domain) for record in chosen.certain]
    possible = [_ranked(record, kind, domain) for record in chosen.members]
    worst = domain.low if kind.none is None else kind.none
    if not kind.highest:
        certain, possible = [_flipped(each) for each in certain], [_flipped(each) for each in possible]
        domain, worst = _flipped(domain), -(domain.high if kind.none is None else kind.none)
    low = max((each.low for each in certain), default=worst)
    high = max((each.high for each in possible), default=worst)
    if chosen.open:
        high = max(high, domain.high)
    value = Interval(min(low, high), max(low, high))
    value = value if kind.highest else _flipped(value)
    if kind.order:
        members = kind.order[int(value.low) : int(value.high) + 1]
        return Finding(Codes(frozenset(members)), chosen.facts, chosen.notes(), silent=silent)
    return Finding(value, chosen.facts, chosen.notes(), silent=silent)


def _flipped(value: Interval) -> Interval:
    return Interval(-value.high, -value.low)


def _ranked(record: Record, kind: Extreme, domain: Interval) -> Interval:
    held = getattr(record, kind.field)
    match held:
        case None:
            # A course that was given has some response, only not a known one.
            return Interval(min(domain.low + 1, domain.high), domain.high) if kind.order else domain
        case Interval():
            return held
        case Codes():
            ranks = [kind.order.index(code) for code in held.members if code in kind.order]
            known = len(ranks) == len(held.members)  # a response that was not evaluable could be any
            return Interval(min(ranks), max(ranks)) if known else Interval(1.0, domain.high)
    raise TypeError(f"{kind.field} is neither a number nor a category")


def total(kind: Total, profile: Profile, clock: Clock) -> Finding:
    """The sum over the matching records; a possible one counts from zero, an open list has no upper end."""
    chosen = _select(kind, profile, clock, clock.as_of)
    everything = Interval(0, inf)
    certain: list[Interval] = [getattr(record, kind.field) or everything for record in chosen.certain]
    possible: list[Interval] = [getattr(record, kind.field) or everything for record in chosen.possible]
    low = round9(sum(each.low for each in certain))
    high = round9(sum(each.high for each in certain + possible))
    value = Interval(low, inf if chosen.open else high)
    return Finding(value, chosen.facts, chosen.notes(), silent=not chosen.facts and chosen.open)
