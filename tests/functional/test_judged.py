"""Judgements in files of patients: as wide CSV, tables and JSON Lines, one by one and in columns."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from matcher.cli import main
from tests.judged_rulebook import TRIAL, judged, write_judged_rulebook

FIT = [
    judged("I-02", "met", person="Dr X", day="2026-01-02"),
    judged("E-01", "does not apply", person="Dr X"),
]
PEOPLE = {
    "nobody": [],
    "fit": FIT,
    "unfit": [FIT[0], judged("E-01", "applies", person="Dr X", reason="another trial")],
    "overridden": [*FIT, judged("I-01", "not met", person="Dr Y", day="2026-01-09")],
    "contradicted": [*FIT, judged("I-02", "not met", person="Dr Y", day="2026-01-09")],
    "stale": [*FIT, judged("I-01", "not met", person="Dr Y", of="0123456789ab-0123456789ab")],
    "of nothing": [*FIT, judged("I-09", "not met", person="Dr Y")],
}
STANDINGS = {
    "nobody": "possible",
    "fit": "eligible",
    "unfit": "ineligible",
    "overridden": "ineligible",
    "contradicted": "possible",
    "stale": "eligible",
    "of nothing": "eligible",
}
FIELDS = ("candidate", "criterion", "verdict", "person", "day", "reason", "of")


def wide(folder: Path) -> Path:
    most = max(map(len, PEOPLE.values()))
    columns = [
        f"judgement_{n}" + ("" if each == "verdict" else f"_{each}")
        for n in range(1, most + 1)
        for each in FIELDS
    ]
    rows = [["patient_id", "birth_date", "ecog", *columns]]
    for name, judgements in PEOPLE.items():
        cells = [str(each.get(field, "")) for each in judgements for field in FIELDS]
        rows.append([name, "1960-03-04", "1", *cells, *[""] * (len(columns) - len(cells))])
    return _csv(folder / "patients.csv", rows)


def tables(folder: Path) -> Path:
    _csv(
        folder / "patients.csv",
        [["patient_id", "birth_date", "ecog"], *([each, "1960-03-04", "1"] for each in PEOPLE)],
    )
    rows = [
        [name, *(str(each.get(field, "")) for field in FIELDS)]
        for name, held in PEOPLE.items()
        for each in held
    ]
    _csv(folder / "judgements.csv", [["patient_id", *FIELDS], *rows])
    return folder


def lines(folder: Path) -> Path:
    profiles = [
        {"id": name, "birth_date": "1960-03-04", "ecog": 1, "judgements": held}
        for name, held in PEOPLE.items()
    ]
    path = folder / "patients.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in profiles), "utf-8")
    return path


def _csv(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


@pytest.mark.parametrize("engine", ["reference", "auto", "columnar"])
@pytest.mark.parametrize("shape", [wide, tables, lines])
def test_the_same_judgements_count_in_every_shape_and_on_every_way(
    tmp_path: Path, shape, engine: str
) -> None:
    rules = write_judged_rulebook(tmp_path / "rules")
    folder = tmp_path / "in"
    folder.mkdir()
    asked = [
        "match",
        shape(folder),
        "--rules",
        rules,
        "--as-of",
        "2026-01-15",
        "--out",
        tmp_path / "out",
        "-q",
    ]
    code = main(
        [*map(str, asked), "--engine", engine, *(["--no-explanations"] if engine == "columnar" else [])]
    )
    assert code == 0
    with (tmp_path / "out" / "matches.csv").open(newline="", encoding="utf-8") as stream:
        rows = [each for each in csv.DictReader(stream) if each["candidate"] == TRIAL]
    assert {each["patient_id"]: each["standing"] for each in rows} == STANDINGS
    named = {each["patient_id"]: each["overrides"] for each in rows if each["overrides"]}
    assert named == {"overridden": "I-01"}
    with (tmp_path / "out" / "issues.csv").open(newline="", encoding="utf-8") as stream:
        issues = {(each["patient_id"], each["code"]) for each in csv.DictReader(stream)}
    assert issues == {("contradicted", "P111"), ("of nothing", "P125")}
    with (tmp_path / "out" / "cohort_candidates.csv").open(newline="", encoding="utf-8") as stream:
        (counted,) = [each for each in csv.DictReader(stream) if each["candidate"] == TRIAL]
    assert [counted[each] for each in ("eligible", "possible", "ineligible")] == ["3", "2", "2"]
