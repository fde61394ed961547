"""Lengths that are counted in half-lives: days once the half-life is known, and refused where it is not."""

from typing import Any

import pytest

from matcher.rules.condition import Comparison, Problem
from matcher.rules.lexicon import Lexicon
from matcher.rules.parse import ConditionReader
from matcher.vocabulary.formulary import Agent, DrugClass, Formulary

LEXICON = Lexicon(
    Formulary(
        [Agent("gefitinib", (), "41 hours"), Agent("erlotinib", (), "36 hours"), Agent("icotinib")],
        [
            DrugClass("egfr_tki", "EGFR inhibitors", ("gefitinib", "erlotinib"), other=False),
            DrugClass("any_tki", "Inhibitors", ("egfr_tki", "icotinib"), other=False),
            DrugClass("open_tki", "Inhibitors and others", ("gefitinib",)),
        ],
    )
)


def read(**asked: Any) -> tuple[Comparison | None, list[Problem]]:
    problems: list[Problem] = []
    found = ConditionReader(LEXICON, problems).read({"days_since": asked}, ("when",))
    assert found is None or isinstance(found, Comparison)
    return found, problems


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({"therapy": "gefitinib", "at_least": "5 half_lives"}, 9),
        ({"therapy": "gefitinib", "at_least": "5 half-lives", "half_life": "48 hours"}, 10),
        ({"therapy": "icotinib", "at_least": "1 half-life", "half_life": "0.5 days"}, 1),
    ],
)
def test_half_lives_are_days_and_part_of_one_is_one(asked: dict[str, Any], days: int) -> None:
    found, problems = read(**asked)
    assert found is not None, problems
    assert found.bounds[0].limit == days
    assert found.read_as[-1][1] == f"{days} days"


def test_of_a_class_the_longest_counts_and_all_have_to_be_known() -> None:
    problems: list[Problem] = []
    reader = ConditionReader(LEXICON, problems)
    assert reader.read({"prior": {"therapy": "egfr_tki", "within": "5 half_lives"}}, ()) == reader.read(
        {"prior": {"therapy": "egfr_tki", "within": "9 days"}}, ()
    )
    assert not problems


@pytest.mark.parametrize(
    ("asked", "path", "message"),
    [
        (
            {"therapy": "any_tki", "at_least": "5 half_lives"},
            "at_least",
            "no half-life is recorded for icotinib",
        ),
        (
            {"therapy": "open_tki", "at_least": "5 half_lives"},
            "at_least",
            "no half-life is recorded for others of open_tki",
        ),
        (
            {"therapy": "gefitinib", "at_least": "9 days", "half_life": "41 hours"},
            "half_life",
            "is stated and no length",
        ),
        ({"therapy": "gefitinib", "at_least": "5 half_lives", "half_life": "long"}, "half_life", "long"),
        ({"event": "leukapheresis", "at_least": "5 half_lives"}, "at_least", "what is asked about"),
    ],
)
def test_a_half_life_that_is_not_known_is_never_guessed(
    asked: dict[str, Any], path: str, message: str
) -> None:
    found, problems = read(**asked)
    assert found is None
    assert [(each.code, each.path[-1]) for each in problems] == [("R074", path)]
    assert message in problems[0].message
    assert problems[0].hint
