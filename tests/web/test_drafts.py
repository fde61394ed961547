"""Drafts over HTTP: nothing written is lost, two people approve, and what is approved is in force."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from matcher.api.app import create_app
from matcher.api.clock import now
from matcher.api.settings import Settings
from matcher.store import Audit, Tokens, open_database
from tests.web.drafting import CASES, PEOPLE, RULE


class Client:
    """Asks an application in this process."""

    def __init__(self, app: Any) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8123")

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._http.request(method, path, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def close(self) -> None:
        self._runner.run(self._http.aclose())
        self._runner.close()


@dataclass
class Desk:
    """A server of one folder of rules, and people with tokens."""

    client: Client
    secrets: dict[str, str]
    rules: Path
    settings: Settings
    app: Any

    def ask(self, who: str, method: str, path: str, **body: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.secrets[who]}"}
        sent = {"json": body} if body or method in ("POST", "PUT") else {}
        return self.client.request(method, path, headers=headers, **sent)

    def begin(self, who: str = "anna", **how: Any) -> dict[str, Any]:
        how = how or {"from": "file", "text": RULE, "cases": CASES}
        answered = self.ask(who, "POST", "/v1/drafts", **how)
        assert answered.status_code == 201, answered.text
        return dict(answered.json())

    def in_review(self, **how: Any) -> str:
        draft = self.begin(**how)
        path = f"/v1/drafts/{draft['id']}"
        assert self.ask("anna", "POST", f"{path}/submit", revision=draft["revision"]).status_code == 200
        assert self.ask("berta", "GET", f"{path}/impact").status_code == 200
        return path

    def approve(self, path: str, who: str = "berta", revision: int = 0) -> httpx.Response:
        revision = revision or self.ask(who, "GET", path).json()["revision"]
        return self.ask(who, "POST", f"{path}/approve", revision=revision, reason="As the protocol says.")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "rulebook.yaml").write_text("rulebook: mine\nextends: none\n", "utf-8")
    settings = Settings(
        port=8123, rules=str(rules), store=f"sqlite:///{tmp_path / 's.sqlite'}", data=str(tmp_path / "data")
    )
    database = open_database(settings.store_url, now)
    tokens = Tokens(database)
    secrets = {
        name: tokens.create(role, person=name.title())[1]  # type: ignore[arg-type]
        for name, role in PEOPLE.items()
    }
    database.close()
    app = create_app(settings)
    client = Client(app)
    yield Desk(client, secrets, rules, settings, app)
    client.close()
    app.state.server.checker.close()
    app.state.server.database.close()


def names(answered: httpx.Response) -> set[str]:
    assert answered.status_code == 409, answered.text
    return {each["message"].partition(":")[0] for each in answered.json()["findings"]}


def test_a_second_save_is_answered_with_the_first(desk: Desk) -> None:
    draft = desk.begin()
    path = f"/v1/drafts/{draft['id']}"
    sent = {"text": RULE + "# Anna\n", "revision": draft["revision"]}
    assert desk.ask("anna", "PUT", f"{path}/text", **sent).json()["revision"] == draft["revision"] + 1
    other = desk.ask("alex", "PUT", f"{path}/text", text=RULE + "# Alex\n", revision=draft["revision"])
    assert other.status_code == 409
    assert (other.json()["author"], other.json()["text"]) == ("Anna", RULE + "# Anna\n")
    now_held = desk.ask("alex", "GET", path).json()
    assert now_held["text"] == RULE + "# Anna\n"
    assert [(each["by"], each["content"]) for each in now_held["asides"]] == [("Alex", RULE + "# Alex\n")]
    assert desk.ask("alex", "GET", f"{path}/revisions/1").json()["text"] == RULE


def test_a_broken_text_is_kept_to_the_byte(desk: Desk) -> None:
    draft = desk.begin()
    path = f"/v1/drafts/{draft['id']}"
    broken = RULE.replace("when: {age", "when: {{{age").replace("\n", "\r\n")
    saved = desk.ask("anna", "PUT", f"{path}/text", text=broken, revision=draft["revision"])
    assert saved.status_code == 200
    assert desk.ask("anna", "GET", path).json()["text"] == broken
    grid = desk.ask("anna", "GET", f"{path}/cases")
    assert (grid.status_code, grid.json()["rows"]) == (200, [])
    assert desk.ask("anna", "POST", f"{path}/try").status_code == 409


def test_nobody_approves_what_they_wrote(desk: Desk) -> None:
    path = desk.in_review()
    assert desk.ask("anna", "POST", f"{path}/approve", revision=2, reason="mine").status_code == 403
    assert desk.ask("ada", "PUT", f"{path}/text", text=RULE + "# Ada\n", revision=2).status_code == 200
    assert desk.ask("ada", "POST", f"{path}/submit", revision=3).status_code == 200
    assert desk.ask("ada", "GET", f"{path}/impact").status_code == 200
    assert names(desk.approve(path, "ada")) == {"second person"}
    assert names(desk.approve(path, "berta")) == {"impact seen"}


def test_roles_hold_over_http(desk: Desk) -> None:
    path = desk.in_review()
    assert desk.ask("carl", "GET", path).status_code == 403
    assert desk.ask("carl", "PUT", f"{path}/text", text="x", revision=2).status_code == 403
    assert (
        desk.ask("berta", "POST", "/v1/drafts", **{"from": "blank", "candidate": "NCT1"}).status_code == 403
    )
    assert desk.client.get(path).status_code == 401


def test_an_approval_is_refused_for_a_red_case_and_for_what_no_case_shows(desk: Desk) -> None:
    red = CASES.replace("I-01: not met", "I-01: met").replace("standing: ineligible, ", "")
    path = desk.in_review(**{"from": "file", "text": RULE, "cases": red})
    refused = desk.approve(path)
    assert names(refused) == {"cases green", "coverage"}
    assert {each["place"] for each in refused.json()["findings"]} == {path.removeprefix("/v1") + "/cases"}
    assert "1 case of 3 come out otherwise: beside it" in refused.text
    assert not (desk.rules / "trials").exists()


def test_what_is_approved_is_written_in_force_and_on_record(desk: Desk) -> None:
    before = desk.client.get("/readyz").json()["rulebook"]
    path = desk.in_review()
    done = desk.approve(path)
    assert done.status_code == 200, done.text
    assert (desk.rules / "trials/NCT00000042.yaml").read_bytes() == RULE.encode()
    assert (desk.rules / "trials/NCT00000042.cases.yaml").read_bytes() == CASES.encode()
    log = (desk.rules / "CHANGELOG.md").read_text("utf-8")
    assert "NCT00000042 approved" in log
    assert "Written by Anna; approved by Berta." in log
    after = desk.client.get("/readyz").json()["rulebook"]
    assert after != before
    assert done.json()["rulebook"].startswith(after)
    listed = desk.ask("carl", "GET", "/v1/candidates")
    assert listed.headers["Matcher-Rulebook"] == after
    assert [each["id"] for each in listed.json()["items"]] == ["NCT00000042"]
    database = open_database(desk.settings.store_url, now)
    said = [(each.actor, each.action, each.detail) for each in Audit(database).latest(2)]
    assert Audit(database).verify().sound
    database.close()
    assert said[0][1:] == ("rulebook in force", done.json()["rulebook"])
    assert said[1][:2] == ("person:berta", "draft approved")
    assert "authors Anna" in said[1][2]
    assert "As the protocol says." in said[1][2]
    assert desk.ask("anna", "PUT", f"{path}/text", text="too late", revision=9).status_code == 409


def test_what_changed_meanwhile_is_not_approved(desk: Desk) -> None:
    path = desk.in_review()
    assert desk.ask("anna", "PUT", f"{path}/text", text=RULE + "# more\n", revision=2).status_code == 200
    assert desk.approve(path, revision=2).status_code == 409
    assert names(desk.approve(path)) == {"in review", "impact seen"}


def test_a_file_changed_in_git_meanwhile_is_not_written_over(desk: Desk) -> None:
    assert desk.approve(desk.in_review()).status_code == 200
    path = desk.in_review(**{"from": "copy", "of": "NCT00000042"})
    file = desk.rules / "trials/NCT00000042.yaml"
    theirs = RULE.replace("A trial under work", "A title from git")
    file.write_text(theirs, "utf-8")
    assert "base unchanged" in names(desk.approve(path))
    assert file.read_text("utf-8") == theirs
    three = desk.ask("anna", "GET", f"{path}/three").json()
    assert (three["base"], three["mine"], three["theirs"], three["conflicts"]) == (RULE, RULE, theirs, 0)
    assert three["merged"] == theirs


def test_an_error_elsewhere_keeps_nobody_from_working(desk: Desk) -> None:
    path = desk.in_review()
    (desk.rules / "trials").mkdir()
    (desk.rules / "trials/NCT99999999.yaml").write_text("trial: NCT99999999\ntitle: {\n", "utf-8")
    done = desk.approve(path)
    assert done.status_code == 200, done.text
    assert "last good version" in done.json()["waits"]
    assert desk.client.get("/readyz").json()["rules_failing"]
    assert "last good version" in desk.client.get("/drafts", headers=bearer(desk, "anna")).text
    (desk.rules / "trials/NCT99999999.yaml").unlink()


def test_an_empty_cell_offers_its_case_and_takes_the_author_s_verdict(desk: Desk) -> None:
    draft = desk.begin(**{"from": "file", "text": RULE, "cases": ""})
    path = f"/v1/drafts/{draft['id']}"
    while missing := desk.ask("anna", "GET", f"{path}/cases").json()["missing"]:
        cell = missing[0]
        offered = desk.client.get(
            f"{path}/proposal", params={"key": cell["key"]}, headers=bearer(desk, "anna")
        ).json()
        assert "expect" not in offered
        age = offered["patient"].get("age")
        verdict = "unknown" if age is None else "met" if age >= 18 else "not met"
        revision = desk.ask("anna", "GET", path).json()["revision"]
        added = {key: offered[key] for key in ("name", "as_of", "patient")}
        sent = desk.ask("anna", "POST", f"{path}/cases", **added, expect={"I-01": verdict}, revision=revision)
        assert sent.status_code == 200, sent.text
    grid = desk.ask("anna", "GET", f"{path}/cases").json()
    assert (grid["exercised"], grid["red"]) == (grid["wanted"], 0)


def bearer(desk: Desk, who: str) -> dict[str, str]:
    return {"authorization": f"Bearer {desk.secrets[who]}"}


def test_the_same_text_is_impossible_twice_and_too_long_never(desk: Desk) -> None:
    draft = desk.begin()
    path = f"/v1/drafts/{draft['id']}"
    long = desk.ask("anna", "PUT", f"{path}/text", text="x" * 5_000_000, revision=2)
    assert long.status_code == 413
    deep = RULE + "notes: " + "[" * 200 + "]" * 200 + "\n"
    saved = desk.ask("anna", "PUT", f"{path}/text", text=deep, revision=2)
    assert saved.status_code == 200
    again = desk.ask("anna", "PUT", f"{path}/text", text=deep, revision=saved.json()["revision"])
    assert again.json() == saved.json()
    assert desk.ask("anna", "GET", f"{path}/review").status_code == 200


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"from": "blank", "candidate": "no name"}, "U072"),
        ({"from": "copy", "of": "NCT1"}, "U007"),
        ({"from": "file", "text": "nothing: here\n"}, "U072"),
        ({"from": "file", "text": "list: my_agents\ntitle: Mine\n"}, "U072"),
        ({"from": "record", "text": "<html>"}, "U011"),
        ({"from": "sentences", "candidate": "NCT00000001", "text": " "}, "U072"),
    ],
)
def test_what_no_draft_can_begin_with_is_said(desk: Desk, how: dict[str, str], code: str) -> None:
    answered = desk.ask("anna", "POST", "/v1/drafts", **how)
    assert (answered.status_code, answered.json()["code"]) == (422, code)


def test_pasted_text_loses_no_sentence(desk: Desk) -> None:
    text = "Inclusion Criteria:\n- Age 18 years or older\n- Able to swallow\n"
    draft = desk.begin(**{"from": "sentences", "candidate": "NCT00000001", "text": text})
    assert draft["protocol"] == text
    assert "Able to swallow" in draft["text"]


def test_a_blank_draft_can_be_looked_at_from_every_side(desk: Desk) -> None:
    draft = desk.begin(**{"from": "blank", "candidate": "NCT00000001"})
    path = f"/v1/drafts/{draft['id']}"
    for side in ("cases", "review", "impact", "three", "patch"):
        assert desk.ask("anna", "GET", f"{path}/{side}").status_code == 200, side
    assert desk.ask("anna", "POST", f"{path}/try").json()["patients"] == 0


def test_every_page_of_a_draft_answers_in_every_state(desk: Desk) -> None:
    desk.begin(**{"from": "blank", "candidate": "NCT00000001"})
    path = desk.in_review().removeprefix("/v1")
    own = [f"{path}/{each}" for each in ("cases", "cases/new", "impact", "review", "merge", "history?at=2")]
    for approved in (False, True):
        if approved:
            assert desk.approve(f"/v1{path}").status_code == 200
        for who, pages in (("anna", own), ("berta", own), ("anna", ["/", "/drafts", "/rules"])):
            for each in pages:
                assert desk.client.get(each, headers=bearer(desk, who)).status_code == 200, each
    for each in ("/drafts/new?from=copy", "/drafts/new?from=record", "/rules/NCT00000042/versions"):
        assert desk.client.get(each, headers=bearer(desk, "anna")).status_code == 200, each
    assert desk.client.get("/audit", headers=bearer(desk, "anna")).status_code == 403
    assert desk.client.get("/audit", headers=bearer(desk, "ada")).status_code == 200
    assert desk.client.get("/drafts", headers=bearer(desk, "carl")).status_code == 403


def test_a_retired_rule_leaves_the_folder_and_can_come_back(desk: Desk) -> None:
    path = desk.in_review()
    assert desk.approve(path).status_code == 200
    file = desk.rules / "trials/NCT00000042.yaml"
    assert desk.ask("anna", "POST", f"{path}/retire", reason="closed").status_code == 403
    retired = desk.ask("berta", "POST", f"{path}/retire", reason="The study is over.")
    assert (retired.status_code, retired.json()["state"]) == (200, "retired")
    assert not file.exists()
    assert "NCT00000042 retired" in (desk.rules / "CHANGELOG.md").read_text("utf-8")
    assert desk.ask("carl", "GET", "/v1/candidates").json()["items"] == []
    again = desk.ask("anna", "POST", f"{path}/restore").json()
    assert (again["state"], again["text"]) == ("draft", RULE)


def test_a_read_only_folder_gets_a_patch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.service.workbench.landing.os.access", lambda *_: False)
    done = desk.approve(desk.in_review()).json()
    assert done["state"] == "approved"
    assert "+++ b/trials/NCT00000042.yaml" in done["patch"]
    assert not (desk.rules / "trials").exists()
    path = f"/v1/drafts/{done['id']}"
    assert desk.ask("anna", "GET", path).json()["force"] == "not yet in force"
    subprocess.run(["git", "apply", "-"], input=done["patch"].encode(), cwd=desk.rules, check=True)
    assert (desk.rules / "trials/NCT00000042.yaml").read_text("utf-8") == RULE
    assert (desk.rules / "trials/NCT00000042.cases.yaml").read_text("utf-8") == CASES
    assert "NCT00000042 approved" in (desk.rules / "CHANGELOG.md").read_text("utf-8")
    assert desk.app.state.server.holder.reload()
    assert desk.ask("anna", "GET", path).json()["force"] == "in force"
    file = desk.rules / "trials/NCT00000042.yaml"
    file.write_text(f"{RULE}# By hand.\n", "utf-8")
    assert desk.ask("anna", "GET", path).json()["force"] == "replaced since"


@pytest.mark.parametrize("name", ["../../elsewhere", "/etc/elsewhere", "", ".hidden", "a b"])
def test_a_name_never_leads_out_of_the_folder(desk: Desk, name: str) -> None:
    draft = desk.begin()
    path = f"/v1/drafts/{draft['id']}"
    text = RULE.replace("trial: NCT00000042", f'trial: "{name}"')
    revision = desk.ask("anna", "PUT", f"{path}/text", text=text, revision=2).json()["revision"]
    for each in ("patch", "cases", "review", "three"):
        assert desk.ask("anna", "GET", f"{path}/{each}").status_code in (200, 409), each
    desk.ask("anna", "POST", f"{path}/submit", revision=revision)
    desk.ask("berta", "GET", f"{path}/impact")
    assert desk.approve(path).status_code == 409
    assert {each.name for each in desk.rules.rglob("*")} == {"rulebook.yaml"}


def test_an_admin_makes_a_token_that_is_shown_once_and_revokes_it(desk: Desk) -> None:
    signed = desk.client.request("POST", "/login", data={"token": desk.secrets["ada"], "next": "/"})
    assert signed.status_code == 303
    origin = {"origin": "http://127.0.0.1:8123"}
    page = desk.client.get("/people", headers=origin)
    mark = re.findall(r'name="mark" value="(\w+)"', page.text)[0]
    fields = {"mark": mark, "person": "Nina Novak", "role": "author", "team": "thoracic"}
    made = desk.client.request("POST", "/people", data=fields, headers=origin)
    secret = re.findall(r"mt_[\w-]+", made.text)[0]
    assert secret not in desk.client.get("/people", headers=origin).text
    desk.app.state.server.callers._until = 0
    asked = desk.client.get("/v1/drafts", headers={"authorization": f"Bearer {secret}"})
    assert asked.status_code == 200
    token = re.findall(r'value="(\w+)" aria-label="Take the token of Nina', made.text)[0]
    gone = desk.client.request("POST", "/people/revoke", data={"mark": mark, "token": token}, headers=origin)
    assert gone.status_code == 303
    desk.app.state.server.callers._until = 0
    asked = desk.client.get("/v1/drafts", headers={"authorization": f"Bearer {secret}"})
    assert asked.status_code == 401
    assert desk.client.get("/people", headers=bearer(desk, "anna")).status_code == 403


def test_a_comment_is_resolved_and_opened_again_and_both_stay_on_record(desk: Desk) -> None:
    path = f"/v1/drafts/{desk.begin()['id']}"
    said = desk.ask("berta", "POST", f"{path}/comments", body="Is 18 in the protocol?").json()["notes"][-1]
    settle = f"{path}/comments/{said['id']}"
    done = desk.ask("anna", "POST", f"{settle}/resolve").json()["notes"]
    assert [(each["body"], each["resolved_by"]) for each in done] == [("Is 18 in the protocol?", "Anna")]
    page = desk.client.get(path.removeprefix("/v1") + "/review", headers=bearer(desk, "anna")).text
    assert "resolved by Anna" in page
    assert "Open it again" in page
    again = desk.ask("berta", "POST", f"{settle}/reopen").json()["notes"]
    assert again[-1]["resolved_by"] == ""
    audit = desk.client.get("/audit", headers=bearer(desk, "ada")).text
    assert "draft resolved" in audit
    assert "draft reopened" in audit
    assert desk.ask("anna", "POST", f"{path}/comments/999/resolve").status_code == 404


NAMES = ", ".join(f"N{number}" for number in range(100_000))
DEEP = "not: {" * 200 + "age: {at_least: 18 years}" + "}" * 200


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # Too long for cards, and still a text of one's own.
        (RULE.replace("{age: {at_least: 18 years}}", f"{{histology: {{in: [{NAMES}]}}}}"), "R007"),
        (RULE.replace("{age: {at_least: 18 years}}", f"{{{DEEP}}}"), "R007"),
        (RULE + "# " + "x" * 5_000_000 + "\n", ""),
    ],
    ids=["100,000 names", "nesting of 200", "5 MB"],
)
def test_what_is_too_large_has_an_outcome_and_costs_nobody_their_text(
    desk: Desk, text: str, code: str
) -> None:
    draft = desk.begin()
    path = f"/v1/drafts/{draft['id']}"
    saved = desk.ask("anna", "PUT", f"{path}/text", text=text, revision=draft["revision"])
    if not code:
        assert (saved.status_code, saved.json()["code"]) == (413, "U054")
        assert desk.ask("anna", "GET", path).json()["text"] == RULE
        return
    assert saved.status_code == 200
    laid = desk.ask("anna", "POST", "/v1/authoring/cards", text=text, name="NCT00000042")
    assert laid.status_code == 200, laid.text
    assert code in {each["code"] for each in laid.json()["problems"]}
    for side in ("", "/cases", "/impact", "/review"):
        shown = desk.client.get(path.removeprefix("/v1") + side, headers=bearer(desk, "anna"))
        assert shown.status_code == 200, side
    assert desk.ask("anna", "GET", path).json()["text"] == text
