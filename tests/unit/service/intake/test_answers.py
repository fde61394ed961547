"""Answers become a profile: in any order, corrected without a trace, and never more than was said."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from matcher.explanation.answer import PatientShown
from matcher.readers.assemble import assemble
from matcher.service.intake.desk import Desk
from matcher.service.intake.live import Document, LiveIntake
from matcher.service.intake.upload import answers_of

AS_OF = date(2026, 1, 15)
ROOT = Path(__file__).resolve().parents[4]
STORIES = sorted((ROOT / "tests" / "functional" / "stories").glob("*.yaml"))


def story(path: Path) -> dict[str, Any]:
    told = yaml.safe_load(path.read_text("utf-8"))
    found: dict[str, Any] = json.loads(json.dumps({**told["patient"], "as_of": told["as_of"]}, default=str))
    return found


def said(shown: PatientShown) -> list[Any]:
    """Everything but where facts were read."""
    return [
        (each.id, each.rank, each.standing, each.because, [(one.id, one.verdict) for one in each.criteria])
        for each in shown.candidates
    ]


def answers_in(desk: Desk, wire: dict[str, Any]) -> dict[str, Any]:
    return answers_of(desk.form, wire, desk.matcher.rulebook.formulary.lookup)


def verdict(desk: Desk, answers: dict[str, Any], candidate: str, criterion: str) -> str:
    taken = desk.take(answers, AS_OF)
    shown = desk.matcher.match_one(taken.profile)
    found = next(each for each in shown.candidates if each.id == candidate)
    return next(each.verdict for each in found.criteria if each.id == criterion)


@pytest.mark.parametrize("path", STORIES, ids=lambda each: each.stem)
def test_a_record_makes_the_same_answers_as_the_form_filled_in_from_it(desk: Desk, path: Path) -> None:
    wire = story(path)
    straight = assemble(wire, as_of=AS_OF, formulary=desk.matcher.rulebook.formulary).profile
    assert straight is not None
    day = date.fromisoformat(wire["as_of"])
    taken = desk.take(answers_in(desk, wire), day)
    assert said(desk.matcher.match_one(taken.profile)) == said(desk.matcher.match_one(straight))


@pytest.mark.parametrize("path", STORIES[:4], ids=lambda each: each.stem)
def test_any_order_of_the_same_answers_ends_where_a_match_of_the_profile_does(desk: Desk, path: Path) -> None:
    wire = story(path)
    answers = list(answers_in(desk, wire).items())
    day = date.fromisoformat(wire["as_of"])
    wanted = None
    for seed in range(2):
        random.Random(seed).shuffle(answers)  # noqa: S311 - an order, no secret
        document = Document({}, day)
        live = LiveIntake(desk, document)
        for name, answer in answers:
            document = document.with_answers({name: answer})
            live.update(document)
        profile = assemble(
            dict(live.taken.wire), as_of=day, formulary=desk.matcher.rulebook.formulary
        ).profile
        assert profile is not None
        assert said(live.shown) == said(desk.matcher.match_one(profile))
        wanted = wanted or said(live.shown)
        assert said(live.shown) == wanted
        live.close()


def test_the_same_answers_again_change_nothing(desk: Desk) -> None:
    document = Document({}, AS_OF).with_answers({"ecog": {"value": "1"}, "therapies": "complete"})
    assert document.with_answers(dict(document.answers)) == document


def test_a_correction_leaves_no_trace(desk: Desk) -> None:
    live = LiveIntake(desk, Document({}, AS_OF).with_answers({"diagnosis": "PLMESO"}))
    first = said(live.shown)
    live.update(live.document.with_answers({"ecog": {"value": "4"}, "condition:hiv": {"value": "yes"}}))
    assert said(live.shown) != first
    live.update(live.document.with_answers({"ecog": {"value": "1"}}))
    live.update(live.document.with_answers({"ecog": None, "condition:hiv": None}))
    assert said(live.shown) == first
    live.close()


def test_what_is_not_known_stays_unknown_in_a_list_that_is_complete(desk: Desk) -> None:
    base = {"diagnosis": "PLMESO", "conditions": "complete"}
    assert verdict(desk, base, "NCT06097728", "E-04") == "does not apply"
    assert verdict(desk, {**base, "condition:hiv": "unknown"}, "NCT06097728", "E-04") == "unknown"


def test_no_others_leaves_open_what_was_asked_by_name_and_not_answered(desk: Desk) -> None:
    taken = desk.take({"conditions": "no others", "condition:hypertension": {"value": "yes"}}, AS_OF)
    listing = taken.profile.conditions
    assert not listing.complete
    assert not listing.excludes(frozenset({"hiv"}))
    assert listing.excludes(frozenset({"cataract"}))
    assert not any("hypertension_uncontrolled" in each.codes for each in listing.absences)


def test_no_others_beside_a_row_nobody_can_read_proves_nothing(desk: Desk) -> None:
    taken = desk.take({"conditions": "no others", "conditions/1": {"condition": "something strange"}}, AS_OF)
    assert not taken.profile.conditions.excludes(frozenset({"wound_healing"}))


def test_a_list_without_rows_that_is_complete_is_empty(desk: Desk) -> None:
    taken = desk.take({"therapies": "complete"}, AS_OF)
    assert taken.profile.therapies.complete
    assert not taken.profile.therapies.records


def test_unknown_is_an_answer_and_no_fact(desk: Desk) -> None:
    taken = desk.take({"ecog": "unknown", "lab:platelets": {"value": "unknown"}}, AS_OF)
    assert taken.wire == {"as_of": "2026-01-15"}
    assert not taken.issues


@pytest.mark.parametrize(
    ("answers", "field", "code"),
    [
        ({"lab:haemoglobin": {"value": "140", "unit": "g/dL"}}, "lab:haemoglobin", "P102"),
        ({"lab:haemoglobin": {"value": "12"}}, "lab:haemoglobin", "P112"),
        ({"weight": {"value": "heavy"}}, "weight", "P101"),
        ({"ecg": {"value": "1"}}, "ecg", "P109"),
        ({"therapies/2": {"agents": ["nonsuchimab"]}}, "therapies/2", "P108"),
        ({"therapies/2": {"agents": ["cisplatin"], "end": "2025-02-30"}}, "therapies/2", "P106"),
        ({"therapies": "some"}, "therapies", "P110"),
        ({"therapy:platinum": {"value": "yes"}}, "therapy:platinum", "P110"),
        ({"condition:hiv": {"value": "perhaps"}}, "condition:hiv", "P110"),
        ({"diagnosis": {"value": "mesotheliona"}}, "diagnosis", "P105"),
        ({"ecog": {"value": "1", "colour": "red"}}, "ecog", "P109"),
        ({"lab:platelets": [[1]]}, "lab:platelets", "P110"),
    ],
)
def test_what_cannot_be_read_comes_back_at_its_field_and_the_rest_counts(
    desk: Desk, answers: dict[str, Any], field: str, code: str
) -> None:
    taken = desk.take({**answers, "sex": {"value": "female"}}, AS_OF)
    assert [(each.field, each.code) for each in taken.issues] == [(field, code)]
    assert taken.issues[0].reason
    assert taken.issues[0].remedy
    assert [each.name for each in taken.profile.observations if each.name == "sex"] == ["sex"]


def test_two_absences_that_a_rule_asks_about_as_one_are_one(desk: Desk) -> None:
    taken = desk.take(
        {"condition:hepatitis_b": {"value": "no"}, "condition:hepatitis_c": {"value": "no"}}, AS_OF
    )
    assert taken.profile.conditions.excludes(frozenset({"hepatitis_b", "hepatitis_c"}))


def test_a_stage_without_a_scheme_is_of_the_pleura_only_where_the_cancer_is(desk: Desk) -> None:
    stage = {"staging": {"edition": "8", "stage": "IIIA"}}
    assert "stage:ajcc8_pleural" in answers_in(desk, {**stage, "diagnosis": "PLMESO"})
    assert "stage" in answers_in(desk, {**stage, "diagnosis": "STAD"})
