"""What to ask next: the facts whose answer would change the standing of most candidates.

For each unknown feature its possible answers are grouped by what the rulebook's limits can tell apart; the
number of candidates whose standing changes is averaged over those groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import floor

from matcher.domain.possible import Codes, Interval, Possible, test
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import VerdictTable
from matcher.engines.reference.kinds import whole
from matcher.explanation.answer import Question
from matcher.explanation.supposing import Supposing
from matcher.features.kind import Domain, Feature, NumberDomain
from matcher.rules.candidate import Candidate
from matcher.rules.graph import Combine, Graph, NodeId, Read, Test
from matcher.standing.standing import Standing, StandingKind, standing_kind

_OPEN = frozenset(
    {StandingKind.POSSIBLE, StandingKind.ELIGIBLE_PENDING_SCREENING, StandingKind.MEETS_KNOWN_CRITERIA}
)


class Asker:
    """The parts of a rulebook's graph that questions need, worked out once."""

    def __init__(self, graph: Graph, candidates: Iterable[Candidate]) -> None:
        self.graph = graph
        self._candidates = {each.id: each for each in candidates}
        self._users = graph.users()
        self._tests = _tests_of_features(graph)
        self._standing_on: dict[NodeId, list[str]] = {}
        for candidate in self._candidates.values():
            roots = (node for each in candidate.standing_roots() for node in each.nodes)
            for root in dict.fromkeys(roots):
                self._standing_on.setdefault(root, []).append(candidate.id)
        self._reached: dict[NodeId, frozenset[str]] = {}
        self._unrecorded: dict[NodeId, list[Possible]] = {}

    def ask(
        self, standings: Sequence[Standing], table: VerdictTable, row: int, profile: Profile, most: int
    ) -> tuple[Question, ...]:
        """The questions that settle most, best first, one for each topic."""
        open_ones = {each.candidate.id: each.kind for each in standings if each.kind in _OPEN}
        if not open_ones:
            return ()
        supposing = Supposing(self.graph, self._users, dict(table.verdicts[row]), dict(table.findings[row]))
        supposed = VerdictTable((profile.id,), (supposing.verdicts,), (supposing.findings,))
        best: dict[str, Question] = {}
        for node in self._tests:
            finding = table.findings[row].get(node)
            if finding is None or finding.value.exact or self._reach(node).isdisjoint(open_ones):
                continue
            asked = self._settled_by(node, open_ones, supposing, supposed)
            if asked is None:
                continue
            known = best.get(asked.topic)
            if known is None or asked.settles > known.settles:
                best[asked.topic] = asked
        return tuple(sorted(best.values(), key=lambda each: (-each.settles, each.topic))[:most])

    def _settled_by(
        self,
        node: NodeId,
        open_ones: Mapping[str, StandingKind],
        supposing: Supposing,
        supposed: VerdictTable,
    ) -> Question | None:
        answers = self.answers(node, supposing.findings[node].value)
        if len(answers) < 2:
            return None
        changed: Counter[str] = Counter()
        for answer in answers:
            with supposing.that(node, answer) as differing:
                affected = {each for root in differing for each in self._standing_on.get(root, ())}
                changed.update(
                    each
                    for each in affected
                    if each in open_ones
                    and standing_kind(self._candidates[each], supposed) is not open_ones[each]
                )
        if not changed:
            return None
        feature = self._feature(node)
        return Question(
            topic=feature.topic or feature.name,
            text=feature.question or feature.title,
            settles=round(changed.total() / len(answers), 2),
            candidates=tuple(sorted(changed)),
        )

    def _feature(self, node: NodeId) -> Feature:
        read = self.graph[node]
        assert isinstance(read, Read)
        return read.feature

    def answers(self, node: NodeId, value: Possible) -> list[Possible]:
        """The answers that matter; those of a feature of which nothing is known are remembered."""
        tests, domain = self._tests[node], self._feature(node).domain
        if value != whole(domain):
            return _answers(value, tests, domain)
        if node not in self._unrecorded:
            self._unrecorded[node] = _answers(value, tests, domain)
        return self._unrecorded[node]

    def _reach(self, node: NodeId) -> frozenset[str]:
        """The candidates whose standing the feature could change."""
        if node not in self._reached:
            above: set[NodeId] = set()
            pending = [node]
            while pending:
                new = [each for each in self._users[pending.pop()] if each not in above]
                above.update(new)
                pending += new
            self._reached[node] = frozenset(
                each for root in above for each in self._standing_on.get(root, ())
            )
        return self._reached[node]


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


def _answers(value: Possible, tests: Sequence[Test], domain: Domain) -> list[Possible]:
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
