"""``matcher explain``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from matcher.explanation.answer import DECISION_NOTICE
from tests.functional.command import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return desk_in(tmp_path, capsys)


@pytest.mark.parametrize(
    "said",
    [
        "✓ met  I-01 At least 18 years old",
        "✕ not met  I-02 Platelets of at least 100",
        "✓ does not apply  E-01 ECOG performance status above 2",
        "[2026-01-10, 5 days before, patients.jsonl, row 1",
        "may recover within 10 %, on a repeated test",
        "source: protocol, Eligibility",
        "Cautions (shown, never counted)",
        "Nobody complained",
        DECISION_NOTICE,
    ],
)
def test_one_patient_is_explained_criterion_by_criterion(desk: Desk, said: str) -> None:
    ran = desk.explain("--patient", "A-1")
    assert (ran.code, ran.err) == (0, "")
    assert said in ran.out


def test_what_to_ask_is_said(desk: Desk) -> None:
    assert "What to ask next" in desk.explain("-p", "A-2").out


def test_a_named_candidate_is_explained_even_when_closed_and_the_patient_deceased(desk: Desk) -> None:
    ran = desk.explain("-p", "A-3", "-c", "NCT00000002")
    assert ran.code == 0
    assert "A trial that is over" in ran.out
    assert "A trial that asks little" not in ran.out
    assert "not met  I-01" in ran.out


def test_json_holds_the_same(desk: Desk) -> None:
    document = json.loads(desk.explain("-p", "A-1", "-c", "rest", "--json").out)
    assert [each["id"] for each in document["regimens"]] == ["rest"]
    assert document["trials"] == []
    assert document["notice"] == DECISION_NOTICE


def test_every_engine_gives_the_same_explanation_and_says_its_name(desk: Desk) -> None:
    pytest.importorskip("durable.engine", reason="durable-rules does not import on Python 3.13")
    for patient in ("A-1", "A-2"):
        found = [
            json.loads(desk.explain("-p", patient, "--json", "--engine", engine).out)
            for engine in ("reference", "durable")
        ]
        assert [each.pop("engine") for each in found] == ["reference", "durable"]
        assert found[0] == found[1]


def test_an_engine_that_does_not_run_here_is_said_in_one_sentence(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each.startswith("matcher.engines.durable")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    ran = desk.explain("-p", "A-1", "--engine", "durable")
    assert ran.code == 2
    assert "U016" in ran.err
    assert "does not run here" in ran.err


def test_an_unknown_patient_is_a_usage_error_and_no_other_patient_is_offered_for_a_digit(desk: Desk) -> None:
    ran = desk.explain("-p", "A-11")
    assert ran.code == 2
    assert "U006" in ran.err
    # An identifier with another number is another patient's.
    assert "did you mean" not in ran.err


def test_a_rejected_patient_is_named_with_place_and_reason(desk: Desk) -> None:
    desk.patients.write_text('{"id": "B"}\n{"id": "B"}\n', "utf-8")
    ran = desk.explain("-p", "B")
    assert ran.code == 4
    assert "P002" in ran.err


def test_an_unknown_candidate_is_a_usage_error_that_names_the_nearest(desk: Desk) -> None:
    ran = desk.explain("-p", "A-1", "-c", "rset")
    assert ran.code == 2
    assert "did you mean 'rest'" in ran.err


def test_a_trace_goes_from_the_verdict_down_to_the_cell_as_it_was_written(desk: Desk) -> None:
    table = desk.folder / "wide.csv"
    table.write_text(
        "patient_id;age;ecog;ecog_date\nB-1;61;1-2;2026-01-10\nB-2;61;2?;2026-01-10\n", encoding="utf-8"
    )
    asked = (
        "explain",
        table,
        "--rules",
        desk.rules,
        "--as-of",
        "2026-01-15",
        "-c",
        "NCT00000001",
        "--trace",
        "-p",
    )
    lines = desk.run(*asked, "B-1").out.splitlines()
    begin = lines.index("✓ does not apply  E-01 ECOG performance status above 2")
    assert lines[begin + 1].strip() == "✕ not met  ECOG performance status above 2"
    assert lines[begin + 2].strip() == "ECOG performance status, from the record: 1 to 2"
    assert lines[begin + 3].strip().startswith("'1-2' in wide.csv, row 2, ecog: ")
    assert [len(line) - len(line.lstrip()) for line in lines[begin : begin + 4]] == [0, 2, 4, 6]
    assert "'2?' in wide.csv, row 3, ecog: " in desk.run(*asked, "B-2").out


def test_a_trace_shows_every_part_of_a_condition_and_what_nobody_recorded(desk: Desk) -> None:
    step = json.loads(desk.explain("-p", "A-2", "-c", "NCT00000001", "--trace", "--json").out)
    platelets = step["trace"]["NCT00000001"][1]
    assert (platelets["outcome"], platelets["verdict"]) == ("unknown", "unknown")
    (comparison,) = platelets["below"]
    assert comparison["below"][0]["outcome"] == "not recorded"


def test_a_trace_wants_to_know_of_which_candidate(desk: Desk) -> None:
    ran = desk.explain("-p", "A-1", "--trace")
    assert (ran.code, ran.out) == (2, "")
    assert "--candidate" in ran.err
