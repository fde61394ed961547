"""``matcher match``."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from matcher.explanation.answer import DECISION_NOTICE
from matcher.service.outputs import FILES
from tests.functional.command import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return desk_in(tmp_path, capsys)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_a_run_writes_its_files_and_says_where_and_what(desk: Desk) -> None:
    ran = desk.match("--out", "results")
    assert (ran.code, ran.err) == (0, "")
    assert {path.name for path in (desk.folder / "results").iterdir()} == set(FILES)
    assert "As of 2026-01-15" in ran.out
    assert "4 read, 4 matched, 0 rejected; 1 deceased and not ranked" in ran.out
    assert "Written to results" in ran.out
    assert DECISION_NOTICE in ran.out
    assert "Platelets" in ran.out
    assert "\x1b" not in ran.out


def test_ranks_start_at_one_for_each_kind_and_the_closed_are_left_out(desk: Desk) -> None:
    desk.match("--out", "results")
    of_one = [row for row in rows(desk.folder / "results" / "matches.csv") if row["patient_id"] == "A-1"]
    assert [(row["kind"], row["rank"], row["candidate"], row["standing"]) for row in of_one] == [
        ("trial", "1", "NCT00000001", "not_yet"),
        ("regimen", "1", "rest", "eligible"),
    ]


def test_the_closed_and_the_deceased_are_ranked_when_asked_for(desk: Desk) -> None:
    desk.match("--out", "results", "--include-closed", "--include-deceased")
    held = rows(desk.folder / "results" / "matches.csv")
    assert {row["candidate"] for row in held} == {"NCT00000001", "NCT00000002", "rest"}
    assert all(row["rank"] for row in held if row["patient_id"] == "A-3")


def test_a_deceased_patient_is_reported_without_a_rank(desk: Desk) -> None:
    desk.match("--out", "results")
    held = [row for row in rows(desk.folder / "results" / "matches.csv") if row["patient_id"] == "A-3"]
    assert held
    assert not any(row["rank"] for row in held)


def test_patients_matched_and_rejected_are_the_patients_of_the_file(desk: Desk) -> None:
    desk.patients.write_text(
        '{"id": "A", "age": 30}\nnot json\n{"age": 40}\n{"id": "B"}\n{"id": "B"}\n', "utf-8"
    )
    ran = desk.match("--out", "results")
    assert ran.code == 0
    counted = json.loads((desk.folder / "results" / "run.json").read_text("utf-8"))["patients"]
    assert (counted["read"], counted["matched"], counted["rejected"]) == (5, 1, 4)
    assert len(rows(desk.folder / "results" / "rejects.csv")) == 4
    assert "row 2" in ran.out


def test_nobody_readable_is_exit_code_4_with_the_reasons_written(desk: Desk) -> None:
    desk.patients.write_text("not json\n", "utf-8")
    ran = desk.match("--out", "results")
    assert ran.code == 4
    assert "P013" in ran.err
    assert "rejects.csv says why" in ran.err
    assert len(rows(desk.folder / "results" / "rejects.csv")) == 1


def test_json_is_one_document_and_nothing_else(desk: Desk) -> None:
    ran = desk.match("--json", "--top", 1)
    assert (ran.code, ran.err) == (0, "")
    document = json.loads(ran.out)
    assert list(document) == ["patients", "rejects", "issues", "run"]
    assert [each["patient"] for each in document["patients"]] == ["A-1", "A-2", "A-3", "=A4"]
    assert document["issues"][0]["code"] == "P102"
    assert document["run"]["patients"]["matched"] == 4
    assert not (desk.folder / "out").exists()


def test_json_with_a_folder_writes_the_files_too(desk: Desk) -> None:
    ran = desk.match("--json", "--out", "results")
    json.loads(ran.out)
    assert {path.name for path in (desk.folder / "results").iterdir()} == set(FILES)


def test_quiet_prints_nothing(desk: Desk) -> None:
    ran = desk.match("--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (desk.folder / "out" / "run.json").is_file()


def test_the_same_run_gives_the_same_files(desk: Desk) -> None:
    desk.match("--out", "one", "-q")
    desk.match("--out", "two", "-q")
    for name in FILES:
        assert (desk.folder / "one" / name).read_bytes() == (desk.folder / "two" / name).read_bytes()


def test_today_is_printed_where_no_day_is_given(desk: Desk) -> None:
    ran = desk.run("match", desk.patients, "--rules", desk.rules, "--out", "results")
    assert "(today: --as-of sets another day)" in ran.out


def test_the_limit_shortens_the_lists_and_not_the_counts(desk: Desk) -> None:
    desk.match("--out", "results", "--include-closed", "--top", 1)
    of_one = [row for row in rows(desk.folder / "results" / "matches.csv") if row["patient_id"] == "A-1"]
    assert [row["rank"] for row in of_one] == ["1", "1"]
    counted = json.loads((desk.folder / "results" / "run.json").read_text("utf-8"))["candidates"]
    assert set(counted) == {"NCT00000001", "NCT00000002", "rest"}


def test_a_request_to_stop_leaves_no_file(desk: Desk) -> None:
    many = "".join(json.dumps({"id": f"M-{number}", "age": 50}) + "\n" for number in range(4000))
    desk.patients.write_text(many, "utf-8")
    command = [
        sys.executable,
        "-m",
        "matcher.cli",
        "match",
        str(desk.patients),
        "--rules",
        str(desk.rules),
        "-o",
        "results",
        "--engine",
        "reference",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not list(desk.folder.glob("results/.matcher-*/matches.csv")):
            pass
        process.terminate()
        _, said = process.communicate()
    assert (process.returncode, said) == (143, "")
    assert not (desk.folder / "results").exists()
