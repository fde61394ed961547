"""Features over lists of presence and absence, for every patient of a frame: counts, times, extremes, totals.

A list that nobody called complete may hold more than it shows, and a record that matches only possibly may or
may not belong; each result holds every number that could come of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from matcher.domain.dates import TimeUnit
from matcher.domain.possible import DENIED, Interval, Possible
from matcher.domain.profile import STATED_WHOLE
from matcher.domain.record import DENIABLE
from matcher.engines.columnar.arrays import (
    MET,
    Bools,
    Days,
    Floats,
    Ids,
    Index,
    counted,
    greatest,
    present,
)
from matcher.engines.columnar.column import CodeColumn, Members, SpanColumn
from matcher.engines.columnar.days import AFTER_ALL, BEFORE_ALL, FIRST_DAY, LAST_DAY, elapsed
from matcher.engines.columnar.filters import Reading
from matcher.engines.columnar.possible import Categories, Numbers, Values
from matcher.engines.columnar.records import Records, component_extremes
from matcher.engines.columnar.rounding import rounded
from matcher.features.kind import Count, Extreme, Since, Total, closing


@dataclass(frozen=True, slots=True)
class _Selection:
    """The matching records by number, ``certain`` some of the ``members``, and what is known of each list."""

    records: Records
    members: Index
    rows: Ids
    certain: Bools
    open: Bools
    silent: Bools
    contradicted: Bools

    @property
    def certain_rows(self) -> Ids:
        return self.rows[self.certain]


def _select(
    kind: Count | Since | Extreme | Total, reading: Reading, horizon: Days | None = None
) -> _Selection:
    """What matches in the history up to today, or up to an earlier horizon."""
    records = reading.records(kind.table)
    matching = reading.candidates(kind.table, kind.where)
    if horizon is None:
        verdicts = reading.present(records, matching)
    else:
        verdicts = np.minimum(matching.verdicts, reading.exists(records, matching.records, horizon))
    kept = np.flatnonzero(verdicts)
    members = matching.records[kept]
    rows, certain = records.rows[members], verdicts[kept] == MET
    said_until = _absent_until(records, closing(kind), reading)
    covered = said_until > BEFORE_ALL
    complete = records.table.complete
    if kind.table in STATED_WHOLE:
        complete = np.ones(len(reading), np.bool_)
    is_open = ~covered if complete is None else ~(covered | complete)
    return _Selection(
        records,
        members,
        rows,
        certain,
        is_open,
        is_open & ~present(rows, len(reading)),
        _contradicted(records, kind.target, members, rows, len(reading)),
    )


def _contradicted(
    records: Records, target: Members | None, members: Index, rows: Ids, patients: int
) -> Bools:
    """The patients of whom another statement denies what of a record is asked for."""
    found = np.zeros(patients, np.bool_)
    for name in DENIABLE:
        if not records.has(name):
            continue
        if name == "components":
            held = records.components(name)
            each = _denied(held.components, target).astype(np.float64)
            denied = component_extremes(np.maximum, each, held.offsets, 0.0)[members] > 0
        else:
            # An alteration is denied as a whole, of whichever kind.
            denied = _denied(records.codes(name)[members], None if name == "gene" else target)
        found[rows[denied]] = True
    return found


def _denied(held: CodeColumn, target: Members | None) -> Bools:
    denied = [DENIED in each and (target is None or bool(each & target)) for each in held.sets]
    return np.array([*denied, False], np.bool_)[held.places]


def _absent_until(records: Records, targets: tuple[Members, ...], reading: Reading) -> Days:
    """The last day of the latest statement that none of one of these is present; before all days without one."""
    absences, nobody = records.table.absences, np.full(len(reading), BEFORE_ALL, np.int32)
    if not targets or absences is None:
        return nobody
    covers = np.array([any(target <= codes for target in targets) for codes in absences.codes.sets], np.bool_)
    on, rows = absences.on, absences.rows
    stated = ~on.stated | (on.first <= reading.frame.as_of[rows])
    held = np.flatnonzero(covers[absences.codes.places] & stated)
    until = np.where(on.stated, on.last, np.int32(AFTER_ALL))[held]
    return greatest(rows[held], until, len(reading), BEFORE_ALL)


def count(kind: Count, reading: Reading) -> Numbers:
    """How many records match: no fewer than the certain ones, no more than those and the possible ones."""
    chosen = _select(kind, reading)
    if kind.distinct is None:
        low, high = counted(chosen.certain_rows, len(reading)), counted(chosen.rows, len(reading))
    else:
        low, high, proving = _distinct(kind.distinct, chosen, reading.records(kind.table), len(reading))
    high[chosen.open] = inf
    contradicted = chosen.contradicted
    if kind.ordinal and kind.distinct is not None:
        proving[chosen.open] = inf
        low, high, beyond = _numbered(kind.distinct, chosen, reading, (low, high), proving)
        contradicted = contradicted | beyond
    return Numbers.closed(low, high, chosen.silent, contradicted)


def _numbered(
    field: str, chosen: _Selection, reading: Reading, ends: tuple[Floats, Floats], proving: Floats
) -> tuple[Floats, Floats, Bools]:
    """A fourth one proves four, unless the list may hold fewer: both are possible, and a conflict if it does.

    ``proving`` are the most that the list holds for certain. One that is only possibly the fourth, or of which nobody
    can read the number, leaves four possible.
    """
    low, high = ends
    numbers = chosen.records.numbers(field)[chosen.members]
    first = np.where(numbers.stated & chosen.certain, numbers.low, 0.0)
    last = np.where(numbers.stated, numbers.high, 0.0)
    proved = greatest(chosen.rows, first, len(reading), 0.0)
    highest = greatest(chosen.rows, last, len(reading), 0.0)
    low = np.where(proved <= proving, np.maximum(low, proved), low)
    return low, np.maximum(high, highest), proved > high


def _distinct(
    field: str, chosen: _Selection, records: Records, patients: int
) -> tuple[Floats, Floats, Floats]:
    """Certain are the distinct values stated, one if anything matched; possible adds those without a value.

    The last are the most that there can be of the certain records.
    """
    if records.is_numeric(field):
        numbers = records.numbers(field)[chosen.members]
        stated, values = numbers.stated & (numbers.low == numbers.high), numbers.low
    else:
        codes = records.codes(field)[chosen.members]
        single = np.array([*(len(each) == 1 for each in codes.sets), False])
        stated, values = single[codes.places], codes.places.astype(np.float64)

    def different(held: Bools) -> Floats:
        rows, of = chosen.rows[held], values[held]
        order = np.lexsort((of, rows))
        rows, of = rows[order], of[order]
        new = np.ones(len(rows), np.bool_)
        new[1:] = (rows[1:] != rows[:-1]) | (of[1:] != of[:-1])
        return counted(rows[new], patients)

    certain = different(stated & chosen.certain)
    anything = np.minimum(counted(chosen.certain_rows, patients), 1.0)
    sure = certain + counted(chosen.rows[~stated & chosen.certain], patients)
    most = different(stated) + counted(chosen.rows[~stated], patients)
    return np.maximum(certain, anything), most, sure


def since(kind: Since, reading: Reading) -> Numbers:
    """Time from the last matching record to the reference day; never is infinity."""
    reference, today = reading.reference(kind.events), reading.frame.as_of
    chosen = _select(kind, reading, np.minimum(today, reference.last))
    records = reading.records(kind.table)
    days: SpanColumn = reading.last_days(records, kind.field, chosen.members, kind.events)
    # Of an event whose day is not known, a record may lie before it or after it: then it bounds nothing.
    already = reading.exists(records, chosen.members, np.minimum(today, reference.first)) == MET
    bounding = chosen.certain & already
    last_known = greatest(chosen.rows[bounding], days.first[bounding], len(reading), BEFORE_ALL)
    possibly_last = greatest(chosen.rows, days.last, len(reading), BEFORE_ALL)

    known = last_known > BEFORE_ALL
    longest = np.where(known, _elapsed(last_known, reference.last, kind.unit), inf)
    # A course nobody entered may run up to that very day; what only happened did so by the as-of day.
    entered_until = np.minimum(today, reference.first) if kind.field == "start" else reference.first
    unlisted = np.maximum(elapsed(entered_until, reference.first, kind.unit), 0.0)
    shortest = np.where(chosen.open, unlisted, inf)
    nearest = np.maximum(_elapsed(possibly_last, reference.first, kind.unit), 0.0)
    shortest = np.where(possibly_last > BEFORE_ALL, np.minimum(shortest, nearest), shortest)
    longest = np.where(shortest == inf, inf, longest)
    return Numbers.closed(np.minimum(shortest, longest), longest, chosen.silent, chosen.contradicted)


def _elapsed(start: Days, end: Days, unit: TimeUnit) -> Floats:
    limitless = (start <= FIRST_DAY) | (end == LAST_DAY)
    return np.where(limitless, inf, elapsed(np.maximum(start, FIRST_DAY), end, unit))


def extreme(kind: Extreme, whole: Possible, reading: Reading) -> Values:
    """The highest or lowest value over the matching records."""
    domain = Interval(0, float(len(kind.order) - 1)) if kind.order else whole
    if not isinstance(domain, Interval):
        raise TypeError("an extreme of categories needs their order")
    chosen = _select(kind, reading)
    lows, highs = _ranked(kind, domain, reading.records(kind.table), chosen.members)
    if kind.highest:
        worst, best = domain.low if kind.none is None else kind.none, domain.high
    else:
        # Turned about, the lowest is the highest.
        lows, highs = -highs, -lows
        worst, best = -(domain.high if kind.none is None else kind.none), -domain.low
    low = greatest(chosen.certain_rows, lows[chosen.certain], len(reading), worst)
    high = greatest(chosen.rows, highs, len(reading), worst)
    high = np.where(chosen.open, np.maximum(high, best), high)
    low, high = np.minimum(low, high), np.maximum(low, high)
    if not kind.highest:
        low, high = -high, -low
    if kind.order:
        return _between(kind.order, low, high, chosen)
    return Numbers.closed(low, high, chosen.silent, chosen.contradicted)


def _ranked(kind: Extreme, domain: Interval, records: Records, members: Index) -> tuple[Floats, Floats]:
    """The ends of each record's value; of a category, its place in the order."""
    if not kind.order:
        numbers = records.numbers(kind.field)[members]
        stated = numbers.stated
        return np.where(stated, numbers.low, domain.low), np.where(stated, numbers.high, domain.high)
    codes = records.codes(kind.field)[members]
    ends: list[tuple[float, float]] = []
    for each in codes.sets:
        ranks = [kind.order.index(code) for code in each if code in kind.order]
        known = len(ranks) == len(each)  # a response that was not evaluable could be any
        ends.append((float(min(ranks)), float(max(ranks))) if known else (1.0, domain.high))
    # A course that was given has some response, only not a known one.
    ends.append((min(domain.low + 1, domain.high), domain.high))
    bounds = np.array(ends)[codes.places]
    return bounds[:, 0], bounds[:, 1]


def _between(order: tuple[str, ...], low: Floats, high: Floats, chosen: _Selection) -> Categories:
    """All codes of the order from the one place to the other."""
    pairs = low.astype(np.int64) * len(order) + high.astype(np.int64)
    distinct, places = np.unique(pairs, return_inverse=True)
    sets = tuple(frozenset(order[pair // len(order) : pair % len(order) + 1]) for pair in distinct.tolist())
    return Categories(places.astype(np.int32), sets, chosen.silent, chosen.contradicted)


def total(kind: Total, reading: Reading) -> Numbers:
    """The sum over the matching records; a possible one counts from zero, an open list has no upper end."""
    chosen = _select(kind, reading)
    numbers = reading.records(kind.table).numbers(kind.field)[chosen.members]
    lows, highs = np.where(numbers.stated, numbers.low, 0.0), np.where(numbers.stated, numbers.high, inf)
    # In this order: a sum of floating-point numbers depends on it.
    order = np.concatenate((np.flatnonzero(chosen.certain), np.flatnonzero(~chosen.certain)))
    low = _summed(chosen.certain_rows, lows[chosen.certain], len(reading))
    high = _summed(chosen.rows[order], highs[order], len(reading))
    high[chosen.open] = inf
    return Numbers.closed(low, high, chosen.silent, chosen.contradicted)


def _summed(rows: Ids, values: Floats, patients: int) -> Floats:
    return rounded(np.bincount(rows, values, patients).astype(np.float64))
