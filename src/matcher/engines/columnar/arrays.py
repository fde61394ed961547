"""The arrays everything here is made of, and reductions over the records of each patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]
#: days since the first of January of the year 1, which is day 1
Days: TypeAlias = npt.NDArray[np.int32]
#: places in a dictionary, or numbers of patients or records
Ids: TypeAlias = npt.NDArray[np.int32]
Index: TypeAlias = npt.NDArray[np.intp]
Words: TypeAlias = npt.NDArray[np.uint64]
#: one verdict a record: all of several is their least, any of them their greatest
Verdicts: TypeAlias = npt.NDArray[np.int8]

NOT_MET, UNKNOWN, MET = np.int8(0), np.int8(1), np.int8(2)


def verdicts_of(sure: Bools, possible: Bools) -> Verdicts:
    """Met where it is sure, unknown where it is only possible."""
    return sure.view(np.int8) + (sure | possible).view(np.int8)


@dataclass(frozen=True, slots=True)
class Groups:
    """Records in the order of their patients, cut where the patient changes."""

    patients: Ids
    starts: Index
    sizes: Index

    @classmethod
    def of(cls, rows: Ids) -> Groups:
        if not len(rows):
            none = np.empty(0, np.intp)
            return cls(rows, none, none)
        starts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
        sizes = np.diff(starts, append=len(rows))
        return cls(rows[starts], starts, sizes)

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def single(self) -> bool:
        """Whether nobody has more than one record."""
        return len(self.starts) == int(self.sizes.sum())

    def spread(self, values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """A value for each patient, given to each of the patient's records."""
        return np.repeat(values, self.sizes)


def greatest(rows: Ids, values: Days, patients: int, without: int) -> Days:
    """The greatest value over each patient's records; ``without`` where there are none."""
    return _reduced(np.maximum, rows, values, patients, without)


def least(rows: Ids, values: Days, patients: int, without: int) -> Days:
    """The least value over each patient's records; ``without`` where there are none."""
    return _reduced(np.minimum, rows, values, patients, without)


def _reduced(pick: np.ufunc, rows: Ids, values: Days, patients: int, without: int) -> Days:
    found = np.full(patients, without, np.int32)
    if len(rows):
        groups = Groups.of(rows)
        found[groups.patients] = values if groups.single else pick.reduceat(values, groups.starts)
    return found


def greatest_number(rows: Ids, values: Floats, patients: int, without: float) -> Floats:
    """The greatest number over each patient's records; ``without`` where there are none."""
    found = np.full(patients, without)
    if len(rows):
        groups = Groups.of(rows)
        found[groups.patients] = values if groups.single else np.maximum.reduceat(values, groups.starts)
    return found


def present(rows: Ids, patients: int) -> Bools:
    """The patients who have one of these records."""
    found = np.zeros(patients, np.bool_)
    found[rows] = True
    return found


def counted(rows: Ids, patients: int) -> Floats:
    """How many of these records each patient has."""
    return np.bincount(rows, minlength=patients).astype(np.float64)
