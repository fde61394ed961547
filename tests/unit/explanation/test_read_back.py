"""A condition read back: what joins tests stands between them, what belongs together stands together."""

from __future__ import annotations

import pytest
import yaml

from matcher.explanation.read_back import read_back
from matcher.rules.lexicon import Lexicon
from matcher.rules.parse import ConditionReader
from tests.small_formulary import SMALL_FORMULARY


def lines(written: str) -> list[str]:
    reader = ConditionReader(Lexicon(SMALL_FORMULARY))
    condition = reader.read(yaml.safe_load(written), ("when",))
    assert condition is not None, reader.problems
    return [str(each) for each in read_back(condition)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{age: {at_least: 18 years}}", ["Age at least 18 years"]),
        (
            "{all: [{condition: hiv}, {any: [{condition: hepatitis_b}, {condition: hepatitis_c}]}]}",
            ["HIV infection", "and", "  Hepatitis B", "  or", "  Hepatitis C"],
        ),
        ("{not: {condition: hiv}}", ["no HIV infection"]),
        ("{known: {condition: hiv}}", ["known whether:", "  HIV infection"]),
        ("{not: {known: {condition: hiv}}}", ["not known whether:", "  HIV infection"]),
        ("{not: {age: {at_least: 75 years}}}", ["not: Age at least 75 years"]),
        (
            "{not: {any: [{condition: pleural_effusion}, {condition: ascites}]}}",
            ["none of these:", "  Pleural effusion", "  or", "  Ascites"],
        ),
        (
            "{not: {all: [{condition: pleural_effusion}, {condition: ascites}]}}",
            ["not all of these together:", "  Pleural effusion", "  and", "  Ascites"],
        ),
        ("{not: {not: {condition: hiv}}}", ["not:", "  no HIV infection"]),
        (
            "{any: [{not: {condition: pleural_effusion}}, {condition: ascites}]}",
            ["no pleural effusion", "or", "Ascites"],
        ),
        (
            "{if: {condition: hiv}, then: {condition: ascites}, else: {condition: pleural_effusion}}",
            ["if", "  HIV infection", "then", "  Ascites", "otherwise", "  Pleural effusion"],
        ),
        (
            "{all: [{age: {at_least: 18 years}}, {if: {condition: hiv}, then: {condition: ascites}}]}",
            [
                "Age at least 18 years",
                "and",
                "  if",
                "    HIV infection",
                "  then",
                "    Ascites",
                "  otherwise it does not matter",
            ],
        ),
        (
            (
                "{at_least: 2, of: [{condition: hiv}, {condition: ascites}, "
                "{all: [{condition: hepatitis_b}, {condition: hepatitis_c}]}]}"
            ),
            [
                "at least 2 of these:",
                "  - HIV infection",
                "  - Ascites",
                "  - Hepatitis B",
                "    and",
                "    Hepatitis C",
            ],
        ),
    ],
)
def test_each_test_stands_on_a_line_of_its_own(written: str, expected: list[str]) -> None:
    assert lines(written) == expected


def test_what_counts_where_the_rule_says_nothing_is_shown() -> None:
    assert lines("{ecog: {at_most: 1}}") == [
        "ECOG performance status at most 1 (not older than 60 days: default)"
    ]
    assert lines("{ecog: {at_most: 1, within: 7 days}}") == [
        "ECOG performance status within 7 days at most 1"
    ]
