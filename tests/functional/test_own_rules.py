"""A rulebook of one's own: begun, extended, checked file by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.cli import main
from matcher.rulebook.load import load_rulebook
from tests.functional.command import Desk, desk_in

ROOT = Path(__file__).resolve().parents[2]
TRIAL = "NCT01234567"


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return desk_in(tmp_path, capsys)


@pytest.fixture
def mine(desk: Desk) -> Path:
    assert main(["rules", "init", "mine"]) == 0
    assert main(["rules", "new", TRIAL, "--rules", "mine"]) == 0
    return Path("mine")


def test_a_rulebook_that_was_begun_is_in_order_and_extends_the_shipped_one(mine: Path) -> None:
    path = str(mine / "trials" / f"{TRIAL}.yaml")
    assert main(["rules", "lint", path]) == 0
    assert main(["rules", "test", path]) == 0
    shipped, extended = load_rulebook(ROOT / "rules"), load_rulebook(mine)
    assert extended.by_id.keys() == shipped.by_id.keys() | {TRIAL}
    assert len(extended.derivations) == len(shipped.derivations)
    assert extended.version != shipped.version


def test_a_file_of_one_s_own_stands_in_the_place_of_the_shipped_one(mine: Path) -> None:
    text = (ROOT / "rules" / "trials" / "NCT02709512.yaml").read_text("utf-8")
    own = text.replace("ECOG performance status 0 or 1", "As we ask it")
    (mine / "trials" / "NCT02709512.yaml").write_text(own, "utf-8")
    criterion = load_rulebook(mine).criterion("NCT02709512", "I-04")
    assert criterion is not None
    assert criterion.text == "As we ask it"


def test_alone_it_has_nothing_of_the_shipped_one(desk: Desk) -> None:
    assert main(["rules", "init", "ours", "--alone"]) == 0
    assert main(["rules", "new", TRIAL, "--rules", "ours"]) == 0
    assert list(load_rulebook(Path("ours")).by_id) == [TRIAL]


def test_a_wrong_trial_stops_nothing_of_the_others(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "new", "NCT07654321", "--rules", "mine"]) == 0
    wrong = mine / "trials" / "NCT07654321.yaml"
    wrong.write_text(wrong.read_text("utf-8").replace("at_least", "at_leest"), "utf-8")
    path = str(mine / "trials" / f"{TRIAL}.yaml")
    capsys.readouterr()
    assert main(["rules", "lint", path]) == 0
    assert main(["rules", "test", path]) == 0
    assert main(["rules", "show", TRIAL, "--rules", "mine"]) == 0
    assert "R012" not in capsys.readouterr().out
    assert main(["rules", "lint", str(wrong)]) == 3
    assert main(["rules", "test", str(wrong)]) == 3
    assert main(["rules", "show", "NCT07654321", "--rules", "mine"]) == 3
    # Nobody is matched by a rulebook of which a part is missing.
    Path("patients.csv").write_text("patient_id,age\nA,40\n", "utf-8")
    assert main(["match", "patients.csv", "--rules", "mine", "--as-of", "2026-01-15", "-q"]) == 3


@pytest.mark.parametrize(
    "words",
    [
        ["init", "mine"],
        ["new", TRIAL],
        ["new", TRIAL, "--rules", "mine"],
        ["new", "../other", "--rules", "mine"],
        ["new", TRIAL, "--rules", "nowhere"],
        ["lint", "nowhere.yaml"],
        ["lint", "mine"],
        ["test", "mine"],
    ],
)
def test_what_cannot_be_begun_is_said_and_nothing_is_written(mine: Path, words: list[str]) -> None:
    before = sorted(mine.rglob("*"))
    assert main(["rules", *words]) == 2
    assert sorted(mine.rglob("*")) == before


def test_what_extends_a_rulebook_that_is_not_there_is_not_taken_for_all_there_is(
    mine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("matcher.rulebook.sources.shipped_rules", lambda: None)
    assert main(["rules", "list", "--rules", "mine"]) == 2
    assert "no rulebook is installed" in capsys.readouterr().err


def test_a_file_is_put_in_form_once_and_one_with_errors_is_left(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = mine / "trials" / f"{TRIAL}.yaml"
    in_form = path.read_bytes()
    path.write_bytes(in_form.replace(b"    text: ", b"    text:    ").replace(b"\n", b"  \r\n"))
    assert main(["rules", "fmt", "--rules", "mine", "--check"]) == 3
    assert main(["rules", "fmt", "--rules", "mine"]) == 0
    assert path.read_bytes() == in_form
    assert main(["rules", "fmt", str(path), "--check"]) == 0
    path.write_bytes(b"trial: [\n")
    assert main(["rules", "fmt", str(path)]) == 3
    assert "R002" in capsys.readouterr().out
    assert path.read_bytes() == b"trial: [\n"
    assert main(["rules", "fmt"]) == 3, "the only rulebook of this folder is meant"


def test_what_writes_finds_the_rulebook_one_stands_in(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["rules", "new", "NCT00000001"]) == 0
    assert (mine / "trials" / "NCT00000001.yaml").is_file()
    monkeypatch.chdir(mine / "trials")
    assert main(["rules", "new", "NCT00000002"]) == 0
    monkeypatch.chdir("../..")
    assert (mine / "trials" / "NCT00000002.yaml").is_file()
    assert main(["rules", "init", "other"]) == 0
    assert main(["rules", "new", "NCT00000003"]) == 2, "of two rulebooks neither is meant"
    assert main(["rules", "fmt"]) == 2
