"""Identifiers that stand in a file more than once, found with eight bytes for each patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl


class Identifiers:
    """The hashes of a file's identifiers, stretch by stretch."""

    def __init__(self) -> None:
        self._hashes: list[npt.NDArray[np.uint64]] = []

    def add(self, ids: Sequence[str]) -> None:
        self._hashes.append(pl.Series(ids, dtype=pl.String).hash().to_numpy())

    def repeated(self, again: Callable[[int], Sequence[str]]) -> frozenset[str]:
        """Those that stand there more than once, confirmed by their texts.

        ``again`` gives the identifiers of a stretch once more; it is asked for those where one may be repeated.
        """
        hashes = np.sort(np.concatenate([np.empty(0, np.uint64), *self._hashes]))
        suspects = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        del hashes
        counts: Counter[str] = Counter()
        for stretch, held in enumerate(self._hashes if len(suspects) else ()):
            suspected = np.flatnonzero(np.isin(held, suspects, kind="sort"))
            if len(suspected):
                ids = again(stretch)
                counts.update(ids[place] for place in suspected.tolist())
        return frozenset(each for each, count in counts.items() if count > 1)
