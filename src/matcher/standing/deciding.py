"""The verdict of any part of a condition, and the comparisons that decided it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, VerdictTable
from matcher.features.kind import Domain
from matcher.rules.condition import Branch, Comparison, Condition, Gate, Group, comparisons
from matcher.rules.graph import (
    Choice,
    Combine,
    Graph,
    NodeId,
    Read,
    Test,
    members_of,
)

_Verdicts: TypeAlias = Callable[[NodeId], Verdict | None]


@dataclass(frozen=True, slots=True)
class ConditionReading:
    """One patient's verdicts and findings, read part by part."""

    graph: Graph
    table: VerdictTable
    row: int

    @property
    def findings(self) -> Mapping[NodeId, Finding]:
        return self.table.findings[self.row]

    def finding(self, comparison: Comparison) -> Finding:
        return self.findings[comparison.value]

    def verdict(self, condition: Condition) -> Verdict:
        """Of a criterion's condition or of any part of one."""
        return self.table.verdicts[self.row][condition.node]

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


def derived_domain(graph: Graph, comparison: Comparison) -> Domain | None:
    """Every value that a derived fact can have; nothing for one that is recorded."""
    choice = graph[comparison.value]
    return choice.domain if isinstance(choice, Choice) else None


def sources_of(graph: Graph, value: NodeId) -> tuple[NodeId, ...]:
    """The sources for one fact, where there are several."""
    found = graph[value]
    return found.sources if isinstance(found, Combine) else ()


def is_derived(graph: Graph, value: NodeId) -> bool:
    """Whether the value is derived, or one of its sources is."""
    return isinstance(graph[value], Choice | Combine)


def beneath(graph: Graph, derived: NodeId, verdict: _Verdicts) -> tuple[NodeId, ...]:
    """The values that the row of a derived fact which decided it reads; of one still open, those of every row.

    Of one that does not apply, those that say so.
    """
    choice = graph[derived]
    assert isinstance(choice, Choice)
    if verdict(choice.applies) is not Verdict.MET:
        return _read_below(graph, [choice.applies], verdict)
    rows = [row for row, _ in choice.rows]
    return _read_below(graph, next(([row] for row in rows if verdict(row) is Verdict.MET), rows), verdict)


def _read_below(graph: Graph, waiting: list[NodeId], verdict: _Verdicts) -> tuple[NodeId, ...]:
    found: dict[NodeId, None] = {}
    while waiting:
        match graph[each := waiting.pop(0)]:
            case Test(value=value):
                waiting.append(value)
            case Combine(sources=sources):
                waiting += sources
            case Read():
                found[each] = None
            case Choice():
                found.update(dict.fromkeys(beneath(graph, each, verdict)))
            case gate:
                members = members_of(gate)
                agreeing = [one for one in members if verdict(one) is verdict(each)]
                waiting += agreeing or members
    return tuple(found)


def values_of(condition: Condition) -> tuple[NodeId, ...]:
    """The value nodes of all its comparisons, in the order written."""
    return tuple(each.value for each in comparisons(condition))
