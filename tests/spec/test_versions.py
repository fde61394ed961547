"""Which version of a protocol counts on a day, on every engine, and what is said of it."""

from datetime import date

import pytest

from matcher.domain.profile import Profile
from matcher.engines.base import Engine
from matcher.engines.columnar import ColumnarEngine
from matcher.engines.planes.single import SingleEngine
from matcher.readers.assemble import assemble
from matcher.rulebook.load import load_rulebook
from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher
from tests.engines import ENGINES

_TRIAL = """\
trial: amended
title: A trial that was amended twice
phase: 2
recruitment: {status: recruiting, as_of: 2026-01-01}
coverage: full
sources: {protocol: {document: protocol, section: Eligibility, address: "https://example.org/p"}}
inclusion:
  I-01: {text: At most 60 years old, when: {age: {at_most: 60 years}}, source: protocol}
exclusion:
  E-01: {text: ECOG above 1, when: {ecog: {above: 1}}, source: protocol}
versions:
  - change: The first
    criteria:
      I-01: {text: At most 80 years old, when: {age: {at_most: 80 years}}}
      E-01: {text: Any performance status}
    source: protocol
  - since: 2021-03
    change: The second
    criteria:
      I-01: {text: At most 70 years old, when: {age: {at_most: 70 years}}}
    source: protocol
  - since: {not_before: 2022, by: 2022-06-30}
    change: The third
    source: protocol
"""
_EVERY = (*ENGINES, SingleEngine(), SingleEngine(by_level=True), ColumnarEngine())


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "trials").mkdir()
    (folder / "trials" / "amended.yaml").write_text(_TRIAL, encoding="utf-8")
    return load_rulebook(folder)


def patient(rulebook: Rulebook, day: date, **facts: object) -> Profile:
    found = assemble({"id": "P", **facts}, as_of=day, formulary=rulebook.formulary).profile
    assert found is not None
    return found


@pytest.mark.parametrize("engine", _EVERY, ids=lambda engine: engine.name)
@pytest.mark.parametrize(
    ("day", "age", "ecog", "expected"),
    [
        (date(2021, 2, 28), 75, 3, ("met", "not met")),
        (date(2021, 3, 1), 75, 3, ("unknown", "unknown")),
        (date(2021, 3, 30), 65, 1, ("met", "not met")),
        (date(2021, 3, 31), 75, 3, ("not met", "met")),
        (date(2021, 12, 31), 65, 2, ("met", "met")),
        (date(2022, 1, 1), 65, 2, ("unknown", "met")),
        (date(2022, 6, 29), 75, None, ("not met", "unknown")),
        (date(2022, 6, 30), 65, 1, ("not met", "not met")),
        (date(2019, 1, 1), None, None, ("unknown", "not met")),
    ],
)
def test_the_version_of_the_day_is_evaluated(
    engine: Engine,
    rulebook: Rulebook,
    day: date,
    age: int | None,
    ecog: int | None,
    expected: tuple[str, str],
) -> None:
    facts = {name: value for name, value in (("age", age), ("ecog", ecog)) if value is not None}
    (trial,) = rulebook.candidates
    table = engine.evaluate(rulebook.graph, (patient(rulebook, day, **facts),))
    assert tuple(table.verdict(each.node).value for each in trial.criteria) == expected


def test_an_answer_says_which_version_it_is_made_from(rulebook: Rulebook) -> None:
    matcher = Matcher(rulebook)
    (early,) = matcher.match_one(patient(rulebook, date(2020, 5, 1), age=75, ecog=3)).trials
    assert early.standing == "eligible"
    assert early.version == "The first (in force until the amendment of 2021-03)"
    assert [each.text for each in early.criteria] == ["At most 80 years old", "Any performance status"]
    (late,) = matcher.match_one(patient(rulebook, date(2026, 1, 15), age=75, ecog=3)).trials
    assert late.version == "The third (in force since a day from 2022-01-01 to 2022-06-30)"
    assert [each.text for each in late.criteria] == ["At most 60 years old", "ECOG above 1"]


def test_where_the_version_is_not_known_both_are_shown_and_nobody_is_asked_for_it(rulebook: Rulebook) -> None:
    between = Matcher(rulebook).match_one(patient(rulebook, date(2022, 3, 1), age=65, ecog=1))
    (trial,) = between.trials
    assert trial.standing == "possible"
    assert trial.version.startswith("not known for this day")
    age = trial.criteria[0]
    assert age.text == "At most 70 years old; or, in another version: At most 60 years old"
    assert "the amendment of a day from 2022-01-01 to 2022-06-30: not known whether in force" in age.reason
    assert between.questions == ()
