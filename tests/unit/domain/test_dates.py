"""Calendar months and years, spans, and how long ago something was."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.dates import DateSpan, Duration, TimeUnit, add_months, completed, elapsed, elapsed_between
from matcher.domain.possible import Interval

DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))
UNITS = st.sampled_from(list(TimeUnit))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, expected: date
) -> None:
    assert add_months(day, months) == expected


@given(start=DAYS, number=st.integers(0, 40), unit=UNITS)
def test_exactly_so_long_ago_is_exactly_so_many_units(start: date, number: int, unit: TimeUnit) -> None:
    assert elapsed(start, Duration(number, unit).after(start), unit) == number


@given(start=DAYS, first=DAYS, second=DAYS, unit=UNITS)
def test_time_never_runs_backwards(start: date, first: date, second: date, unit: TimeUnit) -> None:
    earlier, later = sorted((first, second))
    assert elapsed(start, earlier, unit) <= elapsed(start, later, unit)
    assert elapsed(later, start, unit) <= elapsed(earlier, start, unit)
    assert completed(start, earlier, unit) <= completed(start, later, unit)


def test_a_birthday_on_29_february_is_kept_on_the_28th() -> None:
    born = date(2008, 2, 29)
    assert completed(born, date(2026, 2, 27), TimeUnit.YEARS) == 17
    assert completed(born, date(2026, 2, 28), TimeUnit.YEARS) == 18
    assert completed(born, date(2028, 2, 28), TimeUnit.YEARS) == 19
    assert completed(born, date(2028, 2, 29), TimeUnit.YEARS) == 20


def test_a_span_is_one_unknown_day_with_both_ends_included() -> None:
    assert DateSpan.year(2025) == DateSpan(date(2025, 1, 1), date(2025, 12, 31))
    assert DateSpan.month(2024, 2).last == date(2024, 2, 29)
    assert DateSpan.on(date(2025, 3, 1)).exact
    assert [str(each) for each in (DateSpan.year(2025), DateSpan.month(2025, 3))] == ["2025", "2025-03"]
    with pytest.raises(ValueError, match="ends before it begins"):
        DateSpan(date(2025, 1, 2), date(2025, 1, 1))


@given(days=st.lists(DAYS, min_size=4, max_size=4), unit=UNITS)
def test_time_between_spans_holds_the_time_between_any_of_their_days(
    days: list[date], unit: TimeUnit
) -> None:
    first, second = DateSpan(*sorted(days[:2])), DateSpan(*sorted(days[2:]))
    between = elapsed_between(first, second, unit)
    for start in (first.first, first.last):
        for end in (second.first, second.last):
            assert between.holds(elapsed(start, end, unit))
    assert isinstance(between, Interval)


def test_durations_beyond_the_calendar_end_with_it() -> None:
    assert Duration(20000, TimeUnit.YEARS).before(date(2026, 1, 1)) == date.min
    assert Duration(20000, TimeUnit.YEARS).after(date(2026, 1, 1)) == date.max
    assert str(Duration(1, TimeUnit.MONTHS)) == "1 month"
