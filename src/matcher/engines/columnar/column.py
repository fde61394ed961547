"""Columns of records: intervals, sets of codes, spans of days, names, and components.

A column holds one entry for each record of its table. Where ``stated`` is false nobody said anything and the
entry's other fields mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Codes, Interval, Possible
from matcher.engines.columnar.arrays import Bools, Days, Floats, Ids, Index, Pick
from matcher.engines.columnar.days import FIRST_DAY

Members: TypeAlias = frozenset[str]
#: the place of a set that nobody stated
NOBODY_SAID = -1


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """Intervals, each end open or closed."""

    low: Floats
    high: Floats
    low_open: Bools
    high_open: Bools
    stated: Bools

    @classmethod
    def of(cls, intervals: Iterable[Interval | None]) -> NumberColumn:
        held = list(intervals)
        shown = [each or _NO_INTERVAL for each in held]
        return cls(
            np.array([each.low for each in shown], np.float64),
            np.array([each.high for each in shown], np.float64),
            np.array([each.low_open for each in shown], np.bool_),
            np.array([each.high_open for each in shown], np.bool_),
            np.array([each is not None for each in held], np.bool_),
        )

    @classmethod
    def exactly(cls, values: Floats, stated: Bools | None = None) -> NumberColumn:
        """One number each, where it is stated."""
        closed = np.zeros(len(values), np.bool_)
        return cls(values, values, closed, closed, np.ones_like(closed) if stated is None else stated)

    def __getitem__(self, records: Pick) -> NumberColumn:
        return NumberColumn(
            self.low[records],
            self.high[records],
            self.low_open[records],
            self.high_open[records],
            self.stated[records],
        )

    def __len__(self) -> int:
        return len(self.low)


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """Sets of codes: the place of each in ``sets``, where every distinct set stands once."""

    places: Ids
    sets: tuple[Members, ...]

    @classmethod
    def of(cls, codes: Iterable[Codes | None]) -> CodeColumn:
        return cls.of_sets(None if each is None else each.members for each in codes)

    @classmethod
    def of_sets(cls, sets: Iterable[Members | None]) -> CodeColumn:
        distinct: dict[Members, int] = {}
        places = [NOBODY_SAID if each is None else distinct.setdefault(each, len(distinct)) for each in sets]
        return cls(np.array(places, np.int32), tuple(distinct))

    @property
    def stated(self) -> Bools:
        return self.places >= 0

    def __getitem__(self, records: Pick) -> CodeColumn:
        return CodeColumn(self.places[records], self.sets)

    def __len__(self) -> int:
        return len(self.places)

    def exactly(self, members: Members) -> Bools:
        """Whether it is this set and no other."""
        place = self.sets.index(members) if members in self.sets else len(self.sets)
        found: Bools = self.places == place
        return found


@dataclass(frozen=True, slots=True)
class MixedColumn:
    """Values of which some are numbers and the others categories: what was observed."""

    numbers: NumberColumn
    codes: CodeColumn

    @classmethod
    def of(cls, values: Iterable[Possible]) -> MixedColumn:
        held = list(values)
        return cls(
            NumberColumn.of(each if isinstance(each, Interval) else None for each in held),
            CodeColumn.of(each if isinstance(each, Codes) else None for each in held),
        )

    def __getitem__(self, records: Pick) -> MixedColumn:
        return MixedColumn(self.numbers[records], self.codes[records])

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class SpanColumn:
    """Unknown days between two days, both included."""

    first: Days
    last: Days
    stated: Bools

    @classmethod
    def of(cls, spans: Iterable[DateSpan | None]) -> SpanColumn:
        held = list(spans)
        return cls(
            np.array([FIRST_DAY if each is None else each.first.toordinal() for each in held], np.int32),
            np.array([FIRST_DAY if each is None else each.last.toordinal() for each in held], np.int32),
            np.array([each is not None for each in held], np.bool_),
        )

    @classmethod
    def on(cls, days: Days, stated: Bools | None = None) -> SpanColumn:
        """One day each, where it is stated."""
        return cls(days, days, np.ones(len(days), np.bool_) if stated is None else stated)

    def __getitem__(self, records: Pick) -> SpanColumn:
        return SpanColumn(self.first[records], self.last[records], self.stated[records])

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True)
class NameColumn:
    """Names, which are never uncertain: the place of each in ``names``."""

    places: Ids
    names: tuple[str, ...]

    @classmethod
    def of(cls, names: Iterable[str]) -> NameColumn:
        distinct: dict[str, int] = {}
        places = [distinct.setdefault(each, len(distinct)) for each in names]
        return cls(np.array(places, np.int32), tuple(distinct))

    def __getitem__(self, records: Pick) -> NameColumn:
        return NameColumn(self.places[records], self.names)

    def __len__(self) -> int:
        return len(self.places)

    def is_(self, name: str) -> Bools:
        place = self.names.index(name) if name in self.names else len(self.names)
        found: Bools = self.places == place
        return found


@dataclass(frozen=True, slots=True)
class ComponentColumn:
    """Several components a record: those of record i stand at ``offsets[i]`` to ``offsets[i + 1]``."""

    offsets: Index
    components: CodeColumn

    @classmethod
    def of(cls, components: Iterable[tuple[Codes | None, ...]]) -> ComponentColumn:
        held = list(components)
        offsets = np.cumsum([0, *(len(each) for each in held)], dtype=np.intp)
        return cls(offsets, CodeColumn.of(each for record in held for each in record))

    def __getitem__(self, records: slice) -> ComponentColumn:
        start, stop, _ = records.indices(len(self))
        offsets = self.offsets[start : stop + 1]
        return ComponentColumn(offsets - offsets[0], self.components[offsets[0] : offsets[-1]])

    def __len__(self) -> int:
        return len(self.offsets) - 1


Column: TypeAlias = NumberColumn | CodeColumn | MixedColumn | SpanColumn | NameColumn | ComponentColumn
_NO_INTERVAL = Interval(0.0, 0.0)
