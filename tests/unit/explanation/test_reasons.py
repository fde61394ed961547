"""Reasons in words: negation, branches, derived values, what stands beside a fact, and numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from matcher.explanation.answer import CandidateShown, PatientShown
from matcher.explanation.wording import number_in_words, worked_out_in_words
from matcher.readers.assemble import assemble
from matcher.rulebook.load import load_rulebook
from matcher.service import Matcher, MatchOptions

RULES = Path(__file__).resolve().parents[3] / "rules"
_TRIAL = """
trial: asked
title: Asked
phase: "1"
recruitment: {status: recruiting, as_of: 2026-01-01}
coverage: full
sources: {s: {document: test, section: asked}}
inclusion:
  I-01: {text: Confirmed by other than a needle, when: {not: {biopsy_type: {in: [needle_aspirate]}}}, source: s}
  I-02: {text: Exactly ECOG 1, when: {ecog: {is: 1}}, source: s}
  I-03: {text: Adults up to 75, when: {age: {between: [18 years, 75 years]}}, source: s}
  I-04:
    text: AST
    when:
      if: {condition: metastasis_liver}
      then: {lab: {test: ast, at_most: 5 x ULN}}
      else: {lab: {test: ast, at_most: 2.5 x ULN}}
    source: s
  I-05: {text: No chemotherapy, when: {not: {prior: {therapy: chemotherapy}}}, source: s}
  I-06: {text: Early, when: {stage: {scheme: ajcc8_pleural, in: [I]}}, source: s}
  I-07: {text: Progressed on it, when: {progressed: {therapy: platinum, during: true}}, source: s}
  I-08: {text: Kidney, when: {creatinine_clearance: {at_least: 60 mL/min}}, source: s}
  I-09: {text: Haemoglobin, when: {lab: {test: haemoglobin, at_least: 80 g/L}}, source: s}
  I-10: {text: Any site, when: {diagnosis: {is_a: mesothelioma}}, source: s}
exclusion:
  E-01: {text: Either, when: {condition: [hiv, hepatitis_b]}, source: s}
  E-02: {text: Recurrent, when: {setting: recurrent}, source: s}
cautions:
  C-01: {text: Another cancer, when: {not: {diagnosis: {in: [PLMESO, PEMESO]}}}, source: s}
"""


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    root = tmp_path_factory.mktemp("rules")
    for name in ("lists", "derivations"):
        copytree(RULES / name, root / name)
    (root / "trials").mkdir()
    (root / "trials" / "asked.yaml").write_text(_TRIAL.lstrip(), "utf-8")
    return Matcher(load_rulebook(root), MatchOptions())


def match(matcher: Matcher, **facts: Any) -> PatientShown:
    read = assemble({"id": "p", **facts}, as_of=date(2026, 1, 15), formulary=matcher.rulebook.formulary)
    assert read.profile is not None
    return matcher.match_one(read.profile)


def reasons(matcher: Matcher, **facts: Any) -> dict[str, str]:
    (shown,) = match(matcher, **facts).trials
    return {each.id: each.reason for each in (*shown.criteria, *shown.cautions)}


def test_what_is_asked_under_not_is_the_opposite(matcher: Matcher) -> None:
    said = reasons(matcher, diagnosis="STAD", biopsy_type="needle_aspirate", therapies=["pemetrexed"])
    assert said["I-01"] == "How the diagnosis was made: needle aspirate (asked: not needle aspirate)"
    assert said["C-01"].endswith("(warns of: neither Pleural Mesothelioma nor Peritoneal Mesothelioma)")
    assert said["I-05"] == "Prior cytotoxic chemotherapy: yes (pemetrexed; asked: none)"


def test_a_single_value_and_a_range_are_printed_as_such(matcher: Matcher) -> None:
    said = reasons(matcher, ecog=2, age=80)
    assert said["I-02"] == "ECOG performance status: 2 (asked: 1)"
    assert said["I-03"] == "Age: 80 years (asked: 18 to 75 years)"


def test_each_limit_of_a_branch_stands_with_its_condition(matcher: Matcher) -> None:
    ast = {"labs": [{"test": "ast", "value": 100, "unit": "U/L", "uln": 33, "date": "2026-01-10"}]}
    assert reasons(matcher, **ast)["I-04"] == (
        "Liver metastasis: not known (nobody has said that the list is complete); Aspartate aminotransferase: "
        "3.03 x ULN (asked if liver metastasis: at most 5 x ULN; asked otherwise: at most 2.5 x ULN)"
    )
    said = reasons(matcher, **ast, conditions=["metastasis_liver"])["I-04"]
    assert "asked if liver metastasis: at most 5 x ULN" in said
    assert "2.5" not in said


def test_a_limit_in_another_unit_has_the_shown_one_beside_it(matcher: Matcher) -> None:
    said = reasons(matcher, labs=[{"test": "haemoglobin", "value": 78, "unit": "g/L"}])["I-09"]
    assert said == "Haemoglobin: 7.8 g/dL (asked: at least 80 g/L, that is 8 g/dL)"


def test_without_the_limit_of_normal_a_value_is_not_called_unrecorded(matcher: Matcher) -> None:
    said = reasons(matcher, labs=[{"test": "ast", "value": 100, "unit": "U/L"}])["I-04"]
    assert "Aspartate aminotransferase: recorded, without the limit of normal of that laboratory" in said


def test_a_group_that_is_asked_for_has_its_name(matcher: Matcher) -> None:
    assert reasons(matcher, diagnosis="STAD")["I-10"].endswith("(asked: Mesothelioma of any site)")


def test_alternatives_are_joined_by_or_and_a_flag_by_its_words(matcher: Matcher) -> None:
    said = reasons(matcher)
    assert said["E-01"].startswith("Hepatitis B or HIV infection: ") or said["E-01"].startswith(
        "HIV infection or hepatitis B: "
    )
    assert said["I-07"].startswith("Progression on or after platinum agents while it was given: not known")


def test_a_derived_value_names_its_row_and_the_facts_beneath(matcher: Matcher) -> None:
    patient = match(matcher, diagnosis="PLMESO", resectability="unresectable", course_of_disease="newly_diagnosed",
                    therapies=[])  # fmt: skip
    (shown,) = patient.trials
    criterion = next(each for each in shown.criteria if each.id == "E-02")
    assert criterion.verdict == "does not apply"
    assert criterion.reason == (
        "Setting: advanced unresectable (excludes: recurrent; by row 2 of its table: resectability: unresectable)"
    )
    assert [each.text for each in criterion.facts] == ["Resectability: unresectable"]
    derived = next(each for each in patient.derived if each.name == "setting")
    assert derived.reason == "by row 2 of its table: resectability: unresectable"
    assert derived.facts == criterion.facts


def test_a_stage_worked_out_from_tnm_names_the_categories(matcher: Matcher) -> None:
    tnm = {"edition": "8", "t": "T1", "n": "N0", "m": "M0"}
    patient = match(matcher, diagnosis="PLMESO", growth_pattern="diffuse", tnm=tnm)
    criterion = _stage_of(patient)
    assert "stage IA (asked: stage I; by row " in criterion.reason
    assert [each.text for each in criterion.facts] == ["Staging: T1, N0, M0, edition 8"]


@pytest.mark.parametrize(
    ("facts", "said", "line"),
    [
        (
            {"tnm": {"edition": "7", "t": "T1", "n": "N0", "m": "M0"}},
            "TNM edition is 7, its table needs 8",
            "Staging: T1, N0, M0, edition 7",
        ),
        (
            {"tnm": {"t": "T1", "n": "N0", "m": "M0"}},
            "TNM edition is not recorded, its table needs 8",
            "Staging: T1, N0, M0, edition not stated",
        ),
        (
            {"stage": {"scheme": "ajcc7_pleural", "value": "III"}},
            "recorded is stage III, AJCC 7, pleural mesothelioma, which says nothing about another edition",
            "Staging: stage III, AJCC 7, pleural mesothelioma",
        ),
        (
            {"stage": "III"},
            "recorded is stage III, edition not stated",
            "Staging: stage III, edition not stated",
        ),
    ],
)
def test_a_stage_of_another_edition_is_said_and_does_not_vanish(
    matcher: Matcher, facts: dict[str, Any], said: str, line: str
) -> None:
    patient = match(matcher, diagnosis="PLMESO", growth_pattern="diffuse", **facts)
    criterion = _stage_of(patient)
    assert criterion.verdict == "unknown"
    assert said in criterion.reason
    assert line in [each.text for each in criterion.facts]
    assert line in patient.summary


def test_without_an_edition_the_edition_is_asked_for(matcher: Matcher) -> None:
    patient = match(
        matcher, diagnosis="PLMESO", growth_pattern="diffuse", tnm={"t": "T1", "n": "N0", "m": "M0"}
    )
    asked = "By which edition was the tumour staged (T1, N0, M0, edition not stated)?"
    assert asked in [each.text for each in patient.questions]


def test_what_another_source_tells_is_not_asked(matcher: Matcher) -> None:
    tnm = {"edition": "8", "t": "T1", "n": "N0", "m": "M0"}
    told = match(matcher, diagnosis="PLMESO", growth_pattern="diffuse", tnm=tnm)
    assert "stage:ajcc8_pleural" not in [each.topic for each in told.questions]
    assert "stage:ajcc8_pleural" in [each.topic for each in match(matcher, diagnosis="PLMESO").questions]


def test_a_suspected_cancer_is_shown_as_suspected_and_confirmation_is_asked_for(matcher: Matcher) -> None:
    patient = match(matcher, diagnosis="?pleural mesothelioma")
    assert patient.summary == ("Diagnosis: Pleural Mesothelioma, suspected, not confirmed",)
    assert patient.questions[0].text == (
        "Pleural Mesothelioma is recorded as suspected: is it confirmed, and by what?"
    )


def test_a_named_candidate_is_asked_about_while_anything_is_unknown(matcher: Matcher) -> None:
    read = assemble({"id": "p"}, as_of=date(2026, 1, 15), formulary=matcher.rulebook.formulary)
    assert read.profile is not None
    shown = matcher.match_one(read.profile, options=MatchOptions(about=("asked",)))
    assert [each.id for each in shown.candidates] == ["asked"]
    assert all(each.candidates == ("asked",) for each in shown.questions)
    assert len(shown.questions) == 8


@pytest.mark.parametrize(
    ("value", "limits", "words"),
    [
        (0.682927, (2.5,), "0.683"),
        (59.2114, (40.0,), "59"),
        (59.7, (60.0,), "59.7"),
        (1.49996, (1.5,), "1.49996"),
        (1.5, (1.5,), "1.5"),
        (0.0, (), "0"),
    ],
)
def test_worked_out_numbers_stay_on_their_side_of_the_limit(
    value: float, limits: tuple[float, ...], words: str
) -> None:
    assert worked_out_in_words(value, limits) == words


@pytest.mark.parametrize(
    ("value", "words"), [(12.45, "12.45"), (245000.0, "245000"), (0.9049773, "0.905"), (1234.5, "1234")]
)
def test_recorded_numbers_keep_their_figures(value: float, words: str) -> None:
    assert number_in_words(value) == words


def _stage_of(patient: PatientShown) -> Any:
    (shown,) = patient.trials
    assert isinstance(shown, CandidateShown)
    return next(each for each in shown.criteria if each.id == "I-06")


def test_what_a_source_says_of_a_result_is_whole_sentences(matcher: Matcher) -> None:
    """A comma in a list of YAML that is not quoted makes two sayings of one."""
    for derivation in matcher.rulebook.derivations:
        for lines in derivation.document.results.values():
            assert [each for each in lines if not (each[0].isupper() or each[0].isdigit())] == []
            assert [each for each in lines if not each.endswith((".", "%"))] == []


def test_of_hundreds_of_which_the_same_is_to_be_said_the_first_are_named_and_the_rest_counted(
    matcher: Matcher,
) -> None:
    few, many = (
        reasons(matcher, therapies=[{"agents": f"unknowinib {n}"} for n in range(count)])["I-05"]
        for count in (3, 300)
    )
    assert few.count("may count or not") == 3
    assert "unknowinib 0 may count or not" in many
    assert many.count("may count or not") == 20
    assert "and so of 280 more" in many
    assert "nobody has said that the list is complete" in few
    assert "nobody has said that the list is complete" in many
