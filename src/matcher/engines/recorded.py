"""One patient at a time, only as far as something is recorded: all else is as of a patient of whom nothing is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, Interview, Reevaluation, VerdictTable
from matcher.engines.reference import find, value_of, verdict_of, walk
from matcher.engines.sorted_profile import SortedProfile, sorted_profile
from matcher.features.kind import (
    Age,
    Count,
    Extreme,
    Feature,
    Filter,
    FirstOf,
    Formula,
    Latest,
    Since,
    SinceDay,
    Total,
    closing,
)
from matcher.rules.graph import Choice, Combine, Gate, Graph, NodeId, Read

#: of a patient of whom nothing is known only the version of a protocol depends on the day
_ANY_DAY = date(2000, 1, 1)


class _Spoken:
    """Of which features a profile says anything: looked at once for all of those that read the same records."""

    def __init__(self, features: Mapping[NodeId, Feature]) -> None:
        self._of_records: dict[str, dict[tuple[Filter, ...], list[NodeId]]] = {}
        self._of_list: dict[str, list[NodeId]] = {}
        self._of_absence: dict[str, dict[frozenset[str], list[NodeId]]] = {}
        self._of_events: list[NodeId] = []
        self._of_birth: list[NodeId] = []
        self._of_today: list[NodeId] = []
        for number, feature in features.items():
            self._add(number, feature)

    def _add(self, number: NodeId, feature: Feature) -> None:
        match feature.kind:
            case Latest(table=table, where=where):
                self._of_records.setdefault(table, {}).setdefault(where[:1], []).append(number)
            case Count() | Since() | Extreme() | Total() as kind:
                self._of_records.setdefault(kind.table, {}).setdefault(kind.where[:1], []).append(number)
                self._of_list.setdefault(kind.table, []).append(number)
                for target in closing(kind):
                    self._of_absence.setdefault(kind.table, {}).setdefault(target, []).append(number)
                if isinstance(kind, Since) and kind.events:
                    self._of_events.append(number)
            case Age():
                self._of_birth.append(number)
            case SinceDay():
                self._of_today.append(number)
            case FirstOf(sources=features) | Formula(inputs=features):
                for each in features:
                    self._add(number, each)

    def by(self, patient: SortedProfile) -> set[NodeId]:
        found = set(self._of_today)
        for table, groups in self._of_records.items():
            if patient.table(table):
                for where, features in groups.items():
                    if patient.table(table, where):
                        found.update(features)
        for table, features in self._of_list.items():
            listing = patient.whole(table)
            if listing.complete:
                found.update(features)
            elif listing.absences:
                for target, about in self._of_absence.get(table, {}).items():
                    if any(target <= each.codes for each in listing.absences):
                        found.update(about)
        if patient.events:
            found.update(self._of_events)
        if patient.birth is not None:
            found.update(self._of_birth)
        return found


class _Unrecorded:
    """What the reference says of a patient of whom nothing is known, and what follows when a node differs."""

    def __init__(self, graph: Graph, roots: tuple[NodeId, ...] | None) -> None:
        nodes = range(len(graph)) if roots is None else graph.below(*roots)
        nobody = Profile("", _ANY_DAY)
        self.graph, self.roots = graph, roots
        self.verdicts, self.findings = walk(graph, nobody, Clock.at(_ANY_DAY), nodes)
        self.features: dict[NodeId, Feature] = {}
        self.above: list[tuple[NodeId, Gate | Choice | Combine]] = []
        for number in nodes:
            node = graph[number]
            if isinstance(node, Read):
                self.features[number] = node.feature
            else:
                self.above.append((number, node))
        self.users = graph.users()
        self.spoken = _Spoken(self.features)


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
    clock, held = Clock.at(patient.as_of), sorted_profile(patient)
    users, again = unrecorded.users, set[NodeId]()
    for number in unrecorded.spoken.by(held):
        findings[number] = find(unrecorded.features[number], held, clock)
        again.update(users[number])
    for number, node in unrecorded.above:
        if number not in again:
            continue
        if isinstance(node, (Choice, Combine)):
            findings[number] = value_of(node, unrecorded.graph, verdicts, findings)
        elif (verdict := verdict_of(node, verdicts, findings)) is not verdicts[number]:
            verdicts[number] = verdict
        else:
            continue
        again.update(users[number])
    return verdicts, findings
