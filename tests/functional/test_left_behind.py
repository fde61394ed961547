"""What a run leaves on a disk: its own results, for their owner, and nothing of a run that was ended."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from matcher.cli import main
from matcher.errors import UsageError
from matcher.readers.aside import folder_aside, remove_left_over
from matcher.service.landing import Landing

PATIENTS = "patient_id,age,ecog\nA,61,1\nB,70,0\n"


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    path = tmp_path / "patients.csv"
    path.write_text(PATIENTS, encoding="utf-8")
    return path


def modes(folder: Path) -> set[int]:
    return {each.stat().st_mode & 0o777 for each in folder.iterdir()}


def test_results_are_their_owner_s_unless_asked_otherwise(patients: Path, tmp_path: Path) -> None:
    asked = ["match", str(patients), "--as-of", "2026-01-15", "--quiet", "--out"]
    before = os.umask(0o022)
    try:
        assert main([*asked, str(tmp_path / "own")]) == 0
        assert main([*asked, str(tmp_path / "all"), "--shared"]) == 0
    finally:
        os.umask(before)
    assert modes(tmp_path / "own") == {0o600}
    assert modes(tmp_path / "all") == {0o644}


def test_results_of_an_earlier_run_do_not_stay_beside_new_ones(patients: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ["match", str(patients), "--as-of", "2026-01-15", "--quiet", "--out", str(out)]
    assert main(asked) == 0
    (out / "notes.txt").write_text("mine", "utf-8")
    (out / "matches.parquet").write_text("mine too: no run wrote it", "utf-8")
    assert main([*asked, "--format", "jsonl", "--no-explanations"]) == 0
    held = {each.name for each in out.iterdir()}
    assert {"matches.jsonl", "notes.txt", "matches.parquet"} <= held
    assert not held & {"matches.csv", "explanations.jsonl"}
    assert held - {"notes.txt", "matches.parquet"} == set(json.loads((out / "run.json").read_text())["files"])


def test_folders_of_processes_that_are_gone_are_swept_and_others_are_not(tmp_path: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    dead = tmp_path / f"matcher-{platform.node()}-{int(gone.stdout)}-abc"
    others = [
        tmp_path / name
        for name in ("matcher-elsewhere-1-abc", "matcher-x", "else", f"matcher-{platform.node()}-")
    ]
    mine = folder_aside(tmp_path)
    for each in (dead, *others):
        each.mkdir()
    remove_left_over(tmp_path)
    assert not dead.exists()
    assert all(each.exists() for each in (*others, mine))
    assert mine.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda each: each.name
)
def test_nothing_of_a_run_that_was_ended_stays(patients: Path, tmp_path: Path, number: int) -> None:
    """What is killed outright cannot tidy up: the next run does."""
    out, ready = tmp_path / "out", tmp_path / "ready"
    code = (
        "import sys, time; from pathlib import Path; from matcher.cli import start; from matcher.service.landing import Landing\n"
        "def wait(*_):\n"
        "    with Landing(Path(sys.argv[1]), ['run.json']) as landing:\n"
        "        landing.open('run.json').write('a patient')\n"
        "        Path(sys.argv[2]).touch(); time.sleep(60)\n"
        "start.app = wait\n"
        "raise SystemExit(start.main([]))"
    )
    out.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", code.replace("wait(*_)", "wait(*_, **__)"), str(out), str(ready)]
    ) as run:
        while not ready.exists():
            assert run.poll() is None
        run.send_signal(number)
        assert run.wait(30) in (128 + number, -number)
    if number is signal.SIGKILL:
        assert list(out.glob(".matcher-*"))
        with Landing(out, ["run.json"]) as landing:
            landing.open("run.json").write("{}")
            landing.land()
    assert not list(out.glob(".matcher-*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_leaves_nothing_and_is_no_defect(tmp_path: Path) -> None:
    def run() -> None:
        with Landing(tmp_path, ["run.json"]) as landing:
            stream = landing.open("run.json")
            os.dup2(os.open("/dev/full", os.O_WRONLY), stream.fileno())
            stream.write("a patient")
            landing.land()

    with pytest.raises(UsageError, match="U008"):
        run()
    assert list(tmp_path.iterdir()) == []
