"""A folder of tables, a CSV or Parquet file for each kind of record, joined by the patient's identifier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from matcher.domain.source import Source
from matcher.domain.wire.model import LISTS, ROWS, AbsenceRow, ObservationRow
from matcher.errors import Diagnostic, PatientDataError, UsageError
from matcher.readers.csv_rows import Row, Table, open_table
from matcher.readers.entry import Entry, unknown_columns
from matcher.readers.known_export import how_to_read
from matcher.readers.mapped_file import wide_file
from matcher.readers.mapping import wide_mapping
from matcher.readers.outcome import Issue
from matcher.readers.parquet import ENDINGS as PARQUET
from matcher.readers.parquet import ParquetTable, is_parquet, open_parquet
from matcher.readers.shape import written_for
from matcher.readers.value import NOT_READ
from matcher.vocabulary.observations import OBSERVATIONS

ID = "patient_id"
PATIENTS = "patients"
SEPARATOR = ";"
TABLES = (*ROWS, "observations")
_ENDINGS = (".csv", ".tsv", *PARQUET)


@dataclass(frozen=True, slots=True)
class Child:
    """A row of a table beside the patients; ``row`` is its text where it could not be parsed."""

    table: str
    patient: str
    row: dict[str, Any] | str
    source: Source
    text: str


@dataclass(frozen=True, slots=True)
class ChildTable:
    """A table beside the patients, by the name of what its rows are."""

    name: str
    table: Table | ParquetTable
    columns: dict[str, str]
    issues: tuple[Issue, ...]
    assumptions: tuple[str, ...]

    def children(self) -> Iterator[Child]:
        file = self.table.path.name
        for row in self.table.rows():
            held = _child(self.name, row, self.columns) if row.problem is None else row.text
            yield Child(
                self.name, row.cells.get(self.columns[ID], ""), held, Source(file, row.line), row.text
            )


class Folder:
    """The tables of a folder: ``patients.csv`` has the columns of the wide CSV, every other one adds rows to them."""

    def __init__(self, folder: Path) -> None:
        path = _table_path(folder, PATIENTS)
        if path is None:
            raise UsageError(f"{folder} has no {PATIENTS}.csv", how_to_read(folder), code="U004")
        self.path = path
        self.patients = wide_file(path, wide_mapping())
        self._folder = folder

    def tables(self) -> Iterator[ChildTable]:
        """The tables that are there, opened one after the other; one without rows says nothing."""
        for name in TABLES:
            path = _table_path(self._folder, name)
            if path is not None and (found := _opened(path)) is not None:
                yield _child_table(name, found)

    def strays(self) -> Iterator[Issue]:
        """Tables that nobody reads."""
        for path in sorted(self._folder.iterdir()):
            if path.suffix.casefold() in _ENDINGS and path.stem.casefold() not in (*TABLES, PATIENTS):
                names = ", ".join((PATIENTS, *TABLES))
                reason = f"the table '{path.name}' is not read; the tables are {names}"
                yield Issue.of("P109", reason, source=Source(path.name), text=path.name)


class TableFolder:
    """A folder of tables, all but the patients held in memory."""

    def __init__(self, path: Path) -> None:
        folder = Folder(path)
        self._patients = folder.patients
        self.dated = self._patients.dated
        self.assumptions = list(self._patients.assumptions)
        self.file_issues = list(self._patients.file_issues)
        known = {identifier for identifier in self._patients.identifiers() if identifier}
        self._children: dict[str, list[Child]] = defaultdict(list)
        for table in folder.tables():
            self.file_issues += table.issues
            self.assumptions += table.assumptions
            for child in table.children():
                if child.patient in known:
                    self._children[child.patient].append(child)
                else:
                    self.file_issues.append(unknown_patient(child))
        self.file_issues += folder.strays()

    def identifiers(self) -> Iterator[str]:
        return self._patients.identifiers()

    def entries(self, as_of: date | None) -> Iterator[Entry]:
        for entry in self._patients.entries(as_of):
            yield joined(entry, self._children.get(entry.patient, ()))


def unknown_patient(child: Child) -> Issue:
    reason = "no patient of the file has this identifier" if child.patient else "the row names no patient"
    return Issue.of(
        "P009", reason, source=child.source, patient=child.patient, fact=child.table, text=child.text
    )


def _child_table(name: str, table: Table | ParquetTable) -> ChildTable:
    file = table.path.name
    columns = {column.casefold(): column for column in table.header if column}
    if ID not in columns or table.repeated:
        what = f"no column '{ID}'" if ID not in columns else f"two columns '{min(table.repeated)}'"
        code = "P001" if ID not in columns else "P012"
        raise PatientDataError([Diagnostic(file, table.header_line, None, code, f"the table has {what}")])
    fields = _fields(name)
    strange = [column for plain, column in columns.items() if plain not in fields | {ID}]
    assumptions: tuple[str, ...] = ()
    if isinstance(table, Table) and table.encoding.assumed:
        assumptions = (f"{file} is not UTF-8 and was read as {table.encoding.name}",)
    issues = unknown_columns(file, strange, fields, table.header_line)
    return ChildTable(name, table, columns, tuple(issues), assumptions)


def _opened(path: Path) -> Table | ParquetTable | None:
    """A table without rows says nothing; it is no mistake to leave one empty."""
    try:
        return open_parquet(path) if is_parquet(path) else open_table(path, known=(ID,))
    except PatientDataError as error:
        if {each.code for each in error.diagnostics} == {"P013"}:
            return None
        raise


def _table_path(folder: Path, name: str) -> Path | None:
    return next((path for ending in _ENDINGS if (path := folder / f"{name}{ending}").is_file()), None)


def _fields(table: str) -> set[str]:
    if table == "observations":
        return {"name", *ObservationRow.model_fields}
    absence = set(AbsenceRow.model_fields) if table in LISTS else set()
    return set(ROWS[table].model_fields) | absence


def _child(table: str, row: Row, columns: dict[str, str]) -> dict[str, Any]:
    fields = _fields(table)
    found: dict[str, Any] = {
        plain: row.cells[column]
        for plain, column in columns.items()
        if plain in fields and row.cells.get(column)
    }
    for plain, column in columns.items():
        if plain not in fields and plain != ID and (text := row.cells.get(column)):
            for meant in written_for(plain, text, sorted(fields - {"none_of", "name"})):
                found.setdefault(meant, NOT_READ)
    if "none_of" in found:
        found["none_of"] = [part.strip() for part in found["none_of"].split(SEPARATOR) if part.strip()]
    return found


def joined(entry: Entry, children: Sequence[Child]) -> Entry:
    """A patient with the rows of the other tables."""
    if not children or entry.problem is not None:
        return entry
    wire: dict[str, Any] = dict(entry.wire)
    places: dict[str, Source] = dict(entry.places.by_path)
    issues = list(entry.issues)
    for child in children:
        table, source = child.table, child.source
        name = table
        row: Any = child.row
        if table == "observations":
            name = row.get("name", "").strip().casefold() if isinstance(row, dict) else ""
            if not isinstance(row, dict) or name not in OBSERVATIONS:
                reason = "the row names no known observation"
                issues.append(
                    Issue.of("P118", reason, source=source, patient=entry.patient, fact=table, text=row)
                )
                continue
            row = {field: value for field, value in row.items() if field != "name"}
        elif isinstance(row, str):
            row = [row] if name in LISTS else row
        held = _as_rows(wire.get(name), row_like=table == "observations")
        path = f"{name}[{len(held)}]"
        places[path] = source
        for field in row if isinstance(row, dict) else ():
            places[f"{path}.{field}"] = replace(source, column=field)
        wire[name] = [*held, row]
    return replace(entry, wire=wire, places=replace(entry.places, by_path=places), issues=tuple(issues))


def _as_rows(held: Any, *, row_like: bool) -> list[Any]:
    """What is already there, as rows, so that more can be added."""
    if held is None:
        return []
    members = held if isinstance(held, list) else [held]
    return [each if isinstance(each, dict) or not row_like else {"value": each} for each in members]
