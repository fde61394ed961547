"""One file of rows read through a mapping: an export, or the documented wide columns, as CSV or Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from matcher.domain.source import Source
from matcher.errors import Diagnostic, PatientDataError, UsageError
from matcher.readers.binding import bind
from matcher.readers.bound import Bound
from matcher.readers.csv_rows import Row, Table, open_table
from matcher.readers.entry import Entry, misspelt_columns, unknown_columns
from matcher.readers.foreign import most_unread
from matcher.readers.known_export import how_to_read
from matcher.readers.mapped import draw, identify
from matcher.readers.mapping import MarkedMapping, cells_of
from matcher.readers.outcome import Issue
from matcher.readers.parquet import ParquetTable, is_parquet, open_parquet


class MappedFile:
    """Rows of a file as patients. Unknown columns are one issue each, not one for each row."""

    def __init__(self, path: Path, marked: MarkedMapping) -> None:
        self._path = path
        self.table = _opened(path, marked)
        marked = _with_one_identifier(marked, self.table.header)
        self.bound = bind(marked, self.table.header)
        self.assumptions = [*_encoding_assumption(self.table), *self.bound.assumptions]
        self.dated = bool(self.bound.as_of)
        self.file_issues = self._column_issues()
        self._refuse_strangers()
        self._refuse_described()
        self._refuse_repeated()
        if isinstance(self.table, ParquetTable):
            self.table.refuse_strange(self.bound.used)

    def _column_issues(self) -> list[Issue]:
        known = _documented(self.bound)
        line, unknown = self.table.header_line, self.bound.unknown
        given = sum(bool(name) for name in self.table.header)
        return [
            *most_unread(self._path.name, given - len(unknown), given, "columns", line),
            *misspelt_columns(self._path.name, self.bound.nearly, line),
            *unknown_columns(self._path.name, unknown, known, line),
        ]

    def _refuse_strangers(self) -> None:
        """A file of the documented form that holds no fact: each of its patients would match everything."""
        frame = {name for cell in (*self.bound.id, *self.bound.as_of) for name in cell.columns}
        strange = (*self.bound.unknown, *(column for column, _ in self.bound.nearly))
        if self.bound.mapping.columns == "required" or self.bound.used - {*frame, *strange} or not strange:
            return
        message = f"of {len(strange)} columns beside the identifier none is a documented one"
        line = self.table.header_line
        raise PatientDataError([Diagnostic(self._path.name, line, None, "P016", message)])

    def _refuse_described(self) -> None:
        """A file that explains its columns itself and has mostly others: its "AGE" may be that at the diagnosis."""
        unknown = len(self.bound.unknown)
        described = isinstance(self.table, Table) and self.table.described
        if self.bound.mapping.columns == "required" or not described or unknown < len(self.bound.used):
            return
        message = "the lines before the header explain its columns, and half of them are not documented ones"
        line = self.table.header_line
        raise PatientDataError([Diagnostic(self._path.name, line, None, "P016", message)])

    def _refuse_repeated(self) -> None:
        repeated = sorted(self.table.repeated & self.bound.used)
        if repeated:
            line = self.table.header_line
            raise PatientDataError(
                Diagnostic(self._path.name, line, None, "P012", f"two columns are named '{name}'")
                for name in repeated
            )

    def rows(self) -> Iterator[Row]:
        """Every row that is a patient's, with the cells that the mapping reads."""
        table = self.table
        return table.rows(self.bound.used) if isinstance(table, ParquetTable) else table.rows()

    def identifiers(self) -> Iterator[str]:
        for row in self.rows():
            yield identify(self.bound, row)

    def entries(self, as_of: date | None) -> Iterator[Entry]:
        for row in self.rows():
            yield entry_of(self.bound, row, self._path.name, as_of)


def entry_of(bound: Bound, row: Row, file: str, as_of: date | None) -> Entry:
    """What the mapping makes of one row of the file."""
    if row.problem is not None:
        source = Source(file, row.line)
        return Entry(identify(bound, row), source, problem=row.problem, text=row.text)
    drawn = draw(bound, row, file, as_of)
    return Entry(drawn.patient, drawn.places.whole, drawn.wire, drawn.places, drawn.issues, text=row.text)


def _with_one_identifier(marked: MarkedMapping, header: tuple[str, ...]) -> MarkedMapping:
    """Of the columns that can say whose a row is the first that the file has: the documented form leaves it open."""
    mapping = marked.mapping
    given = {name.casefold() for name in header}
    held = [cell for cell in mapping.id if cell.column is not None and cell.column.casefold() in given]
    if mapping.columns == "required" or not held:
        return marked
    return MarkedMapping(mapping.model_copy(update={"id": held[:1]}), marked.marked)


def _opened(path: Path, marked: MarkedMapping) -> Table | ParquetTable:
    if is_parquet(path):
        return open_parquet(path)
    form = marked.mapping.file
    named = {cell.column for _, cell in cells_of(marked.mapping) if cell.column}
    return open_table(path, known=named, form=form)


def _encoding_assumption(table: Table | ParquetTable) -> Iterator[str]:
    if isinstance(table, Table) and table.encoding.assumed:
        yield f"{table.path.name} is not UTF-8 and was read as {table.encoding.name}"


def _documented(bound: Bound) -> set[str]:
    return {cell.column for cells in bound.mapping.facts.values() for cell in cells if cell.column}


def wide_file(path: Path, marked: MarkedMapping) -> MappedFile:
    """The documented wide CSV; a file with none of its columns needs a mapping of its own."""
    try:
        return MappedFile(path, marked)
    except UsageError as error:
        if error.code != "U012":
            raise
        message = f"{path.name} has no column 'patient_id', so its patients cannot be told apart"
        raise UsageError(message, how_to_read(path), code="U012") from None
