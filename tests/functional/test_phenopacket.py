"""Phenopackets: each element becomes a fact, or is named as not read and stays open."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.profile import Profile
from matcher.readers.assemble import assemble
from matcher.readers.outcome import Patient, Reject
from matcher.readers.phenopacket import is_phenopacket, one_packet
from matcher.readers.read import read_patients
from tests.small_formulary import SMALL_FORMULARY

DAY = date(2024, 1, 1)


def term(identifier: str, label: str = "") -> dict[str, str]:
    return {"id": identifier, "label": label}


PACKET: dict[str, Any] = {
    "id": "packet",
    "subject": {"id": "p", "dateOfBirth": "1964-03-15T00:00:00Z", "sex": "FEMALE"},
    "diseases": [
        {
            "term": term("NCIT:C3512", "Lung Adenocarcinoma"),
            "onset": {"age": {"iso8601duration": "P58Y"}},
            "diseaseStage": [term("NCIT:C27971", "Stage IV")],
            "clinicalTnmFinding": [term("NCIT:C48766", "pT2b Stage Finding")],
        },
        {"term": term("SNOMEDCT:86406008", "HIV"), "excluded": True},
    ],
    "phenotypicFeatures": [{"type": term("HP:0001250", "Asthma"), "severity": term("HP:0012828", "Severe")}],
    "measurements": [
        {
            "assay": term("LOINC:777-3", "Platelets"),
            "value": {"quantity": {"unit": term("UCUM:10*9/L"), "value": 150, "referenceRange": {"low": 140, "high": 400}}},
            "timeObserved": {"timestamp": "2023-12-20T08:00:00Z"},
        },
        {"assay": term("LOINC:777-3"), "timeObserved": {"timestamp": "2023-12-30T08:00:00Z"}},
    ],
    "interpretations": [
        {
            "id": "i",
            "progressStatus": "SOLVED",
            "diagnosis": {
                "genomicInterpretations": [
                    {
                        "interpretationStatus": "CAUSATIVE",
                        "variantInterpretation": {
                            "variationDescriptor": {
                                "geneContext": {"valueId": "HGNC:1097", "symbol": "BRAF"},
                                "expressions": [{"syntax": "hgvs.p", "value": "NP_004324.2:p.Val600Glu"}],
                            }
                        },
                    }
                ]
            },
        }
    ],
    "medicalActions": [
        {
            "treatment": {
                "agent": term("RXNORM:2555", "cisplatin"),
                "doseIntervals": [{"interval": {"start": "2023-01-01T00:00:00Z", "end": "2023-03-01T00:00:00Z"}}],
            },
            "treatmentTarget": term("NCIT:C3512", "Lung Adenocarcinoma"),
            "responseToTreatment": term("NCIT:C35571", "Progressive Disease"),
        }
    ],
    "metaData": {"phenopacketSchemaVersion": "2.0.0"},
}  # fmt: skip


def profile_of(packet: dict[str, Any]) -> tuple[Profile, list[str]]:
    found = one_packet(packet)
    made = assemble(found.wire, as_of=DAY, formulary=SMALL_FORMULARY, sources=found.places)
    assert made.profile is not None
    return made.profile, [each.code for each in (*found.issues, *made.issues)]


def test_every_element_becomes_a_fact_or_is_named() -> None:
    profile, codes = profile_of(PACKET)
    (cancer,) = profile.diagnoses.records
    assert cancer.code is not None
    assert cancer.code.members == {"LUAD"}
    assert cancer.on is not None
    assert (cancer.on.first, cancer.on.last) == (date(2022, 3, 15), date(2023, 3, 15))
    assert len(profile.conditions.absences) == 1
    # The last platelets have no value: the older ones must not answer.
    assert [each.value.low == each.value.high for each in profile.labs] == [True, False]
    (variant,) = profile.alterations.records
    assert variant.gene is not None
    assert "BRAF" in variant.gene.members
    (course,) = [each for each in profile.therapies.records if not each.elsewhere]
    assert course.progressed is not None
    (staged,) = profile.staging
    assert staged.t is not None
    assert "P109" in codes  # the severity


def test_one_packet_is_told_from_a_profile_and_from_others() -> None:
    assert is_phenopacket(PACKET)
    assert is_phenopacket({"subject": {"id": "1"}, "meta_data": {}})
    assert not is_phenopacket({"subject": {"id": "1"}, "age": 3})
    assert not is_phenopacket({"resourceType": "Observation", "subject": {}, "diseases": []})


def test_files_lines_cohorts_and_families(tmp_path: Path) -> None:
    snake = json.loads(json.dumps(PACKET).replace('"dateOfBirth"', '"date_of_birth"'))
    other = {**snake, "subject": {**snake["subject"], "id": "q"}}
    lines = tmp_path / "packets.ndjson"
    lines.write_text("\n".join([json.dumps(PACKET), "{broken", json.dumps(other)]), encoding="utf-8")
    cohort = tmp_path / "cohort.json"
    family = {"id": "f", "proband": PACKET, "relatives": [other], "metaData": {}}
    cohort.write_text(json.dumps({"id": "c", "members": [PACKET, other], "metaData": {}}), encoding="utf-8")
    of_family = tmp_path / "family.json"
    of_family.write_text(json.dumps(family), encoding="utf-8")
    for path, read, rejected in ((lines, 2, 1), (cohort, 2, 0), (of_family, 1, 0)):
        found = list(read_patients(path, formulary=SMALL_FORMULARY, as_of=DAY))
        assert sum(isinstance(each, Reject) for each in found) == rejected, found
        births = {
            each.profile.birth.first for each in found if isinstance(each, Patient) and each.profile.birth
        }
        assert births == {date(1964, 3, 15)}
        assert sum(isinstance(each, Patient) for each in found) == read


def test_a_stage_of_several_cancers_says_nothing_of_one() -> None:
    second = {"term": term("NCIT:C0", "Breast Invasive Ductal Carcinoma")}
    profile, _ = profile_of({**PACKET, "diseases": [*PACKET["diseases"], second]})
    assert all(each.stage is None or not each.stage.exact for each in profile.staging)


def parts_of(held: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
    return [path, *(found for key, each in inner for found in parts_of(each, (*path, key)))]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(parts_of(PACKET)[1:]), st.sampled_from((None, 1, "x", [], {}, [[]], True)))
def test_junk_anywhere_is_never_a_defect(path: tuple[Any, ...], junk: Any) -> None:
    packet = json.loads(json.dumps(PACKET))
    held = packet
    for step in path[:-1]:
        held = held[step]
    held[path[-1]] = junk
    if is_phenopacket(packet):
        found = one_packet(packet)
        assemble(found.wire, as_of=DAY, formulary=SMALL_FORMULARY, sources=found.places)


@pytest.mark.parametrize("table", ["diseases", "phenotypicFeatures", "medicalActions", "interpretations"])
def test_an_element_of_another_form_keeps_its_list_open(table: str) -> None:
    packet = {name: value for name, value in PACKET.items() if name in ("id", "subject", "metaData")}
    profile, codes = profile_of({**packet, table: ["a text"]})
    assert "P118" in codes
    lists = {"diseases": profile.diagnoses, "phenotypicFeatures": profile.conditions,
             "medicalActions": profile.therapies, "interpretations": profile.alterations}  # fmt: skip
    assert len(lists[table].records) >= 1  # type: ignore[attr-defined]
