"""The order of work for a graph: every plane once, shared beginnings of gates once, registers used again.

Gates with many members are cut into pairs along a tree of their beginnings, the members most gates share first.
Twenty thousand trials that begin alike then share all but their ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from matcher.domain.possible import Limit, Op
from matcher.features.kind import Feature, FirstOf, Formula
from matcher.rules.graph import (
    All,
    Any,
    Choice,
    Combine,
    Graph,
    Node,
    NodeId,
    Not,
    Read,
    Test,
    members_of,
)

Plane = int
#: of a step that makes a value
NO_PLANE: Plane = -1


class Action(IntEnum):
    """What a step does; the first two are most of the work. ``WORK_OUT``: what only the algebra knows."""

    AND = 0
    OR = 1
    NOT = 2
    WORK_OUT = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One pair of planes, or the planes of a derived value, made from others."""

    action: Action
    into: Plane
    of: tuple[Plane, ...]
    node: NodeId
    #: derived values that nothing needs any more
    done: tuple[NodeId, ...] = ()


@dataclass(frozen=True, slots=True)
class Atom:
    """A test on a feature: the plane it is written to."""

    into: Plane
    op: Op
    limit: Limit


@dataclass(frozen=True, slots=True)
class Column:
    """A feature with all tests on it, done together so that its values can be let go. ``kept``: not yet."""

    node: NodeId
    feature: Feature
    atoms: tuple[Atom, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Columns first, then steps. ``place`` is where a plane lives: a register, or an output where it is below 0."""

    graph: Graph
    nodes: Sequence[NodeId]
    columns: tuple[Column, ...]
    steps: tuple[Step, ...]
    place: tuple[int, ...]
    registers: int
    outputs: int
    rows: Mapping[NodeId, int]

    @classmethod
    def of(cls, graph: Graph, roots: Sequence[NodeId] | None = None) -> Plan:
        """The plan for these nodes, or for all; with ``roots`` what is between is forgotten when last used."""
        nodes: Sequence[NodeId] = range(len(graph)) if roots is None else graph.below(*roots)
        planner = _Planner(graph, nodes)
        planner.lay_out()
        wanted = nodes if roots is None else roots
        return planner.plan(dict.fromkeys(each for each in wanted if each in planner.plane_of))


@dataclass(slots=True)
class _Planner:
    graph: Graph
    nodes: Sequence[NodeId]
    plane_of: dict[NodeId, Plane] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    planes: int = 0
    _made: dict[tuple[Action, tuple[Plane, ...]], Plane] = field(default_factory=dict)

    def _new(self) -> Plane:
        self.planes += 1
        return self.planes - 1

    def lay_out(self) -> None:
        self._lay_out_columns()
        for level in self._levels():
            self._lay_out_level(level)

    def _lay_out_columns(self) -> None:
        tests: dict[NodeId, list[NodeId]] = {}
        combined: set[NodeId] = set()
        for number in self.nodes:
            match self.graph[number]:
                case Read():
                    tests.setdefault(number, [])
                case Test(value=value) if isinstance(self.graph[value], Read):
                    tests.setdefault(value, []).append(number)
                case Combine(sources=sources):
                    combined.update(sources)
        for read in sorted(tests, key=self._table):
            node = self.graph[read]
            assert isinstance(node, Read)
            atoms: list[Atom] = []
            for number in tests[read]:
                test = self.graph[number]
                assert isinstance(test, Test)
                self.plane_of[number] = self._new()
                atoms.append(Atom(self.plane_of[number], test.op, test.limit))
            self.columns.append(Column(read, node.feature, tuple(atoms), read in combined))

    def _table(self, read: NodeId) -> tuple[str, int]:
        node = self.graph[read]
        assert isinstance(node, Read)
        return table_of(node.feature), read

    def _levels(self) -> list[list[NodeId]]:
        """Nodes by how far they stand above features."""
        level: dict[NodeId, int] = {}
        levels: list[list[NodeId]] = []
        for number in self.nodes:
            if number in self.plane_of or isinstance(self.graph[number], Read):
                level[number] = -1
                continue
            level[number] = 1 + max((level[each] for each in members_of(self.graph[number])), default=-1)
            while len(levels) <= level[number]:
                levels.append([])
            levels[level[number]].append(number)
        return levels

    def _lay_out_level(self, level: Iterable[NodeId]) -> None:
        groups: dict[Action, list[tuple[NodeId, tuple[Plane, ...]]]] = {Action.AND: [], Action.OR: []}
        for number in level:
            match self.graph[number]:
                case All(members=members):
                    groups[Action.AND].append((number, tuple(self.plane_of[each] for each in members)))
                case Any(members=members):
                    groups[Action.OR].append((number, tuple(self.plane_of[each] for each in members)))
                case Not(member=member):
                    self.plane_of[number] = self._make(Action.NOT, (self.plane_of[member],), number)
                case Choice() | Combine() as value:
                    self.steps.append(Step(Action.WORK_OUT, NO_PLANE, self._of(value), number))
                case gate:
                    self.plane_of[number] = self._new()
                    self.steps.append(Step(Action.WORK_OUT, self.plane_of[number], self._of(gate), number))
        for action, gates in groups.items():
            self._lay_out_groups(action, gates)

    def _of(self, node: Node) -> tuple[Plane, ...]:
        """The planes a node is worked out from; values have none."""
        return tuple(self.plane_of[each] for each in members_of(node) if each in self.plane_of)

    def _lay_out_groups(self, action: Action, gates: list[tuple[NodeId, tuple[Plane, ...]]]) -> None:
        shared = Counter(plane for _, members in gates for plane in set(members))
        ordered = [
            (tuple(sorted(set(members), key=lambda plane: (-shared[plane], plane))), number)
            for number, members in gates
        ]
        # Sorted, gates that begin alike follow each other and find their beginning still at hand.
        for members, number in sorted(ordered):
            plane = members[0]
            for following in members[1:]:
                plane = self._make(action, (plane, following), number)
            self.plane_of[number] = plane

    def _make(self, action: Action, of: tuple[Plane, ...], node: NodeId) -> Plane:
        if (action, of) not in self._made:
            self._made[action, of] = self._new()
            self.steps.append(Step(action, self._made[action, of], of, node))
        return self._made[action, of]

    def plan(self, wanted: Iterable[NodeId]) -> Plan:
        rows: dict[NodeId, int] = {}
        place = [0] * self.planes
        output_of: dict[Plane, int] = {}
        for node in wanted:
            row = output_of.setdefault(self.plane_of[node], len(output_of))
            rows[node] = row
        for plane, row in output_of.items():
            place[plane] = -1 - row
        registers = self._allocate(place, output_of)
        return Plan(
            self.graph,
            self.nodes,
            tuple(self.columns),
            tuple(self._freeing()),
            tuple(place),
            registers,
            len(output_of),
            rows,
        )

    def _allocate(self, place: list[int], outputs: Mapping[Plane, int]) -> int:
        """A register for every plane that is no output; a register is used again after its plane's last use."""
        last_use = {plane: number for number, step in enumerate(self.steps) for plane in step.of}
        free: list[int] = []
        registers = 0

        def take(plane: Plane) -> None:
            nonlocal registers
            if plane in outputs or plane < 0:
                return
            if not free:
                free.append(registers)
                registers += 1
            place[plane] = free.pop()

        for column in self.columns:
            for atom in column.atoms:
                take(atom.into)
        for number, step in enumerate(self.steps):
            ended = {plane for plane in step.of if last_use[plane] == number and plane not in outputs}
            if step.action in (Action.AND, Action.OR):
                free.extend(place[plane] for plane in ended)
                take(step.into)
            else:
                # These read an operand after they began to write.
                take(step.into)
                free.extend(place[plane] for plane in ended)
        return registers

    def _freeing(self) -> Iterable[Step]:
        last: dict[NodeId, int] = {}
        for number, step in enumerate(self.steps):
            match self.graph[step.node]:
                case Test(value=value):
                    last[value] = number
                case Combine(sources=sources):
                    last.update(dict.fromkeys(sources, number))
        ended: dict[int, list[NodeId]] = {}
        for value, number in last.items():
            ended.setdefault(number, []).append(value)
        for number, step in enumerate(self.steps):
            yield Step(step.action, step.into, step.of, step.node, tuple(ended.get(number, ())))


def table_of(feature: Feature) -> str:
    """The table a feature is read from; of one over several features, the last of theirs."""
    match feature.kind:
        case Formula(inputs=inputs) | FirstOf(sources=inputs):
            return max(table_of(each) for each in inputs)
    return getattr(feature.kind, "table", "")
