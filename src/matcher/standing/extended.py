"""A rulebook's graph with the nodes that the order reads besides: selection, setting, and who has died."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.domain.possible import Op
from matcher.features.plain import feature_of
from matcher.rules.candidate import Candidate, Criterion, Role
from matcher.rules.graph import Graph, GraphBuilder, NodeId, Read, Test
from matcher.rules.rulebook import Rulebook
from matcher.standing.ranking import SELECTING
from matcher.standing.selecting import Selecting

KINDS_OF_SELECTION = tuple(sorted({*SELECTING.values()}))


class Extended:
    """Nodes keep their numbers; new ones come after them."""

    def __init__(self, rulebook: Rulebook) -> None:
        nodes = rulebook.graph.nodes
        self._rulebook = rulebook
        self._builder = GraphBuilder(list(nodes), {node: number for number, node in enumerate(nodes)})
        self._selecting = Selecting(self._builder)

    def graph(self) -> Graph:
        return self._builder.graph()

    def selects(self, criteria: Sequence[Criterion]) -> dict[str, NodeId]:
        """For each kind of selection, whom one of the inclusion criteria that are met selects by it."""
        found: dict[str, list[NodeId]] = {}
        for each in criteria:
            if each.role is Role.INCLUSION:
                satisfied = self._selecting.met(each.satisfied)
                for kind, node in self._selecting.by_kind(each.condition).items():
                    found.setdefault(kind, []).append(self._builder.all([satisfied, node]))
        return {kind: self._builder.any(nodes) for kind, nodes in found.items()}

    def in_setting(self, candidate: Candidate) -> NodeId | None:
        """The test that the patient's setting is one of the candidate's, where it names any."""
        setting = self._rulebook.derived.get("setting")
        if not candidate.settings or setting is None:
            return None
        return self._builder.add(Test(setting.node, Op.IN, frozenset(candidate.settings)))

    def deceased(self) -> NodeId:
        read = self._builder.add(Read(feature_of("vital_status")))
        return self._builder.add(Test(read, Op.IN, frozenset({"deceased"})))
