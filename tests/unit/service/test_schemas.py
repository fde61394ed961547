"""The schemas that editors and senders use."""

import json

import pytest

from matcher.errors import UsageError
from matcher.service.schemas import RULE_KINDS, profile_schema, rule_schema


@pytest.mark.parametrize("kind", [None, *RULE_KINDS])
def test_every_kind_of_rule_file_has_a_schema_whose_references_lead_somewhere(kind: str | None) -> None:
    schema = rule_schema(kind)
    text = json.dumps(schema)
    names = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
    assert names <= set(schema["$defs"])


def test_a_condition_offers_the_words_and_the_gates() -> None:
    offered = rule_schema("trial")["$defs"]["Condition"]["properties"]
    assert {"age", "diagnosis", "days_since", "all", "any", "not", "if"} <= set(offered)
    assert "Example: age:" in offered["age"]["description"]


def test_every_when_points_at_the_condition() -> None:
    held = rule_schema()["$defs"]
    assert held["CriterionDocument"]["properties"]["when"]["$ref"] == "#/$defs/Condition"
    assert {"$ref": "#/$defs/Condition"}.items() <= held["DerivationDocument"]["properties"]["applies_to"][
        "anyOf"
    ][0].items()


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'trial'"):
        rule_schema("trail")


def test_a_profile_has_a_schema() -> None:
    assert "therapies" in profile_schema()["properties"]
