"""Sets of possible values, compared point by point with what they stand for."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.possible import Codes, Interval, Op, Possible, agree, either
from matcher.domain.possible import test as ask
from matcher.domain.verdict import Verdict

POINTS = [each / 2 for each in range(-1, 10)]
ENDS = st.integers(0, 4).map(float)
PASSES = {
    Op.AT_LEAST: lambda value, limit: value >= limit,
    Op.AT_MOST: lambda value, limit: value <= limit,
    Op.ABOVE: lambda value, limit: value > limit,
    Op.BELOW: lambda value, limit: value < limit,
}


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(ENDS), draw(ENDS)))
    opened = (draw(st.booleans()), draw(st.booleans())) if low < high else (False, False)
    return Interval(low, high, *opened)


def points(interval: Interval) -> set[float]:
    return {each for each in POINTS if interval.holds(each)}


@given(first=intervals(), second=intervals())
def test_an_intersection_holds_what_both_hold(first: Interval, second: Interval) -> None:
    common = first.intersection(second)
    assert (points(common) if common else set()) == points(first) & points(second)


@given(first=intervals(), second=intervals())
def test_a_union_is_the_smallest_interval_that_holds_both(first: Interval, second: Interval) -> None:
    hull, both = first.union(second), points(first) | points(second)
    assert both <= points(hull)
    assert {min(points(hull)), max(points(hull))} <= both


@given(value=intervals(), limit=ENDS, op=st.sampled_from(sorted(PASSES)))
def test_a_test_is_met_when_every_point_passes_and_not_met_when_none_does(
    value: Interval, limit: float, op: Op
) -> None:
    passing = [PASSES[op](each, limit) for each in points(value)]
    expected = Verdict.MET if all(passing) else Verdict.UNKNOWN if any(passing) else Verdict.NOT_MET
    assert ask(value, op, limit) is expected


def test_codes_are_met_inside_not_met_outside_and_unknown_across() -> None:
    limit = frozenset({"a", "b"})
    assert ask(Codes.of("a"), Op.IN, limit) is Verdict.MET
    assert ask(Codes.of("a", "c"), Op.IN, limit) is Verdict.UNKNOWN
    assert ask(Codes.of("c"), Op.IN, limit) is Verdict.NOT_MET


def test_no_set_is_ever_empty() -> None:
    with pytest.raises(ValueError, match="never empty"):
        Codes(frozenset())
    with pytest.raises(ValueError, match="never empty"):
        Interval(1, 1, high_open=True)
    with pytest.raises(ValueError, match="never empty"):
        Interval(2, 1)


def test_a_number_is_not_compared_with_codes() -> None:
    for value, op, limit in ((Codes.of("a"), Op.AT_LEAST, 1.0), (Interval(0, 1), Op.IN, frozenset({"a"}))):
        with pytest.raises(TypeError):
            ask(value, op, limit)


@given(sources=st.lists(intervals(), min_size=1, max_size=3))
def test_sources_that_overlap_narrow_each_other_and_others_leave_both_open(sources: list[Interval]) -> None:
    found, conflict = agree([*sources])
    assert isinstance(found, Interval)
    shared = set.intersection(*(points(each) for each in sources))
    assert conflict == (not shared)
    if shared:
        assert points(found) == shared
    else:
        assert set.union(*(points(each) for each in sources)) <= points(found)


def test_either_is_the_values_of_one_or_the_other() -> None:
    assert either(Codes.of("a"), Codes.of("b")) == Codes.of("a", "b")
    values: tuple[Possible, ...] = (Codes.of("a"), Interval(0, 1))
    for first, second in product(values, repeat=2):
        if type(first) is not type(second):
            with pytest.raises(TypeError):
                either(first, second)
