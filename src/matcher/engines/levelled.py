"""One patient at a time against a large rulebook: features as the reference finds them, gates level by level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, Interview, Reevaluation, VerdictTable
from matcher.engines.columnar.arrays import Words
from matcher.engines.columnar.levels import Levels
from matcher.engines.columnar.planes import POSSIBLE, SURE
from matcher.engines.reference import find, value_of
from matcher.rules.graph import Choice, Combine, Graph, NodeId, Read

_VERDICTS = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.MET)


@dataclass(frozen=True, slots=True, eq=False)
class LevelledRow(Mapping[NodeId, Verdict]):
    """One patient's verdicts: for each node 0 not met, 1 unknown, 2 met."""

    held: bytes
    gates: tuple[NodeId, ...]

    @classmethod
    def of(cls, planes: Words, gates: tuple[NodeId, ...]) -> LevelledRow:
        first = (planes[:, :, 0] & np.uint64(1)).astype(np.uint8)
        return cls((first[:, SURE] + first[:, POSSIBLE]).tobytes(), gates)

    def __getitem__(self, node: NodeId) -> Verdict:
        return _VERDICTS[self.held[node]]

    def __iter__(self) -> Iterator[NodeId]:
        return iter(self.gates)

    def __len__(self) -> int:
        return len(self.gates)


@dataclass(slots=True)
class LevelledEngine:
    """Equal to the reference on every gate; takes the time of a few array operations whatever the number of trials."""

    name: str = "levelled"
    _levels: Levels | None = field(default=None, repr=False)

    def evaluate(
        self, graph: Graph, patients: Sequence[Profile], *, roots: Sequence[NodeId] | None = None
    ) -> VerdictTable:
        """Of every node, whatever the roots: leaving some out would not make it quicker."""
        del roots
        levels = self._levels
        if levels is None or levels.graph is not graph:
            levels = self._levels = Levels(graph)
        rows: list[LevelledRow] = []
        findings: list[dict[NodeId, Finding]] = []
        for patient in patients:
            clock = Clock.at(patient.as_of)
            found: dict[NodeId, Finding] = {}
            for number in levels.tests:
                node = graph[number]
                assert isinstance(node, Read)
                found[number] = find(node.feature, patient, clock)
            row = LevelledRow.of(levels.run(found), levels.gates)
            for number in levels.derived:
                value = graph[number]
                assert isinstance(value, (Choice, Combine))
                found[number] = value_of(value, graph, row, found)
            rows.append(row)
            findings.append(found)
        return VerdictTable(tuple(each.id for each in patients), tuple(rows), tuple(findings))

    def interview(
        self, graph: Graph, patient: Profile, *, roots: Sequence[NodeId] | None = None
    ) -> Interview:
        return Reevaluation(self, graph, patient, roots)
