"""The arrays everything here is made of, and reductions over the records of each patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from matcher.engines.planes.algebra import Words
from matcher.engines.planes.chunk import Bools

__all__ = ["Bools", "Words"]

Floats: TypeAlias = npt.NDArray[np.float64]
#: days since the first of January of the year 1, which is day 1
Days: TypeAlias = npt.NDArray[np.int32]
#: places in a dictionary, or numbers of patients or records
Ids: TypeAlias = npt.NDArray[np.int32]
Index: TypeAlias = npt.NDArray[np.intp]
#: which of them
Pick: TypeAlias = Index | Ids | slice
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
        changes = rows[1:] != rows[:-1]
        if changes.all():
            starts = np.arange(len(rows))
            return cls(rows, starts, np.ones(len(rows), np.intp))
        starts = np.concatenate(([0], np.flatnonzero(changes) + 1))
        return cls(rows[starts], starts, np.diff(starts, append=len(rows)))

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def single(self) -> bool:
        """Whether nobody has more than one record."""
        return len(self.starts) == int(self.sizes.sum())


_N = TypeVar("_N", np.int32, np.float64)


def greatest(rows: Ids, values: npt.NDArray[_N], patients: int, without: float) -> npt.NDArray[_N]:
    """The greatest value over each patient's records; ``without`` where there are none."""
    return _reduced(np.maximum, rows, values, patients, without)


def least(rows: Ids, values: npt.NDArray[_N], patients: int, without: float) -> npt.NDArray[_N]:
    """The least value over each patient's records; ``without`` where there are none."""
    return _reduced(np.minimum, rows, values, patients, without)


def _reduced(
    pick: np.ufunc, rows: Ids, values: npt.NDArray[_N], patients: int, without: float
) -> npt.NDArray[_N]:
    found = np.full(patients, without, values.dtype)
    if one_each(rows):
        found[rows] = values
    else:
        groups = Groups.of(rows)
        found[groups.patients] = pick.reduceat(values, groups.starts)
    return found


def one_each(rows: Ids) -> bool:
    """Whether nobody has more than one of these records."""
    return bool((rows[1:] != rows[:-1]).all())


def present(rows: Ids, patients: int) -> Bools:
    """The patients who have one of these records."""
    found = np.zeros(patients, np.bool_)
    found[rows] = True
    return found


def counted(rows: Ids, patients: int) -> Floats:
    """How many of these records each patient has."""
    return np.bincount(rows, minlength=patients).astype(np.float64)
