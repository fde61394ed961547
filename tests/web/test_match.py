"""``POST /v1/match`` and what can be read of the rulebook, over a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from matcher.api.examples import PROFILE
from matcher.errors import CODES
from matcher.readers.assemble import assemble
from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher, MatchOptions, open_rulebook
from tests.web.live import ROOT, serving
from tests.whole import only_whole

DAY = date(2026, 1, 15)


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(tmp_path_factory.mktemp("server")) as live, live.client() as client:
        yield client


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return open_rulebook(ROOT / "rules")


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def profiles() -> list[dict[str, Any]]:
    lines = (ROOT / "fixtures" / "profiles.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def test_the_answer_is_the_engine_s(http: httpx.Client, rulebook: Rulebook) -> None:
    matcher = Matcher(rulebook, MatchOptions(top=10))
    for each in profiles()[:4]:
        answered = http.post("/v1/match", params={"top": 10, "as_of": DAY.isoformat()}, json=each)
        assert answered.status_code == 200
        profile = assemble(each, as_of=DAY, formulary=rulebook.formulary).profile
        assert profile is not None
        expected = as_json(asdict(matcher.match_one(profile)))
        said = answered.json()["patient"]
        for kind in ("trials", "regimens"):
            assert [(c["id"], c["rank"], c["standing"], c["because"]) for c in said[kind]] == [
                (c["id"], c["rank"], c["standing"], c["because"]) for c in expected[kind]
            ]
            for got, wanted in zip(said[kind], expected[kind], strict=True):
                verdicts = [(c["id"], c["verdict"], c["reason"]) for c in got["criteria"]]
                assert verdicts == [(c["id"], c["verdict"], c["reason"]) for c in wanted["criteria"]]
        assert said["questions"] == expected["questions"]


def test_an_answer_names_its_version_and_is_not_kept(http: httpx.Client, rulebook: Rulebook) -> None:
    answered = http.post("/v1/match", json=PROFILE)
    assert answered.json()["rulebook"] == {"version": rulebook.version, "short": rulebook.short_version}
    assert answered.headers["matcher-rulebook"] == rulebook.short_version
    assert answered.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in answered.headers["content-security-policy"]
    assert "unsafe" not in answered.headers["content-security-policy"]
    assert answered.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answered.headers


def test_top_and_closed_candidates_are_as_asked(http: httpx.Client) -> None:
    few = http.post("/v1/match?top=1", json=PROFILE).json()["patient"]
    assert (len(few["trials"]), len(few["regimens"])) == (1, 1)
    many = http.post("/v1/match", json=PROFILE).json()["patient"]
    closed = http.post("/v1/match?include_closed=true", json=PROFILE).json()["patient"]
    assert len(closed["trials"]) > len(many["trials"]) > 1


def test_a_fact_that_cannot_be_read_is_unknown_and_said(http: httpx.Client) -> None:
    answered = http.post("/v1/match?top=1&unknown=report", json={**PROFILE, "ecog": 7, "agee": 61})
    assert answered.status_code == 200
    issues = {each["fact"]: each for each in answered.json()["issues"]}
    assert issues["ecog"]["code"] == "P102"
    assert issues["agee"]["code"] == "P109"
    assert "did you mean 'age'?" in issues["agee"]["reason"]
    assert issues["ecog"]["remedy"] == CODES["P102"].remedy


def test_fields_that_do_not_exist_are_refused_all_at_once(http: httpx.Client) -> None:
    profile = {
        **PROFILE,
        "agee": 61,
        "quite_else": 1,
        "labs": [{"test": "platelets", "valeu": 1, "value": 150}],
    }
    refused = http.post("/v1/match?top=1", json=profile)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "P109")
    found = {each["place"]: each["message"] for each in problem["findings"]}
    assert found.keys() == {"agee", "quite_else", "labs[0].valeu"}
    assert "did you mean 'age'?" in found["agee"]
    assert "did you mean 'value'?" in found["labs[0].valeu"]
    assert "did you mean" not in found["quite_else"]


@pytest.mark.parametrize("name", ["id", "patient_id", "patientId", "Patient ID", "patient"])
def test_whose_the_profile_is_may_be_said_in_the_usual_ways(http: httpx.Client, name: str) -> None:
    profile = {each: value for each, value in PROFILE.items() if each != "id"}
    answered = http.post("/v1/match?top=1", json={**profile, name: "P-7"})
    assert answered.json()["patient"]["patient"] == "P-7"


def test_without_a_day_it_is_today_and_that_is_said(http: httpx.Client) -> None:
    said = http.post("/v1/match?top=1", json={"age": 61}).json()["patient"]
    assert any("the day of the request" in each for each in said["assumptions"])
    dated = http.post("/v1/match?top=1&as_of=2026-01-15", json={"age": 61}).json()["patient"]
    assert dated["as_of"] == "2026-01-15"
    assert not any("the day of the request" in each for each in dated["assumptions"])


@pytest.mark.parametrize(
    ("profile", "code"),
    [
        (["a list"], "P005"),
        ("text", "P005"),
        ({"as_of": "yesterday"}, "P010"),
        ({"id": "P-1", "patient_id": "P-2", "age": 61}, "P015"),
        ({"resourceType": "Observation", "id": "P-1", "valueInteger": 1}, "P016"),
        ([{"resourceType": "Patient", "id": "a"}, {"resourceType": "Patient", "id": "b"}], "P015"),
        ({"id": "P-1", "protocolSection": {"identificationModule": {}}}, "P016"),
        ({"id": "P-1", "geburtsdatum": "1961-04-09"}, "P016"),
        ({"diagnoses": [{"code": "PLMESO", "index": True}, {"code": "LUAD", "index": True}]}, "P011"),
    ],
)
def test_what_is_no_patient_is_refused_with_the_code_of_the_command_line(
    http: httpx.Client, profile: object, code: str
) -> None:
    refused = http.post("/v1/match", json=profile)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, code)
    assert refused.headers["content-type"] == "application/problem+json"
    assert problem["title"] == CODES[code].title
    assert problem["remedy"] == CODES[code].remedy
    assert problem["request_id"] == refused.headers["x-request-id"]
    explained = http.get(problem["type"])
    assert explained.json()["meaning"] == CODES[code].meaning


def test_a_misspelt_parameter_is_refused_with_its_place(http: httpx.Client) -> None:
    refused = http.post("/v1/match?topp=5", json=PROFILE)
    assert refused.status_code == 422
    assert refused.json()["place"] == "query.topp"


def test_the_request_id_of_a_caller_is_kept_where_it_is_one(http: httpx.Client) -> None:
    given = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert http.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"] == given
    other = http.get("/healthz", headers={"X-Request-ID": "John Smith 1961"}).headers["x-request-id"]
    assert "Smith" not in other


def test_candidates_come_in_stretches_and_by_kind(http: httpx.Client, rulebook: Rulebook) -> None:
    everything = http.get("/v1/candidates?limit=500").json()
    assert everything["total"] == len(rulebook.candidates) == len(everything["items"])
    parts: list[Any] = []
    while len(parts) < everything["total"]:
        parts += http.get("/v1/candidates", params={"limit": 7, "offset": len(parts)}).json()["items"]
    assert parts == everything["items"]
    trials = http.get("/v1/candidates?kind=trial&limit=500").json()["items"]
    assert {each["kind"] for each in trials} == {"trial"}
    open_ones = http.get("/v1/candidates?availability=open&limit=500").json()["items"]
    assert {each["availability"] for each in open_ones} == {"open"}
    assert http.get("/v1/candidates?kind=pill").status_code == 422


def test_a_candidate_is_shown_with_its_criteria_and_sources(http: httpx.Client) -> None:
    shown = http.get("/v1/candidates/cisplatin_pemetrexed").json()
    assert shown["listed"]["kind"] == "regimen"
    criteria = [each for section in shown["description"]["sections"] for each in section["criteria"]]
    assert criteria
    assert all(each["citation"] for each in criteria)
    missing = http.get("/v1/candidates/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "U007")


def test_features_are_what_the_rulebook_asks(http: httpx.Client) -> None:
    features = http.get("/v1/features?topic=ecog").json()["items"]
    (ecog,) = [each for each in features if each["name"] == "ecog"]
    assert {each["topic"] for each in features} == {"ecog"}
    assert (ecog["kind"], ecog["integer"]) == ("number", True)
    assert "performance status" in features[0]["question"]


def test_days_of_amendments_are_listed_as_such_and_ask_nobody(http: httpx.Client) -> None:
    features = http.get("/v1/features?topic=amendment").json()["items"]
    assert "The amendment of a day from 2021-11-16 to 2023-11-30" in [each["title"] for each in features]
    assert {(each["kind"], each["question"], each["high"]) for each in features} == {("amendment", "", None)}


@pytest.mark.parametrize(
    "path", ["/v1/rulebook", "/v1/candidates", "/v1/candidates/cisplatin_pemetrexed", "/v1/features"]
)
def test_what_the_caller_has_is_not_sent_again(http: httpx.Client, path: str) -> None:
    first = http.get(path)
    again = http.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_openapi_document_shows_requests_that_work(http: httpx.Client) -> None:
    document = http.get("/openapi.json").json()
    body = document["paths"]["/v1/match"]["post"]["requestBody"]["content"]["application/json"]
    assert http.post("/v1/match", json=body["example"]).status_code == 200
    assert "ecog" in document["components"]["schemas"]["Profile"]["properties"]


@pytest.mark.parametrize(
    ("candidate", "criterion", "said"),
    [
        ("NCT02709512", "E-55", "NCT02709512 has no criterion 'E-55'; there are I-01"),
        ("NCT99999999", "I-01", "the rulebook has no candidate 'NCT99999999'"),
    ],
)
def test_a_judgement_of_what_the_rulebook_does_not_have_is_refused(
    http: httpx.Client, candidate: str, criterion: str, said: str
) -> None:
    row = {"candidate": candidate, "criterion": criterion, "verdict": "unknown"}
    refused = http.post("/v1/match", json={**PROFILE, "judgements": [row]})
    assert (refused.status_code, refused.json()["code"]) == (422, "P125")
    assert refused.json()["findings"][0]["message"].startswith(said)
    reported = http.post("/v1/match", params={"unknown": "report"}, json={**PROFILE, "judgements": [row]})
    assert [each["code"] for each in reported.json()["issues"]] == ["P125"]


def test_an_unknown_address_and_a_wrong_method_are_problems(http: httpx.Client) -> None:
    nowhere = http.get("/v1/nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "U050")
    wrong = http.delete("/v1/match")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "U051", "POST")


def test_a_reload_is_between_requests_and_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    from tests.small_rulebook import write_rulebook

    rules = write_rulebook(tmp_path / "rules")
    with serving(tmp_path, rules=str(rules), reload_seconds=0.1) as live, live.client() as http:
        before = http.get("/v1/rulebook").json()["version"]
        changed = rules / "trials" / "NCT00000001.yaml"
        sound = changed.read_text("utf-8")
        changed.write_text(sound.replace("18 years", "19 years"), "utf-8")
        after = _until(http, lambda: http.get("/v1/rulebook").json()["version"], lambda v: v != before)
        answered = http.post("/v1/match", json={"age": 18})
        assert answered.json()["rulebook"]["version"] == after
        assert after.startswith(answered.headers["matcher-rulebook"])
        changed.write_text(sound.replace("at_least", "at_lest"), "utf-8")
        failing = _until(http, lambda: http.get("/readyz").json()["rules_failing"], bool)
        assert "R012" in failing
        assert http.get("/v1/rulebook").json()["version"] == after
        changed.write_text(sound, "utf-8")
        assert _until(http, lambda: http.get("/v1/rulebook").json()["version"], lambda v: v == before)


@only_whole
def test_several_processes_answer_and_are_counted_together(tmp_path: Path) -> None:
    from tests.small_rulebook import write_rulebook

    rules = write_rulebook(tmp_path / "rules")
    with serving(tmp_path, rules=str(rules), workers=2) as live:
        for _ in range(12):
            with live.client() as http:
                assert http.post("/v1/match", json=PROFILE).status_code == 200
        counted = 'matcher_requests_total{method="POST",route="/v1/match",status="200"} 12.0'
        with live.client() as http:
            # Counted once the answer has left, perhaps by the other process than the one that is asked.
            figures = _until(http, lambda: http.get("/metrics").text, lambda text: counted in text)
    assert counted in figures


def test_rules_that_vanish_do_not_take_the_server_along(tmp_path: Path) -> None:
    from tests.small_rulebook import write_rulebook

    rules = write_rulebook(tmp_path / "rules")
    with serving(tmp_path, rules=str(rules), reload_seconds=0.1) as live, live.client() as http:
        rules.rename(tmp_path / "elsewhere")
        assert _until(http, lambda: http.get("/readyz").json()["rules_failing"], bool)
        assert http.post("/v1/match", json={"age": 61}).status_code == 200


def _until(http: httpx.Client, ask: Any, good: Any) -> Any:
    for _ in range(600):
        if good(answer := ask()):
            return answer
    raise AssertionError("it did not come to pass")


@pytest.mark.parametrize(
    "profile",
    [
        {"conditions": ["lupus"] * 20_001},
        {"therapies": [{"agents": ["cisplatin"] * 1_001}] * 20},
        {"labs": [[]] * 20_001},
        {f"lab{number}": {} for number in range(20_001)},
        {"medications": [f"unknown {number}" for number in range(2_001)]},
        {"therapies": [{"agents": [f"unknown {number}" for number in range(2_001)]}]},
    ],
    ids=["rows", "names in rows", "nothing in rows", "fields", "names", "names in a row"],
)
def test_more_values_than_of_any_patient_are_refused_before_they_are_read(
    http: httpx.Client, profile: dict[str, Any]
) -> None:
    for path, body in (
        ("/v1/match", profile),
        ("/v1/sessions", {"profile": profile}),
        ("/v1/sessions", {"answers": profile}),
    ):
        refused = http.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "P008")


def test_laboratory_values_are_taken_by_the_thousand(http: httpx.Client) -> None:
    """As many of anything that is named would be held against every rule for as long."""
    values = [{"test": "platelets", "value": number} for number in range(2_500)]
    assert http.post("/v1/match", json={"id": "A", "labs": values}).status_code == 200


def test_a_word_is_looked_up_and_a_rule_read_back_on_their_pages(http: httpx.Client) -> None:
    everything = http.get("/words").text
    assert "Conditions" in everything
    found = http.get("/words", params={"find": "gilbert"}).text
    assert "condition: gilbert_syndrome" in found
    assert "0 names hold" in http.get("/words", params={"find": "<b>flurbosis"}).text
    shown = http.get("/rules/NCT04577326").text
    assert "The rule asks:" in shown
    assert "<em>or</em>" in shown
