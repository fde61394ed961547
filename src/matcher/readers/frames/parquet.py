"""A Parquet file into frames, row group by row group."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from matcher.engines.columnar.arrays import Index
from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.csv_rows import Row
from matcher.readers.frames.arrow import cells_of, frames_of
from matcher.readers.frames.identifiers import Identifiers
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.frames.row_reader import RowReader
from matcher.readers.mapped_file import MappedFile
from matcher.readers.one import PatientReader
from matcher.readers.outcome import Reading
from matcher.readers.parquet import reading
from matcher.readers.read import account_of
from matcher.vocabulary.formulary import Formulary


class ParquetFrames:
    """A Parquet file that a mapping describes. A process holds one row group of it, with the columns that are used."""

    def __init__(
        self, source: MappedFile, path: Path, formulary: Formulary, as_of: date | None, today: date | None
    ) -> None:
        self._path = path
        self._known = _state(path)
        self._today = None if source.dated or as_of is not None else today
        self._reader = RowReader(path.name, source.bound, PatientReader(formulary, as_of or self._today))
        self._names = [name for name in source.table.header if name in source.bound.used]
        self._group: tuple[int, pa.Table] | None = None
        with reading(path), pq.ParquetFile(path) as file:
            sizes = [file.metadata.row_group(each).num_rows for each in range(file.metadata.num_row_groups)]
            self._texts = [
                each.name
                for each in file.schema_arrow
                if pa.types.is_string(each.type) and each.name in self._names
            ]
        #: the first row of each row group, and the number of all rows
        self._firsts: Index = np.cumsum([0, *sizes])
        self._blank: Index = np.zeros(0, np.intp)
        identifiers = Identifiers()
        for number in range(len(sizes)):
            ids, blank = self._identities(number)
            identifiers.add(ids)
            self._blank = np.concatenate((self._blank, blank))
        if not len(self):
            raise PatientDataError([Diagnostic(path.name, None, None, "P013", "the file holds no patients")])
        repeated = identifiers.repeated(self._again)
        repeated = frozenset(each for each in repeated if not self._reader.is_blank(each))
        patients = replace(self._reader.patients, repeated=repeated)
        self._reader = replace(self._reader, patients=patients)
        self._account = account_of(source, len(self), self._today)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_group": None}

    def __len__(self) -> int:
        return int(self._firsts[-1]) - len(self._blank)

    def account(self) -> Reading:
        return deepcopy(self._account)

    def parts(self, patients: int) -> Sequence[Part]:
        found: list[Part] = []
        for first, end in pairwise(self._firsts.tolist()):
            for start in range(first, end, patients):
                stop = min(start + patients, end)
                before, upto = np.searchsorted(self._blank, (start, stop)).tolist()
                held = stop - upto - (start - before)
                found.append(Part(len(found), start - before, held, start, stop, start + 1))
        return found

    @property
    def reader(self) -> RowReader:
        return self._reader

    def read(self, part: Part) -> FramePart:
        return frames_of(self._reader, self._slice(part), part)

    def rows(self, part: Part) -> list[Row]:
        """The rows of a part one by one, in their order."""
        cells = cells_of(self._reader, self._slice(part), part.line)
        held = (cells.row(number) for number in range(len(cells)))
        return [row for row in held if row is not None]

    def identifiers(self, part: Part) -> Sequence[str]:
        """Whose the rows of a part are."""
        return cells_of(self._reader, self._slice(part), part.line).ids

    def _again(self, number: int, rows: Index) -> Sequence[str]:
        ids, _ = self._identities(number)
        return [ids[row] for row in rows.tolist()]

    def _slice(self, part: Part) -> pa.Table:
        number = int(np.searchsorted(self._firsts, part.start, side="right")) - 1
        return self._rows(number).slice(part.start - int(self._firsts[number]), part.stop - part.start)

    def _rows(self, number: int) -> pa.Table:
        """A row group, kept until another one is asked for."""
        if self._group is None or self._group[0] != number:
            self._group = None
            self._group = number, self._read(number, self._names)
        return self._group[1]

    def _identities(self, number: int) -> tuple[Sequence[str], Index]:
        """Whose the rows of a row group are, and which of its rows are blank."""
        column = self._reader.id_column
        start = int(self._firsts[number])
        if column is not None:
            ids = cells_of(self._reader, self._read(number, [column])).ids
            if len(ids) == self._firsts[number + 1] - start and not self._reader.blank(ids):
                return ids, np.zeros(0, np.intp)
        cells = cells_of(self._reader, self._rows(number), start)
        blank = np.setdiff1d(np.arange(start, int(self._firsts[number + 1])), cells.lines)
        return cells.ids, blank

    def _read(self, number: int, names: Sequence[str]) -> pa.Table:
        if _state(self._path) != self._known:
            reason = "the file has changed since it was opened"
            raise PatientDataError([Diagnostic(self._path.name, None, None, "P014", reason)])
        texts = [name for name in names if name in self._texts]
        with reading(self._path), pq.ParquetFile(self._path, read_dictionary=texts) as file:
            return file.read_row_group(number, columns=list(names), use_threads=False)


def _state(path: Path) -> tuple[int, int]:
    try:
        known = path.stat()
    except OSError as error:
        reason = f"the file cannot be read: {error.strerror}"
        raise PatientDataError([Diagnostic(path.name, None, None, "P014", reason)]) from None
    return known.st_size, known.st_mtime_ns
