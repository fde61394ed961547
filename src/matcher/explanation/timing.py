"""When time alone would clear the way: the earliest day, or span of days, per planned event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf

from matcher.domain.dates import Duration, TimeUnit
from matcher.domain.possible import Interval, Limit, Op
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock
from matcher.engines.reference import walk
from matcher.engines.reference.filters import last_day, matches, reference_day
from matcher.explanation.answer import EarliestDate
from matcher.features.kind import Since
from matcher.rules.candidate import Criterion
from matcher.rules.graph import Graph, Read, Test
from matcher.standing.standing import Standing, StandingKind

_HORIZON = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class _Washout:
    """A lower bound on time since something, and the days on which it is first possibly and certainly met."""

    event: str
    first: date
    last: date


def earliest(standing: Standing, graph: Graph, profile: Profile) -> tuple[EarliestDate, ...]:
    """One date for today's question where a washout runs, and one for each planned event without a date."""
    dates: list[EarliestDate] = []
    if standing.kind is StandingKind.NOT_YET:
        today = _today(standing, graph, profile)
        dates += [today] if today else []
    dates += _planned(standing, graph, profile)
    return tuple(dates)


def _today(standing: Standing, graph: Graph, profile: Profile) -> EarliestDate | None:
    """The first day on which nothing that time can change still blocks, confirmed by evaluating on that day."""
    blocking = [each.criterion for each in standing.blocking]
    if not blocking or not all(each.recoverable_by_time for each in blocking):
        return None
    washouts = _washouts(blocking, graph, profile, planned=False)
    days = sorted({day for each in washouts for day in (each.first, each.last)})
    roots = standing.cohort.cohort.roots if standing.cohort else standing.candidate.roots
    assert roots is not None
    nodes = graph.below(roots.screening)
    verdicts: dict[date, Verdict] = {}
    for day in days:
        if day > profile.as_of:
            found, _ = walk(graph, profile, Clock(profile.as_of, day), nodes)
            verdicts[day] = found[roots.screening]
    free = [day for day, verdict in verdicts.items() if verdict is not Verdict.NOT_MET]
    if not free:
        return None
    final = verdicts[max(verdicts)]
    settled = [day for day in free if verdicts[day] is final]
    return EarliestDate("", min(free).isoformat(), min(settled, default=min(free)).isoformat())


def _planned(standing: Standing, graph: Graph, profile: Profile) -> list[EarliestDate]:
    """For each undated event, the day from which every washout before it is long enough."""
    washouts = _washouts([each.criterion for each in standing.unknown], graph, profile, planned=True)
    dates: list[EarliestDate] = []
    for event in dict.fromkeys(each.event for each in washouts):
        mine = [each for each in washouts if each.event == event]
        first, last = max(each.first for each in mine), max(each.last for each in mine)
        if last > profile.as_of:
            dates.append(EarliestDate(event, max(first, profile.as_of).isoformat(), last.isoformat()))
    return dates


def _washouts(
    criteria: Sequence[Criterion], graph: Graph, profile: Profile, *, planned: bool
) -> list[_Washout]:
    found: list[_Washout] = []
    for node in graph.below(*(each.satisfied for each in criteria)):
        test = graph[node]
        if not isinstance(test, Test):
            continue
        read = graph[test.value]
        if not isinstance(read, Read) or not isinstance(read.feature.kind, Since):
            continue
        kind = read.feature.kind
        undated = (
            bool(kind.events)
            and reference_day(profile, kind.events, Clock.at(profile.as_of)).last == date.max
        )
        if undated is planned and (planned or not kind.events):
            found += _flip(kind, test.op, test.limit, profile)
    return found


def _flip(kind: Since, op: Op, limit: Limit, profile: Profile) -> list[_Washout]:
    """The days on which the time since the last known record passes the limit."""
    if not isinstance(limit, float) or limit == inf:
        return []
    clock = Clock.at(profile.as_of)
    reference = reference_day(profile, (), clock)
    records = [
        record
        for record in profile.table(kind.table)
        if matches(record, kind.where, profile, clock) is Verdict.MET
    ]
    if not records:
        return []
    spans = [last_day(record, kind.field, reference, clock) for record in records]
    latest = Interval(
        float(max(span.first for span in spans).toordinal()),
        float(max(span.last for span in spans).toordinal()),
    )
    extra = 1 if op in (Op.ABOVE, Op.AT_MOST) else 0
    first, last = (
        _passed(date.fromordinal(int(day)), limit, kind.unit, extra) for day in (latest.low, latest.high)
    )
    if first > profile.as_of + _HORIZON:
        return []
    return [_Washout(kind.events[-1] if kind.events else "", first, last)]


def _passed(day: date, limit: float, unit: TimeUnit, extra: int) -> date:
    reached = Duration(int(limit), unit).after(day)
    return reached + timedelta(days=extra) if reached < date.max - timedelta(days=1) else reached
