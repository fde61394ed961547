"""Conditions as nodes: two branches, sources for a fact, limits moved towards being met and away from it."""

from typing import Any

import pytest

from matcher.domain.possible import Op
from matcher.rules.condition import Comparison, Condition, Gate, Group, comparisons
from matcher.rules.graph import All, AtLeast, Graph, GraphBuilder, Test
from matcher.rules.graph import Any as AnyOf
from matcher.rules.lexicon import Lexicon
from matcher.rules.lowering import Lowering, Margin, ended, is_washout, moved
from matcher.rules.parse import ConditionReader
from tests.small_formulary import SMALL_FORMULARY

PLATELETS: dict[str, Any] = {"lab": {"test": "platelets", "at_least": "100 10*9/L"}}
ALT: dict[str, Any] = {"lab": {"test": "alt", "at_most": "2.5 x ULN"}}
WASHOUT: dict[str, Any] = {"days_since": {"therapy": "platinum", "at_least": "21 days"}}


def read(raw: dict[str, Any]) -> Condition:
    reader = ConditionReader(Lexicon(SMALL_FORMULARY))
    condition = reader.read(raw, ())
    assert condition is not None, reader.problems
    return condition


def lowered(raw: dict[str, Any]) -> tuple[Graph, int]:
    builder = GraphBuilder()
    root = Lowering(builder, lambda _: builder.unknown()).lower(read(raw))
    return builder.graph(), root


def limits(condition: Condition) -> list[object]:
    return [bound.limit for each in comparisons(condition) for bound in each.bounds]


def test_a_value_good_in_both_branches_is_met_without_the_condition() -> None:
    graph, root = lowered({"if": {"condition": "liver_metastasis"}, "then": PLATELETS, "else": ALT})
    top = graph[root]
    assert isinstance(top, AnyOf)
    tests = {number for number, node in enumerate(graph.nodes) if isinstance(node, Test)}
    pairs = [graph[each] for each in top.members]
    assert any(
        isinstance(pair, All) and set(pair.members) <= tests and len(pair.members) == 2 for pair in pairs
    )


def test_members_and_weights_stay_together_however_they_are_ordered() -> None:
    def weighted(members: list[dict[str, Any]], weights: list[float]) -> dict[str, Any]:
        return {"at_least": 1.5, "of": members, "weights": weights}

    builder = GraphBuilder()
    lowering = Lowering(builder, lambda _: builder.unknown())
    one = lowering.lower(read(weighted([PLATELETS, ALT], [1.0, 0.5])))
    assert lowering.lower(read(weighted([ALT, PLATELETS], [0.5, 1.0]))) == one
    assert lowering.lower(read(weighted([ALT, PLATELETS], [1.0, 0.5]))) != one
    assert isinstance(builder.nodes[one], AtLeast)


@pytest.mark.parametrize(
    ("raw", "easier", "expected"),
    [
        (PLATELETS, True, [90.0]),
        (PLATELETS, False, [110.0]),
        (ALT, True, [2.75]),
        ({"not": PLATELETS}, True, [110.0]),
        ({"not": {"not": PLATELETS}}, True, [90.0]),
        ({"all": [PLATELETS, {"not": ALT}]}, True, [90.0, 2.25]),
        ({"lab": {"test": "potassium", "between": ["3.5 mmol/L", "5 mmol/L"]}}, True, [3.15, 5.5]),
        ({"at_least": 1, "of": [PLATELETS, ALT], "weights": [1, -1]}, True, [90.0, 2.25]),
    ],
    ids=["at least", "harder", "multiple", "not", "not not", "all", "between", "a weight below zero"],
)
def test_a_margin_moves_each_limit_to_where_more_would_pass(
    raw: dict[str, Any], easier: bool, expected: list[float]
) -> None:
    assert limits(moved(read(raw), Margin(share=0.1), easier=easier)) == expected


def test_the_condition_of_a_branch_is_a_fact_and_not_a_limit_to_move() -> None:
    raw = {"if": {"lab": {"test": "albumin", "at_least": "3 g/dL"}}, "then": PLATELETS, "else": ALT}
    assert limits(moved(read(raw), Margin(share=0.1), easier=True)) == [3.0, 90.0, 2.75]


def test_only_a_lower_bound_on_time_since_something_recovers_by_time() -> None:
    at_least, at_most = read(WASHOUT), read({"days_since": {"therapy": "platinum", "at_most": "21 days"}})
    assert isinstance(at_least, Comparison)
    assert isinstance(at_most, Comparison)
    assert is_washout(at_least, towards_met=True)
    assert not is_washout(at_most, towards_met=True)
    assert is_washout(at_most, towards_met=False)
    platelets = read(PLATELETS)
    assert isinstance(platelets, Comparison)
    assert ended(platelets, easier=True) == platelets


def test_waiting_asks_that_it_is_long_enough_or_has_ended() -> None:
    waited = ended(read(WASHOUT), easier=True)
    assert isinstance(waited, Group)
    assert waited.gate is Gate.ANY
    washout, still_running = waited.members
    assert washout == read(WASHOUT)
    assert isinstance(still_running, Comparison)
    assert [bound.op for bound in still_running.bounds] == [Op.BELOW]
