"""FHIR: what a resource says becomes a fact with its place, and nothing is lost silently."""

import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.profile import Profile
from matcher.errors import PatientDataError, UsageError
from matcher.readers.outcome import Patient, Reading
from matcher.readers.read import read_patients
from tests.small_formulary import SMALL_FORMULARY

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"


def concept(system: str, code: str, display: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def about(resource: str, **fields: Any) -> dict[str, Any]:
    return {"resourceType": resource, "id": "r", "subject": {"reference": "Patient/p"}, **fields}


def read(path: Path) -> tuple[dict[str, Profile], Reading, list[str]]:
    file = read_patients(path, formulary=SMALL_FORMULARY, as_of=date(2024, 1, 1))
    found = [each for each in file if isinstance(each, Patient)]
    return (
        {each.profile.id: each.profile for each in found},
        file.reading,
        [i.code for e in found for i in e.issues],
    )


def bundled(tmp_path: Path, *resources: dict[str, Any]) -> tuple[Profile, Reading, list[str]]:
    patient = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1960-05-01"}
    path = tmp_path / "b.json"
    entries = [{"resource": each} for each in (patient, *resources)]
    path.write_text(
        json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}), encoding="utf-8"
    )
    patients, reading, codes = read(path)
    return patients["p"], reading, codes


def test_a_laboratory_value_keeps_comparator_unit_limits_and_place(tmp_path: Path) -> None:
    profile, _, codes = bundled(
        tmp_path,
        about(
            "Observation",
            status="final",
            code=concept(LOINC, "718-7"),
            effectiveDateTime="2023-12-20T08:00:00Z",
            valueQuantity={"value": 9.5, "comparator": "<", "code": "g/dL"},
            referenceRange=[{"low": {"value": 12}, "high": {"value": 16}}],
        ),
    )
    (lab,) = profile.labs
    assert codes == []
    assert lab.value.high == 9.5
    assert lab.value.high_open
    assert lab.source.column == "Observation/r"


@pytest.mark.parametrize(
    ("verification", "recorded", "absent"),
    [("confirmed", 1, 0), ("refuted", 0, 1), ("provisional", 1, 0), ("entered-in-error", 0, 0)],
)
def test_verification_decides_whether_a_condition_is_there(
    tmp_path: Path, verification: str, recorded: int, absent: int
) -> None:
    status = {"coding": [{"code": verification}]}
    profile, _, _ = bundled(
        tmp_path,
        about("Condition", code=concept(SNOMED, "86406008", "HIV"), verificationStatus=status),
    )
    held = [each for each in profile.conditions.records if not each.elsewhere]
    assert (len(held), len(profile.conditions.absences)) == (recorded, absent)
    if verification == "provisional":
        assert held[0].code is not None
        assert "suspected" in str(held[0].code.members).casefold()


def test_void_resources_and_absent_values_say_nothing(tmp_path: Path) -> None:
    value = {"code": concept(LOINC, "718-7"), "valueQuantity": {"value": 9, "code": "g/dL"}}
    profile, _, codes = bundled(
        tmp_path,
        about("Observation", status="entered-in-error", **value),
        about(
            "Observation",
            status="final",
            code=concept(LOINC, "718-7"),
            dataAbsentReason=concept("x", "unknown"),
        ),
    )
    assert profile.labs == ()
    assert codes == []


def test_what_no_table_has_is_counted_and_could_be_anything(tmp_path: Path) -> None:
    profile, reading, codes = bundled(
        tmp_path, about("Condition", code=concept(SNOMED, "123", "Rare thing (disorder)"))
    )
    assert codes == ["P126"]
    assert reading.unmapped_codes == {"123 Rare thing": 1}
    assert profile.conditions.records[0].code is None


def test_contained_medicines_are_found_and_dangling_ones_are_unknown_agents(tmp_path: Path) -> None:
    profile, _, codes = bundled(
        tmp_path,
        about(
            "MedicationStatement",
            status="completed",
            contained=[
                {"resourceType": "Medication", "id": "m", "code": {"text": "Cisplatin 50 MG Injection"}}
            ],
            medicationReference={"reference": "#m"},
        ),
        about(
            "MedicationStatement", status="completed", medicationReference={"reference": "Medication/gone"}
        ),
    )
    agents = [each.components for each in profile.medications.records if not each.elsewhere]
    assert len(agents) == 2
    assert "P108" in codes


def test_lines_are_read_in_any_order_and_a_broken_one_costs_itself(tmp_path: Path) -> None:
    path = tmp_path / "bulk.ndjson"
    lab = about("Observation", code=concept(LOINC, "718-7"), valueQuantity={"value": 9, "code": "g/dL"})
    stray = {**lab, "subject": {"reference": "Patient/nobody"}}
    lines = [
        json.dumps(lab),
        '{"resourceType": "Observation", "id": ',
        json.dumps(stray),
        json.dumps({"resourceType": "Patient", "id": "p"}),
    ]
    path.write_text(
        "\n".join([*lines, json.dumps({"resourceType": "Encounter", "id": "e"})]), encoding="utf-8"
    )
    patients, reading, _ = read(path)
    assert len(patients["p"].labs) == 1
    assert sorted((each.code, each.source.row) for each in reading.file_issues) == [
        ("P009", 3),
        ("P109", None),
        ("P118", 2),
    ]


def test_a_truncated_bundle_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text('{"resourceType": "Bundle",\n "entry": [', encoding="utf-8")
    with pytest.raises(PatientDataError, match=r"b\.json:2.*P004"):
        read(path)


def test_a_resource_of_a_strange_shape_costs_itself(tmp_path: Path) -> None:
    profile, _, codes = bundled(
        tmp_path,
        about("Observation", code=["no", "concept"], valueInteger=1),
        about("Observation", code=concept(LOINC, "89247-1"), valueInteger=1),
    )
    assert codes == ["P118"]
    assert [each.name for each in profile.observations if each.name == "ecog"] == ["ecog"]


JUNK: tuple[Any, ...] = (None, 1, "x", [], {}, [[]], "\ud800x", True)
WHOLE = {
    "resourceType": "Bundle",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1960-05-01"}},
        {
            "resource": about(
                "Observation",
                status="final",
                code=concept(LOINC, "777-3"),
                effectiveDateTime="2023-12-30",
                valueQuantity={"value": 150, "code": "10*9/L", "comparator": "<"},
                referenceRange=[{"low": {"value": 150}, "high": {"value": 400}}],
            )
        },
        {
            "resource": about(
                "Condition",
                code=concept(SNOMED, "86406008", "HIV"),
                verificationStatus={"coding": [{"code": "confirmed"}]},
                clinicalStatus={"coding": [{"code": "active"}]},
                onsetPeriod={"start": "2020-01-01", "end": "2021-01-01"},
            )
        },
        {
            "resource": about(
                "MedicationStatement",
                status="completed",
                medicationReference={"reference": "Medication/m"},
                effectivePeriod={"start": "2020-01-01", "end": "2021-01-01"},
            )
        },
        {
            "resource": {
                "resourceType": "Medication",
                "id": "m",
                "code": {"text": "Cisplatin 50 MG Injection"},
            }
        },
    ],
}


def parts(held: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
    return [path, *(found for key, each in inner for found in parts(each, (*path, key)))]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(parts(WHOLE)[1:]), st.sampled_from(JUNK))
def test_junk_anywhere_is_never_a_defect(path: tuple[Any, ...], junk: Any) -> None:
    document = json.loads(json.dumps(WHOLE))
    held = document
    for step in path[:-1]:
        held = held[step]
    held[path[-1]] = junk
    with TemporaryDirectory() as folder:
        file = Path(folder, "b.json")
        file.write_text(json.dumps(document), encoding="utf-8")
        with suppress(PatientDataError, UsageError):
            list(read_patients(file, formulary=SMALL_FORMULARY, as_of=date(2024, 1, 1)))


@pytest.mark.parametrize(
    "broken",
    [
        {"valueQuantity": []},
        {"valueQuantity": {"value": 9, "comparator": "~"}},
        {"status": []},
        {"referenceRange": 1},
    ],
)
def test_no_older_value_stands_for_one_that_cannot_be_read(tmp_path: Path, broken: dict[str, Any]) -> None:
    old = {"code": concept(LOINC, "777-3"), "valueQuantity": {"value": 150, "code": "10*9/L"}}
    profile, _, _ = bundled(
        tmp_path,
        about("Observation", effectiveDateTime="2023-12-01", **old),
        about("Observation", **{"effectiveDateTime": "2023-12-30", **old, **broken}),
    )
    assert len(profile.labs) == 2
    assert profile.labs[1].value.low != profile.labs[1].value.high


@pytest.mark.parametrize(
    ("absent", "results"),
    [
        ({"dataAbsentReason": concept("x", "error")}, 2),
        ({"dataAbsentReason": concept("x", "masked")}, 2),
        ({"dataAbsentReason": {"text": "haemolysed"}}, 2),
        ({}, 2),
        ({"valueQuantity": {"extension": [{"url": ".../data-absent-reason", "valueCode": "as-text"}]}}, 2),
        ({"dataAbsentReason": concept("x", "not-performed")}, 1),
        ({"_valueInteger": {"extension": [{"url": ".../data-absent-reason", "valueCode": "unknown"}]}}, 1),
        ({"hasMember": [{"reference": "Observation/other"}]}, 1),
        ({"status": "entered-in-error"}, 1),
    ],
)
def test_a_result_without_a_value_is_open_unless_nothing_was_found_out(
    tmp_path: Path, absent: dict[str, Any], results: int
) -> None:
    code = {"code": concept(LOINC, "777-3")}
    old = {**code, "valueQuantity": {"value": 150, "code": "10*9/L"}}
    profile, _, _ = bundled(
        tmp_path,
        about("Observation", effectiveDateTime="2023-12-01", **old),
        about("Observation", **{"effectiveDateTime": "2023-12-30", **code, **absent}),
    )
    assert len(profile.labs) == results
    assert all(each.value.low != each.value.high for each in profile.labs[1:])


@pytest.mark.parametrize(
    "newest",
    [
        {"subject": {"reference": "Patient/nobody"}},
        {"subject": {"reference": "xqzw"}},
        {"code": {"coding": [{"system": "http://hospital/lab", "code": "777-3"}]}},
        {"code": {"coding": [{"code": "777-3"}]}},
    ],
)
def test_a_result_that_may_be_the_patients_keeps_the_newest_open(
    tmp_path: Path, newest: dict[str, Any]
) -> None:
    """A subject who is not in a Bundle of one patient, a code of a system that nobody knows."""
    code = {"code": concept(LOINC, "777-3")}
    value = {"valueQuantity": {"value": 40, "code": "10*9/L"}}
    old = {**code, "valueQuantity": {"value": 150, "code": "10*9/L"}}
    profile, reading, codes = bundled(
        tmp_path,
        about("Observation", effectiveDateTime="2023-12-01", **old),
        about("Observation", **{"effectiveDateTime": "2023-12-30", **code, **value, **newest}),
    )
    assert {"P009", "P126"} & {*codes, *(each.code for each in reading.file_issues)}
    assert [each.value.low == each.value.high for each in profile.labs] == [True, False]


@pytest.mark.parametrize("words", ["Stage 3A (qualifier value)", "IIIA", "AJCC Stage IIIA"])
def test_a_stage_group_is_read_where_it_stands(tmp_path: Path, words: str) -> None:
    said = {"coding": [{"display": words}]}
    for resource in (
        about("Observation", code=concept(LOINC, "21908-9"), valueCodeableConcept=said),
        about("Condition", code=concept("http://oncotree.mskcc.org", "LUAD"), stage=[{"summary": said}]),
    ):
        profile, _, codes = bundled(tmp_path, resource)
        (staged,) = profile.staging
        assert staged.stage is not None
        assert {each.partition(".")[2] for each in staged.stage.members} == {"IIIA"}, codes


@pytest.mark.parametrize(("status", "ongoing"), [("completed", {"yes", "no"}), ("active", {"yes"})])
def test_a_medicine_that_is_over_on_a_day_nobody_states_is_not_taken_for_current(
    tmp_path: Path, status: str, ongoing: set[str]
) -> None:
    profile, _, codes = bundled(
        tmp_path,
        about(
            "MedicationStatement",
            status=status,
            medicationCodeableConcept={"text": "Dexamethasone 4 MG Oral Tablet"},
            effectivePeriod={"start": "2023-01-01"},
        ),
    )
    (medicine,) = [each for each in profile.medications.records if not each.elsewhere]
    held = {"yes", "no"} if medicine.ongoing is None else set(medicine.ongoing.members)
    assert held == ongoing, codes
