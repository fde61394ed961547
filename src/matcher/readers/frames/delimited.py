"""A delimited file into frames: opened in one pass over its lines, then read part by part."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from matcher.engines.columnar.arrays import Index
from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.coded import Coded
from matcher.readers.csv_rows import Row, Table
from matcher.readers.frames.cells import Cells, filled
from matcher.readers.frames.identifiers import Identifiers
from matcher.readers.frames.lines import Block, TextFile, blocks, first_offset, record_of, text_file
from matcher.readers.frames.part import FramePart, Part, Places
from matcher.readers.frames.reading import read_rows
from matcher.readers.frames.row_reader import RowReader
from matcher.readers.mapped import identify
from matcher.readers.mapped_file import MappedFile
from matcher.readers.one import PatientReader
from matcher.readers.outcome import Reading
from matcher.readers.read import account_of
from matcher.vocabulary.formulary import Formulary

OPENING = 8 << 20
#: blocks that wait for their rows while a file is opened
_AHEAD = 2
#: places in a block that are looked up one by one
_FEW = 32
#: patients between two places where a part may begin
STEP = 64


class DelimitedFrames:
    """A delimited file that a mapping describes. What is wrong with the file as a whole is raised here."""

    def __init__(
        self,
        source: MappedFile,
        table: Table,
        path: Path,
        formulary: Formulary,
        as_of: date | None,
        today: date | None,
    ) -> None:
        self._table = table
        self._today = None if source.dated or as_of is not None else today
        self._file = text_file(self, path, table.encoding.name, table.delimiter)
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
        return self._places.parts(patients)

    @property
    def reader(self) -> RowReader:
        return self._rows.reader

    def read(self, part: Part) -> FramePart:
        parsed = self._rows.parsed(self._block(part), self.reader.columns)
        return read_rows(self.reader, part, parsed.cells, parsed.singles)

    def rows(self, part: Part) -> list[Row]:
        """The rows of a part one by one, in their order."""
        parsed = self._rows.parsed(self._block(part))
        held = [parsed.cells.row(number) for number in range(len(parsed.cells))]
        rows = [*(row for row in held if row is not None), *parsed.singles]
        return sorted(rows, key=lambda row: row.line)

    def identifiers(self, part: Part) -> Sequence[str]:
        """Whose the rows of a part are."""
        return self._rows.identifiers(self._rows.parsed(self._block(part)))

    def _block(self, part: Part) -> Block:
        [block] = blocks(self._file, part.start, part.stop, part.line, part.stop - part.start)
        return block

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

    def identifiers(self, parsed: _Parsed) -> Sequence[str]:
        """Whose the rows are, in the order of the file."""
        cells, singles = parsed.cells, parsed.singles
        if not singles:
            return cells.ids
        ids = [*cells.ids, *(identify(self.reader.bound, row) for row in singles)]
        lines = np.concatenate((cells.lines, np.array([row.line for row in singles], np.intp)))
        return [ids[place] for place in np.argsort(lines, kind="stable").tolist()]

    def parsed(self, block: Block, columns: Sequence[str] = ()) -> _Parsed:
        """These columns of a block, and whose the rows are."""
        if self.reader.id_column is None:
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
        if self.reader.id_column is None:
            full = filled(held, len(kept))
            held = {name: column[full] for name, column in held.items()}
            ids = self.reader.identities(held, block.lines[kept[full]])
        else:
            named = self._name(self.reader.id_column)
            ids, blank = self.reader.identified(
                pa.array([], pa.string()) if read is None else _whole(read[named])
            )
            empty = [row for row in blank if self._row(block, int(kept[row])) is None]
            full = np.delete(np.arange(len(kept)), empty)
            if empty:
                ids = [ids[row] for row in full.tolist()]
                held = {name: column[full] for name, column in held.items()}
        kept = kept[full]
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
        if self.reader.id_column is not None:
            kinds[self._name(self.reader.id_column)] = pa.string()
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


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


class _Opening:
    """The first pass: how many patients there are, where parts may begin, and who stands there twice."""

    def __init__(self, rows: _Rows, start: int, line: int) -> None:
        self._rows = rows
        self._start = (start, line)
        self._identifiers = Identifiers()
        found = [(np.array([0]), np.array([start]), np.array([line]))]
        before, end, after = 0, start, line
        #: each block once more: where it starts and ends, its first line, its size; and the patients before it
        self._stretches: list[tuple[tuple[int, int, int, int], int]] = []
        for block, parsed in self._parsed():
            self._stretches.append(((end, block.next_offset, after, block.next_offset - end), before))
            firsts = np.arange(0, len(parsed.cells), STEP)
            lines = parsed.cells.lines[firsts]
            singles = np.array([row.line for row in parsed.singles], np.intp)
            # Rows that are read singly stand between the others.
            ahead = firsts + np.searchsorted(np.sort(singles), lines)
            found.append((before + ahead, block.offsets[parsed.kept[firsts]], lines))
            ids = rows.identifiers(parsed)
            before += len(ids)
            end, after = block.next_offset, block.next_line
            self._identifiers.add(ids)
        found.append((np.array([before]), np.array([end]), np.array([after])))
        patients, offsets, lines = (np.concatenate(each) for each in zip(*found, strict=True))
        distinct = np.append(True, offsets[1:] > offsets[:-1])
        self.places = Places(patients[distinct], offsets[distinct], lines[distinct])

    def _parsed(self) -> Iterator[tuple[Block, _Parsed]]:
        """Every block with its rows; a thread reads one while the next is looked for."""
        start, line = self._start
        waiting: deque[tuple[Block, Future[_Parsed]]] = deque()
        with ThreadPoolExecutor(1) as thread:
            for block in blocks(self._rows.file, start, self._rows.file.size, line, OPENING):
                waiting.append((block, thread.submit(self._rows.parsed, block)))
                if len(waiting) > _AHEAD:
                    before, parsed = waiting.popleft()
                    yield before, parsed.result()
            for before, parsed in waiting:
                yield before, parsed.result()

    def repeated(self) -> frozenset[str]:
        """Identifiers that stand there more than once."""
        found = self._identifiers.repeated(self._again)
        return frozenset(each for each in found if not self._rows.reader.is_blank(each))

    def _again(self, number: int, rows: Index) -> Sequence[str]:
        """The identifiers in some rows of a block: a few are looked up where they stand."""
        stretch, before = self._stretches[number]
        held, patients = self.places, before + rows
        steps = np.searchsorted(held.patients, patients, side="right") - 1
        near = np.unique(steps).tolist()
        if len(near) > _FEW:
            ids = self._ids(*stretch)
            return [ids[row] for row in rows.tolist()]
        found: dict[int, Sequence[str]] = {}
        for step in near:
            start, stop = held.offsets[step : step + 2].tolist()
            found[step] = self._ids(start, stop, int(held.lines[step]), stop - start)
        places = patients - held.patients[steps]
        return [found[step][place] for step, place in zip(steps.tolist(), places.tolist(), strict=True)]

    def _ids(self, start: int, stop: int, line: int, size: int) -> Sequence[str]:
        [block] = blocks(self._rows.file, start, stop, line, size)
        return self._rows.identifiers(self._rows.parsed(block))
