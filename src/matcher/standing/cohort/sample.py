"""A sample of patients that is the same however a run is cut into parts, and in whatever order they end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

import numpy as np

from matcher.engines.columnar.arrays import Bools, Index, Words
from matcher.engines.planes.chunk import WORD, Planes
from matcher.standing.cohort.counts import SAMPLED, Counts, Sampled, smallest
from matcher.standing.cohort.entry import Entry
from matcher.standing.standing import StandingKind

#: of more candidates than these no map is drawn, and no sample kept
MOST_CANDIDATES = 500
_ORDER = list(StandingKind)


def draws(patients: Iterable[str]) -> Words:
    """A number for each identifier, evenly spread: a checksum, its bits mixed (the finalizer of SplitMix64)."""
    mixed = np.fromiter(map(crc32, map(str.encode, patients)), np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    # 53 bits: what every reader of JSON keeps exactly.
    return (mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)


def drawn(patients: Sequence[str], counted: Bools) -> tuple[Index, Words]:
    """The patients that are in the sample of these, and their draws."""
    numbers = draws(patients)
    among = np.flatnonzero(counted)
    if len(among) > SAMPLED:
        among = among[np.argpartition(numbers[among], SAMPLED - 1)[:SAMPLED]]
    return among, numbers[among]


def sample(
    entries: Sequence[Entry], planes: Planes, patients: Sequence[str], counted: Bools
) -> tuple[Sampled, ...]:
    """Some patients, with the place of their standing towards each candidate: the best of its entries."""
    chosen, numbers = drawn(patients, counted)
    kinds = np.stack([_kinds(entry, planes, chosen) for entry in entries])
    first = [
        each.number
        for each in entries
        if each.number == 0 or entries[each.number - 1].candidate is not each.candidate
    ]
    best = np.minimum.reduceat(kinds, first, axis=0)
    return smallest(
        Sampled(int(number), patients[patient], "".join(map(str, best[:, place].tolist())))
        for place, (patient, number) in enumerate(zip(chosen.tolist(), numbers, strict=True))
    )


def _kinds(entry: Entry, planes: Planes, chosen: Index) -> Counts:
    kinds = np.full(len(chosen), len(_ORDER) - 1)
    for node, which, kind in reversed(entry.steps()):
        words = planes.bits[planes.rows[node], which][chosen // WORD]
        holds = (words >> (chosen % WORD).astype(np.uint64)) & np.uint64(1) == 1
        kinds[holds] = _ORDER.index(kind)
    return kinds
