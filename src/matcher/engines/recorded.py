"""One patient at a time, only as far as something is recorded: all else is as of a patient of whom nothing is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from matcher.domain.profile import Profile
from matcher.domain.record import Record
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, Interview, Reevaluation, VerdictTable
from matcher.engines.reference import find, value_of, verdict_of, walk
from matcher.features.kind import (
    Age,
    Contains,
    Count,
    Extreme,
    Feature,
    Filter,
    FirstOf,
    Formula,
    Is,
    Latest,
    Named,
    Since,
    Total,
)
from matcher.rules.graph import Choice, Combine, Gate, Graph, NodeId, Read

#: of a patient of whom nothing is known no verdict depends on the day
_ANY_DAY = date(2000, 1, 1)


class _Unrecorded:
    """What the reference says of a patient of whom nothing is known, and what follows when a node differs."""

    def __init__(self, graph: Graph, roots: tuple[NodeId, ...] | None) -> None:
        nodes = range(len(graph)) if roots is None else graph.below(*roots)
        nobody = Profile("", _ANY_DAY)
        self.graph, self.roots = graph, roots
        self.verdicts, self.findings = walk(graph, nobody, Clock.at(_ANY_DAY), nodes)
        self.features: list[tuple[NodeId, Feature]] = []
        self.above: list[tuple[NodeId, Gate | Choice | Combine]] = []
        for number in nodes:
            node = graph[number]
            if isinstance(node, Read):
                self.features.append((number, node.feature))
            else:
                self.above.append((number, node))
        self.users = graph.users()


@dataclass(slots=True)
class RecordedEngine:
    """The reference's own definitions, applied to what is recorded and to what follows from it."""

    name: str = "recorded"
    _unrecorded: _Unrecorded | None = field(default=None, repr=False)

    def evaluate(
        self, graph: Graph, patients: Sequence[Profile], *, roots: Sequence[NodeId] | None = None
    ) -> VerdictTable:
        held, asked = self._unrecorded, None if roots is None else tuple(roots)
        if held is None or held.graph is not graph or held.roots != asked:
            held = self._unrecorded = _Unrecorded(graph, asked)
        found = [_evaluated(held, patient) for patient in patients]
        return VerdictTable(
            tuple(patient.id for patient in patients),
            tuple(verdicts for verdicts, _ in found),
            tuple(findings for _, findings in found),
        )

    def interview(
        self, graph: Graph, patient: Profile, *, roots: Sequence[NodeId] | None = None
    ) -> Interview:
        return Reevaluation(self, graph, patient, roots)


def _evaluated(
    unrecorded: _Unrecorded, patient: Profile
) -> tuple[dict[NodeId, Verdict], dict[NodeId, Finding]]:
    """Starts from nothing known; a node is worked out again where one that it is computed from differs."""
    verdicts, findings = dict(unrecorded.verdicts), dict(unrecorded.findings)
    clock = Clock.at(patient.as_of)
    again: set[NodeId] = set()
    for number, feature in unrecorded.features:
        if _speaks(patient, feature):
            findings[number] = find(feature, patient, clock)
            again.update(unrecorded.users[number])
    for number, node in unrecorded.above:
        if number not in again:
            continue
        if isinstance(node, (Choice, Combine)):
            findings[number] = value_of(node, unrecorded.graph, verdicts, findings)
        elif (verdict := verdict_of(node, verdicts, findings)) is not verdicts[number]:
            verdicts[number] = verdict
        else:
            continue
        again.update(unrecorded.users[number])
    return verdicts, findings


def _speaks(patient: Profile, feature: Feature) -> bool:
    """Whether anything recorded could bear on the feature."""
    match feature.kind:
        case Latest(table=table, where=where):
            return any(_perhaps(patient.table(table), where))
        case Count() | Since() | Extreme() | Total() as kind:
            listing = patient.listing(kind.table)
            return (
                listing.complete
                or any(kind.target is not None and kind.target <= each.codes for each in listing.absences)
                or any(_perhaps(listing.records, kind.where))
                or (isinstance(kind, Since) and bool(kind.events) and bool(patient.events))
            )
        case Age():
            return patient.birth is not None
        case FirstOf(sources=features) | Formula(inputs=features):
            return any(_speaks(patient, each) for each in features)


def _perhaps(records: Sequence[Record], where: tuple[Filter, ...]) -> Iterator[bool]:
    """For each record whether its first filter leaves it in, as far as that is seen at once."""
    match where:
        case (Named(field=name, name=wanted), *_):
            return (getattr(each, name) == wanted for each in records)
        case (Is(field=name, codes=codes), *_):
            held = (getattr(each, name) for each in records)
            return (each is None or not codes.isdisjoint(each.members) for each in held)
        case (Contains(field=name, codes=codes), *_):
            parts = (part for each in records for part in getattr(each, name))
            return (each is None or not codes.isdisjoint(each.members) for each in parts)
    return (True for _ in records)
