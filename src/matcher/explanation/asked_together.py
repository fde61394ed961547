"""The next questions of many patients, from what one pass of bits found in all of their worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

import numpy as np
import numpy.typing as npt

from matcher.domain.possible import Possible
from matcher.engines.base import Finding
from matcher.engines.planes.several import Evaluated
from matcher.engines.planes.worlds import Bits
from matcher.explanation.answer import Question
from matcher.explanation.questions import OPEN, Asker
from matcher.explanation.signs import remember
from matcher.rules.candidate import Candidate
from matcher.rules.graph import NodeId
from matcher.standing.standing import StandingKind

_Counts = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class AskedTogether:
    """Questions as ``Asker.ask_about`` finds them for one patient at a time.

    ``candidates`` stand in the order of their identifiers.
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
        self, evaluated: Evaluated, standings: Sequence[Mapping[str, StandingKind] | None], most: int
    ) -> list[tuple[Question, ...] | None]:
        """For each patient, by the standings of the candidates that are listed; nothing for those not to be asked."""
        if not evaluated.asked:
            return [None if each is None else () for each in standings]
        changes = [self._changes(each, evaluated, standings) for each in self.candidates]
        found: list[tuple[Question, ...] | None] = []
        for place, held in enumerate(standings):
            if held is None:
                found.append(None)
                continue
            concerned = [number for number, each in enumerate(self.candidates) if held.get(each.id) in OPEN]
            ids = [self.candidates[number].id for number in concerned]
            answers = [(each.feature, _number(each.groups, place)) for each in evaluated.asked]
            counts = np.array([changes[number][:, place] for number in concerned], np.intp)
            findings = evaluated.table.findings[place]
            found.append(self.asker.best(ids, answers, counts, findings, most) if ids else ())
        return found

    def _changes(
        self,
        candidate: Candidate,
        evaluated: Evaluated,
        standings: Sequence[Mapping[str, StandingKind] | None],
    ) -> _Counts:
        """For each feature asked about and each patient, how many answers change the standing.

        It rests on the strict and the screening root alone: met is eligible, met once screening is presumed is pending,
        and what else is not ruled out is possible.
        """
        starts = [each.first - 1 for each in evaluated.asked]
        kinds = [each.get(candidate.id) if each is not None else None for each in standings]
        possible = _bits([each is StandingKind.POSSIBLE for each in kinds])
        pending = _bits([each in OPEN for each in kinds]) & ~possible
        if not possible | pending or candidate.roots is None:
            return np.zeros((len(starts), len(standings)), np.uint16)
        strict, screening = candidate.roots.strict, candidate.roots.screening
        sure, undecided = evaluated.sure, evaluated.possible[screening] & ~evaluated.sure[screening]
        stays = undecided & evaluated.in_every_world(possible)
        stays |= sure[screening] & evaluated.in_every_world(pending)
        changed = evaluated.in_every_world(possible | pending) & ~(stays & ~sure[strict])
        octets = evaluated.stride // 8
        planes = np.frombuffer(changed.to_bytes(octets * evaluated.worlds, "little"), np.uint8)
        worlds = np.unpackbits(
            planes.reshape(-1, octets)[1:], axis=1, count=len(standings), bitorder="little"
        )
        found: _Counts = np.add.reduceat(worlds, starts, axis=0, dtype=np.uint16)
        return found


def _bits(held: Sequence[bool]) -> Bits:
    return reduce(or_, (1 << place for place, each in enumerate(held) if each), 0)


def _number(groups: Sequence[tuple[Bits, Sequence[Possible]]], place: int) -> int:
    """How many answers a patient could give."""
    return next((len(answers) for patients, answers in groups if patients >> place & 1), 0)
