"""Standings, and all that the order reads, for many patients at once: what ``stand`` says of one, from planes.

Everything stays in bits as long as it can. A number for each patient is several words, the first for the lowest
bit; it is spread out to a byte a patient last, for a stretch of patients that the cache holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from matcher.engines.columnar import ColumnarEngine, PatientFrame, Planes
from matcher.engines.columnar.arrays import Bools, Days, Index, Words
from matcher.engines.planes.chunk import POSSIBLE, SURE, WORD, unpacked
from matcher.rules.candidate import SHUT, Availability, Candidate, Cohort, Criterion, Roots
from matcher.rules.graph import NodeId
from matcher.rules.rulebook import Rulebook
from matcher.standing.bits import StandingBits
from matcher.standing.extended import KINDS_OF_SELECTION, Extended
from matcher.standing.keys import credit_of, no_credit
from matcher.standing.recruiting import Recruiting
from matcher.standing.standing import StandingKind

# For a million patients and eighty candidates a byte for each pair is eighty megabytes for one thing that is read of a
# standing, and a dozen are. So all of it is counted in bits (`StandingBits`: sixty-four patients at once, sums as
# several planes), and spread out only for the stretch of patients whose order is made next, while the cache holds it.
Small = npt.NDArray[np.unsignedinteger]
AVAILABILITIES = tuple(Availability)
STANDINGS = tuple(StandingKind)
#: candidates and patients judged at a time, so that what is found about them stays in the cache
PAIRS = 1 << 18
#: planes at a time
BYTES = 1 << 27
#: of a candidate that asks for no setting
NO_SETTING = 3


@dataclass(frozen=True, slots=True)
class Option:
    """What a standing is read from: a candidate, or one of its cohorts with the candidate's own criteria."""

    candidate: int
    roots: Roots
    criteria: tuple[Criterion, ...]
    of: Candidate
    part: Cohort | None = None
    selects: Mapping[str, NodeId] | None = None

    @property
    def cohort(self) -> str:
        return f"{self.part.id}: {self.part.title}" if self.part else ""

    def preferred(self, day: date) -> Availability:
        return self.of.available(day, self.part)

    def shown(self, day: date) -> Availability:
        """A trial that takes nobody takes nobody in any cohort."""
        own = self.of.available(day)
        return own if own in SHUT else self.preferred(day)


@dataclass(frozen=True, slots=True)
class Judged:
    """Some patients against every candidate; arrays are candidates by patients.

    ``applies`` is 0 where evidence applies or none is cited, 1 unknown, 2 where none applies. ``outside`` is 1 where
    a caution puts the patient outside the population studied. ``standings`` are places in ``STANDINGS``,
    ``availabilities`` in ``AVAILABILITIES``, ``options`` in the options of the columns. ``selected`` has a bit for
    each of ``KINDS_OF_SELECTION``. ``settings`` is 0 where the setting is met, 1 unknown, 2 not met, 3 none asked
    for. ``credits`` is ``direction * levels + level``.
    """

    first: int
    standings: Small
    availabilities: Small
    options: Index
    selected: Small
    settings: Small
    credits: Small
    unknown: Small
    unsatisfied: Small
    included: Bools
    applies: Small
    outside: Small

    def __len__(self) -> int:
        return int(self.standings.shape[1])


class Columns:
    """A rulebook made ready to judge many patients. ``candidates`` are those that anybody may be ranked for.

    They stand trials first, then in the order that settles what the keys leave equal.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        *,
        include_closed: bool = False,
        engine: ColumnarEngine | None = None,
        also: Sequence[NodeId] = (),
        period: int | None = None,
    ) -> None:
        """``also`` are nodes whose planes somebody else reads.

        ``period`` is that of ``recruiting`` which every patient is seen in: a candidate that is closed then is not
        judged at all. Without one each patient has a day of their own.
        """
        self.recruiting = Recruiting(rulebook.candidates)
        self._period = period
        self.rulebook = rulebook
        self.engine = engine or ColumnarEngine()
        self.include_closed = include_closed
        extended = Extended(rulebook)
        held = [each for each in rulebook.candidates if each.roots is not None and self._takes(each)]
        if "identifier" in rulebook.ranking.ranking:
            held.sort(key=lambda each: each.id)
        held.sort(key=lambda each: each.kind != "trial")
        self.candidates: tuple[Candidate, ...] = tuple(held)
        self.trials = sum(each.kind == "trial" for each in held)
        self.options: tuple[Option, ...] = tuple(
            option for number, each in enumerate(held) for option in _options(number, each, extended)
        )
        settings = [extended.in_setting(each) for each in held]
        self._deceased = extended.deceased()
        self.graph = extended.graph()
        wanted = [node for each in held for node in each.root_nodes()]
        wanted += [node for each in self.options for node in (each.selects or {}).values()]
        wanted += [node for node in settings if node is not None]
        self.roots = tuple(dict.fromkeys([*wanted, self._deceased, *also]))
        self.rows: Mapping[NodeId, int] = self.engine.plan(self.graph, self.roots).rows
        self._lay_out(settings)

    def _takes(self, candidate: Candidate) -> bool:
        if self.include_closed or self._period is not None:
            return self.include_closed or candidate.takes_patients(self.recruiting.day(self._period or 0))
        days = (date.min, *(candidate.recruitment.changes if candidate.recruitment else ()))
        return any(map(candidate.takes_patients, days))

    def _lay_out(self, settings: Sequence[NodeId | None]) -> None:
        """Where in the planes everything stands."""
        options, rows, ranking = self.options, self.rows, self.rulebook.ranking
        self._standings = StandingBits(
            [(each.roots, self.candidates[each.candidate].coverage) for each in options], rows
        )
        self._selects_at = [
            _placed(
                {
                    n: rows[each.selects[kind]]
                    for n, each in enumerate(options)
                    if each.selects and kind in each.selects
                }
            )
            for kind in KINDS_OF_SELECTION
        ]
        self._settings_at = _placed({n: rows[node] for n, node in enumerate(settings) if node is not None})
        self._availability_in: dict[int, tuple[Small, Small]] = {}
        self._open = np.array([self.include_closed or each not in SHUT for each in AVAILABILITIES], np.bool_)
        # Options with many criteria first: those that have a criterion of some number stand together.
        lengths = np.array([len(each.criteria) for each in options], np.intp)
        self._by_length: Index = np.argsort(-lengths, kind="stable")
        self._back: Index = np.argsort(self._by_length)
        self.most_criteria = int(lengths.max(initial=0))
        self._criteria_at: list[Index] = [
            np.array(
                [rows[options[n].criteria[j].satisfied] for n in self._by_length if lengths[n] > j], np.intp
            )
            for j in range(self.most_criteria)
        ]
        self.levels = len(ranking.levels) + 1
        nothing = no_credit(ranking, sought=True)
        self._no_credit = nothing.direction * self.levels + nothing.level
        evidence = [() if each.kind == "trial" else each.evidence for each in self.candidates]
        self._evidence_at: list[tuple[Index, Index, Small]] = []
        for number in range(max(map(len, evidence), default=0)):
            having = [(n, each[number]) for n, each in enumerate(evidence) if len(each) > number]
            worth = [credit_of(ranking, each.document.direction, each.document.level) for _, each in having]
            self._evidence_at.append(
                (
                    np.array([n for n, _ in having], np.intp),
                    np.array([rows[each.applies] for _, each in having], np.intp),
                    np.array([each.direction * self.levels + each.level for each in worth], np.uint16)[
                        :, None
                    ],
                )
            )

        cautions = [
            [each.node for each in candidate.cautions if each.outside_study] for candidate in self.candidates
        ]
        self._outside_at: list[tuple[Index, Index]] = []
        for number in range(max(map(len, cautions[self.trials :]), default=0)):
            outside = {
                n: rows[each[number]]
                for n, each in enumerate(cautions)
                if n >= self.trials and len(each) > number
            }
            self._outside_at.append(_placed(outside))

    @cached_property
    def patients_at_once(self) -> int:
        """How many patients' planes are made at a time."""
        outputs = max(1, self.engine.plan(self.graph, self.roots).outputs)
        return max(WORD, min(self.engine.chunk, BYTES * 8 // (2 * outputs) // WORD * WORD))

    def planes(self, frame: PatientFrame) -> Planes:
        """The planes of all that is read here, and of every criterion."""
        return self.engine.evaluate_frame(self.graph, frame, self.roots)

    def deceased(self, planes: Planes) -> Bools:
        """Who is known to have died by their as-of day."""
        return unpacked(planes.met(self._deceased), planes.patients)

    def judge(self, planes: Planes, days: Days) -> Iterator[Judged]:
        """Every patient, as of a day of their own, against every candidate, some patients at a time."""
        step = max(WORD, PAIRS // max(1, len(self.options)) // WORD * WORD)
        starts = [*range(0, planes.patients, step), planes.patients]
        for first, last in pairwise(starts):
            bits = planes.bits[:, :, first // WORD : -(-last // WORD)]
            yield self._judged(bits, first, days[first:last])

    def _judged(self, bits: Words, first: int, days: Days) -> Judged:
        patients = len(days)
        standings = _spread(self._standings.of(bits), patients)
        selected = _spread(self._selected(bits), patients)
        unknown, unsatisfied = (_spread(each, patients) for each in self._counted(bits))
        shape = standings.shape
        options: Index = np.broadcast_to(np.arange(len(self.options))[:, None], shape)
        availabilities, preferred = (np.broadcast_to(each, shape) for each in self._available(days))
        if len(self.options) > len(self.candidates):
            options = self._chosen(standings, preferred)
            standings, selected, unknown, unsatisfied, availabilities = (
                np.take_along_axis(each, options, 0)
                for each in (standings, selected, unknown, unsatisfied, availabilities)
            )
        return Judged(
            first,
            standings,
            availabilities,
            options,
            selected,
            _spread(self._in_settings(bits), patients),
            self._credited(bits, patients),
            unknown,
            unsatisfied,
            self._open[availabilities],
            _spread(self._applying(bits), patients),
            _spread(self._outside(bits), patients),
        )

    def _available(self, days: Days) -> tuple[Small, Small]:
        """The availability of every option, and by what cohorts that fit equally well are preferred.

        A column for each patient, or one for all where nothing differs.
        """
        if self._period is not None:
            return self._available_in(self._period)
        periods, of_patients = np.unique(self.recruiting.periods(days), return_inverse=True)
        found = [self._available_in(each) for each in periods.tolist()]
        shown, preferred = (np.concatenate([each[side] for each in found], axis=1) for side in range(2))
        return (shown, preferred) if len(periods) == 1 else (shown[:, of_patients], preferred[:, of_patients])

    def _available_in(self, period: int) -> tuple[Small, Small]:
        held = self._availability_in.get(period)
        if held is None:
            day = self.recruiting.day(period)
            shown = [AVAILABILITIES.index(each.shown(day)) for each in self.options]
            preferred = [AVAILABILITIES.index(each.preferred(day)) for each in self.options]
            held = np.array(shown, np.uint8)[:, None], np.array(preferred, np.uint8)[:, None]
            self._availability_in[period] = held
        return held

    def _chosen(self, standings: Small, preferred: Small) -> Index:
        """For each candidate and patient the option that fits best; of equals the one preferred, then the first."""
        starts = np.searchsorted(
            [each.candidate for each in self.options], np.arange(len(self.candidates) + 1)
        )
        chosen = np.empty((len(self.candidates), standings.shape[1]), np.intp)
        for number, (start, stop) in enumerate(pairwise(starts.tolist())):
            chosen[number] = start
            if stop > start + 1:
                ways = slice(start, stop)
                chosen[number] += (standings[ways] * len(AVAILABILITIES) + preferred[ways]).argmin(0)
        return chosen

    def _selected(self, bits: Words) -> list[Words]:
        found = np.zeros((len(KINDS_OF_SELECTION), len(self.options), bits.shape[-1]), np.uint64)
        for place, (options, rows) in enumerate(self._selects_at):
            found[place, options] = bits[rows, SURE]
        return list(found)

    def _in_settings(self, bits: Words) -> list[Words]:
        found = np.full((2, len(self.candidates), bits.shape[-1]), ~np.uint64(0))
        candidates, rows = self._settings_at
        found[0, candidates] = bits[rows, POSSIBLE] & ~bits[rows, SURE]
        found[1, candidates] = ~bits[rows, POSSIBLE]
        return list(found)

    def _counted(self, bits: Words) -> tuple[list[Words], list[Words]]:
        """How many criteria are unknown, and how many are not satisfied."""
        shape = len(self.options), bits.shape[-1]
        numbers = [
            [np.zeros(shape, np.uint64) for _ in range(max(1, self.most_criteria.bit_length()))]
            for _ in range(2)
        ]
        for added, rows in enumerate(self._criteria_at, start=1):
            sure, possible = bits[rows, SURE], bits[rows, POSSIBLE]
            for number, carry in zip(numbers, (possible & ~sure, ~possible), strict=True):
                for slice_ in number[: added.bit_length()]:
                    held = slice_[: len(rows)]
                    over = held & carry
                    held ^= carry
                    carry = over  # noqa: PLW2901 - what is carried to the next bit
        unknown, unsatisfied = ([each[self._back] for each in number] for number in numbers)
        return unknown, unsatisfied

    def _applying(self, bits: Words) -> list[Words]:
        """Whether none of the evidence is known to apply, and whether none of it can."""
        found = np.zeros((2, len(self.candidates), bits.shape[-1]), np.uint64)
        sure, possible = found.copy()
        having = sorted({n for candidates, _, _ in self._evidence_at for n in candidates.tolist()})
        for candidates, rows, _ in self._evidence_at:
            sure[candidates] |= bits[rows, SURE]
            possible[candidates] |= bits[rows, POSSIBLE]
        found[0, having] = possible[having] & ~sure[having]
        found[1, having] = ~possible[having]
        return list(found)

    def _outside(self, bits: Words) -> list[Words]:
        found = np.zeros((len(self.candidates), bits.shape[-1]), np.uint64)
        for candidates, rows in self._outside_at:
            found[candidates] |= bits[rows, SURE]
        return [found]

    def _credited(self, bits: Words, patients: int) -> Small:
        found: Small = np.full((len(self.candidates), patients), self._no_credit, np.uint16)
        for candidates, rows, worth in self._evidence_at:
            applies = _spread([bits[rows, SURE]], patients).view(np.bool_)
            found[candidates] = np.where(applies, np.minimum(found[candidates], worth), found[candidates])
        return found


def _options(number: int, candidate: Candidate, extended: Extended) -> list[Option]:
    """The candidate, or its cohorts by their names."""
    assert candidate.roots is not None
    own = extended.selects(candidate.criteria)
    if not candidate.cohorts:
        return [Option(number, candidate.roots, candidate.criteria, candidate, None, own)]
    return [
        Option(
            number,
            each.roots,
            candidate.criteria + each.criteria,
            candidate,
            each,
            extended.selects(candidate.criteria + each.criteria),
        )
        for each in sorted(candidate.cohorts, key=lambda each: each.id)
    ]


def _placed(places: Mapping[int, int]) -> tuple[Index, Index]:
    return np.array([*places], np.intp), np.array([*places.values()], np.intp)


def _spread(slices: Sequence[Words] | Words, patients: int) -> Small:
    """Numbers of some bits each, as a byte for every patient; two where there are more bits than that."""
    total: Small = np.zeros((len(slices[0]), patients), np.uint8 if len(slices) <= 8 else np.uint16)
    for place, each in enumerate(slices):
        spread = np.unpackbits(
            np.ascontiguousarray(each).view(np.uint8), axis=-1, count=patients, bitorder="little"
        )
        total |= spread.astype(total.dtype, copy=False) << np.uint8(place)
    return total
