"""``matcher match`` for many patients: the same answers in columns, and nothing lost whatever stops a run."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pytest

from matcher.cli import main
from matcher.readers.frames import read_frames
from matcher.rulebook.load import load_rulebook
from tests.functional.command import Desk, desk_in
from tests.whole import WHOLE, one_of, only_whole

PATIENTS = 3000 if WHOLE else 1500
PARTS = PATIENTS // 100
#: the program with small parts, as another process runs it
PROGRAM = (
    "import sys, matcher.service.size as size; size.PART = 100; size.EXPLAINED_PART = 10;"
    "from matcher.cli import main; raise SystemExit(main(sys.argv[1:]))"
)
#: with MATCHER_WHOLE=1 all of the published records, else the first of them
REAL_ROWS = None if WHOLE else 30


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("matcher.cli.at_size.EXPLAINED_PART", 2)
    return desk_in(tmp_path, capsys)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of many patients, some of whom cannot be read, beside a small rulebook."""
    folder = tmp_path_factory.mktemp("many")
    chance = random.Random(7)  # noqa: S311 - a seed
    rows = [["patient_id", "age", "ecog", "platelets", "platelets_unit", "labs_date", "vital_status"]]
    for number in range(PATIENTS):
        name = "" if number % 97 == 5 else f"P{number:05}"
        dead = "deceased" if number % 41 == 3 else ""
        ecog = "7" if number % 53 == 1 else chance.choice(["", "0", "1", "2", "3", "1-2"])
        counted = chance.choice(["", "92", "60", "240"])
        unit = "10*9/L" if counted else ""
        rows.append([name, str(chance.randrange(15, 90)), ecog, counted, unit, "2026-01-10", dead])
    with (folder / "patients.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows(rows)
    from tests.small_rulebook import write_rulebook

    write_rulebook(folder / "rules")
    return folder


def command(many: Path, out: Path, *more: object) -> list[str]:
    asked = ["match", many / "patients.csv", "--rules", many / "rules", "--as-of", "2026-01-15"]
    asked += ["--out", out, "--engine", "columnar", "--no-explanations", "-q", *more]
    return [sys.executable, "-c", PROGRAM, *map(str, asked)]


def run(many: Path, out: Path, *more: object, **how) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(many, out, *more), capture_output=True, text=True, check=False, **how)


def result(out: Path) -> tuple[list[dict[str, str]], dict[str, Any], str, str]:
    """The rows in a fixed order, the account, and what was set aside."""
    with (out / "matches.csv").open(newline="", encoding="utf-8") as stream:
        held = sorted(
            csv.DictReader(stream), key=lambda row: (row["patient_id"], row["kind"], row["candidate"])
        )
    account = json.loads((out / "run.json").read_text("utf-8"))
    return held, account, (out / "rejects.csv").read_text("utf-8"), (out / "issues.csv").read_text("utf-8")


@pytest.fixture(scope="module")
def expected(many: Path, tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("whole") / "out"
    ran = run(many, out, "--workers", 1)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert not (out / ".matcher-run").exists()
    return result(out)


def test_everybody_is_accounted_for(expected) -> None:
    rows, account, rejects, issues = expected
    counted = account["patients"]
    assert counted["read"] == PATIENTS
    assert counted["matched"] + counted["rejected"] == PATIENTS
    assert counted["rejected"] == len(rejects.splitlines()) - 1 > PATIENTS // 150
    assert len(issues.splitlines()) > PATIENTS // 100
    assert counted["not_ranked"] == counted["deceased"] > PATIENTS // 60
    assert (
        sum(account["candidates"]["rest"]["standings"].values()) == counted["matched"] - counted["deceased"]
    )
    assert {row["candidate"] for row in rows} == {"NCT00000001", "rest"}
    assert len(rows) == 2 * counted["matched"]


def test_one_patient_at_a_time_gives_the_same(many: Path, expected, tmp_path: Path) -> None:
    asked = [str(each) for each in command(many, tmp_path / "out")[3:]]
    asked[asked.index("columnar")] = "reference"
    assert main(asked) == 0
    rows, account, *rest = result(tmp_path / "out")
    assert (rows, *rest) == (expected[0], *expected[2:])
    assert {**account, "engine": "columnar"} == expected[1]


def test_killed_at_any_moment_it_goes_on_and_gives_the_same(many: Path, expected, tmp_path: Path) -> None:
    out, chance, begun = tmp_path / "out", random.Random(11), 0  # noqa: S311 - a seed
    for number in one_of(4, range(10)):
        workers = 2 if number % 5 == 4 else 1
        with subprocess.Popen(command(many, out, "--workers", workers, "--resume")) as process:
            time.sleep(chance.uniform(0.3, 1.2))
            while (
                process.poll() is None and len(list(out.glob(".matcher-run/*.json"))) < PARTS * number // 10
            ):
                time.sleep(0.01)
            time.sleep(chance.uniform(0.0, 0.1))
            process.kill()
        begun = max(begun, len(list(out.glob(".matcher-run/0*.json"))))
    assert begun >= PARTS // 3
    ran = run(many, out, "--workers", 1, "--resume")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert result(out) == expected
    assert {each.name for each in out.iterdir()} == {*expected[1]["files"]}


def at_work(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes that match parts: on Linux those of the one that they are forked from."""
    begun = psutil.Process(process.pid).children(recursive=True)
    servers = {each.pid for each in begun if each.children()}
    return [each for each in begun if each.ppid() in servers or "spawn_main" in str(each.cmdline())]


@only_whole
def test_a_process_that_is_killed_loses_nothing(many: Path, expected, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(command(many, out, "--workers", 2), stderr=subprocess.PIPE, text=True) as process:
        while len(list(out.glob(".matcher-run/0*.json"))) < 3:
            time.sleep(0.01)
        at_work(process)[0].kill()
        _, said = process.communicate()
    assert process.returncode == 2
    assert "U043" in said
    assert "--resume" in said
    assert run(many, out, "--resume").returncode == 0
    assert result(out) == expected


def test_what_processes_are_forked_from_has_not_begun_polars() -> None:
    """Its threads would be missing in them."""
    asked = "import sys, matcher.service.bulk.ahead; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_the_processes_of_a_run_end_with_it(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(command(many, out, "--workers", 2)) as process:
        while len(list(out.glob(".matcher-run/0*.json"))) < 1:
            time.sleep(0.01)
        begun = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    _, alive = psutil.wait_procs(begun, timeout=20)
    assert not alive


@only_whole
def test_an_interrupt_loses_nothing(many: Path, expected, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = command(many, out, "--workers", 2)
    with subprocess.Popen(asked, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        while len(list(out.glob(".matcher-run/0*.json"))) < 2:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert "The same command with --resume goes on from there" in said
    assert "Traceback" not in said
    assert run(many, out, "--resume").returncode == 0
    assert result(out) == expected


def test_a_full_disk_loses_nothing(many: Path, expected, tmp_path: Path) -> None:
    """The parts fit under the limit and the whole does not."""
    out = tmp_path / "out"

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (PATIENTS * 30, PATIENTS * 30))

    ran = run(many, out, "--workers", 1, preexec_fn=little)
    assert ran.returncode == 2
    assert "U008" in ran.stderr
    assert "--resume" in ran.stderr
    assert not list(out.glob("*.csv"))
    assert run(many, out, "--workers", 1, "--resume").returncode == 0
    assert result(out) == expected


def test_a_part_that_cannot_be_read_names_its_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(file, part):
        raise OSError(5, "Input/output error")

    file = read_frames(desk.patients, formulary=load_rulebook(desk.rules).formulary, as_of=date(2026, 1, 15))
    monkeypatch.setattr(type(file), "read", unreadable)
    ran = desk.match("--engine", "columnar", "--workers", 1)
    assert ran.code == 2
    assert "U009" in ran.err
    assert "from its patient 1 on: input/output error" in ran.err
    assert not (desk.folder / "out").exists()


@pytest.fixture(scope="module")
def begun(many: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("begun") / "out"
    with subprocess.Popen(command(many, out, "--workers", 1)) as process:
        while len(list(out.glob(".matcher-run/0*.json"))) < 2:
            time.sleep(0.01)
        process.kill()
    return out


class TestUnfinished:
    def asked(self, many: Path, out: Path, *more: object) -> list[str]:
        return [str(each) for each in command(many, out, *more)[3:]]

    def test_it_is_named_and_not_overwritten(self, many: Path, begun: Path, capsys, monkeypatch) -> None:
        monkeypatch.setattr("matcher.cli.at_size.PART", 100)
        assert main(self.asked(many, begun)) == 2
        said = capsys.readouterr().err
        assert "U041" in said
        assert "--resume" in said
        assert main(self.asked(many, begun, "--resume", "--top", 1)) == 2
        assert "other options" in capsys.readouterr().err
        assert main([*self.asked(many, begun, "--resume"), "--as-of", "2026-01-16"]) == 2
        assert "another --as-of" in capsys.readouterr().err
        (many / "rules" / "regimens" / "other.yaml").write_text(
            (many / "rules" / "regimens" / "rest.yaml").read_text("utf-8").replace("rest", "other"), "utf-8"
        )
        try:
            assert main(self.asked(many, begun, "--resume")) == 2
        finally:
            (many / "rules" / "regimens" / "other.yaml").unlink()
        assert "another rulebook" in capsys.readouterr().err
        os.utime(many / "patients.csv", (1, 1))
        assert main(self.asked(many, begun, "--resume")) == 2
        assert "a file that has changed since" in capsys.readouterr().err

    @pytest.mark.parametrize("more", [(), ("--resume",), ("--resume", "--top", 1)], ids=str)
    def test_nobody_is_told_to_delete_what_a_live_run_writes(
        self, many: Path, begun: Path, more: tuple[object, ...], capsys, monkeypatch
    ) -> None:
        monkeypatch.setattr("matcher.cli.at_size.PART", 100)
        before = {each.name for each in (begun / ".matcher-run").iterdir()}
        with (begun / ".matcher-run" / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert main(self.asked(many, begun, *more)) == 2
        said = capsys.readouterr().err
        assert "U045" in said
        assert "delete that folder" not in said
        assert {each.name for each in (begun / ".matcher-run").iterdir()} == before


def test_patient_by_patient_every_engine_writes_the_same(desk: Desk) -> None:
    pytest.importorskip("durable.engine", reason="durable-rules does not import on Python 3.13")
    engines = {"reference": "reference", "auto": "single", "durable": "durable"}
    for asked, used in engines.items():
        ran = desk.match("--engine", asked, "-o", asked)
        assert ran.code == 0, ran.err
        account = json.loads((desk.folder / asked / "run.json").read_text("utf-8"))
        assert account["engine"] == used
    for name in ("matches.csv", "explanations.jsonl", "rejects.csv", "issues.csv"):
        assert len({(desk.folder / each / name).read_bytes() for each in engines}) == 1, name


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("more", [(), ("--top", 1), ("--standing", "eligible,not_yet")])
def test_both_engines_write_the_same(desk: Desk, form: str, more: tuple[object, ...]) -> None:
    for explained in ("--explanations", "--no-explanations"):
        for engine in ("reference", "columnar"):
            ran = desk.match(
                "--engine", engine, "--format", form, "-o", engine, explained, "--workers", 1, *more
            )
            assert ran.code == 0, ran.err
        files = {each.name for each in (desk.folder / "columnar").iterdir()}
        assert {each.name for each in (desk.folder / "reference").iterdir()} == files
        assert ("explanations.jsonl" in files) is (explained == "--explanations")
        for name in files - {"run.json", "report.html", "matches.parquet"}:
            held = [(desk.folder / each / name).read_bytes() for each in ("reference", "columnar")]
            assert held[0] == held[1], name
        if form == "parquet":
            frames = [
                pl.read_parquet(desk.folder / each / "matches.parquet") for each in ("reference", "columnar")
            ]
            assert frames[0].schema == frames[1].schema
            assert frames[0].rows() == frames[1].rows()
        accounts = [
            json.loads((desk.folder / each / "run.json").read_text("utf-8"))
            for each in ("reference", "columnar")
        ]
        assert [each.pop("engine") for each in accounts] == ["reference", "columnar"]
        assert accounts[0] == accounts[1]
        for each in files:
            (desk.folder / "reference" / each).unlink()
            (desk.folder / "columnar" / each).unlink()


@pytest.mark.parametrize("name", one_of(2, ["tcga_meso", "tcga_stad"]))
def test_published_records_give_the_same_bytes(
    root: Path, real_data: Path, tmp_path: Path, name: str
) -> None:
    lines = (real_data / "patients" / f"{name}.csv").read_bytes().splitlines(keepends=True)
    patients = tmp_path / f"{name}.csv"
    patients.write_bytes(b"".join(lines[: REAL_ROWS + 1 if REAL_ROWS else None]))
    mapping = root / "fixtures" / "mappings" / f"{name}.yaml"
    for engine in ("reference", "columnar"):
        asked = ["match", patients, "-m", mapping, "-o", tmp_path / engine, "--engine", engine, "-q"]
        assert main([*map(str, asked), "--include-closed", "--as-of", "2026-01-15"]) == 0
    for each in ("matches.csv", "explanations.jsonl"):
        assert (tmp_path / "reference" / each).read_bytes() == (tmp_path / "columnar" / each).read_bytes()


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_nobody_readable_is_exit_code_4_with_the_reasons_written(desk: Desk, form: str) -> None:
    desk.patients.write_text("not json\n" * 5, "utf-8")
    ran = desk.match("--engine", "columnar", "--format", form, "--no-explanations", "--workers", 1)
    assert ran.code == 4
    assert len((desk.folder / "out" / "rejects.csv").read_text("utf-8").splitlines()) == 6


@only_whole
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_no_room_for_a_part_is_said(many: Path, tmp_path: Path, form: str) -> None:
    def nothing() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    out = tmp_path / "out"
    ran = run(many, out, "--workers", 1, "--format", form, preexec_fn=nothing)
    assert ran.returncode == 2
    assert "U008" in ran.stderr
    assert not out.exists()


def test_standings_that_are_none_are_named(desk: Desk) -> None:
    ran = desk.match("--standing", "elligible")
    assert ran.code == 2
    assert "eligible_pending_screening" in ran.err


@pytest.mark.parametrize(
    "more", [("--format", "jsonl"), ("--no-explanations",), ("--engine", "columnar"), ("--resume",)]
)
def test_what_is_for_many_patients_does_not_go_with_one_document(desk: Desk, more: tuple[str, ...]) -> None:
    ran = desk.match("--json", *more)
    assert ran.code == 2
    assert (
        f"--json does not go with {' '.join(more[:1]) if more[0] != '--engine' else '--engine columnar'}"
        in ran.err
    )


def test_beyond_some_thousands_explanations_are_left_out_and_that_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.cli.at_size.EXPLAINED_UP_TO", 3)
    ran = desk.match("--engine", "columnar", "--workers", 1)
    assert "explanations are left out" in ran.out
    assert not (desk.folder / "out" / "explanations.jsonl").exists()
    ran = desk.match("--engine", "columnar", "--explanations", "--workers", 1)
    assert "explanations are left out" not in ran.out
    assert (desk.folder / "out" / "explanations.jsonl").exists()


def test_a_few_patients_are_matched_one_by_one(desk: Desk) -> None:
    desk.match()
    assert json.loads((desk.folder / "out" / "run.json").read_text("utf-8"))["engine"] == "single"
