"""The next question: the one that settles most at the top, never one that was answered with "not known"."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from matcher.explanation.effort import Effort
from matcher.service.intake.desk import Desk
from matcher.service.intake.oracle import Oracle
from matcher.service.intake.questions import NextQuestion
from matcher.service.intake.upload import answers_of

AS_OF = date(2026, 1, 15)


def asked(desk: Desk, answers: dict[str, Any], most: int = 200) -> list[NextQuestion]:
    taken = desk.take(answers, AS_OF)
    table = desk.evaluate(taken.profile)
    return list(desk.chooser.choose(desk.ranked(table, AS_OF), table, taken.profile, answers, most))


def test_of_nothing_known_the_cancer_is_asked_first_and_the_therapies_then(desk: Desk) -> None:
    questions = asked(desk, {}, 3)
    assert [each.field for each in questions[:2]] == ["diagnosis", "therapies"]
    assert questions[0].settles > 10
    assert questions[0].effort is Effort.ASK


def test_page_and_report_ask_the_same_first(desk: Desk, root: Path) -> None:
    for text in (root / "fixtures" / "profiles.jsonl").read_text("utf-8").splitlines():
        answers = answers_of(desk.form, json.loads(text), desk.matcher.rulebook.formulary.lookup)
        report = desk.matcher.match_one(desk.take(answers, AS_OF).profile).questions
        assert asked(desk, answers)[0].topic == report[0].topic


def test_every_question_names_a_field_of_the_form_and_what_it_does(desk: Desk) -> None:
    for each in asked(desk, {}):
        assert desk.form.find(each.field) is not None
        assert each.text.endswith("?")
        assert each.settles > 0 or each.criteria > 0
        assert each.candidates


def test_what_is_not_known_is_not_asked_again(desk: Desk) -> None:
    assert "diagnosis" not in {each.field for each in asked(desk, {"diagnosis": "unknown"})}
    assert "therapies" not in {each.field for each in asked(desk, {"therapies": "unknown"})}


def test_an_answer_that_leaves_the_question_open_is_asked_again_until_it_is_final(desk: Desk) -> None:
    base = {"diagnosis": {"value": "PLMESO"}}
    old = {"lab:platelets": {"value": "245", "unit": "10*9/L", "date": "2024-01-01"}}
    again = {each.field: each.again for each in asked(desk, base | old)}
    assert again["lab:platelets"]
    final = {"lab:platelets": {**old["lab:platelets"], "final": True}}
    assert "lab:platelets" not in {each.field for each in asked(desk, base | final)}


def test_a_tnm_without_its_edition_is_asked_for_the_edition(desk: Desk) -> None:
    tnm = {"t": "T1", "n": "N0", "m": "M0"}
    base = {"diagnosis": {"value": "PLMESO"}, "growth_pattern": {"value": "diffuse"}}
    found = {each.field: each for each in asked(desk, {**base, "tnm": tnm})}
    assert found["tnm"].text == "By which edition was the tumour staged (T1, N0, M0, edition not stated)?"
    assert "stage:ajcc8_pleural" not in found
    final = {each.field: each.text for each in asked(desk, {**base, "tnm": {**tnm, "final": True}})}
    assert "edition was" not in final.get("tnm", "")


def test_a_suspected_cancer_is_asked_to_be_confirmed(desk: Desk) -> None:
    found = {each.field: each.text for each in asked(desk, {"diagnosis": "PLMESO?"})}
    assert (
        found["diagnosis"] == "Pleural Mesothelioma is recorded as suspected: is it confirmed, and by what?"
    )


def test_a_therapy_that_was_had_is_asked_about_in_its_course(desk: Desk) -> None:
    course = {
        "therapies/1": {"agents": ["cisplatin", "pemetrexed"], "start": "2025-01-10"},
        "therapies": "complete",
    }
    fields = {each.field for each in asked(desk, {"diagnosis": {"value": "PLMESO"}, **course})}
    assert "therapy:platinum" not in fields
    assert "therapies" in fields


def test_a_trial_that_counts_days_to_a_planned_event_asks_for_its_date(desk: Desk) -> None:
    course = {
        "therapies/1": {"agents": ["nivolumab"], "start": "2025-07-01", "end": "2026-01-05"},
        "therapies": "unknown", "therapy:checkpoint_inhibitor": "unknown", "diagnosis": {"value": "PLMESO"},
    }  # fmt: skip
    assert "event:leukapheresis" in {each.field for each in asked(desk, course)}


def test_the_oracle_answers_no_where_a_complete_list_has_nothing_of_the_kind(desk: Desk) -> None:
    formulary = desk.matcher.rulebook.formulary
    wire = {"conditions": [{"condition": "sarcoidosis"}], "complete": ["conditions"], "medications": []}
    oracle = Oracle(desk.form, formulary, answers_of(desk.form, wire, formulary.lookup))
    assert oracle.tell("condition:hiv") == {"condition:hiv": {"value": "no"}}
    assert "conditions/1" in oracle.tell("condition:autoimmune_disease")
    assert oracle.tell("ecog") == {"ecog": "unknown"}
    assert oracle.tell("medication:nsaid") == {"medication:nsaid": {"value": "no"}}
