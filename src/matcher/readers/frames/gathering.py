"""The patients of a part from their pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.engines.columnar.arrays import Days, Ids, Index
from matcher.engines.columnar.column import SpanColumn
from matcher.engines.columnar.days import FIRST_DAY
from matcher.engines.columnar.frame import RECORD_OF, PatientFrame
from matcher.readers.assemble import TABLES
from matcher.readers.csv_rows import Row
from matcher.readers.frames import slots
from matcher.readers.frames.cells import Cells, combinations
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.frames.piece import Piece, placed
from matcher.readers.frames.placing import Placing
from matcher.readers.frames.pool import Places, Pool
from matcher.readers.frames.row_reader import RowReader
from matcher.readers.frames.slots import Slot
from matcher.readers.one import each_once
from matcher.readers.outcome import Issue, Patient, Reject


@dataclass
class Gathering:
    """The patients of a part from their pieces: ``read`` are those that were read whole."""

    reader: RowReader
    pool: Pool
    cells: Cells
    read: Sequence[tuple[Row, Patient]]

    def part(
        self, part: Part, placing: Placing, places: Places, origin: Index, rejects: Sequence[Reject]
    ) -> FramePart:
        """Row i of the part stood in row ``origin[i]`` of the cells, or -1 - k where it is the k-th read whole."""
        pool, given = self.pool, self.reader.slots or ()
        in_columns, days, values = origin >= 0, placing.days(), placing.values()
        ids = [self.cells.ids[row] if row >= 0 else self._single(row).profile.id for row in origin.tolist()]
        as_of = np.zeros(len(origin), np.int32)
        as_of[in_columns] = days[-1][origin[in_columns]]
        if days.shape[1]:
            days, values = days[:, np.maximum(origin, 0)], values[:, np.maximum(origin, 0)]
        for row in np.flatnonzero(~in_columns).tolist():
            as_of[row] = self._single(int(origin[row])).profile.as_of.toordinal()
        complete = pool.complete(places)
        tables = {}
        for name in RECORD_OF:
            held = sorted(
                (slot for slot in given if name in (slot.table, _TWIN.get(slot.table))),
                key=lambda slot: (slot.table != name, slot.order),
            )
            columns = [*(slot.number for slot in held), places.shape[1] - 1]
            table = pool.table(name, places[:, columns], complete, days, values)
            if table is not None:
                tables[name] = table
        frame = PatientFrame(ids, as_of, self._birth(places, placing.birth, origin), tables)
        assumed, assumptions = self._assumed(places)
        return FramePart(
            part,
            frame,
            tuple(self._issues(places, origin)),
            tuple(rejects),
            assumed,
            assumptions,
            int((~in_columns).sum()) + len(rejects),
            lambda row: self._again(int(origin[row])),
        )

    def _single(self, origin: int) -> Patient:
        return self.read[-1 - origin][1]

    def _again(self, origin: int) -> Patient:
        if origin < 0:
            return self._single(origin)
        row = self.cells.row(origin)
        assert row is not None
        outcome = self.reader.outcome(row)
        assert isinstance(outcome, Patient)
        return outcome

    def _birth(self, places: Places, born: tuple[Days, Days], origin: Index) -> SpanColumn:
        slot = next((each for each in self.reader.slots or () if each.table == slots.BIRTH), None)
        whole = places[:, -1]
        held = whole if slot is None else np.where(whole > 0, whole, places[:, slot.number])
        first, last = self.pool.births(held)
        if len(born[0]):
            first, last = (
                np.where((origin >= 0) & (day > 0), day, other)
                for day, other in zip(
                    (each[np.maximum(origin, 0)] for each in born), (first, last), strict=True
                )
            )
        stated = first > 0
        return SpanColumn(
            np.where(stated, first, np.int32(FIRST_DAY)), np.where(stated, last, np.int32(FIRST_DAY)), stated
        )

    def _assumed(self, places: Ids) -> tuple[Ids, tuple[tuple[str, ...], ...]]:
        said = [slot.number for slot in self.reader.slots or () if slot.bound.policies]
        held = places[:, [*said, places.shape[1] - 1]]
        texts = [piece.assumptions for piece in self.pool.pieces]
        stated = np.array([bool(each) for each in texts], np.bool_)
        held = np.where(stated[held], held, 0)
        firsts, found = combinations([(column, len(texts)) for column in held.T], len(held))
        sets: dict[tuple[str, ...], int] = {}
        numbers = [
            sets.setdefault(tuple(sorted({text for place in row for text in texts[place]})), len(sets))
            for row in held[firsts].tolist()
        ]
        return np.array(numbers, np.int32)[found] if numbers else found, tuple(sets)

    def _issues(self, places: Ids, origin: Index) -> Iterator[Issue]:
        given = self.reader.slots or ()
        spoken = np.array([piece.issues for piece in self.pool.pieces], np.bool_)
        some = spoken[places].any(axis=1) | (origin < 0)
        for row in np.flatnonzero(some).tolist():
            start = int(origin[row])
            if start < 0:
                yield from self._single(start).issues
            else:
                pieces = [self.pool.pieces[place] for place in places[row].tolist()]
                line = int(self.cells.lines[start])
                yield from each_once(tuple(self._said(given, pieces, self.cells.ids[start], line)))

    def _said(
        self, given: Sequence[Slot], pieces: Sequence[Piece], patient: str, line: int
    ) -> Iterator[Issue]:
        """The issues of a row in the order of the profile readers: while it is drawn, then table by table."""
        reader = self.reader
        for slot in sorted(given, key=lambda each: each.drawn):
            for issue in pieces[slot.number].drawn:
                yield placed(issue, patient, reader.file, line, {}, self._columns)
        for slot in sorted(given, key=_reading_order):
            if not pieces[slot.number].read:
                continue
            preceding: dict[str, int] = {}
            for other in given:
                if other.table == slot.table and other.order < slot.order:
                    for name, count in pieces[other.number].wire_rows.items():
                        preceding[name] = preceding.get(name, 0) + count
            for issue in pieces[slot.number].read:
                yield placed(issue, patient, reader.file, line, preceding, self._columns)

    @cached_property
    def _columns(self) -> frozenset[str]:
        return frozenset(self.reader.columns)


#: a list whose records stand in the other one too
_TWIN = {"therapies": "medications", "medications": "therapies"}
_ORDER = {name: number for number, name in enumerate((slots.BIRTH, "diagnoses", *TABLES))}


def _reading_order(slot: Slot) -> tuple[int, int]:
    return _ORDER.get(slot.table, -1), slot.order
