"""What to ask next: each answer to each unknown feature supposed at once, and what would come of it.

The possible answers of a feature are grouped by what the rulebook's limits can tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import floor

import numpy as np
import numpy.typing as npt

from matcher.domain.possible import Codes, Interval, Possible, test
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding
from matcher.engines.planes.chunk import POSSIBLE, SURE
from matcher.engines.planes.levels import Levels
from matcher.engines.planes.single import Supposed, Supposing, is_quicker_by_level
from matcher.engines.reference.kinds import whole
from matcher.explanation.answer import Question
from matcher.explanation.asking import Asked, Considered, FieldOf, Fields, Supposition, in_order
from matcher.explanation.topics import topic_of
from matcher.features.kind import Domain, Feature, NumberDomain, SinceDay
from matcher.rules.graph import Combine, Graph, NodeId, Read, Test
from matcher.rules.rulebook import Rulebook
from matcher.standing.deciding import ConditionReading
from matcher.standing.standing import OPEN, StandingKind


@dataclass(frozen=True)
class Asker:
    """The parts of a rulebook's graph that questions need, worked out once.

    ``tests`` are, for each feature, the tests on it; ``roots`` all that candidates are judged by.
    """

    graph: Graph
    tests: Mapping[NodeId, Sequence[Test]]
    fields: Fields
    roots: tuple[NodeId, ...]
    _unrecorded: dict[NodeId, list[Possible]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, rulebook: Rulebook) -> Asker:
        roots = tuple(dict.fromkeys(node for each in rulebook.candidates for node in each.root_nodes()))
        return cls(rulebook.graph, _tests_of_features(rulebook.graph), Fields(rulebook.formulary), roots)

    @cached_property
    def _above(self) -> Mapping[NodeId, Sequence[NodeId]]:
        """For each feature everything that is computed from it."""
        return self.graph.above(self.tests)

    @cached_property
    def _levels(self) -> Levels:
        return Levels(self.graph)

    @cached_property
    def _supposing(self) -> Supposing:
        """What is supposed of a patient of whom nothing is known."""
        return Supposing(self.graph, {node: self._all_answers(node) for node in self.tests}, self.roots)

    @cached_property
    def _always(self) -> list[tuple[NodeId, int]]:
        """The features that have answers where nothing is recorded, and how many."""
        return [(node, len(each)) for node, each in self._supposing.answers.items() if each]

    def ask(
        self, about: Sequence[Considered], reading: ConditionReading, profile: Profile, most: int
    ) -> tuple[Question, ...]:
        """The questions that are worth most, best first, about these candidates."""
        return self.best(about, self.suppose(about, reading.findings), reading.findings, profile, most)

    def best(
        self,
        about: Sequence[Considered],
        supposed: Supposition,
        findings: Mapping[NodeId, Finding],
        profile: Profile,
        most: int,
    ) -> tuple[Question, ...]:
        """The same where it is known already what answers would do."""
        asked = self.in_order(about, supposed, findings, lambda each: self.fields.first(each, profile))
        return tuple(
            Question(topic_of(each.telling), each.text, each.settles, each.candidates)
            for each in asked[:most]
        )

    def in_order(
        self,
        about: Sequence[Considered],
        supposed: Supposition,
        findings: Mapping[NodeId, Finding],
        field_of: FieldOf,
    ) -> list[Asked]:
        """The fields worth asking for, best first."""
        supposed = supposed.telling
        nodes = [node for node, _ in supposed.features]
        features = [self._feature(node) for node in nodes]
        fields = [
            None if self.is_told(node, findings) else field_of(each)
            for node, each in zip(nodes, features, strict=True)
        ]
        told = [bool(findings[node].facts) for node in nodes]
        return in_order(about, supposed, fields, features, told)

    def suppose(self, about: Sequence[Considered], findings: Mapping[NodeId, Finding]) -> Supposition:
        """What every answer would do to these candidates, and to what is open about them."""
        open_ones = _Open.of(about)
        by = self._by_levels if self._is_quicker_by_level else self._by_worlds
        return by(open_ones, findings)

    @cached_property
    def _is_quicker_by_level(self) -> bool:
        return is_quicker_by_level(self.graph)

    def is_told(self, node: NodeId, findings: Mapping[NodeId, Finding]) -> bool:
        """Whether another source says already what is asked for, and nothing asks for this one alone."""
        above = self._told_by.get(node, ())
        return bool(above) and all(each in findings and findings[each].value.exact for each in above)

    @cached_property
    def _told_by(self) -> Mapping[NodeId, Sequence[NodeId]]:
        """For each feature that is only one of several sources the facts that are made of them."""
        nodes = self.graph.nodes
        alone = {each.value for each in nodes if isinstance(each, Test)}
        found: dict[NodeId, list[NodeId]] = {}
        for number, each in enumerate(nodes):
            if isinstance(each, Combine):
                for source in each.sources:
                    if source not in alone:
                        found.setdefault(source, []).append(number)
        return found

    def answers(self, node: NodeId, finding: Finding) -> list[Possible]:
        """The answers worth supposing: none of a feature that is known, or of which every answer is as good."""
        value = finding.value
        if value.exact or self._is_of_rule(node):
            return []
        domain = self._feature(node).domain
        if value == whole(domain):
            return self._all_answers(node)
        found = answers_that_matter(value, self.tests[node], domain)
        return found if len(found) > 1 else []

    def _all_answers(self, node: NodeId) -> list[Possible]:
        """The same of a feature of which nothing is recorded."""
        found = self._unrecorded.get(node)
        if found is None:
            domain = self._feature(node).domain
            found = answers_that_matter(whole(domain), self.tests[node], domain)
            known = len(found) < 2 or self._is_of_rule(node)
            found = self._unrecorded[node] = [] if known else found
        return found

    def _is_of_rule(self, node: NodeId) -> bool:
        """Nothing of the patient's: nobody asks a patient when a protocol was amended."""
        return isinstance(self._feature(node).kind, SinceDay)

    def _by_worlds(self, open_ones: _Open, findings: Mapping[NodeId, Finding]) -> Supposition:
        supposing = self._supposing
        differing = supposing.differing(findings)
        now = {node: self.answers(node, findings[node]) for node in differing}
        wanted = (*open_ones.roots.ravel().tolist(), *open_ones.nodes)
        supposed = supposing.run(findings, differing, now, wanted)
        asked = [*self._always, *((node, len(each)) for node, each in supposed.added)]
        decided = [supposed.sure[each] | ~supposed.possible[each] for each in open_ones.nodes]
        rows = _unpacked([*open_ones.changed(supposed), *decided], sum(number for _, number in asked))
        return open_ones.counted(asked, rows)

    def _by_levels(self, open_ones: _Open, findings: Mapping[NodeId, Finding]) -> Supposition:
        roots = set(open_ones.roots.ravel().tolist())
        given = {
            node: self.answers(node, findings[node])
            for node in self.tests
            if node in findings and not roots.isdisjoint(self._above[node])
        }
        answers = {node: found for node, found in given.items() if found}
        planes = self._levels.run(findings, answers)
        strict, screening = planes[open_ones.roots[:, 0]], planes[open_ones.roots[:, 1]]
        undecided = screening[:, POSSIBLE] & ~screening[:, SURE]
        stays = ~strict[:, SURE] & np.where(open_ones.possible[:, None], undecided, screening[:, SURE])
        stays[~open_ones.open] = ~np.uint64(0)
        nodes = list(open_ones.nodes)
        decided = planes[nodes, SURE] | ~planes[nodes, POSSIBLE]
        words = np.ascontiguousarray(np.concatenate((~stays, decided)))
        count = sum(map(len, answers.values()))
        rows = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")[:, 1 : 1 + count]
        return open_ones.counted([(node, len(each)) for node, each in answers.items()], rows)

    def _feature(self, node: NodeId) -> Feature:
        read = self.graph[node]
        assert isinstance(read, Read)
        return read.feature


@dataclass(frozen=True)
class _Open:
    """Candidates as arrays: strict and screening roots, whose standing is open and whose is possible.

    Other open ones are met as soon as screening is presumed. ``nodes`` are what is open about any of them.
    """

    roots: npt.NDArray[np.intp]
    open: npt.NDArray[np.bool_]
    possible: npt.NDArray[np.bool_]
    nodes: tuple[NodeId, ...]

    @classmethod
    def of(cls, about: Sequence[Considered]) -> _Open:
        roots = [each.standing.candidate.roots for each in about]
        kinds = [each.standing.kind for each in about]
        pairs = [(each.strict, each.screening) for each in roots if each is not None]
        return cls(
            np.array(pairs, np.intp).reshape(-1, 2),
            np.array([each in OPEN for each in kinds], np.bool_),
            np.array([each is StandingKind.POSSIBLE for each in kinds], np.bool_),
            nodes_of(about),
        )

    def changed(self, supposed: Supposed) -> Iterator[int]:
        """For each candidate the worlds in which its standing is another.

        An open standing rests on the strict and the screening root alone: met is eligible, met once screening is
        presumed is pending, and what else is not ruled out is possible.
        """
        sure, possible = supposed.sure, supposed.possible
        for (strict, screening), is_open, is_possible in zip(
            self.roots.tolist(), self.open, self.possible, strict=True
        ):
            as_before = possible[screening] & ~sure[screening] if is_possible else sure[screening]
            yield ~(~sure[strict] & as_before) if is_open else 0

    def counted(self, asked: Sequence[tuple[NodeId, int]], rows: npt.NDArray[np.uint8]) -> Supposition:
        """From a row of worlds for each candidate and each node; answers to one feature stand side by side."""
        candidates = len(self.roots)
        starts = np.cumsum([0, *(number for _, number in asked[:-1])])
        counts = (
            np.add.reduceat(rows, starts, axis=1, dtype=np.intp)
            if asked
            else np.zeros((len(rows), 0), np.intp)
        )
        return Supposition(asked, counts[:candidates], self.nodes, counts[candidates:])


def nodes_of(about: Iterable[Considered]) -> tuple[NodeId, ...]:
    """What is open about any of these candidates."""
    return tuple(dict.fromkeys(node for each in about for node in each.unsettled))


def _unpacked(planes: Sequence[int], count: int) -> npt.NDArray[np.uint8]:
    """A row for each plane, a column for each world that is supposed: all but the first."""
    size, all_worlds = (count + 7) // 8, (1 << count) - 1
    held = b"".join([(each >> 1 & all_worlds).to_bytes(size, "little") for each in planes])
    rows = np.frombuffer(held, np.uint8).reshape(len(planes), size)
    return np.unpackbits(rows, axis=1, count=count, bitorder="little")


def _tests_of_features(graph: Graph) -> dict[NodeId, list[Test]]:
    """The tests on each feature, and on what it is one source for, by the feature's node."""
    reads = [number for number, node in enumerate(graph.nodes) if isinstance(node, Read)]
    owner = {number: number for number in reads}
    for number, node in enumerate(graph.nodes):
        if isinstance(node, Combine):
            owner.update((number, source) for source in node.sources if source in owner)
    tests: dict[NodeId, list[Test]] = {number: [] for number in reads}
    for node in graph.nodes:
        if isinstance(node, Test) and node.value in owner:
            tests[owner[node.value]].append(node)
    return tests


def answers_that_matter(value: Possible, tests: Sequence[Test], domain: Domain) -> list[Possible]:
    """One answer for each group of values that the rulebook's tests treat alike."""
    answers: dict[tuple[Verdict, ...], Possible] = {}
    for answer in _candidates(value, tests, domain):
        answers.setdefault(tuple(test(answer, each.op, each.limit) for each in tests), answer)
    return list(answers.values())


def _candidates(value: Possible, tests: Sequence[Test], domain: Domain) -> list[Possible]:
    """Every limit, what lies between two of them, and what lies beyond; each code there is."""
    match value:
        case Codes(members=members):
            return [Codes.of(code) for code in sorted(members)]
        case Interval():
            limits = sorted({each.limit for each in tests if isinstance(each.limit, float)})
            if not limits:
                return []
            if isinstance(domain, NumberDomain) and domain.integer:
                points = {float(floor(limit) + step) for limit in limits for step in (-1, 0, 1)}
            else:
                margin = max(abs(limits[-1]), 1.0) / 100
                points = {*limits, *((low + high) / 2 for low, high in pairwise(limits))}
                points |= {limits[0] - margin, limits[-1] + margin}
            return [Interval.exactly(each) for each in sorted(points) if value.holds(each)]
