"""The records of one table as the kinds of feature read them: fields, derived fields, and when they began."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from math import inf

import numpy as np

from matcher.domain.dates import TimeUnit
from matcher.domain.possible import NO, YES
from matcher.engines.columnar.arrays import Bools, Floats, Ids, Index
from matcher.engines.columnar.column import (
    CodeColumn,
    ComponentColumn,
    MixedColumn,
    NameColumn,
    NumberColumn,
    SpanColumn,
)
from matcher.engines.columnar.days import FIRST_DAY, elapsed
from matcher.engines.columnar.frame import RECORD_OF, Table
from matcher.engines.columnar.rounding import rounded
from matcher.vocabulary.corticosteroids import PREDNISONE_POTENCY


@dataclass(frozen=True, slots=True)
class Records:
    """A table with the fields its record has. A field that nobody filled is a column where nothing is stated."""

    name: str
    table: Table
    _derived: dict[str, NumberColumn] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.table.rows)

    @property
    def rows(self) -> Ids:
        return self.table.rows

    def has(self, name: str) -> bool:
        return any(each.name == name for each in fields(RECORD_OF[self.name]))

    def numbers(self, name: str) -> NumberColumn:
        derive = DERIVED.get(name)
        if derive is not None and name not in self.table.columns:
            if name not in self._derived:
                self._derived[name] = derive(self)
            return self._derived[name]
        match self.table.columns.get(name):
            case NumberColumn() as column:
                return column
            case MixedColumn(numbers=numbers):
                return numbers
        nowhere = np.zeros(len(self), np.bool_)
        return NumberColumn.exactly(np.zeros(len(self)), nowhere)

    def codes(self, name: str) -> CodeColumn:
        match self.table.columns.get(name):
            case CodeColumn() as column:
                return column
            case MixedColumn(codes=codes):
                return codes
        return CodeColumn(np.full(len(self), -1, np.int32), ())

    def spans(self, name: str) -> SpanColumn:
        column = self.table.columns.get(name)
        if isinstance(column, SpanColumn):
            return column
        return SpanColumn.on(np.full(len(self), FIRST_DAY, np.int32), np.zeros(len(self), np.bool_))

    def names(self, name: str) -> NameColumn:
        column = self.table.columns.get(name)
        return column if isinstance(column, NameColumn) else NameColumn(np.full(len(self), -1, np.int32), ())

    def components(self, name: str) -> ComponentColumn:
        column = self.table.columns.get(name)
        if isinstance(column, ComponentColumn):
            return column
        # A field that no record states: each could be anything.
        return ComponentColumn(np.arange(len(self) + 1), CodeColumn(np.full(len(self), -1, np.int32), ()))

    def begins(self) -> SpanColumn:
        """The day a record is about, or began."""
        return self.spans("on" if self.has("on") else "start")

    def is_numeric(self, name: str) -> bool:
        return name in DERIVED or isinstance(self.table.columns.get(name), NumberColumn)


def component_extremes(pick: np.ufunc, values: Floats, offsets: Index, none: float) -> Floats:
    """The greatest or least value over each record's components; ``none`` where it has none."""
    starts, filled = offsets[:-1], offsets[1:] > offsets[:-1]
    found = np.full(len(starts), none)
    if filled.any():
        found[filled] = pick.reduceat(values, starts[filled])
    return found


def _times_upper_normal(labs: Records) -> NumberColumn:
    return _ratio(labs.numbers("value"), labs.numbers("upper_normal"))


def _times_lower_normal(labs: Records) -> NumberColumn:
    return _ratio(labs.numbers("value"), labs.numbers("lower_normal"))


def _ratio(value: NumberColumn, limit: NumberColumn) -> NumberColumn:
    """Anything from zero up where the limit was not printed; where nobody could read one of the two, not even that."""
    printed = limit.stated & (limit.low > 0)
    unread = np.isneginf(value.low) & np.isposinf(value.high)
    unread |= limit.stated & np.isneginf(limit.low) & np.isposinf(limit.high)
    low, high = np.where(unread, -inf, 0.0), np.full(len(value), inf)
    with np.errstate(all="ignore"):
        low[printed] = rounded(value.low[printed] / limit.high[printed])
        high[printed] = rounded(value.high[printed] / limit.low[printed])
    return NumberColumn(
        low,
        high,
        value.low_open & printed,
        value.high_open & printed,
        value.stated,
    )


def _days_to_progression(courses: Records) -> NumberColumn:
    return _to_progression(courses, TimeUnit.DAYS)


def _months_to_progression(courses: Records) -> NumberColumn:
    return _to_progression(courses, TimeUnit.MONTHS)


def _to_progression(courses: Records, unit: TimeUnit) -> NumberColumn:
    """From the end of a course to progression; never is infinity, on treatment it is zero or less."""
    never = courses.codes("progressed").exactly(NO.members)
    running = courses.codes("ongoing").exactly(YES.members)
    end, progression = courses.spans("end"), courses.spans("progression")
    low = np.where(running, -inf, elapsed(end.last, progression.first, unit))
    high = np.where(running, 0.0, elapsed(end.first, progression.last, unit))
    closed: Bools = np.zeros(len(courses), np.bool_)
    return NumberColumn(
        np.where(never, inf, low),
        np.where(never, inf, high),
        closed,
        closed,
        never | (progression.stated & (running | end.stated)),
    )


def _prednisone_equivalent(medicines: Records) -> NumberColumn:
    """Daily dose as mg of prednisone; anything from zero up where dose or agent is not known."""
    held, dose = medicines.components("components"), medicines.numbers("dose")
    known = [[PREDNISONE_POTENCY.get(agent, 0.0) for agent in members] for members in held.components.sets]
    least = np.array([*(min(each) for each in known), 0.0])[held.components.places]
    most = np.array([*(max(each) for each in known), inf])[held.components.places]
    low = component_extremes(np.minimum, least, held.offsets, 0.0)
    high = component_extremes(np.maximum, most, held.offsets, inf)
    with np.errstate(all="ignore"):
        lowest = np.where(dose.stated, low * dose.low, 0.0)
        highest = np.where(high == inf, inf, np.where(dose.stated, high * dose.high, inf))
    highest = np.where(~dose.stated & (high == 0), 0.0, highest)
    closed = np.zeros(len(medicines), np.bool_)
    return NumberColumn(rounded(lowest), rounded(highest), closed, closed, ~closed)


DERIVED: Mapping[str, Callable[[Records], NumberColumn]] = {
    "times_upper_normal": _times_upper_normal,
    "times_lower_normal": _times_lower_normal,
    "days_to_progression": _days_to_progression,
    "months_to_progression": _months_to_progression,
    "prednisone_equivalent": _prednisone_equivalent,
}
