"""The executable definition: a walk over the graph for one profile at a time, nothing optimised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matcher.domain.possible import Codes, Possible, agree, either, test
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict, all_of, any_of, at_least
from matcher.engines.base import (
    Clock,
    Finding,
    Interview,
    Note,
    NoteKind,
    Reevaluation,
    VerdictTable,
)
from matcher.engines.reference.kinds import find, whole
from matcher.rules.graph import (
    All,
    Any,
    AtLeast,
    Choice,
    Combine,
    Constant,
    Gate,
    Graph,
    NodeId,
    Not,
    Presume,
    Read,
    Test,
)


@dataclass(slots=True)
class ReferenceEngine:
    """Obviously right rather than fast; the others are tested against it."""

    name: str = "reference"
    _wanted: tuple[Graph, tuple[NodeId, ...] | None, Sequence[NodeId]] | None = field(
        default=None, repr=False
    )

    def evaluate(
        self, graph: Graph, patients: Sequence[Profile], *, roots: Sequence[NodeId] | None = None
    ) -> VerdictTable:
        wanted = self._nodes(graph, None if roots is None else tuple(roots))
        walks = [walk(graph, patient, Clock.at(patient.as_of), wanted) for patient in patients]
        return VerdictTable(
            tuple(patient.id for patient in patients),
            tuple(verdicts for verdicts, _ in walks),
            tuple(findings for _, findings in walks),
        )

    def interview(
        self, graph: Graph, patient: Profile, *, roots: Sequence[NodeId] | None = None
    ) -> Interview:
        return Reevaluation(self, graph, patient, roots)

    def _nodes(self, graph: Graph, roots: tuple[NodeId, ...] | None) -> Sequence[NodeId]:
        """What the roots need; the answer given last is kept."""
        if self._wanted is None or self._wanted[0] is not graph or self._wanted[1] != roots:
            nodes = range(len(graph)) if roots is None else graph.below(*roots)
            self._wanted = graph, roots, nodes
            return nodes
        return self._wanted[2]


def walk(
    graph: Graph,
    profile: Profile,
    clock: Clock,
    nodes: Sequence[NodeId],
    known: tuple[Mapping[NodeId, Verdict], Mapping[NodeId, Finding]] = ({}, {}),
) -> tuple[dict[NodeId, Verdict], dict[NodeId, Finding]]:
    """Verdicts and findings of these nodes, in order; what they depend on is among them or ``known``."""
    verdicts, findings = dict(known[0]), dict(known[1])
    for number in nodes:
        match graph[number]:
            case Read(feature=feature):
                findings[number] = find(feature, profile, clock)
            case Choice() | Combine() as value:
                findings[number] = value_of(value, graph, verdicts, findings)
            case gate:
                verdicts[number] = verdict_of(gate, verdicts, findings)
    return verdicts, findings


def verdict_of(node: Gate, verdicts: Mapping[NodeId, Verdict], findings: Mapping[NodeId, Finding]) -> Verdict:
    """A gate's verdict, from those of its members."""
    match node:
        case Test(value=value, op=op, limit=limit):
            return test(findings[value].value, op, limit)
        case All(members=members):
            return all_of([verdicts[each] for each in members])
        case Any(members=members):
            return any_of([verdicts[each] for each in members])
        case Not(member=member):
            return verdicts[member].negated()
        case AtLeast(threshold=threshold, members=members, weights=weights):
            return at_least(threshold, [verdicts[each] for each in members], weights)
        case Presume(member=member):
            return verdicts[member].presumed()
        case Constant(verdict=verdict):
            return verdict


def value_of(
    node: Choice | Combine,
    graph: Graph,
    verdicts: Mapping[NodeId, Verdict],
    findings: Mapping[NodeId, Finding],
) -> Finding:
    """What a derivation, or several sources together, say."""
    match node:
        case Choice():
            return _choose(node, verdicts)
        case Combine():
            return _combine(node, graph, verdicts, findings)


def _choose(choice: Choice, verdicts: Mapping[NodeId, Verdict]) -> Finding:
    """Every outcome whose row is not ruled out, up to the first row that certainly holds."""
    if verdicts[choice.applies] is not Verdict.MET:
        return Finding(whole(choice.domain), silent=True)
    outcomes = _outcomes(choice, verdicts)
    return Finding(Codes(outcomes), silent=Codes(outcomes) == whole(choice.domain))


def _outcomes(choice: Choice, verdicts: Mapping[NodeId, Verdict]) -> frozenset[str]:
    possible: frozenset[str] = frozenset()
    for row, outcome in choice.rows:
        if verdicts[row] is not Verdict.NOT_MET:
            possible |= outcome
        if verdicts[row] is Verdict.MET:
            return possible
    return possible | choice.otherwise


def _combine(
    combine: Combine,
    graph: Graph,
    verdicts: Mapping[NodeId, Verdict],
    findings: Mapping[NodeId, Finding],
) -> Finding:
    """Sources that speak are reconciled; one that only may apply gives the union of with and without it."""
    speaking = [findings[each] for each in combine.sources if not findings[each].silent]
    value, conflict = _reconciled(combine, [each.value for each in speaking])
    for source in combine.sources:
        node, extra = graph[source], findings[source].perhaps
        if isinstance(node, Choice) and verdicts[node.applies] is Verdict.UNKNOWN:
            extra = Codes(_outcomes(node, verdicts))
        if extra is not None:
            joined, _ = _reconciled(combine, [*(each.value for each in speaking), extra])
            value = either(value, joined)
    facts = tuple(fact for each in speaking for fact in each.facts)
    notes = tuple(note for each in (findings[s] for s in combine.sources) for note in each.notes)
    if conflict:
        notes += (Note(NoteKind.CONFLICT),)
    return Finding(value, facts, notes, silent=not speaking)


def _reconciled(combine: Combine, values: list[Possible]) -> tuple[Possible, bool]:
    return agree(values) if values else (whole(combine.domain), False)
