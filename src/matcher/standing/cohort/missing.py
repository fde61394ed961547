"""Which facts stand between *unknown* and an answer: followed from a node down through what makes it unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from matcher.engines.columnar.arrays import Words
from matcher.engines.planes.chunk import POSSIBLE, SURE, Planes
from matcher.features.kind import SinceDay
from matcher.rules.graph import Choice, Combine, Graph, NodeId, Read, Test, members_of

Topic = str
#: for each topic the patients who lack it
Lacking = Mapping[Topic, Words]

#: not for want of a fact: a derivation's own table leaves it open, or the day of an amendment is not known
NO_FACT: Topic = ""


def topic_of(read: Read) -> Topic:
    feature = read.feature
    return NO_FACT if isinstance(feature.kind, SinceDay) else feature.topic or feature.name


def gates_below(graph: Graph, root: NodeId) -> list[NodeId]:
    """The root and every gate it is computed from, through derivations too: the nodes that ``Missing`` reads."""
    found: set[NodeId] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += members_of(graph[node])
    return sorted(each for each in found if not isinstance(graph[each], Read | Choice | Combine))


def topics_below(graph: Graph, root: NodeId) -> list[Topic]:
    """Every topic that may be missing under this node; ``NO_FACT`` where a derivation decides by itself."""
    gates = gates_below(graph, root)
    found: dict[Topic, None] = {}
    for gate in gates:
        match graph[gate]:
            case Test(value=value):
                for each in _sources(graph, value):
                    node = graph[each]
                    found[topic_of(node) if isinstance(node, Read) else NO_FACT] = None
    return list(found)


def _sources(graph: Graph, value: NodeId) -> Iterable[NodeId]:
    node = graph[value]
    if isinstance(node, Combine):
        for source in node.sources:
            yield from _sources(graph, source)
    else:
        yield value


@dataclass(slots=True)
class Missing:
    """Some words of the planes of every gate below the nodes asked for."""

    graph: Graph
    planes: Planes
    words: slice
    _known: dict[NodeId, Lacking] = field(default_factory=dict)

    def behind(self, node: NodeId) -> Lacking:
        """The patients for whom the node is unknown, under each topic that makes it so.

        A gate that is unknown is so by its unknown members; what is met or not met beside them waits for nothing.
        Every patient for whom the node is unknown is under at least one topic.
        """
        if node not in self._known:
            unknown = self._unknown(node)
            self._known[node] = self._within(unknown, node) if unknown.any() else {}
        return self._known[node]

    def _plane(self, node: NodeId, which: int) -> Words:
        plane: Words = self.planes.bits[self.planes.rows[node], which, self.words]
        return plane

    def _unknown(self, node: NodeId) -> Words:
        return self._plane(node, POSSIBLE) & ~self._plane(node, SURE)

    def _within(self, unknown: Words, node: NodeId) -> Lacking:
        match self.graph[node]:
            case Test(value=value):
                lacking = self._of_value(unknown, value)
                open_still = unknown.copy()
                for plane in lacking.values():
                    open_still &= ~plane
                return {**lacking, NO_FACT: open_still} if open_still.any() else lacking
            case gate:
                members = (self.behind(each) for each in members_of(gate))
                return _restricted(unknown, _together(members))

    def _of_value(self, unknown: Words, value: NodeId) -> Lacking:
        match self.graph[value]:
            case Read() as read:
                return {topic_of(read): unknown}
            case Combine(sources=sources):
                return _together(self._of_value(unknown, each) for each in sources)
            case Choice(applies=applies, rows=rows):
                parts = [_restricted(unknown, self.behind(applies))]
                reached = unknown & self._plane(applies, POSSIBLE)
                for row, _ in rows:
                    # A row speaks only where no earlier one surely does.
                    parts.append(_restricted(reached, self.behind(row)))
                    reached = reached & ~self._plane(row, SURE)
                return _together(parts)
        raise TypeError(f"unhandled value {self.graph[value]!r}")


def _restricted(to: Words, lacking: Lacking) -> Lacking:
    cut = {topic: plane & to for topic, plane in lacking.items()}
    return {topic: plane for topic, plane in cut.items() if plane.any()}


def _together(parts: Iterable[Lacking]) -> Lacking:
    found: dict[Topic, Words] = {}
    for part in parts:
        for topic, plane in part.items():
            found[topic] = np.bitwise_or(found[topic], plane) if topic in found else plane
    return found
