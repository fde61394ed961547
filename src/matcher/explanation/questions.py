"""What to ask next: the facts whose answer would change the standing of most candidates.

For each unknown feature its possible answers are grouped by what the rulebook's limits can tell apart; the
number of candidates whose standing changes is averaged over those groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, pairwise
from math import floor

import numpy as np
import numpy.typing as npt

from matcher.domain.possible import Codes, Interval, Possible, test
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, VerdictTable
from matcher.engines.columnar.levels import Levels
from matcher.engines.columnar.planes import POSSIBLE, SURE
from matcher.engines.reference.kinds import whole
from matcher.explanation.answer import Question
from matcher.features.kind import Domain, Feature, NumberDomain
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

    ``above`` and ``tests`` are, for each feature, what is computed from it and the tests on it.
    """

    graph: Graph
    above: Mapping[NodeId, Sequence[NodeId]]
    tests: Mapping[NodeId, Sequence[Test]]
    _levels: Levels = field(repr=False)
    _unrecorded: dict[NodeId, list[Possible]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, graph: Graph) -> Asker:
        tests = _tests_of_features(graph)
        return cls(graph, graph.above(tests), tests, Levels(graph))

    def ask(
        self, standings: Sequence[Standing], table: VerdictTable, row: int, most: int
    ) -> tuple[Question, ...]:
        """The questions that settle most, best first, one for each topic."""
        return self.ask_about(OpenCandidates.of(standings), table.findings[row], most)

    def ask_about(
        self, open_ones: OpenCandidates, findings: Mapping[NodeId, Finding], most: int
    ) -> tuple[Question, ...]:
        """The same for candidates picked already."""
        answers = self._answers(open_ones, findings)
        if not answers:
            return ()
        changes = self._changes(open_ones, findings, answers)
        settled = changes.sum(axis=0).tolist()
        best: dict[str, tuple[float, int, Feature]] = {}
        for place, (node, given) in enumerate(answers.items()):
            feature, settles = self._feature(node), round(settled[place] / len(given), 2)
            topic = feature.topic or feature.name
            if settled[place] and (topic not in best or settles > best[topic][0]):
                best[topic] = settles, place, feature
        in_order = sorted(best.items(), key=lambda each: (-each[1][0], each[0]))
        return tuple(
            Question(
                topic,
                feature.question or feature.title,
                settles,
                tuple(compress(open_ones.ids, (changes[:, place] > 0).tolist())),
            )
            for topic, (settles, place, feature) in in_order[:most]
        )

    def _answers(
        self, open_ones: OpenCandidates, findings: Mapping[NodeId, Finding]
    ) -> dict[NodeId, list[Possible]]:
        """The answers worth supposing: of features that are not known and that reach such a candidate."""
        roots = set(open_ones.roots.ravel().tolist())
        answers: dict[NodeId, list[Possible]] = {}
        for node, tests in self.tests.items():
            if node not in findings or findings[node].value.exact or roots.isdisjoint(self.above[node]):
                continue
            value, domain = findings[node].value, self._feature(node).domain
            if value != whole(domain):
                found = answers_that_matter(value, tests, domain)
            elif node in self._unrecorded:
                found = self._unrecorded[node]
            else:
                found = self._unrecorded[node] = answers_that_matter(value, tests, domain)
            if len(found) > 1:
                answers[node] = found
        return answers

    def _changes(
        self,
        open_ones: OpenCandidates,
        findings: Mapping[NodeId, Finding],
        answers: Mapping[NodeId, Sequence[Possible]],
    ) -> npt.NDArray[np.intp]:
        """For each candidate and feature how many of the answers change the standing.

        Such a standing rests on the strict and the screening root alone: met is eligible, met once screening is
        presumed is pending, and what else is not ruled out is possible.
        """
        planes = self._levels.run(findings, answers)
        strict, screening = planes[open_ones.roots[:, 0]], planes[open_ones.roots[:, 1]]
        possible = open_ones.possible[:, None]
        undecided = screening[:, POSSIBLE] & ~screening[:, SURE]
        stays = ~strict[:, SURE] & np.where(possible, undecided, screening[:, SURE])
        starts = np.cumsum([1, *(len(each) for each in answers.values())])
        worlds = np.unpackbits((~stays).view(np.uint8), axis=1, bitorder="little")
        changes = np.add.reduceat(worlds[:, : starts[-1]], starts[:-1], axis=1, dtype=np.intp)
        return np.asarray(changes)

    def _feature(self, node: NodeId) -> Feature:
        read = self.graph[node]
        assert isinstance(read, Read)
        return read.feature


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
