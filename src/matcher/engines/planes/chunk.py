"""Bits that are patients, carried by NumPy's words: both planes of a node as an array of two rows.

Bit i of word w is patient 64 w + i (little-endian); the bits beyond the last patient are nought. Worlds of one patient
against a large rulebook are carried so too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matcher.domain.verdict import Verdict
from matcher.engines.planes.algebra import Words, by_sums
from matcher.rules.graph import NodeId

Bools: TypeAlias = npt.NDArray[np.bool_]

WORD = 64
ALL_BITS = np.uint64(0xFFFFFFFFFFFFFFFF)
SURE, POSSIBLE = 0, 1


def words_for(patients: int) -> int:
    return -(-patients // WORD)


def pack(bits: Bools, words: Words) -> None:
    """Write one bit a patient into the words."""
    packed = np.packbits(bits, bitorder="little")
    held = words.view(np.uint8)
    held[: len(packed)] = packed
    held[len(packed) :] = 0


def packed(bits: Bools) -> Words:
    words = np.empty(words_for(len(bits)), np.uint64)
    pack(bits, words)
    return words


def unpacked(words: Words, patients: int) -> Bools:
    return np.unpackbits(words.view(np.uint8), count=patients, bitorder="little").view(np.bool_)


def bit(words: Words, patient: int) -> bool:
    return bool((int(words[patient // WORD]) >> (patient % WORD)) & 1)


def last_word(patients: int) -> np.uint64:
    """The bits of the last word that stand for patients."""
    return np.uint64((1 << (patients % WORD)) - 1) if patients % WORD else ALL_BITS


class Chunk:
    """So many words of bits. The two planes here are everybody's: they are not to be written to."""

    def __init__(self, words: int) -> None:
        self.everywhere: Words = np.full(words, ALL_BITS)
        self.nowhere: Words = np.zeros(words, np.uint64)

    def some(self, plane: Words) -> bool:
        return bool(plane.any())

    def reached(self, threshold: float, members: Sequence[tuple[Words, float]]) -> Words:
        return by_sums(threshold, members, self)


@dataclass(frozen=True, slots=True)
class Planes:
    """The verdicts of some nodes for every patient: ``bits[rows[node]]`` are the node's two planes."""

    patients: int
    rows: Mapping[NodeId, int]
    bits: Words

    def met(self, node: NodeId) -> Words:
        found: Words = self.bits[self.rows[node], SURE]
        return found

    def not_met(self, node: NodeId) -> Words:
        found: Words = ~self.bits[self.rows[node], POSSIBLE]
        found[-1:] &= last_word(self.patients)
        return found

    def unknown(self, node: NodeId) -> Words:
        found: Words = self.bits[self.rows[node], POSSIBLE] & ~self.bits[self.rows[node], SURE]
        return found

    def verdict(self, node: NodeId, patient: int) -> Verdict:
        sure, possible = self.bits[self.rows[node]]
        if bit(sure, patient):
            return Verdict.MET
        return Verdict.UNKNOWN if bit(possible, patient) else Verdict.NOT_MET

    def counts(self) -> Mapping[NodeId, tuple[int, int, int]]:
        """For each node how many patients meet it, do not, and are unknown."""
        tallies = np.bitwise_count(self.bits).sum(axis=-1, dtype=np.int64).tolist()
        return {
            node: (
                tallies[row][SURE],
                self.patients - tallies[row][POSSIBLE],
                tallies[row][POSSIBLE] - tallies[row][SURE],
            )
            for node, row in self.rows.items()
        }
