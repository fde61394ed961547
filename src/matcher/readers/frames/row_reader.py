"""What reading rows through one mapping needs, and what is remembered from row to row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import nan
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.engines.columnar.arrays import Index
from matcher.readers.bound import Bound
from matcher.readers.coded import Coded
from matcher.readers.context import PLACEHOLDERS
from matcher.readers.csv_rows import Row
from matcher.readers.frames import slots
from matcher.readers.frames.piece import Measured, Piece, PieceReader
from matcher.readers.frames.pool import Pool
from matcher.readers.frames.slots import Slot, age_column, birthday_column, slots_of
from matcher.readers.mapped import identify
from matcher.readers.mapped_days import year_first
from matcher.readers.mapped_file import entry_of
from matcher.readers.one import PatientReader
from matcher.readers.outcome import Patient, Reject
from matcher.readers.person import OLDEST
from matcher.readers.value import UnreadableError, read_date

#: beyond so many distinct pieces the pool is begun anew
MOST_PIECES = 200_000
#: days outside are left to the profile readers
EARLIEST, LATEST = date(1903, 1, 1).toordinal(), date(2200, 1, 1).toordinal()
#: the first byte that is no printable character of ASCII
_DELETE = 127
#: of an age
_DIGITS = 3
#: a measured value without mark or unit
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
#: instead of a day
BLANK, NOT_PLAIN = -1, -2


@dataclass
class RowReader:
    """Reads rows through a bound mapping; remembers what it has read before, until it is pickled."""

    file: str
    bound: Bound
    patients: PatientReader
    _pool: Pool | None = field(default=None, repr=False)
    _places: dict[tuple[Any, ...], int] = field(default_factory=dict, repr=False)
    _days: dict[str, int] = field(default_factory=dict, repr=False)
    _examples: dict[tuple[Any, ...], tuple[int, Measured]] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        held = {"file": self.file, "bound": self.bound, "patients": self.patients}
        return held | {"_pool": None, "_places": {}, "_days": {}, "_examples": {}}

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
    def birthday(self) -> str | None:
        """The column of the day of birth, where it is no more than that."""
        return birthday_column(self.slots or ())

    @cached_property
    def age(self) -> str | None:
        """The column of the age, where the birth is told by that number alone."""
        return age_column(self.slots or ())

    def years(self, text: str) -> int:
        """The age that a text says as a plain number; ``NOT_PLAIN`` of any other text."""
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS) or self.is_blank(text):
            return NOT_PLAIN
        return int(text) if int(text) <= OLDEST else NOT_PLAIN

    def number(self, text: str) -> float:
        """The number that a text is without any mark or unit; not a number for any other text."""
        return float(text) if _NUMBER.fullmatch(text) and not self.is_blank(text) else nan

    @cached_property
    def measured(self) -> tuple[int, ...]:
        """The slots that may leave their measured value open."""
        return tuple(slot.number for slot in self.slots or () if slot.measured is not None)

    @cached_property
    def day_columns(self) -> tuple[str, ...]:
        """The columns of days that slots leave open; the as-of day is the last."""
        named = (name for slot in self.slots or () for name in slot.days)
        return (*dict.fromkeys(named), slots.AS_OF)

    @cached_property
    def pieces(self) -> PieceReader:
        return PieceReader(self.file, self.patients.formulary, self.patients.as_of)

    @cached_property
    def id_column(self) -> str | None:
        """The column that is the identifier, where nothing is done to it."""
        cells = self.bound.id
        if len(cells) != 1 or len(cells[0].columns) != 1 or cells[0].when:
            return None
        cell = cells[0].cell
        plain = cell.values is None and cell.split is None and not cell.plus and cell.read in (None, "text")
        return cells[0].columns[0] if plain else None

    def identities(self, columns: Mapping[str, Coded], lines: Index) -> list[str]:
        """Identifiers that are made of several columns, or of the number of the line."""
        cells = ({name: each.text(row) for name, each in columns.items()} for row in range(len(lines)))
        return [
            identify(self.bound, Row(line, held)) for line, held in zip(lines.tolist(), cells, strict=True)
        ]

    def outcome(self, row: Row) -> Patient | Reject:
        """The row as the profile readers read it."""
        return self.patients.outcome(entry_of(self.bound, row, self.file, self.patients.as_of))

    def pool(self) -> Pool:
        """What was read before; begun anew where it has become too much."""
        if self._pool is None or len(self._pool.pieces) > MOST_PIECES:
            self._pool, self._places, self._examples = Pool(self.day_columns, self.measured), {}, {}
            self._pool.add(Piece())
        return self._pool

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
            return BLANK
        try:
            day = read_date(year_first(self.bound.mapping, text))
        except UnreadableError:
            return NOT_PLAIN
        number = day.first.toordinal()
        plain = day.exact and EARLIEST <= number < LATEST and day.first not in PLACEHOLDERS
        return number if plain else NOT_PLAIN

    def is_blank(self, text: str) -> bool:
        return not text or text.casefold() in self._blanks

    def blank(self, texts: Sequence[str]) -> list[int]:
        """The places of the blank ones."""
        blanks = self._blanks
        return [
            place for place, text in enumerate(texts) if not text or (blanks and text.casefold() in blanks)
        ]

    def identified(self, column: pa.Array) -> tuple[list[str], list[int]]:
        """The identifiers of a column of texts, stripped, and the places of the blank ones."""
        ids: list[str] = column.to_pylist()
        texts = np.frombuffer(column.buffers()[2] or b"", np.uint8)
        if ((texts > ord(" ")) & (texts < _DELETE)).all():
            # There is nothing to strip, and to fold is to write small.
            blanks = pa.array(["", *self._blanks], pa.string())
            blank = np.flatnonzero(pc.is_in(pc.ascii_lower(column), blanks))
            return ids, blank.tolist()
        ids = [each.strip() for each in ids]
        return ids, self.blank(ids)

    @cached_property
    def _blanks(self) -> frozenset[str]:
        return frozenset(each.casefold() for each in self.bound.mapping.blank)

    def place(self, pool: Pool, key: tuple[Any, ...], read: Callable[[], Piece]) -> int:
        """Where in the pool the piece of this key is; read where it is new."""
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = pool.add(read())
        return found

    def example(
        self, pool: Pool, key: tuple[Any, ...], read: Callable[[], Measured | None]
    ) -> tuple[int, Measured] | None:
        """The measured value of this key and where its piece is in the pool; nothing where each is to be read."""
        found = self._examples.get(key)
        if found is None and (example := read()) is not None:
            found = self._examples[key] = pool.add(example.piece), example
        return found
