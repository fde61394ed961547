"""Tables and the section of the report about all patients together: every number, every word, nothing else."""

import csv
import io
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matcher.domain.profile import Profile
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.load import load_rulebook
from matcher.rules.rulebook import Rulebook
from matcher.service.cohort import COHORT_TABLES, CohortCounter, report_section, write_tables
from matcher.service.cohort.charts import missing_facts, standing_map
from matcher.service.cohort.tables import CANDIDATES, CRITERIA, FACTS
from matcher.standing.cohort import CohortCounts, CohortPlan
from matcher.standing.standing import StandingKind
from tests.small_rulebook import write_rulebook

AS_OF = date(2026, 1, 15)
PATIENTS = """\
{"id": "fits", "age": 61, "ecog": 1, "labs": [{"test": "platelets", "value": 150, "unit": "10*9/L", "date": "2026-01-10"}]}
{"id": "near", "age": 61, "ecog": 1, "labs": [{"test": "platelets", "value": 92, "unit": "10*9/L", "date": "2026-01-10"}]}
{"id": "far", "age": 15, "ecog": 3, "labs": [{"test": "platelets", "value": 20, "unit": "10*9/L", "date": "2026-01-10"}]}
{"id": "lacks platelets", "age": 61, "ecog": 1}
{"id": "lacks both", "age": 61}
{"id": "gone", "age": 61, "vital_status": "deceased"}
"""


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load_rulebook(write_rulebook(tmp_path_factory.mktemp("rules")))


@pytest.fixture(scope="module")
def patients(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> list[Profile]:
    path = tmp_path_factory.mktemp("patients") / "patients.jsonl"
    path.write_text(PATIENTS, encoding="utf-8")
    file = read_patients(path, formulary=rulebook.formulary, as_of=AS_OF)
    return [outcome.profile for outcome in file if isinstance(outcome, Patient)]


def counted(rulebook: Rulebook, patients: Sequence[Profile]) -> CohortCounts:
    counter = CohortCounter(CohortPlan.of(rulebook))
    for each in patients:
        counter.take(each, left_out=each.id == "gone")
    return counter.counts()


@pytest.fixture(scope="module")
def counts(rulebook: Rulebook, patients: list[Profile]) -> CohortCounts:
    assert len(patients) == 6
    return counted(rulebook, patients)


def tables(counts: CohortCounts, rulebook: Rulebook) -> dict[str, list[dict[str, str]]]:
    streams = {name: io.StringIO() for name in COHORT_TABLES}
    write_tables(streams.__getitem__, counts, rulebook)
    return {name: list(csv.DictReader(io.StringIO(each.getvalue()))) for name, each in streams.items()}


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_table_of_criteria_says_what_each_costs(counts: CohortCounts, rulebook: Rulebook) -> None:
    age, platelets, ecog = [
        row for row in tables(counts, rulebook)[CRITERIA] if row["candidate"] == "NCT00000001"
    ]
    assert [age[name] for name in ("patients", "satisfied", "not_satisfied", "unknown")] == [
        "5",
        "4",
        "1",
        "0",
    ]
    assert [platelets[name] for name in ("satisfied", "not_satisfied", "unknown")] == ["1", "2", "2"]
    assert [ecog[name] for name in ("satisfied", "not_satisfied", "unknown")] == ["3", "1", "1"]
    assert [each["left_in_order"] for each in (age, platelets, ecog)] == ["4", "3", "3"]
    assert [each["left_fitting"] for each in (age, platelets, ecog)] == ["4", "1", "1"]
    assert [each["near_misses"] for each in (age, platelets, ecog)] == ["0", "1", "0"]
    assert platelets["near_misses_fitting"] == "1"
    assert platelets["dropped_more_fitting"] == "2", "one near miss, and one who lacks nothing else"
    assert (platelets["lenient_more_fitting"], platelets["lenient_more_left"]) == ("1", "1")
    assert (age["lenient_more_fitting"], ecog["role"], ecog["position"]) == ("", "exclusion", "3")


def test_the_table_of_candidates_has_every_standing(counts: CohortCounts, rulebook: Rulebook) -> None:
    trial, rest = sorted(tables(counts, rulebook)[CANDIDATES], key=lambda row: row["kind"], reverse=True)
    assert {kind.value: trial[kind.value] for kind in StandingKind} == {
        "eligible": "1",
        "eligible_pending_screening": "0",
        "meets_known_criteria": "0",
        "possible": "2",
        "not_yet": "1",
        "needs_waiver": "0",
        "ineligible": "1",
    }
    assert (rest["candidate"], rest["eligible"], rest["near_misses"]) == ("rest", "4", "1")


def test_the_table_of_facts_says_which_alone_would_settle_it(
    counts: CohortCounts, rulebook: Rulebook
) -> None:
    rows = tables(counts, rulebook)[FACTS]
    overall = [row for row in rows if not row["candidate"]]
    assert [(row["name"], row["missing"], row["settled_alone"]) for row in overall] == [
        ("Platelets", "2", "1"),
        ("ECOG performance status", "1", "0"),
    ]
    assert {row["candidate"] for row in rows} == {"", "NCT00000001"}
    assert overall[0]["question"] == "What is the latest result for platelets (value, unit, date)?"


def test_no_cell_is_taken_for_a_formula(counts: CohortCounts, rulebook: Rulebook, patients) -> None:
    trial = replace(rulebook.candidates[0], title="=1+1")
    book = replace(rulebook, candidates=(trial, *rulebook.candidates[1:]))
    found = tables(counted(book, patients), book)
    assert {row["title"][:2] for row in found[CRITERIA]} >= {"'="}


@pytest.mark.parametrize(
    "said",
    [
        "5 patients are counted here; 1 deceased and not ranked is left out.",
        "A trial that asks little NCT00000001 1 2 1 I-02 Platelets of at least 100 2 of 5 patients Platelets settles 1",
        "Platelets 1 2 1 of 2",
        (
            "I-02 Platelets of at least 100 asked of everybody 1 2 2 3 1 fit so far 1 1 would fit "
            "2 more fit 1 now ruled out, 1 now possible Limit moved as the rule allows: 1 more fit, 1 fewer ruled out"
        ),
        "E-01 ECOG performance status above 2 excludes whom it applies to 3 1 1",
        "Missing among its 2 possible patients Platelets: 2, settles 1 ECOG performance status: 1",
        "a clinician",
    ],
)
def test_the_section_says(said: str, counts: CohortCounts, rulebook: Rulebook) -> None:
    assert said in words(report_section(counts, rulebook))


def test_what_others_write_is_never_markup(rulebook: Rulebook, patients: list[Profile]) -> None:
    evil = "</svg><script>alert(1)</script> $\\frac{1}{2}$ & \"'"
    trial = replace(rulebook.candidates[0], title=evil, id=evil)
    rest = replace(rulebook.candidates[2], title=evil)
    book = replace(rulebook, candidates=(trial, rest))
    section = report_section(counted(book, [replace(each, id=f"{evil}{each.id}") for each in patients]), book)
    assert "<script" not in section
    assert section.count("</svg>") == section.count("<svg") == 2
    assert "&lt;script&gt;" in section


_COHORTS = """\
trial: NCT00000003
title: A trial in two parts
phase: 1
recruitment: {status: recruiting, as_of: 2026-01-01}
coverage: full
inclusion:
  I-01: {text: Adult, when: {age: {at_least: 18 years}}, assumption: made}
cohorts:
  A:
    title: the fit
    inclusion:
      I-02: {text: ECOG at most 1, when: {ecog: {at_most: 1}}, assumption: made}
  B:
    title: the others
    inclusion:
      I-03: {text: ECOG 2, when: {ecog: {is: 2}}, assumption: made}
"""


def test_each_cohort_of_a_trial_is_counted_with_what_the_trial_asks_of_all(
    patients: list[Profile], tmp_path: Path
) -> None:
    folder = write_rulebook(tmp_path)
    (folder / "trials" / "NCT00000003.yaml").write_text(_COHORTS, encoding="utf-8")
    book = load_rulebook(folder)
    found = counted(book, patients)
    rows = [row for row in tables(found, book)[CRITERIA] if row["candidate"] == "NCT00000003"]
    assert [(row["cohort"], row["criterion"], row["left_in_order"]) for row in rows] == [
        ("A", "I-01", "4"),
        ("A", "I-02", "4"),
        ("B", "I-01", "4"),
        ("B", "I-03", "1"),
    ]
    assert "A trial in two parts NCT00000003 Cohort A: the fit 3 1 0" in words(report_section(found, book))
    assert len(found.sample[0].standings) == 3, "on the map a trial is one row: its best cohort"


def test_a_single_patient_is_no_cohort(rulebook: Rulebook, patients: list[Profile]) -> None:
    assert report_section(counted(rulebook, patients[:1]), rulebook) == ""
    assert report_section(CohortPlan.of(rulebook).nothing(), rulebook) == ""


def test_counts_of_another_rulebook_are_refused(rulebook: Rulebook, counts: CohortCounts) -> None:
    with pytest.raises(ValueError, match="another rulebook"):
        report_section(counts, replace(rulebook, version="other"))


def test_more_patients_than_a_map_holds_are_sampled_and_it_says_so(
    rulebook: Rulebook, patients: list[Profile]
) -> None:
    many = [replace(patients[number % 5], id=f"P-{number}") for number in range(2_000)]
    section = words(report_section(counted(rulebook, many), rulebook))
    assert "a sample of 240 of 2,000 patients" in section
    assert "each column is one patient" in section


STANDINGS = list(StandingKind)


def test_a_chart_can_be_read_without_colour_and_aloud() -> None:
    drawing = standing_map(["T-1"], [f"P-{n}" for n in range(7)], [STANDINGS])
    assert re.search(r'role="img" aria-labelledby="cohort-map-title cohort-map-about"', drawing)
    assert "<title" in drawing
    assert "Eligible: 1; Eligible, screening tests pending: 1" in drawing
    letters = re.findall(r"<text[^>]*>([ESMPNW])</text>", drawing)
    assert sorted(letters) == sorted("ESMPNW")
    assert "P-6" in words(drawing)


def test_charts_load_nothing_name_nothing_twice_and_carry_no_date() -> None:
    both = standing_map(["T-1"], [f"P-{n}" for n in range(70)], [STANDINGS * 10]) + missing_facts(
        ["a"], [1], [2]
    )
    assert not re.search(r"""(src|href)=["'](?!#)""", both)
    assert "<style" not in both
    assert "<metadata" not in both
    assert "@" not in both
    names = re.findall(r'\bid="([^"]*)"', both)
    assert len(names) == len(set(names))
    wanted = re.findall(r'(?:url\(#|href="#)([^")]*)', both)
    assert set(wanted) <= set(names)


def test_a_chart_takes_every_script_and_shows_what_cannot_be_shown() -> None:
    drawing = standing_map(["試験"], ["患者", "عربي", "a\0b\x1b"], [STANDINGS[:3]])
    assert "試験" in drawing
    assert "患者" in drawing
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}" in drawing


_PROGRAM = (
    "from matcher.service.cohort.charts import *; "
    "print(standing_map(['T-1'], ['P'] * 70, [list(StandingKind) * 10]) + missing_facts(['a'], [1], [2]))"
)


def test_charts_are_the_same_in_every_process_and_nothing_else_is_said() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            capture_output=True,
            check=True,
        )
        for _ in range(2)
    ]
    assert len({run.stdout for run in runs}) == 1
    assert {run.stderr for run in runs} == {b""}
