"""The files of a run land together or not at all."""

import json
import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from matcher import DISTRIBUTION
from matcher.errors import UsageError
from matcher.service.landing import Landing
from matcher.service.ownership import NOTE

NAMES = ("run.json", "matches.csv")


def write(landing: Landing, text: str) -> None:
    for name in NAMES:
        landing.open(name).write(text)


def interrupted(folder: Path) -> None:
    with Landing(folder, NAMES) as landing:
        write(landing, "new")
        raise KeyboardInterrupt


def listed(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_nothing_is_there_before_the_landing_and_everything_after(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    with Landing(folder, NAMES) as landing:
        write(landing, "new")
        assert not listed(folder) & set(NAMES)
        landing.land()
    assert listed(folder) == set(NAMES)
    assert (folder / "run.json").read_text() == "new"


def test_an_interrupted_run_leaves_nothing_and_not_even_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    with pytest.raises(KeyboardInterrupt):
        interrupted(folder)
    assert not (tmp_path / "deep").exists()


def test_an_interrupted_run_leaves_the_files_of_the_one_before(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).write_text("old")
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path)
    assert listed(tmp_path) == set(NAMES)
    assert {(tmp_path / name).read_text() for name in NAMES} == {"old"}


@pytest.mark.parametrize("failing", range(4))
def test_a_move_that_fails_puts_the_earlier_files_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    for name in NAMES:
        (tmp_path / name).write_text("old")
    moves = 0
    replace = Path.replace

    def fail_once(path: Path, target: Path) -> Path:
        nonlocal moves
        moves += 1
        if moves == failing + 1:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    with Landing(tmp_path, NAMES) as landing:
        write(landing, "new")
        monkeypatch.setattr(Path, "replace", fail_once)
        with pytest.raises(UsageError, match="no space left"):
            landing.land()
        monkeypatch.undo()
    assert {(tmp_path / name).read_text() for name in NAMES} == {"old"}
    assert listed(tmp_path) == set(NAMES)


def test_the_account_of_the_run_lands_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    replace = Path.replace

    def noted(path: Path, target: Path) -> Path:
        order.append(target.name)
        return replace(path, target)

    with Landing(tmp_path, NAMES) as landing:
        write(landing, "new")
        monkeypatch.setattr(Path, "replace", noted)
        landing.land()
        monkeypatch.undo()
    assert order[-1] == "run.json"


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="is a file") as raised, Landing(tmp_path / "out", NAMES):
        pass
    assert raised.value.code == "U003"


def test_what_the_run_reads_is_never_written_over(tmp_path: Path) -> None:
    patients = tmp_path / "matches.csv"
    patients.write_text("mine")
    with pytest.raises(UsageError, match="would be overwritten"), Landing(tmp_path, NAMES, [patients]):
        pass
    assert patients.read_text() == "mine"


def test_a_folder_with_the_name_of_a_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()
    with pytest.raises(UsageError, match="is a directory"), Landing(tmp_path, NAMES):
        pass
    assert (tmp_path / "run.json").is_dir()


def test_a_folder_that_cannot_be_made_is_an_error_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError) as raised, Landing(tmp_path / "file" / "out", NAMES):
        pass
    assert raised.value.code == "U008"


FIRST = ("run.json", "matches.csv", "cohort_facts.csv", "explanations.jsonl", "report.html")
SECOND = ("run.json", "matches.parquet", "report.html")


def run(folder: Path, names: tuple[str, ...], run: str) -> None:
    """Lands files that say whose they are."""
    account = {"program": {"name": DISTRIBUTION}, "files": list(names), "run": run}
    with Landing(folder, names) as landing:
        for name in names:
            landing.open(name).write(json.dumps(account if name == "run.json" else {"run": run}))
        landing.land()


def runs_in(folder: Path) -> set[str]:
    return {
        json.loads(each.read_text())["run"] for each in folder.iterdir() if each.suffix and each.name != NOTE
    }


def _killed_at(step: int, folder: Path) -> None:
    moves = 0
    replace = Path.replace

    def moved(path: Path, target: Path) -> Path:
        nonlocal moves
        moves += 1
        if moves == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(path, target)

    Path.replace = moved  # type: ignore[method-assign,assignment]
    run(folder, SECOND, "second")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be copied here")
@pytest.mark.parametrize("third", [SECOND, ("run.json", "matches.jsonl")], ids=["same", "others"])
def test_killed_between_any_two_moves_no_reader_sees_two_runs_as_one(
    tmp_path: Path, third: tuple[str, ...]
) -> None:
    began = 0
    for step in range(1, 30):
        folder = tmp_path / str(step)
        run(folder, FIRST, "first")
        (folder / "matches.jsonl.bak").write_text('{"run": "mine"}')
        (folder / "cohort_of_mine.csv").write_text('{"run": "mine"}')
        process = multiprocessing.get_context("fork").Process(target=_killed_at, args=(step, folder))
        process.start()
        process.join()
        began += process.exitcode == -signal.SIGKILL
        assert len(runs_in(folder)) <= 2, "of one run, and mine"
        if "run.json" in listed(folder):
            account = json.loads((folder / "run.json").read_text())
            assert set(account["files"]) <= listed(folder)
        run(folder, third, "third")
        assert listed(folder) == {*third, "matches.jsonl.bak", "cohort_of_mine.csv"}
        assert runs_in(folder) == {"third", "mine"}
        if process.exitcode == 0:
            break
    assert began == 10, "each of the moves was the last of one"


@pytest.mark.parametrize(
    "account",
    [
        {"program": {"name": "another"}, "files": ["explanations.jsonl", "notes.txt"]},
        {"files": ["explanations.jsonl"]},
        {
            "program": {"name": DISTRIBUTION},
            "files": ["notes.txt", "../outside.txt", "../cohort_x.csv", 5, None],
        },
        {"program": DISTRIBUTION, "files": "explanations.jsonl"},
        ["explanations.jsonl"],
        None,
    ],
)
def test_a_file_that_no_run_says_it_wrote_stays(tmp_path: Path, account: Any) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    mine = {"explanations.jsonl", "notes.txt", "cohort_facts.csv", "matches.parquet"}
    for name in (*mine, "../outside.txt", "../cohort_x.csv"):
        (folder / name).write_text("mine")
    (folder / "run.json").write_text(json.dumps(account))
    run(folder, NAMES, "new")
    assert listed(folder) == {*NAMES, *mine}
    assert {"outside.txt", "cohort_x.csv"} <= listed(tmp_path)


def test_a_link_or_a_folder_of_a_name_that_a_run_gave_stays(tmp_path: Path) -> None:
    run(tmp_path, FIRST, "first")
    (tmp_path / "explanations.jsonl").unlink()
    (tmp_path / "explanations.jsonl").symlink_to(tmp_path / "report.html")
    (tmp_path / "cohort_facts.csv").unlink()
    (tmp_path / "cohort_facts.csv").mkdir()
    run(tmp_path, NAMES, "new")
    assert listed(tmp_path) == {*NAMES, "explanations.jsonl", "cohort_facts.csv"}


def test_a_move_that_fails_puts_back_every_file_of_the_earlier_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, FIRST, "first")
    replace = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if target == tmp_path / "report.html" and path.parent.name.startswith(".matcher-"):
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(UsageError, match="U008"):
        run(tmp_path, SECOND, "second")
    assert listed(tmp_path) == set(FIRST)
    assert runs_in(tmp_path) == {"first"}
