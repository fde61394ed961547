"""The verdict of any part of a condition, and the comparisons that decided it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, VerdictTable
from matcher.features.kind import Domain
from matcher.rules.condition import Branch, Comparison, Condition, Gate, Group, comparisons
from matcher.rules.graph import (
    All,
    Any,
    AtLeast,
    Choice,
    Combine,
    GraphBuilder,
    Node,
    NodeId,
    Not,
    Read,
    Test,
)
from matcher.rules.lowering import Lowering
from matcher.rules.rulebook import Rulebook


class ConditionNodes:
    """Finds the nodes of conditions and of the values they compare in a compiled rulebook, once for each."""

    def __init__(self, rulebook: Rulebook) -> None:
        graph = rulebook.graph
        builder = GraphBuilder(list(graph.nodes), {node: number for number, node in enumerate(graph.nodes)})
        self._lowering = Lowering(builder, lambda name: rulebook.derived[name].node, rulebook.suppliers)
        # By identity: hashing a feature with all that is in it costs more than all that is asked of it.
        self._found: dict[int, tuple[Comparison, NodeId]] = {}
        self._values: dict[int, tuple[Condition, tuple[NodeId, ...]]] = {}
        self._nodes: dict[int, tuple[Condition, NodeId]] = {}
        self._words: dict[int, tuple[Condition, frozenset[str]]] = {}

    def node_of(self, condition: Condition) -> NodeId:
        """The gate it was lowered to, whole criterion or part of one."""
        found = self._nodes.get(id(condition))
        if found is None:
            found = self._nodes[id(condition)] = condition, self._lowering.lower(condition)
        return found[1]

    def value_of(self, comparison: Comparison) -> NodeId:
        found = self._found.get(id(comparison))
        if found is None:
            found = self._found[id(comparison)] = comparison, self._lowering.value_of(comparison)
        return found[1]

    def derived_domain(self, comparison: Comparison) -> Domain | None:
        """Every value that a derived fact can have; nothing for one that is recorded."""
        choice = self._lowering.builder.nodes[self.value_of(comparison)]
        return choice.domain if isinstance(choice, Choice) else None

    def node(self, number: NodeId) -> Node:
        return self._lowering.builder.nodes[number]

    def sources(self, node: NodeId) -> tuple[NodeId, ...]:
        """The sources for one fact, where there are several."""
        found = self._lowering.builder.nodes[node]
        return found.sources if isinstance(found, Combine) else ()

    def is_derived(self, node: NodeId) -> bool:
        """Whether the value is derived, or one of its sources is."""
        return isinstance(self._lowering.builder.nodes[node], Choice | Combine)

    def beneath(self, node: NodeId, verdict: Callable[[NodeId], Verdict | None]) -> tuple[NodeId, ...]:
        """The values that the row of a derived fact which decided it reads; of one still open, those of every row.

        Of one that does not apply, those that say so.
        """
        choice = self._lowering.builder.nodes[node]
        assert isinstance(choice, Choice)
        if verdict(choice.applies) is not Verdict.MET:
            return self._read_below(choice.applies, verdict=verdict)
        rows = [row for row, _ in choice.rows]
        decided = next(([row] for row in rows if verdict(row) is Verdict.MET), rows)
        return self._read_below(*decided, verdict=verdict)

    def _read_below(self, *gates: NodeId, verdict: Callable[[NodeId], Verdict | None]) -> tuple[NodeId, ...]:
        nodes = self._lowering.builder.nodes
        waiting = list(gates)
        found: dict[NodeId, None] = {}
        while waiting:
            match nodes[each := waiting.pop(0)]:
                case Test(value=value):
                    waiting.append(value)
                case All(members=members) | Any(members=members) | AtLeast(members=members):
                    agreeing = [one for one in members if verdict(one) is verdict(each)]
                    waiting += agreeing or members
                case Not(member=member):
                    waiting.append(member)
                case Combine(sources=sources):
                    waiting += sources
                case Read():
                    found[each] = None
                case Choice():
                    found.update(dict.fromkeys(self.beneath(each, verdict)))
        return tuple(found)

    def values_of(self, condition: Condition) -> tuple[NodeId, ...]:
        """The value nodes of all its comparisons, in the order written."""
        found = self._values.get(id(condition))
        if found is None:
            values = tuple(self.value_of(each) for each in comparisons(condition))
            found = self._values[id(condition)] = condition, values
        return found[1]

    def words_of(self, condition: Condition) -> frozenset[str]:
        """The words of all its comparisons."""
        found = self._words.get(id(condition))
        if found is None:
            words = frozenset(each.word for each in comparisons(condition))
            found = self._words[id(condition)] = condition, words
        return found[1]


@dataclass(frozen=True, slots=True)
class ConditionReading:
    """One patient's verdicts and findings, read part by part."""

    nodes: ConditionNodes
    table: VerdictTable
    row: int

    def finding(self, comparison: Comparison) -> Finding:
        return self.findings[self.nodes.value_of(comparison)]

    @property
    def findings(self) -> Mapping[NodeId, Finding]:
        return self.table.findings[self.row]

    def verdict(self, condition: Condition) -> Verdict:
        """Of a criterion's condition or of any part of one."""
        return self.table.verdicts[self.row][self.nodes.node_of(condition)]

    def decided_by(self, condition: Condition) -> tuple[Comparison, ...]:
        """The comparisons that made the verdict what it is.

        Under ``all`` every part makes it met, under ``any`` every part makes it not met; else those that agree.
        """
        match condition:
            case Comparison():
                return (condition,)
            case Branch():
                return self._branch(condition)
            case Group(gate=Gate.NOT, members=(member,)):
                return self.decided_by(member)
            case Group(gate=gate, members=members):
                verdict = self.verdict(condition)
                if verdict is not _EVERYONE.get(gate):
                    members = tuple(each for each in members if self.verdict(each) is verdict)
                return tuple([each for member in members for each in self.decided_by(member)])
        raise TypeError(f"unhandled condition {condition!r}")

    def _branch(self, branch: Branch) -> tuple[Comparison, ...]:
        asked, then, otherwise = branch.condition, branch.then, branch.otherwise
        match self.verdict(asked):
            case Verdict.MET:
                return self.decided_by(then) + self.decided_by(asked)
            case Verdict.NOT_MET:
                return self.decided_by(otherwise) + self.decided_by(asked)
        either = self.decided_by(then) + self.decided_by(otherwise)
        return either if self.verdict(then) is self.verdict(otherwise) else self.decided_by(asked) + either


_EVERYONE = {Gate.ALL: Verdict.MET, Gate.ANY: Verdict.NOT_MET}
