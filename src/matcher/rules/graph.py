"""The graph every engine evaluates: features, tests on them, and gates, each distinct one exactly once.

Nodes refer to earlier nodes by number, so the order of the list is an order of evaluation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from matcher.domain.possible import Limit, Op
from matcher.domain.verdict import Verdict
from matcher.features.kind import CodeDomain, Feature

NodeId: TypeAlias = int


@dataclass(frozen=True, slots=True)
class Constant:
    """``true`` or ``unknown``."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Read:
    """The possible values of a feature."""

    feature: Feature


@dataclass(frozen=True, slots=True)
class Choice:
    """A derived category: the first row whose condition holds gives the outcome, else ``otherwise``.

    An outcome is a set of codes, so a row may leave the answer open. Where ``applies`` is not met the
    derivation is silent.
    """

    name: str
    rows: tuple[tuple[NodeId, frozenset[str]], ...]
    otherwise: frozenset[str]
    applies: NodeId
    domain: CodeDomain


@dataclass(frozen=True, slots=True)
class Combine:
    """Several sources for one category: silent ones drop out, agreeing ones narrow, contradictory ones widen."""

    sources: tuple[NodeId, ...]
    domain: CodeDomain


@dataclass(frozen=True, slots=True)
class Test:
    """An atom: a feature, or a derived value, against a constant."""

    value: NodeId
    op: Op
    limit: Limit


@dataclass(frozen=True, slots=True)
class All:
    """Every member is met."""

    members: tuple[NodeId, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """One member is met."""

    members: tuple[NodeId, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The member is not met."""

    member: NodeId


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The weights of the members that are met reach the threshold."""

    threshold: float
    members: tuple[NodeId, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Presume:
    """Unknown taken as met: what screening itself will establish."""

    member: NodeId


Value: TypeAlias = Read | Choice | Combine
Gate: TypeAlias = Constant | Test | All | Any | Not | AtLeast | Presume
Node: TypeAlias = Value | Gate


def members_of(node: Node) -> tuple[NodeId, ...]:
    """The nodes this one is computed from."""
    match node:
        case Constant() | Read():
            return ()
        case Choice():
            return (node.applies, *(row for row, _ in node.rows))
        case Combine():
            return node.sources
        case Test():
            return (node.value,)
        case All() | Any() | AtLeast():
            return node.members
        case Not() | Presume():
            return (node.member,)


@dataclass(frozen=True, slots=True)
class Graph:
    """All nodes of a rulebook, each after the nodes it is computed from."""

    nodes: tuple[Node, ...]

    def __getitem__(self, node: NodeId) -> Node:
        return self.nodes[node]

    def __len__(self) -> int:
        return len(self.nodes)

    def users(self) -> list[list[NodeId]]:
        """For each node the nodes computed from it directly."""
        users: list[list[NodeId]] = [[] for _ in self.nodes]
        for number, node in enumerate(self.nodes):
            for member in dict.fromkeys(members_of(node)):
                users[member].append(number)
        return users

    def above(self, nodes: Iterable[NodeId]) -> dict[NodeId, list[NodeId]]:
        """For each of these nodes everything computed from it, in order of evaluation."""
        users = self.users()
        found: dict[NodeId, list[NodeId]] = {}
        for node in nodes:
            above: set[NodeId] = set()
            pending = [node]
            while pending:
                new = [each for each in users[pending.pop()] if each not in above]
                above.update(new)
                pending += new
            found[node] = sorted(above)
        return found

    def below(self, *roots: NodeId) -> list[NodeId]:
        """These nodes and everything they are computed from, in order of evaluation."""
        wanted = set(roots)
        pending = list(wanted)
        while pending:
            new = [each for each in members_of(self.nodes[pending.pop()]) if each not in wanted]
            wanted.update(new)
            pending += new
        return sorted(wanted)


@dataclass(slots=True)
class GraphBuilder:
    """Collects nodes; asking twice for the same one gives the same number."""

    nodes: list[Node] = field(default_factory=list)
    numbers: dict[Node, NodeId] = field(default_factory=dict)
    closed: bool = False
    """Whether a test of what nobody recorded is not met, in place of unknown: a closed world, for comparisons."""

    def add(self, node: Node) -> NodeId:
        if self.closed and isinstance(node, Test):
            denied = self._add(Not(self._add(node)))
            return self._add(Not(self._add(Presume(denied))))
        return self._add(node)

    def _add(self, node: Node) -> NodeId:
        number = self.numbers.get(node)
        if number is None:
            number = self.numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return number

    def all(self, members: list[NodeId]) -> NodeId:
        return self._group(All, members)

    def any(self, members: list[NodeId]) -> NodeId:
        return self._group(Any, members)

    def _group(self, gate: type[All | Any], members: list[NodeId]) -> NodeId:
        # Sorted and without repeats: the order of siblings means nothing, so it must not make two nodes.
        distinct = tuple(sorted(set(members)))
        if not distinct:
            raise ValueError("an empty group has no meaning")
        return distinct[0] if len(distinct) == 1 else self.add(gate(distinct))

    def negate(self, member: NodeId) -> NodeId:
        inner = self.nodes[member]
        return inner.member if isinstance(inner, Not) else self.add(Not(member))

    def true(self) -> NodeId:
        return self.add(Constant(Verdict.MET))

    def unknown(self) -> NodeId:
        return self.add(Constant(Verdict.UNKNOWN))

    def graph(self) -> Graph:
        return Graph(tuple(self.nodes))
