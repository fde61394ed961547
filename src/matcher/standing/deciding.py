"""The verdict of any part of a condition, and the comparisons that decided it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from matcher.domain.possible import test
from matcher.domain.verdict import Verdict, all_of, any_of, at_least
from matcher.engines.base import Finding, VerdictTable
from matcher.rules.condition import Branch, Comparison, Condition, Gate, Group, comparisons
from matcher.rules.graph import GraphBuilder, NodeId
from matcher.rules.lowering import Lowering
from matcher.rules.rulebook import Rulebook


class ConditionNodes:
    """Finds the value node of a comparison in a compiled rulebook, once for each comparison."""

    def __init__(self, rulebook: Rulebook) -> None:
        graph = rulebook.graph
        builder = GraphBuilder(list(graph.nodes), {node: number for number, node in enumerate(graph.nodes)})
        self._lowering = Lowering(builder, lambda name: rulebook.derived[name].node, rulebook.suppliers)
        # By identity: hashing a feature with all that is in it costs more than all that is asked of it.
        self._found: dict[int, tuple[Comparison, NodeId]] = {}
        self._values: dict[int, tuple[Condition, tuple[NodeId, ...]]] = {}
        self._words: dict[int, tuple[Condition, frozenset[str]]] = {}

    def value_of(self, comparison: Comparison) -> NodeId:
        found = self._found.get(id(comparison))
        if found is None:
            found = self._found[id(comparison)] = comparison, self._lowering.value_of(comparison)
        return found[1]

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


class Decided(NamedTuple):
    """A condition's verdict and the comparisons that made it so."""

    verdict: Verdict
    by: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class ConditionReading:
    """One patient's verdicts and findings, read part by part; what a condition came to is remembered."""

    nodes: ConditionNodes
    table: VerdictTable
    row: int
    _decided: dict[int, tuple[Condition, Decided]] = field(default_factory=dict, repr=False, compare=False)

    def finding(self, comparison: Comparison) -> Finding:
        return self.findings[self.nodes.value_of(comparison)]

    @property
    def findings(self) -> Mapping[NodeId, Finding]:
        return self.table.findings[self.row]

    def decide(self, condition: Condition) -> Decided:
        found = self._decided.get(id(condition))
        if found is None:
            found = self._decided[id(condition)] = condition, self._decide(condition)
        return found[1]

    def _decide(self, condition: Condition) -> Decided:
        match condition:
            case Comparison(bounds=bounds):
                value = self.finding(condition).value
                return Decided(all_of([test(value, each.op, each.limit) for each in bounds]), (condition,))
            case Branch(condition=asked, then=then, otherwise=otherwise):
                return self._branch(self.decide(asked), self.decide(then), self.decide(otherwise))
            case Group(gate=Gate.NOT, members=(member,)):
                inner = self.decide(member)
                return Decided(inner.verdict.negated(), inner.by)
            case Group(gate=gate, members=members, threshold=threshold, weights=weights):
                parts = [self.decide(each) for each in members]
                verdicts = [each.verdict for each in parts]
                match gate:
                    case Gate.ALL:
                        return _decided(all_of(verdicts), parts, Verdict.MET)
                    case Gate.ANY:
                        return _decided(any_of(verdicts), parts, Verdict.NOT_MET)
                verdict = at_least(threshold, verdicts, weights)
                return Decided(verdict, _by(parts, verdict))
        raise TypeError(f"unhandled condition {condition!r}")

    @staticmethod
    def _branch(asked: Decided, then: Decided, otherwise: Decided) -> Decided:
        match asked.verdict:
            case Verdict.MET:
                return Decided(then.verdict, then.by + asked.by)
            case Verdict.NOT_MET:
                return Decided(otherwise.verdict, otherwise.by + asked.by)
        if then.verdict is otherwise.verdict:
            return Decided(then.verdict, then.by + otherwise.by)
        return Decided(Verdict.UNKNOWN, asked.by + then.by + otherwise.by)


def _decided(verdict: Verdict, parts: list[Decided], everyone: Verdict) -> Decided:
    """Under ``all`` every part makes it met, under ``any`` every part makes it not met; else those that agree."""
    if verdict is everyone:
        return Decided(verdict, tuple(each for part in parts for each in part.by))
    return Decided(verdict, _by(parts, verdict))


def _by(parts: list[Decided], verdict: Verdict) -> tuple[Comparison, ...]:
    return tuple(each for part in parts if part.verdict is verdict for each in part.by)
