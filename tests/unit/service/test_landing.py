"""The files of a run land together or not at all."""

from pathlib import Path

import pytest

from matcher.errors import UsageError
from matcher.service.landing import Landing

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
