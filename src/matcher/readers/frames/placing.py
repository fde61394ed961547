"""Rows in columns: which piece each of their slots is, every distinct combination read once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import combinations as combinations_of_two
from math import nan
from typing import Any

import numpy as np

from matcher.domain.dates import Duration, TimeUnit
from matcher.engines.columnar.arrays import Bools, Days, Floats, Ids, Index
from matcher.engines.columnar.days import before, on_leap_day, years_before
from matcher.readers.foreign import no_identifier
from matcher.readers.frames import slots
from matcher.readers.frames.cells import Cells, combinations
from matcher.readers.frames.piece import Piece
from matcher.readers.frames.pool import DayTable, Places, Pool, ValueTable
from matcher.readers.frames.row_reader import EARLIEST, LATEST, NOT_PLAIN, RowReader
from matcher.readers.frames.slots import Slot
from matcher.readers.interplay import TOGETHER, Interplay
from matcher.readers.person import OLDEST


class Placing:
    """For every row and slot the place of its piece in the pool. Rows marked ``whole`` must be read one at a time."""

    def __init__(self, reader: RowReader, pool: Pool, cells: Cells) -> None:
        self._reader = reader
        self._pool = pool
        self._cells = cells
        self._all = np.arange(len(cells))
        self.whole: Bools = self._unidentified()
        self._as_of: Days = np.zeros(len(cells), np.int32)
        self._days: dict[str, Days] = {}
        self._values: dict[int, Floats] = {}
        self._sites: Ids = np.zeros(len(cells), np.int32)
        self._cancers: list[Piece | None] = [None]

        #: the first and last possible day of birth, where it is not its piece that says it
        self.birth: tuple[Days, Days] = (np.zeros(0, np.int32),) * 2
        self.places: Places = self._placed()

    def _placed(self) -> Places:
        given = self._reader.slots
        places = np.zeros((len(self._cells), len(given or ()) + 1), np.int32)
        if given is None:
            self.whole[:] = True
            return places
        self._date(given)
        for slot in sorted(given, key=lambda each: each.table != "diagnoses"):
            if slot.table not in (slots.AS_OF, slots.AGED):
                self._fill(slot, places[:, slot.number])
        self.whole |= np.array([piece.whole for piece in self._pool.pieces], np.bool_)[places].any(axis=1)
        self._settle(given, places)
        self._refuse_days_before_birth(given, places)
        return places

    def _settle(self, given: Sequence[Slot], places: Places) -> None:
        """Rows whose lists contradict or repeat each other are read whole, where that is settled."""
        for tables in TOGETHER:
            related = [slot for slot in given if slot.table in tables and places[:, slot.number].any()]
            for one, other in combinations_of_two(related, 2):
                self._settle_two(one, other, places)

    def _settle_two(self, one: Slot, other: Slot, places: Places) -> None:
        first, second = places[:, one.number], places[:, other.number]
        firsts, found = combinations(
            [(first, len(self._pool.pieces)), (second, len(self._pool.pieces))], len(first)
        )
        kinds = np.array(
            [
                self._pool.interplay(a, b)
                for a, b in zip(first[firsts].tolist(), second[firsts].tolist(), strict=True)
            ],
            np.int8,
        )[found]
        self.whole |= kinds == Interplay.SOME
        repeated = kinds == Interplay.IF_OF_ONE_DAY
        if not repeated.any():
            return
        same = np.ones(len(first), np.bool_)
        for ours, theirs in zip(one.days, other.days, strict=False):
            first_day, second_day = self._days[ours], self._days[theirs]
            same &= (first_day == second_day) | (first_day < 0) | (second_day < 0)
        self.whole |= repeated & same

    def _refuse_days_before_birth(self, given: Sequence[Slot], places: Places) -> None:
        """A day before the patient's birth is refused where the row is read whole."""
        slot = next((each for each in given if each.table == slots.BIRTH), None)
        if slot is None:
            return
        # A day, or an age, that is told by its column is not in the piece; a year or a text that was read is.
        read, _ = self._pool.births(places[:, slot.number])
        born = np.where(self.birth[0] > 0, self.birth[0], read) if len(self.birth[0]) else read
        earliest = self._pool.earliest(places)
        for name in dict.fromkeys(day for each in given if each.table != slots.BIRTH for day in each.days):
            day = self._days[name]
            earliest = np.where(day >= 0, np.minimum(earliest, day), earliest)
        self.whole |= (born > 0) & (earliest < born)

    def days(self) -> DayTable:
        """The days that pieces leave open, as columns of the reader's ``day_columns``."""
        names = self._reader.day_columns
        return np.array([self._days.get(name, self._as_of) for name in names], np.int32)

    def values(self) -> ValueTable:
        """The measured values that pieces leave open, a row for each of the reader's ``measured`` slots."""
        none = np.full(len(self._cells), nan)
        held = [self._values.get(slot, none) for slot in self._reader.measured]
        return np.array(held, np.float64).reshape(len(held), len(none))

    def _unidentified(self) -> Bools:
        """Rows without an identifier of their own, or that are no patient's."""
        repeated, ids = self._reader.patients.repeated, self._cells.ids
        found = np.zeros(len(ids), np.bool_)
        found[self._reader.blank(ids)] = True
        found[[place for place, each in enumerate(ids) if no_identifier(each)]] = True
        if repeated:
            found[[place for place, each in enumerate(ids) if each in repeated]] = True
        return found

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
                    self._pool, (slot.number, texts), partial(reader.pieces.dated, slot, held)
                )
                day = self._pool.pieces[place].as_of
                days.append(0 if day is None else day.toordinal())
            self._as_of = np.array(days, np.int32)[found]
        self.whole |= (self._as_of < EARLIEST) | (self._as_of >= LATEST)
        # A day for the rows that are read whole, so that everything below can be computed for them too.
        self._as_of[self.whole] = EARLIEST
        for name in reader.day_columns[:-1]:
            column = cells.column(name)
            days_of = np.array([reader.day(text) for text in column.texts], np.int32)
            self._days[name] = days_of[column.places]
        self._days[slots.AS_OF] = self._as_of

    def _fill(self, slot: Slot, places: Ids) -> None:
        """The place of the piece for every row."""
        if slot.table == slots.BIRTH and self._reader.birthday is not None:
            self._born(slot, self._reader.birthday, places)
            return
        if slot.table == slots.BIRTH and self._reader.age is not None:
            self._aged(slot, self._reader.age, places)
            return
        plain = np.ones(len(self._cells), np.bool_)
        for name in slot.days:
            plain &= self._days[name] != NOT_PLAIN
        if not slot.ranked:
            plain[:] = False
        rows = self._all if plain.all() else np.flatnonzero(plain)
        if slot.measured is not None:
            rows = self._measure(slot, slot.measured, rows, places)
        places[rows] = self._ranked(slot, rows)
        if not plain.all():
            others = np.flatnonzero(~plain)
            places[others] = self._unranked(slot, others)
        if slot.table == "diagnoses":
            self._locate(places)

    def _born(self, slot: Slot, column: str, places: Ids) -> None:
        """The piece that the age alone gives, where the birth is a plain day; ``birth`` then has that day."""
        texts = self._cells.column(column)
        day = np.array([self._reader.day(text) for text in texts.texts], np.int32)[texts.places]
        aged = next((each for each in self._reader.slots or () if each.table == slots.AGED), None)
        plain = np.flatnonzero(day != NOT_PLAIN)
        if len(plain) < len(day):
            others = np.flatnonzero(day == NOT_PLAIN)
            places[others] = self._unranked(slot, others)
        if aged is not None:
            places[plain] = self._unranked(aged, plain)
        born = day >= 0
        first, last = self._pool.births(places)
        # What the profile readers have something to say about is left to them.
        odd = (day > self._as_of) | (day < before(Duration(OLDEST + 1, TimeUnit.YEARS), self._as_of))
        odd |= (first > 0) & ((day < first) | (day > last))
        # An age that nobody can read leaves the birth open, whatever its day.
        odd |= np.array([piece.issues for piece in self._pool.pieces], np.bool_)[places]
        self.whole |= born & odd
        self.birth = (np.where(born, day, 0),) * 2

    def _aged(self, slot: Slot, column: str, places: Ids) -> None:
        """A plain age tells the birth by itself, as ``read_birth`` has it; any other text is read."""
        texts = self._cells.column(column)
        years = np.array([self._reader.years(text) for text in texts.texts], np.int32)[texts.places]
        others = np.flatnonzero(years == NOT_PLAIN)
        if len(others):
            places[others] = self._unranked(slot, others)
        plain = np.maximum(years, 0)
        first = years_before(self._as_of, plain + np.int32(1)) + np.int32(1)
        first += on_leap_day(first)
        last = years_before(self._as_of, plain)
        first[others] = last[others] = 0
        self.birth = first, last

    def _measure(self, slot: Slot, column: str, rows: Index, places: Ids) -> Index:
        """Fill the places and values of plain numbers, which all are read by one example; the rows that are left.

        Laboratory values are seldom equal: to read each of them would be to read every row.
        """
        texts = self._cells.column(column)
        numbers = np.array([self._reader.number(text) for text in texts.texts])[texts.places]
        plain = rows[~np.isnan(numbers[rows])]
        days = [self._days[name][plain] for name in slot.days] + [self._as_of[plain]]
        apart = replace(slot, columns=tuple(name for name in slot.columns if name != column))
        firsts, found = self._combined(apart, plain, list(_orders(days)))
        values = np.full(len(self._cells), nan)
        order = np.argsort(found, kind="stable")
        ends = np.cumsum(np.bincount(found, minlength=len(firsts)))
        for number, (first, end) in enumerate(zip(firsts.tolist(), ends.tolist(), strict=True)):
            start = int(ends[number - 1]) if number else 0
            ranks = _ranks([int(each[first]) for each in days])
            (said,) = self._texts(slot.columns, plain[[first]])
            (key,) = self._texts(apart.columns, plain[[first]])
            example = self._reader.example(
                self._pool,
                (slot.number, key, ranks),
                partial(self._reader.pieces.measured, slot, said, ranks),
            )
            if example is None:
                continue
            place, measured = example
            held = plain[order[start:end]]
            distinct, which = np.unique(numbers[held], return_inverse=True)
            values[held] = np.array([measured.canonical(each) for each in distinct.tolist()])[which]
            places[held] = place
        self._values[slot.number] = values
        left: Index = rows[np.isnan(values[rows])]
        return left

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
                partial(reader.pieces.ranked, slot, texts, ranks, cancers),
            )
        return distinct[found]

    def _unranked(self, slot: Slot, rows: Index) -> Ids:
        """Pieces by every text of the slot, and by the as-of day."""
        reader, pool = self._reader, self._pool
        columns = (*slot.columns, *slot.days)
        as_of = self._as_of[rows]
        extra: list[tuple[Any, int]] = [(as_of.astype(np.int64), LATEST)]
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
            held = dict(zip(columns, texts, strict=True))
            distinct[number] = reader.place(
                pool,
                (slot.number, texts, day, cancers and cancers.site),
                partial(reader.pieces.plain, slot, held, date.fromordinal(day), cancers),
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
