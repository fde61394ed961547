"""One possible value for each patient, and what several records say together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from matcher.domain.possible import Codes, Interval, Possible
from matcher.engines.columnar.arrays import Bools, Floats, Groups, Ids
from matcher.engines.columnar.column import NOBODY_SAID, CodeColumn, Members, NumberColumn
from matcher.features.kind import CodeDomain, Domain, NumberDomain


@dataclass(frozen=True, slots=True)
class Numbers:
    """An interval for each patient. ``conflict``: sources exclude each other.

    ``silent``: nothing certainly speaks of it. ``perhaps`` is then what a record says that may apply or not.
    ``whole`` is set where everybody has one number, but for the silent ones, who have this interval.
    """

    low: Floats
    high: Floats
    low_open: Bools
    high_open: Bools
    silent: Bools
    conflict: Bools
    perhaps: NumberColumn | None = None
    whole: Interval | None = None

    @classmethod
    def closed(cls, low: Floats, high: Floats, silent: Bools, conflict: Bools | None = None) -> Numbers:
        neither = np.zeros(len(low), np.bool_)
        return cls(low, high, neither, neither, silent, neither if conflict is None else conflict)

    @classmethod
    def said_by(
        cls, said: NumberColumn, whole: Interval, conflict: Bools, perhaps: NumberColumn | None
    ) -> Numbers:
        """What is stated, and everything there is where nothing is."""
        silent = ~said.stated
        return cls(
            np.where(silent, whole.low, said.low),
            np.where(silent, whole.high, said.high),
            np.where(silent, whole.low_open, said.low_open),
            np.where(silent, whole.high_open, said.high_open),
            silent,
            conflict,
            perhaps if perhaps is not None and perhaps.stated.any() else None,
            whole if is_exact(said) else None,
        )

    @property
    def said(self) -> NumberColumn:
        return NumberColumn(self.low, self.high, self.low_open, self.high_open, ~self.silent)

    def __len__(self) -> int:
        return len(self.low)

    def at(self, patient: int) -> Interval:
        return _interval_at(self.said, patient)

    def perhaps_at(self, patient: int) -> Interval | None:
        if self.perhaps is None or not self.perhaps.stated[patient]:
            return None
        return _interval_at(self.perhaps, patient)

    def between(self, start: int, stop: int) -> Numbers:
        held = slice(start, stop)
        return Numbers(
            self.low[held],
            self.high[held],
            self.low_open[held],
            self.high_open[held],
            self.silent[held],
            self.conflict[held],
            None if self.perhaps is None else self.perhaps[held],
            self.whole,
        )


def is_exact(said: NumberColumn) -> bool:
    """Whether everything stated is one number."""
    return bool(((said.low == said.high) | ~said.stated).all())


def _interval_at(column: NumberColumn, patient: int) -> Interval:
    return Interval(
        float(column.low[patient]),
        float(column.high[patient]),
        bool(column.low_open[patient]),
        bool(column.high_open[patient]),
    )


@dataclass(frozen=True, slots=True)
class Categories:
    """A set of codes for each patient: its place in ``sets``. The rest is as in ``Numbers``."""

    places: Ids
    sets: tuple[Members, ...]
    silent: Bools
    conflict: Bools
    perhaps: CodeColumn | None = None

    @classmethod
    def said_by(
        cls, said: CodeColumn, whole: Members, conflict: Bools, perhaps: CodeColumn | None
    ) -> Categories:
        """What is stated, and everything there is where nothing is."""
        known = SetDictionary(list(said.sets))
        everything = np.int32(known.place(whole))
        return cls(
            np.where(said.stated, said.places, everything),
            tuple(known.sets),
            ~said.stated,
            conflict,
            perhaps if perhaps is not None and perhaps.stated.any() else None,
        )

    @property
    def said(self) -> CodeColumn:
        return CodeColumn(np.where(self.silent, np.int32(NOBODY_SAID), self.places), self.sets)

    def __len__(self) -> int:
        return len(self.places)

    def at(self, patient: int) -> Codes:
        return Codes(self.sets[int(self.places[patient])])

    def perhaps_at(self, patient: int) -> Codes | None:
        if self.perhaps is None or self.perhaps.places[patient] < 0:
            return None
        return Codes(self.perhaps.sets[int(self.perhaps.places[patient])])

    def between(self, start: int, stop: int) -> Categories:
        held = slice(start, stop)
        perhaps = None if self.perhaps is None else self.perhaps[held]
        return Categories(self.places[held], self.sets, self.silent[held], self.conflict[held], perhaps)


Values: TypeAlias = Numbers | Categories
Said: TypeAlias = NumberColumn | CodeColumn


def nothing_said(domain: Domain, patients: int) -> Said:
    """A column of the domain's sort in which nothing is stated."""
    match domain:
        case NumberDomain():
            return NumberColumn.exactly(np.zeros(patients), np.zeros(patients, np.bool_))
        case CodeDomain():
            return CodeColumn(np.full(patients, NOBODY_SAID, np.int32), ())


def values_of(domain: Domain, said: Said, conflict: Bools, perhaps: Said | None = None) -> Values:
    """What is stated, and everything there is where nothing is."""
    match domain, said, perhaps:
        case NumberDomain(interval=interval), NumberColumn(), (NumberColumn() | None):
            return Numbers.said_by(said, interval, conflict, perhaps)
        case CodeDomain(codes=codes), CodeColumn(), (CodeColumn() | None):
            return Categories.said_by(said, codes, conflict, perhaps)
    raise TypeError("numbers and categories are never two sources of one fact")


def placed(held: Said, patients: Ids, many: int, elsewhere: Possible | None = None) -> Said:
    """A column for ``many`` patients that states these values of these patients, and nothing else.

    What nobody states reads as ``elsewhere``.
    """
    match held:
        case NumberColumn():
            rest = elsewhere if isinstance(elsewhere, Interval) else Interval(0.0, 0.0)
            ends = (held.low, rest.low), (held.high, rest.high)
            marks = (held.low_open, rest.low_open), (held.high_open, rest.high_open), (held.stated, False)
            low, high = (_scattered(values, patients, many, other) for values, other in ends)
            return NumberColumn(
                low, high, *(_scattered(values, patients, many, other) for values, other in marks)
            )
        case CodeColumn():
            places = np.full(many, NOBODY_SAID, np.int32)
            places[patients] = held.places
            return CodeColumn(places, held.sets)


_S = TypeVar("_S", np.float64, np.bool_)


def _scattered(values: npt.NDArray[_S], patients: Ids, many: int, elsewhere: float) -> npt.NDArray[_S]:
    found = np.full(many, elsewhere, values.dtype)
    found[patients] = values
    return found


def only(held: Said, where: Bools) -> Said:
    """What is stated of these patients."""
    match held:
        case NumberColumn():
            return replace(held, stated=held.stated & where)
        case CodeColumn():
            return CodeColumn(np.where(where, held.places, np.int32(NOBODY_SAID)), held.sets)


def either(first: Said, second: Said) -> Said:
    """The values of one or the other, for each patient; where one states nothing, those of the other."""
    match first, second:
        case NumberColumn(), NumberColumn():
            low, low_open = _outer(first, second, first.low, second.low, first.low_open, second.low_open)
            high, high_open = _outer(
                first, second, -first.high, -second.high, first.high_open, second.high_open
            )
            return NumberColumn(low, -high, low_open, high_open, first.stated | second.stated)
        case CodeColumn(), CodeColumn():
            known = SetDictionary(list(first.sets))
            others = np.array([*(known.place(each) for each in second.sets), NOBODY_SAID], np.int32)
            more = others[second.places]
            places = np.where(first.stated, first.places, more)
            both = np.flatnonzero(first.stated & second.stated)
            if len(both):
                places[both] = known.paired(first.places[both], more[both], frozenset.union)
            return CodeColumn(places, tuple(known.sets))
    raise TypeError("numbers and categories are never two sources of one fact")


def _outer(
    first: NumberColumn, second: NumberColumn, one: Floats, other: Floats, open_one: Bools, open_other: Bools
) -> tuple[Floats, Bools]:
    """The lower of two ends, closed where both are there and one of them is closed."""
    from_one = first.stated & (~second.stated | (one <= other))
    from_other = second.stated & (~first.stated | (other <= one))
    opened = (open_one | ~from_one) & (open_other | ~from_other)
    return np.where(from_one, one, other), opened


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
        joined = [
            self.place(join(self.sets[pair >> 32], self.sets[pair & 0xFFFFFFFF])) for pair in pairs.tolist()
        ]
        return np.array(joined, np.int32)[where]


def clipped_numbers(held: NumberColumn, domain: Interval) -> NumberColumn:
    """Only what the domain allows; a value wholly outside it stays as it is."""
    if not len(held) or (held.low.min() > domain.low and held.high.max() < domain.high):
        return held
    closed = not (domain.low_open or domain.high_open)
    if closed and held.low.min() >= domain.low and held.high.max() <= domain.high:
        return held
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
    empty: Bools = (low > high) | ((low == high) & (low_open | high_open))
    return empty


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


def codes_together(held: CodeColumn, groups: Groups, agreeing: Bools) -> tuple[CodeColumn, Bools]:
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
