from datetime import date
from math import inf
from typing import Any

import pytest

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Interval
from matcher.readers.value import UnreadableError, bounded, read_date, read_number


@pytest.mark.parametrize(
    ("raw", "value", "unit"),
    [
        (9.1, Interval(9.1, 9.1), ""),
        ("9.1 g/dL", Interval(9.1, 9.1), "g/dL"),
        ("8.3 10*9/L", Interval(8.3, 8.3), "10*9/L"),
        ("<5", Interval(-inf, 5, high_open=True), ""),
        ("≥ 10 %", Interval(10, inf), "%"),
        ("0-1", Interval(0, 1), ""),
        ("0 or 1", Interval(0, 1), ""),
        ([0, 1], Interval(0, 1), ""),
        ("[8, 9)", Interval(8, 9, high_open=True), ""),
        ("(0, inf]", Interval(0, inf, low_open=True), ""),
        ("1,500.5", Interval(1500.5, 1500.5), ""),
    ],
)
def test_a_number_is_every_value_it_could_be(raw: Any, value: Interval, unit: str) -> None:
    assert read_number(raw) == (value, unit)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("abc", "P101"),
        ("5 6", "P101"),
        (float("nan"), "P101"),
        (10**400, "P101"),
        (True, "P110"),
        ({"value": 1}, "P110"),
        ([], "P110"),
        ("1,500", "P119"),
        ("9,1", "P119"),
        ("~5", "P117"),
        ("9-8", "P115"),
        ("[9, 8]", "P115"),
        ("1" * 500, "P120"),
    ],
)
def test_what_is_no_number_says_why(raw: Any, code: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_number(raw)
    assert refused.value.code == code


def test_a_value_below_a_limit_begins_where_its_domain_does() -> None:
    assert bounded(Interval(-inf, 5, high_open=True), 0, 100, name="percent", text="<5") == Interval(
        0, 5, high_open=True
    )


@pytest.mark.parametrize("end", [Interval(-1, 5), Interval(5, 101), Interval(101, inf)])
def test_a_stated_end_outside_the_domain_makes_the_value_implausible(end: Interval) -> None:
    with pytest.raises(UnreadableError, match="P102"):
        bounded(end, 0, 100, name="percent", text="")


@pytest.mark.parametrize(
    ("raw", "span"),
    [
        ("2025-03-01", DateSpan.on(date(2025, 3, 1))),
        ("2025-03-01T10:30:00Z", DateSpan.on(date(2025, 3, 1))),
        ("2025-3", DateSpan.month(2025, 3)),
        ("2025", DateSpan.year(2025)),
        (2025, DateSpan.year(2025)),
        (date(2025, 3, 1), DateSpan.on(date(2025, 3, 1))),
        ({"from": "2025-02", "to": "2025-03-04"}, DateSpan(date(2025, 2, 1), date(2025, 3, 4))),
        ({"to": "2025-03-04"}, DateSpan(date.min, date(2025, 3, 4))),
    ],
)
def test_a_date_is_every_day_it_could_be(raw: Any, span: DateSpan) -> None:
    assert read_date(raw) == span


def test_whole_numbers_count_from_the_index_date_where_there_is_one() -> None:
    index = date(2012, 7, 1)
    assert read_date(-5, index) == DateSpan.on(date(2012, 6, 26))
    assert read_date(2025, index) == DateSpan.on(date(2018, 1, 16))
    assert read_date("2012", index) == DateSpan.year(2012)


@pytest.mark.parametrize(
    "raw",
    [
        "03/04/2025",
        "2025-02-30",
        "2025-13",
        "soon",
        12,
        True,
        {},
        {"from": "x"},
        {"since": 1},
        [],
        1e300,
        "9" * 9,
    ],
)
def test_a_date_that_could_be_two_or_none_is_refused(raw: Any) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_date(raw)
    assert refused.value.code in ("P106", "P115")
