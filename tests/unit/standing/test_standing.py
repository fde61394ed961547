"""From the verdicts of the roots to a standing, and from cohorts to the standing of their trial."""

from dataclasses import replace
from itertools import product

import pytest

from matcher.domain.verdict import Verdict
from matcher.engines.base import VerdictTable
from matcher.rules.candidate import Availability, Candidate, CandidateKind, Cohort, Coverage, Roots
from matcher.standing.standing import StandingKind, kind_of, stand

ROOTS = Roots(strict=0, screening=1, recovered=2, waived=3)
M, N, U = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN


def table(*verdicts: Verdict) -> VerdictTable:
    return VerdictTable(("p",), (dict(enumerate(verdicts)),))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((M, M, M, M), StandingKind.ELIGIBLE),
        ((U, M, M, M), StandingKind.ELIGIBLE_PENDING_SCREENING),
        ((U, U, U, U), StandingKind.POSSIBLE),
        ((N, N, M, M), StandingKind.NOT_YET),
        ((N, N, U, U), StandingKind.NOT_YET),
        ((N, N, N, M), StandingKind.NEEDS_WAIVER),
        ((N, N, N, U), StandingKind.NEEDS_WAIVER),
        ((N, N, N, N), StandingKind.INELIGIBLE),
    ],
)
def test_the_first_root_that_does_not_rule_it_out_gives_the_standing(
    verdicts: tuple[Verdict, ...], expected: StandingKind
) -> None:
    assert kind_of(ROOTS, Coverage.FULL, table(*verdicts), 0) is expected


def test_where_the_protocol_has_more_criteria_meeting_all_encoded_ones_is_not_eligible() -> None:
    assert kind_of(ROOTS, Coverage.PARTIAL, table(U, M, M, M), 0) is StandingKind.MEETS_KNOWN_CRITERIA


def candidate(
    *cohorts: tuple[str, Availability], availability: Availability = Availability.OPEN
) -> Candidate:
    made = tuple(
        Cohort(name, name, of_cohort, (), Roots(*range(4 * (number + 1), 4 * (number + 2))))
        for number, (name, of_cohort) in enumerate(cohorts)
    )
    return Candidate(
        id="T",
        kind=CandidateKind.TRIAL,
        title="T",
        coverage=Coverage.FULL,
        availability=availability,
        criteria=(),
        cautions=(),
        cohorts=made,
        roots=ROOTS,
    )


def test_a_candidate_without_known_criteria_is_listed_and_never_matched() -> None:
    assert stand(replace(candidate(), roots=None), table(M, M, M, M)) is None


def test_a_trial_stands_where_its_best_cohort_does() -> None:
    trial = candidate(("A", Availability.OPEN), ("B", Availability.CLOSED))
    found = stand(trial, table(*(U,) * 4, *(N,) * 4, *(M,) * 4))
    assert found is not None
    assert found.kind is StandingKind.ELIGIBLE
    assert found.cohort is not None
    assert found.cohort.cohort.id == "B"
    assert found.availability is Availability.CLOSED


def test_of_cohorts_that_fit_alike_the_one_that_takes_patients_counts() -> None:
    trial = candidate(("A", Availability.CLOSED), ("B", Availability.OPEN))
    found = stand(trial, table(*(M,) * 12))
    assert found is not None
    assert found.cohort is not None
    assert found.cohort.cohort.id == "B"
    assert found.availability is Availability.OPEN


@pytest.mark.parametrize("closed", [Availability.CLOSED, Availability.SUSPENDED])
def test_a_trial_that_takes_nobody_takes_nobody_in_any_cohort(closed: Availability) -> None:
    found = stand(candidate(("A", Availability.OPEN), availability=closed), table(*(M,) * 8))
    assert found is not None
    assert found.availability is closed


def test_eligible_means_that_the_strict_root_is_met_whatever_the_others_say() -> None:
    for others in product(Verdict, repeat=3):
        assert kind_of(ROOTS, Coverage.FULL, table(M, *others), 0) is StandingKind.ELIGIBLE
        for strict in (N, U):
            assert kind_of(ROOTS, Coverage.FULL, table(strict, *others), 0) is not StandingKind.ELIGIBLE
