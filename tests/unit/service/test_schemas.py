"""The schemas as the service gives them; what is in them is tested where they are made."""

import pytest

from matcher.errors import UsageError
from matcher.service.schemas import RULE_KINDS, profile_schema, rule_schema


@pytest.mark.parametrize("kind", [None, *RULE_KINDS])
def test_every_kind_of_rule_file_has_a_schema(kind: str | None) -> None:
    assert "Condition" in rule_schema(kind)["$defs"]


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'trial'"):
        rule_schema("trail")


def test_a_profile_has_a_schema() -> None:
    assert "therapies" in profile_schema()["properties"]
