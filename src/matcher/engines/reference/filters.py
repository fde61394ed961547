"""Which records a feature is about: certainly, possibly, or not."""

from __future__ import annotations

from datetime import date
from typing import Any

from matcher.domain.dates import ALWAYS, DateSpan
from matcher.domain.possible import NO, YES, Codes, Interval, Op, test
from matcher.domain.profile import Profile
from matcher.domain.record import Record
from matcher.domain.verdict import Verdict, all_of, any_of
from matcher.engines.base import Clock
from matcher.features.kind import Ago, Contains, Filter, Is, Named, Recent, Within


def begins(record: Record) -> DateSpan | None:
    """The day a record is about, or began."""
    on: DateSpan | None = getattr(record, "on", None) or getattr(record, "start", None)
    return on


def exists(record: Record, horizon: date) -> Verdict:
    """Whether the record belongs to the history up to ``horizon``; an undated one is taken to."""
    began = begins(record)
    if began is None:
        ended: DateSpan | None = getattr(record, "end", None)
        return Verdict.MET if ended is None or ended.last <= horizon else Verdict.UNKNOWN
    if began.first > horizon:
        return Verdict.NOT_MET
    return Verdict.MET if began.last <= horizon else Verdict.UNKNOWN


def reference_day(profile: Profile, events: tuple[str, ...], clock: Clock) -> DateSpan:
    """The day time is counted to: today, or the last of these events.

    A planned event without a date comes no earlier than today and no earlier than the ones before it.
    """
    if not events:
        return DateSpan.on(clock.on)
    planned = _event(profile, events[-1])
    if planned is not None:
        return planned
    earliest = clock.on
    for preceding in events[:-1]:
        held = _event(profile, preceding)
        if held is not None:
            earliest = max(earliest, held.first)
    return DateSpan(earliest, date.max)


def _event(profile: Profile, name: str) -> DateSpan | None:
    held = [event.on for event in profile.events if event.name == name]
    return max(held, key=lambda span: span.first) if held else None


def last_day(record: Record, field: str, reference: DateSpan, clock: Clock) -> DateSpan:
    """The last day of the record (``end``: last dose; ``start``: the day itself) up to the reference day.

    Still running reaches the reference day. An end nobody recorded lies anywhere from the start to today,
    or to the reference day where the course may still be running.
    """
    horizon = min(clock.as_of, reference.last)
    began = begins(record) or DateSpan(date.min, horizon)
    began = DateSpan(min(began.first, horizon), min(began.last, horizon))
    if field == "start" or not hasattr(record, "end"):
        return began
    ended: DateSpan | None = record.end
    ongoing: Codes | None = getattr(record, "ongoing", NO)
    if ended is not None and ended.first > horizon:
        return _running(reference, clock)
    if ended is not None:
        return DateSpan(ended.first, ended.last if ended.last <= horizon else max(reference.last, horizon))
    if ongoing == YES:
        return _running(reference, clock)
    if not hasattr(record, "ongoing"):
        return began
    return DateSpan(began.first, horizon if ongoing == NO else max(reference.last, horizon))


def _running(reference: DateSpan, clock: Clock) -> DateSpan:
    # Up to a later event a running course may stop any day; counted to today it has not stopped.
    return DateSpan(min(clock.on, reference.last), reference.last)


def belongs(
    record: Record, filters: tuple[Filter, ...], profile: Profile, clock: Clock, horizon: date
) -> Verdict:
    """Whether the record passes the filters and belongs to the history up to ``horizon``."""
    passed = matches(record, filters, profile, clock)
    return passed if passed is Verdict.NOT_MET else all_of((passed, exists(record, horizon)))


def matches(record: Record, filters: tuple[Filter, ...], profile: Profile, clock: Clock) -> Verdict:
    found = Verdict.MET
    for each in filters:
        verdict = _passes(record, each, profile, clock)
        if verdict is Verdict.NOT_MET:
            return verdict
        if verdict is Verdict.UNKNOWN:
            found = verdict
    return found


def _passes(record: Record, condition: Filter, profile: Profile, clock: Clock) -> Verdict:
    held: Any = getattr(record, condition.field, None)
    match condition:
        case Named():
            return Verdict.of(held == condition.name)
        case Is():
            return _within_codes(held, condition.codes)
        case Contains():
            return any_of(_within_codes(component, condition.codes) for component in held)
        case Within():
            return _within_interval(held, condition.interval)
        case Recent():
            return _is_recent(record, condition, profile, clock)
        case Ago():
            return _is_ago(held, condition, profile, clock)


def _within_codes(held: Codes | None, codes: frozenset[str]) -> Verdict:
    return Verdict.UNKNOWN if held is None else test(held, Op.IN, codes)


def _within_interval(held: Interval | None, wanted: Interval) -> Verdict:
    if held is None:
        return Verdict.UNKNOWN
    return all_of(
        (
            test(held, Op.ABOVE if wanted.low_open else Op.AT_LEAST, wanted.low),
            test(held, Op.BELOW if wanted.high_open else Op.AT_MOST, wanted.high),
        )
    )


def _is_recent(record: Record, condition: Recent, profile: Profile, clock: Clock) -> Verdict:
    reference = reference_day(profile, condition.events, clock)
    last = ALWAYS if begins(record) is None and _undated_end(record) else None
    last = last or last_day(record, condition.field, reference, clock)
    begun = _begun_by(record, reference) if condition.events else Verdict.MET
    if begun is Verdict.NOT_MET or last.last < condition.within.before(reference.first):
        return Verdict.NOT_MET
    return begun if last.first >= condition.within.before(reference.last) else Verdict.UNKNOWN


def _begun_by(record: Record, reference: DateSpan) -> Verdict:
    """What began after an event that is over is not before it, however soon it came."""
    began = begins(record)
    if began is None:
        ended: DateSpan | None = getattr(record, "end", None)
        return Verdict.MET if ended is None or ended.last <= reference.first else Verdict.UNKNOWN
    if began.first > reference.last:
        return Verdict.NOT_MET
    return Verdict.MET if began.last <= reference.first else Verdict.UNKNOWN


def _is_ago(held: DateSpan | None, condition: Ago, profile: Profile, clock: Clock) -> Verdict:
    if held is None:
        return Verdict.UNKNOWN
    reference = reference_day(profile, condition.events, clock)
    possible = held.first <= condition.at_least.before(reference.last)
    certain = held.last <= condition.at_least.before(reference.first)
    if condition.less:
        possible, certain = not certain, not possible
    return Verdict.MET if certain else Verdict.UNKNOWN if possible else Verdict.NOT_MET


def _undated_end(record: Record) -> bool:
    return getattr(record, "end", None) is None and getattr(record, "ongoing", None) != YES
