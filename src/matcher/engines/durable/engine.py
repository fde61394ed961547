"""The durable engine: durable-rules behind the interface of all engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from matcher.domain.profile import Profile
from matcher.engines.base import VerdictTable
from matcher.engines.durable.interview import NAME, DurableInterview, Known, nobody
from matcher.engines.durable.network import LIVE, Network, Reader
from matcher.errors import UsageError
from matcher.rules.graph import Graph, NodeId

#: more than three times the rulebook that ships; a session in the host costs about 27 kB for each node
MOST_NODES = 3000


@dataclass(slots=True)
class DurableEngine:
    """Made for one patient at a time, and for answers one after the other.

    ``read`` finds the possible values of features in a patient's records, which is no matter of rules. ``live`` is how
    many sessions keep their facts in the host between answers; the others lose nothing but a millisecond.
    """

    read: Reader
    name: str = NAME
    live: int = LIVE
    _lock: Lock = field(default_factory=Lock, repr=False)
    _held: tuple[Graph, tuple[NodeId, ...] | None, Network, Known] | None = field(default=None, repr=False)

    def evaluate(
        self, graph: Graph, patients: Sequence[Profile], *, roots: Sequence[NodeId] | None = None
    ) -> VerdictTable:
        """Patient after patient in one session, each a correction of the one before: only differences are asserted."""
        if not patients:
            return VerdictTable((), ())
        interview = self.interview(graph, patients[0], roots=roots)
        tables = [interview.table]
        for patient in patients[1:]:
            interview.update(patient)
            tables.append(interview.table)
        interview.close()
        return VerdictTable(
            tuple(each.id for each in patients),
            tuple(each.verdicts[0] for each in tables),
            tuple(each.findings[0] for each in tables),
        )

    def interview(
        self, graph: Graph, patient: Profile, *, roots: Sequence[NodeId] | None = None
    ) -> DurableInterview:
        """Raises ``UsageError`` U021 for a graph beyond the limits of durable-rules."""
        network, known = self._network(graph, None if roots is None else tuple(roots))
        return DurableInterview(network, known, patient)

    def prepare(self, graph: Graph, *, roots: Sequence[NodeId] | None = None) -> None:
        """Makes the rulesets before the first patient comes. Raises ``UsageError`` U021 as ``interview`` does."""
        self._network(graph, None if roots is None else tuple(roots))

    def _network(self, graph: Graph, roots: tuple[NodeId, ...] | None) -> tuple[Network, Known]:
        """The rulesets for a graph; the ones used last are kept."""
        with self._lock:
            if self._held is None or self._held[0] is not graph or self._held[1] != roots:
                wanted = range(len(graph)) if roots is None else graph.below(*roots)
                if len(wanted) > MOST_NODES:
                    raise UsageError(
                        f"the rulebook has {len(wanted)} nodes, and the durable engine takes {MOST_NODES}",
                        "use --engine columnar",
                        "U021",
                    )
                network = Network(graph, wanted, self.read, self.live)
                self._held = (graph, roots, network, nobody(network))
            return self._held[2], self._held[3]
