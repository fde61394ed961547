"""Sessions over a real server: answers in any order, lost lives, refusals, and nothing of a patient in the log."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from matcher.api.examples import ANSWERS, PROFILE
from tests.web.live import Live, serving

ONE_ANSWER = {"answers": {"sex": {"value": "female"}}}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture
def http(live: Live) -> Iterator[httpx.Client]:
    with live.client() as client:
        yield client


def begin(http: httpx.Client, **asked: Any) -> dict[str, Any]:
    answered = http.post("/v1/sessions", json={"as_of": "2026-01-15", **asked})
    assert answered.status_code == 201
    found: dict[str, Any] = answered.json()
    assert answered.headers["location"] == f"/v1/sessions/{found['id']}"
    return found


def put(http: httpx.Client, session: str, answers: dict[str, Any], **asked: Any) -> dict[str, Any]:
    answered = http.put(f"/v1/sessions/{session}/answers", json={"answers": answers, **asked})
    assert answered.status_code == 200, answered.text
    found: dict[str, Any] = answered.json()
    return found


def standings(state: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(each["id"], each["rank"], each["standing"]) for each in state["trials"] + state["regimens"]]


def matched(http: httpx.Client, profile: dict[str, Any], **asked: str) -> list[tuple[str, int, str]]:
    found = http.post("/v1/match", json=profile, params=asked).json()["patient"]
    return [(each["id"], each["rank"], each["standing"]) for each in found["trials"] + found["regimens"]]


def test_answers_in_any_order_are_a_match_of_the_profile(http: httpx.Client) -> None:
    answers = list(ANSWERS["answers"].items())
    seen = []
    for seed in range(2):
        random.Random(seed).shuffle(answers)  # noqa: S311 - an order, no secret
        session = begin(http)["id"]
        for name, answer in answers:
            state = put(http, session, {name: answer})
        assert standings(state) == matched(http, state["profile"])
        seen.append(standings(state))
    assert seen[0] == seen[1]


def test_a_profile_begins_a_session_that_stands_where_its_match_does(http: httpx.Client) -> None:
    state = begin(http, profile=PROFILE)
    assert standings(state) == matched(http, PROFILE)
    assert state["answers"]["lab:haemoglobin"]["value"] == 12.4
    assert state["profile"]["id"] == "P-001"


def test_an_answer_says_what_changed_and_what_to_ask_next(http: httpx.Client) -> None:
    session = begin(http)
    assert session["questions"][0]["field"] == "diagnosis"
    state = put(http, session["id"], {"diagnosis": "PLMESO"})
    assert {each["effect"] for each in state["changes"]["candidates"]} == {"lost", "settled"}
    assert state["changes"]["decided"] > 0
    assert state["revision"] == session["revision"] + 1
    assert all(each["settles"] or each["criteria"] for each in state["questions"])
    again = put(http, session["id"], {"diagnosis": "PLMESO"})
    assert again["changes"]["candidates"] == []
    back = put(http, session["id"], {"diagnosis": None})
    assert {each["effect"] for each in back["changes"]["candidates"]} == {"gained", "reopened"}
    assert standings(back) == standings(session)


def test_an_answer_that_cannot_be_read_comes_back_and_the_others_count(http: httpx.Client) -> None:
    session = begin(http)["id"]
    given = {"weight": {"value": "heavy"}, "sex": "female", "no such field": 1}
    path = f"/v1/sessions/{session}/answers"
    refused = http.put(path, json={"answers": given})
    assert (refused.status_code, refused.json()["code"]) == (422, "P109")
    assert [each["place"] for each in refused.json()["findings"]] == ["answers.no such field"]
    state = http.put(path, params={"unknown": "report"}, json={"answers": given}).json()
    assert {(each["field"], each["code"]) for each in state["issues"]} == {
        ("weight", "P101"),
        ("no such field", "P109"),
    }
    assert "Sex: female" in state["summary"]


def test_a_profile_to_begin_with_is_refused_with_all_its_unknown_fields(http: httpx.Client) -> None:
    profile = {
        "patient_id": "P-7",
        "agee": 61,
        "sex": "female",
        "labs": [{"test": "anc", "valeu": 2, "value": 2}],
    }
    refused = http.post("/v1/sessions", json={"profile": profile}).json()
    assert {each["place"] for each in refused["findings"]} == {"profile.agee", "profile.labs[0].valeu"}
    begun = http.post("/v1/sessions", params={"unknown": "report"}, json={"profile": profile})
    assert begun.status_code == 201
    fields = {each["field"] for each in begun.json()["issues"] if each["code"] == "P109"}
    assert "agee" in fields
    assert "patient_id" not in fields
    other = http.post("/v1/sessions", json={"profile": {"resourceType": "Bundle", "entry": []}})
    assert (other.status_code, other.json()["code"]) == (422, "P016")


def test_another_day_is_another_question(http: httpx.Client) -> None:
    session = begin(http, answers={"birth_date": "2008-06-01"})["id"]
    assert "Age: 17 years" in put(http, session, {})["summary"]
    assert "Age: 18 years" in put(http, session, {}, as_of="2026-07-01")["summary"]


def test_closed_candidates_are_ranked_where_asked_for(http: httpx.Client) -> None:
    session = begin(http)
    assert len(put(http, session["id"], {}, include_closed=True)["trials"]) > len(session["trials"])


def test_a_session_survives_the_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("killed")) as live, live.client() as http:
        session = begin(http)["id"]
        state = put(http, session, ANSWERS["answers"])
        live.kill()
        live.start()
        found = http.get(f"/v1/sessions/{session}").json()
        assert standings(found) == standings(state)
        assert found["questions"] == state["questions"]
        later = put(http, session, {"ecog": None})
        assert (
            later["changes"]
            == put(http, begin(http, answers=state["answers"])["id"], {"ecog": None})["changes"]
        )


def test_a_session_that_was_ended_is_gone(http: httpx.Client) -> None:
    session = begin(http)["id"]
    assert http.delete(f"/v1/sessions/{session}").status_code == 204
    for answered in (
        http.get(f"/v1/sessions/{session}"),
        http.put(f"/v1/sessions/{session}/answers", json=ONE_ANSWER),
        http.get(f"/v1/sessions/{session}/candidates/cisplatin_pemetrexed"),
        http.delete(f"/v1/sessions/{session}"),
    ):
        assert answered.status_code == 404
        assert answered.json()["code"] == "U058"


def test_one_candidate_criterion_by_criterion(http: httpx.Client) -> None:
    session = begin(http, profile=PROFILE)["id"]
    found = http.get(f"/v1/sessions/{session}/candidates/cisplatin_pemetrexed").json()
    assert found["candidate"]["criteria"][0]["citation"]
    missing = http.get(f"/v1/sessions/{session}/candidates/no-such")
    assert (missing.status_code, missing.json()["code"]) == (404, "U007")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 422),
        (b'{"answers": {"ecog": NaN}}', "application/json", 422),
        (b'{"answers": {"ecog": 1e400}}', "application/json", 422),
        (b'{"answers": []}', "application/json", 422),
        (b'{"answers": {}, "colour": "red"}', "application/json", 422),
        (b'{"answers": {}, "as_of": "someday"}', "application/json", 422),
        (b"[" * 500 + b"]" * 500, "application/json", 422),
    ],
)
def test_a_request_that_cannot_be_understood_is_a_problem(
    http: httpx.Client, body: bytes, kind: str, status: int
) -> None:
    session = begin(http)["id"]
    answered = http.put(f"/v1/sessions/{session}/answers", content=body, headers={"content-type": kind})
    assert answered.status_code == status
    assert answered.headers["content-type"] == "application/problem+json"
    assert http.get(f"/v1/sessions/{session}").json()["revision"] == 1


def test_too_many_answers_are_refused(http: httpx.Client) -> None:
    session = begin(http)["id"]
    many = {"answers": {f"therapies/{number}": {"agents": ["cisplatin"]} for number in range(2_001)}}
    answered = http.put(f"/v1/sessions/{session}/answers", json=many)
    assert (answered.status_code, answered.json()["place"]) == (422, "body.answers")


def test_the_form_has_everything_a_page_needs_and_knows_when_it_is_known(http: httpx.Client) -> None:
    answered = http.get("/v1/form")
    fields = {each["id"]: each for part in answered.json()["sections"] for each in part["fields"]}
    haemoglobin = fields["lab:haemoglobin"]["inputs"][0]
    assert [each["title"] for each in haemoglobin["units"]] == ["g/dL", "g/L", "mmol/L"]
    known = {"if-none-match": answered.headers["etag"]}
    assert http.get("/v1/form", headers=known).status_code == 304
    terms = http.get("/v1/form/terms").json()["terms"]
    assert any("Keytruda" in (also.title() for also in each["also"]) for each in terms["agents"])


def test_the_page_is_served_with_a_strict_policy_and_nothing_inline(http: httpx.Client) -> None:
    page = http.get("/intake")
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert "http://" not in page.text.replace("http://www.w3.org/2000/svg", "")
    assert page.text.count("<script") == page.text.count('<script type="module" src="/static/')
    for path in ("main.js", "tokens.css", "mark.svg"):
        assert http.get(f"/static/{path}").status_code == 200
    assert http.get("/static/../pages.py").status_code == 404


def test_no_value_of_a_patient_reaches_the_log_or_an_address(live: Live, http: httpx.Client) -> None:
    session = begin(http, patient="SECRET-PATIENT-77")["id"]
    given = {"lab:haemoglobin": {"value": "SECRET-VALUE-77"}, "SECRET-FIELD-77": "SECRET-WORD-77"}
    for unknown in ("refuse", "report"):
        http.put(f"/v1/sessions/{session}/answers", params={"unknown": unknown}, json={"answers": given})
    http.get(f"/v1/sessions/{session}/candidates/cisplatin_pemetrexed")
    http.put(
        f"/v1/sessions/{session}/answers",
        content=b'{"answers": "SECRET-BODY-77"',
        headers={"content-type": "application/json"},
    )
    said = live.said()
    assert "SECRET" not in said
    assert session not in said


def test_what_is_left_to_a_person_is_answered_and_a_computed_verdict_overridden(http: httpx.Client) -> None:
    trial, name = "NCT02709512", "judgement:NCT02709512:E-05"
    session = begin(http, profile=PROFILE, include_closed=True)["id"]
    said = {"value": "does not apply", "person": "A. Surgeon", "day": "2026-01-12", "reason": "healed"}
    over = {"value": "not met", "person": "Dr Y", "reason": "of another patient"}
    state = put(http, session, {name: said, f"judgement:{trial}:I-06": over})
    assert state["issues"] == []
    shown = http.get(f"/v1/sessions/{session}/candidates/{trial}").json()
    criteria = {each["id"]: each for each in shown["candidate"]["criteria"]}
    assert criteria["E-05"]["reason"].endswith("judged does not apply by A. Surgeon on 2026-01-12: healed")
    assert (criteria["I-06"]["verdict"], shown["candidate"]["standing"]) == ("not met", "ineligible")
    assert "judged not met by Dr Y: of another patient; computed: met" in criteria["I-06"]["reason"]
    assert standings(state) == matched(http, state["profile"], include_closed="true")
    back = put(http, session, {f"judgement:{trial}:I-06": None})
    assert standings(back) == matched(http, back["profile"], include_closed="true")
    assert begin(http, profile=back["profile"])["answers"][name] == said
