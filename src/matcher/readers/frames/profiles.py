"""Frames made of profiles: for files that no faster way can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from matcher.engines.columnar.frame import PatientFrame
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.outcome import Outcome, Patient, Reading, Reject
from matcher.readers.read import PatientFile


class ProfileFrames:
    """A file whose every patient is read as a profile first."""

    def __init__(self, file: PatientFile) -> None:
        self._file = file

    def __len__(self) -> int:
        return len(self._file)

    def account(self) -> Reading:
        return self._file.account()

    def parts(self, patients: int) -> Sequence[Part]:
        starts = range(0, len(self), patients)
        return [Part(number, first, min(patients, len(self) - first)) for number, first in enumerate(starts)]

    def read(self, part: Part) -> FramePart:
        return frame_part(part, self._file.between(part.first, part.first + part.patients))


def frame_part(part: Part, outcomes: Iterable[Outcome]) -> FramePart:
    """Patients already read, as columns."""
    read: list[Patient] = []
    rejects: list[Reject] = []
    for outcome in outcomes:
        if isinstance(outcome, Patient):
            read.append(outcome)
        else:
            rejects.append(outcome)
    sets: dict[tuple[str, ...], int] = {}
    assumed = [sets.setdefault(each.profile.assumptions, len(sets)) for each in read]
    return FramePart(
        part,
        PatientFrame.of(each.profile for each in read),
        tuple(issue for each in read for issue in each.issues),
        tuple(rejects),
        np.array(assumed, np.int32),
        tuple(sets),
        part.patients,
        read.__getitem__,
    )
