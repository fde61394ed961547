"""The value of each kind of feature for one profile, the slow and obvious way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce

from matcher.domain.dates import DateSpan, TimeUnit, completed, elapsed_between
from matcher.domain.possible import (
    NOT_UNDERSTOOD,
    Codes,
    Interval,
    Possible,
    agree,
    either,
    is_unread,
)
from matcher.domain.profile import Profile
from matcher.domain.record import Record
from matcher.domain.verdict import Verdict, all_of
from matcher.engines.base import Clock, Finding, Note, NoteKind
from matcher.engines.reference import formulas, listed
from matcher.engines.reference.filters import begins, belongs, reference_day
from matcher.features.kind import (
    Age,
    CodeDomain,
    Count,
    Domain,
    Extreme,
    Feature,
    FirstOf,
    Formula,
    Latest,
    NumberDomain,
    Since,
    SinceDay,
    Total,
)


def whole(domain: Domain) -> Possible:
    """Everything a fact could be when nobody recorded it."""
    match domain:
        case NumberDomain():
            return domain.interval
        case CodeDomain():
            return Codes(domain.codes)


def find(feature: Feature, profile: Profile, clock: Clock) -> Finding:
    """The feature's possible values, and the records they come from."""
    match feature.kind:
        case Latest() as kind:
            return _latest(kind, feature.domain, profile, clock)
        case Age():
            return _age(feature.domain, profile, clock)
        case SinceDay(first=first, last=last):
            today = DateSpan.on(clock.on)
            return Finding(elapsed_between(DateSpan(first, last), today, TimeUnit.DAYS))
        case Formula() as kind:
            return _formula(kind, profile, clock)
        case FirstOf() as kind:
            return _first_of(kind, feature.domain, profile, clock)
        case Count() as kind:
            return listed.count(kind, profile, clock)
        case Since() as kind:
            return listed.since(kind, profile, clock)
        case Extreme() as kind:
            return listed.extreme(kind, whole(feature.domain), profile, clock)
        case Total() as kind:
            return listed.total(kind, profile, clock)


def _age(domain: Domain, profile: Profile, clock: Clock) -> Finding:
    if profile.birth is None:
        return Finding(whole(domain), silent=True)
    youngest = completed(profile.birth.last, clock.on, TimeUnit.YEARS)
    oldest = completed(profile.birth.first, clock.on, TimeUnit.YEARS)
    return Finding(Interval(max(youngest, 0.0), max(oldest, 0.0)), (profile.birth_record,))


def _formula(kind: Formula, profile: Profile, clock: Clock) -> Finding:
    inputs = [find(each, profile, clock) for each in kind.inputs]
    facts = tuple(fact for each in inputs for fact in each.facts)
    notes = tuple(note for each in inputs for note in each.notes)
    value = formulas.evaluate(kind.name, [each.value for each in inputs])
    return Finding(value, facts, notes, silent=any(each.silent for each in inputs))


def _first_of(kind: FirstOf, domain: Domain, profile: Profile, clock: Clock) -> Finding:
    stale: tuple[Note, ...] = ()
    perhaps: Possible | None = None
    for position, source in enumerate(kind.sources):
        finding = find(source, profile, clock)
        if not finding.silent:
            converted = tuple(Note(NoteKind.CONVERTED, fact) for fact in finding.facts if position)
            value = _hull([finding.value, perhaps]) or finding.value
            return replace(finding, value=value, notes=stale + finding.notes + converted)
        stale += finding.notes
        perhaps = _hull([perhaps, finding.perhaps])
    return Finding(whole(domain), notes=stale, silent=True, perhaps=perhaps)


def _latest(kind: Latest, domain: Domain, profile: Profile, clock: Clock) -> Finding:
    """The latest record's field: every record that could be the latest counts as a possible one.

    Two records of the same day are two sources of one fact; an undated record is taken as current unless
    a dated one stands beside it.
    """
    stated: list[tuple[Record, Verdict]] = []
    for record in profile.table(kind.table, kind.where):
        verdict = belongs(record, kind.where, profile, clock, clock.as_of)
        if verdict is not Verdict.NOT_MET and getattr(record, kind.field) is not None:
            stated.append((record, verdict))
    if not stated:
        return Finding(whole(domain), silent=True)
    dated = any(begins(record) is not None for record, _ in stated)
    held: list[tuple[Record, Verdict, DateSpan]] = []
    stale: list[Record] = []
    for record, verdict in stated:
        day = begins(record) or DateSpan(date.min if dated else clock.as_of, clock.as_of)
        day = day.until(clock.as_of)
        in_window = _in_window(day, kind, profile, clock)
        if in_window is Verdict.NOT_MET:
            stale.append(record)
        else:
            held.append((record, all_of((verdict, in_window)), day))

    certain = [day.first for _, verdict, day in held if verdict is Verdict.MET]
    newest = max(certain, default=date.min)
    current = [(record, verdict, day) for record, verdict, day in held if newest <= day.last]
    records = tuple(record for record, _, _ in current)
    notes = () if dated or kind.within is None else tuple(Note(NoteKind.UNDATED, each) for each in records)
    values = [_clipped(getattr(record, kind.field), domain) for record, _, _ in current]
    if not certain:
        latest_stale = max(
            stale, key=lambda record: (begins(record) or DateSpan.on(date.min)).last, default=None
        )
        if latest_stale is not None:
            notes += (Note(NoteKind.STALE, latest_stale),)
            records += (latest_stale,)
        perhaps = _hull(values)
        perhaps = perhaps and _read(perhaps, domain)
        return Finding(whole(domain), records, notes, silent=True, perhaps=perhaps)

    same_day = len({day for _, _, day in current}) == 1 and current[0][2].exact
    if same_day and all(verdict is Verdict.MET for _, verdict, _ in current):
        value, conflict = agree(values)
        if conflict:
            notes += tuple(Note(NoteKind.CONFLICT, record) for record in records)
        return Finding(_read(value, domain), records, notes)
    return Finding(_read(_hull(values) or whole(domain), domain), records, notes)


def _hull(values: Sequence[Possible | None]) -> Possible | None:
    said = [value for value in values if value is not None]
    return reduce(either, said) if said else None


def _in_window(day: DateSpan, kind: Latest, profile: Profile, clock: Clock) -> Verdict:
    if kind.within is None:
        return Verdict.MET
    if not kind.events:
        oldest = kind.within.before(clock.as_of)
        return _lies(day.last >= oldest, day.first >= oldest)
    event = reference_day(profile, kind.events, clock)
    earliest, latest = kind.within.before(event.first), kind.within.before(event.last)
    return _lies(
        day.last >= earliest and day.first <= event.last, day.first >= latest and day.last <= event.first
    )


def _lies(possibly: bool, certainly: bool) -> Verdict:
    return Verdict.MET if certainly else Verdict.UNKNOWN if possibly else Verdict.NOT_MET


def _read(value: Possible, domain: Domain) -> Possible:
    """A number that nobody could read is any of its domain; of a category it stays known that nobody could."""
    return whole(domain) if isinstance(value, Interval) and is_unread(value) else value


def _clipped(value: Possible, domain: Domain) -> Possible:
    """Only what the domain allows; a recorded value wholly outside it stays as it is."""
    limits = whole(domain)
    if is_unread(value):
        return value if isinstance(value, Interval) else either(limits, Codes.of(NOT_UNDERSTOOD))
    common, disjoint = agree([value, limits])
    return value if disjoint else common
