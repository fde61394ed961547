"""The value of each kind of feature, for every patient of a frame."""

from __future__ import annotations

import numpy as np

from matcher.domain.dates import Duration, TimeUnit
from matcher.domain.possible import NOT_UNDERSTOOD, UNREAD, Interval
from matcher.engines.columnar import formulas, listed
from matcher.engines.columnar.arrays import (
    MET,
    NOT_MET,
    Bools,
    Days,
    Groups,
    Ids,
    Index,
    Verdicts,
    greatest,
    one_each,
    present,
    verdicts_of,
)
from matcher.engines.columnar.column import CodeColumn, NumberColumn
from matcher.engines.columnar.days import BEFORE_ALL, FIRST_DAY, before, completed
from matcher.engines.columnar.filters import Dated, Reading
from matcher.engines.columnar.possible import (
    Numbers,
    Said,
    SetDictionary,
    Values,
    clipped_numbers,
    codes_together,
    either,
    is_exact,
    nothing_said,
    numbers_together,
    only,
    placed,
    values_of,
)
from matcher.features.kind import (
    Age,
    CodeDomain,
    Count,
    Domain,
    Extreme,
    Feature,
    FirstOf,
    Formula,
    Latest,
    NumberDomain,
    Since,
    SinceDay,
    Total,
)


def find(feature: Feature, reading: Reading) -> Values:
    """The feature's possible values."""
    match feature.kind:
        case Latest() as kind:
            return _latest(kind, feature.domain, reading)
        case Age():
            return _age(feature.domain, reading)
        case SinceDay() as kind:
            return _since_day(kind, reading)
        case Formula() as kind:
            return formulas.evaluate(kind.name, [_part(each, reading) for each in kind.inputs])
        case FirstOf() as kind:
            return _first_of(kind, feature.domain, reading)
        case Count() as kind:
            return listed.count(kind, reading)
        case Since() as kind:
            return listed.since(kind, reading)
        case Extreme() as kind:
            return listed.extreme(kind, feature.domain.whole, reading)
        case Total() as kind:
            return listed.total(kind, reading)


def _part(feature: Feature, reading: Reading) -> Values:
    """A feature that others are made of, which are often several."""
    if feature not in reading.parts:
        reading.parts[feature] = find(feature, reading)
    return reading.parts[feature]


def _age(domain: Domain, reading: Reading) -> Values:
    birth, today = reading.frame.birth, reading.frame.as_of
    youngest = np.maximum(completed(birth.last, today, TimeUnit.YEARS), 0.0)
    same = birth.first is birth.last
    oldest = youngest if same else np.maximum(completed(birth.first, today, TimeUnit.YEARS), 0.0)
    closed = np.zeros(len(reading), np.bool_)
    said = NumberColumn(youngest, oldest, closed, closed, birth.stated)
    return values_of(domain, said, closed)


def _since_day(kind: SinceDay, reading: Reading) -> Values:
    today = reading.frame.as_of.astype(np.float64)
    least, most = today - kind.last.toordinal(), today - kind.first.toordinal()
    return Numbers.closed(least, most, np.zeros(len(reading), np.bool_))


def _first_of(kind: FirstOf, domain: Domain, reading: Reading) -> Values:
    """The first source that speaks; what an earlier one may say is possible too."""
    said, perhaps = nothing_said(domain, len(reading)), nothing_said(domain, len(reading))
    conflict = np.zeros(len(reading), np.bool_)
    for source in kind.sources:
        asked = ~said.stated
        if not asked.any():
            break
        found = _part(source, reading)
        conflict |= found.conflict & asked
        speaking = asked & ~found.silent
        said = either(said, either(only(found.said, speaking), only(perhaps, speaking)))
        if found.perhaps is not None:
            perhaps = either(perhaps, found.perhaps)
    return values_of(domain, said, conflict, only(perhaps, ~said.stated))


def _latest(kind: Latest, domain: Domain, reading: Reading) -> Values:
    """The latest record's field: every record that could be the latest counts as a possible one.

    Two records of the same day are two sources of one fact; an undated record is taken as current unless a
    dated one stands beside it.
    """
    records = reading.records(kind.table)
    numeric = isinstance(domain, NumberDomain)
    column: Said = records.numbers(kind.field) if numeric else records.codes(kind.field)
    dated = _dated(kind, column, reading)
    held, rows, verdicts, first, last = dated.records, dated.rows, dated.verdicts, dated.first, dated.last
    if not len(held):
        return _nothing(domain, reading)
    if kind.within is not None:
        in_window = _in_window(kind.within, kind.events, dated, reading)
        verdicts = np.minimum(verdicts, in_window)
        kept = np.flatnonzero(in_window)
        if len(kept) < len(held):
            held, rows, verdicts = held[kept], rows[kept], verdicts[kept]
            first, last = first[kept], last[kept]
    certain = verdicts == MET
    if one_each(rows):
        groups, spoken, agreeing = Groups.of(rows), certain, certain
    else:
        newest = greatest(rows[certain], first[certain], len(reading), BEFORE_ALL)
        current = np.flatnonzero(last >= newest[rows])
        held, groups = held[current], Groups.of(rows[current])
        agreeing = _one_day(groups, first[current], last[current], verdicts[current])
        spoken = newest[groups.patients] > BEFORE_ALL
    together, conflict = _together(column[held], domain, groups, agreeing)
    return _spoken(domain, len(reading), groups.patients, together, (spoken, conflict))


def _in_window(within: Duration, events: tuple[str, ...], dated: Dated, reading: Reading) -> Verdicts:
    """Whether each record lies within this time of the as-of day, or before a planned event and not after it."""
    rows, first, last = dated.rows, dated.first, dated.last
    if not events:
        oldest = before(within, reading.frame.as_of)[rows]
        return verdicts_of(first >= oldest, last >= oldest)
    event = reading.reference(events)
    earliest, latest = before(within, event.first)[rows], before(within, event.last)[rows]
    possible = (last >= earliest) & (first <= event.last[rows])
    return verdicts_of((first >= latest) & (last <= event.first[rows]), possible)


def _dated(kind: Latest, column: Said, reading: Reading) -> Dated:
    """The records with this field and their days, whatever the window."""
    key = (kind.table, kind.where, kind.field)
    if key not in reading.dated:
        records, matching = reading.records(kind.table), reading.candidates(kind.table, kind.where)
        verdicts = reading.present(records, matching)
        kept = np.flatnonzero((verdicts > NOT_MET) & column.stated[matching.records])
        held = matching.records[kept]
        rows = records.rows[held]
        first, last = _days(held, rows, reading, kind.table)
        reading.dated[key] = Dated(held, rows, verdicts[kept], first, last)
    return reading.dated[key]


def _nothing(domain: Domain, reading: Reading) -> Values:
    if domain not in reading.nothing:
        nobody, neither = np.empty(0, np.int32), np.empty(0, np.bool_)
        reading.nothing[domain] = _spoken(
            domain, len(reading), nobody, nothing_said(domain, 0), (neither, neither)
        )
    return reading.nothing[domain]


def _days(held: Index, rows: Ids, reading: Reading, table: str) -> tuple[Days, Days]:
    """The day of each record, none after today; of an undated one any day where others are dated, else today."""
    began, today = reading.records(table).begins()[held], reading.frame.as_of[rows]
    if began.stated.all():
        return began.first, np.minimum(began.last, today)
    dated = present(rows[began.stated], len(reading))
    undated = np.where(dated[rows], np.int32(FIRST_DAY), today)
    first = np.where(began.stated, began.first, undated)
    return first, np.where(began.stated, np.minimum(began.last, today), today)


def _spoken(domain: Domain, many: int, patients: Ids, held: Said, marks: tuple[Bools, Bools]) -> Values:
    """What these patients' records say: for certain where ``marks`` first has it, against themselves second."""
    spoken, contradicted = marks
    conflict = np.zeros(many, np.bool_)
    conflict[patients[contradicted]] = True
    perhaps = None
    if not spoken.all():
        perhaps = placed(_some(held, ~spoken), patients[~spoken], many)
        held, patients = _some(held, spoken), patients[spoken]
    everything = domain.whole
    match placed(held, patients, many, everything), perhaps, everything:
        case NumberColumn() as said, (NumberColumn() | None) as may, Interval() as interval:
            ends = said.low, said.high, said.low_open, said.high_open
            return Numbers(*ends, ~said.stated, conflict, may, interval if is_exact(said) else None)
        case CodeColumn() as said, (CodeColumn() | None) as may, _:
            return values_of(domain, said, conflict, may)
    raise TypeError("numbers and categories are never two sources of one fact")


def _some(held: Said, which: Bools) -> Said:
    return held[np.flatnonzero(which)]


def _one_day(groups: Groups, first: Days, last: Days, verdicts: Verdicts) -> Bools:
    """The patients whose records all certainly belong and fall on one known day."""
    if not len(groups) or groups.single:
        return np.ones(len(groups), np.bool_)
    same: Bools = np.maximum.reduceat(last, groups.starts) == np.minimum.reduceat(first, groups.starts)
    certain: Bools = np.minimum.reduceat(verdicts, groups.starts) == MET
    return np.logical_and(same, certain)


def _readable(unread: Bools, groups: Groups, agreeing: Bools) -> Bools:
    """Where all sources agree that could be read: beside one that nobody can read none is believed."""
    if not unread.any():
        return agreeing
    return agreeing & ~np.logical_or.reduceat(unread, groups.starts)


def _together(held: Said, domain: Domain, groups: Groups, agreeing: Bools) -> tuple[Said, Bools]:
    """What the records of each patient say together, each taken only as far as the domain allows."""
    match held, domain:
        case NumberColumn(), NumberDomain(interval=interval):
            unread = (held.low == UNREAD.low) & (held.high == UNREAD.high)
            return numbers_together(
                clipped_numbers(held, interval), groups, _readable(unread, groups, agreeing)
            )
        case CodeColumn(), CodeDomain(codes=codes):
            known = SetDictionary(list(held.sets))
            everything = codes | {NOT_UNDERSTOOD}
            places = known.mapped(
                held.places, lambda each: everything if NOT_UNDERSTOOD in each else each & codes or each
            )
            unread = np.array([NOT_UNDERSTOOD in each for each in known.sets], np.bool_)[places]
            agreeing = _readable(unread, groups, agreeing)
            return codes_together(CodeColumn(places, tuple(known.sets)), groups, agreeing)
    raise TypeError(f"{domain.whole} is no domain of this field")
