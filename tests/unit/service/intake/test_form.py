"""Everything a rule reads can be answered: each feature has its field, and the field's answer reaches it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matcher.engines.base import NoteKind
from matcher.engines.reference.kinds import whole
from matcher.explanation.topics import fields_for, topic_of
from matcher.features.catalogue import CATALOGUE
from matcher.features.kind import SinceDay
from matcher.rules.graph import Read
from matcher.service.intake.desk import Desk
from matcher.service.intake.form import Field, Input, InputKind, Shape
from matcher.vocabulary.laboratory import LAB_TESTS

AS_OF = date(2026, 1, 15)
DAY = "2026-01-10"
#: what only a record that is uploaded can tell; nothing, so far
BY_RECORD_ONLY: frozenset[str] = frozenset()
#: a code for each parameter that a topic is about
ABOUT = {
    "{test}": "platelets", "{marker}": "mesothelin", "{allele}": "A*02:01", "{gene}": "NF2", "{is}": "hiv",
    "{therapy}": "platinum", "{scheme}": "ajcc8_pleural", "{criteria}": "recist",
}  # fmt: skip
_MEDICINE, _PROCEDURE = "antiplatelet", "major_surgery"


def test_every_feature_of_the_rulebook_has_a_field(desk: Desk) -> None:
    formulary, found = desk.matcher.rulebook.formulary, []
    for node in desk.matcher.rulebook.graph.nodes:
        # The day of an amendment is nothing of the patient's.
        if isinstance(node, Read) and not isinstance(node.feature.kind, SinceDay):
            topic = topic_of(node.feature)
            named = fields_for(topic, formulary)
            if topic not in BY_RECORD_ONLY and not (named and all(desk.form.find(each) for each in named)):
                found.append(topic)
    assert not found


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_word_of_the_catalogue_has_a_field(desk: Desk, name: str) -> None:
    word = CATALOGUE[name]
    topic = word.topic or name
    if name in ("medication", "daily_dose"):
        topic = topic.replace("{is}", _MEDICINE)
    if name == "procedure":
        topic = topic.replace("{is}", _PROCEDURE)
    if name == "days_since":
        topic = "washout:platinum"
    for parameter, code in ABOUT.items():
        topic = topic.replace(parameter, code)
    named = fields_for(topic, desk.matcher.rulebook.formulary)
    assert named or name in BY_RECORD_ONLY
    assert all(desk.form.find(each) is not None for each in named)


def test_every_field_that_is_asked_stands_in_the_form_once(desk: Desk) -> None:
    names = [each.id for each in desk.form.fields]
    assert len(names) == len(set(names))
    assert all(desk.form.find(each) is not None for each in names)


def test_a_form_that_is_filled_in_leaves_nothing_unknown_that_a_rule_reads(desk: Desk) -> None:
    answers: dict[str, Any] = {}
    for each in desk.form.fields:
        answers |= filled(each)
    taken = desk.take(answers, AS_OF)
    assert not taken.issues
    table = desk.evaluate(taken.profile)
    graph = desk.matcher.rulebook.graph
    untold = {
        topic_of(node.feature)
        for number, finding in table.findings[0].items()
        if isinstance(node := graph[number], Read) and finding.value == whole(node.feature.domain)
        # The day of the treatment is too far off for what is known today to hold then.
        if not any(note.kind is NoteKind.STALE for note in finding.notes)
    }
    # Some rules ask for one method, the form is filled in for another; a result as a number is no verdict.
    assert untold <= {"biomarker:nf2", "biomarker:cell_of_origin", "biomarker:ctdna_mrd"}


def filled(each: Field) -> dict[str, Any]:
    """Some answer to a field, with everything that can stand beside it."""
    match each.shape:
        case Shape.LIST if each.id == "therapies":
            return {"therapies/1": {"agents": ["cisplatin", "pemetrexed"], "start": "2025-01-10", "end": "2025-05-02",
                                    "cycles": "4", "line": "1", "progressed": "yes", "progression_date": "2025-06-01",
                                    "response": "partial_response"}, "therapies": "complete"}  # fmt: skip
        case Shape.LIST:
            return {each.id: "complete"}
        case Shape.PRESENCE if each.table in ("therapies", "conditions", "medications", "procedures"):
            return {} if each.table == "therapies" else {each.id: {"value": "no"}}
        case Shape.TNM:
            return {each.id: {"edition": "8", "basis": "clinical", "t": "T2", "n": "N0", "m": "M0"}}
        case Shape.DIAGNOSIS:
            return {each.id: {"value": "PLMESO" if each.id == "diagnosis" else "epithelioid"}}
        case Shape.EVENT:
            return {each.id: {"value": "2026-02-01"}}
    if each.id == "birth_date":
        return {each.id: "1961-04-09"}
    if each.id == "age":
        return {each.id: "64"}
    units = dict([("unit", one.units[0].code) for one in each.inputs if one.units and one.units[0].code][:1])
    return {each.id: {one.name: value(one) for one in each.inputs if not one.when and value(one)} | units}


def value(one: Input) -> str:
    match one.kind:
        case InputKind.CHOICE:
            return one.options[-1].code
        case InputKind.DATE:
            return DAY
        case InputKind.NUMBER if one.name == "lln":
            return "0.3"
        case InputKind.NUMBER if one.name == "uln":
            return "3.5"
        case InputKind.NUMBER:
            low, high = one.low or 0, one.high if one.high is not None else 100
            return f"{low + (high - low) / 4:.0f}"
        case InputKind.TEXT:
            return "A*02:01" if "Allele" in one.title else ""
    return ""


@pytest.mark.parametrize("test", sorted(LAB_TESTS))
def test_the_factors_of_a_laboratory_value_are_those_of_its_reader(desk: Desk, test: str) -> None:
    """The page multiplies with them, so what it shows is what will be read."""
    found = desk.form.find(f"lab:{test}")
    assert found is not None
    known = LAB_TESTS[test]
    for unit in found.inputs[0].units:
        assert unit.factor is not None
        assert known.in_unit(3.7, unit.code) == pytest.approx(3.7 * unit.factor, rel=1e-7)


def test_units_are_printed_as_a_laboratory_prints_them(desk: Desk) -> None:
    titles = {each.title for field in desk.form.fields for one in field.inputs for each in one.units}
    assert {"10⁹/L", "µmol/L", "mL/min/1.73 m²", "mmHg"} <= titles
    assert not any("*" in each or "[" in each for each in titles)
