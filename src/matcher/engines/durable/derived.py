"""Values worked out from verdicts and other values: tables, and several sources for one fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.domain.possible import Codes, Possible, agree, either
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, Note, NoteKind
from matcher.features.kind import CodeDomain, Domain, NumberDomain
from matcher.rules.graph import Choice, Combine, Graph, NodeId

Verdicts = Mapping[NodeId, Verdict]


def whole(domain: Domain) -> Possible:
    """Everything a fact could be."""
    match domain:
        case NumberDomain(interval=interval):
            return interval
        case CodeDomain(codes=codes):
            return Codes(codes)


def chosen(choice: Choice, verdicts: Verdicts) -> Finding:
    """The outcomes left open by a table; silent where it does not certainly apply or leaves everything open."""
    everything = whole(choice.domain)
    if verdicts[choice.applies] is not Verdict.MET:
        return Finding(everything, silent=True)
    left = Codes(_left_open(choice, verdicts))
    return Finding(left, silent=left == everything)


def combined(
    combine: Combine, graph: Graph, verdicts: Verdicts, findings: Mapping[NodeId, Finding]
) -> Finding:
    """What the sources that speak say together; each that only may speak leaves both answers open."""
    sources = [findings[each] for each in combine.sources]
    spoken = [each for each in sources if not each.silent]
    values = [each.value for each in spoken]
    value, conflict = _together(combine, values)
    for node in combine.sources:
        doubtful = _if_it_applies(node, graph, verdicts, findings)
        if doubtful is not None:
            value = either(value, _together(combine, [*values, doubtful])[0])
    notes = [note for each in sources for note in each.notes]
    if conflict:
        notes.append(Note(NoteKind.CONFLICT))
    facts = tuple(fact for each in spoken for fact in each.facts)
    return Finding(value, facts, tuple(notes), silent=not spoken)


def _if_it_applies(
    node: NodeId, graph: Graph, verdicts: Verdicts, findings: Mapping[NodeId, Finding]
) -> Possible | None:
    source = graph[node]
    if isinstance(source, Choice) and verdicts[source.applies] is Verdict.UNKNOWN:
        return Codes(_left_open(source, verdicts))
    return findings[node].perhaps


def _left_open(choice: Choice, verdicts: Verdicts) -> frozenset[str]:
    left: set[str] = set()
    for row, outcome in choice.rows:
        verdict = verdicts[row]
        if verdict is not Verdict.NOT_MET:
            left |= outcome
        if verdict is Verdict.MET:
            return frozenset(left)
    return frozenset(left | choice.otherwise)


def _together(combine: Combine, values: Sequence[Possible]) -> tuple[Possible, bool]:
    return agree(list(values)) if values else (whole(combine.domain), False)
