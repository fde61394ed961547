"""Identifiers that stand in a file more than once, found with eight bytes for each patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from matcher.engines.columnar.arrays import Index


class Identifiers:
    """The hashes of a file's identifiers, stretch by stretch."""

    def __init__(self) -> None:
        self._hashes: list[npt.NDArray[np.int64]] = []

    def add(self, ids: Sequence[str]) -> None:
        self._hashes.append(hashes(ids))

    def repeated(self, again: Callable[[int, Index], Sequence[str]]) -> frozenset[str]:
        """Those that stand there more than once, confirmed by their texts.

        ``again`` gives those at some places of a stretch once more; it is asked for the ones that may be repeated.
        """
        hashes = np.sort(np.concatenate([np.empty(0, np.int64), *self._hashes]))
        suspects = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        del hashes
        counts: Counter[str] = Counter()
        for stretch, held in enumerate(self._hashes if len(suspects) else ()):
            suspected = np.flatnonzero(np.isin(held, suspects, kind="sort"))
            if len(suspected):
                counts.update(again(stretch, suspected))
        return frozenset(each for each, count in counts.items() if count > 1)


def hashes(ids: Sequence[str]) -> npt.NDArray[np.int64]:
    """A number for each identifier, the same within this process only."""
    return np.fromiter(map(hash, ids), np.int64, len(ids))
