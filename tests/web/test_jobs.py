"""Batch jobs over a real server: what comes out is what the command line writes, whatever happens in between."""

from __future__ import annotations

import io
import json
import stat
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from matcher.cli import main
from tests.small_rulebook import write_rulebook
from tests.web.live import ROOT, Live, serving
from tests.web.waiting import PATIENCE
from tests.whole import WHOLE, one_of, only_whole

PATIENTS = ROOT / "fixtures" / "patients.csv"
DAY = {"as_of": "2026-01-15"}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """By a few small rules: how a job is done has nothing to do with how many there are."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, rules=str(write_rulebook(folder / "rules"))) as started:
        yield started


@pytest.fixture(scope="module")
def http(live: Live) -> Iterator[httpx.Client]:
    with live.client() as client:
        yield client


def send(http: httpx.Client, content: bytes, name: str = "patients.csv", **more: Any) -> httpx.Response:
    return http.post("/v1/match/batch", params=DAY, files={"file": (name, content), **more})


def wait(http: httpx.Client, job: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        shown: dict[str, Any] = http.get(f"/v1/jobs/{job}").json()
        if until(shown):
            return shown
        time.sleep(0.05)
    raise AssertionError(f"the job does not get there: {shown}")


def over(shown: dict[str, Any]) -> bool:
    return shown["state"] not in ("queued", "running")


def finished(http: httpx.Client, response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 202, response.text
    return wait(http, response.json()["id"], over)


def many_patients(count: int) -> bytes:
    lines = [
        json.dumps({"id": f"P{number:05}", "age": 18 + number % 60, "ecog": number % 4})
        for number in range(count)
    ]
    return "\n".join(lines).encode()


def results(http: httpx.Client, shown: dict[str, Any]) -> dict[str, bytes]:
    return {each["name"]: http.get(each["href"]).content for each in shown["files"]}


def written(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_a_job_gives_what_the_command_line_writes(http: httpx.Client, live: Live, tmp_path: Path) -> None:
    shown = finished(http, send(http, PATIENTS.read_bytes()))
    assert shown["state"] == "done"
    assert shown["done"] == shown["total"] == 13
    arguments = [
        "match",
        PATIENTS,
        "--rules",
        live.settings.rules,
        "--as-of",
        "2026-01-15",
        "--out",
        tmp_path / "out",
    ]
    assert main([*map(str, arguments), "--quiet"]) == 0
    expected = written(tmp_path / "out")
    got = results(http, shown)
    assert set(got) == set(expected)
    for name in ("matches.csv", "explanations.jsonl", "rejects.csv", "issues.csv"):
        assert got[name] == expected[name], name
    assert json.loads(got["run.json"])["engine"] == json.loads(expected["run.json"])["engine"] == "single"
    assert shown["rulebook"] == json.loads(got["run.json"])["rulebook"]["version"][:12]


@only_whole
def test_parquet_is_read_like_csv(http: httpx.Client) -> None:
    import polars

    ages = {
        "patient_id": [f"P{number}" for number in range(50)],
        "age": [18 + number for number in range(50)],
    }
    packed = io.BytesIO()
    polars.DataFrame(ages).write_parquet(packed)
    columns = finished(http, send(http, packed.getvalue(), "p.parquet"))
    rows = finished(http, send(http, polars.DataFrame(ages).write_csv().encode()))
    assert results(http, columns)["matches.csv"] == results(http, rows)["matches.csv"]


def test_many_patients_are_matched_in_columns(http: httpx.Client) -> None:
    shown = finished(http, send(http, many_patients(6_000), "p.jsonl"))
    assert (shown["state"], shown["done"], shown["total"]) == ("done", 6_000, 6_000)
    assert json.loads(results(http, shown)["run.json"])["engine"] == "columnar"


@only_whole
def test_a_zip_of_tables_is_read_like_the_folder(http: httpx.Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in (ROOT / "fixtures" / "tables").iterdir():
            if each.suffix == ".csv":
                archive.write(each, f"export/{each.name}")
    shown = finished(http, send(http, packed.getvalue(), "export.zip"))
    assert (shown["state"], shown["done"]) == ("done", shown["total"])
    assert shown["total"] > 0


def test_a_mapping_is_used(http: httpx.Client) -> None:
    mapping = b"mapping: an export\nid: {column: who}\nfacts:\n  age: {column: years}\n"
    shown = finished(http, send(http, b"who,years\nA,61\n", mapping=("m.yaml", mapping)))
    assert (shown["state"], shown["done"], shown["rejected"]) == ("done", 1, 0)


@pytest.mark.parametrize(
    ("content", "name", "mapping", "code"),
    [
        (b"", "a.csv", None, "U061"),
        (b"patient_id,age\n", "a.csv", None, "P013"),
        (b"foo,bar\n1,2\n", "a.csv", None, "U012"),
        (b"patient_id,patient_id\n1,2\n", "a.csv", None, "P012"),
        (b"\x00\x01\x02" * 50, "a.parquet", None, "P014"),
        (b"{", "a.json", None, "P004"),
        (b"[" * 100_000, "a.json", None, "P008"),
        (b"patient_id,age\nA,61\n", "a.csv", b"facts: [", "U015"),
        (b"patient_id,age\nA,61\n", "a.csv", b"no mapping", "U015"),
        (b"patient_id,age\nA,61\n", "a.exe", None, "U061"),
        (b"patient_id,age\nA,61\n", "a", None, "U061"),
        (b"PK\x03\x04 nonsense", "a.zip", None, "U061"),
        (b"id" + b",x" * 5000 + b"\n", "a.csv", None, "U061"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_at_once(
    http: httpx.Client, content: bytes, name: str, mapping: bytes | None, code: str, live: Live
) -> None:
    before = set(jobs_on_disk(live))
    more = {} if mapping is None else {"mapping": ("m.yaml", mapping)}
    refused = send(http, content, name, **more)
    assert refused.status_code == 422, refused.text
    assert refused.json()["code"].startswith(code), refused.text
    assert str(live.settings.data_folder) not in refused.text
    assert set(jobs_on_disk(live)) == before


def jobs_on_disk(live: Live) -> list[str]:
    folder = live.settings.data_folder / "jobs"
    return [each.name for each in folder.iterdir()] if folder.is_dir() else []


def archive_of(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        archive_of({}),
        archive_of({"patients.csv": b"id,age\n" + b"0" * (64 << 20)}),
        archive_of({f"t{number}.csv": b"id\n1\n" for number in range(100)}),
        archive_of({"patients.exe": b"MZ"}),
        archive_of({"a/patients.csv": b"id\n1\n", "b/patients.csv": b"id\n2\n"}),
        archive_of({"patients.csv": b"id\n1\n"})[:-30],
    ],
    ids=["empty", "bomb", "many", "program", "same name", "cut off"],
)
def test_an_archive_is_unpacked_within_bounds(http: httpx.Client, archive: bytes) -> None:
    refused = send(http, archive, "a.zip")
    assert (refused.status_code, refused.json()["code"]) == (422, "U061")


def test_a_path_in_an_archive_leads_nowhere(http: httpx.Client, live: Live) -> None:
    send(http, archive_of({"../../../patients.csv": b"patient_id,age\nA,61\n"}), "a.zip")
    assert not list(live.settings.data_folder.parent.glob("patients.csv"))
    assert not list(live.settings.data_folder.glob("*.csv"))


@pytest.mark.parametrize("identifier", ["0" * 32, "..", "%2e%2e%2fstore.sqlite", "a\x00b", "x" * 150])
def test_a_job_that_is_not_there_is_not_found(http: httpx.Client, identifier: str) -> None:
    for method, path in (
        ("GET", f"/v1/jobs/{identifier}"),
        ("DELETE", f"/v1/jobs/{identifier}"),
        ("POST", f"/v1/jobs/{identifier}/cancel"),
        ("GET", f"/v1/jobs/{identifier}/files/run.json"),
    ):
        refused = http.request(
            method, httpx.URL(http.base_url, raw_path=path.replace("\x00", "%00").encode())
        )
        assert refused.status_code in (404, 405), refused.text
        assert refused.headers["content-type"] == "application/problem+json"


def test_only_files_of_the_run_are_given_out(http: httpx.Client) -> None:
    shown = finished(http, send(http, b"patient_id,age\nA,61\n"))
    for name in ("../in/patients.csv", "..%2Fin%2Fpatients.csv", "patients.csv", ".", "%2e%2e"):
        refused = http.get(httpx.URL(http.base_url, raw_path=f"/v1/jobs/{shown['id']}/files/{name}".encode()))
        assert refused.status_code == 404


def test_a_running_job_is_cancelled_and_a_finished_one_is_not(http: httpx.Client) -> None:
    job = send(http, many_patients(4_000), "p.jsonl").json()["id"]
    wait(http, job, lambda shown: shown["done"] > 0)
    assert http.post(f"/v1/jobs/{job}/cancel").status_code == 200
    shown = wait(http, job, over)
    assert (shown["state"], shown["files"]) == ("cancelled", [])
    again = http.post(f"/v1/jobs/{job}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "U062")


def test_a_deleted_job_is_gone_with_its_files(http: httpx.Client, live: Live) -> None:
    job = send(http, many_patients(4_000), "p.jsonl").json()["id"]
    wait(http, job, lambda shown: shown["done"] > 0)
    assert http.delete(f"/v1/jobs/{job}").status_code == 204
    assert http.get(f"/v1/jobs/{job}").status_code == 404
    # The next job begins only when the runner of this one is gone.
    finished(http, send(http, b"patient_id,age\nA,61\n"))
    said = [line for line in live.said().splitlines() if job in line]
    assert [line.rpartition(" ")[2] for line in said] == ["begins", "ends"]
    assert "defect" not in live.said()
    assert job not in [
        each for each in jobs_on_disk(live) if (live.settings.data_folder / "jobs" / each / "in").exists()
    ]


def test_files_of_jobs_are_nobody_else_s(live: Live) -> None:
    folder = live.settings.data_folder / "jobs"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_jobs_are_listed_newest_first(http: httpx.Client) -> None:
    first = finished(http, send(http, b"patient_id,age\nA,61\n"))["id"]
    second = finished(http, send(http, b"patient_id,age\nA,61\n"))["id"]
    assert [each["id"] for each in http.get("/v1/jobs?limit=2").json()["items"]] == [second, first]


@pytest.mark.parametrize("victim", one_of(2, ["server and runner", "server"]))
def test_a_job_outlives_a_server_that_is_killed(victim: str, tmp_path: Path) -> None:
    rules = write_rulebook(tmp_path / "rules")
    content = many_patients(1_500)
    with serving(tmp_path, rules=str(rules)) as live, live.client() as http:
        undisturbed = results(http, finished(http, send(http, content, "p.jsonl")))
        job = send(http, content, "p.jsonl").json()["id"]
        wait(http, job, lambda shown: shown["done"] > 100)
        children = psutil.Process(live.pid).children()
        if victim == "server and runner":
            for each in children:
                each.kill()
        live.kill()
        psutil.wait_procs(children, timeout=30)
        assert not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in children)
        live.start()
        shown = wait(http, job, over)
        assert shown["state"] == "done"
        assert shown["done"] == shown["total"] == 1_500
        assert results(http, shown) == undisturbed


@only_whole
@pytest.mark.skipif(
    not WHOLE, reason="takes long, and tests/web/test_stopping.py stops one with a job: make whole"
)
def test_a_server_that_is_told_to_stop_gives_its_job_back(tmp_path: Path) -> None:
    rules = write_rulebook(tmp_path / "rules")
    with serving(tmp_path, rules=str(rules)) as live, live.client() as http:
        job = send(http, many_patients(1_500), "p.jsonl").json()["id"]
        wait(http, job, lambda shown: shown["done"] > 100)
        live.stop()
        live.start()
        assert wait(http, job, over)["state"] == "done"


def test_too_many_open_jobs_are_refused(tmp_path: Path) -> None:
    rules = write_rulebook(tmp_path / "rules")
    with serving(tmp_path, rules=str(rules), open_jobs=1) as live, live.client() as http:
        assert send(http, many_patients(4_000), "p.jsonl").status_code == 202
        refused = send(http, b"patient_id,age\nA,61\n")
        assert (refused.status_code, refused.json()["code"]) == (429, "U063")
        assert refused.headers["retry-after"]


@only_whole
def test_more_patients_than_are_taken_fail_the_job(tmp_path: Path) -> None:
    rules = write_rulebook(tmp_path / "rules")
    with serving(tmp_path, rules=str(rules), upload_rows=10) as live, live.client() as http:
        shown = finished(http, send(http, many_patients(11), "p.jsonl"))
        assert (shown["state"], shown["problem"]["code"]) == ("failed", "P008")
        assert shown["problem"]["remedy"]


def test_a_job_goes_by_the_rulebook_in_force_whatever_lies_on_the_disk(tmp_path: Path) -> None:
    rules = write_rulebook(tmp_path / "rules")
    with serving(tmp_path, rules=str(rules)) as live, live.client() as http:
        in_force = http.get("/v1/rulebook").json()["short"]
        for each in rules.rglob("*.yaml"):
            each.write_text("trial: [broken", encoding="utf-8")
        begun = http.post("/v1/match/batch", files={"file": ("a.csv", "patient_id,age\nA,61\n")})
        assert begun.status_code == 202, begun.text
        ends = time.monotonic() + PATIENCE
        while (job := http.get(begun.headers["location"]).json())["state"] in ("queued", "running"):
            assert time.monotonic() < ends
            time.sleep(0.1)
    assert (job["state"], job["rulebook"]) == ("done", in_force)
