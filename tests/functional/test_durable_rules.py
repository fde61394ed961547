"""What the durable engine relies on in durable-rules, so that another version of it shows what changed."""

import json
from itertools import count
from typing import Any

import pytest

pytest.importorskip("durable.engine", reason="durable-rules does not import on Python 3.13")

from matcher.engines.durable.host import QuietHost, Rule, Ruleset, release, rule


@pytest.fixture
def spoken() -> list[str]:
    return []


@pytest.fixture
def ruleset(spoken: list[str]):
    """Three verdicts over one number, a rule that runs before them, and one whose action fails."""

    def says(word: str) -> Any:
        return lambda: spoken.append(word)

    def fails() -> None:
        raise LookupError("nothing there")

    rules: dict[str, Rule] = {
        "met": rule({"$gte": {"lo": 4}}, 2, says("met")),
        "not": rule({"$lt": {"hi": 4}}, 2, says("not met")),
        "unknown": rule({"$and": [{"$lt": {"lo": 4}}, {"$gte": {"hi": 4}}]}, 2, says("unknown")),
        "first": rule({"first": 1}, 1, says("first")),
        "fails": rule({"broken": 1}, 3, fails),
    }
    made = Ruleset(QuietHost(), "facts", rules)
    made.open("s")
    yield made
    made.forget("s")
    release([made.handle])


def facts(ruleset: Ruleset, sid: str = "s") -> list[str]:
    return sorted(each["id"] for each in ruleset._rules.get_facts(sid))


def test_one_rule_speaks_of_a_fact(ruleset: Ruleset, spoken: list[str]) -> None:
    for low, high in ((4, 9), (1, 3), (1, 4)):
        ruleset.put("s", "value", {"lo": low, "hi": high})
        ruleset.settle()
        ruleset.take("s", "value")
    assert spoken == ["met", "not met", "unknown"]


def test_a_fact_replaced_before_the_ruleset_settles_was_never_there(
    ruleset: Ruleset, spoken: list[str]
) -> None:
    ruleset.put("s", "value", {"lo": 4, "hi": 9})
    ruleset.take("s", "value")
    ruleset.put("s", "value", {"lo": 1, "hi": 3})
    ruleset.settle()
    assert spoken == ["not met"]
    assert facts(ruleset) == ["opened", "value"]


def test_what_is_due_runs_in_the_order_given_with_the_rules(ruleset: Ruleset, spoken: list[str]) -> None:
    ruleset.put("s", "value", {"lo": 4, "hi": 9})
    ruleset.put("s", "due", {"first": 1})
    ruleset.settle()
    assert spoken == ["first", "met"]


@pytest.mark.parametrize("jumps", [0, 1, 3])
def test_an_action_that_took_long_by_the_clock_is_done_and_the_rest_runs(
    ruleset: Ruleset, spoken: list[str], monkeypatch: pytest.MonkeyPatch, jumps: int
) -> None:
    """The machine slept, or its clock was put forward: durable-rules would leave the rest undone, and say nothing."""
    looked = count()
    monkeypatch.setattr("durable.engine._unix_now", lambda: 20.0 * min((next(looked) + 1) // 2, jumps))
    ruleset.put("s", "value", {"lo": 4, "hi": 9})
    ruleset.put("s", "due", {"first": 1})
    ruleset.settle()
    assert spoken == ["first", "met"]


def test_a_fact_no_rule_holds_of_is_not_kept(ruleset: Ruleset, spoken: list[str]) -> None:
    ruleset.put("s", "value", {"other": 1})
    ruleset.settle()
    assert spoken == []
    assert facts(ruleset) == ["opened"]


def test_sessions_do_not_see_each_other_and_leave_nothing(ruleset: Ruleset, spoken: list[str]) -> None:
    ruleset.open("t")
    ruleset.put("t", "value", {"lo": 4, "hi": 9})
    ruleset.settle()
    assert facts(ruleset) == ["opened"]
    ruleset.forget("t")
    ruleset.open("t")
    assert facts(ruleset, "t") == ["opened"]
    assert spoken == ["met"]


def test_what_an_action_raises_is_raised_when_settling(ruleset: Ruleset) -> None:
    ruleset.put("s", "value", {"broken": 1})
    with pytest.raises(RuntimeError, match="nothing there"):
        ruleset.settle()


def test_numbers_with_an_exponent_are_refused_and_text_passes_for_a_number(
    ruleset: Ruleset, spoken: list[str]
) -> None:
    """Why only small whole numbers are asserted."""
    with pytest.raises(Exception, match="204"):
        ruleset._rules.assert_fact({"sid": "s", "id": "value", "lo": json.loads("1e-7"), "hi": 1})
    ruleset.put("s", "value", {"lo": "4", "hi": "9"})  # type: ignore[dict-item]
    ruleset.settle()
    assert spoken == ["met"]
