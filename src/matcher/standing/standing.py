"""From verdicts to a standing: where a candidate is with this patient, and why not further."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from matcher.domain.verdict import Verdict
from matcher.engines.base import VerdictTable
from matcher.rules.candidate import SHUT, Availability, Candidate, Cohort, Coverage, Criterion, Roots


class StandingKind(StrEnum):
    """Best first. The order of a ranking is declared in ``rules/ranking.yaml``."""

    ELIGIBLE = "eligible"
    ELIGIBLE_PENDING_SCREENING = "eligible_pending_screening"
    MEETS_KNOWN_CRITERIA = "meets_known_criteria"
    POSSIBLE = "possible"
    NOT_YET = "not_yet"
    NEEDS_WAIVER = "needs_waiver"
    INELIGIBLE = "ineligible"


#: what an answer can still change for better or worse
OPEN = frozenset(
    {StandingKind.POSSIBLE, StandingKind.ELIGIBLE_PENDING_SCREENING, StandingKind.MEETS_KNOWN_CRITERIA}
)
_ORDER = {kind: rank for rank, kind in enumerate(StandingKind)}


class CriterionVerdict(NamedTuple):
    """A criterion for one patient: ``verdict`` of the condition as worded, ``satisfied`` of what is asked."""

    criterion: Criterion
    verdict: Verdict
    satisfied: Verdict


@dataclass(frozen=True, slots=True)
class CohortStanding:
    """A cohort for one patient."""

    cohort: Cohort
    kind: StandingKind
    availability: Availability
    criteria: tuple[CriterionVerdict, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate for one patient. ``cohort`` is the cohort the standing is read from, the best that fits."""

    candidate: Candidate
    kind: StandingKind
    availability: Availability
    criteria: tuple[CriterionVerdict, ...]
    cautions: tuple[CriterionVerdict, ...]
    cohorts: tuple[CohortStanding, ...] = ()
    cohort: CohortStanding | None = None

    @property
    def considered(self) -> tuple[CriterionVerdict, ...]:
        """The candidate's own criteria and those of the cohort its standing is read from."""
        return self.criteria + (self.cohort.criteria if self.cohort else ())

    @property
    def blocking(self) -> tuple[CriterionVerdict, ...]:
        return tuple(each for each in self.considered if each.satisfied is Verdict.NOT_MET)

    @property
    def unknown(self) -> tuple[CriterionVerdict, ...]:
        return tuple(each for each in self.considered if each.satisfied is Verdict.UNKNOWN)

    @property
    def met(self) -> tuple[CriterionVerdict, ...]:
        return tuple(each for each in self.considered if each.satisfied is Verdict.MET)


def stand(
    candidate: Candidate, table: VerdictTable, row: int = 0, day: date | None = None
) -> Standing | None:
    """The candidate's standing; ``None`` for one with no known criteria, which is listed, never matched.

    Its availability is that of the day, without one as it was last known.
    """
    if candidate.roots is None:
        return None
    cohorts = tuple(
        CohortStanding(
            cohort,
            kind_of(cohort.roots, candidate.coverage, table, row),
            candidate.available(day, cohort),
            judged(cohort.criteria, table, row),
        )
        for cohort in candidate.cohorts
    )
    best = min(cohorts, key=_preference, default=None)
    kind = best.kind if best is not None else kind_of(candidate.roots, candidate.coverage, table, row)
    return Standing(
        candidate,
        kind,
        _availability(candidate.available(day), cohorts, kind),
        judged(candidate.criteria, table, row),
        judged(candidate.cautions, table, row),
        cohorts,
        best,
    )


def kind_of(roots: Roots, coverage: Coverage, table: VerdictTable, row: int) -> StandingKind:
    """The standing that the roots' verdicts give."""
    if table.verdict(roots.strict, row) is Verdict.MET:
        return StandingKind.ELIGIBLE
    match table.verdict(roots.screening, row):
        case Verdict.MET:
            if coverage is Coverage.FULL:
                return StandingKind.ELIGIBLE_PENDING_SCREENING
            return StandingKind.MEETS_KNOWN_CRITERIA
        case Verdict.UNKNOWN:
            return StandingKind.POSSIBLE
    if table.verdict(roots.recovered, row) is not Verdict.NOT_MET:
        return StandingKind.NOT_YET
    if table.verdict(roots.waived, row) is not Verdict.NOT_MET:
        return StandingKind.NEEDS_WAIVER
    return StandingKind.INELIGIBLE


def judged(criteria: tuple[Criterion, ...], table: VerdictTable, row: int) -> tuple[CriterionVerdict, ...]:
    verdicts = table.verdicts[row]
    return tuple([CriterionVerdict(each, verdicts[each.node], verdicts[each.satisfied]) for each in criteria])


def _preference(cohort: CohortStanding) -> tuple[int, int, str]:
    return _ORDER[cohort.kind], list(Availability).index(cohort.availability), cohort.cohort.id


def _availability(own: Availability, cohorts: tuple[CohortStanding, ...], kind: StandingKind) -> Availability:
    """That of the cohorts that fit; a trial that takes nobody takes nobody in any cohort."""
    if not cohorts or own in SHUT:
        return own
    fitting = [each.availability for each in cohorts if each.kind is kind]
    order = list(Availability)
    return min(fitting, key=order.index, default=own)
