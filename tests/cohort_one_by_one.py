"""The counts of a cohort made the slow way: patient by patient, from the reference engine and ``standing``.

To drop a criterion the candidate's roots are compiled again without it and evaluated again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from matcher.domain.possible import Codes, Interval
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, VerdictTable
from matcher.engines.reference import ReferenceEngine, value_of, verdict_of, walk
from matcher.features.kind import SinceDay
from matcher.rules.candidate import Criterion, Roots
from matcher.rules.graph import Choice, Combine, Graph, GraphBuilder, NodeId, Read, Test, members_of
from matcher.rules.roots import roots_of
from matcher.rules.rulebook import Rulebook
from matcher.standing.cohort import CohortCounts, CohortPlan, CriterionCount, Entry, FactCount
from matcher.standing.standing import StandingKind, kind_of

FITS = (
    StandingKind.ELIGIBLE,
    StandingKind.ELIGIBLE_PENDING_SCREENING,
    StandingKind.MEETS_KNOWN_CRITERIA,
)
OPEN = (*FITS, StandingKind.POSSIBLE)


@dataclass(frozen=True)
class _Changed:
    """An entry whose criteria are compiled anew: as they are, up to each, without each, and with each moved."""

    entry: Entry
    up_to: tuple[Roots, ...]
    without: tuple[Roots, ...]
    lenient: tuple[Roots, ...]


def one_by_one(plan: CohortPlan, patients: Sequence[Profile]) -> CohortCounts:
    graph = plan.rulebook.graph
    builder = GraphBuilder(list(graph.nodes), {node: number for number, node in enumerate(graph.nodes)})
    changed = [_changed(entry, builder) for entry in plan.entries]
    counts = replace(plan.nothing(), patients=len(patients))
    for profile in patients:
        table = ReferenceEngine().evaluate(builder.graph(), [profile])
        lacking: Counter[str] = Counter()
        alone: Counter[str] = Counter()
        for each in changed:
            entry = each.entry
            kind = kind_of(entry.roots, entry.candidate.coverage, table, 0)
            counts.standings[entry.number, list(StandingKind).index(kind)] += 1
            for place, count in enumerate(_criteria(each, kind, table)):
                counts.criteria[entry.first_criterion + place] += count
            found = lacking_facts(entry, kind, graph, table)
            for topic in found:
                fact = FactCount(1, int(len(found) == 1))
                counts.facts[entry.first_fact + entry.topics.index(topic)] += fact
                counts.overall[plan.topics.index(topic), 2:] += fact
                lacking[topic] += 1
                alone[topic] += fact.alone
        for topic in lacking:
            counts.overall[plan.topics.index(topic), :2] += (1, int(alone[topic] > 0))
    return counts


def _changed(entry: Entry, builder: GraphBuilder) -> _Changed:
    def roots(criteria: Sequence[Criterion]) -> Roots:
        return roots_of(builder, criteria, entry.candidate.coverage)

    asked = entry.criteria
    return _Changed(
        entry,
        tuple(roots(asked[: place + 1]) for place in range(len(asked))),
        tuple(roots([*asked[:place], *asked[place + 1 :]]) for place in range(len(asked))),
        tuple(
            roots([*asked[:place], replace(each, satisfied=each.waived), *asked[place + 1 :]])
            for place, each in enumerate(asked)
        ),
    )


def _criteria(changed: _Changed, now: StandingKind, table: VerdictTable) -> Iterator[CriterionCount]:
    coverage = changed.entry.candidate.coverage
    for place, criterion in enumerate(changed.entry.criteria):
        verdict = table.verdict(criterion.satisfied)
        up_to, without, lenient = (
            kind_of(each[place], coverage, table, 0)
            for each in (changed.up_to, changed.without, changed.lenient)
        )
        yield CriterionCount(
            satisfied=verdict is Verdict.MET,
            not_satisfied=verdict is Verdict.NOT_MET,
            unknown=verdict is Verdict.UNKNOWN,
            left=up_to in OPEN,
            left_fitting=up_to in FITS,
            near_fitting=now not in OPEN and without in FITS,
            near_possible=now not in OPEN and without is StandingKind.POSSIBLE,
            unknown_alone=now is StandingKind.POSSIBLE and without in FITS,
            lenient_fitting=now not in FITS and lenient in FITS,
            lenient_open=now not in OPEN and lenient in OPEN,
        )


def lacking_facts(entry: Entry, kind: StandingKind, graph: Graph, table: VerdictTable) -> set[str]:
    """The topics that are missing: those at the end of a way down from a criterion on which all is unknown."""
    if kind is not StandingKind.POSSIBLE:
        return set()
    asked = [each.satisfied for each in entry.criteria if not each.at_screening]
    return set().union(*(_below(node, graph, table) for node in asked))


def _below(node: NodeId, graph: Graph, table: VerdictTable) -> set[str]:
    if table.verdict(node) is not Verdict.UNKNOWN:
        return set()
    match graph[node]:
        case Test(value=value):
            return _of_value(value, graph, table) or {""}
        case gate:
            return set().union(*(_below(each, graph, table) for each in members_of(gate)))


def _of_value(value: NodeId, graph: Graph, table: VerdictTable) -> set[str]:
    match graph[value]:
        case Read(feature=feature):
            # A day that the rule itself names is no fact of the patient's.
            return {""} if isinstance(feature.kind, SinceDay) else {feature.topic or feature.name}
        case Combine(sources=sources):
            return set().union(*(_of_value(each, graph, table) for each in sources))
        case Choice(applies=applies, rows=rows):
            found = _below(applies, graph, table)
            for row, _ in rows:
                if table.verdict(applies) is not Verdict.NOT_MET:
                    found |= _below(row, graph, table)
                if table.verdict(row) is Verdict.MET:
                    break
            return found
    raise TypeError(graph[value])


def answered(rulebook: Rulebook, profile: Profile, topic: str, *, high: bool) -> VerdictTable:
    """The verdicts were every feature of the topic known: one end of its range, or one of its codes."""
    graph = rulebook.graph
    _, findings = walk(graph, profile, Clock.at(profile.as_of), range(len(graph)))
    answers: dict[NodeId, Codes | Interval] = {}
    for number, node in enumerate(graph.nodes):
        if isinstance(node, Read) and (node.feature.topic or node.feature.name) == topic:
            value = findings[number].value
            if isinstance(value, Interval):
                answers[number] = Interval.exactly(value.high if high else value.low)
            else:
                answers[number] = Codes.of((max if high else min)(value.members))
    verdicts: dict[NodeId, Verdict] = {}
    for number, node in enumerate(graph.nodes):
        match node:
            case Read():
                findings[number] = Finding(answers[number]) if number in answers else findings[number]
            case Choice() | Combine():
                findings[number] = value_of(node, graph, verdicts, findings)
            case gate:
                verdicts[number] = verdict_of(gate, verdicts, findings)
    return VerdictTable((profile.id,), (verdicts,), (findings,))
