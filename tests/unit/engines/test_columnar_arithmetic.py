"""Whole arrays give what one number, one day or one verdict gives."""

from datetime import date
from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matcher.domain.dates import Duration, TimeUnit
from matcher.domain.dates import completed as completed_one
from matcher.domain.dates import elapsed as elapsed_one
from matcher.domain.possible import Interval, agree, either
from matcher.domain.verdict import Verdict, at_least
from matcher.engines.columnar import days, possible
from matcher.engines.columnar.arrays import Days, Groups
from matcher.engines.columnar.column import NumberColumn
from matcher.engines.columnar.kernel import Patients
from matcher.engines.columnar.rounding import rounded
from matcher.engines.planes.algebra import Known, Said, Words, gate
from matcher.engines.planes.chunk import POSSIBLE, SURE, pack, packed, unpacked
from matcher.rules.graph import AtLeast, NodeId
from matcher.vocabulary.units import round9

NUMBERS = st.one_of(
    st.floats(allow_nan=False),
    st.floats(0, 1e6),
    st.integers(0, 10**10).map(lambda number: number / 100),
    # Between two results of nine digits, exactly and nearly.
    st.integers(10**8, 10**9).map(lambda number: number + 0.5),
    st.integers(10**9, 10**10).map(lambda number: number / 1e5),
)
DATES = st.one_of(
    st.dates(),
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.sampled_from([date.min, date.max, date(2024, 2, 29), date(2023, 2, 28), date(9999, 2, 28)]),
)
UNITS = st.sampled_from(list(TimeUnit))


@given(st.lists(NUMBERS, min_size=1, max_size=20))
@example([0.0, -0.0, inf, -inf, 5e-324, 1.7976931348623157e308, 999999999.5, 0.1 + 0.2])
def test_rounding_is_that_of_one_number(numbers: list[float]) -> None:
    assert rounded(np.array(numbers)).tolist() == [round9(each) for each in numbers]


def _ordinals(dates: list[date]) -> Days:
    return np.array([each.toordinal() for each in dates], np.int32)


@given(st.lists(st.tuples(DATES, DATES), min_size=1, max_size=8), UNITS)
def test_time_elapsed_is_that_between_two_days(pairs: list[tuple[date, date]], unit: TimeUnit) -> None:
    starts, ends = _ordinals([first for first, _ in pairs]), _ordinals([last for _, last in pairs])
    assert days.elapsed(starts, ends, unit).tolist() == [elapsed_one(*pair, unit) for pair in pairs]
    assert days.completed(starts, ends, unit).tolist() == [completed_one(*pair, unit) for pair in pairs]


@given(st.lists(DATES, min_size=1, max_size=8), st.integers(0, 4_000_000), UNITS)
def test_the_day_so_long_before(dates: list[date], length: int, unit: TimeUnit) -> None:
    within = Duration(length, unit)
    expected = [within.before(each).toordinal() for each in dates]
    assert days.before(within, _ordinals(dates)).tolist() == expected


def test_no_patients_are_no_trouble() -> None:
    none = np.empty(0, np.int32)
    assert not len(days.before(Duration(1, TimeUnit.DAYS), none))
    assert not len(days.completed(none, none, TimeUnit.YEARS))


POINTS = st.sampled_from((0.0, 1.0, 2.0, 3.0))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(POINTS), draw(POINTS)))
    if low == high:
        return Interval.exactly(low)
    return Interval(low, high, draw(st.booleans()), draw(st.booleans()))


@given(st.lists(st.lists(intervals(), min_size=1, max_size=4), min_size=1, max_size=6))
def test_intervals_agree_or_contradict_each_other_as_sources_do(patients: list[list[Interval]]) -> None:
    rows = np.repeat(np.arange(len(patients), dtype=np.int32), [len(each) for each in patients])
    held = NumberColumn.of(each for patient in patients for each in patient)
    groups = Groups.of(rows)
    found, conflict = possible.numbers_together(held, groups, np.ones(len(groups), np.bool_))
    for number, patient in enumerate(patients):
        value, contradicts = agree(list(patient))
        assert isinstance(value, Interval)
        assert NumberColumn.of([value])[np.array([0])].low[0] == found.low[number]
        assert (value.high, value.low_open, value.high_open) == (
            found.high[number],
            found.low_open[number],
            found.high_open[number],
        )
        assert contradicts == conflict[number]


@given(st.lists(st.tuples(st.none() | intervals(), st.none() | intervals()), min_size=1))
def test_one_or_the_other(pairs: list[tuple[Interval | None, Interval | None]]) -> None:
    found = possible.either(
        NumberColumn.of(first for first, _ in pairs), NumberColumn.of(second for _, second in pairs)
    )
    for number, (first, second) in enumerate(pairs):
        expected = either(first, second) if first and second else first or second
        assert found.stated[number] == (expected is not None)
        if isinstance(expected, Interval):
            assert isinstance(found, NumberColumn)
            assert (expected.low, expected.high) == (found.low[number], found.high[number])
            assert expected.low_open == found.low_open[number]
            assert expected.high_open == found.high_open[number]


def _no_value(_: NodeId) -> Said[Words]:
    raise AssertionError("a count tests no value")


MANY = tuple(0.1 * each + 0.05 for each in range(8))


@pytest.mark.parametrize(
    "by", [(1.0, 1.0, 1.0), (0.55, 0.6, -0.5), (0.1, 0.2, 0.3), (2.0, -1.0, 0.0), MANY[:7]]
)
@pytest.mark.parametrize("threshold", [-0.4, 0.0, 0.55, 0.6, 1.0, 1.15, 2.0])
def test_weighted_counts_are_exact(by: tuple[float, ...], threshold: float) -> None:
    rows = list(product(Verdict, repeat=len(by)))
    words = -(-len(rows) // 64)
    members = []
    for position in range(len(by)):
        planes = np.zeros((2, words), np.uint64)
        pack(np.array([row[position] is Verdict.MET for row in rows]), planes[SURE])
        pack(np.array([row[position] is not Verdict.NOT_MET for row in rows]), planes[POSSIBLE])
        members.append(planes)
    node = AtLeast(threshold, tuple(range(len(members))), tuple(by))
    known = Known(lambda each: members[each][SURE], lambda each: members[each][POSSIBLE], _no_value)
    surely, possibly = gate(node, known, Patients(words))
    verdicts = [at_least(threshold, row, by) for row in rows]
    assert unpacked(surely, len(rows)).tolist() == [each is Verdict.MET for each in verdicts]
    assert unpacked(possibly, len(rows)).tolist() == [each is not Verdict.NOT_MET for each in verdicts]


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_bits_stand_in_little_endian_order_and_the_rest_is_nought(bits: list[bool]) -> None:
    words = packed(np.array(bits))
    assert unpacked(words, len(bits)).tolist() == bits
    assert sum(int(word) << (64 * place) for place, word in enumerate(words)) == sum(
        1 << place for place, each in enumerate(bits) if each
    )
