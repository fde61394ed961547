"""The door to patients in columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from matcher.readers.frames.delimited import DelimitedFrames
from matcher.readers.frames.lines import has_lines
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.frames.profiles import ProfileFrames
from matcher.readers.mapped_file import MappedFile
from matcher.readers.outcome import Reading
from matcher.readers.read import PatientFile, source_of
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
    source = source_of(path, mapping)
    if isinstance(source, MappedFile) and has_lines(path):
        return DelimitedFrames(source, path, formulary, as_of, today)
    return ProfileFrames(PatientFile(source, formulary, as_of, today, path.name))
