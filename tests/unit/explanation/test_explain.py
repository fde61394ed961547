"""What one patient is told: distance, dates, questions, order and evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matcher.explanation.answer import PatientShown
from tests.unit.explanation.conftest import candidate

Match = Callable[..., PatientShown]
NIVOLUMAB = {"agents": ["nivolumab"], "start": "2025-10-01", "end": "2026-01-05"}


def platelets(value: float, **more: Any) -> dict[str, Any]:
    return {"labs": [{"test": "platelets", "value": value, "unit": "10*9/L", "date": "2026-01-10"}], **more}


def test_a_running_washout_is_not_yet_with_the_day_it_ends(match: Match) -> None:
    shown = candidate(match(therapies=[NIVOLUMAB], complete=["therapies"]), "washout")
    assert shown.standing == "not_yet"
    assert [each.text for each in shown.earliest] == ["2026-01-26"]


def test_a_dose_of_an_imprecise_day_gives_a_span(match: Match) -> None:
    course = {**NIVOLUMAB, "end": {"from": "2026-01-02", "to": "2026-01-08"}}
    shown = candidate(match(therapies=[course], complete=["therapies"]), "washout")
    assert shown.earliest_text == "2026-01-23 at the earliest, 2026-01-29 for certain"


def test_an_end_that_may_lie_ahead_gives_no_certain_day(match: Match) -> None:
    shown = candidate(match(therapies=[{**NIVOLUMAB, "end": "2026-01"}], complete=["therapies"]), "washout")
    assert shown.earliest_text == "2026-01-22 at the earliest; no day is certain"


TWO = [
    NIVOLUMAB,
    {"agents": ["cisplatin"], "start": "2025-12-01", "end": {"from": "2026-01-02", "to": "2026-01-14"}},
]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        # The cisplatin may need longer than the nivolumab that blocks today.
        ({"therapies": TWO}, "2026-02-01 at the earliest, 2026-02-13 for certain"),
        (
            {"therapies": [{**NIVOLUMAB, "agents": ["nivolumab or placebo"]}]},
            # It may be placebo, or cisplatin for all anybody knows.
            "possibly already, safe whatever the arm from 2026-02-04, or unblind",
        ),
        ({"therapies": [{**NIVOLUMAB, "agents": ["placebo"]}]}, ""),
        ({"therapies": [{**NIVOLUMAB, "agents": [["nivolumab", "placebo"]]}]},
         "possibly already, safe whatever the arm from 2026-01-26, or unblind"),
        (
            {"therapies": [NIVOLUMAB, {"agents": ["oncoplatin"], "start": "2025-12-01", "end": "2026-01-10"}]},
            "2026-01-26 at the earliest, safe whatever oncoplatin was from 2026-02-09",
        ),
    ],
)  # fmt: skip
def test_a_course_that_may_count_makes_the_certain_day_later(
    match_all: Match, facts: dict[str, Any], said: str
) -> None:
    shown = candidate(match_all(**facts, complete=["therapies"]), "washouts")
    assert shown.earliest_text == said


def test_an_open_list_gives_a_day_that_supposes_it_complete(match: Match) -> None:
    cisplatin = {"agents": ["cisplatin"], "start": "2025-01-01", "end": "2025-06-01"}
    shown = candidate(match(therapies=[NIVOLUMAB, cisplatin]), "washout")
    assert shown.earliest_text == "2026-01-26, if nothing is missing from the list of therapies"


def test_a_course_that_still_runs_before_a_planned_event_gives_no_certain_day(match: Match) -> None:
    course = {"agents": ["cisplatin"], "start": "2025-10-01", "ongoing": True}
    shown = candidate(match(therapies=[course], complete=["therapies"]), "washout")
    assert shown.earliest_text == "leukapheresis 2026-02-14 at the earliest; no day is certain"


def test_an_event_planned_too_early_gets_the_day_it_could_be(match: Match) -> None:
    course = {"agents": ["cisplatin"], "start": "2025-12-01", "end": "2026-01-10"}
    events = [{"name": "leukapheresis", "date": "2026-01-20"}]
    shown = candidate(match(therapies=[course], complete=["therapies"], events=events), "washout")
    assert shown.standing == "not_yet"
    assert shown.earliest_text == "leukapheresis 2026-02-09"


def test_a_therapy_that_still_runs_has_no_earliest_day(match: Match) -> None:
    course = {"agents": ["nivolumab"], "start": "2025-10-01", "ongoing": True}
    shown = candidate(match(therapies=[course], complete=["therapies"]), "washout")
    assert shown.standing == "ineligible"
    assert not shown.earliest


def test_an_undated_event_gets_its_own_earliest_day(match: Match) -> None:
    course = {"agents": ["cisplatin"], "start": "2025-12-01", "end": "2026-01-10"}
    shown = candidate(match(therapies=[course], complete=["therapies"]), "washout")
    assert shown.standing == "possible"
    assert shown.earliest_text == "leukapheresis 2026-02-09"


@pytest.mark.parametrize(
    ("value", "standing"),
    [(100, "possible"), (99, "not_yet"), (90, "not_yet"), (89, "ineligible"), (20, "ineligible")],
)
def test_only_a_value_near_its_limit_is_not_yet(match: Match, value: float, standing: str) -> None:
    shown = candidate(match(**platelets(value), conditions=[{"none_of": "hiv"}]), "platelets")
    assert shown.standing == (standing if value < 100 else "meets_known_criteria")


def test_the_distance_names_value_and_limit_and_says_to_repeat_the_test(match: Match) -> None:
    shown = candidate(match(**platelets(92)), "platelets")
    assert shown.distances == (
        "Platelets within 14 days: 92 x 10^9/L, needs at least 100 x 10^9/L; repeat the test",
    )


def test_hiv_unknown_is_presumed_until_screening_and_said(match: Match) -> None:
    shown = candidate(match(**platelets(120)), "platelets")
    assert shown.standing == "meets_known_criteria"
    assert any("presumed not to apply until screening" in each for each in shown.assumptions)


def test_an_exclusion_speaks_in_its_own_polarity(match: Match) -> None:
    shown = candidate(match(conditions=["hiv"]), "platelets")
    verdicts = {each.id: (each.verdict, each.satisfied) for each in shown.criteria}
    assert verdicts["E-01"] == ("applies", "not met")


def test_a_stale_value_is_unknown_and_its_age_is_given(match: Match) -> None:
    labs = [{"test": "platelets", "value": 150, "unit": "10*9/L", "date": "2025-06-01"}]
    shown = candidate(match(labs=labs), "platelets")
    criterion = next(each for each in shown.criteria if each.id == "I-01")
    assert criterion.verdict == "unknown"
    assert "2025-06-01 is too old to count" in criterion.reason
    assert criterion.facts[0].age == "228 days before"


def test_questions_come_in_order_of_what_they_settle(match: Match) -> None:
    shown = match(diagnosis="PLMESO")
    settles = [each.settles for each in shown.questions]
    assert settles == sorted(settles, reverse=True)
    assert {each.topic for each in shown.questions} >= {"lab:platelets", "washout:checkpoint_inhibitor"}
    assert all(each.candidates for each in shown.questions)


def test_direction_comes_before_level(match: Match) -> None:
    shown = match(diagnosis="PLMESO")
    assert [each.id for each in shown.regimens] == ["proven", "no_difference"]
    assert "evidence favours it" in shown.regimens[0].because


def test_evidence_of_another_disease_is_said_and_not_credited(match: Match) -> None:
    shown = match(diagnosis="PEMESO")
    assert [each.id for each in shown.regimens] == ["no_difference", "proven"]
    proven = candidate(shown, "proven")
    assert "no evidence that applies to this disease" in proven.because
    assert "not credited" in proven.evidence[0].applies


def test_a_doubtful_figure_is_never_shown_as_an_effect(match: Match) -> None:
    lines = candidate(match(diagnosis="PLMESO"), "proven").evidence[0].lines
    assert "median 20.4 months" in lines[0]
    assert "0.034" not in lines[0]
    assert "printed but doubtful, not shown: hazard ratio" in lines[0]


def test_a_profile_without_facts_is_neither_eligible_nor_ineligible(match: Match) -> None:
    assert {each.standing for each in match().candidates} == {"possible"}
