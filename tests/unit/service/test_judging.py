"""A person's verdict at a matcher: what is left to them, what they override, what went stale, what nobody knows."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.profile import Profile
from matcher.explanation.answer import CandidateShown, CriterionShown, PatientShown
from matcher.readers.assemble import assemble
from matcher.rulebook.load import load_rulebook
from matcher.rules.rulebook import Rulebook
from matcher.service.match import ENGINES, Matcher, MatchOptions
from tests.judged_rulebook import TRIAL, judged, write_judged_rulebook

FIT = (
    judged("I-02", "met", person="Dr X", day="2026-01-02"),
    judged("E-01", "does not apply", person="Dr X"),
)


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load_rulebook(write_judged_rulebook(tmp_path_factory.mktemp("rules")))


def patient(rulebook: Rulebook, *judgements: dict[str, Any], **facts: Any) -> Profile:
    wire = {"id": "p", "birth_date": "1960-03-04", "ecog": 1, **facts, "judgements": list(judgements)}
    found = assemble(wire, as_of=date(2026, 1, 15), formulary=rulebook.formulary).profile
    assert found is not None
    return found


def matched(
    rulebook: Rulebook, profile: Profile, engine: str = "auto"
) -> tuple[PatientShown, CandidateShown]:
    shown = Matcher(rulebook, MatchOptions(engine=engine)).match_one(profile)
    return shown, next(each for each in shown.trials if each.id == TRIAL)


def criterion(shown: CandidateShown, name: str) -> CriterionShown:
    return next(each for each in shown.criteria if each.id == name)


def test_what_is_left_to_a_person_is_unknown_and_asked_about_until_somebody_judged(
    rulebook: Rulebook,
) -> None:
    shown, trial = matched(rulebook, patient(rulebook))
    assert trial.standing == "possible"
    assert criterion(trial, "I-02").reason == "Left to a person: nobody has judged it yet"
    asked = {each.topic: each.text for each in shown.questions}
    assert asked[f"judgement:{TRIAL}:E-01"].startswith(f"Left to a person, {TRIAL} E-01: Any condition")


@pytest.mark.parametrize("engine", [each for each in ENGINES if each != "spark"])
def test_judged_it_counts_and_says_by_whom(rulebook: Rulebook, engine: str) -> None:
    why = judged("E-01", "does not apply", person="Dr X", day="2026-01-02", reason="no such condition")
    _, trial = matched(rulebook, patient(rulebook, FIT[0], why), engine)
    assert trial.standing == "eligible"
    found = criterion(trial, "E-01")
    assert found.verdict == "does not apply"
    assert found.reason == "Left to a person: judged does not apply by Dr X on 2026-01-02: no such condition"


@pytest.mark.parametrize("engine", [each for each in ENGINES if each != "spark"])
def test_a_person_s_verdict_stands_over_the_computed_one_and_beside_it(
    rulebook: Rulebook, engine: str
) -> None:
    over = judged("E-02", "does not apply", person="Dr Y", day="2026-01-10", reason="ECOG of another patient")
    shown, trial = matched(rulebook, patient(rulebook, *FIT, over, ecog=3), engine)
    found = criterion(trial, "E-02")
    assert (trial.standing, found.verdict, found.satisfied) == ("eligible", "does not apply", "met")
    assert found.reason.startswith(
        "judged does not apply by Dr Y on 2026-01-10: ECOG of another patient; computed: applies (ECOG"
    )
    assert any(each.startswith(f"{TRIAL} E-02: judged does not apply by Dr Y") for each in shown.conflicts)


def test_an_override_is_of_one_criterion_of_one_candidate(rulebook: Rulebook) -> None:
    profile = patient(rulebook, *FIT, judged("I-01", "not met", person="Dr Y"))
    shown, trial = matched(rulebook, profile)
    assert trial.standing == "ineligible"
    other = next(each for each in shown.trials if each.id == "NCT00000001")
    assert criterion(other, "I-01").verdict == "met"


def test_two_people_who_differ_open_even_a_computed_verdict(rulebook: Rulebook) -> None:
    two = (judged("I-01", "met", person="Dr Y"), judged("I-01", "not met", person="Dr Z"))
    _, trial = matched(rulebook, patient(rulebook, *FIT, *two))
    assert (trial.standing, criterion(trial, "I-01").verdict) == ("possible", "unknown")


def test_an_override_of_a_later_day_does_not_count_yet(rulebook: Rulebook) -> None:
    later = judged("I-01", "not met", person="Dr Y", day="2026-03-01")
    _, trial = matched(rulebook, patient(rulebook, *FIT, later))
    assert trial.standing == "eligible"


def test_a_judgement_counts_no_longer_once_a_fact_it_rested_on_is_another(rulebook: Rulebook) -> None:
    over = judged("E-02", "does not apply", person="Dr Y", day="2026-01-10")
    ecog = {"value": 3, "date": "2026-01-08"}
    _, trial = matched(rulebook, patient(rulebook, *FIT, over, ecog=ecog))
    of = criterion(trial, "E-02").of
    versioned = {**over, "of": of}
    _, trial = matched(rulebook, patient(rulebook, *FIT, versioned, ecog=ecog))
    assert trial.standing == "eligible"
    _, trial = matched(rulebook, patient(rulebook, *FIT, versioned, ecog=ecog, birth_date="1970-01-01"))
    assert trial.standing == "eligible"
    _, trial = matched(rulebook, patient(rulebook, *FIT, versioned, ecog={"value": 3, "date": "2026-01-12"}))
    found = criterion(trial, "E-02")
    assert (trial.standing, found.verdict) == ("ineligible", "applies")
    assert "judged does not apply by Dr Y on 2026-01-10 (no longer counts" in found.reason


def test_what_a_judgement_is_of_is_the_same_on_every_engine(rulebook: Rulebook) -> None:
    over = judged("E-02", "does not apply", person="Dr Y", day="2026-01-10")
    profile = patient(rulebook, *FIT, over, ecog={"value": 3, "date": "2026-01-08"}, birth_date=None, age=66)
    told = {
        tuple(each.of for each in matched(rulebook, profile, engine)[1].criteria)
        for engine in ENGINES
        if engine != "spark"
    }
    assert len(told) == 1


def test_a_judgement_counts_no_longer_once_the_rule_is_another(rulebook: Rulebook, tmp_path: Path) -> None:
    _, trial = matched(rulebook, patient(rulebook, *FIT))
    versioned = {**FIT[0], "of": criterion(trial, "I-02").of}
    _, trial = matched(rulebook, patient(rulebook, versioned, FIT[1]))
    assert trial.standing == "eligible"
    folder = write_judged_rulebook(tmp_path)
    file = folder / f"{TRIAL}.yaml"
    file.write_text(
        file.read_text("utf-8").replace("comply with the visits", "comply with all visits"), "utf-8"
    )
    _, trial = matched(load_rulebook(folder), patient(rulebook, versioned, FIT[1]))
    assert (trial.standing, criterion(trial, "I-02").verdict) == ("possible", "unknown")
    assert "no longer counts" in criterion(trial, "I-02").reason


def test_a_judgement_of_what_no_rulebook_knows_is_reported_and_counts_for_nothing(rulebook: Rulebook) -> None:
    nobodys = (judged("I-22", "not met"), {"candidate": "NCT00000099", "criterion": "I-01", "verdict": "met"})
    shown, trial = matched(rulebook, patient(rulebook, *FIT, *nobodys))
    assert trial.standing == "eligible"
    assert [each.partition(":")[0] for each in shown.issues] == ["judgements[2]", "judgements[3]"]
    assert "has no criterion 'I-22'; there are I-01, I-02, E-01, E-02" in shown.issues[0]
    assert "no candidate 'NCT00000099'" in shown.issues[1]


def test_every_other_node_of_an_overridden_rulebook_keeps_its_number(rulebook: Rulebook) -> None:
    over = Matcher(rulebook).overridden(frozenset({(TRIAL, "I-01")})).rulebook
    assert over.graph.nodes[: len(rulebook.graph)] == rulebook.graph.nodes
    assert replace(over, graph=rulebook.graph, candidates=rulebook.candidates) == rulebook
