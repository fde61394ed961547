"""A folder of tables, a CSV or Parquet file for each kind of record, joined by the patient's identifier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from matcher.domain.record import Source
from matcher.domain.wire.model import LISTS, ROWS, AbsenceRow, ObservationRow
from matcher.errors import Diagnostic, PatientDataError, UsageError
from matcher.readers.csv_rows import Row, Table, open_table
from matcher.readers.entry import Entry, unknown_columns
from matcher.readers.mapped_file import wide_file
from matcher.readers.mapping import wide_mapping
from matcher.readers.outcome import Issue
from matcher.readers.parquet import ENDINGS as PARQUET
from matcher.readers.parquet import ParquetTable, is_parquet, open_parquet
from matcher.vocabulary.observations import OBSERVATIONS

ID = "patient_id"
PATIENTS = "patients"
SEPARATOR = ";"
TABLES = (*ROWS, "observations")
_ENDINGS = (".csv", ".tsv", *PARQUET)

_Child = tuple[dict[str, Any] | str, Source]


class TableFolder:
    """``patients.csv`` has the columns of the wide CSV; every other table adds its rows to them.

    The other tables are held in memory, grouped by patient; the patients are not.
    """

    def __init__(self, folder: Path) -> None:
        patients = _table_path(folder, PATIENTS)
        if patients is None:
            raise UsageError(f"{folder} has no {PATIENTS}.csv", code="U004")
        self._patients = wide_file(patients, wide_mapping())
        self.dated = self._patients.dated
        self.assumptions = list(self._patients.assumptions)
        self.file_issues = list(self._patients.file_issues)
        known = {identifier for identifier in self._patients.identifiers() if identifier}
        self._children: dict[str, dict[str, list[_Child]]] = defaultdict(lambda: defaultdict(list))
        for name in TABLES:
            path = _table_path(folder, name)
            if path is not None and (found := _opened(path)) is not None:
                self._read(name, found, known)
        self._note_strays(folder)

    def _note_strays(self, folder: Path) -> None:
        for path in sorted(folder.iterdir()):
            if path.suffix.casefold() in _ENDINGS and path.stem.casefold() not in (*TABLES, PATIENTS):
                names = ", ".join((PATIENTS, *TABLES))
                reason = f"the table '{path.name}' is not read; the tables are {names}"
                self.file_issues.append(Issue.of("P109", reason, source=Source(path.name), text=path.name))

    def _read(self, name: str, table: Table | ParquetTable, known: set[str]) -> None:
        file = table.path.name
        columns = {column.casefold(): column for column in table.header if column}
        if ID not in columns or table.repeated:
            what = f"no column '{ID}'" if ID not in columns else f"two columns '{min(table.repeated)}'"
            code = "P001" if ID not in columns else "P012"
            raise PatientDataError([Diagnostic(file, table.header_line, None, code, f"the table has {what}")])
        fields = _fields(name)
        strange = [column for plain, column in columns.items() if plain not in fields | {ID}]
        self.file_issues += unknown_columns(file, strange, fields, table.header_line)
        if isinstance(table, Table) and table.encoding.assumed:
            self.assumptions.append(f"{file} is not UTF-8 and was read as {table.encoding.name}")
        for row in table.rows():
            self._take(name, row, Source(file, row.line), columns, known)

    def _take(self, name: str, row: Row, source: Source, columns: dict[str, str], known: set[str]) -> None:
        patient = row.cells.get(columns[ID], "")
        if patient not in known:
            reason = "no patient of the file has this identifier" if patient else "the row names no patient"
            self.file_issues.append(
                Issue.of("P009", reason, source=source, patient=patient, fact=name, text=row.text)
            )
            return
        child: dict[str, Any] | str = _child(name, row, columns) if row.problem is None else row.text
        self._children[patient][name].append((child, source))

    def identifiers(self) -> Iterator[str]:
        return self._patients.identifiers()

    def entries(self, as_of: date | None) -> Iterator[Entry]:
        for entry in self._patients.entries(as_of):
            children = self._children.get(entry.patient)
            yield _joined(entry, children) if children and entry.problem is None else entry


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
    if "none_of" in found:
        found["none_of"] = [part.strip() for part in found["none_of"].split(SEPARATOR) if part.strip()]
    return found


def _joined(entry: Entry, children: dict[str, list[_Child]]) -> Entry:
    wire: dict[str, Any] = dict(entry.wire)
    places: dict[str, Source] = dict(entry.places.by_path)
    issues = list(entry.issues)
    for table, rows in children.items():
        for child, source in rows:
            name = table
            row: Any = child
            if table == "observations":
                name = child.get("name", "").strip().casefold() if isinstance(child, dict) else ""
                if not isinstance(child, dict) or name not in OBSERVATIONS:
                    reason = "the row names no known observation"
                    issues.append(
                        Issue.of("P118", reason, source=source, patient=entry.patient, fact=table, text=child)
                    )
                    continue
                row = {field: value for field, value in child.items() if field != "name"}
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
