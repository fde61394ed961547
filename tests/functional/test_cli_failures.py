"""What a mistake is answered with: a sentence and an exit code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from matcher.cli import main, match
from tests.functional.command import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return desk_in(tmp_path, capsys)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["match"], "U001"),
        (["match", "nowhere.csv"], "U002"),
        (["match", "patients.jsonl", "--as-of", "tomorrow"], "U005"),
        (["match", "patients.jsonl", "--as-of", "2026-02-30"], "U005"),
        (["match", "patients.jsonl", "--top", "0"], "U001"),
        (["match", "patients.jsonl", "--top", "many"], "U001"),
        (["match", "patients.jsonl", "--engine", "steam"], "U0"),
        (["match", "patients.jsonl", "--mapping", "nowhere.yaml"], "U0"),
        (["match", "patients.jsonl", "--out", "patients.jsonl"], "U003"),
        (["match", "patients.jsonl", "--nonsense"], "U001"),
        (["match", "patients.jsonl", "--rules", "nowhere"], "U0"),
        (["explain", "patients.jsonl"], "U001"),
        (["rules", "show"], "U001"),
        (["rules", "schema", "trail"], "U001"),
        (["mtach"], "U001"),
    ],
    ids=" ".join,
)
def test_a_mistake_on_the_command_line_leaves_with_2(desk: Desk, arguments: list[str], code: str) -> None:
    if arguments[0] == "match" and len(arguments) > 1 and "--rules" not in arguments:
        arguments = [*arguments, "--rules", str(desk.rules)]
    ran = desk.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(code)
    assert "Traceback" not in ran.err
    assert not (desk.folder / "out").exists()


@pytest.mark.parametrize("command", [[], ["rules"], ["profile"]], ids=["matcher", "rules", "profile"])
def test_a_command_without_its_verb_shows_the_help(desk: Desk, command: list[str]) -> None:
    ran = desk.run(*command)
    assert ran.code == 2
    assert ran.err.startswith("Usage:")


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["match"],
        ["explain"],
        ["rules"],
        *(["rules", verb] for verb in ("list", "show", "graph", "lint", "test", "schema")),
        ["profile", "schema"],
    ],
    ids=" ".join,
)
def test_every_command_has_help_with_examples(desk: Desk, command: list[str]) -> None:
    ran = desk.run(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "matcher" in ran.out
    assert "\x08" not in ran.out
    if command not in ([], ["rules"]):
        assert "Example" in ran.out


def test_the_help_documents_the_exit_codes(desk: Desk) -> None:
    text = desk.run("--help").out
    for code, words in (
        ("0", "done"),
        ("1", "a defect"),
        ("2", "usage"),
        ("3", "rules"),
        ("4", "patient data"),
    ):
        assert f"  {code}  {words}" in text


def test_the_version_is_printed(desk: Desk) -> None:
    assert desk.run("--version").out.startswith("matcher ")


def test_python_runs_the_package_as_the_command() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "matcher", "--version"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("matcher ")


def test_an_unexpected_error_is_one_sentence_without_its_message(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a patient's value")

    monkeypatch.setattr(match, "read_patients", lambda *_, **__: fail())
    ran = desk.match()
    assert ran.code == 1
    assert "This is a defect of the program" in ran.err
    assert "KeyError in fail" in ran.err
    assert "a patient's value" not in ran.err
    assert "Traceback" not in ran.err


def test_the_trace_is_shown_on_request(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_DEBUG", "1")
    monkeypatch.setattr(match, "read_patients", lambda *_, **__: 1 / 0)
    assert "Traceback" in desk.match().err


def test_an_interruption_is_quiet(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(match, "read_patients", interrupt)
    ran = desk.match()
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_a_reader_that_leaves_early_is_no_error(root: Path) -> None:
    command = f'"{sys.executable}" -m matcher.cli profile schema | head -n 1'
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, cwd=root)
    assert (ran.stdout, ran.stderr) == ("{\n", "")


def test_output_that_the_terminal_cannot_show_is_written_in_plain_marks(desk: Desk) -> None:
    command = [
        sys.executable,
        "-m",
        "matcher.cli",
        "match",
        str(desk.patients),
        "--rules",
        str(desk.rules),
        "--as-of",
        "2026-01-15",
    ]
    ran = subprocess.run(
        command, capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": "ascii"}
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"~ Not yet" in ran.stdout


def test_what_a_file_says_cannot_move_the_cursor(desk: Desk) -> None:
    desk.patients.write_text('{"id": "A\\u001b[2J", "age": 40}\n', "utf-8")
    assert "\x1b" not in desk.match().out


def test_the_exit_code_reaches_the_caller(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "nowhere.csv"]) == 2
