"""Scenes of a draft's life in a real browser: its cases, its review, its approval, and what keeps it from one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from matcher.api.clock import now
from matcher.store import Tokens, open_database
from tests.web.drafting import CASES, PEOPLE, RULE
from tests.web.live import Live, serving
from tests.web.waiting import PATIENCE
from tests.whole import only_whole

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
SIZE = {"width": 1366, "height": 768}


@dataclass
class Workbench:
    """A server with a folder of rules, a browser, and people with tokens."""

    live: Live
    browser: Any
    secrets: dict[str, str]
    rules: Path
    _signed_in: dict[str, Any] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, **body: Any) -> Any:
        headers = {"authorization": f"Bearer {self.secrets[who]}"}
        url = f"{self.live.base}{path}"
        answered = httpx.request(method, url, headers=headers, timeout=PATIENCE, json=body or None)
        assert answered.status_code < 300, answered.text
        return answered.json()

    def begin(self, number: int, cases: str = CASES) -> str:
        """A draft of a rule of its own; the address of its page."""
        text = RULE.replace("NCT00000042", f"NCT000000{number}")
        made = self.ask("anna", "POST", "/v1/drafts", **{"from": "file", "text": text, "cases": cases})
        return f"/drafts/{made['id']}"

    def page(self, who: str, path: str) -> Any:
        """A page of somebody who is signed in: each has a browser of their own, and stays signed in."""
        page = self._signed_in.get(who)
        if page is None:
            page = self.browser.new_context(viewport=SIZE, base_url=self.live.base).new_page()
            page.goto("/login")
            page.fill("input[name=token]", self.secrets[who])
            page.click("main button")
            self._signed_in[who] = page
        page.goto(path)
        return page


@pytest.fixture(scope="module")
def bench(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    folder = tmp_path_factory.mktemp("bench")
    rules = folder / "rules"
    rules.mkdir()
    (rules / "rulebook.yaml").write_text("rulebook: mine\nextends: none\n", "utf-8")
    database = open_database(f"sqlite:///{folder / 'store.sqlite'}", now)
    tokens = Tokens(database)
    secrets = {
        name: tokens.create(role, person=name.title(), team="" if name == "alex" else "thoracic")[1]  # type: ignore[arg-type]
        for name, role in PEOPLE.items()
    }
    database.close()
    with serving(folder, rules=str(rules)) as live:
        yield Workbench(live, browser, secrets, rules)


def test_a_missing_unknown_is_two_clicks_from_green(bench: Workbench) -> None:
    lacking = CASES[: CASES.index("- case: nothing is known")]
    path = bench.begin(51, lacking)
    page = bench.page("anna", f"{path}/cases")
    assert "1 empty" in page.inner_text(".case-tally")
    page.click("text=+ unknown")
    assert "not met" not in page.inner_text(".since")
    page.click("text=Save the case")
    assert "nothing is empty" in page.inner_text(".case-tally")
    assert page.locator(".cell-red").count() == 0


def test_a_red_case_shows_expected_actual_and_the_fact_on_one_screen(bench: Workbench) -> None:
    path = bench.begin(52, CASES.replace("I-01: not met", "I-01: met"))
    page = bench.page("anna", f"{path}/cases")
    red = page.locator(".red-case")
    assert red.count() == 1
    said = " ".join(red.inner_text().split())
    assert "you expect met, the rule says not met" in said
    assert "Age: 17 years (asked: at least 18 years)" in said
    assert red.bounding_box()["y"] + red.bounding_box()["height"] <= SIZE["height"]


def test_nobody_approves_their_own_and_the_page_says_why(bench: Workbench) -> None:
    path = bench.begin(53)
    page = bench.page("ada", f"{path}/review")
    text = bench.ask("ada", "GET", f"/v1{path}")["text"]
    bench.ask("ada", "PUT", f"/v1{path}/text", text=f"{text}# Ada\n", revision=2)
    page.reload()
    page.click("text=Give it to review")
    page.fill("#reason-approve", "It is mine, and I like it.")
    page.click("button:text('Approve')")
    assert "You wrote part of it; it is for somebody else to approve." in page.inner_text("[role=alert]")
    assert bench.ask("ada", "GET", f"/v1{path}")["state"] == "in review"


def test_a_refused_approval_links_to_where_one_sees_to_it(bench: Workbench) -> None:
    path = bench.begin(54, CASES.replace("I-01: unknown", "I-01: met"))
    anna = bench.page("anna", f"{path}/review")
    anna.click("text=Give it to review")
    berta = bench.page("berta", "/")
    assert "Awaiting my review" in berta.inner_text("main")
    berta.goto(f"{path}/review")
    berta.fill("#reason-approve", "It looks right.")
    berta.click("button:text('Approve')")
    refused = berta.locator("[role=alert]")
    assert "1 case of 3 come out otherwise: nothing is known" in refused.inner_text()
    assert "no case expects I-01 to be 'unknown'" in refused.inner_text()
    refused.locator(f"a[href='{path}/cases']").first.click()
    assert berta.locator(".red-case").count() == 1


def test_an_approved_rule_is_in_force_and_the_audit_names_everybody(bench: Workbench) -> None:
    path = bench.begin(55)
    anna = bench.page("anna", f"{path}/review")
    before = anna.inner_text("footer .code")
    anna.click("text=Give it to review")
    berta = bench.page("berta", f"{path}/impact")
    berta.click("button:text('Look')")
    assert "You have seen whom revision 2 touches." in berta.inner_text("main")
    berta.goto(f"{path}/review")
    assert berta.locator(".draft-conditions .open").count() == 0
    berta.fill("#reason-approve", "It says what section 4 says.")
    berta.click("button:text('Approve')")
    shown = berta.inner_text(".done .code")
    assert shown != before
    headers = {"authorization": f"Bearer {bench.secrets['carl']}"}
    patient = {"id": "P-1", "as_of": "2026-01-15", "age": 40}
    matched = httpx.post(f"{bench.live.base}/v1/match", json=patient, headers=headers, timeout=PATIENCE)
    assert matched.headers["Matcher-Rulebook"] == shown
    assert "NCT00000055" in matched.text
    ada = bench.page("ada", "/audit")
    rows = " ".join(ada.inner_text("main").split())
    assert "entries are as they were written" in rows
    assert "revision 2; authors Anna: It says what section 4 says." in rows
    assert "person:berta" in rows


@only_whole
def test_page_and_command_line_find_the_same(bench: Workbench) -> None:
    file = bench.rules / "trials" / "NCT00000056.yaml"
    file.parent.mkdir(exist_ok=True)
    path = bench.begin(56, CASES.replace("I-01: unknown", "I-01: met"))
    draft = bench.ask("anna", "GET", f"/v1{path}")
    grid = bench.ask("anna", "GET", f"/v1{path}/cases")
    file.write_text(draft["text"], "utf-8")
    file.with_suffix(".cases.yaml").write_text(draft["cases"], "utf-8")
    command = [
        sys.executable,
        "-m",
        "matcher",
        "rules",
        "test",
        str(file),
        "--rules",
        str(bench.rules),
        "--json",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert ran.returncode == 3, ran.stderr
    told = json.loads(ran.stdout)
    red = [each for each in grid["rows"] if each["failures"]]
    assert (told["cases"], told["failed"]) == (len(grid["rows"]), len(red))
    page = bench.page("anna", f"{path}/cases")
    shown = " ".join(page.inner_text(".red-case").split())
    for each in red:
        assert each["name"] in ran.stdout
        assert each["name"] in shown
    for each in (file, file.with_suffix(".cases.yaml")):
        each.unlink()


@only_whole
def test_a_base_changed_in_git_shows_three_texts_and_writes_nothing_over(bench: Workbench) -> None:
    file = bench.rules / "trials" / "NCT00000057.yaml"
    file.parent.mkdir(exist_ok=True)
    base = RULE.replace("NCT00000042", "NCT00000057")
    file.write_text(base, "utf-8")
    made = bench.ask("anna", "POST", "/v1/drafts", **{"from": "file", "text": base, "cases": CASES})
    path = f"/drafts/{made['id']}"
    mine = base.replace("18 years}", "21 years}")
    bench.ask("anna", "PUT", f"/v1{path}/text", text=mine, revision=made["revision"])
    theirs = base.replace("18 years}", "16 years}").replace("under work", "of git")
    file.write_text(theirs, "utf-8")
    page = bench.page("anna", f"{path}/merge")
    said = page.inner_text("main")
    assert "1 place where both changed the same lines" in said
    for each in ("18 years", "21 years", "16 years", "of git"):
        assert each in page.inner_text(".draft-three")
    assert file.read_text("utf-8") == theirs
    together = page.input_value("#text")
    chosen = re.sub(r"<<<<<<< .*\n(.*\n)=======\n.*\n>>>>>>> .*\n", r"\1", together)
    page.fill("#text", chosen)
    page.click("text=Go on with this text")
    held = bench.ask("anna", "GET", f"/v1{path}")
    assert held["text"] == theirs.replace("16 years}", "21 years}")
    assert not held["changed_meanwhile"]
    file.unlink()


def test_two_authors_see_both_texts_and_neither_is_lost(bench: Workbench) -> None:
    path = bench.begin(59)
    anna, alex = bench.page("anna", path), bench.page("alex", path)
    for page, words in ((anna, "Anna's words"), (alex, "Alex's words")):
        page.wait_for_selector("#editor[data-ready=true]")
        page.fill("[data-id='I-01'] .words", words)
        if page is anna:
            page.wait_for_selector("#editor[data-saved=true]")
    alex.wait_for_selector("#conflict:visible")
    both = alex.inner_text("#conflict")
    assert "Anna saved this draft meanwhile" in both
    assert "Anna's words" in both
    assert "Alex's words" in both
    alex.click("text=Go on with the other")
    alex.wait_for_selector("#editor[data-saved=true]")
    assert "Anna's words" in bench.ask("alex", "GET", f"/v1{path}")["text"]
    asides = bench.ask("alex", "GET", f"/v1{path}")["asides"]
    assert any("Alex's words" in each["content"] for each in asides)


@only_whole
def test_a_killed_server_loses_no_word_of_either_author(bench: Workbench) -> None:
    path = bench.begin(58)
    text = bench.ask("anna", "GET", f"/v1{path}")["text"]
    bench.ask("anna", "PUT", f"/v1{path}/text", text=f"{text}# Anna's\n", revision=2)
    headers = {"authorization": f"Bearer {bench.secrets['alex']}"}
    body = {"text": f"{text}# Alex's\n", "revision": 2}
    refused = httpx.put(f"{bench.live.base}/v1{path}/text", json=body, headers=headers, timeout=PATIENCE)
    assert refused.status_code == 409
    assert refused.json()["text"].endswith("# Anna's\n")
    bench.live.kill()
    bench.live.start()
    assert bench.ask("anna", "GET", f"/v1{path}")["text"] == f"{text}# Anna's\n"
    page = bench.page("alex", f"{path}/history?at=3")
    assert "# Anna's" in page.inner_text(".draft-patch")
    page.click("text=Show it")
    assert "# Alex's" in page.inner_text("main")


def test_a_team_s_patients_are_weighed_and_become_cases_without_their_names(bench: Workbench) -> None:
    rows = "patient_id,birth_date,sex,conditions\nZyxwvut-Quastel,2008-06-01,male,lupus\nOther,1950-01-01,female,\n"
    headers = {"authorization": f"Bearer {bench.secrets['carl']}"}
    url = f"{bench.live.base}/v1/worklists"
    files = {"file": ("list.csv", rows)}
    sent = httpx.post(f"{url}/runs?as_of=2026-01-15", files=files, headers=headers, timeout=PATIENCE).json()
    _wait(url, sent["id"], headers, "checked")
    httpx.post(f"{url}/{sent['id']}/match", headers=headers, timeout=PATIENCE)
    _wait(url, sent["id"], headers, "done")
    path = bench.begin(60)
    text = bench.ask("anna", "GET", f"/v1{path}")["text"].replace("18 years", "70 years")
    bench.ask("anna", "PUT", f"/v1{path}/text", text=text, revision=2)
    weighed = bench.ask("anna", "GET", f"/v1{path}/impact?worklist={sent['id']}")
    assert (weighed["patients"], weighed["changed"][0]["patient"]) == (2, "Other")
    taken = bench.ask("anna", "GET", f"/v1{path}/from-patient/{sent['id']}/1")
    assert list(taken["patient"]) == ["birth_date"]
    assert "Zyxwvut" not in str(taken)
    assert "2008-06-01" not in str(taken)
    # From the patient's own sheet, which an admin sees: which draft, and what of the patient would go into it.
    page = bench.page("ada", f"/worklists/{sent['id']}/patients/1")
    page.click("text=Save as a case")
    page.click(f"ul.plain a[href*='{path}/cases/new']")
    assert "lupus" not in page.inner_text("main")
    page = bench.page("anna", f"{path}/cases/new?worklist={sent['id']}&patient=1")
    page.fill("#name", "one of ours, too young")
    page.select_option("select[name='expect:I-01']", "not met")
    page.click("text=Save the case")
    assert "one of ours, too young" in page.inner_text(".cases-board")
    other = {"authorization": f"Bearer {bench.secrets['alex']}"}
    refused = httpx.get(
        f"{bench.live.base}/v1{path}/impact?worklist={sent['id']}", headers=other, timeout=PATIENCE
    )
    assert refused.status_code == 403
    # Who cannot write rules, or does not see the patient, is not asked for a draft either.
    chooser = f"{bench.live.base}/drafts/case-of?patient=1&worklist="
    assert httpx.get(f"{chooser}{sent['id']}", headers=headers, timeout=PATIENCE).status_code == 403
    assert httpx.get(f"{chooser}{sent['id']}", headers=other, timeout=PATIENCE).status_code == 403
    assert (
        httpx.get(
            f"{chooser}nowhere",
            headers={"authorization": f"Bearer {bench.secrets['anna']}"},
            timeout=PATIENCE,
        ).status_code
        == 404
    )
    # What would be written into the folder, and what is on record, name nobody.
    held = bench.ask("anna", "GET", f"/v1{path}")["cases"]
    audited = bench.page("ada", "/audit").inner_text("main")
    assert "patient taken as a case" in audited
    for each in ("Zyxwvut", "2008-06-01", "lupus"):
        assert each not in held
        assert each not in audited


def _wait(url: str, worklist: str, headers: dict[str, str], state: str) -> None:
    ends = time.monotonic() + PATIENCE
    while (
        httpx.get(f"{url}/{worklist}", headers=headers, timeout=PATIENCE).json()["runs"][0]["state"] != state
    ):
        assert time.monotonic() < ends
        time.sleep(0.1)
