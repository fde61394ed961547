"""What to ask next: the facts whose answer would change the standing of most candidates.

For each unknown feature its possible answers are grouped by what the rulebook's limits can tell apart; the
number of candidates whose standing changes is averaged over those groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress, pairwise
from math import floor
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matcher.domain.possible import Codes, Interval, Possible, test
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, VerdictTable
from matcher.engines.planes.chunk import POSSIBLE, SURE
from matcher.engines.planes.levels import Levels
from matcher.engines.planes.single import MANY_NODES, Supposed, Supposing
from matcher.engines.reference.kinds import whole
from matcher.explanation.answer import Question
from matcher.features.kind import Domain, Feature, NumberDomain, SinceDay
from matcher.rules.graph import Combine, Graph, NodeId, Read, Test
from matcher.standing.standing import OPEN, Standing, StandingKind

__all__ = ["OPEN", "Asker", "OpenCandidates", "answers_that_matter"]


@dataclass(frozen=True)
class OpenCandidates:
    """The candidates whose standing an answer could still change: identifiers in order, strict and screening roots.

    ``possible`` are those whose standing is so; the others are met as soon as screening is presumed.
    """

    ids: Sequence[str]
    roots: npt.NDArray[np.intp]
    possible: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, standings: Iterable[Standing]) -> OpenCandidates:
        found = sorted((each for each in standings if each.kind in OPEN), key=lambda each: each.candidate.id)
        roots = [each.candidate.roots for each in found]
        return cls(
            [each.candidate.id for each in found],
            np.array([(each.strict, each.screening) for each in roots if each is not None], np.intp),
            np.array([each.kind is StandingKind.POSSIBLE for each in found], np.bool_),
        )


@dataclass(frozen=True)
class Asker:
    """The parts of a rulebook's graph that questions need, worked out once.

    ``tests`` are, for each feature, the tests on it; ``roots`` those of the candidates.
    """

    graph: Graph
    tests: Mapping[NodeId, Sequence[Test]]
    roots: tuple[NodeId, ...] | None = None
    _unrecorded: dict[NodeId, list[Possible]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, graph: Graph, roots: Iterable[NodeId] | None = None) -> Asker:
        """``roots`` are the strict and screening roots of all candidates that will be asked about."""
        return cls(graph, _tests_of_features(graph), None if roots is None else tuple(roots))

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

    @cached_property
    def _owners(self) -> list[int]:
        return _owners(self._always)

    def ask(
        self, standings: Sequence[Standing], table: VerdictTable, row: int, most: int
    ) -> tuple[Question, ...]:
        """The questions that settle most, best first, one for each topic."""
        return self.ask_about(OpenCandidates.of(standings), table.findings[row], most)

    def ask_about(
        self, open_ones: OpenCandidates, findings: Mapping[NodeId, Finding], most: int
    ) -> tuple[Question, ...]:
        """The same for candidates picked already."""
        if not len(open_ones.ids):
            return ()
        by = self._by_levels if len(self.graph) >= MANY_NODES else self._by_worlds
        answers, changes = by(open_ones, findings)
        return self.best(open_ones.ids, answers, changes, findings, most)

    def best(
        self,
        ids: Sequence[str],
        answers: Sequence[tuple[NodeId, int]],
        changes: npt.NDArray[np.integer],
        findings: Mapping[NodeId, Finding],
        most: int,
    ) -> tuple[Question, ...]:
        """The questions that settle most, from the number of answers to each feature that change each candidate."""
        settled = changes.sum(axis=0)
        best: dict[str, tuple[float, int, Feature]] = {}
        for node, number, place in sorted(
            (*answers[each], each) for each in np.flatnonzero(settled).tolist()
        ):
            if self.is_told(node, findings):
                continue
            feature, settles = self._feature(node), round(int(settled[place]) / number, 2)
            topic = feature.topic or feature.name
            if topic not in best or settles > best[topic][0]:
                best[topic] = settles, place, feature
        in_order = sorted(best.items(), key=lambda each: (-each[1][0], each[0]))
        return tuple(
            Question(
                topic,
                feature.question or feature.title,
                settles,
                tuple(compress(ids, (changes[:, place] > 0).tolist())),
            )
            for topic, (settles, place, feature) in in_order[:most]
        )

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

    def _by_worlds(self, open_ones: OpenCandidates, findings: Mapping[NodeId, Finding]) -> _Asked:
        supposing = self._supposing
        differing = supposing.differing(findings)
        now = {node: self.answers(node, findings[node]) for node in differing}
        supposed = supposing.run(findings, differing, now, open_ones.roots.ravel().tolist())
        added = [(node, len(each)) for node, each in supposed.added]
        asked = [*self._always, *added]
        owners = [*self._owners, *_owners(added, len(self._always))]
        changed = _unpacked(list(_changed(open_ones, supposed)), len(owners))
        candidates, worlds_of = np.nonzero(changed)
        pairs = candidates * len(asked) + np.array(owners, np.intp)[worlds_of]
        counts = np.bincount(pairs, minlength=len(changed) * len(asked))
        return asked, counts.reshape(len(changed), len(asked))

    def _by_levels(self, open_ones: OpenCandidates, findings: Mapping[NodeId, Finding]) -> _Asked:
        roots = set(open_ones.roots.ravel().tolist())
        given = {
            node: self.answers(node, findings[node])
            for node in self.tests
            if node in findings and not roots.isdisjoint(self._above[node])
        }
        answers = {node: found for node, found in given.items() if found}
        if not answers:
            return [], np.zeros((len(open_ones.ids), 0), np.intp)
        planes = self._levels.run(findings, answers)
        strict, screening = planes[open_ones.roots[:, 0]], planes[open_ones.roots[:, 1]]
        possible = open_ones.possible[:, None]
        undecided = screening[:, POSSIBLE] & ~screening[:, SURE]
        stays = ~strict[:, SURE] & np.where(possible, undecided, screening[:, SURE])
        starts = np.cumsum([1, *(len(each) for each in answers.values())])
        worlds = np.unpackbits((~stays).view(np.uint8), axis=1, bitorder="little")
        changes = np.add.reduceat(worlds[:, : starts[-1]], starts[:-1], axis=1, dtype=np.intp)
        return [(node, len(each)) for node, each in answers.items()], np.asarray(changes)

    def _feature(self, node: NodeId) -> Feature:
        read = self.graph[node]
        assert isinstance(read, Read)
        return read.feature


#: features with their number of answers; for each candidate and feature how many of those change the standing
_Asked: TypeAlias = tuple[list[tuple[NodeId, int]], npt.NDArray[np.intp]]


def _changed(open_ones: OpenCandidates, supposed: Supposed) -> Iterator[int]:
    """For each candidate the worlds in which its standing is another.

    Such a standing rests on the strict and the screening root alone: met is eligible, met once screening is
    presumed is pending, and what else is not ruled out is possible.
    """
    sure, possible = supposed.sure, supposed.possible
    for (strict, screening), is_possible in zip(
        open_ones.roots.tolist(), open_ones.possible.tolist(), strict=True
    ):
        as_before = possible[screening] & ~sure[screening] if is_possible else sure[screening]
        yield ~(~sure[strict] & as_before)


def _owners(asked: Iterable[tuple[NodeId, int]], first: int = 0) -> list[int]:
    """For each supposed world the place of the feature it is about."""
    return [place for place, (_, number) in enumerate(asked, first) for _ in range(number)]


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
