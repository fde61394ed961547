"""Which features a profile says anything of, seen from the records, lists and days it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from matcher.domain.profile import LISTS, Profile
from matcher.domain.record import Listing
from matcher.engines.sorted_profile import SortedProfile
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
from matcher.rules.graph import NodeId

#: of a patient of whom nothing is known only the version of a protocol depends on the day
ANY_DAY = date(2000, 1, 1)
NOBODY = Profile("", ANY_DAY)
#: somebody of whom every list is complete and holds nothing
NOTHING = Profile("", ANY_DAY, **{each: Listing(complete=True) for each in LISTS})  # type: ignore[arg-type]


class Spoken:
    """Of which features a profile says anything: looked at once for all of those that read the same records."""

    def __init__(self, features: Mapping[NodeId, Feature]) -> None:
        self._of_records: dict[str, dict[tuple[Filter, ...], list[NodeId]]] = {}
        self._of_list: dict[str, list[NodeId]] = {}
        self._of_absence: dict[str, dict[frozenset[str], list[NodeId]]] = {}
        self._of_events: list[NodeId] = []
        self._of_several: set[NodeId] = set()
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
                self._of_several.add(number)
                for each in features:
                    self._add(number, each)

    def by(self, patient: SortedProfile) -> tuple[set[NodeId], set[NodeId]]:
        """Those that are to be found, and those of which a complete list says that there is nothing, and no more."""
        found, nothing = set(self._of_today), set[NodeId]()
        for table, groups in self._of_records.items():
            if patient.table(table):
                for where, features in groups.items():
                    if patient.table(table, where):
                        found.update(features)
        for table, features in self._of_list.items():
            listing = patient.whole(table)
            if listing.complete:
                (found if listing.absences else nothing).update(features)
            elif listing.absences:
                for target, about in self._of_absence.get(table, {}).items():
                    if any(target <= each.codes for each in listing.absences):
                        found.update(about)
        if patient.events:
            found.update(self._of_events)
        if patient.birth is not None:
            found.update(self._of_birth)
        several = nothing & self._of_several
        return found | several, nothing - found - several
