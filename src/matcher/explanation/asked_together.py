"""The next questions of many patients, from what one pass of bits found in all of their worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matcher.domain.possible import Possible
from matcher.engines.base import Finding
from matcher.engines.planes.chunk import Bools
from matcher.engines.planes.several import Asked, Evaluated
from matcher.engines.planes.worlds import Bits
from matcher.explanation.answer import Question
from matcher.explanation.questions import OPEN, Asker
from matcher.explanation.signs import remember
from matcher.rules.candidate import Candidate
from matcher.rules.graph import NodeId
from matcher.standing.columns import STANDINGS, Judged
from matcher.standing.standing import StandingKind

_Counts = npt.NDArray[np.uint16]
_POSSIBLE = STANDINGS.index(StandingKind.POSSIBLE)
_PENDING = [STANDINGS.index(each) for each in OPEN if each is not StandingKind.POSSIBLE]


@dataclass(frozen=True)
class AskedTogether:
    """Questions as ``Asker.ask_about`` finds them for one patient at a time.

    ``candidates`` are those that patients are judged for, in the order of the judgements.
    """

    asker: Asker
    candidates: Sequence[Candidate]
    _known: dict[tuple[NodeId, Possible], Sequence[Possible]] = field(default_factory=dict)

    def answers(self, feature: NodeId, finding: Finding) -> Sequence[Possible]:
        """The answers worth supposing; the same ones for the same value."""
        if finding.value.exact:
            return ()
        key = feature, finding.value
        found = self._known.get(key)
        if found is None:
            found = remember(self._known, key, self.asker.answers(feature, finding))
        return found

    def questions(
        self, evaluated: Evaluated, judged: Sequence[Judged], ranked: Sequence[bool], most: int
    ) -> list[tuple[Question, ...] | None]:
        """For each patient; nothing for those who are not ``ranked``."""
        patients, asked = evaluated.planes.patients, evaluated.asked
        if not asked or not most:
            return [() if each and most else None for each in ranked]
        standings = np.concatenate([each.standings for each in judged], axis=1)
        listed = np.concatenate([each.included for each in judged], axis=1) & np.array(ranked, np.bool_)
        possible, pending = listed & (standings == _POSSIBLE), listed & np.isin(standings, _PENDING)
        changes = np.stack(
            [self._changes(each, evaluated, possible[each], pending[each]) for each in self._in_order]
        )
        concerned = (possible | pending)[self._in_order]
        numbers = np.stack([_numbers(each, patients) for each in asked])
        found: list[tuple[Question, ...] | None] = []
        for place, findings in enumerate(evaluated.table.findings):
            if not ranked[place]:
                found.append(None)
                continue
            open_ones = np.flatnonzero(concerned[:, place])
            ids = [self._ids[each] for each in open_ones.tolist()]
            answers = list(zip(self._features(asked), numbers[:, place].tolist(), strict=True))
            settling = changes[open_ones, :, place].astype(np.intp)
            found.append(self.asker.best(ids, answers, settling, findings, most) if ids else ())
        return found

    @staticmethod
    def _features(asked: Sequence[Asked]) -> list[NodeId]:
        return [each.feature for each in asked]

    @cached_property
    def _in_order(self) -> list[int]:
        """The places of the candidates in the order of their identifiers."""
        return sorted(range(len(self.candidates)), key=lambda each: self.candidates[each].id)

    @cached_property
    def _ids(self) -> list[str]:
        return [self.candidates[each].id for each in self._in_order]

    def _changes(self, number: int, evaluated: Evaluated, possible: Bools, pending: Bools) -> _Counts:
        """For each feature asked about and each patient, how many answers change the standing.

        It rests on the strict and the screening root alone: met is eligible, met once screening is presumed is pending,
        and what else is not ruled out is possible.
        """
        roots, patients = self.candidates[number].roots, evaluated.planes.patients
        starts = [each.first - 1 for each in evaluated.asked]
        if roots is None or not (possible | pending).any():
            return np.zeros((len(starts), patients), np.uint16)
        sure, undecided = (
            evaluated.sure,
            evaluated.possible[roots.screening] & ~evaluated.sure[roots.screening],
        )
        stays = undecided & evaluated.in_every_world(_bits(possible))
        stays |= sure[roots.screening] & evaluated.in_every_world(_bits(pending))
        changed = evaluated.in_every_world(_bits(possible | pending)) & ~(stays & ~sure[roots.strict])
        octets = evaluated.stride // 8
        planes = np.frombuffer(changed.to_bytes(octets * evaluated.worlds, "little"), np.uint8)
        worlds = np.unpackbits(planes.reshape(-1, octets)[1:], axis=1, count=patients, bitorder="little")
        found: _Counts = np.add.reduceat(worlds, starts, axis=0, dtype=np.uint16)
        return found


def _bits(held: Bools) -> Bits:
    return int.from_bytes(np.packbits(held, bitorder="little").tobytes(), "little")


def _numbers(asked: Asked, patients: int) -> _Counts:
    """How many answers each patient could give."""
    found = np.zeros(patients, np.uint16)
    for bits, answers in asked.groups:
        octets = np.frombuffer(bits.to_bytes(-(-patients // 8), "little"), np.uint8)
        found[np.unpackbits(octets, count=patients, bitorder="little").view(np.bool_)] = len(answers)
    return found
