"""The door to patients in columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from matcher.readers.binding import bind
from matcher.readers.formats import is_foreign
from matcher.readers.frames.delimited import DelimitedFrames
from matcher.readers.frames.folder import FolderFrames
from matcher.readers.frames.json_lines import JsonLinesFrames
from matcher.readers.frames.lines import has_lines
from matcher.readers.frames.parquet import ParquetFrames
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.frames.profiles import ProfileFrames
from matcher.readers.frames.row_reader import RowReader
from matcher.readers.json_profiles import JsonLines
from matcher.readers.mapped_file import MappedFile
from matcher.readers.mapping import load_mapping, wide_mapping
from matcher.readers.one import PatientReader
from matcher.readers.outcome import Reading
from matcher.readers.parquet import ParquetTable
from matcher.readers.read import PatientFile, source_of
from matcher.readers.tables import Folder
from matcher.vocabulary.formulary import Formulary


class FrameFile(Protocol):
    """An opened file of patients. It can be pickled, so that other processes need not open it again."""

    def __len__(self) -> int:
        """The patients in the file: what is matched and rejected adds up to it."""

    def account(self) -> Reading:
        """The account of a reading before its first part; each part adds itself."""

    def parts(self, patients: int) -> Sequence[Part]:
        """The whole file in stretches of about so many patients, the same for the same file and number."""

    def read(self, part: Part) -> FramePart:
        """Parts may be read in any order, any number of times, in any process."""


def read_frames(
    path: Path,
    *,
    formulary: Formulary,
    mapping: Path | None = None,
    as_of: date | None = None,
    today: date | None = None,
) -> FrameFile:
    """The patients of a file or folder in columns, under the same conditions as ``read_patients``."""
    if path.is_dir() and mapping is None and not is_foreign(path):
        folder = Folder(path)
        patients = _rows_of(folder.patients, folder.path, formulary, as_of, today)
        if patients is not None:
            return FolderFrames(folder, patients)
    source = source_of(path, mapping)
    if isinstance(source, MappedFile):
        found = _rows_of(source, path, formulary, as_of, today)
        if found is not None:
            return found
    if isinstance(source, JsonLines) and has_lines(path):
        return JsonLinesFrames(source, formulary, as_of, today)
    return ProfileFrames(PatientFile(source, formulary, as_of, today, path.name))


def _rows_of(
    source: MappedFile, path: Path, formulary: Formulary, as_of: date | None, today: date | None
) -> DelimitedFrames | ParquetFrames | None:
    """The rows of a mapped file in columns; nothing where its lines end as no others do."""
    table = source.table
    if source.bound.mapping.by_row:
        return None
    if isinstance(table, ParquetTable):
        return ParquetFrames(source, path, formulary, as_of, today)
    return DelimitedFrames(source, table, path, formulary, as_of, today) if has_lines(path) else None


def reader_of(
    header: Sequence[str],
    *,
    name: str,
    formulary: Formulary,
    mapping: Path | None = None,
    as_of: date | None = None,
    repeated: frozenset[str] = frozenset(),
) -> RowReader:
    """For ``frames_of``: how batches with these columns are read.

    It can be pickled, and finds no repeated identifiers by itself. ``name`` is what sources call the file.
    """
    bound = bind(wide_mapping() if mapping is None else load_mapping(mapping), header)
    return RowReader(name, bound, PatientReader(formulary, as_of, repeated))
