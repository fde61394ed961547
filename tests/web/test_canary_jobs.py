"""A patient of a job is named in what the job writes, and nowhere else, however the job comes out."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import psutil
import pytest

from matcher.api import checking, runner
from matcher.api.checking import framed
from matcher.api.clock import now
from matcher.api.runner import Work, job_folder
from matcher.api.server import open_server
from matcher.api.settings import Settings
from matcher.errors.defect import words_kept
from matcher.rulebook.load import load_rulebook
from matcher.service.file_run import FileRun
from matcher.service.match import MatchOptions
from matcher.store import Jobs, JobState, open_database
from tests.small_rulebook import write_rulebook
from tests.web.live import Live, serving
from tests.web.waiting import PATIENCE
from tests.whole import one_of

CANARY = "Zyxwvut-Quastel"
DAY = "2026-01-15"
REQUEST = {"patients": "patients.csv", "mapping": None, "as_of": DAY, "today": DAY, "top": None,
           "include_closed": False, "include_deceased": False}  # fmt: skip
ERRORS = [ValueError(CANARY), OSError(5, CANARY, CANARY), ExceptionGroup(CANARY, [KeyError(CANARY)])]


def holds(folder: Path) -> list[str]:
    """The files that name the patient; what goes while one looks is gone."""
    found = []
    for each in folder.rglob("*"):
        with suppress(OSError):
            if each.is_file() and CANARY.encode() in each.read_bytes():
                found.append(each.name)
    return found


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    for name in ("server", "temporary"):
        (tmp_path / name).mkdir()
    rules = str(write_rulebook(tmp_path / "rules"))
    settings = {"rules": rules, "data": str(tmp_path / "data"), "upload_rows": 3_000}
    with serving(tmp_path / "server", {"TMPDIR": str(tmp_path / "temporary")}, **settings) as started:
        yield started


@pytest.fixture
def http(live: Live) -> Iterator[httpx.Client]:
    with live.client() as client:
        yield client


def begin(http: httpx.Client, content: bytes, name: str, mapping: bytes | None = None) -> httpx.Response:
    sent = {"file": (f"{CANARY}{name}", content)}
    if mapping is not None:
        sent["mapping"] = (f"{CANARY}.yaml", mapping)
    return http.post("/v1/match/batch", params={"as_of": DAY}, files=sent)


def patients(count: int) -> bytes:
    rows = [
        {"id": f"{CANARY}{n}", "age": n % 90, "conditions": [CANARY], "ecog": CANARY} for n in range(count)
    ]
    return "\n".join(map(json.dumps, rows)).encode()


def watched(http: httpx.Client, live: Live, job: str) -> str:
    """The job to its end; all that is said of it and by its processes on the way."""
    told: set[str] = set()
    ends = time.monotonic() + PATIENCE
    while True:
        said = http.get(job)
        told.add(said.text)
        for each in psutil.Process(live.pid).children(recursive=True):
            with suppress(psutil.Error):
                told.update((*each.cmdline(), *each.environ().values()))
        if said.json()["state"] not in ("queued", "running"):
            return "\n".join(told)
        assert time.monotonic() < ends, said.text
        time.sleep(0.1)


FILES = {
    "done": (patients(50), ".jsonl"),
    "done in parts": (patients(1_500), ".jsonl"),
    "more patients than are taken": (patients(3_001), ".jsonl"),
    "rows of another shape": (f"patient_id,age\n{CANARY},61,{CANARY}\n{CANARY},{CANARY}\n".encode(), ".csv"),
    "no character of any encoding": (f"patient_id,sex\n{CANARY}\xe4\x81,male\n".encode("latin1"), ".csv"),
    "no header": (f"{CANARY},61,male\nA,62,female\n".encode(), ".csv"),
    "no JSON": (f'[{{"id": "{CANARY}", "age": }}]'.encode(), ".json"),
    "no Parquet": (b"PAR1" + CANARY.encode() * 50 + b"PAR1", ".parquet"),
    "no file that is taken": (CANARY.encode(), ".docx"),
}
ROWS = f"patient_id,age,{CANARY}\n{CANARY},61,{CANARY}\n".encode()
HEAD = b"mapping: x\nid: {column: patient_id}\n"
MAPPINGS = {
    "no YAML": b"facts: [",
    "no mapping": b"5",
    "another column": HEAD + b"facts: {age: {column: years}}\n",
    "another field": HEAD + b"facts: {agee: {column: age}}\n",
    "another encoding": HEAD + b"file: {encoding: utf-16}\n",
    "another delimiter": HEAD + b"file: {delimiter: ';'}\n",
    "an identifier that is none": b"mapping: x\nid: {column: age}\nfacts: {sex: {column: age, values: {a: male}}}\n",
    "too many places": HEAD + b"rows: {therapies: {repeat: '#z', fields: {agents: {column: '*'}}}}\n",
}


def test_a_patient_of_a_job_is_named_nowhere_but_in_its_results(
    http: httpx.Client, live: Live, tmp_path: Path
) -> None:
    sent: list[tuple[bytes, str, bytes | None]] = [
        (content, name, None) for content, name in one_of(2, [*FILES.values()])
    ]
    sent += [(ROWS, ".csv", each) for each in one_of(4, [*MAPPINGS.values()])]
    begun = [begin(http, *each) for each in sent]
    assert {each.status_code for each in begun} == {202, 422}
    said = [f"{each.headers} {each.text}" for each in begun]
    jobs = [str(each.headers["location"]) for each in begun if each.status_code == 202]
    said += [watched(http, live, each) for each in jobs]
    assert {http.get(each).json()["state"] for each in jobs} == {"done", "failed"}
    assert holds(tmp_path / "data")
    assert holds(tmp_path / "server") == holds(tmp_path / "temporary") == []
    for each in jobs:
        http.delete(each).raise_for_status()
    said += [http.get(path).text for path in ("/v1/jobs", "/metrics", "/readyz", *jobs)]
    for each in (*said, live.said()):
        assert "Zyxwvut" not in each
    assert holds(tmp_path) == []
    for word in ("defect", "Traceback"):
        assert word not in live.said()


def test_a_store_that_is_damaged_under_a_job_names_nobody(
    http: httpx.Client, live: Live, tmp_path: Path
) -> None:
    job = str(begin(http, patients(3_000), ".jsonl").headers["location"])
    ends = time.monotonic() + PATIENCE
    while not http.get(job).json()["done"]:
        assert time.monotonic() < ends
        time.sleep(0.05)
    (at_work,) = [
        each for each in psutil.Process(live.pid).children() if "matcher.api.runner" in each.cmdline()
    ]
    store = tmp_path / "server" / "store.sqlite"
    for each in (store, *store.parent.glob("store.sqlite-*")):
        with each.open("rb+") as file:
            file.seek(100)
            file.write(b"\xa5" * max(0, each.stat().st_size - 100))
    at_work.wait(PATIENCE)
    assert http.get(job).status_code == 503
    assert http.get("/healthz").status_code == 200
    live.stop()
    for word in ("Zyxwvut", "defect", "Traceback"):
        assert word not in live.said()
    assert "failure StoreError" in live.said()
    assert live.said().count("a job could not be given out") <= 2
    assert holds(tmp_path / "server") == holds(tmp_path / "temporary") == []


def fails(error: Exception) -> Callable[..., None]:
    def work(*_: object, **__: object) -> None:
        raise error from LookupError(CANARY)

    return work


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: type(each).__name__)
def test_what_goes_wrong_in_a_job_or_a_check_is_told_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], error: Exception
) -> None:
    settings = replace(
        Settings(),
        rules=str(write_rulebook(tmp_path / "rules")),
        store=f"sqlite:///{tmp_path / 'store.sqlite'}",
        data=str(tmp_path / "data"),
    )
    open_server(settings).database.close()
    rulebook = load_rulebook(tmp_path / "rules")
    database = open_database(settings.store_url, now)
    jobs = Jobs(database, timedelta(seconds=15))
    job = jobs.create(jobs.new_id(), "local", REQUEST)
    assert jobs.claim("one")
    (job_folder(settings, job.id) / "in").mkdir(parents=True)
    (job_folder(settings, job.id) / "in" / "patients.csv").write_text(f"patient_id\n{CANARY}\n")
    monkeypatch.setattr(FileRun, "_open", fails(error))
    monkeypatch.setattr(runner, "_give_back_when_alone", lambda *_: None)
    with monkeypatch.context() as its_own:
        its_own.setattr("tempfile.tempdir", None)
        assert runner.run(Work(settings, job.id, "one", REQUEST, rulebook)) is JobState.FAILED
    found = jobs.read(job.id, "local")
    assert found is not None
    assert found.problem is not None
    assert found.problem["code"] == "U064"
    path = tmp_path / "patients.csv"
    asked = FileRun(path, None, tmp_path / "out", None, date(2026, 1, 15), MatchOptions(), 10)
    problem = checking._looked_through(asked, rulebook)
    assert problem is not None
    assert problem.status == 500
    said = f"{capfd.readouterr()} {found.problem} {problem.detail} {problem.place}"
    assert said.count("defect") == 2
    assert "Quastel" not in said
    assert holds(tmp_path) == ["patients.csv"]
    database.close()


def test_a_runner_that_cannot_open_the_store_is_no_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It lies damaged when the job begins: the job waits."""
    (tmp_path / "store.sqlite").write_bytes(CANARY.encode() * 500)
    settings = replace(
        Settings(), store=f"sqlite:///{tmp_path / 'store.sqlite'}", data=str(tmp_path / "data")
    )
    rulebook = load_rulebook(write_rulebook(tmp_path / "rules"))
    sent = io.TextIOWrapper(io.BytesIO(framed(Work(settings, "a", "one", REQUEST, rulebook).to_bytes())))
    monkeypatch.setattr("sys.stdin", sent)
    with monkeypatch.context() as its_own, words_kept():
        its_own.setattr("tempfile.tempdir", None)
        assert runner.main() == 1
    said = capfd.readouterr().err
    assert said.startswith("failure ")
    assert "Quastel" not in said
