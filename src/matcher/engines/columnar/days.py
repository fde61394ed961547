"""Calendar arithmetic on arrays of days, as ``matcher.domain.dates`` has it for one day."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matcher.domain.dates import Duration, TimeUnit
from matcher.engines.columnar.arrays import Days, Floats

FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()
#: before every day, and after every day
BEFORE_ALL, AFTER_ALL = FIRST_DAY - 1, LAST_DAY + 1

_EPOCH = date(1970, 1, 1).toordinal()
#: months are counted from January of the year 0
_MONTHS_AT_EPOCH = 1970 * 12
_FIRST_MONTH, _LAST_MONTH = 12, 9999 * 12 + 11
_Months: TypeAlias = npt.NDArray[np.int64]


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
    return _add_months(days, np.full(len(days), months), FIRST_DAY if months <= 0 else LAST_DAY)


def elapsed(start: Days, end: Days, unit: TimeUnit) -> Floats:
    """Time from ``start`` to ``end``: days, or calendar months or years with the fraction of the next one."""
    if unit is TimeUnit.DAYS:
        return (end.astype(np.int64) - start).astype(np.float64)
    earlier, later = np.minimum(start, end), np.maximum(start, end)
    months = _month(later) - _month(earlier)
    months -= _anniversary(earlier, months) > later
    step = 1
    if unit is TimeUnit.YEARS:
        months -= months % 12
        step = 12
    reached, following = _anniversary(earlier, months), _anniversary(earlier, months + step)
    fraction = (later - reached) / np.maximum(following - reached, 1)
    length = months / step + fraction
    return np.where(end < start, -length, length)


def completed(start: Days, end: Days, unit: TimeUnit) -> Floats:
    """Whole units elapsed, as age is counted."""
    if unit is TimeUnit.YEARS and (len(end) == 0 or end.max() < LAST_DAY - 366):
        return _completed_years(start, end)
    return np.floor(elapsed(start, end, unit))


def _completed_years(start: Days, end: Days) -> Floats:
    # Away from the calendar's end the next anniversary exists, so the whole years are those it has not reached.
    earlier, later = np.minimum(start, end), np.maximum(start, end)
    years = (_month(later) - _month(earlier)) // 12
    birthday = _anniversary(earlier, years * 12)
    years -= birthday > later
    if (start <= end).all():
        return years.astype(np.float64)
    return np.where(start <= end, years.astype(np.float64), np.floor(elapsed(start, end, TimeUnit.YEARS)))


def _anniversary(start: Days, months: _Months) -> Days:
    return _add_months(start, months, LAST_DAY)


def _add_months(days: Days, months: _Months, outside: int) -> Days:
    """The same day of another month, or that month's last; ``outside`` where the calendar has no such month."""
    held = _numpy_day(days)
    month = held.astype("datetime64[M]")
    day_of_month = (held - month.astype("datetime64[D]")).astype(np.int64)
    moved = month.astype(np.int64) + _MONTHS_AT_EPOCH + months
    inside = (moved >= _FIRST_MONTH) & (moved <= _LAST_MONTH)
    moved = np.where(inside, moved, _MONTHS_AT_EPOCH) - _MONTHS_AT_EPOCH
    first = moved.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (moved + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    found = np.minimum(first + day_of_month, following - 1) + _EPOCH
    return np.where(inside, found, outside).astype(np.int32)


def _month(days: Days) -> _Months:
    return _numpy_day(days).astype("datetime64[M]").astype(np.int64)


def _numpy_day(days: Days) -> npt.NDArray[np.datetime64]:
    return (days.astype(np.int64) - _EPOCH).astype("datetime64[D]")
