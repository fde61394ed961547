"""What to ask next: the facts whose answer would change the standing of most candidates.

For each unknown feature its possible answers are grouped by what the rulebook's limits can tell apart; the
number of candidates whose standing changes is averaged over those groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor

from matcher.domain.possible import Codes, Interval, Possible, test
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, VerdictTable
from matcher.engines.reference import walk
from matcher.explanation.answer import Question
from matcher.features.kind import Domain, Feature, NumberDomain
from matcher.rules.graph import Combine, Graph, NodeId, Read, Test
from matcher.standing.standing import Standing, StandingKind, standing_kind

OPEN = frozenset(
    {StandingKind.POSSIBLE, StandingKind.ELIGIBLE_PENDING_SCREENING, StandingKind.MEETS_KNOWN_CRITERIA}
)


@dataclass(frozen=True)
class Asker:
    """The parts of a rulebook's graph that questions need, worked out once."""

    graph: Graph
    above: Mapping[NodeId, Sequence[NodeId]]
    tests: Mapping[NodeId, Sequence[Test]]

    @classmethod
    def of(cls, graph: Graph) -> Asker:
        reads = [number for number, node in enumerate(graph.nodes) if isinstance(node, Read)]
        sources: dict[NodeId, list[NodeId]] = {number: [number] for number in reads}
        for number, node in enumerate(graph.nodes):
            if isinstance(node, Combine):
                for source in node.sources:
                    if source in sources:
                        sources[source].append(number)
        owner = {value: read for read, values in sources.items() for value in values}
        tests: dict[NodeId, list[Test]] = {number: [] for number in reads}
        for node in graph.nodes:
            if isinstance(node, Test) and node.value in owner:
                tests[owner[node.value]].append(node)
        return cls(graph, {number: graph.above(number) for number in reads}, tests)

    def ask(
        self, standings: Sequence[Standing], table: VerdictTable, row: int, profile: Profile, most: int
    ) -> tuple[Question, ...]:
        """The questions that settle most, best first, one for each topic."""
        open_ones = [each for each in standings if each.kind in OPEN]
        if not open_ones:
            return ()
        wanted = self.graph.below(*(node for each in open_ones for node in each.candidate.root_nodes()))
        best: dict[str, Question] = {}
        for node in wanted:
            read = self.graph[node]
            if not isinstance(read, Read) or table.findings[row][node].value.exact:
                continue
            asked = self._settled_by(node, read.feature, open_ones, table, row, profile)
            if asked is None:
                continue
            known = best.get(asked.topic)
            if known is None or asked.settles > known.settles:
                best[asked.topic] = asked
        return tuple(sorted(best.values(), key=lambda each: (-each.settles, each.topic))[:most])

    def _settled_by(
        self,
        node: NodeId,
        feature: Feature,
        standings: Sequence[Standing],
        table: VerdictTable,
        row: int,
        profile: Profile,
    ) -> Question | None:
        answers = answers_that_matter(table.findings[row][node].value, self.tests[node], feature.domain)
        if len(answers) < 2:
            return None
        above = frozenset(self.above[node])
        reached = [each for each in standings if not above.isdisjoint(each.candidate.root_nodes())]
        changed: dict[str, int] = {}
        for answer in answers:
            supposed = self._suppose(node, answer, table, row, profile)
            for each in reached:
                if standing_kind(each.candidate, supposed) is not each.kind:
                    changed[each.candidate.id] = changed.get(each.candidate.id, 0) + 1
        if not changed:
            return None
        settles = sum(changed.values()) / len(answers)
        return Question(
            topic=feature.topic or feature.name,
            text=feature.question or feature.title,
            settles=round(settles, 2),
            candidates=tuple(sorted(changed)),
        )

    def _suppose(
        self,
        node: NodeId,
        answer: Possible,
        table: VerdictTable,
        row: int,
        profile: Profile,
    ) -> VerdictTable:
        known_findings = {**table.findings[row], node: Finding(answer)}
        verdicts, findings = walk(
            self.graph,
            profile,
            Clock.at(profile.as_of),
            self.above[node],
            known=(table.verdicts[row], known_findings),
        )
        return VerdictTable((profile.id,), (verdicts,), (findings,))


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
