"""FHIR over HTTP: what goes out is valid R4, clients of others take it, and every refusal is an OperationOutcome."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from matcher.api.examples import BUNDLE, PROFILE
from matcher.api.problems import Problem, problem_response
from tests.web.live import Live, serving

fhirpy = pytest.importorskip("fhirpy", reason="fhirpy is not installed: no client of others was tried")
r4 = pytest.importorskip(
    "fhir.resources.R4B", reason="fhir.resources is not installed: FHIR is not validated"
)

MATCH = "/fhir/ResearchStudy/$match"
DAY = {"as_of": "2026-01-15"}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="module")
def http(live: Live) -> Iterator[httpx.Client]:
    with live.client() as client:
        yield client


def parameters(bundle: Any = BUNDLE, **values: str) -> dict[str, Any]:
    given = [{"name": name, "valueString": value} for name, value in values.items()]
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": "trialMatchClinicalData", "resource": bundle}, *given],
    }


def bundle_of(answered: Any) -> Any:
    (out,) = answered["parameter"]
    assert out["name"] == "trialMatchOutput"
    return out["resource"]


def studies(bundle: Any) -> list[Any]:
    return [each for each in bundle["entry"] if each["search"]["mode"] == "match"]


def test_a_client_of_others_asks_and_validates_what_comes_back(live: Live) -> None:
    client = fhirpy.SyncFHIRClient(f"{live.base}/fhir")
    said = client.execute("metadata", method="get")
    assert r4.get_fhir_model_class("CapabilityStatement").model_validate(said).fhirVersion == "4.0.1"
    answered = client.execute("ResearchStudy/$match", method="post", data=parameters(), params=DAY)
    r4.get_fhir_model_class("Parameters").model_validate(answered)
    bundle = bundle_of(answered)
    r4.get_fhir_model_class("Bundle").model_validate(bundle)
    found = studies(bundle)
    assert bundle["total"] == len(found) > 5
    scores = [each["search"]["score"] for each in found]
    assert scores == sorted(scores, reverse=True)
    with pytest.raises(fhirpy.base.exceptions.OperationOutcome):
        client.execute("ResearchStudy/$match", method="post", data={"resourceType": "Parameters"})


def test_the_order_and_the_verdicts_are_those_of_the_other_route(http: httpx.Client) -> None:
    direct = http.post("/v1/match", params=DAY, json=BUNDLE).json()["patient"]["trials"]
    found = studies(bundle_of(http.post(MATCH, params=DAY, json=parameters()).json()))
    kept = [each for each in direct if each["standing"] != "ineligible"]
    assert [each["resource"]["title"] for each in found] == [each["title"] for each in kept]
    criteria = [e for e in found[0]["search"]["extension"] if e["url"] == "urn:trial-matcher:criterion"]
    verdicts = [
        next(part["valueString"] for part in each["extension"] if part["url"] == "verdict")
        for each in criteria
    ]
    assert verdicts == [each["verdict"] for each in kept[0]["criteria"]]


def test_a_phenopacket_is_a_patient_too(http: httpx.Client) -> None:
    packet = {
        "id": "x",
        "subject": {"id": "P-9", "dateOfBirth": "1961-04-09", "sex": "MALE"},
        "diseases": [{"term": {"id": "X:1", "label": "Pleural Mesothelioma"}}],
        "metaData": {},
    }
    answered = http.post("/v1/match", params={**DAY, "top": 1}, json=packet).json()
    assert "Diagnosis: Pleural Mesothelioma" in answered["patient"]["summary"]
    begun = http.post("/v1/sessions", json={"profile": packet, "as_of": "2026-01-15"}).json()
    assert "Diagnosis: Pleural Mesothelioma" in begun["summary"]


def test_what_narrows_narrows_and_what_cannot_is_said(http: httpx.Client) -> None:
    asked = parameters(phase="Phase 1", recruitmentStatus="recruiting", zipCode="01730")
    bundle = bundle_of(http.post(MATCH, params=DAY, json=asked).json())
    assert {each["resource"]["phase"]["coding"][0]["code"] for each in studies(bundle)} <= {"phase-1"}
    assert {each["resource"]["status"] for each in studies(bundle)} <= {"active"}
    said = bundle["entry"][-1]["resource"]["issue"]
    assert any("zipCode" in each["details"]["text"] for each in said)


def test_nothing_that_was_not_understood_is_forgotten(http: httpx.Client) -> None:
    entry = {
        "resource": {
            "resourceType": "Condition",
            "code": {
                "coding": [{"system": "http://snomed.info/sct", "code": "123", "display": "Rare thing"}]
            },
        }
    }
    strange = {**BUNDLE, "entry": [*BUNDLE["entry"], entry, {"resource": {"resourceType": "Encounter"}}]}
    bundle = bundle_of(http.post(MATCH, params=DAY, json=parameters(strange)).json())
    said = {
        code["code"]
        for each in bundle["entry"][-1]["resource"]["issue"]
        for code in each["details"].get("coding", [])
    }
    assert {"P126", "P109"} <= said
    assert {each["code"] for each in http.post("/v1/match", json=strange).json()["issues"]} == {
        "P126",
        "P109",
    }
    begun = http.post("/v1/sessions", json={"profile": strange, "as_of": "2026-01-15"}).json()
    assert {"123 Rare thing", "Encounter"} <= {each["field"] for each in begun["issues"]}
    assert begun["profile"]["sex"] == [{"value": "male"}]
    conditions = begun["profile"]["conditions"]
    assert [each["condition"] for each in conditions] == ["not understood"]
    again = http.get(f"/v1/sessions/{begun['id']}").json()
    assert again["issues"] == begun["issues"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (MATCH, b"{", 422),
        (MATCH, b'{"resourceType": "Bundle", "entry": []}', 422),
        (MATCH, b'{"resourceType": "Parameters", "parameter": 1}', 422),
        (f"{MATCH}?wrong=1", b"{}", 422),
        ("/fhir/Patient/$everything", b"{}", 404),
        ("/fhir/metadata", b"{}", 405),
        (MATCH, b" " * (17 << 20), 413),
    ],
    ids=["no JSON", "nobody", "parameters", "query", "address", "method", "size"],
)
def test_every_refusal_is_an_outcome(http: httpx.Client, path: str, body: bytes, status: int) -> None:
    headers = {"content-type": "application/fhir+json", "accept": "text/html"}
    answered = http.post(path, content=body, headers=headers)
    assert (answered.status_code, answered.headers["content-type"]) == (status, "application/fhir+json")
    said = r4.get_fhir_model_class("OperationOutcome").model_validate(answered.json())
    assert said.issue[0].details.coding[0].code


def test_a_profile_is_no_patient_of_fhir(http: httpx.Client) -> None:
    for body in (PROFILE, parameters(PROFILE), parameters({**BUNDLE, "entry": BUNDLE["entry"][:1] * 2})):
        assert http.post(MATCH, json=body).json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(("status", "kind"), [(401, "login"), (403, "forbidden"), (503, "transient")])
def test_what_no_route_decides_is_an_outcome_too(status: int, kind: str) -> None:
    answered = problem_response(Problem(status, "U052", "no"), "", MATCH)
    assert json.loads(bytes(answered.body))["issue"][0]["code"] == kind
    assert ("www-authenticate" in answered.headers) == (status == 401)
