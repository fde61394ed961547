"""All candidates of a large rulebook at once for one patient: standing and order as numbers, nothing in words.

What it says is what ``standing`` and ``ranking`` say candidate by candidate; those two are the definition. The keys of
regimens (setting, evidence) are not here: there are few of them, and trials have none of these.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from matcher.domain.verdict import Verdict
from matcher.engines.planes.single import LevelledRow
from matcher.rules.candidate import (
    SHUT,
    Availability,
    Candidate,
    CandidateKind,
    Cohort,
    Coverage,
    Criterion,
    Role,
)
from matcher.rules.condition import Condition
from matcher.rules.graph import NodeId
from matcher.rules.rulebook import Rulebook
from matcher.standing.deciding import ConditionReading, values_of
from matcher.standing.ranking import SELECTIONS, may_select, selected_by
from matcher.standing.recruiting import Recruiting
from matcher.standing.standing import StandingKind

Numbers = npt.NDArray[np.intp]
Verdicts = npt.NDArray[np.int8]

_NUMBER = {Verdict.NOT_MET: 0, Verdict.UNKNOWN: 1, Verdict.MET: 2}
_KINDS = tuple(StandingKind)
_PLACE = {kind: place for place, kind in enumerate(_KINDS)}
_AVAILABILITY = tuple(Availability)
_CLOSED = [_AVAILABILITY.index(each) for each in SHUT]
#: periods of which the availability of every candidate is kept
_MOST_PERIODS = 64


@dataclass(frozen=True, slots=True)
class _Ragged:
    """Lists of different length, end to end. None of them is empty."""

    flat: Numbers
    starts: Numbers

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> _Ragged:
        ends = np.cumsum([len(each) for each in lists], dtype=np.intp)
        flat = np.fromiter((number for each in lists for number in each), np.intp)
        return cls(flat, np.concatenate(([0], ends[:-1])).astype(np.intp))

    def owners(self) -> Numbers:
        """For each member the list it is in."""
        sizes = np.diff(self.starts, append=len(self.flat))
        return np.repeat(np.arange(len(self.starts)), sizes)


@dataclass(frozen=True, slots=True)
class Field:
    """Every candidate for one patient, by its place in the panel. ``part`` is the cohort it is read from."""

    kinds: Numbers
    availability: Verdicts
    listed: npt.NDArray[np.bool_]
    part: Numbers

    def of_kinds(self, kinds: Iterable[StandingKind]) -> Numbers:
        """The places of the listed candidates of these standings."""
        return np.flatnonzero(np.isin(self.kinds, [_PLACE[kind] for kind in kinds]) & self.listed)


class Panel:
    """A rulebook's candidates as arrays, made once. A *part* is a candidate with one of its cohorts, or alone.

    Parts of a candidate stand in the order of their names.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.candidates = tuple(each for each in rulebook.candidates if each.roots is not None)
        parts = [(each, cohort) for each in self.candidates for cohort in _cohorts(each)]
        self._parts = parts
        self._recruiting = Recruiting(self.candidates)
        self._available: dict[int, tuple[Verdicts, Verdicts]] = {}
        sizes = [len(each.cohorts) or 1 for each in self.candidates]
        self._firsts = np.cumsum([0, *sizes], dtype=np.intp)[:-1]
        self._places = np.array([place for size in sizes for place in range(size)], np.intp)
        self._most = max(sizes, default=1)
        self._roots = np.array([(cohort or each).roots.nodes for each, cohort in parts], np.intp)  # type: ignore[union-attr]
        self._full = np.array([each.coverage is Coverage.FULL for each, _ in parts])
        self.ids = np.array([each.id for each in self.candidates], object)
        self.roots = np.array([each.roots.nodes for each in self.candidates if each.roots], np.intp)
        shares = rulebook.ranking.encoded
        self._encoded = np.array(
            [
                shares.index(each.encoded) if each.encoded in shares else len(shares)
                for each in self.candidates
            ],
            np.intp,
        )
        self._trials = np.array([each.kind is CandidateKind.TRIAL for each in self.candidates])
        self._criteria = [each.criteria + (cohort.criteria if cohort else ()) for each, cohort in parts]
        # A node past the last one, always met, stands for the criteria of those that have none.
        nothing = [len(rulebook.graph)]
        self._satisfied = _Ragged.of([[one.satisfied for one in each] or nothing for each in self._criteria])
        self._conditions: list[Condition] = []
        numbers: dict[int, int] = {}
        self._selecting = _Ragged.of(
            [[self._number(one, numbers) for one in each] or [0] for each in self._criteria]
        ).flat
        self._compared: _Ragged | None = None

    def _number(self, criterion: Criterion, numbers: dict[int, int]) -> int:
        """The place of the criterion's condition among those that may select, from 1; 0 for the others."""
        condition = criterion.condition
        if criterion.role is not Role.INCLUSION or not may_select(condition):
            return 0
        if id(condition) not in numbers:
            self._conditions.append(condition)
            numbers[id(condition)] = len(self._conditions)
        return numbers[id(condition)]

    def judge(self, reading: ConditionReading, day: date, *, include_closed: bool) -> Field:
        """The standing of every candidate, as ``stand`` has it."""
        own, of_parts = self._available_on(day)
        strict, screening, recovered, waived = self._verdicts(reading)[self._roots.T]
        kinds = np.full(len(strict), _PLACE[StandingKind.INELIGIBLE], np.intp)
        kinds[waived != 0] = _PLACE[StandingKind.NEEDS_WAIVER]
        kinds[recovered != 0] = _PLACE[StandingKind.NOT_YET]
        kinds[screening == 1] = _PLACE[StandingKind.POSSIBLE]
        met = screening == 2
        kinds[met & self._full] = _PLACE[StandingKind.ELIGIBLE_PENDING_SCREENING]
        kinds[met & ~self._full] = _PLACE[StandingKind.MEETS_KNOWN_CRITERIA]
        kinds[strict == 2] = _PLACE[StandingKind.ELIGIBLE]
        preference = (kinds * len(_AVAILABILITY) + of_parts) * self._most + self._places
        part = self._firsts + np.minimum.reduceat(preference, self._firsts) % self._most
        availability = np.where(np.isin(own, _CLOSED), own, of_parts[part])
        listed = include_closed | ~np.isin(availability, _CLOSED)
        return Field(kinds[part], availability, listed, part)

    def _available_on(self, day: date) -> tuple[Verdicts, Verdicts]:
        """The availability of the candidates, and of their parts."""
        period = int(self._recruiting.periods(np.array([day.toordinal()], np.int32))[0])
        found = self._available.get(period)
        if found is None:
            if len(self._available) >= _MOST_PERIODS:
                self._available.clear()
            own = [_AVAILABILITY.index(each.available(day)) for each in self.candidates]
            of_parts = [_AVAILABILITY.index(each.available(day, cohort)) for each, cohort in self._parts]
            found = self._available[period] = np.array(own, np.int8), np.array(of_parts, np.int8)
        return found

    def first_trials(self, field: Field, reading: ConditionReading, top: int) -> list[Candidate]:
        """The first trials of the ranking, as ``rank`` orders them."""
        verdicts = self._verdicts(reading)[self._satisfied.flat]
        masks = np.array([0, *(_mask(each, reading) for each in self._conditions)], np.int16)
        selected = np.where(verdicts == 2, masks[self._selecting], 0)

        def counted(which: npt.NDArray[np.bool_]) -> Numbers:
            found = np.add.reduceat(which.astype(np.intp), self._satisfied.starts)
            return np.asarray(found[field.part])

        ranking = self.rulebook.ranking
        by_kind = np.array([ranking.standings.index(each.value) for each in _KINDS])
        by_availability = np.array([ranking.availability.index(each.name.lower()) for each in _AVAILABILITY])
        selections = np.bitwise_or.reduceat(selected, self._satisfied.starts)[field.part]
        keys = {
            "standing": by_kind[field.kinds],
            "availability": by_availability[field.availability],
            "encoded": self._encoded,
            "specificity": -np.bitwise_count(selections).astype(np.intp),
            "unknowns": counted(verdicts == 1),
            "unsatisfied": counted(verdicts == 0),
            "identifier": np.arange(len(self.candidates)),
        }
        wanted = np.flatnonzero(field.listed & self._trials)
        columns = [keys[name][wanted] for name in ranking.ranking if name in keys]
        # Candidates stand in the order of their identifiers, which `rank` leaves equals in.
        order = np.lexsort(columns[::-1])[:top]
        return [self.candidates[each] for each in wanted[order].tolist()]

    def values_considered(self, field: Field, noted: Collection[NodeId]) -> list[NodeId]:
        """Those of these values that criteria of listed candidates read, in the order of first mention."""
        if not noted:
            return []
        if self._compared is None:
            nowhere = len(self.rulebook.graph)
            self._compared = _Ragged.of(
                [
                    [node for each in some for node in values_of(each.condition)] or [nowhere]
                    for some in self._criteria
                ]
            )
        considered = np.zeros(len(self._criteria), np.bool_)
        considered[field.part[field.listed]] = True
        flat = self._compared.flat
        found = flat[np.isin(flat, list(noted)) & considered[self._compared.owners()]]
        return list(dict.fromkeys(found.tolist()))

    def _verdicts(self, reading: ConditionReading) -> Verdicts:
        """Every node's verdict as a number, and of the node past the last that it is met."""
        verdicts = reading.table.verdicts[reading.row]
        if isinstance(verdicts, LevelledRow):
            return np.frombuffer(verdicts.held + b"\2", np.int8)
        numbers = [_NUMBER.get(verdicts.get(each), 0) for each in range(len(self.rulebook.graph))]  # type: ignore[arg-type]
        return np.array([*numbers, 2], np.int8)


def _cohorts(candidate: Candidate) -> Sequence[Cohort | None]:
    """By their names; of a candidate without any: none."""
    return [*sorted(candidate.cohorts, key=lambda each: each.id)] or [None]


def _mask(condition: Condition, reading: ConditionReading) -> int:
    selected = selected_by(condition, reading)
    return sum(1 << bit for bit, name in enumerate(SELECTIONS) if name in selected)
