"""Worklists over HTTP: what a coordinator does, what nobody else may, and what two at once come to.

By two servers that share a PostgreSQL, between whom the people are divided; all of it by one server, too, with
``make whole``, or where there is no PostgreSQL.
"""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from matcher.api.clock import now
from matcher.store import Tokens, open_database
from matcher.store.schema import METADATA
from tests.judged_rulebook import TRIAL, write_judged_rulebook
from tests.postgresql import program
from tests.web.live import Live, serving
from tests.web.waiting import PATIENCE
from tests.whole import one_of

CANARY = "Zyxwvut-Quastel"
HEADER = "patient_id,age,ecog,platelets,platelets_unit,labs_date,shoe_size\n"
LAB = "10*9/L,2026-01-10"
FIRST = f"{HEADER}A-1,61,1,92,{LAB},40\n{CANARY},70,1,150,{LAB},41\nA-3,80,2-3,150,{LAB},42\nA-4,61,7,150,{LAB},43\n,50,1,150,{LAB},44\n"
SECOND = f"{HEADER}A-1,61,1,120,{LAB},40\n{CANARY},70,3,150,{LAB},41\nA-3,80,2-3,150,{LAB},42\nA-5,44,1,150,{LAB},43\n"
ONE, SHARED = "one server", "two servers"
PEOPLE = {
    "anna": ("coordinator", "Anna", "thoracic"),
    "berta": ("coordinator", "Berta", "thoracic"),
    "carl": ("coordinator", "Carl", "gastric"),
    "nurse": ("intake", "Nina", "thoracic"),
    "reader": ("viewer", "Rita", "thoracic"),
}


@dataclass
class Person:
    """Somebody who is signed in with a browser."""

    http: httpx.Client
    mark: str = field(default="", init=False)

    def sign_in(self, secret: str) -> None:
        origin = {"origin": str(self.http.base_url).rstrip("/")}
        self.http.headers.update(origin)
        answered = self.http.post("/login", data={"token": secret, "next": "/"})
        assert answered.status_code == 303, answered.text
        self.mark = re.findall(r'name="mark" value="(\w+)"', self.http.get("/").text)[0]

    def post(self, path: str, _files: Any = None, **fields: Any) -> httpx.Response:
        return self.http.post(path, data={"mark": self.mark, **fields}, files=_files)

    def send(self, content: str, **fields: Any) -> str:
        """A file that is looked through and matched; the address of its worklist."""
        sent = self.post("/worklists/new", {"file": ("list.csv", content)}, as_of="2026-01-15", **fields)
        assert sent.status_code == 303, sent.text
        root = sent.headers["location"].removesuffix("/file")
        self.wait(root, "checked")
        assert self.post(f"{root}/file", do="match").status_code == 303
        self.wait(root, "done")
        return root

    def wait(self, root: str, state: str) -> None:
        ends = time.monotonic() + PATIENCE
        while (said := self.http.get(f"{root}/progress").json())["state"] != state:
            assert said["state"] in ("checking", "checked", "matching"), said
            assert time.monotonic() < ends, said
            time.sleep(0.1)

    def csv(self, root: str, query: str = "") -> dict[str, dict[str, str]]:
        rows = csv.DictReader(io.StringIO(self.http.get(f"{root}/export.csv{query}").text))
        return {each["patient_id"]: each for each in rows}


@pytest.fixture(scope="module", params=one_of(2, (SHARED, ONE)) if program("initdb") else (ONE,))
def servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Live, Live]]:
    """Two that share everything, or the same one twice."""
    folder = tmp_path_factory.mktemp("server")
    rules = str(write_judged_rulebook(folder / "rules"))
    if request.param == ONE:
        with serving(folder, rules=rules, reload_seconds=0.5) as started:
            yield started, started
        return
    store, data = request.getfixturevalue("postgresql").new(), str(folder / "data")
    with (
        serving(folder, rules=rules, store=store, data=data, reload_seconds=0.5) as first,
        serving(
            tmp_path_factory.mktemp("other"), rules=rules, store=store, data=data, reload_seconds=0.5
        ) as second,
    ):
        yield first, second


@pytest.fixture(scope="module")
def live(servers: tuple[Live, Live]) -> Live:
    return servers[0]


@pytest.fixture(scope="module")
def secrets(live: Live) -> dict[str, str]:
    database = open_database(live.settings.store_url, now)
    tokens = Tokens(database)
    made = {
        name: tokens.create(role, person=person, team=team)[1]  # type: ignore[arg-type]
        for name, (role, person, team) in PEOPLE.items()
    }
    database.close()
    time.sleep(2.5)  # what a server knows of tokens is at most two seconds old
    return made


@pytest.fixture(scope="module")
def people(servers: tuple[Live, Live], secrets: dict[str, str]) -> Iterator[dict[str, Person]]:
    """Each at one of the servers in turn."""
    found = {name: Person(servers[number % 2].client()) for number, name in enumerate(PEOPLE)}
    for name, each in found.items():
        each.sign_in(secrets[name])
    yield found
    for each in found.values():
        each.http.close()


@pytest.fixture(scope="module")
def checked(people: dict[str, Person]) -> tuple[str, str, list[dict[str, str]], list[str]]:
    """A list whose file is looked through: its address, its page, its problems, and the file given back."""
    anna = people["anna"]
    sent = anna.post(
        "/worklists/new", {"file": ("list.csv", FIRST)}, as_of="2026-01-15", title="Tuesday clinic"
    )
    root = sent.headers["location"].removesuffix("/file")
    anna.wait(root, "checked")
    problems = csv.DictReader(io.StringIO(anna.http.get(f"{root}/runs/1/problems.csv").text))
    returned = anna.http.get(f"{root}/runs/1/returned.csv").text.splitlines()
    return root, anna.http.get(f"{root}/file").text, list(problems), returned


@pytest.fixture(scope="module")
def root(people: dict[str, Person], checked: tuple[str, Any, Any, Any]) -> str:
    anna, root = people["anna"], checked[0]
    assert anna.post(f"{root}/file", do="match").status_code == 303
    anna.wait(root, "done")
    return root


def test_every_problem_of_a_file_is_said_before_anybody_is_matched(
    checked: tuple[str, str, list[dict[str, str]], list[str]],
) -> None:
    _, shown, problems, returned = checked
    assert "<strong>4</strong> of 5 patients can be matched" in shown
    assert "not read: what stands there counts for nothing" in shown
    assert [(each["row"], each["column"]) for each in problems if each["row"] != "1"] == [
        ("5", "ecog"),
        ("6", ""),
    ]
    assert returned[0] == f"{HEADER.strip()},problems"
    told = [bool(each.rpartition(",")[2].strip('"')) for each in returned[1:6]]
    assert told == [False, False, False, True, True]


def test_the_table_says_who_stands_where_and_what_is_missing(people: dict[str, Person], root: str) -> None:
    rows = people["anna"].csv(root)
    assert {name: (each["trial"], each["standing"]) for name, each in rows.items()} == {
        CANARY: ("NCT00000001", "eligible"),
        "A-1": (TRIAL, "possible"),
        "A-3": ("NCT00000001", "possible"),
        "A-4": ("NCT00000001", "possible"),
    }
    assert "I-02 Able to comply" in rows["A-1"]["missing"]
    only = people["anna"].csv(root, "?trial=NCT00000001&standing=not_yet")
    assert list(only) == ["A-1"]
    assert list(people["anna"].csv(root, f"?trial={TRIAL}&missing=E-02")) == ["A-3", "A-4"]


def test_the_sheet_says_whom_to_phone_and_the_table_which_trial_is_open_here(
    people: dict[str, Person], root: str
) -> None:
    anna = people["anna"]
    sheet = anna.http.get(f"{root}/patients/{_number(anna, root, 'A-1')}").text
    assert '<a href="tel:+0011222">+00 11 222 ext. 3</a>' in sheet
    assert "as known on 2026-01-02; protocol" in sheet
    assert sheet.index("North Hospital, Norton: recruiting") < sheet.index("East Clinic, Easton: not said")
    assert 'href="mailto:ward3%40north.example"' in sheet
    assert "South Clinic" not in sheet[: sheet.index("Criterion by criterion")]
    assert f"https://clinicaltrials.gov/study/{TRIAL}" in sheet
    assert "No contact and no site is held for this trial" in sheet
    here = anna.csv(root, "?site=North Hospital, Norton")
    assert set(here) == set(anna.csv(root, f"?trial={TRIAL}"))
    assert here
    assert not anna.csv(root, "?site=South Clinic, Sutton")


def _number(person: Person, root: str, patient: str) -> str:
    found = person.post(f"{root}/find", patient=patient)
    assert found.status_code == 303
    return str(re.findall(r"/patients/(\d+)", found.headers["location"])[0])


def test_of_two_coordinators_on_one_patient_the_later_is_told(people: dict[str, Person], root: str) -> None:
    anna, berta = people["anna"], people["berta"]
    chosen = [f"{_number(anna, root, each)}:0:{TRIAL}" for each in ("A-1", "A-3", "A-4")]
    assert "<strong>1</strong> set" in berta.post(f"{root}/status", chosen=chosen[1], status="contacted").text
    shown = anna.post(f"{root}/status", chosen=chosen, status="reviewing", owner="Anna").text
    assert "<strong>2</strong> set, <strong>1</strong> not" in shown
    assert "A-3" in shown[shown.index('id="answered"') :][:400]
    rows = anna.csv(root, f"?trial={TRIAL}")
    assert [rows[each]["status"] for each in ("A-1", "A-3", "A-4")] == ["reviewing", "contacted", "reviewing"]
    assert list(anna.csv(root, "?owner=Anna")) == ["A-4", "A-1"]
    refused = anna.post(f"{root}/status", chosen=chosen[0].replace(":0:", ":1:"), status="declined")
    assert refused.status_code == 422
    assert "wants a reason" in refused.text
    assert (
        f'value="{chosen[0].replace(":0:", ":1:")}" checked'
        in anna.post(
            f"{root}/status?trial={TRIAL}",
            chosen=chosen[0].replace(":0:", ":1:"),
            status="declined",
            note="x",
        ).text
    )
    assert anna.post(f"{root}/status", chosen=chosen[2].replace(":0:", ":1:")).status_code == 422
    for owner in ("Berta", ""):
        revision = "1" if owner else "2"
        emptied = chosen[2].replace(":0:", f":{revision}:")
        assert anna.post(f"{root}/status", chosen=emptied, back="patient", owner=owner).status_code == 303
        assert anna.csv(root, f"?trial={TRIAL}")["A-4"]["owner"] == owner
    page = anna.http.post(
        f"{root}/status", data={"mark": anna.mark, "status": "contacted"}, headers={"accept": "text/html"}
    )
    assert "Nothing is set yet: tick the patients first." in page.text
    assert "OpenAPI" not in page.text


def _amend(servers: tuple[Live, Live]) -> None:
    """Another wording of a criterion, in force at both servers."""
    before = httpx.get(f"{servers[0].base}/readyz", timeout=PATIENCE).json()["rulebook"]
    path = Path(servers[0].settings.rules) / f"{TRIAL}.yaml"
    path.write_text(path.read_text("utf-8").replace("with the visits", "with all of the visits"), "utf-8")
    ends = time.monotonic() + PATIENCE
    for each in servers:
        while httpx.get(f"{each.base}/readyz", timeout=PATIENCE).json()["rulebook"] == before:
            assert time.monotonic() < ends
            time.sleep(0.1)


def _form_of_a_table(person: Person, root: str) -> dict[str, str]:
    """What a page that shows A-4 would send: its file has them where the next has A-5."""
    shown = person.http.get(f"{root}?trial={TRIAL}").text
    line = next(each for each in shown.split("<tr>") if ">A-4<" in each)
    return {
        "run": re.findall(r'name="run" value="(\d+)"', shown)[0],
        "chosen": re.findall(r'name="chosen" value="([^"]+)"', line)[0],
        "patient": re.findall(r'href="([^"]+)">A-4<', line)[0],
    }


def _an_open_page_means_the_patients_it_shows(person: Person, root: str, form: dict[str, str]) -> None:
    assert _number(person, root, "A-5") == form["chosen"].partition(":")[0]
    done = person.post(f"{root}/status", run=form["run"], chosen=form["chosen"], status="contacted")
    assert "<strong>1</strong> set" in done.text
    assert person.csv(root, f"?run=1&trial={TRIAL}")["A-4"]["status"] == "contacted"
    assert person.csv(root, f"?trial={TRIAL}")["A-5"]["status"] == "new"
    assert "</span> A-4</h1>" in person.http.get(form["patient"]).text
    path, _, query = form["patient"].partition("?")
    refused = person.post(f"{path}/judge/{TRIAL}/E-02?{query}", verdict="applies", reason="frail")
    assert refused.status_code == 422
    assert "on the latest file" in refused.text
    sent = {"candidate": TRIAL, "criterion": "E-02", "verdict": "applies", "reason": "x", "patient": "A-4"}
    judged = person.http.post(f"/v1{path}/judgements", json=sent)
    assert (judged.status_code, judged.json()["code"]) == (409, "U062")


def _told(person: Person, root: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What was judged of a patient, the latest word first, and those before it."""
    number = _number(person, root, "A-1")
    first, *rest = person.http.get(f"/v1{root}/patients/{number}").json()["judgements"]
    return first, rest


def test_a_judgement_counts_beside_the_computed_verdict_until_a_fact_changes(
    people: dict[str, Person], root: str, servers: tuple[Live, Live]
) -> None:
    anna = people["anna"]
    number = _number(anna, root, CANARY)
    page = f"{root}/patients/{number}/judge/{TRIAL}/E-02"
    of = re.findall(r'name="of" value="([\w-]+)"', anna.http.get(page).text)[0]
    assert anna.post(page, verdict="met", reason="x", of=of).status_code == 422
    assert "changed meanwhile" in anna.post(page, verdict="applies", reason="x", of="a" * 12).text
    done = anna.post(page, verdict="applies", reason="frail today", of=of)
    assert done.headers["location"].partition("?")[0] == f"{root}/patients/{number}"
    assert CANARY not in anna.csv(root, f"?trial={TRIAL}")
    held = anna.http.get(f"/v1{root}/patients/{number}").json()
    (said,) = held["judgements"]
    assert (said["computed"], said["verdict"], said["person"], said["force"]) == (
        "does not apply", "applies", "Anna", "in force",
    )  # fmt: skip
    judged = anna.csv(root)[CANARY]["judged"]
    assert "computed does not apply, judged applies by Anna on 2026-01-15, frail today (in force)" in judged
    visits = f"{root}/patients/{_number(anna, root, 'A-1')}/judge/{TRIAL}/I-02"
    assert anna.post(visits, verdict="met", reason="keeps visits").status_code == 303
    report = anna.http.get(f"{root}/report.html").text
    assert "Judged by a person: E-02" in report
    assert "judged applies by Anna on 2026-01-15: frail today; computed: does not apply" in report
    before = _form_of_a_table(anna, root)
    _amend(servers)
    assert anna.send(SECOND, worklist=root.rpartition("/")[2]) == root
    number = _number(anna, root, CANARY)
    (said,) = anna.http.get(f"/v1{root}/patients/{number}").json()["judgements"]
    assert (said["force"], said["computed"]) == ("stale", "applies")
    assert "count no longer" in anna.http.get(f"{root}/patients/{number}").text
    _an_open_page_means_the_patients_it_shows(anna, root, before)
    report = anna.http.get(f"{root}/report.html").text
    assert "Judged by a person" not in report
    one, other = _told(anna, root)
    assert (one["force"], other) == ("stale", [])
    assert anna.post(visits, verdict="met", reason="keeps visits, all of them").status_code == 303
    assert [each["force"] for each in (_told(anna, root)[0], *_told(anna, root)[1])] == [
        "in force",
        "replaced",
    ]
    assert "frail today (no longer counts: the rule, or a fact it rested on, has changed since)" in report


def test_with_the_next_file_statuses_stay_and_what_changed_is_said(
    people: dict[str, Person], root: str
) -> None:
    berta = people["berta"]
    rows = berta.csv(root)
    assert rows["A-3"]["other_trials"] == f"contacted for {TRIAL}"
    assert berta.csv(root, f"?trial={TRIAL}")["A-1"]["status"] == "reviewing"
    assert rows["A-3"]["changed"] == ""
    assert rows["A-5"]["changed"] == "New on the list"
    assert "not yet, now eligible; no longer rules out: I-02 Platelets" in rows["A-1"]["changed"]
    assert "eligible, now not eligible; rules out: E-01 ECOG" in rows[CANARY]["changed"]
    assert list(berta.csv(root, "?changed=yes&sort=patient")) == ["A-1", "A-5", CANARY]
    old = berta.csv(root, "?run=1")
    assert old["A-1"]["standing"] == "possible"
    now, before = (berta.http.get(f"{root}{query}").text for query in ("", "?run=1"))
    rulebooks = [re.findall(r'rulebook <span class="code">(\w+)', page)[0] for page in (now, before)]
    assert rulebooks[0] != rulebooks[1]
    sheets = [berta.http.get(f"{root}/patients/1{query}").text for query in ("", "?run=1")]
    assert ["all of the visits" in page for page in sheets] == [True, False]


CHEATS = ["", "/file", "/progress", "/export.csv", "/report.html", "/problems", "/cohort", "/patients/1", "/patients/1/plain",
          f"/patients/1/judge/{TRIAL}/I-02", "/runs/1/problems.csv", "/runs/1/returned.csv"]  # fmt: skip
WRITES = ["/file", "/find", "/status", "/filters", "/delete", f"/patients/1/judge/{TRIAL}/I-02"]


def test_another_team_finds_nothing_and_other_roles_are_refused(
    people: dict[str, Person], secrets: dict[str, str], root: str, live: Live
) -> None:
    for name, status in (("carl", 404), ("nurse", 403), ("reader", 403)):
        person = people[name]
        for path in CHEATS:
            assert person.http.get(f"{root}{path}").status_code == status, (name, path)
        for path in WRITES:
            assert person.post(f"{root}{path}", do="drop", chosen=f"1:0:{TRIAL}").status_code == status
        for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/patients"), ("POST", "/match")):
            asked = person.http.request(method, f"/v1{root}{path}")
            assert asked.status_code == status, (name, method, path)
        sent = person.post("/worklists/new", {"file": ("a.csv", FIRST)}, worklist=root.rpartition("/")[2])
        assert sent.status_code == status
    assert root not in people["carl"].http.get("/worklists").text
    with live.client() as stranger:
        for path in CHEATS:
            found = stranger.get(f"{root}{path}")
            assert (found.status_code, "/login" in found.headers.get("location", "")) == (303, True)
        for path in WRITES:
            assert stranger.post(f"{root}{path}").status_code == 401
        assert (
            stranger.get(f"/v1{root}", headers={"authorization": f"Bearer {secrets['anna']}"}).status_code
            == 200
        )


def test_a_form_counts_only_with_the_mark_of_its_own_browser(people: dict[str, Person], root: str) -> None:
    anna, berta = people["anna"], people["berta"]
    for mark in ("", "x", berta.mark):
        for path in WRITES:
            refused = anna.http.post(f"{root}{path}", data={"mark": mark, "do": "drop"})
            assert (refused.status_code, refused.json()["code"]) == (403, "U060")
    for origin in ("https://evil.example", "null"):
        refused = anna.http.post(f"{root}/delete", data={"mark": anna.mark}, headers={"origin": origin})
        assert refused.status_code == 403
    silent = {name: value for name, value in anna.http.headers.items() if name != "origin"}
    with httpx.Client(base_url=anna.http.base_url, cookies=anna.http.cookies, headers=silent) as http:
        assert http.delete(f"/v1{root}").status_code == 401


def test_a_cookie_that_somebody_planted_signs_nobody_in(live: Live, secrets: dict[str, str]) -> None:
    with live.client(cookies={"matcher": "planted"}) as http:
        victim = Person(http)
        http.cookies.clear()
        victim.sign_in(secrets["anna"])
        cookie = http.cookies["matcher"]
        assert cookie != "planted"
        with live.client(cookies={"matcher": "planted"}) as attacker:
            assert attacker.get("/worklists").status_code == 303
        kept = http.post("/login", data={"token": secrets["anna"], "next": "//evil.example/"})
        assert kept.headers["location"] == "/"
        attributes = kept.headers["set-cookie"]
        assert "HttpOnly" in attributes
        assert "SameSite=strict" in attributes
        with live.client(cookies={"matcher": cookie}) as old:
            assert old.get("/worklists").status_code == 303
        victim.mark = re.findall(r'name="mark" value="(\w+)"', http.get("/").text)[0]
        assert victim.post("/logout").headers["location"] == "/login"


def test_a_patient_is_named_in_no_log_and_gone_with_the_worklist(
    people: dict[str, Person], servers: tuple[Live, Live], root: str
) -> None:
    anna = people["anna"]
    number = _number(anna, root, CANARY)
    anna.post(f"{root}/status", chosen=f"{number}:0:{TRIAL}", status="contacted", note=f"{CANARY} phoned")
    settings = servers[0].settings
    folder = Path(settings.data).parent

    def held() -> list[str]:
        """The files and the rows of the store that hold the name."""
        files = [
            each for each in folder.rglob("*") if each.is_file() and CANARY.encode() in each.read_bytes()
        ]
        database = open_database(settings.store_url, now)
        with database.reading() as connection:
            rows = [
                table.name
                for table in METADATA.sorted_tables
                for row in connection.execute(table.select())
                if CANARY in str(row)
            ]
        database.close()
        return [*map(str, files), *rows]

    assert {"entries", "statuses", "status_history"} <= set(held())
    assert anna.post(f"{root}/delete").headers["location"] == "/worklists"
    assert anna.http.get(root).status_code == 404
    assert held() == []
    for each in servers:
        assert CANARY not in each.said()
        assert "Traceback" not in each.said()
        assert " 500 " not in each.said()
