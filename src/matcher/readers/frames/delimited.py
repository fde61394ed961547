"""A delimited file into frames: opened in one pass over its lines, then read part by part."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv

from matcher.engines.columnar.arrays import Index
from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.csv_rows import Row, Table
from matcher.readers.frames.cells import Cells, Coded
from matcher.readers.frames.lines import Block, TextFile, blocks, first_offset, record_of
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.frames.reading import RowReader
from matcher.readers.mapped import identify
from matcher.readers.mapped_file import MappedFile
from matcher.readers.one import PatientReader
from matcher.readers.outcome import Reading
from matcher.readers.read import account_of
from matcher.vocabulary.formulary import Formulary

_OPENING = 8 << 20
#: bytes of a part, whatever number of patients was asked for
_MOST = 64 << 20
#: patients between two places where a part may begin
STEP = 64
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class _Places:
    """Places where a part may begin: patients before them, bytes, lines. The last one is the end."""

    patients: Index
    offsets: Index
    lines: Index


class DelimitedFrames:
    """A delimited file that a mapping describes. What is wrong with the file as a whole is raised here."""

    def __init__(
        self, source: MappedFile, path: Path, formulary: Formulary, as_of: date | None, today: date | None
    ) -> None:
        self._table = source.table
        self._today = None if source.dated or as_of is not None else today
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self._file = self._opened(path)
        unread = RowReader(path.name, source.bound, PatientReader(formulary, as_of or self._today))
        start = first_offset(self._file, self._header_lines())
        opening = _Opening(_Rows(self._file, self._table, unread), start, self._header_lines() + 1)
        self._places = opening.places
        self._account = account_of(source, len(self), self._today)
        if not len(self):
            raise PatientDataError([Diagnostic(path.name, None, None, "P013", "the file holds no patients")])
        patients = replace(unread.patients, repeated=opening.repeated())
        self._rows = _Rows(self._file, self._table, replace(unread, patients=patients))

    def __len__(self) -> int:
        return int(self._places.patients[-1])

    def account(self) -> Reading:
        return deepcopy(self._account)

    def parts(self, patients: int) -> Sequence[Part]:
        held = self._places
        found: list[Part] = []
        start = 0
        while start < len(held.patients) - 1:
            enough = int(np.searchsorted(held.patients, held.patients[start] + patients, side="right")) - 1
            small = int(np.searchsorted(held.offsets, held.offsets[start] + _MOST, side="right")) - 1
            stop = max(start + 1, min(enough, small))
            first = int(held.patients[start])
            found.append(
                Part(
                    len(found),
                    first,
                    int(held.patients[stop]) - first,
                    int(held.offsets[start]),
                    int(held.offsets[stop]),
                    int(held.lines[start]),
                )
            )
            start = stop
        return found

    def read(self, part: Part) -> FramePart:
        [block] = blocks(self._file, part.start, part.stop, part.line, part.stop - part.start)
        reader = self._rows.reader
        parsed = self._rows.parsed(block, reader.columns)
        return reader.read(part, parsed.cells, parsed.singles)

    def _opened(self, path: Path) -> TextFile:
        table = self._table
        name = table.encoding.name
        if not name.startswith("utf-16"):
            return TextFile.at(path, "utf-8" if name == "utf-8-sig" else name, table.delimiter, path.name)
        self._copy = tempfile.TemporaryDirectory(prefix="matcher-")
        copy = Path(self._copy.name) / path.name
        with (
            path.open(encoding=name, newline="") as source,
            copy.open("w", encoding="utf-8", newline="") as target,
        ):
            shutil.copyfileobj(source, target)
        return TextFile.at(copy, "utf-8", table.delimiter, path.name)

    def _header_lines(self) -> int:
        table = self._table
        return next(
            record.line + record.lines - 1 for record in table.records() if record.line == table.header_line
        )


@dataclass(frozen=True, slots=True)
class _Parsed:
    """The rows of a block; ``kept`` are the places of those in columns among the block's regular lines."""

    cells: Cells
    kept: Index
    singles: list[Row]


@dataclass(frozen=True)
class _Rows:
    """The rows of a delimited file in columns."""

    file: TextFile
    table: Table
    reader: RowReader

    @cached_property
    def _id_column(self) -> str | None:
        """The column that is the identifier, where nothing is done to it."""
        bound = self.reader.bound
        if len(bound.id) != 1 or len(bound.id[0].columns) != 1 or bound.id[0].when:
            return None
        cell = bound.id[0].cell
        plain = cell.values is None and cell.split is None and not cell.plus and cell.read in (None, "text")
        return bound.id[0].columns[0] if plain and bound.mapping.decimal == "point" else None

    def identity(self, row: Row) -> str:
        return identify(self.reader.bound, row)

    def is_blank(self, text: str) -> bool:
        return self.reader.is_blank(text)

    def parsed(self, block: Block, columns: Sequence[str] = ()) -> _Parsed:
        """These columns of a block, and whose the rows are."""
        if self._id_column is None:
            # Only with all its columns can it be told whether a row is blank.
            columns = tuple(dict.fromkeys(name for name in self.table.header if name))
        wrong: list[int] = []
        read = self._read(block.regular, columns, wrong)
        kept = np.delete(np.arange(len(block.starts)), wrong)
        rows = [self._row(block, place) for place in wrong]
        rows += [self.table.row(record) for record in block.singles]
        held = (
            {name: Coded.of(_whole(read[self._name(name)])) for name in columns} if read is not None else {}
        )
        if self._id_column is None:
            filled = np.flatnonzero(_filled(held, len(kept)))
            held = {name: column[filled] for name, column in held.items()}
            ids = self._identities(held, block.lines[kept[filled]])
        else:
            texts = [] if read is None else _whole(read[self._name(self._id_column)]).to_pylist()
            ids = [each.strip() for each in texts]
            blank = [row for row, each in enumerate(ids) if self.is_blank(each)]
            empty = [row for row in blank if self._row(block, int(kept[row])) is None]
            filled = np.delete(np.arange(len(kept)), empty)
            if empty:
                ids = [ids[row] for row in filled.tolist()]
                held = {name: column[filled] for name, column in held.items()}
        kept = kept[filled]
        cells = Cells(ids, block.lines[kept], held, lambda row: self._row(block, int(kept[row])))
        return _Parsed(cells, kept, [row for row in rows if row is not None])

    def _read(self, data: bytes, columns: Sequence[str], wrong: list[int]) -> pa.Table | None:
        """Regular lines as columns; those without as many cells as the header are named in ``wrong``."""

        def skip(row: pa_csv.InvalidRow) -> str:
            wrong.append(row.number - 1)
            return "skip"

        if not data:
            return None
        kinds = {self._name(name): pa.dictionary(pa.int32(), pa.string()) for name in columns}
        if self._id_column is not None:
            kinds[self._name(self._id_column)] = pa.string()
        return pa_csv.read_csv(
            pa.py_buffer(data),
            pa_csv.ReadOptions(
                use_threads=False,
                column_names=[str(place) for place in range(len(self.table.header))],
                block_size=len(data) + 1,
            ),
            pa_csv.ParseOptions(delimiter=self.table.delimiter, invalid_row_handler=skip),
            pa_csv.ConvertOptions(
                check_utf8=False, include_columns=list(kinds), column_types=kinds, strings_can_be_null=False
            ),
        )

    def _name(self, column: str) -> str:
        return str(self.table.header.index(column))

    def _row(self, block: Block, place: int) -> Row | None:
        return self.table.row(record_of(block, place, self.table.delimiter))

    def _identities(self, columns: dict[str, Coded], lines: Index) -> list[str]:
        """Identifiers that are made of other columns, or of the number of the line."""
        rows = (
            Row(line, {name: each.texts[each.places[row]] for name, each in columns.items()})
            for row, line in enumerate(lines.tolist())
        )
        return [self.identity(row) for row in rows]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _filled(columns: dict[str, Coded], rows: int) -> npt.NDArray[np.bool_]:
    """Rows in which anything stands."""
    found = np.zeros(rows, np.bool_)
    for column in columns.values():
        found |= np.array([bool(text) for text in column.texts], np.bool_)[column.places]
    return found


class _Opening:
    """The first pass: how many patients there are, where parts may begin, and who stands there twice.

    It remembers eight bytes for each patient.
    """

    def __init__(self, rows: _Rows, start: int, line: int) -> None:
        self._rows = rows
        self._start = (start, line)
        self._hashes: list[Hashes] = []
        found = [(np.array([0]), np.array([start]), np.array([line]))]
        before, end, after = 0, start, line
        for block in self._blocks():
            parsed = rows.parsed(block)
            firsts = np.arange(0, len(parsed.cells), STEP)
            lines = parsed.cells.lines[firsts]
            singles = np.array([row.line for row in parsed.singles], np.intp)
            # Rows that are read singly stand between the others.
            ahead = firsts + np.searchsorted(np.sort(singles), lines)
            found.append((before + ahead, block.offsets[parsed.kept[firsts]], lines))
            ids = [*parsed.cells.ids, *(rows.identity(row) for row in parsed.singles)]
            before += len(ids)
            end, after = block.next_offset, block.next_line
            self._hashes.append(pl.Series(ids, dtype=pl.String).hash().to_numpy())
        found.append((np.array([before]), np.array([end]), np.array([after])))
        patients, offsets, lines = (np.concatenate(each) for each in zip(*found, strict=True))
        distinct = np.append(True, offsets[1:] > offsets[:-1])
        self.places = _Places(patients[distinct], offsets[distinct], lines[distinct])

    def _blocks(self) -> Iterator[Block]:
        start, line = self._start
        return blocks(self._rows.file, start, self._rows.file.size, line, _OPENING)

    def repeated(self) -> frozenset[str]:
        """Identifiers that stand there more than once: found by their hashes, confirmed by their texts."""
        hashes = np.sort(np.concatenate([np.empty(0, np.uint64), *self._hashes]))
        suspects = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        if not len(suspects):
            return frozenset()
        counts: Counter[str] = Counter()
        for block, held in zip(self._blocks(), self._hashes, strict=True):
            suspected = np.flatnonzero(np.isin(held, suspects, kind="sort"))
            if len(suspected):
                parsed = self._rows.parsed(block)
                ids = [*parsed.cells.ids, *(self._rows.identity(row) for row in parsed.singles)]
                counts.update(ids[place] for place in suspected.tolist())
        return frozenset(
            each for each, count in counts.items() if count > 1 and not self._rows.is_blank(each)
        )
