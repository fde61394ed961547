"""Which records a feature is about, over a whole table: certainly, possibly, or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.domain.possible import NO, YES, Interval
from matcher.engines.columnar.arrays import (
    MET,
    NOT_MET,
    UNKNOWN,
    Bools,
    Days,
    Ids,
    Index,
    Pick,
    Verdicts,
    greatest,
    verdicts_of,
)
from matcher.engines.columnar.column import CodeColumn, Members, NumberColumn, SpanColumn
from matcher.engines.columnar.days import FIRST_DAY, LAST_DAY, before
from matcher.engines.columnar.frame import PatientFrame
from matcher.engines.columnar.possible import Values
from matcher.engines.columnar.records import Records, component_extremes
from matcher.features.kind import Ago, Contains, Domain, Feature, Filter, Is, Named, Recent, Within


@dataclass(frozen=True, slots=True)
class Candidates:
    """The records that match, certainly or possibly, by number, and which of the two each one is."""

    records: Index
    verdicts: Verdicts


@dataclass(frozen=True, slots=True)
class Dated:
    """Records that match and state a field, certainly or possibly: whose they are, and their first and last days."""

    records: Index
    rows: Ids
    verdicts: Verdicts
    first: Days
    last: Days


class Reading:
    """A frame being read. What several features share is worked out once."""

    def __init__(self, frame: PatientFrame) -> None:
        self.frame = frame
        self._records: dict[str, Records] = {}
        #: of each table; ``None`` where every record certainly belongs to its history
        self._existing: dict[str, Verdicts | None] = {}
        self._references: dict[tuple[str, ...], SpanColumn] = {}
        self._candidates: dict[tuple[str, tuple[Filter, ...]], Candidates] = {}
        #: by table, filters and field
        self.dated: dict[tuple[str, tuple[Filter, ...], str], Dated] = {}
        #: the values of features of which nothing is recorded
        self.nothing: dict[Domain, Values] = {}
        #: the values of features that others are made of
        self.parts: dict[Feature, Values] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def records(self, table: str) -> Records:
        if table not in self._records:
            self._records[table] = Records(table, self.frame.table(table))
        return self._records[table]

    def forget(self) -> None:
        """Let go of what was kept for the features read so far."""
        self._records.clear()
        self._existing.clear()
        self._candidates.clear()
        self.dated.clear()
        self.parts.clear()

    def reference(self, events: tuple[str, ...]) -> SpanColumn:
        """The day time is counted to: today, or the last of these events.

        A planned event without a date comes no earlier than today and no earlier than the ones before it.
        """
        if events not in self._references:
            self._references[events] = self._reference(events)
        return self._references[events]

    def _reference(self, events: tuple[str, ...]) -> SpanColumn:
        today = self.frame.as_of
        if not events:
            return SpanColumn.on(today)
        planned = self._event(events[-1])
        earliest = today
        for preceding in events[:-1]:
            held = self._event(preceding)
            earliest = np.where(held.stated, np.maximum(earliest, held.first), earliest)
        return SpanColumn(
            np.where(planned.stated, planned.first, earliest),
            np.where(planned.stated, planned.last, np.int32(LAST_DAY)),
            np.ones(len(self), np.bool_),
        )

    def _event(self, name: str) -> SpanColumn:
        """The event of this name that begins last, and the first of those that begin on one day."""
        events = self.records("events")
        held = np.flatnonzero(events.names("name").is_(name))
        rows, on = events.rows[held], events.spans("on")[held]
        latest = greatest(rows, on.first, len(self), 0)
        chosen = np.flatnonzero(on.first == latest[rows])[::-1]
        last = np.zeros(len(self), np.int32)
        last[rows[chosen]] = on.last[chosen]
        return SpanColumn(latest, last, latest > 0)

    def candidates(self, table: str, where: tuple[Filter, ...]) -> Candidates:
        """The records of the table that pass every filter, or may."""
        key = (table, where)
        if key not in self._candidates:
            self._candidates[key] = self._narrowed(table, where)
        return self._candidates[key]

    def _narrowed(self, table: str, where: tuple[Filter, ...]) -> Candidates:
        records = self.records(table)
        if not where:
            return Candidates(np.arange(len(records)), np.full(len(records), MET))
        if len(where) == 1:
            verdicts = self._passes(records, where[0], slice(None))
            kept = np.flatnonzero(verdicts)
            return Candidates(kept, verdicts[kept])
        passed = self.candidates(table, where[:-1])
        verdicts = np.minimum(passed.verdicts, self._passes(records, where[-1], passed.records))
        kept = np.flatnonzero(verdicts)
        return Candidates(passed.records[kept], verdicts[kept])

    def _passes(self, records: Records, condition: Filter, held: Pick) -> Verdicts:
        match condition:
            case Named(field=field, name=name):
                named = records.names(field)[held].is_(name)
                return verdicts_of(named, named)
            case Is(field=field, codes=codes):
                return within_codes(records.codes(field)[held], codes)
            case Contains(field=field, codes=codes):
                components = records.components(field)
                each = within_codes(components.components, codes).astype(np.float64)
                found = component_extremes(np.maximum, each, components.offsets, float(NOT_MET))
                return found[held].astype(np.int8)
            case Within(field=field, interval=interval):
                return _within_interval(records.numbers(field)[held], interval)
            case Recent():
                return self._is_recent(records, condition, held)
            case Ago():
                return self._is_ago(records, condition, held)

    def _is_recent(self, records: Records, condition: Recent, held: Pick) -> Verdicts:
        reference, rows = self.reference(condition.events), records.rows[held]
        last = self.last_days(records, condition.field, held, condition.events)
        undated = ~records.begins().stated[held] & ~records.spans("end").stated[held]
        undated &= ~records.codes("ongoing").exactly(YES.members)[held]
        first_day = np.where(undated, np.int32(FIRST_DAY), last.first)
        last_day = np.where(undated, np.int32(LAST_DAY), last.last)
        possible = last_day >= before(condition.within, reference.first)[rows]
        sure = first_day >= before(condition.within, reference.last)[rows]
        if condition.events:
            # What began after an event that is over is not before it, however soon it came.
            began, ended = records.begins()[held], records.spans("end")[held]
            possible &= ~began.stated | (began.first <= reference.last[rows])
            begun = np.where(began.stated, began.last, ended.last) <= reference.first[rows]
            sure &= begun | ~(began.stated | ended.stated)
        return verdicts_of(sure & possible, possible)

    def _is_ago(self, records: Records, condition: Ago, held: Pick) -> Verdicts:
        reference, rows = self.reference(condition.events), records.rows[held]
        day = records.spans(condition.field)[held]
        possible = ~day.stated | (day.first <= before(condition.at_least, reference.last)[rows])
        sure = day.stated & (day.last <= before(condition.at_least, reference.first)[rows])
        if condition.less:
            possible, sure = ~sure, ~possible
        return verdicts_of(sure, possible)

    def present(self, records: Records, matching: Candidates) -> Verdicts:
        """Whether each of these records matches and belongs to its patient's history up to today."""
        if records.name not in self._existing:
            verdicts = self.exists(records, slice(None), self.frame.as_of)
            self._existing[records.name] = None if (verdicts == MET).all() else verdicts
        existing = self._existing[records.name]
        if existing is None:
            return matching.verdicts
        return np.minimum(matching.verdicts, existing[matching.records])

    def exists(self, records: Records, held: Pick, horizon: Days) -> Verdicts:
        """Whether each record belongs to its patient's history up to the horizon; an undated one is taken to."""
        rows = records.rows[held]
        began, ended = records.begins()[held], records.spans("end")[held]
        until = horizon[rows]
        possible = ~began.stated | (began.first <= until)
        last = np.where(began.stated, began.last, ended.last)
        sure = possible & ((last <= until) | ~(began.stated | ended.stated))
        return verdicts_of(sure, possible)

    def last_days(self, records: Records, field: str, held: Pick, events: tuple[str, ...]) -> SpanColumn:
        """The last day of each record (``end``: last dose; ``start``: the day itself) up to the reference day.

        Still running reaches the reference day. An end nobody recorded lies anywhere from the start to today,
        or to the reference day where the course may still be running.
        """
        rows = records.rows[held]
        reference, today = self.reference(events)[rows], self.frame.as_of[rows]
        horizon = np.minimum(today, reference.last)
        began = records.begins()[held]
        first = np.where(began.stated, np.minimum(began.first, horizon), np.int32(FIRST_DAY))
        last = np.where(began.stated, np.minimum(began.last, horizon), horizon)
        stated = np.ones(len(rows), np.bool_)
        if field == "start" or not records.has("end"):
            return SpanColumn(first, last, stated)
        ended = records.spans("end")[held]
        running = ended.stated & (ended.first > horizon)
        if records.has("ongoing"):
            ongoing = records.codes("ongoing")[held]
            running |= ~ended.stated & ongoing.exactly(YES.members)
            latest = np.where(ongoing.exactly(NO.members), horizon, np.maximum(reference.last, horizon))
            last = np.where(ended.stated, last, latest)
        first = np.where(ended.stated, ended.first, first)
        until = np.where(ended.last <= horizon, ended.last, np.maximum(reference.last, horizon))
        last = np.where(ended.stated, until, last)
        # Up to a later event a running course may stop any day; counted to today it has not stopped.
        first = np.where(running, horizon, first)
        last = np.where(running, reference.last, last)
        return SpanColumn(first, last, stated)


def within_codes(held: CodeColumn, codes: Members) -> Verdicts:
    """Met where every possible code is one of these, not met where none is."""
    verdicts = [MET if members <= codes else UNKNOWN if members & codes else NOT_MET for members in held.sets]
    # The last entry is found by -1, the place of what nobody said.
    return np.array([*verdicts, UNKNOWN], np.int8)[held.places]


def _within_interval(held: NumberColumn, wanted: Interval) -> Verdicts:
    sure, possible = at_least(held, wanted.low, above=wanted.low_open)
    beyond_sure, beyond = at_least(held, wanted.high, above=not wanted.high_open)
    found = verdicts_of(sure & ~beyond, possible & ~beyond_sure)
    return np.where(held.stated, found, UNKNOWN)


def at_least(held: NumberColumn, limit: float, *, above: bool) -> tuple[Bools, Bools]:
    """Where every possible value reaches the limit (or lies above it), and where one does."""
    if above:
        return (held.low > limit) | ((held.low == limit) & held.low_open), held.high > limit
    return held.low >= limit, (held.high > limit) | ((held.high == limit) & ~held.high_open)
