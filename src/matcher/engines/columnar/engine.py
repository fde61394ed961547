"""The columnar engine: many patients at once, the verdicts of every node as bits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, Interview, Note, NoteKind, Reevaluation, VerdictTable
from matcher.engines.columnar.categories import codes_at
from matcher.engines.columnar.filters import Reading
from matcher.engines.columnar.frame import PatientFrame
from matcher.engines.columnar.kernel import Held, Kernel, Source
from matcher.engines.columnar.kinds import find
from matcher.engines.columnar.plan import Plan, table_of
from matcher.engines.columnar.possible import Values
from matcher.engines.planes.algebra import Said
from matcher.engines.planes.chunk import WORD, Planes, bit, words_for
from matcher.features.kind import Feature
from matcher.rules.graph import Graph, NodeId

#: patients at a time: more than this buys little speed, and takes memory
CHUNK = 1 << 18
#: beyond these the memory's bandwidth is the limit
THREADS = min(4, os.cpu_count() or 1)


class FrameSource:
    """Features computed from the records of a chunk."""

    def __init__(self, frame: PatientFrame) -> None:
        self._reading = Reading(frame)
        self._table = ""

    def __len__(self) -> int:
        return len(self._reading)

    def find(self, feature: Feature) -> Values:
        # Features come table by table; what those of one table shared is of no use to the next.
        if table_of(feature) != self._table:
            self._reading.forget()
            self._table = table_of(feature)
        return find(feature, self._reading)


@dataclass(frozen=True, slots=True)
class GivenValues:
    """Features whose values stand in columns already."""

    patients: int
    values: Mapping[Feature, Values]

    def __len__(self) -> int:
        return self.patients

    def find(self, feature: Feature) -> Values:
        return self.values[feature]

    def between(self, start: int, stop: int) -> GivenValues:
        parts = {feature: values.between(start, stop) for feature, values in self.values.items()}
        return GivenValues(stop - start, parts)


@dataclass(slots=True)
class ColumnarEngine:
    """Evaluates chunk by chunk, several at once.

    ``chunk`` is how many patients are taken at a time, a multiple of 64; NumPy lets go of the interpreter while it
    works on a chunk, so that threads help.
    """

    name: str = "columnar"
    chunk: int = CHUNK
    threads: int = THREADS
    _plan: Plan | None = field(default=None, repr=False)
    _roots: tuple[NodeId, ...] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.chunk <= 0 or self.chunk % WORD:
            raise ValueError("a chunk is a multiple of 64 patients")

    def evaluate(
        self, graph: Graph, patients: Sequence[Profile], *, roots: Sequence[NodeId] | None = None
    ) -> VerdictTable:
        """Verdicts and values of every node that the roots need, decoded when they are looked at."""
        nodes = None if roots is None else tuple(graph.below(*roots))
        plan = self.plan(graph, nodes)
        values_of = tuple(each for each in plan.nodes if each not in plan.rows)
        verdicts: list[Mapping[NodeId, Verdict]] = []
        findings: list[Mapping[NodeId, Finding]] = []
        for start in range(0, len(patients), self.chunk):
            frame = PatientFrame.of(patients[start : start + self.chunk])
            planes, values = _whole(plan, FrameSource(frame))
            verdicts += [VerdictRow(planes, row) for row in range(len(frame))]
            findings += [FindingRow(values, values_of, row) for row in range(len(frame))]
        return VerdictTable(tuple(each.id for each in patients), tuple(verdicts), tuple(findings))

    def interview(
        self, graph: Graph, patient: Profile, *, roots: Sequence[NodeId] | None = None
    ) -> Interview:
        return Reevaluation(self, graph, patient, roots)

    def evaluate_frame(
        self, graph: Graph, frame: PatientFrame, roots: Sequence[NodeId] | None = None
    ) -> Planes:
        """The planes of the roots, or of every node."""
        plan = self.plan(graph, None if roots is None else tuple(roots))
        return self._in_chunks(plan, len(frame), lambda start, stop: FrameSource(frame.between(start, stop)))

    def evaluate_values(
        self, graph: Graph, given: GivenValues, roots: Sequence[NodeId] | None = None
    ) -> Planes:
        """The same for features whose values are known already."""
        plan = self.plan(graph, None if roots is None else tuple(roots))
        return self._in_chunks(plan, len(given), given.between)

    def plan(self, graph: Graph, roots: tuple[NodeId, ...] | None = None) -> Plan:
        """The plan for a graph; the one used last is kept."""
        if self._plan is None or self._plan.graph is not graph or self._roots != roots:
            self._plan, self._roots = Plan.of(graph, roots), roots
        return self._plan

    def _in_chunks(self, plan: Plan, patients: int, part: Callable[[int, int], Source]) -> Planes:
        bits = np.empty((plan.outputs, 2, words_for(patients)), np.uint64)

        def run(start: int) -> None:
            stop = min(start + self.chunk, patients)
            Kernel(plan, part(start, stop), bits[:, :, start // WORD : words_for(stop)]).run()

        starts = range(0, patients, self.chunk)
        if self.threads == 1 or len(starts) == 1:
            for start in starts:
                run(start)
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                for _ in pool.map(run, starts):
                    pass
        return Planes(patients, plan.rows, bits)


def _whole(plan: Plan, source: Source) -> tuple[Planes, Mapping[NodeId, Held]]:
    bits = np.empty((plan.outputs, 2, words_for(len(source))), np.uint64)
    kernel = Kernel(plan, source, bits, keep=True)
    kernel.run()
    return Planes(len(source), plan.rows, bits), kernel.values


@dataclass(frozen=True, slots=True, eq=False)
class VerdictRow(Mapping[NodeId, Verdict]):
    """One patient's verdicts."""

    planes: Planes
    row: int

    def __getitem__(self, node: NodeId) -> Verdict:
        return self.planes.verdict(node, self.row)

    def __iter__(self) -> Iterator[NodeId]:
        return iter(self.planes.rows)

    def __len__(self) -> int:
        return len(self.planes.rows)


@dataclass(frozen=True, slots=True, eq=False)
class FindingRow(Mapping[NodeId, Finding]):
    """One patient's values, without the records behind them; of the notes only that sources conflict."""

    columns: Mapping[NodeId, Held]
    nodes: tuple[NodeId, ...]
    row: int

    def __getitem__(self, node: NodeId) -> Finding:
        held = self.columns[node]
        if isinstance(held, Said):
            notes = (Note(NoteKind.CONFLICT),) if bit(held.conflict, self.row) else ()
            return Finding(codes_at(held, self.row), (), notes, bit(held.silent, self.row))
        notes = (Note(NoteKind.CONFLICT),) if held.conflict[self.row] else ()
        return Finding(held.at(self.row), (), notes, bool(held.silent[self.row]), held.perhaps_at(self.row))

    def __iter__(self) -> Iterator[NodeId]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)
