"""The graph: every distinct node once, members before what is computed from them."""

import pytest

from matcher.domain.possible import Interval, Op
from matcher.domain.verdict import Verdict
from matcher.features.kind import Age, Feature, NumberDomain
from matcher.rules.graph import All, Constant, GraphBuilder, Not, Read, Test, members_of

AGE = Feature("age", Age(), NumberDomain(Interval(0, 125), "years"))


def built() -> tuple[GraphBuilder, int, int]:
    builder = GraphBuilder()
    value = builder.add(Read(AGE))
    return (
        builder,
        builder.add(Test(value, Op.AT_LEAST, 18.0)),
        builder.add(Test(value, Op.AT_MOST, 75.0)),
    )


def test_the_same_question_is_one_node_however_often_it_is_asked() -> None:
    builder, adult, _ = built()
    assert builder.add(Test(builder.add(Read(AGE)), Op.AT_LEAST, 18.0)) == adult
    assert len(builder.graph()) == 3


def test_order_and_repetition_of_siblings_make_no_other_node() -> None:
    builder, adult, not_old = built()
    assert builder.all([adult, not_old]) == builder.all([not_old, adult, adult])
    assert builder.any([adult]) == adult


def test_not_not_is_the_node_itself() -> None:
    builder, adult, _ = built()
    assert builder.negate(builder.negate(adult)) == adult
    assert isinstance(builder.nodes[builder.negate(adult)], Not)


def test_an_empty_group_has_no_meaning() -> None:
    with pytest.raises(ValueError, match="empty group"):
        GraphBuilder().all([])


def test_every_node_comes_after_its_members() -> None:
    builder, adult, not_old = built()
    builder.all([adult, builder.negate(not_old)])
    graph = builder.graph()
    assert all(member < number for number, node in enumerate(graph.nodes) for member in members_of(node))


def test_below_and_above_are_what_a_node_is_computed_from_and_what_from_it() -> None:
    builder, adult, not_old = built()
    both = builder.all([adult, not_old])
    other = builder.add(Constant(Verdict.MET))
    graph = builder.graph()
    assert graph.below(both) == [0, adult, not_old, both]
    assert graph.above([adult]) == {adult: [both]}
    assert graph.below(other) == [other]
    assert isinstance(graph[both], All)
