"""What is said of the cohorts of a trial: which fits, which also fits, which asks nothing of its own."""

from datetime import date
from pathlib import Path

import pytest

from matcher.explanation.answer import CandidateShown
from matcher.explanation.description import describe
from matcher.readers.assemble import assemble
from matcher.rulebook.load import load_rulebook
from matcher.rules.candidate import Availability
from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher

_TRIAL = """\
trial: parts
title: A trial in parts
phase: 2
recruitment: {status: recruiting, as_of: 2026-01-01}
coverage: full
sources: {protocol: {document: protocol, section: Eligibility, address: "https://example.org/p"}}
inclusion:
  I-01: {text: Adult, when: {age: {at_least: 18 years}}, source: protocol}
cohorts:
  A:
    title: Fit patients
    status: open
    inclusion:
      I-02: {text: ECOG 0 or 1, when: {ecog: {at_most: 1}}, source: protocol}
  B: {title: Everybody}
  C: {title: Those of the past, status: closed}
"""


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder: Path = tmp_path_factory.mktemp("rules")
    (folder / "trials").mkdir()
    (folder / "trials" / "parts.yaml").write_text(_TRIAL, encoding="utf-8")
    return load_rulebook(folder)


def shown(rulebook: Rulebook, **facts: object) -> CandidateShown:
    profile = assemble({"id": "P", **facts}, as_of=date(2026, 1, 15), formulary=rulebook.formulary).profile
    assert profile is not None
    (trial,) = Matcher(rulebook).match_one(profile).trials
    return trial


def test_a_cohort_that_also_fits_is_named(rulebook: Rulebook) -> None:
    trial = shown(rulebook, age=61, ecog=1)
    assert trial.cohort == "A: Fit patients"
    assert [each.id for each in trial.also_fitting] == ["B", "C"]


def test_a_cohort_without_criteria_is_shown_and_says_so(rulebook: Rulebook) -> None:
    trial = shown(rulebook, age=61, ecog=2)
    assert [each.text for each in trial.cohorts] == [
        "A: Fit patients (Not eligible; recruitment open)",
        "B: Everybody (Eligible; recruitment open; asks nothing beyond the trial)",
        "C: Those of the past (Eligible; recruitment closed; asks nothing beyond the trial)",
    ]
    facts = dict(describe(rulebook.by_id["parts"]).facts)
    assert facts["Cohort B"] == "Everybody (open); asks nothing beyond the trial"


def test_a_cohort_without_a_status_has_that_of_its_trial(rulebook: Rulebook) -> None:
    cohorts = {each.id: each.availability for each in rulebook.by_id["parts"].cohorts}
    assert cohorts == {"A": Availability.OPEN, "B": Availability.OPEN, "C": Availability.CLOSED}


def test_nobody_fits_where_all_cohorts_rule_out(rulebook: Rulebook) -> None:
    assert shown(rulebook, age=12).also_fitting == ()
