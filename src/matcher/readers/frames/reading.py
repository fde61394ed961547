"""Rows of a mapped file into a frame: each distinct combination of texts is read once, the rest is gathered.

Rows that no slot can speak for - repeated or missing identifiers, days nobody can place, broken rows - are read whole,
one at a time, and stand among the others in the order of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from matcher.engines.columnar.arrays import Bools, Days, Ids, Index
from matcher.engines.columnar.column import SpanColumn
from matcher.engines.columnar.frame import RECORD_OF, PatientFrame
from matcher.readers.bound import Bound
from matcher.readers.csv_rows import Row
from matcher.readers.frames import slots
from matcher.readers.frames.cells import Cells, combinations
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.frames.piece import Piece, PieceReader, placed, whole_piece
from matcher.readers.frames.pool import Pool
from matcher.readers.frames.slots import Slot, slots_of
from matcher.readers.mapped import year_first
from matcher.readers.mapped_file import entry_of
from matcher.readers.one import PatientReader, each_once
from matcher.readers.outcome import Issue, Patient, Reject
from matcher.readers.value import UnreadableError, read_date

#: beyond so many distinct pieces the pool is begun anew
MOST_PIECES = 400_000
_EARLIEST, _LATEST = date(1903, 1, 1).toordinal(), date(2200, 1, 1).toordinal()
_BLANK, _NOT_PLAIN = -1, -2


@dataclass
class RowReader:
    """Reads rows through a bound mapping; remembers what it has read before, until it is pickled."""

    file: str
    bound: Bound
    patients: PatientReader
    _pool: Pool | None = field(default=None, repr=False)
    _places: dict[tuple[Any, ...], int] = field(default_factory=dict, repr=False)
    _days: dict[str, int] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        held = {"file": self.file, "bound": self.bound, "patients": self.patients}
        return held | {"_pool": None, "_places": {}, "_days": {}}

    @cached_property
    def slots(self) -> tuple[Slot, ...] | None:
        """The slots of the mapping; nothing where every row must be read whole."""
        return slots_of(self.bound)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that slots read."""
        used = (name for slot in self.slots or () for name in (*slot.columns, *slot.days))
        return tuple(dict.fromkeys(used))

    @cached_property
    def day_columns(self) -> tuple[str, ...]:
        """The columns of days that slots leave open; the as-of day is the last."""
        named = (name for slot in self.slots or () for name in slot.days)
        return (*dict.fromkeys(named), slots.AS_OF)

    @cached_property
    def pieces(self) -> PieceReader:
        return PieceReader(self.file, self.patients.formulary, self.patients.as_of)

    def outcome(self, row: Row) -> Patient | Reject:
        """The row as the profile readers read it."""
        return self.patients.outcome(entry_of(self.bound, row, self.file, self.patients.as_of))

    def read(self, part: Part, cells: Cells, singles: Sequence[Row] = ()) -> FramePart:
        """The patients of these rows; ``singles`` are rows of the part that are no columns."""
        if self._pool is None or len(self._pool.pieces) > MOST_PIECES:
            self._pool, self._places = Pool(self.day_columns), {}
            self._pool.add(Piece())
        return _PartReading(self, self._pool, cells).part(part, singles)

    def day(self, text: str) -> int:
        """The number of the day that a text names, if it names one."""
        found = self._days.get(text)
        if found is None:
            if len(self._days) > MOST_PIECES:
                self._days.clear()
            found = self._days[text] = self._day(text)
        return found

    def _day(self, text: str) -> int:
        if self.is_blank(text):
            return _BLANK
        try:
            day = read_date(year_first(self.bound.mapping, text))
        except UnreadableError:
            return _NOT_PLAIN
        number = day.first.toordinal()
        return number if day.exact and _EARLIEST <= number < _LATEST else _NOT_PLAIN

    def is_blank(self, text: str) -> bool:
        return not text or text.casefold() in self._blanks

    @cached_property
    def _blanks(self) -> frozenset[str]:
        return frozenset(each.casefold() for each in self.bound.mapping.blank)

    def place(self, pool: Pool, key: tuple[Any, ...], read: Any) -> int:
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = pool.add(read())
        return found


class _PartReading:
    """One part of a file on its way into a frame."""

    def __init__(self, reader: RowReader, pool: Pool, cells: Cells) -> None:
        self._reader = reader
        self._pool = pool
        self._cells = cells
        self._all = np.arange(len(cells))
        self._whole: Bools = self._unidentified()
        self._as_of: Days = np.zeros(len(cells), np.int32)
        self._days: dict[str, Days] = {}
        self._sites: Ids = np.zeros(len(cells), np.int32)
        self._cancers: list[Piece | None] = [None]

    def part(self, part: Part, singles: Sequence[Row]) -> FramePart:
        given = self._reader.slots
        places = np.zeros((len(self._cells), len(given or ()) + 1), np.int32)
        if given is None:
            self._whole[:] = True
        else:
            self._date(given)
            for slot in sorted(given, key=lambda each: each.table != "diagnoses"):
                if slot.table != slots.AS_OF:
                    self._fill(slot, places[:, slot.number])
            self._whole |= np.array([piece.whole for piece in self._pool.pieces], np.bool_)[places].any(
                axis=1
            )
        return self._assembled(part, places, singles)

    def _unidentified(self) -> Bools:
        """Rows without an identifier of their own."""
        repeated, is_blank = self._reader.patients.repeated, self._reader.is_blank
        ids = self._cells.ids
        return np.fromiter((each in repeated or is_blank(each) for each in ids), np.bool_, len(ids))

    def _date(self, given: Sequence[Slot]) -> None:
        """The as-of day of every row; where there is none the row is read whole."""
        cells, reader = self._cells, self._reader
        slot = next((each for each in given if each.table == slots.AS_OF), None)
        if slot is None:
            day = reader.patients.as_of
            self._as_of[:] = 0 if day is None else day.toordinal()
        else:
            firsts, found = self._combined(slot, self._all, ())
            days = []
            for texts in self._texts(slot.columns, firsts):
                held = dict(zip(slot.columns, texts, strict=True))
                place = reader.place(
                    self._pool, (slot.number, texts), lambda h=held: reader.pieces.dated(slot, h)
                )
                day = self._pool.pieces[place].as_of
                days.append(0 if day is None else day.toordinal())
            self._as_of = np.array(days, np.int32)[found]
        self._whole |= (self._as_of < _EARLIEST) | (self._as_of >= _LATEST)
        # A day for the rows that are read whole, so that everything below can be computed for them too.
        self._as_of[self._whole] = _EARLIEST
        for name in reader.day_columns[:-1]:
            column = cells.column(name)
            days_of = np.array([reader.day(text) for text in column.texts], np.int32)
            self._days[name] = days_of[column.places]
        self._days[slots.AS_OF] = self._as_of

    def _fill(self, slot: Slot, places: Ids) -> None:
        """The place of the piece for every row."""
        plain = np.ones(len(self._cells), np.bool_)
        for name in slot.days:
            plain &= self._days[name] != _NOT_PLAIN
        if not slot.ranked:
            plain[:] = False
        rows = self._all if plain.all() else np.flatnonzero(plain)
        places[rows] = self._ranked(slot, rows)
        if len(rows) < len(plain):
            others = self._all if not len(rows) else np.flatnonzero(~plain)
            places[others] = self._unranked(slot, others)
        if slot.table == "diagnoses":
            self._locate(places)

    def _ranked(self, slot: Slot, rows: Index) -> Ids:
        """Days that stand in the same order give the same pieces."""
        days = [self._days[name][rows] for name in slot.days] + [self._as_of[rows]]
        firsts, found = self._combined(slot, rows, list(_orders(days)))
        reader, pool = self._reader, self._pool
        sites = self._sites[rows[firsts]].tolist()
        numbers = zip(*(each[firsts].tolist() for each in days), strict=True)
        distinct = np.empty(len(firsts), np.int32)
        for number, (texts, ordinals, site) in enumerate(
            zip(self._texts(slot.columns, rows[firsts]), numbers, sites, strict=True)
        ):
            ranks = _ranks(ordinals)
            cancers = self._cancers[site] if slot.table == "staging" else None
            distinct[number] = reader.place(
                pool,
                (slot.number, texts, ranks, cancers and cancers.site),
                lambda texts=texts, ranks=ranks, cancers=cancers: reader.pieces.ranked(
                    slot, texts, ranks, cancers
                ),
            )
        return distinct[found]

    def _unranked(self, slot: Slot, rows: Index) -> Ids:
        """Pieces by every text of the slot, and by the as-of day."""
        reader, pool = self._reader, self._pool
        columns = (*slot.columns, *slot.days)
        as_of = self._as_of[rows]
        extra: list[tuple[Any, int]] = [(as_of.astype(np.int64), _LATEST)]
        extra += [
            (self._column_places(name, rows), len(self._cells.column(name).texts)) for name in slot.days
        ]
        firsts, found = self._combined(slot, rows, extra)
        sites, days = self._sites[rows[firsts]].tolist(), as_of[firsts].tolist()
        distinct = np.empty(len(firsts), np.int32)
        for number, (texts, site, day) in enumerate(
            zip(self._texts(columns, rows[firsts]), sites, days, strict=True)
        ):
            cancers = self._cancers[site] if slot.table == "staging" else None
            distinct[number] = reader.place(
                pool,
                (slot.number, texts, day, cancers and cancers.site),
                lambda texts=texts, day=day, cancers=cancers: reader.pieces.plain(
                    slot, dict(zip(columns, texts, strict=True)), date.fromordinal(day), cancers
                ),
            )
        return distinct[found]

    def _column_places(self, name: str, rows: Index) -> Ids:
        column = self._cells.column(name)
        return column.places if rows is self._all else column.places[rows]

    def _combined(self, slot: Slot, rows: Index, extra: Sequence[tuple[Any, int]]) -> tuple[Index, Ids]:
        held = [
            (self._column_places(name, rows), len(self._cells.column(name).texts)) for name in slot.columns
        ]
        if slot.table == "staging":
            held.append((self._sites[rows], len(self._cancers)))
        return combinations([*held, *extra], len(rows))

    def _texts(self, columns: Sequence[str], rows: Index) -> Iterator[tuple[str, ...]]:
        """The texts of these rows in these columns."""
        if not columns:
            yield from ((),) * len(rows)
            return
        held = (self._cells.column(name) for name in columns)
        yield from zip(
            *([each.texts[place] for place in each.places[rows].tolist()] for each in held), strict=True
        )

    def _locate(self, places: Ids) -> None:
        """Which organ's staging applies to each row."""
        distinct, found = np.unique(places, return_inverse=True)
        seen: dict[str | None, int] = {None: 0}
        sites = []
        for place in distinct.tolist():
            piece = self._pool.pieces[place]
            if piece.site not in seen:
                seen[piece.site] = len(self._cancers)
                self._cancers.append(piece)
            sites.append(seen[piece.site])
        self._sites = np.array(sites, np.int32)[found]

    def _assembled(self, part: Part, places: Ids, singles: Sequence[Row]) -> FramePart:
        cells = self._cells
        alone = np.flatnonzero(self._whole)
        held = (cells.row(number) for number in alone.tolist())
        rows = sorted([*(row for row in held if row is not None), *singles], key=lambda row: row.line)
        read: list[tuple[Row, Patient]] = []
        rejects: list[Reject] = []
        for row in rows:
            outcome = self._reader.outcome(row)
            if isinstance(outcome, Patient):
                read.append((row, outcome))
            else:
                rejects.append(outcome)
        kept = np.flatnonzero(~self._whole)
        lines = np.concatenate((cells.lines[kept], np.array([row.line for row, _ in read], np.intp)))
        order = np.argsort(lines, kind="stable")
        whole_places = np.zeros((len(read), places.shape[1]), np.int32)
        for number, (_, patient) in enumerate(read):
            whole_places[number, -1] = self._pool.add(whole_piece(patient.profile))
        placed_all = np.concatenate((places[kept], whole_places))[order]
        origin = np.concatenate((kept, -1 - np.arange(len(read))))[order]
        days = np.array([self._days.get(name, self._as_of) for name in self._reader.day_columns], np.int32)
        return _Gathering(self._reader, self._pool, cells, read).part(part, placed_all, origin, days, rejects)


def _orders(days: Sequence[Days]) -> Iterator[tuple[Any, int]]:
    """How several days lie to each other, as columns of small numbers."""
    for number, one in enumerate(days[:-1]):
        yield (one >= 0).view(np.int8), 2
        for other in days[number + 1 :]:
            order = (one > other).view(np.int8) + 2 * (one == other).view(np.int8)
            yield order * ((one >= 0) & (other >= 0)).view(np.int8), 3


def _ranks(days: Sequence[int]) -> tuple[int | None, ...]:
    ranked = {day: rank for rank, day in enumerate(sorted({day for day in days if day >= 0}))}
    return tuple(ranked.get(day) for day in days)


@dataclass
class _Gathering:
    """The patients of a part from their pieces: ``read`` are those that were read whole."""

    reader: RowReader
    pool: Pool
    cells: Cells
    read: Sequence[tuple[Row, Patient]]

    def part(
        self, part: Part, places: Ids, origin: Index, days: Days, rejects: Sequence[Reject]
    ) -> FramePart:
        pool, given = self.pool, self.reader.slots or ()
        in_columns = origin >= 0
        ids = [self.cells.ids[row] if row >= 0 else self._single(row).profile.id for row in origin.tolist()]
        as_of = np.zeros(len(origin), np.int32)
        as_of[in_columns] = days[-1][origin[in_columns]]
        if days.shape[1]:
            days = days[:, np.maximum(origin, 0)]
        for row in np.flatnonzero(~in_columns).tolist():
            as_of[row] = self._single(int(origin[row])).profile.as_of.toordinal()
        complete = pool.complete(places)
        tables = {}
        for name in RECORD_OF:
            held = sorted((slot for slot in given if slot.table == name), key=lambda slot: slot.order)
            columns = [*(slot.number for slot in held), places.shape[1] - 1]
            table = pool.table(name, places[:, columns], complete, days)
            if table is not None:
                tables[name] = table
        frame = PatientFrame(ids, as_of, self._birth(places), tables)
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

    def _birth(self, places: Ids) -> SpanColumn:
        slot = next((each for each in self.reader.slots or () if each.table == slots.BIRTH), None)
        held = (
            places[:, -1]
            if slot is None
            else np.where(places[:, -1] > 0, places[:, -1], places[:, slot.number])
        )
        distinct, found = np.unique(held, return_inverse=True)
        spans = SpanColumn.of(self.pool.pieces[place].birth for place in distinct.tolist())
        return spans[found]

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


_ORDER = {name: number for number, name in enumerate((slots.BIRTH, "diagnoses", *RECORD_OF))}
_ORDER = {slots.BIRTH: 0, "diagnoses": 1, "observations": 2, "staging": 3} | {
    name: number + 4
    for number, name in enumerate(RECORD_OF)
    if name not in ("diagnoses", "observations", "staging")
}


def _reading_order(slot: Slot) -> tuple[int, int]:
    return _ORDER.get(slot.table, -1), slot.order
