"""What the cases of a rulebook do not yet exercise."""

from pathlib import Path

import pytest

from matcher.cases.coverage import Coverage, coverage
from matcher.cases.run import read_cases, run_cases
from matcher.rulebook.load import check_rulebook

RULE = """\
regimen: carboplatin
title: Carboplatin
coverage: full
inclusion:
  I-01:
    text: At least 18 years old
    when: {age: {at_least: 18 years}}
    assumption: Usual
exclusion:
  E-01:
    text: Peripheral neuropathy
    when: {condition: peripheral_neuropathy}
    assumption: Usual
"""
CASES = """\
- case: eligible, on the limit
  as_of: 2026-01-15
  patient: {age: 18, conditions: []}
  expect: {standing: eligible}
- case: too young, with neuropathy
  as_of: 2026-01-15
  patient: {age: 17, conditions: [{condition: peripheral_neuropathy}]}
  expect: {standing: ineligible, I-01: not met, E-01: applies}
- case: nothing known
  as_of: 2026-01-15
  patient: {}
  expect: {standing: possible, I-01: unknown, E-01: unknown}
"""


def covered(folder: Path, cases: str, rule: str = RULE, name: str = "carboplatin") -> Coverage:
    (folder / f"{name}.yaml").write_text(rule, encoding="utf-8")
    (folder / f"{name}.cases.yaml").write_text(cases, encoding="utf-8")
    loaded = check_rulebook(folder)
    assert loaded.rulebook is not None
    assert loaded.errors == []
    read, wrong = read_cases(loaded.rulebook, folder)
    assert [each.render() for each in wrong] == []
    return coverage(loaded, list(run_cases(loaded.rulebook, read)))


def said(found: Coverage) -> list[tuple[str, int | None, str]]:
    return [(each.code, each.line, each.message) for each in found.diagnostics]


def test_cases_that_show_everything_reach_a_hundred_percent(tmp_path: Path) -> None:
    found = covered(tmp_path, CASES)
    assert said(found) == []
    assert (found.exercised, found.wanted, found.percent) == (8, 8, 100.0)


def test_each_missing_case_is_a_finding_at_its_criterion(tmp_path: Path) -> None:
    one, _, rest = CASES.partition("- case: too young")
    found = covered(tmp_path, one + rest[rest.index("- case: nothing") :])
    assert said(found) == [
        ("L002", 5, "no case expects I-01 to be 'not met'"),
        (
            "L004",
            7,
            "no case has Age beside the limit, at least 18 years, on the side judged otherwise",
        ),
        ("L001", 10, "no case expects that E-01 applies"),
    ]
    assert found.percent == pytest.approx(100 * 5 / 8)


def test_a_verdict_that_no_case_states_does_not_count(tmp_path: Path) -> None:
    found = covered(tmp_path, CASES.replace("I-01: unknown, ", ""))
    assert said(found) == [("L003", 5, "no case expects I-01 to be 'unknown'")]


def test_a_case_that_fails_shows_nothing(tmp_path: Path) -> None:
    found = covered(tmp_path, CASES.replace("standing: possible", "standing: eligible"))
    assert [each[0] for each in said(found)] == ["L003", "L003"]


@pytest.mark.parametrize(
    ("age", "missing"),
    [
        (
            16,
            "no case has Age beside the limit, at least 18 years, on the side judged otherwise; the nearest is 16",
        ),
        (17, None),
    ],
)
def test_beside_the_limit_is_one_year_away(age: int, missing: str | None, tmp_path: Path) -> None:
    found = covered(tmp_path, CASES.replace("age: 17", f"age: {age}"))
    assert [message for _, _, message in said(found)] == ([missing] if missing else [])


def test_on_the_limit_is_exactly_on_it(tmp_path: Path) -> None:
    found = covered(tmp_path, CASES.replace("age: 18", "age: 19"))
    assert said(found) == [("L004", 7, "no case has Age exactly on the limit, at least 18 years")]


def test_a_value_that_is_not_known_exactly_is_not_on_the_limit(tmp_path: Path) -> None:
    found = covered(tmp_path, CASES.replace("age: 18", "age: [18, 19]"))
    assert [each[0] for each in said(found)] == ["L004"]


def test_a_multiple_of_a_decimal_limit_has_neighbours_within_a_fifth(tmp_path: Path) -> None:
    rule = RULE.replace("{age: {at_least: 18 years}}", "{lab: {test: platelets, at_least: 100 10*9/L}}")
    cases = CASES.replace("age: 18", "labs: [{test: platelets, value: 100, unit: 10*9/L, date: 2026-01-14}]")
    near = cases.replace("age: 17", "labs: [{test: platelets, value: 80, unit: 10*9/L, date: 2026-01-14}]")
    far = cases.replace("age: 17", "labs: [{test: platelets, value: 79, unit: 10*9/L, date: 2026-01-14}]")
    assert said(covered(tmp_path, near, rule)) == []
    assert [each[0] for each in said(covered(tmp_path, far, rule))] == ["L004"]


def test_a_verdict_that_no_patient_has_is_not_asked_for(tmp_path: Path) -> None:
    never_unknown = "{any: [{age: {at_least: 18 years}}, {age: {below: 18 years}}]}"
    rule = RULE.replace("{age: {at_least: 18 years}}", never_unknown)
    found = covered(tmp_path, CASES.replace("I-01: not met, ", ""), rule)
    assert "L002" not in {each[0] for each in said(found)}


def test_two_cases_of_one_patient_are_said_to_be_one(tmp_path: Path) -> None:
    again = CASES + CASES[: CASES.index("- case: too young")].replace("eligible, on", "again, on")
    assert said(covered(tmp_path, again)) == [
        ("L016", 13, "the same patient and expectations as 'eligible, on the limit'")
    ]


DERIVATION = """\
derive: fitness
title: Fitness
applies_to: {sex: female}
values: [fit, unfit]
table:
  - {when: {ecog: {at_most: 1}}, then: fit}
otherwise: unfit
source: {document: pdq, section: Treatment}
"""
FITNESS = """\
- case: fit
  as_of: 2026-01-15
  patient: {sex: female, ecog: 1}
  expect: {value: fit}
- case: unfit
  as_of: 2026-01-15
  patient: {sex: female, ecog: 2}
  expect: {value: unfit}
- case: elsewhere
  as_of: 2026-01-15
  patient: {sex: male, ecog: 1}
  expect: {applies: false}
"""


def test_each_result_of_a_derived_fact_needs_a_case(tmp_path: Path) -> None:
    assert said(covered(tmp_path, FITNESS, DERIVATION, "fitness")) == []
    fit_only = FITNESS[: FITNESS.index("- case: unfit")]
    assert said(covered(tmp_path, fit_only, DERIVATION, "fitness")) == [
        ("L025", 3, "no case expects 'applies: false'"),
        (
            "L004",
            6,
            "no case has ECOG performance status beside the limit, at most 1, on the side judged otherwise",
        ),
        ("L025", 7, "no case has the result 'unfit'"),
    ]


def test_a_rulebook_without_rules_lacks_nothing(tmp_path: Path) -> None:
    found = coverage(check_rulebook(tmp_path), [])
    assert (found.wanted, found.percent) == (0, 100.0)
