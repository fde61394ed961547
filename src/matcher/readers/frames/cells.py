"""Rows as columns of texts, every distinct text of a column held once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from matcher.engines.columnar.arrays import Ids, Index
from matcher.readers.coded import Coded
from matcher.readers.csv_rows import Row


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows in columns. ``row`` gives any of them as the profile readers take it, and nothing for a blank one."""

    ids: Sequence[str]
    lines: Index
    columns: Mapping[str, Coded]
    row: Callable[[int], Row | None]

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> Coded:
        """A column; one that the file does not have is blank."""
        return self.columns[name] if name in self.columns else Coded.blank(len(self))


def filled(columns: Mapping[str, Coded], rows: int) -> Index:
    """The rows in which anything stands."""
    found = np.zeros(rows, np.bool_)
    for column in columns.values():
        found |= np.array([bool(text) for text in column.texts], np.bool_)[column.places]
    return np.flatnonzero(found)


def combinations(columns: Sequence[tuple[npt.NDArray[np.integer], int]], rows: int) -> tuple[Index, Ids]:
    """The distinct combinations of the columns, each a row that has it, and which of them each row has.

    Every column is given with a number that all its values lie below.
    """
    keys = np.zeros(rows, np.int64)
    size = 1
    for values, bound in columns:
        if size * bound >= 1 << 62:
            firsts, found = _distinct(keys)
            keys, size = found.astype(np.int64), len(firsts)
        keys = keys * bound + values
        size *= max(bound, 1)
    return _distinct(keys)


def _distinct(keys: npt.NDArray[np.int64]) -> tuple[Index, Ids]:
    encoded = pa.array(keys).dictionary_encode()
    found: Ids = encoded.indices.to_numpy()
    firsts = np.empty(len(encoded.dictionary), np.intp)
    firsts[found[::-1]] = np.arange(len(keys) - 1, -1, -1)
    return firsts, found
