"""Rows of a delimited file, each with its line; a bad row costs itself, never the rows after it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal

from matcher.errors import Diagnostic, PatientDataError, UsageError
from matcher.readers.foreign import no_identifier
from matcher.readers.mapping_model import FileForm
from matcher.readers.text import LONGEST_LINE, Encoding, encoding_of, lines_of

# The rows are found by a reader of our own over the parser of the library, for one reason: a quotation mark that is
# never closed. A CSV parser takes everything behind it as one cell, and a whole hospital would be one patient. So a
# record has a bounded number of lines; where it has more, its first line alone is the bad row, and reading goes on
# behind it.
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 20
LONGEST_RECORD_LINES = 500
"""Lines of one quoted record; more mean a quotation mark without an end."""


PLAIN = FileForm()
"""A file of which nothing is said: a header, then rows."""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by column, with the line the row begins on; ``problem`` is a code and a reason instead."""

    line: int
    cells: dict[str, str]
    problem: tuple[str, str] | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Cells by their order, with the lines of the file they stand on; ``problem`` where they cannot be parsed."""

    line: int
    lines: int
    cells: list[str]
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited file whose header has been read; ``described``: lines before it tell what its columns mean."""

    path: Path
    encoding: Encoding
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    repeated: frozenset[str]
    empty: bool
    described: bool = False
    form: FileForm = PLAIN

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(name for name in self.header if name)

    def rows(self) -> Iterator[Row]:
        """Every row after the header; blank ones are no patients and are passed over."""
        for record in self.records():
            if record.line > self.header_line and (row := self.row(record)) is not None:
                yield row

    def records(self) -> Iterator[Record]:
        """Every record of the file, the header among them."""
        for record in _records(self.path, self.encoding, self.delimiter, quotes=self.form.quotes):
            first = record.cells[0] if record.cells else ""
            if record.line > self.form.skip and not (
                self.form.comment and first.startswith(self.form.comment)
            ):
                yield record

    def row(self, record: Record) -> Row | None:
        """The record under the names of the header; nothing where it is blank."""
        line, cells, problem = record.line, record.cells, record.problem
        if problem is None and not any(cell.strip() for cell in cells):
            return None
        named = {name: cell.strip() for name, cell in zip(self.header, cells, strict=False) if name}
        text = self.delimiter.join(cells)
        if self.form.ragged and problem is None and len(cells) < len(self.header):
            named |= dict.fromkeys(filter(None, self.header[len(cells) :]), "")
            cells = [*cells, *[""] * (len(self.header) - len(cells))]
        if problem is None and (len(cells) < len(self.header) or any(cells[len(self.header) :])):
            comment = no_identifier(cells[0]) if cells[0].startswith("#") else ""
            counted = f"the row has {len(cells)} cells and the header {len(self.header)}"
            problem = ("P017", comment) if comment else ("P003", counted)
        if problem is None and "\0" in text:
            problem = ("P006", "the row holds NUL characters")
        return Row(line, named, problem, text)


def open_table(path: Path, *, known: Collection[str] = (), form: FileForm | None = None) -> Table:
    """The file with its header read; the delimiter is the one that yields the most known columns."""
    form = form or PLAIN
    delimiter = form.delimiter
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise UsageError("the delimiter is not a single usable character", code="U020")
    found = encoding_of(path, form.encoding)
    chosen = delimiter or _delimiter(path, found, frozenset(name.casefold() for name in known), form)
    if not form.quotes and delimiter is None and _encloses(path, found, chosen, form):
        form = form.model_copy(update={"quotes": True})
    if not form.plain:
        return _described(path, found, chosen, form)
    begins = _header_line(path, found, chosen, known)
    widths: set[int] = set()
    for record in _records(path, found, chosen):
        line, cells, problem = record.line, record.cells, record.problem
        if line < begins:
            widths.add(len(cells))
            continue
        if problem is not None:
            raise PatientDataError([Diagnostic(path.name, line, None, problem[0], f"header: {problem[1]}")])
        if _is_separator_note(cells, line) or not any(cell.strip() for cell in cells):
            continue
        header = tuple(_plain_header(cell) for cell in cells)
        repeated = frozenset(name for name in header if name and header.count(name) > 1)
        described = len(header) in widths and len(header) > 1
        table = Table(path, found, chosen, header, line, repeated, empty=False, described=described)
        return table if any(True for _ in table.rows()) else replace(table, empty=True)
    raise PatientDataError([Diagnostic(path.name, None, None, "P013", "the file has no header")])


def _encloses(path: Path, encoding: Encoding, delimiter: str, form: FileForm) -> bool:
    """Whether quotation marks enclose cells in a copy of a file that has none of them.

    An export with tabs takes a mark for a character; a program that saves it with commas has to quote, and one that
    quotes everything quotes the header.
    """
    if delimiter != "\t":
        return True
    written = Table(path, encoding, delimiter, (), 0, frozenset(), empty=True, form=form).records()
    first = next((each.cells for each in written if any(cell.strip() for cell in each.cells)), [])
    return bool(first) and all(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in first if cell.strip())


def _described(path: Path, encoding: Encoding, delimiter: str, form: FileForm) -> Table:
    """A file whose mapping says how it is written: the header is where, and what, the mapping says."""
    table = Table(path, encoding, delimiter, (), 0, frozenset(), empty=True, form=form)
    first = next((each for each in table.records() if any(cell.strip() for cell in each.cells)), None)
    if first is None:
        raise PatientDataError([Diagnostic(path.name, None, None, "P013", "the file has no header")])
    header, line = tuple(_plain_header(cell) for cell in first.cells), first.line
    names = {name.casefold() for each in form.header for name in each}
    if form.header and sum(name.casefold() in names for name in header) < len(header) / 2:
        filled = max((place for place, cell in enumerate(first.cells, 1) if cell.strip()), default=0)
        header, line = _header_of_length(path, len(header), filled, form), line - 1
    repeated = frozenset(name for name in header if name and header.count(name) > 1)
    table = replace(table, header=header, header_line=line + form.after, repeated=repeated)
    return table if any(True for _ in table.rows()) else replace(table, empty=True)


def _header_of_length(path: Path, width: int, filled: int, form: FileForm) -> tuple[str, ...]:
    """The names of the columns that a mapping gives for rows of this length, or of one cell less: a mark at the end."""
    lengths = (width, width - 1) if filled < width else (width,)
    found = next((tuple(each) for length in lengths for each in form.header if len(each) == length), None)
    if found is None:
        known = ", ".join(str(len(each)) for each in form.header)
        reason = f"rows have {width} cells, and the mapping names the columns of rows with {known}"
        raise PatientDataError([Diagnostic(path.name, 1, None, "P003", reason)])
    return found


def _header_line(path: Path, encoding: Encoding, delimiter: str, known: Collection[str]) -> int:
    """Where the header may begin: behind the lines with ``#`` that an export puts before it.

    They are passed over only where the line behind them names more of the columns that are looked for: a header
    may begin with ``#`` itself.
    """
    wanted = frozenset(name.casefold() for name in known)
    most = 0
    for record in islice(_records(path, encoding, delimiter), SAMPLE_ROWS):
        named = sum(_plain_header(cell).casefold() in wanted for cell in record.cells)
        if not record.cells or not record.cells[0].startswith("#"):
            return record.line if record.line > 1 and named > most else 1
        most = max(most, named)
    return 1


def _plain_header(cell: str) -> str:
    return " ".join(cell.replace("\0", "").replace("\ufeff", "").split())


def _is_separator_note(cells: list[str], line: int) -> bool:
    """Spreadsheets may write ``sep=;`` before the header."""
    return line == 1 and 1 <= len(cells) <= 2 and cells[0].strip().lower().startswith("sep=")


def _delimiter(path: Path, encoding: Encoding, known: frozenset[str], form: FileForm) -> str:
    def score(delimiter: str) -> tuple[int, float, int]:
        sample: list[list[str]] = []
        for record in _records(path, encoding, delimiter, quotes=form.quotes or delimiter != "\t"):
            line, cells, problem = record.line, record.cells, record.problem
            if line <= form.skip or (form.comment and cells and cells[0].startswith(form.comment)):
                continue
            if problem is None and not _is_separator_note(cells, line) and any(map(str.strip, cells)):
                sample.append(cells)
            if len(sample) > SAMPLE_ROWS or line > 10 * SAMPLE_ROWS:
                break
        if not sample:
            return 0, 0.0, 0
        header = [_plain_header(cell.strip('"')).casefold() for cell in sample[0]]
        width = len(header)
        regular = sum(len(cells) == width for cells in sample) / len(sample) if width > 1 else 0.0
        return sum(name in known for name in header), regular, width

    return max(DELIMITERS, key=score)


def _records(path: Path, encoding: Encoding, delimiter: str, *, quotes: bool = True) -> Iterator[Record]:
    return records_of(lines_of(path, encoding), delimiter, quotes=quotes)


def records_of(
    lines: Iterator[str], delimiter: str, first: int = 1, *, quotes: bool = True
) -> Iterator[Record]:
    """Records with the line they begin on, counted from ``first``.

    One that cannot be parsed takes a single line, and has a problem instead of cells.
    """
    feed = _Feed(lines, first)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    reader = csv.reader(feed, delimiter=delimiter, strict=True, quoting=quoting)
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _OverlongError) as error:
            lone = feed.give_back_all_but_first()
            if len(lone) > csv.field_size_limit():
                problem = ("P008", "the row is longer than any patient's")
            else:
                problem = ("P007", f"a quotation mark is out of place ({_reason(error)})")
            yield Record(feed.started, 1, _loosely(lone, delimiter), problem)
            reader = csv.reader(feed, delimiter=delimiter, strict=True, quoting=quoting)
            continue
        yield Record(feed.started, feed.taken, cells)


def _reason(error: Exception) -> str:
    return "it has no end" if isinstance(error, _OverlongError) else str(error)


def _loosely(line: str, delimiter: str) -> list[str]:
    """The cells of a line whose quotation marks mean nothing, so that its identifier can be named."""
    return [cell.strip().strip('"') for cell in line[:10_000].rstrip("\r\n").split(delimiter)]


class _OverlongError(Exception):
    """A record goes on for more lines than any record does."""


class _Feed:
    """Lines for a CSV reader, which can take back those that a bad record swallowed."""

    def __init__(self, lines: Iterator[str], first: int) -> None:
        self._lines = lines
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self._characters = 0
        self._line = first - 1
        self.started = first

    @property
    def taken(self) -> int:
        return len(self._taken)

    def begin(self) -> None:
        self._taken.clear()
        self._characters = 0
        self.started = self._line + 1

    def give_back_all_but_first(self) -> str:
        first, *rest = self._taken
        self._waiting.extendleft(reversed(rest))
        self._line -= len(rest)
        return first

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= LONGEST_RECORD_LINES or self._characters > LONGEST_LINE:
            raise _OverlongError
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        self._taken.append(line)
        self._characters += len(line)
        self._line += 1
        return line
