"""One possible value for each patient, and what several records say together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from matcher.domain.possible import Codes, Interval, Possible
from matcher.engines.columnar.arrays import Bools, Floats, Groups, Ids
from matcher.engines.columnar.column import CodeColumn, Members, NumberColumn
from matcher.features.kind import CodeDomain, Domain, NumberDomain


@dataclass(frozen=True, slots=True)
class Numbers:
    """An interval for each patient. ``silent``: nothing speaks of it; ``conflict``: sources exclude each other."""

    low: Floats
    high: Floats
    low_open: Bools
    high_open: Bools
    silent: Bools
    conflict: Bools

    @classmethod
    def closed(cls, low: Floats, high: Floats, silent: Bools, conflict: Bools | None = None) -> Numbers:
        neither = np.zeros(len(low), np.bool_)
        return cls(low, high, neither, neither, silent, neither if conflict is None else conflict)

    def __len__(self) -> int:
        return len(self.low)

    def at(self, patient: int) -> Interval:
        return Interval(
            float(self.low[patient]),
            float(self.high[patient]),
            bool(self.low_open[patient]),
            bool(self.high_open[patient]),
        )

    def between(self, start: int, stop: int) -> Numbers:
        held = slice(start, stop)
        return Numbers(
            self.low[held],
            self.high[held],
            self.low_open[held],
            self.high_open[held],
            self.silent[held],
            self.conflict[held],
        )


@dataclass(frozen=True, slots=True)
class Categories:
    """A set of codes for each patient: its place in ``sets``."""

    places: Ids
    sets: tuple[Members, ...]
    silent: Bools
    conflict: Bools

    def __len__(self) -> int:
        return len(self.places)

    def at(self, patient: int) -> Codes:
        return Codes(self.sets[int(self.places[patient])])

    def between(self, start: int, stop: int) -> Categories:
        held = slice(start, stop)
        return Categories(self.places[held], self.sets, self.silent[held], self.conflict[held])


Values: TypeAlias = Numbers | Categories


def whole(domain: Domain) -> Possible:
    """Everything a fact could be when nobody recorded it."""
    match domain:
        case NumberDomain():
            return domain.interval
        case CodeDomain():
            return Codes(domain.codes)


def nothing_known(domain: Domain, patients: int) -> Values:
    """The whole domain for everybody: arrays of its own, for known values to be written over."""
    silent, conflict = np.ones(patients, np.bool_), np.zeros(patients, np.bool_)
    match domain:
        case NumberDomain(interval=all_numbers):
            return Numbers(
                np.full(patients, all_numbers.low),
                np.full(patients, all_numbers.high),
                np.full(patients, all_numbers.low_open),
                np.full(patients, all_numbers.high_open),
                silent,
                conflict,
            )
        case CodeDomain(codes=codes):
            return Categories(np.zeros(patients, np.int32), (codes,), silent, conflict)


@dataclass(slots=True)
class SetDictionary:
    """Distinct sets, each in its place; sets that come of others are added behind them."""

    sets: list[Members]
    places: dict[Members, int] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {each: place for place, each in enumerate(self.sets)}

    def place(self, members: Members) -> int:
        found = self.places.get(members)
        if found is None:
            found = self.places[members] = len(self.sets)
            self.sets.append(members)
        return found

    def mapped(self, places: Ids, change: Callable[[Members], Members]) -> Ids:
        """The place of what ``change`` makes of each set; it is asked once for each distinct one."""
        changed = [self.place(change(each)) for each in tuple(self.sets)]
        return np.array(changed, np.int32)[places] if changed else places

    def paired(self, first: Ids, second: Ids, join: Callable[[Members, Members], Members]) -> Ids:
        """The place of what ``join`` makes of the two sets; it is asked once for each distinct pair."""
        pairs, where = np.unique(first.astype(np.int64) << 32 | second, return_inverse=True)
        joined = [self.place(join(self.sets[pair >> 32], self.sets[pair & 0xFFFFFFFF])) for pair in pairs.tolist()]
        return np.array(joined, np.int32)[where]


def clipped_numbers(held: NumberColumn, domain: Interval) -> NumberColumn:
    """Only what the domain allows; a value wholly outside it stays as it is."""
    low_open = np.where(held.low == domain.low, held.low_open | domain.low_open, held.low_open)
    high_open = np.where(held.high == domain.high, held.high_open | domain.high_open, held.high_open)
    below, above = held.low < domain.low, held.high > domain.high
    low = np.where(below, domain.low, held.low)
    high = np.where(above, domain.high, held.high)
    low_open = np.where(below, domain.low_open, low_open)
    high_open = np.where(above, domain.high_open, high_open)
    outside = _empty(low, high, low_open, high_open)
    return NumberColumn(
        np.where(outside, held.low, low),
        np.where(outside, held.high, high),
        np.where(outside, held.low_open, low_open),
        np.where(outside, held.high_open, high_open),
        held.stated,
    )


def _empty(low: Floats, high: Floats, low_open: Bools, high_open: Bools) -> Bools:
    return (low > high) | ((low == high) & (low_open | high_open))


def numbers_together(held: NumberColumn, groups: Groups, agreeing: Bools) -> tuple[NumberColumn, Bools]:
    """One interval a group, and which contradict themselves.

    Where sources are ``agreeing`` their intersection, or their union if that is empty; else their union.
    """
    if groups.single:
        return held, np.zeros(len(held), np.bool_)
    low, low_open = _outermost(np.minimum, held.low, held.low_open, groups)
    high, high_open = _outermost(np.maximum, held.high, held.high_open, groups)
    most, most_open = _innermost(np.maximum, held.low, held.low_open, groups)
    fewest, fewest_open = _innermost(np.minimum, held.high, held.high_open, groups)
    disjoint = _empty(most, fewest, most_open, fewest_open)
    narrowed = agreeing & ~disjoint
    together = NumberColumn(
        np.where(narrowed, most, low),
        np.where(narrowed, fewest, high),
        np.where(narrowed, most_open, low_open),
        np.where(narrowed, fewest_open, high_open),
        np.ones(len(groups), np.bool_),
    )
    return together, agreeing & disjoint


def _outermost(pick: np.ufunc, ends: Floats, opened: Bools, groups: Groups) -> tuple[Floats, Bools]:
    """The end furthest out: closed where one of the records that reach it is."""
    furthest: Floats = pick.reduceat(ends, groups.starts)
    reached = ends == np.repeat(furthest, groups.sizes)
    return furthest, ~np.logical_or.reduceat(reached & ~opened, groups.starts)


def _innermost(pick: np.ufunc, ends: Floats, opened: Bools, groups: Groups) -> tuple[Floats, Bools]:
    """The end furthest in: open where one of the records that reach it is."""
    furthest: Floats = pick.reduceat(ends, groups.starts)
    reached = ends == np.repeat(furthest, groups.sizes)
    return furthest, np.logical_or.reduceat(reached & opened, groups.starts)


def codes_together(
    held: CodeColumn, groups: Groups, agreeing: Bools
) -> tuple[CodeColumn, Bools]:
    """One set a group, and which contradict themselves; as ``numbers_together``."""
    union = held.places[groups.starts]
    conflict = np.zeros(len(groups), np.bool_)
    if groups.single:
        return CodeColumn(union, held.sets), conflict
    known = SetDictionary(list(held.sets))
    nothing = known.place(frozenset())
    common = union
    for position in range(1, int(groups.sizes.max())):
        more = np.flatnonzero(groups.sizes > position)
        following = held.places[groups.starts[more] + position]
        union, common = union.copy(), common.copy()
        union[more] = known.paired(union[more], following, frozenset.union)
        common[more] = known.paired(common[more], following, frozenset.intersection)
    conflict = agreeing & (common == nothing)
    places = np.where(agreeing & ~conflict, common, union)
    return CodeColumn(places, tuple(known.sets)), conflict
