"""Dates as records give them: a day, a month, a year, or a span between two days."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import inf

from matcher.domain.possible import Interval


class TimeUnit(StrEnum):
    """What a length of time is counted in."""

    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; months and years are calendar months and years, never 30 or 365 days."""

    value: int
    unit: TimeUnit

    def after(self, day: date) -> date:
        return self._moved(day, self.value)

    def before(self, day: date) -> date:
        return self._moved(day, -self.value)

    def _moved(self, day: date, by: int) -> date:
        try:
            if self.unit is TimeUnit.DAYS:
                return day + timedelta(days=by)
            return add_months(day, by * (12 if self.unit is TimeUnit.YEARS else 1))
        except OverflowError:
            return date.max if by > 0 else date.min

    def __str__(self) -> str:
        return f"{self.value} {self.unit if self.value != 1 else self.unit[:-1]}"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """One unknown day between two days, both included: a year is its 1 January to its 31 December."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"a span of dates ends before it begins: {self.first} to {self.last}")

    @classmethod
    def on(cls, day: date) -> DateSpan:
        return cls(day, day)

    @classmethod
    def year(cls, year: int) -> DateSpan:
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def month(cls, year: int, month: int) -> DateSpan:
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    @property
    def exact(self) -> bool:
        return self.first == self.last

    def until(self, day: date) -> DateSpan:
        """The part of the span that is not after ``day``; the span must begin by then."""
        return self if self.last <= day else DateSpan(self.first, day)

    def __str__(self) -> str:
        if self.exact:
            return self.first.isoformat()
        if self == DateSpan.year(self.first.year):
            return str(self.first.year)
        if self == DateSpan.month(self.first.year, self.first.month):
            return f"{self.first:%Y-%m}"
        return f"{self.first.isoformat()} to {self.last.isoformat()}"


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("outside the calendar")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def elapsed(start: date, end: date, unit: TimeUnit) -> float:
    """Time from ``start`` to ``end``: days, or calendar months or years with the fraction of the next one.

    Exactly n months apart gives exactly n; one day more gives more than n. Negative when ``end`` is earlier.
    """
    if unit is TimeUnit.DAYS:
        return float((end - start).days)
    if end < start:
        return -elapsed(end, start, unit)
    months = (end.year - start.year) * 12 + end.month - start.month
    if _anniversary(start, months) > end:
        months -= 1
    if unit is TimeUnit.YEARS:
        months -= months % 12
    step = 12 if unit is TimeUnit.YEARS else 1
    reached, following = _anniversary(start, months), _anniversary(start, months + step)
    return months / step + (end - reached).days / max((following - reached).days, 1)


def _anniversary(start: date, months: int) -> date:
    try:
        return add_months(start, months)
    except OverflowError:
        return date.max


def completed(start: date, end: date, unit: TimeUnit) -> float:
    """Whole units elapsed, as age is counted; somebody born on 29 February has a birthday on the 28th."""
    return float(int(elapsed(start, end, unit) // 1))


def elapsed_between(start: DateSpan, end: DateSpan, unit: TimeUnit) -> Interval:
    """Every time that could lie between the two days."""
    return Interval(elapsed(start.last, end.first, unit), elapsed(start.first, end.last, unit))


ALWAYS = DateSpan(date.min, date.max)
NEVER = Interval(inf, inf)
