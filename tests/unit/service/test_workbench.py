"""What a draft is made of: merged texts, cases as text, patients as cases, and files that land together."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from matcher.readers.assemble import assemble
from matcher.rulebook.load import check_rulebook
from matcher.rulebook.strict_yaml import parse_yaml
from matcher.service.workbench.casefile import CaseWritten, added, replaced
from matcher.service.workbench.checked import check
from matcher.service.workbench.grid import grid_of
from matcher.service.workbench.landing import Landing, finish, recover
from matcher.service.workbench.proposal import proposal
from matcher.service.workbench.taken import case_of
from matcher.service.workbench.threeway import merged, stretches
from tests.judged_rulebook import write_judged_rulebook
from tests.web.drafting import RULE

BASE = "a\nb\nc\nd\ne\n"
DAY = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("mine", "theirs", "together", "conflicts"),
    [
        (BASE, BASE, BASE, 0),
        ("a\nB\nc\nd\ne\n", BASE, "a\nB\nc\nd\ne\n", 0),
        (BASE, "a\nb\nc\nd\n", "a\nb\nc\nd\n", 0),
        ("A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\nf\n", "A\nb\nc\nd\nE\nf\n", 0),
        ("a\nX\nc\nd\ne\n", "a\nX\nc\nd\ne\n", "a\nX\nc\nd\ne\n", 0),
        ("", BASE, "", 0),
        (
            "a\nX\nc\nd\ne\n",
            "a\nY\nc\nd\ne\n",
            "a\n<<<<<<< this draft\nX\n=======\nY\n>>>>>>> the file in the folder\nc\nd\ne\n",
            1,
        ),
    ],
)
def test_two_changes_of_one_text(mine: str, theirs: str, together: str, conflicts: int) -> None:
    assert merged(BASE, mine, theirs) == (together, conflicts)
    pieces = stretches(BASE, mine, theirs)
    for side, whole in (("base", BASE), ("mine", mine), ("theirs", theirs)):
        assert "".join(line for each in pieces for line in getattr(each, side)) == whole


def test_a_case_is_written_and_taken_out_without_touching_the_others() -> None:
    held = "# of the sponsor\n- case: one   # a comment\n  as_of: 2026-01-15\n  patient: {age: 18}\n  expect: {I-01: met}\n"
    one = CaseWritten(
        "yes: a name, 'quoted'",
        DAY,
        {"age": 64, "note": "no", "labs": [{"test": "platelets", "value": 99.5, "date": "2026-01-10"}] * 4},
        {"I-01": "not met"},
    )
    both = added(held, one)
    assert both.startswith(held)
    assert max(map(len, both.splitlines())) <= 120
    marked, problems = parse_yaml(both, "cases")
    assert problems == []
    assert marked is not None
    assert isinstance(marked.data, list)
    written = marked.data[1]
    assert isinstance(written, dict)
    assert (written["case"], written["expect"]) == (one.name, {"I-01": "not met"})
    assert isinstance(written["patient"], dict)
    assert written["patient"]["note"] == "no"
    assert replaced(both, 1, None) == held
    assert replaced(both, 7, None) == both
    assert replaced(replaced(both, 0, one), 1, None).startswith("# of the sponsor\n- case:")


def test_a_patient_becomes_a_case_of_nothing_but_what_the_rule_reads(tmp_path: Path) -> None:
    book = check_rulebook(write_judged_rulebook(tmp_path)).rulebook
    assert book is not None
    candidate = book.by_id["NCT00000001"]
    wire = {
        "id": "Zyxwvut-Quastel",
        "birth_date": "1960-03-01",
        "ecog": {"value": 1, "date": "2026-01-02"},
        "labs": [
            {"test": "platelets", "value": 92, "unit": "10*9/L", "date": "2026-01-10"},
            {"test": "platelets", "value": 300, "unit": "10*9/L", "date": "2025-01-10"},
            {"test": "haemoglobin", "value": 12, "unit": "g/dL", "date": "2026-01-10"},
        ],
        "conditions": ["lupus"],
        "diagnosis": "PLMESO",
    }
    read = assemble(wire, as_of=DAY, formulary=book.formulary)
    assert read.profile is not None
    case = case_of(read.profile, "taken", candidate, book)
    text = case.text()
    assert set(case.patient) <= {"birth_date", "ecog", "labs", "complete"}
    assert len(case.patient["labs"]) == 1
    for each in ("Zyxwvut", "1960-03-01", "2026-01-10", "lupus", "PLMESO", "haemoglobin"):
        assert each not in text
    again = assemble({"id": "case", **case.patient}, as_of=case.as_of, formulary=book.formulary).profile
    assert again is not None
    assert again.labs[0].value == read.profile.labs[0].value


def test_every_cell_of_a_rule_of_numbers_is_offered_with_its_patient(tmp_path: Path) -> None:
    folder = write_judged_rulebook(tmp_path)
    book = check_rulebook(folder).rulebook
    assert book is not None
    text = next(folder.rglob("NCT00000001.yaml")).read_text("utf-8")
    checked = check(text, "", book)
    missing = grid_of(checked).missing
    assert len(missing) > 10
    for each in missing:
        found = proposal(checked, each, DAY)
        assert found is not None
        assert found.case.expect == {}
        assert bool(found.case.patient) is (each.verdict != "unknown"), each.key


def test_a_number_of_a_case_is_written_to_its_last_digit() -> None:
    # More than three months are more than 13.1428571 weeks, which 13.1429 weeks are.
    assert (
        "{life_expectancy: 13.1428571}"
        in CaseWritten("on the limit", DAY, {"life_expectancy": 13.1428571}).text()
    )


ASKED = """\
trial: NCT00000007
title: What is asked of records
phase: not stated
recruitment: {status: unknown, as_of: 2026-01-15, source: protocol}
coverage: partial
sources:
  protocol: {document: P, section: E, as_of: 2026-01-15}
exclusion:
  E-01: {text: Left to a person, judgement: true, source: protocol}
  E-02: {text: Severe asthma, when: {condition: {is: asthma, severe: true}}, source: protocol}
  E-03: {text: Operation, when: {procedure: {is: major_surgery, within: 28 days}}, source: protocol}
  E-04: {text: Another cancer, when: {other_cancer: {except: [BCC]}}, source: protocol}
  E-05: {text: Rash, when: {condition: {is: rash, grade_at_least: 2}}, source: protocol}
  E-06: {text: Age, when: {age: {at_least: 18 years, at_most: 65 years}}, source: protocol}
"""


def test_a_patient_is_offered_with_everything_that_is_asked_of_a_record(tmp_path: Path) -> None:
    book = check_rulebook(write_judged_rulebook(tmp_path)).rulebook
    assert book is not None
    checked = check(ASKED, "", book)
    assert [each for each in checked.findings if each.severity == "error"] == []
    offered = {each.key: proposal(checked, each, DAY) for each in grid_of(checked).missing}
    open_ones = [key for key, found in offered.items() if found is None or found.said.startswith("Change")]
    assert open_ones == []
    # Of two limits each has its own patients.
    ages = {found.case.patient["age"] for key, found in offered.items() if found and "limit" in key}
    assert ages == {17, 18, 65, 66}


@pytest.mark.parametrize("approved", [True, False])
def test_a_server_killed_while_it_writes_leaves_all_or_nothing(tmp_path: Path, approved: bool) -> None:
    (tmp_path / "rulebook.yaml").write_text("rulebook: mine\nextends: none\n", "utf-8")
    landing = Landing.of_rule(tmp_path, "trial", "NCT00000042", (RULE, "- case: one\n"), "## today\n")
    landing.prepare("abc")
    before = {each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*.yaml")}
    assert before == {"rulebook.yaml"}
    recover(tmp_path, lambda draft: approved and draft == "abc")
    held = {each.name for each in tmp_path.rglob("*") if each.is_file()}
    landed = {"NCT00000042.yaml", "NCT00000042.cases.yaml", "CHANGELOG.md"}
    assert held == {"rulebook.yaml"} | (landed if approved else set())
    finish(tmp_path, "abc")
    assert {each.name for each in tmp_path.rglob("*") if each.is_file()} == held
