"""The distinct pieces met so far, in columns from which the columns of any number of patients are gathered."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matcher.domain.dates import DateSpan
from matcher.domain.profile import LISTS
from matcher.domain.record import Absence, Record
from matcher.engines.columnar.arrays import Bools, Days, Ids, Index
from matcher.engines.columnar.column import CodeColumn, Column, NumberColumn, SpanColumn
from matcher.engines.columnar.frame import RECORD_OF, Absences, Table, columns_of
from matcher.readers.frames.columns import joined, picked, stretches
from matcher.readers.frames.piece import Piece
from matcher.readers.interplay import Interplay, interplay
from matcher.readers.settle import Tables

#: for every patient and slot the place of a piece in the pool
Places: TypeAlias = npt.NDArray[np.int32]
#: days[column, patient], for the days that pieces leave open
DayTable: TypeAlias = npt.NDArray[np.int32]
#: values[slot, patient], for the measured values that pieces leave open, in the unit of their test
ValueTable: TypeAlias = npt.NDArray[np.float64]
_LISTED = {name: bit for bit, name in enumerate(LISTS)}
_NO_DAY = _NO_VALUE = -1


@dataclass(slots=True)
class _Spans:
    """Days of entries; where an end is a stand-in, the column of days that it stands for."""

    first: array[int] = field(default_factory=lambda: array("i"))
    last: array[int] = field(default_factory=lambda: array("i"))

    def add(self, span: DateSpan | None, stand_ins: Mapping[object, int]) -> None:
        self.first.append(_NO_DAY if span is None else stand_ins.get(span.first, _NO_DAY))
        self.last.append(_NO_DAY if span is None else stand_ins.get(span.last, _NO_DAY))

    def filled(self, spans: SpanColumn, entries: Index, patients: Ids, days: DayTable) -> SpanColumn:
        """The days of these entries, each with the days of the patient it belongs to."""
        ends = []
        for held, open_ends in ((spans.first, self.first), (spans.last, self.last)):
            end, column = held[entries], np.array(open_ends, np.int32)[entries]
            standing = np.flatnonzero(column >= 0)
            end[standing] = days[column[standing], patients[standing]]
            ends.append(end)
        return SpanColumn(ends[0], ends[1], spans.stated[entries])


@dataclass(slots=True)
class _Entries:
    """Records, or absences, of all pieces one after the other: piece i has ``counts[i]``, later ones have none."""

    counts: array[int] = field(default_factory=lambda: array("i"))
    waiting: list[Record | Absence] = field(default_factory=list)
    columns: dict[str, Column] = field(default_factory=dict)
    spans: dict[str, _Spans] = field(default_factory=dict)
    #: for each entry which of the open values is its
    measured: array[int] = field(default_factory=lambda: array("i"))

    def add(
        self,
        piece: int,
        entries: Sequence[Record | Absence],
        stand_ins: Mapping[object, int],
        measured: int = _NO_VALUE,
    ) -> None:
        self.counts.extend([0] * (piece - len(self.counts)))
        self.counts.append(len(entries))
        self.measured.extend([measured] * len(entries))
        self.waiting += entries
        for entry in entries:
            for name in _span_fields(type(entry)):
                self.spans.setdefault(name, _Spans()).add(getattr(entry, name), stand_ins)

    def settle(self, record: type[Record] | None) -> None:
        """Turn what was added into columns."""
        if not self.waiting:
            return
        added = _absence_columns(self.waiting) if record is None else columns_of(record, self.waiting)  # type: ignore[arg-type]
        self.columns = (
            {name: joined(self.columns[name], column) for name, column in added.items()}
            if self.columns
            else added
        )
        self.waiting = []

    def gathered(
        self, pieces: int, places: Places, days: DayTable, values: ValueTable
    ) -> tuple[Ids, dict[str, Column]]:
        """The patient of each entry that the pieces hold, and the columns."""
        if not self.counts:
            return np.empty(0, np.int32), {}
        counts = np.zeros(pieces, np.intp)
        counts[: len(self.counts)] = self.counts
        starts = np.cumsum(counts) - counts
        held = counts[places]
        entries, _ = stretches(starts[places].ravel(), held.ravel())
        patients = np.repeat(np.arange(len(places), dtype=np.int32), held.sum(axis=1))
        if not len(patients):
            return patients, {}
        columns: dict[str, Column] = {}
        for name, column in self.columns.items():
            if isinstance(column, SpanColumn):
                columns[name] = self.spans[name].filled(column, entries, patients, days)
            else:
                columns[name] = picked(column, entries)
        if len(values) and isinstance(value := columns.get("value"), NumberColumn):
            columns["value"] = self._filled(value, entries, patients, values)
        return patients, columns

    def _filled(
        self, column: NumberColumn, entries: Index, patients: Ids, values: ValueTable
    ) -> NumberColumn:
        """The values of these entries, those that were left open as the patients have them."""
        slot = np.array(self.measured, np.int32)[entries]
        standing = np.flatnonzero(slot >= 0)
        if not len(standing):
            return column
        low, high = column.low.copy(), column.high.copy()
        low[standing] = high[standing] = values[slot[standing], patients[standing]]
        return replace(column, low=low, high=high)


def _span_fields(record: type[Record | Absence]) -> tuple[str, ...]:
    if record not in _SPANS:
        _SPANS[record] = tuple(each.name for each in fields(record) if "DateSpan" in str(each.type))
    return _SPANS[record]


_SPANS: dict[type, tuple[str, ...]] = {}


def _absence_columns(absences: Sequence[Record | Absence]) -> dict[str, Column]:
    held = [each for each in absences if isinstance(each, Absence)]
    return {
        "codes": CodeColumn.of_sets(each.codes for each in held),
        "on": SpanColumn.of(each.on for each in held),
    }


class Pool:
    """Pieces by their places; ``day_columns`` and the slots ``measured`` are what they may leave open."""

    def __init__(self, day_columns: Sequence[str], measured: Sequence[int]) -> None:
        self.pieces: list[Piece] = []
        self._measured = {slot: place for place, slot in enumerate(measured)}
        self._days = {name: place for place, name in enumerate(day_columns)}
        self._records = {name: _Entries() for name in RECORD_OF}
        self._absences = {name: _Entries() for name in LISTS}
        self._complete = array("i")
        self._rest: dict[tuple[object, ...], Piece] = {}
        #: what pieces hold of lists, by their places, and what two of them have to do with each other
        self._listed: dict[int, Tables] = {}
        self._interplay: dict[tuple[int, int], Interplay] = {}
        self._earliest = array("i")

    def add(self, piece: Piece) -> int:
        number = len(self.pieces)
        stand_ins: dict[object, int] = {day: self._days[name] for day, name in piece.stand_ins.items()}
        measured = _NO_VALUE if piece.measured is None else self._measured[piece.measured]
        for name, records in piece.records.items():
            self._records[name].add(number, records, stand_ins, measured)
        for name, absences in piece.absences.items():
            self._absences[name].add(number, absences, stand_ins)
        self._complete.append(sum(1 << _LISTED[name] for name in piece.complete))
        self._earliest.append(piece.earliest())
        if listed := piece.listed():
            self._listed[number] = listed
        # What stands in columns from here on need not be held twice; what remains is mostly the same.
        rest = piece.without_entries()
        self.pieces.append(self._rest.setdefault(rest.key(), rest))
        return number

    def interplay(self, one: int, other: int) -> Interplay:
        """What the lists of two pieces have to do with each other."""
        found = self._interplay.get((one, other))
        if found is None:
            first, second = self._listed.get(one), self._listed.get(other)
            found = Interplay.NONE if first is None or second is None else interplay(first, second)
            if found is Interplay.IF_OF_ONE_DAY and any(self.pieces[each].read for each in (one, other)):
                # A day that contradicts something else in its record is not the record's day.
                found = Interplay.SOME
            self._interplay[one, other] = found
        return found

    def earliest(self, places: Places) -> Ids:
        """The earliest day that any of a patient's pieces names by itself; beyond all days where none does."""
        held = np.array(self._earliest, np.int32)
        days: Ids = np.where(held == 0, np.iinfo(np.int32).max, held)[places].min(axis=1)
        return days

    def births(self, places: Ids) -> tuple[Days, Days]:
        """First and last possible day of birth in each of these pieces; 0 where nobody said."""
        distinct, found = np.unique(places, return_inverse=True)
        spans = [self.pieces[place].birth for place in distinct.tolist()]
        first = np.array([0 if each is None else each.first.toordinal() for each in spans], np.int32)
        last = np.array([0 if each is None else each.last.toordinal() for each in spans], np.int32)
        return first[found], last[found]

    def complete(self, places: Places) -> Ids:
        """For each patient a bit for each list that holds everything there is."""
        held = np.array(self._complete, np.int32)
        said: Ids = np.bitwise_or.reduce(held[places], axis=1)
        return said

    def table(
        self, name: str, places: Places, complete: Ids, days: DayTable, values: ValueTable
    ) -> Table | None:
        """The table of the patients whose pieces these are; nothing where nobody has anything in it."""
        records = self._records[name]
        records.settle(RECORD_OF[name])
        rows, columns = records.gathered(len(self.pieces), places, days, values)
        if name not in _LISTED:
            return Table(rows, columns) if len(rows) else None
        said: Bools = (complete >> _LISTED[name]) & 1 == 1
        denied = self._absences[name]
        denied.settle(None)
        denials, held = denied.gathered(len(self.pieces), places, days, values)
        codes, on = held.get("codes"), held.get("on")
        absences = None
        if isinstance(codes, CodeColumn) and isinstance(on, SpanColumn):
            absences = Absences(denials, codes, on)
        if not len(rows) and absences is None and not said.any():
            return None
        return Table(rows, columns, said, absences)
