"""A folder of tables into frames. The rows beside the patients are sorted by patient on disk, whatever their order."""

from __future__ import annotations

import json
import shutil
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from matcher.domain.source import Source
from matcher.errors import UsageError
from matcher.readers.aside import folder_aside
from matcher.readers.entry import Entry
from matcher.readers.frames.delimited import DelimitedFrames
from matcher.readers.frames.identifiers import hashes
from matcher.readers.frames.parquet import ParquetFrames
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.frames.profiles import frame_part
from matcher.readers.mapped_file import entry_of
from matcher.readers.outcome import Issue, Reading
from matcher.readers.tables import Child, Folder, joined, unknown_patient

#: rows that are looked up and written at a time
_ROWS = 20_000
_PATIENTS = 1 << 16


class FolderFrames:
    """A folder whose table of patients is ``patients``; the rows of the other tables lie sorted in a file of ours.

    Memory is twelve bytes for each patient while the folder is opened, and one part while it is read.
    """

    def __init__(self, folder: Folder, patients: DelimitedFrames | ParquetFrames) -> None:
        self._patients = patients
        aside = folder_aside()
        weakref.finalize(self, shutil.rmtree, aside, ignore_errors=True)
        self._rows = Path(aside, "rows.sqlite")
        self._account = patients.account()
        self._gather(folder)

    def __len__(self) -> int:
        return len(self._patients)

    def account(self) -> Reading:
        return deepcopy(self._account)

    def parts(self, patients: int) -> Sequence[Part]:
        return self._patients.parts(patients)

    def read(self, part: Part) -> FramePart:
        strays: list[Issue] = []
        found = frame_part(part, map(self._patients.reader.patients.outcome, self._entries(part, strays)))
        return replace(found, issues=(*found.issues, *strays))

    def _entries(self, part: Part, strays: list[Issue]) -> Iterator[Entry]:
        reader = self._patients.reader
        children = self._children(part)
        for number, row in enumerate(self._patients.rows(part), start=part.first):
            entry = entry_of(reader.bound, row, reader.file, reader.patients.as_of)
            held = children.get(number, ())
            yield joined(entry, [child for child in held if child.patient == entry.patient])
            # Hardly ever: another identifier with the same hash.
            strays += (unknown_patient(child) for child in held if child.patient != entry.patient)

    def _gather(self, folder: Folder) -> None:
        known = _Known(self._patients)
        issues: list[Issue] = []
        with self._written() as database:
            database.execute(
                "create table child (place integer, name text, patient text, file text, line integer, row text, whole text)"
            )
            for table in folder.tables():
                issues += table.issues
                for text in table.assumptions:
                    self._account.assume(text)
                rows = table.children()
                while batch := list(islice(rows, _ROWS)):
                    places = known.places([child.patient for child in batch])
                    issues += [
                        unknown_patient(each) for each, place in zip(batch, places, strict=True) if place < 0
                    ]
                    database.executemany(
                        "insert into child values (?, ?, ?, ?, ?, ?, ?)",
                        [
                            (
                                place,
                                child.table,
                                child.patient,
                                child.source.file,
                                child.source.row,
                                json.dumps(child.row),
                                child.text,
                            )
                            for child, place in zip(batch, places, strict=True)
                            if place >= 0
                        ],
                    )
            database.execute("create index by_place on child (place)")
        issues += folder.strays()
        self._account.file_issues += issues
        self._account.issues.update(issue.code for issue in issues)

    @contextmanager
    def _written(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._rows)) as database:
                # The file is ours alone and is made anew with every run: nothing need survive a crash.
                database.execute("pragma journal_mode = off")
                database.execute("pragma synchronous = off")
                yield database
                database.commit()
        except sqlite3.Error as error:
            message = f"the rows of the tables cannot be sorted in {self._rows.parent}: {error}"
            raise UsageError(
                message, "make room there, or name another place in TMPDIR", code="U008"
            ) from None

    def _children(self, part: Part) -> dict[int, list[Child]]:
        """The rows of a part's patients, by the patient's number, in the order of the tables."""
        found: dict[int, list[Child]] = {}
        query = "select * from child where place >= ? and place < ? order by rowid"
        with closing(sqlite3.connect(f"{self._rows.as_uri()}?mode=ro", uri=True)) as database:
            for place, name, patient, file, line, row, text in database.execute(
                query, (part.first, part.first + part.patients)
            ):
                child = Child(name, patient, json.loads(row), Source(file, line), text)
                found.setdefault(place, []).append(child)
        return found


class _Known:
    """The number of every patient, by the hash of the identifier."""

    def __init__(self, patients: DelimitedFrames | ParquetFrames) -> None:
        held = [hashes(patients.identifiers(part)) for part in patients.parts(_PATIENTS)]
        every = np.concatenate([np.empty(0, np.int64), *held])
        self._order = np.argsort(every, kind="stable").astype(np.int32)
        self._hashes = every[self._order]

    def places(self, ids: Sequence[str]) -> list[int]:
        """The first patient with each identifier, -1 where there is none."""
        wanted = hashes(ids)
        places = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        found = np.where(self._hashes[places] == wanted, self._order[places], -1)
        return [place if each else -1 for place, each in zip(found.tolist(), ids, strict=True)]
