"""Calendar arithmetic on arrays of days, as ``matcher.domain.dates`` has it for one day."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TypeAlias

import numpy as np

from matcher.domain.dates import Duration, TimeUnit
from matcher.engines.columnar.arrays import Bools, Days, Floats

FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()
#: before every day, and after every day
BEFORE_ALL, AFTER_ALL = FIRST_DAY - 1, LAST_DAY + 1

_EPOCH = date(1970, 1, 1).toordinal()
_MONTHS, _MONTHS_TO_EPOCH = 9999 * 12, 1969 * 12
#: months since January of the year 1
_Months: TypeAlias = Days


def before(within: Duration, days: Days) -> Days:
    """The day that lies this long before each of the days."""
    if not len(days):
        return days
    if (days == days[0]).all():
        day = within.before(date.fromordinal(int(days[0]))).toordinal()
        return np.full(len(days), day, np.int32)
    if within.unit is TimeUnit.DAYS:
        return np.clip(days.astype(np.int64) - within.value, FIRST_DAY, LAST_DAY).astype(np.int32)
    months = -within.value * (12 if within.unit is TimeUnit.YEARS else 1)
    return _add_months(days, np.full(len(days), months, np.int32), FIRST_DAY if months <= 0 else LAST_DAY)


def years_before(days: Days, years: Days) -> Days:
    """The day that lies so many years before each of the days."""
    return _add_months(days, np.int32(-12) * years, FIRST_DAY)


def on_leap_day(days: Days) -> Bools:
    """Which of the days are a 29 February."""
    month = _month(days)
    found: Bools = (month % 12 == 1) & (days - _first_days()[month] == 28)
    return found


def elapsed(start: Days, end: Days, unit: TimeUnit) -> Floats:
    """Time from ``start`` to ``end``: days, or calendar months or years with the fraction of the next one."""
    if unit is TimeUnit.DAYS:
        return (end.astype(np.int64) - start).astype(np.float64)
    earlier, later = np.minimum(start, end), np.maximum(start, end)
    months = _month(later) - _month(earlier)
    months -= _anniversary(earlier, months) > later
    step = np.int32(1)
    if unit is TimeUnit.YEARS:
        months -= months % 12
        step = np.int32(12)
    reached, following = _anniversary(earlier, months), _anniversary(earlier, months + step)
    fraction = (later - reached) / np.maximum(following - reached, 1)
    length: Floats = months / step + fraction
    return np.where(end < start, -length, length)


def completed(start: Days, end: Days, unit: TimeUnit) -> Floats:
    """Whole units elapsed, as age is counted."""
    if unit is not TimeUnit.YEARS or not len(end) or end.max() > LAST_DAY - 366 or (start > end).any():
        return np.floor(elapsed(start, end, unit))
    # Away from the calendar's end the next anniversary exists, so the whole years are those already reached.
    years = (_month(end) - _month(start)) // 12
    years -= _anniversary(start, years * 12) > end
    return years.astype(np.float64)


def _anniversary(start: Days, months: _Months) -> Days:
    return _add_months(start, months, LAST_DAY)


def _add_months(days: Days, months: _Months, outside: int) -> Days:
    """The same day of another month, or that month's last; ``outside`` where the calendar has no such month."""
    first_days, month = _first_days(), _month(days)
    day_of_month = days - first_days[month]
    moved = month + months
    inside = (moved >= 0) & (moved < len(first_days) - 1)
    reached = moved if inside.all() else np.where(inside, moved, 0)
    found: Days = np.minimum(first_days[reached] + day_of_month, first_days[reached + 1] - np.int32(1))
    return found if inside.all() else np.where(inside, found, np.int32(outside))


def _month(days: Days) -> _Months:
    """Months since January of the year 1."""
    if len(days) > 1 and days.min() == days.max():
        return np.broadcast_to(_month(days[:1]), len(days))
    found: _Months = _months_of_days()[days]
    return found


@cache
def _first_days() -> Days:
    """The first day of every month of the calendar, and of the one that would follow."""
    months = np.arange(_MONTHS + 1) - _MONTHS_TO_EPOCH
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + _EPOCH
    return days.astype(np.int32)


@cache
def _months_of_days() -> _Months:
    """The month of every day, from the one before all to the one after all."""
    days = np.arange(BEFORE_ALL, AFTER_ALL + 1, dtype=np.int32)
    return (np.searchsorted(_first_days(), days, side="right") - 1).astype(np.int32)
