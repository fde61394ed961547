"""An export by its mapping: the patients' file, several rows each, and the tables joined to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from matcher.domain.source import Source
from matcher.domain.wire.model import LISTS
from matcher.errors import PatientDataError, UsageError
from matcher.readers.binding import bind
from matcher.readers.bound import BoundTable
from matcher.readers.converting import answers
from matcher.readers.csv_rows import Row, Table, open_table
from matcher.readers.entry import Entry, unknown_columns
from matcher.readers.mapped import Drawing, Sheet, identify
from matcher.readers.mapping import MarkedMapping, cells_of
from matcher.readers.mapping_model import FileForm
from matcher.readers.outcome import Issue
from matcher.readers.parquet import ENDINGS as PARQUET
from matcher.readers.parquet import ParquetTable, is_parquet, open_parquet
from matcher.readers.sorted_rows import SortedRows
from matcher.readers.value import NOT_READ

_ENDINGS = (".csv", ".tsv", ".tab", ".psv", ".txt", *PARQUET)
PACKED = (".gz", ".zip", ".bz2", ".xz", ".zst", ".7z", ".tgz")
_MOST_STRAYS = 1000


class Export:
    """Patients whose facts stand on several rows or in several files. Counts are of patients, never of rows."""

    def __init__(self, path: Path, marked: MarkedMapping) -> None:
        mapping = marked.mapping
        self._own = own_file(path, marked)
        folder = path if path.is_dir() else path.parent
        self._tables: dict[str, Table | ParquetTable] = {}
        self.file_issues: list[Issue] = []
        files = {self._own}
        for name, form in mapping.tables.items():
            found = file_of(folder, form) if form.name else self._own
            if found is not None:
                files.add(found)
                if (table := _opened(found, form if form.name else mapping.file, marked)) is not None:
                    self._tables[name] = table
            elif not form.optional:
                wanted = " or ".join(form.name)
                raise UsageError(
                    f"{folder} has no file {wanted}, the table '{name}' of the mapping", code="U004"
                )
        patients = _opened(self._own, mapping.file, marked)
        if patients is None:
            raise UsageError(f"{self._own.name} has no rows", code="U010")
        headers = {name: table.header for name, table in self._tables.items()}
        self.bound = bind(marked, patients.header, headers)
        self.assumptions = list(self.bound.assumptions)
        self.dated = bool(self.bound.as_of)
        self._feeds = self._lists_by_table()
        for table in {each.path: each for each in (patients, *self._tables.values())}.values():
            if isinstance(table, Table) and table.encoding.assumed:
                self.assumptions.append(
                    f"{table.path.name} is not UTF-8 and was read as {table.encoding.name}"
                )
        self.rows = SortedRows()
        self._gather(patients)
        if path.is_dir():
            self.file_issues += _strays(folder, files)
        self._columns_not_read(patients)

    def __len__(self) -> int:
        return self.rows.patients

    def identifiers(self) -> Iterator[str]:
        for sheets in self.rows.each():
            yield identify(self.bound, sheets[""][0].row)

    def entries(self, as_of: date | None) -> Iterator[Entry]:
        return self.entries_between(0, len(self), as_of)

    def entries_between(self, start: int, stop: int, as_of: date | None) -> Iterator[Entry]:
        """Some of the patients, by their order in the file, without reading those before."""
        for sheets in self.rows.each(start, stop):
            yield self._entry(sheets, as_of)

    def rows_of(self, patient: str) -> list[Sheet]:
        """All rows of a patient, the own ones first."""
        place = self.rows.place_of(patient)
        held = next(self.rows.each(place, place + 1), {}) if place is not None else {}
        return [sheet for _, sheets in sorted(held.items()) for sheet in sheets]

    def _entry(self, sheets: dict[str, list[Sheet]], as_of: date | None) -> Entry:
        own = sheets[""]
        good = [sheet for sheet in own if sheet.row.problem is None]
        first = (good or own)[0]
        if not good:
            source = Source(first.file, first.row.line)
            patient = identify(self.bound, first.row)
            return Entry(patient, source, problem=first.row.problem, text=first.row.text)
        whole = {name: [each for each in held if each.row.problem is None] for name, held in sheets.items()}
        drawing = Drawing(self.bound, first.row, first.file, {**whole, "": good}, self.rows.term)
        drawn = drawing.draw(as_of)
        if any(each.row.problem is not None for held in sheets.values() for each in held):
            for name, held in sheets.items():
                _add_broken(drawing, name, held, self._feeds.get(name, ()))
        return Entry(
            drawn.patient,
            drawn.places.whole,
            drawn.wire,
            drawn.places,
            tuple(drawing.issues),
            text=first.row.text,
        )

    def _gather(self, patients: Table | ParquetTable) -> None:
        file = patients.path.name
        self.rows.add_patients(
            (identify(self.bound, row), Sheet(file, _narrow(row, self.bound.used))) for row in patients.rows()
        )
        for name, table in self._tables.items():
            if (key := self.bound.mapping.tables[name].key) is not None:
                self.rows.add_terms(name, ((row.cells.get(key, ""), row) for row in table.rows()))
                continue
            strays = self.rows.add_rows(name, self._rows_of(table, self.bound.tables[name]))
            for patient, sheet in strays:
                reason = (
                    "no patient of the file has this identifier" if patient else "the row names no patient"
                )
                source = Source(sheet.file, sheet.row.line)
                self.file_issues.append(
                    Issue.of("P009", reason, source=source, patient=patient, fact=name, text=sheet.row.text)
                )
        self.rows.finish()

    def _rows_of(self, table: Table | ParquetTable, joined: BoundTable) -> Iterator[tuple[str, Sheet]]:
        mapping, file = self.bound.mapping, table.path.name
        seen: set[int] = set()
        for row in table.rows():
            cells = row.cells
            if row.problem is None:
                if not all(answers(mapping, each, cells.get(column, "")) for each, column in joined.when):
                    continue
                if joined.distinct:
                    known = hash(
                        (cells.get(joined.by), *(cells.get(column, "") for column in joined.distinct))
                    )
                    if known in seen:
                        continue
                    seen.add(known)
            yield cells.get(joined.by, "").strip(), Sheet(file, _narrow(row, joined.used))

    def _lists_by_table(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for row in self.bound.rows:
            found.setdefault(row.source, set()).add(row.table)
        for coded in self.bound.coded:
            found.setdefault(coded.source, set()).update(name for name, _ in coded.lists)
        return found

    def _columns_not_read(self, patients: Table | ParquetTable) -> None:
        told = {(patients.path, column) for column in self.bound.unknown}
        self.file_issues += unknown_columns(patients.path.name, self.bound.unknown, (), patients.header_line)
        for name, table in self._tables.items():
            new = [each for each in self.bound.tables[name].unknown if (table.path, each) not in told]
            told.update((table.path, each) for each in new)
            if table.path != patients.path and not self.bound.mapping.tables[name].key:
                self.file_issues += unknown_columns(table.path.name, new, (), table.header_line)


def _add_broken(drawing: Drawing, table: str, sheets: Iterable[Sheet], lists: Iterable[str]) -> None:
    """Rows of a table that cannot be parsed: each a member of the lists it feeds that could be anything."""
    for sheet in sheets:
        if sheet.row.problem is None:
            continue
        source = Source(sheet.file, sheet.row.line)
        drawing.issue("P118", table, sheet.row.problem[1], source, sheet.row.text)
        for name in sorted(set(lists) & LISTS):
            with drawing.at(sheet):
                drawing.add(name, NOT_READ, {})


def own_file(path: Path, marked: MarkedMapping) -> Path:
    """The file of the patients: the one that is given, or the one of the folder that the mapping names."""
    if not path.is_dir():
        return path
    found = file_of(path, marked.mapping.file)
    if found is None:
        raise _no_patients(path, marked.mapping.file)
    return found


def _no_patients(folder: Path, form: FileForm) -> UsageError:
    """What may have been meant: the tables lie one folder deeper, or are packed."""
    wanted = " or ".join(form.name) or "(the mapping does not name it under 'file')"
    message = f"{folder} has no file {wanted} with the patients"
    inside = [each for each in sorted(folder.iterdir()) if each.is_dir() and file_of(each, form) is not None]
    if inside:
        return UsageError(message, f"give the folder {inside[0]}", code="U004")
    packed = [each.name for each in sorted(folder.iterdir()) if each.suffix.casefold() in PACKED]
    if packed:
        return UsageError(message, f"unpack {packed[0]} and what is packed beside it first", code="U004")
    return UsageError(message, code="U004")


def file_of(folder: Path, form: FileForm) -> Path | None:
    """The first file of the folder that has one of the names, upper or lower case; in a fixed order.

    A table that was saved again has another ending (.csv for .txt, .parquet): where none has the very name, one does.
    """
    files = sorted(
        each for each in folder.iterdir() if each.is_file() and each.suffix.casefold() not in PACKED
    )
    for exact in (True, False):
        for name in form.name:
            for each in files:
                if fnmatchcase(_called(each.name, exact=exact), _called(name, exact=exact)):
                    return each
    return None


def _called(name: str, *, exact: bool) -> str:
    plain = name.casefold()
    ending = Path(plain).suffix
    return plain if exact or ending not in _ENDINGS else plain.removesuffix(ending)


def _opened(path: Path, form: FileForm, marked: MarkedMapping) -> Table | ParquetTable | None:
    """A table without rows says nothing; it is no mistake to leave one empty."""
    try:
        if is_parquet(path):
            return open_parquet(path)
        named = {cell.column for _, cell in cells_of(marked.mapping) if cell.column}
        return open_table(path, known=named, form=form)
    except PatientDataError as error:
        if {each.code for each in error.diagnostics} == {"P013"}:
            return None
        raise


def _narrow(row: Row, used: Collection[str]) -> Row:
    """The row with the cells that the mapping reads and that say something."""
    return replace(row, cells={name: text for name, text in row.cells.items() if text and name in used})


def _strays(folder: Path, read: set[Path]) -> Iterator[Issue]:
    """Files that nothing of the mapping reads."""
    for path in islice(sorted(folder.iterdir()), _MOST_STRAYS):
        if path.suffix.casefold() in _ENDINGS and path not in read:
            reason = f"the mapping does not read the file '{path.name}'"
            yield Issue.of("P109", reason, source=Source(path.name), text=path.name)
