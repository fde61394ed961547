"""Weighted counts over planes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matcher.engines.columnar.arrays import Words
from matcher.engines.columnar.planes import ALL_BITS, POSSIBLE, SURE, pack, unpacked
from matcher.engines.columnar.rounding import rounded
from matcher.vocabulary.units import round9

#: with more distinct sums than this, adding numbers is quicker than keeping a plane for each
_MOST_SUMS = 64


def at_least(threshold: float, members: Sequence[Words], weights: Sequence[float], into: Words) -> None:
    """Write the two planes of the gate: the least and the greatest sum that the unknown members leave open."""
    pairs = list(zip(members, weights, strict=True))
    # An unknown member counts with what lowers the least sum and raises the greatest.
    least = [(each[SURE if weight > 0 else POSSIBLE], weight) for each, weight in pairs]
    greatest = [(each[POSSIBLE if weight > 0 else SURE], weight) for each, weight in pairs]
    reached = _by_sum if _distinct_sums(weights) <= _MOST_SUMS else _by_adding
    into[SURE] = reached(threshold, least)
    into[POSSIBLE] = reached(threshold, greatest)


def _distinct_sums(weights: Sequence[float]) -> int:
    sums = {0.0}
    for weight in weights:
        sums |= {each + weight for each in sums}
        if len(sums) > _MOST_SUMS:
            break
    return len(sums)


def _by_sum(threshold: float, members: Sequence[tuple[Words, float]]) -> Words:
    """A plane for each sum that can come about, added up in the order of the members."""
    sums: dict[float, Words] = {0.0: np.full_like(members[0][0], ALL_BITS)}
    for plane, weight in members:
        following: dict[float, Words] = {}
        for total, held in sums.items():
            for reached, those in ((total, held & ~plane), (total + weight, held & plane)):
                following[reached] = following[reached] | those if reached in following else those
        sums = following
    found = np.zeros_like(members[0][0])
    for total, held in sums.items():
        if round9(total) >= threshold:
            found |= held
    return found


def _by_adding(threshold: float, members: Sequence[tuple[Words, float]]) -> Words:
    patients = len(members[0][0]) * 64
    totals = np.zeros(patients)
    for plane, weight in members:
        totals += np.where(unpacked(np.ascontiguousarray(plane), patients), weight, 0.0)
    found = np.empty(len(members[0][0]), np.uint64)
    pack(rounded(totals) >= threshold, found)
    return found
