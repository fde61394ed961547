"""A stretch of a patient file, and what reading it gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from matcher.domain.profile import Profile
from matcher.engines.columnar.arrays import Ids, Index
from matcher.engines.columnar.frame import PatientFrame
from matcher.readers.outcome import Issue, Patient, Reading, Reject


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a file's patients, by their order in it, with where to find them.

    ``first`` is the number of patients before it. A part is small, can be pickled, and means the same in every
    process that has opened the same file.
    """

    number: int
    first: int
    patients: int
    start: int = 0
    stop: int = 0
    line: int = 1


#: bytes of a part of a text file, whatever number of patients was asked for
MOST = 64 << 20


@dataclass(frozen=True, slots=True)
class Places:
    """Places of a text file where a part may begin: the patients before, the bytes, the lines. The last is the end."""

    patients: Index
    offsets: Index
    lines: Index

    def parts(self, patients: int) -> list[Part]:
        """The stretches between some of them, of so many patients or a little fewer."""
        found: list[Part] = []
        start = 0
        while start < len(self.patients) - 1:
            enough = int(np.searchsorted(self.patients, self.patients[start] + patients, side="right")) - 1
            small = int(np.searchsorted(self.offsets, self.offsets[start] + MOST, side="right")) - 1
            stop = max(start + 1, min(enough, small))
            first, line = int(self.patients[start]), int(self.lines[start])
            held = int(self.patients[stop]) - first
            found.append(
                Part(len(found), first, held, int(self.offsets[start]), int(self.offsets[stop]), line)
            )
            start = stop
        return found


@dataclass(frozen=True)
class FramePart:
    """The patients of a part who could be read, in columns, and everything that could not.

    ``issues`` and ``rejects`` are in the order of the file. Patient i makes the assumptions
    ``assumptions[assumed[i]]``. ``singly`` counts the patients that had to be read one at a time. ``patient`` and
    ``profile`` read a row of the frame again, as often as wanted, in the process that read the part.
    """

    part: Part
    frame: PatientFrame
    issues: tuple[Issue, ...]
    rejects: tuple[Reject, ...]
    assumed: Ids
    assumptions: tuple[tuple[str, ...], ...]
    singly: int
    reread: Callable[[int], Patient] = field(repr=False, compare=False)

    def patient(self, row: int) -> Patient:
        """The patient in this row of the frame, as the profile readers give them, with their issues."""
        return self.reread(row)

    def profile(self, row: int) -> Profile:
        """The patient in this row of the frame as a profile, every fact with its source."""
        return self.patient(row).profile

    def add_to(self, reading: Reading) -> None:
        """Count the part; parts in order give the account that the profile readers give."""
        reading.matched += len(self.frame)
        reading.rejected += len(self.rejects)
        for issue in self.issues:
            reading.count_issue(issue)
        _, firsts = np.unique(self.assumed, return_index=True)
        for first in sorted(firsts):
            for text in self.assumptions[self.assumed[first]]:
                reading.assume(text)
