"""Some patients at once, with the records behind every value: a bit for each patient, in each of their worlds.

Features are found patient by patient, as the reference finds them, and only those that a profile speaks of. What
follows from them is worked out once for all of them: bits are *world by patient*, so that one pass over the graph gives
the verdicts (the first world, where everybody is as recorded) and what they would be if a patient gave one more answer
(a world for each answer to a feature, in which whoever lacks the fact gives it). Patients whose value all tests treat
alike are one group, however different the value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeAlias

import numpy as np

from matcher.domain.possible import Codes, Possible, test
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, VerdictTable
from matcher.engines.planes.algebra import Said, Words
from matcher.engines.planes.chunk import WORD, Planes, words_for
from matcher.engines.planes.passes import Run, above_features
from matcher.engines.planes.spoken import ANY_DAY, NOBODY, NOTHING, Spoken
from matcher.engines.planes.worlds import Bits, Values, finding_of
from matcher.engines.reference import find, walk
from matcher.engines.sorted_profile import sorted_profile
from matcher.rules.graph import Choice, Combine, Graph, NodeId, Read, Test

_NUMBERED = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.MET)
#: the answers worth supposing of a feature where this is found
Answers: TypeAlias = Callable[[NodeId, Finding], Sequence[Possible]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A feature with a world for each answer, from ``first`` on: some patients (bits), and what they could answer."""

    feature: NodeId
    first: int
    groups: tuple[tuple[Bits, Sequence[Possible]], ...]

    @property
    def most(self) -> int:
        return max(len(answers) for _, answers in self.groups)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What came of some patients. ``stride`` bits of a plane are one world, the first of them the patients'.

    ``spoken`` are the features that each profile says anything of.
    """

    table: VerdictTable
    spoken: Sequence[Collection[NodeId]]
    planes: Planes
    stride: int
    worlds: int
    asked: tuple[Asked, ...]
    sure: Sequence[Bits]
    possible: Sequence[Bits]

    def in_every_world(self, patients: Bits) -> Bits:
        held = patients.to_bytes(self.stride // 8, "little")
        return int.from_bytes(held * self.worlds, "little")


class Several:
    """A graph made ready: what is said of nobody, and which features a profile may speak of.

    ``rows`` are the nodes whose planes are asked for, ``asked`` the features that questions may be about.
    """

    def __init__(
        self,
        graph: Graph,
        roots: Sequence[NodeId],
        rows: Mapping[NodeId, int],
        asked: Iterable[NodeId],
        answers: Answers,
    ) -> None:
        nodes = graph.below(*roots)
        self.graph, self.rows = graph, rows
        _, self._nobody = walk(graph, NOBODY, Clock.at(ANY_DAY), nodes)
        self._features = {each: node.feature for each in nodes if isinstance(node := graph[each], Read)}
        self._nothing = {
            each: find(held, NOTHING, Clock.at(ANY_DAY)) for each, held in self._features.items()
        }
        self._spoken, self._users = Spoken(self._features), graph.users()
        self._above = above_features(graph, nodes)
        self._derived = [(each, node) for each, node in self._above if isinstance(node, Choice | Combine)]
        self._gates = [each for each, node in self._above if not isinstance(node, Choice | Combine)]
        tests: dict[NodeId, list[Test]] = {each: [] for each in self._features}
        for _, node in self._above:
            if isinstance(node, Test) and node.value in tests:
                tests[node.value].append(node)
        self._alike = {each: _Alike(held) for each, held in tests.items()}
        self._asked, self._answers = [each for each in asked if each in self._features], answers

    def evaluate(self, patients: Sequence[Profile]) -> Evaluated:
        findings: list[dict[NodeId, Finding]] = []
        about: list[set[NodeId]] = []
        speaking: dict[NodeId, list[int]] = {each: [] for each in self._features}
        for place, patient in enumerate(patients):
            found, spoken = self._found(patient)
            findings.append(found)
            about.append(spoken)
            for feature in spoken:
                speaking[feature].append(place)
        asked = self._worlds(findings, speaking)
        stride, worlds = words_for(len(patients)) * WORD, 1 + sum(each.most for each in asked.values())
        everywhere = int.from_bytes((b"\1" + bytes(stride // 8 - 1)) * worlds, "little")
        run = Run(self._users)
        for feature, places in speaking.items():
            known = [(place, findings[place][feature]) for place in places]
            values = self._values(feature, known, everywhere)
            run.suppose(feature, _supposing(values, asked[feature], stride) if feature in asked else values)
        run.go_on(self._above)
        everybody = (1 << len(patients)) - 1
        for number, derived in self._derived:
            said = _as_recorded(run.derived[number], everybody)
            for place, found in enumerate(findings):
                found[number] = finding_of(derived, said, found, place)
        planes = _Recorded.of(run, self._gates, len(patients))
        verdicts = [
            dict(zip(self._gates, map(_NUMBERED.__getitem__, row), strict=True)) for row in planes.rows()
        ]
        return Evaluated(
            VerdictTable(tuple(each.id for each in patients), tuple(verdicts), tuple(findings)),
            about,
            Planes(len(patients), self.rows, planes.of_nodes(sorted(self.rows, key=self.rows.__getitem__))),
            stride,
            worlds,
            tuple(asked.values()),
            run.sure,
            run.possible,
        )

    def _found(self, patient: Profile) -> tuple[dict[NodeId, Finding], set[NodeId]]:
        """Findings of every feature, and those of which the profile speaks."""
        clock, held, findings = Clock.at(patient.as_of), sorted_profile(patient), dict(self._nobody)
        spoken, nothing = self._spoken.by(held)
        for each in spoken:
            findings[each] = find(self._features[each], held, clock)
        for each in nothing:
            findings[each] = self._nothing[each]
        return findings, spoken | nothing

    def _worlds(
        self, findings: Sequence[Mapping[NodeId, Finding]], speaking: Mapping[NodeId, Sequence[int]]
    ) -> dict[NodeId, Asked]:
        """The features that somebody lacks; patients with the same answers are one group."""
        asked: dict[NodeId, Asked] = {}
        first = 1
        for feature in self._asked:
            silent = (1 << len(findings)) - 1
            groups: dict[int, tuple[Bits, Sequence[Possible]]] = {}
            for place in speaking[feature]:
                silent &= ~(1 << place)
                _join(groups, self._answers(feature, findings[place][feature]), 1 << place)
            _join(groups, self._answers(feature, self._nobody[feature]), silent)
            if groups:
                asked[feature] = Asked(feature, first, tuple(groups.values()))
                first += asked[feature].most
        return asked

    def _values(self, feature: NodeId, known: Iterable[tuple[int, Finding]], everywhere: Bits) -> Values:
        """What is recorded, the same in every world, with the patients of whom it is; all others are nobody."""
        alike, groups = self._alike[feature], dict[Hashable, tuple[Finding, Bits]]()
        for place, finding in known:
            kind = alike.kind(finding)
            first, bits = groups.get(kind, (finding, 0))
            groups[kind] = first, bits | 1 << place
        values = [(finding, bits * everywhere) for finding, bits in groups.values()]
        return [*values, (self._nobody[feature], ~_sum(values))]


class _Alike:
    """Tells apart what the tests on a feature, or who reads its codes, can tell apart."""

    __slots__ = ("_kinds", "_tests")

    def __init__(self, tests: Sequence[Test]) -> None:
        self._tests, self._kinds = tests, dict[Possible, Hashable]()

    def kind(self, finding: Finding) -> Hashable:
        value = finding.value
        if isinstance(value, Codes):
            return value, finding.silent, finding.perhaps
        found = self._kinds.get(value)
        if found is None:
            found = self._kinds[value] = tuple(test(value, each.op, each.limit) for each in self._tests)
        return found


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Both planes of every gate in the first world, as octets."""

    patients: int
    octets: Mapping[NodeId, bytes]

    @classmethod
    def of(cls, run: Run, gates: Iterable[NodeId], patients: int) -> _Recorded:
        everybody, size = (1 << patients) - 1, words_for(patients) * WORD // 8
        sure, possible = run.sure, run.possible
        return cls(
            patients,
            {
                each: (sure[each] & everybody).to_bytes(size, "little")
                + (possible[each] & everybody).to_bytes(size, "little")
                for each in gates
            },
        )

    def of_nodes(self, nodes: Iterable[NodeId]) -> Words:
        held = np.frombuffer(b"".join([self.octets[each] for each in nodes]), "<u8")
        return held.reshape(-1, 2, words_for(self.patients))

    def rows(self) -> Iterator[bytes]:
        """For each patient every gate: 0 not met, 1 unknown, 2 met."""
        planes = self.of_nodes(self.octets).view(np.uint8)
        numbers = np.unpackbits(planes, axis=-1, count=self.patients, bitorder="little").sum(
            axis=1, dtype=np.uint8
        )
        return (each.tobytes() for each in np.ascontiguousarray(numbers.T))


def _join(
    groups: dict[int, tuple[Bits, Sequence[Possible]]], answers: Sequence[Possible], patients: Bits
) -> None:
    """Adds patients to those with the same answers."""
    if answers and patients:
        before, _ = groups.get(id(answers), (0, answers))
        groups[id(answers)] = before | patients, answers


def _supposing(values: Values, asked: Asked, stride: int) -> Values:
    """The same, and in the feature's own worlds what is answered there."""
    answered = [
        (Finding(answer), patients << stride * world)
        for patients, answers in asked.groups
        for world, answer in enumerate(answers, asked.first)
    ]
    elsewhere = ~_sum(answered)
    return [*((finding, bits & elsewhere) for finding, bits in values), *answered]


def _sum(values: Values) -> Bits:
    return reduce(or_, [bits for _, bits in values], 0)


def _as_recorded(said: Said[Bits], everybody: Bits) -> Said[Bits]:
    """What is said in the first world."""
    codes = {code: bits & everybody for code, bits in said.codes.items()}
    return Said(codes, said.silent & everybody, said.conflict & everybody, {}, 0)
