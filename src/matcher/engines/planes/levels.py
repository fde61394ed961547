"""Another way through a graph: all gates of one level at once, for one patient and a large rulebook.

The gates of twenty thousand trials are of a few kinds, and each needs nothing but lower levels: AND and OR over the
members of all of them are four operations on arrays. What is neither of these is worked out singly, by the algebra.
Bits are worlds of the one patient: in the first the patient is as recorded, in each of the others one feature has
one more answer. What tests say of a value is remembered where no fact is behind it: there are thousands of tests
on one feature, and most features nobody recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matcher.domain.possible import Possible, test
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding
from matcher.engines.planes.algebra import Known, Said, Words, gate, value
from matcher.engines.planes.chunk import ALL_BITS, POSSIBLE, SURE, Chunk, words_for
from matcher.engines.planes.worlds import Bits, Values, recorded, said
from matcher.rules.graph import (
    All,
    Any,
    Choice,
    Combine,
    Graph,
    NodeId,
    Not,
    Presume,
    Read,
    Test,
    members_of,
)

Index: TypeAlias = npt.NDArray[np.intp]
#: the answers of which a test is surely, and possibly, so
_Pair: TypeAlias = tuple[Bits, Bits]

_NOT_MET, _MET = 0, 2
_NUMBERS = {Verdict.NOT_MET: _NOT_MET, Verdict.UNKNOWN: 1, Verdict.MET: _MET}


@dataclass(frozen=True, slots=True)
class _Groups:
    """Gates of one kind: ``members[starts[i]:starts[i + 1]]`` are those of ``into[i]``."""

    into: Index
    members: Index
    starts: Index

    @classmethod
    def of(cls, gates: Sequence[tuple[NodeId, Sequence[NodeId]]]) -> _Groups:
        sizes = [len(members) for _, members in gates]
        return cls(
            np.array([number for number, _ in gates], np.intp),
            np.array([each for _, members in gates for each in members], np.intp),
            np.cumsum([0, *sizes[:-1]], dtype=np.intp)[: len(sizes)],
        )


@dataclass(frozen=True, slots=True)
class _Level:
    """Nodes that need nothing but lower levels; ``singly`` are the few that are not simple gates."""

    all: _Groups
    any: _Groups
    negated: _Groups
    presumed: _Groups
    singly: tuple[NodeId, ...]

    @classmethod
    def of(cls, graph: Graph, nodes: Iterable[NodeId]) -> _Level:
        kinds: dict[type, list[tuple[NodeId, Sequence[NodeId]]]] = {All: [], Any: [], Not: [], Presume: []}
        singly: list[NodeId] = []
        for number in nodes:
            node = graph[number]
            if type(node) in kinds:
                kinds[type(node)].append((number, members_of(node)))
            else:
                singly.append(number)
        every, some, negated, presumed = (_Groups.of(gates) for gates in kinds.values())
        return cls(every, some, negated, presumed, tuple(singly))


class Levels:
    """A graph by levels. Features are found elsewhere; everything above them is worked out here."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.tests: dict[NodeId, list[tuple[NodeId, Test]]] = {}
        level: list[int] = []
        found: list[list[NodeId]] = []
        for number, node in enumerate(graph.nodes):
            match node:
                case Read():
                    self.tests[number] = []
                    level.append(-1)
                case Test(value=value) if value in self.tests:
                    self.tests[value].append((number, node))
                    level.append(-1)
                case _:
                    level.append(1 + max((level[each] for each in members_of(node)), default=-1))
                    found += [[] for _ in range(level[-1] + 1 - len(found))]
                    found[level[-1]].append(number)
        self._tested = [number for atoms in self.tests.values() for number, _ in atoms]
        self._levels = [_Level.of(graph, each) for each in found]
        self.derived = [
            number for number, node in enumerate(graph.nodes) if isinstance(node, (Choice, Combine))
        ]
        self._unrecorded: dict[NodeId, tuple[Possible, bytes]] = {}
        self._answered: dict[NodeId, tuple[Sequence[Possible], Sequence[_Pair]]] = {}
        values = {*self.tests, *self.derived}
        self.gates = tuple(number for number in range(len(graph)) if number not in values)

    def run(
        self, found: Mapping[NodeId, Finding], answers: Mapping[NodeId, Sequence[Possible]] | None = None
    ) -> Words:
        """Two planes for each node: the recorded world, then a world for each answer, in the order given.

        What depends on features that are not among those found means nothing.
        """
        worlds = _Worlds(found, answers or {})
        planes = np.zeros((len(self.graph), 2, worlds.words), np.uint64)
        self._test(planes, found, worlds)
        values: dict[NodeId, Said[Words]] = {}
        known: Known[Words] = Known(
            lambda each: planes[each, SURE],
            lambda each: planes[each, POSSIBLE],
            lambda each: values.get(each) or worlds.said(each),
        )
        at = Chunk(worlds.words)
        for level in self._levels:
            for groups, over in ((level.all, np.bitwise_and), (level.any, np.bitwise_or)):
                if len(groups.into):
                    planes[groups.into] = over.reduceat(planes[groups.members], groups.starts, axis=0)
            if len(level.negated.into):
                planes[level.negated.into] = ~planes[level.negated.members, ::-1]
            if len(level.presumed.into):
                planes[level.presumed.into] = planes[level.presumed.members, POSSIBLE, None]
            for number in level.singly:
                node = self.graph[number]
                if isinstance(node, Choice | Combine):
                    values[number] = value(node, known, at)
                elif not isinstance(node, Read):
                    planes[number, SURE], planes[number, POSSIBLE] = gate(node, known, at)
        return planes

    def _test(self, planes: Words, found: Mapping[NodeId, Finding], worlds: _Worlds) -> None:
        """Write the planes of every test on a feature: one verdict everywhere, but where answers are supposed."""
        if not self._tested:
            return
        verdicts = np.frombuffer(b"".join([self._verdicts(each, found) for each in self.tests]), np.uint8)
        planes[self._tested, SURE] = np.where(verdicts == _MET, ALL_BITS, np.uint64(0))[:, None]
        planes[self._tested, POSSIBLE] = np.where(verdicts == _NOT_MET, np.uint64(0), ALL_BITS)[:, None]
        rows = [
            (number, bits)
            for feature, given in worlds.answers.items()
            for (number, _), bits in zip(
                self.tests[feature],
                worlds.tested(feature, self._verdicts(feature, found), self._supposed(feature, given)),
                strict=True,
            )
        ]
        if rows:
            held = np.frombuffer(b"".join([bits for _, bits in rows]), "<u8")
            planes[[number for number, _ in rows]] = held.reshape(-1, 2, worlds.words)

    def _verdicts(self, feature: NodeId, found: Mapping[NodeId, Finding]) -> bytes:
        """What its tests say of the recorded value. Of one that no fact is behind that is remembered."""
        finding = found.get(feature)
        if finding is None:
            return bytes(len(self.tests[feature]))
        held = self._unrecorded.get(feature)
        if held is not None and held[0] is finding.value:
            return held[1]
        tested = (test(finding.value, atom.op, atom.limit) for _, atom in self.tests[feature])
        verdicts = bytes(_NUMBERS[each] for each in tested)
        if not finding.facts:
            self._unrecorded[feature] = finding.value, verdicts
        return verdicts

    def _supposed(self, feature: NodeId, given: Sequence[Possible]) -> Sequence[_Pair]:
        """What its tests say of each of the answers, a bit for each; remembered for the answers given last."""
        held = self._answered.get(feature)
        if held is None or held[0] is not given:
            bits = [_bits(atom, given) for _, atom in self.tests[feature]]
            held = self._answered[feature] = given, bits
        return held[1]


class _Worlds:
    """Where the worlds of each feature lie, and what is so in them."""

    def __init__(self, found: Mapping[NodeId, Finding], answers: Mapping[NodeId, Sequence[Possible]]) -> None:
        self._found = found
        self.answers = answers
        self._starts: dict[NodeId, int] = {}
        count = 1
        for feature, given in answers.items():
            self._starts[feature] = count
            count += len(given)
        self.words = words_for(count)
        self._everywhere = (1 << 64 * self.words) - 1

    def tested(self, feature: NodeId, verdicts: bytes, supposed: Sequence[_Pair]) -> Iterable[bytes]:
        """The two planes of each test, from its verdict as recorded and those in the feature's own worlds."""
        start, own = self._starts[feature], (1 << len(self.answers[feature])) - 1
        nothing, length = self._everywhere & ~(own << start), 8 * self.words
        for verdict, (sure, possible) in zip(verdicts, supposed, strict=True):
            surely = (sure << start) | (nothing if verdict == _MET else 0)
            possibly = (possible << start) | (0 if verdict == _NOT_MET else nothing)
            yield surely.to_bytes(length, "little") + possibly.to_bytes(length, "little")

    def said(self, feature: NodeId) -> Said[Words]:
        """A recorded category, with a plane for each code."""
        held = said(self._values(feature))
        return Said(
            {code: self._plane(each) for code, each in held.codes.items()},
            self._plane(held.silent),
            self._plane(held.conflict),
            {code: self._plane(each) for code, each in held.perhaps.items()},
            self._plane(held.may_apply),
        )

    def _values(self, feature: NodeId) -> Values:
        finding = self._found.get(feature)
        if finding is None:
            return ()
        return recorded(finding, self.answers.get(feature, ()), self._starts.get(feature, 0))

    def _plane(self, worlds: Bits) -> Words:
        return np.frombuffer((worlds & self._everywhere).to_bytes(8 * self.words, "little"), "<u8")


def _bits(atom: Test, answers: Iterable[Possible]) -> _Pair:
    sure = possible = 0
    for place, answer in enumerate(answers):
        verdict = test(answer, atom.op, atom.limit)
        sure |= (verdict is Verdict.MET) << place
        possible |= (verdict is not Verdict.NOT_MET) << place
    return sure, possible
