"""The rows of several files by patient, whatever their order: sorted in a file of ours, so that memory stays small."""

from __future__ import annotations

import json
import shutil
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from matcher.errors import UsageError
from matcher.readers.aside import folder_aside
from matcher.readers.csv_rows import Row
from matcher.readers.mapped import Sheet

_BATCH = 20_000
_MOST_TERMS = 100_000


@dataclass
class SortedRows:
    """Rows are added once, then read patient by patient, in the order in which the patients were first added."""

    path: Path = field(init=False)
    patients: int = 0
    _terms: dict[tuple[str, str], Mapping[str, str] | None] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        aside = folder_aside()
        weakref.finalize(self, shutil.rmtree, aside, ignore_errors=True)
        self.path = Path(aside, "rows.sqlite")
        with self._open() as database:
            database.execute("create table patient (name text primary key, place integer) without rowid")
            database.execute(
                "create table row (place integer, source text, file text, line integer, held text)"
            )

    def add_patients(self, rows: Iterable[tuple[str, Sheet]]) -> None:
        """The patients' own rows, several of one patient among them; one without an identifier is one by itself."""
        with self._open() as database:
            for batch in _batches(rows):
                held = []
                for name, sheet in batch:
                    if name:
                        cursor = database.execute(
                            "insert into patient values (?, ?) on conflict do nothing",
                            (_key(name), self.patients),
                        )
                        new = cursor.rowcount == 1
                        (place,) = database.execute(
                            "select place from patient where name = ?", (_key(name),)
                        ).fetchone()
                    else:
                        place, new = self.patients, True
                    self.patients += new
                    held.append(_written(place, "", sheet))
                database.executemany("insert into row values (?, ?, ?, ?, ?)", held)
            database.commit()

    def add_rows(self, table: str, rows: Iterable[tuple[str, Sheet]]) -> Iterator[tuple[str, Sheet]]:
        """Rows of a table beside the patients; gives back those of nobody."""
        with self._open() as database:
            for batch in _batches(rows):
                held = []
                for name, sheet in batch:
                    found = database.execute(
                        "select place from patient where name = ?", (_key(name),)
                    ).fetchone()
                    if found is None:
                        yield name, sheet
                    else:
                        held.append(_written(found[0], table, sheet))
                database.executemany("insert into row values (?, ?, ?, ?, ?)", held)
            database.commit()

    def add_terms(self, table: str, rows: Iterable[tuple[str, Row]]) -> None:
        """A table of terms, by their keys; of two with one key the first counts."""
        with self._open() as database:
            database.execute(
                "create table if not exists term (source text, name text, held text, primary key (source, name)) "
                "without rowid"
            )
            database.executemany(
                "insert into term values (?, ?, ?) on conflict do nothing",
                (
                    (table, _key(key), json.dumps(row.cells))
                    for key, row in rows
                    if key and row.problem is None
                ),
            )
            database.commit()

    def term(self, table: str, key: str) -> Mapping[str, str] | None:
        """The row of a table of terms with this key."""
        if (table, key) not in self._terms:
            if len(self._terms) > _MOST_TERMS:
                self._terms.clear()
            with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as database:
                query = "select held from term where source = ? and name = ?"
                found = database.execute(query, (table, _key(key))).fetchone()
            self._terms[table, key] = json.loads(found[0]) if found is not None else None
        return self._terms[table, key]

    def finish(self) -> None:
        """Sorts what was added."""
        with self._open() as database:
            database.execute("create index by_place on row (place)")
            database.commit()

    def place_of(self, patient: str) -> int | None:
        """The number of a patient."""
        with self._open() as database:
            found = database.execute("select place from patient where name = ?", (_key(patient),)).fetchone()
        return int(found[0]) if found is not None else None

    def each(self, first: int = 0, last: int | None = None) -> Iterator[dict[str, list[Sheet]]]:
        """The rows of each patient by table; the patient's own stand under no name."""
        with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as database:
            query = "select place, source, file, line, held from row where place >= ? and place < ? order by place, rowid"
            cursor = database.execute(query, (first, self.patients if last is None else last))
            for _, group in groupby(cursor, key=lambda each: each[0]):
                found: dict[str, list[Sheet]] = {}
                for _, table, file, line, held in group:
                    cells, problem, text = json.loads(held)
                    row = Row(line, cells, tuple(problem) if problem else None, text)
                    found.setdefault(table, []).append(Sheet(file, row))
                yield found

    def _open(self) -> closing[sqlite3.Connection]:
        try:
            database = sqlite3.connect(self.path)
            # The file is ours alone and is made anew with every run: nothing need survive a crash.
            database.execute("pragma journal_mode = off")
            database.execute("pragma synchronous = off")
        except sqlite3.Error as error:
            message = f"the rows of the tables cannot be sorted in {self.path.parent}: {error}"
            raise UsageError(
                message, "make room there, or name another place in TMPDIR", code="U008"
            ) from None
        return closing(database)


def _key(name: str) -> bytes:
    """A name as it is kept: half of a character, which no database takes as text, is kept too."""
    return name.encode("utf-8", "surrogatepass")


def _written(place: int, table: str, sheet: Sheet) -> tuple[int, str, str, int, str]:
    row = sheet.row
    # The text of a row is kept where it could not be read; of the others the cells say all.
    text = row.text if row.problem is not None else ""
    return place, table, sheet.file, row.line, json.dumps([row.cells, row.problem, text])


def _batches(rows: Iterable[tuple[str, Sheet]]) -> Iterator[list[tuple[str, Sheet]]]:
    batch: list[tuple[str, Sheet]] = []
    for each in rows:
        batch.append(each)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
