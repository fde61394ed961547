"""FHIR of other programs: addresses for names, statuses that deny, times that are no days."""

import json
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.possible import Codes
from matcher.domain.profile import Profile
from matcher.domain.record import Condition
from tests.functional.test_fhir import SNOMED, about, bundled, concept, read

CHEMOTHERAPY = concept(SNOMED, "367336001", "Chemotherapy")
CISPLATIN = {"text": "cisplatin"}
DIABETES = concept(SNOMED, "44054006", "Diabetes mellitus type 2")


def diabetes(profile: Profile) -> Condition:
    """The record of the disease itself, beside those of the judgements about it."""
    (found,) = (each for each in profile.conditions.records if each.code == Codes.of("type_2_diabetes"))
    return found


def test_what_is_sent_to_be_stored_is_known_by_its_address(tmp_path: Path) -> None:
    born = {"resourceType": "Patient", "gender": "male", "birthDate": "1950"}
    ill = {"resourceType": "Condition", "subject": {"reference": "urn:uuid:1"}, "code": DIABETES}
    entries = [{"fullUrl": "urn:uuid:2", "resource": ill}, {"fullUrl": "urn:uuid:1", "resource": born}]
    path = tmp_path / "sent.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}), "utf-8")
    patients, reading, _ = read(path)
    assert (reading.matched, list(patients)) == (1, ["1"])
    assert diabetes(patients["1"]).source.column == "Condition/2"


def test_a_folder_of_bundles_is_a_file_of_patients(tmp_path: Path) -> None:
    for name in ("a", "b"):
        patient = {"resourceType": "Patient", "id": name, "gender": "male"}
        bundle = {"resourceType": "Bundle", "entry": [{"resource": patient}]}
        (tmp_path / f"{name}.json").write_text(json.dumps(bundle), "utf-8")
    (tmp_path / "other.json").write_text('{"made": "elsewhere"}', "utf-8")
    assert set(read(tmp_path)[0]) == {"a", "b"}


def test_a_medicine_is_found_by_its_whole_address(tmp_path: Path) -> None:
    medicine = {"resourceType": "Medication", "id": "m", "code": CISPLATIN}
    given = about(
        "MedicationAdministration",
        status="completed",
        medicationReference={"reference": "https://ehr.example.org/fhir/Medication/m"},
        effectiveDateTime="2023-01-01",
    )
    assert "P108" not in bundled(tmp_path, medicine, given)[2]


def test_results_inside_a_report_are_read(tmp_path: Path) -> None:
    result = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": concept("http://loinc.org", "718-7"),
        "valueQuantity": {"value": 9.5, "code": "g/dL"},
        "effectiveDateTime": "2023-12-20",
    }
    report = about("DiagnosticReport", status="final", contained=[result], result=[{"reference": "#o"}])
    profile, _, _ = bundled(tmp_path, report)
    assert len(profile.labs) == 1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("MedicationRequest", {"status": "cancelled"}),
        ("MedicationRequest", {"status": "active", "doNotPerform": True}),
        ("MedicationAdministration", {"status": "not-done"}),
        ("MedicationStatement", {"status": "not-taken"}),
        ("MedicationDispense", {"status": "declined"}),
        ("MedicationStatement", {"status": "entered-in-error"}),
    ],
)
def test_a_medicine_that_was_not_given_is_none(tmp_path: Path, kind: str, fields: dict[str, Any]) -> None:
    profile, _, _ = bundled(tmp_path, about(kind, medicationCodeableConcept=CISPLATIN, **fields))
    assert not profile.therapies.records
    assert not profile.medications.records


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("MedicationRequest", {"status": "active", "intent": "order"}),
        ("MedicationStatement", {"status": "intended"}),
        ("MedicationStatement", {"status": "unknown"}),
    ],
)
def test_a_medicine_that_is_ordered_or_meant_was_perhaps_given(
    tmp_path: Path, kind: str, fields: dict[str, Any]
) -> None:
    profile, _, _ = bundled(tmp_path, about(kind, medicationCodeableConcept=CISPLATIN, **fields))
    (course,) = profile.therapies.records
    (agent,) = course.components
    assert agent is not None
    assert "suspected" in agent.members


def test_chemotherapy_as_a_procedure_is_a_systemic_treatment_of_no_named_agent(tmp_path: Path) -> None:
    profile, _, codes = bundled(
        tmp_path,
        about("Procedure", status="completed", code=CHEMOTHERAPY, performedDateTime="2023-01-01"),
        about("Procedure", status="not-done", code=CHEMOTHERAPY, performedDateTime="2023-02-01"),
    )
    (course,) = profile.therapies.records
    assert course.components == (None,)
    assert course.kind == Codes.of("systemic")
    assert "P126" not in codes


def test_a_procedure_of_unknown_status_was_perhaps_done(tmp_path: Path) -> None:
    profile, _, _ = bundled(tmp_path, about("Procedure", status="unknown", code=CHEMOTHERAPY))
    (course,) = profile.therapies.records
    assert course.kind is not None
    assert "suspected" in course.kind.members


@pytest.mark.parametrize("code", [concept(SNOMED, "716186003"), {"text": "No known allergies"}])
def test_no_known_allergy_is_no_allergy(tmp_path: Path, code: dict[str, Any]) -> None:
    profile, _, _ = bundled(tmp_path, about("AllergyIntolerance", code=code))
    assert not profile.conditions.records
    assert len(profile.conditions.absences) == 1


def test_no_known_allergy_to_drugs_says_nothing_of_other_allergies(tmp_path: Path) -> None:
    profile, _, _ = bundled(tmp_path, about("AllergyIntolerance", code=concept(SNOMED, "409137002")))
    assert not profile.conditions.records
    assert not profile.conditions.absences


@pytest.mark.parametrize(
    "onset", [{"recordedDate": "2023-12-01"}, {"onsetAge": {"value": 40}}, {"onsetString": "childhood"}]
)
def test_the_day_of_a_record_is_not_the_day_it_began(tmp_path: Path, onset: dict[str, Any]) -> None:
    profile, _, _ = bundled(tmp_path, about("Condition", code=DIABETES, **onset))
    condition = diabetes(profile)
    assert condition.start is None or condition.start.first.year < 1970


def test_a_condition_that_ended_at_an_age_is_not_taken_for_current(tmp_path: Path) -> None:
    profile, _, _ = bundled(
        tmp_path, about("Condition", code=DIABETES, onsetDateTime="2001-01-01", abatementAge={"value": 50})
    )
    condition = diabetes(profile)
    assert condition.end is not None
    assert condition.end.first.year < 2010


def test_what_a_modifier_may_deny_stays_open(tmp_path: Path) -> None:
    profile, _, codes = bundled(
        tmp_path,
        about("Condition", code=DIABETES, modifierExtension=[{"url": "urn:negated", "valueBoolean": True}]),
    )
    assert "P118" in codes
    assert Codes.of("type_2_diabetes") not in [each.code for each in profile.conditions.records]


def test_two_resources_of_one_patient_that_differ_are_two_sources(tmp_path: Path) -> None:
    other = {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1961-05-01"}
    profile, _, codes = bundled(tmp_path, other)
    assert {each.value for each in profile.observations if each.name == "sex"} == {
        Codes.of("female"),
        Codes.of("male"),
    }
    assert profile.birth is None
    assert "P106" in codes
