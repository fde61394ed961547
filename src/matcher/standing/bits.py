"""Standings as bits: the place of each in ``StandingKind``, in three planes made from those of the roots.

What ``kind_of`` says of one patient, in a few operations on words of 64. The four roots of a candidate are one node
where it is wholly encoded and asks for nothing that can be recovered, waived or left to screening. Of candidates that
stand together and are all such, three operations make the standings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from matcher.engines.columnar.arrays import Index, Words
from matcher.engines.planes.chunk import ALL_BITS, POSSIBLE, SURE
from matcher.rules.candidate import Coverage, Roots
from matcher.rules.graph import NodeId

#: words of a plane that are worked on at a time: what is between stays in the cache
_WORDS = 1 << 15


class StandingBits:
    """Reads the standings of options, given as their roots and coverage, from planes whose rows are ``rows``."""

    def __init__(self, options: Sequence[tuple[Roots, Coverage]], rows: Mapping[NodeId, int]) -> None:
        roots = [[rows[node] for node in each.nodes] for each, _ in options]
        self._roots_at: Index = np.array(roots, np.intp).reshape(-1, 4)
        self._one_root = (self._roots_at == self._roots_at[:, :1]).all(axis=1)
        full = [ALL_BITS if coverage is Coverage.FULL else 0 for _, coverage in options]
        self._full: Words = np.array(full, np.uint64)[:, None]

    def of(self, bits: Words) -> Words:
        """Three planes for each option, the lowest bit first: ``(3, options, words)``.

        Bits beyond the last patient say ineligible.
        """
        number, words = len(self._roots_at), bits.shape[-1]
        found = np.empty((3, number, words), np.uint64)
        step = max(1, _WORDS // max(1, words))
        for start in range(0, number, step):
            options = slice(start, start + step)
            if self._one_root[options].all():
                _of_one_root(bits[_rows(self._roots_at[options, 0])], found[:, options])
            else:
                self._of_several(bits, options, found[:, options])
        return found

    def _of_several(self, bits: Words, options: slice, into: Words) -> None:
        strict, screening, recovered, waived = (_rows(each) for each in self._roots_at[options].T)
        full, (low, middle, high) = self._full[options], into
        sure, possible = bits[strict, SURE], bits[screening, POSSIBLE]
        np.bitwise_or(sure, possible, high)
        np.invert(high, high)
        pending = possible & ~sure
        unknown = pending & ~bits[screening, SURE]
        never = high & ~bits[recovered, POSSIBLE]
        waiver = never & bits[waived, POSSIBLE]
        np.bitwise_and(pending, full, low)
        np.bitwise_and(pending, ~full, middle)
        low |= unknown
        middle |= unknown
        low |= waiver
        never ^= waiver
        middle |= never


def _of_one_root(bits: Words, into: Words) -> None:
    sure, possible = bits[:, SURE], bits[:, POSSIBLE]
    low, middle, high = into
    np.bitwise_xor(sure, possible, low)
    np.invert(sure, middle)
    np.invert(possible, high)


def _rows(numbers: Index) -> slice | Index:
    """Consecutive rows as a slice, which copies nothing."""
    if (numbers[1:] - numbers[:-1] == 1).all():
        return slice(int(numbers[0]), int(numbers[-1]) + 1)
    return numbers
