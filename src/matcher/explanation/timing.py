"""When time alone would clear the way: the earliest day, or span of days, per planned event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf

from matcher.domain.dates import Duration, TimeUnit
from matcher.domain.possible import Interval, Limit, Op
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict, all_of
from matcher.engines.base import Clock
from matcher.engines.reference import walk
from matcher.engines.reference.filters import belongs, last_day, reference_day
from matcher.explanation.answer import EarliestDate
from matcher.features.kind import Since
from matcher.rules.candidate import Criterion
from matcher.rules.graph import Graph, NodeId, Read, Test
from matcher.standing.standing import Standing, StandingKind

_HORIZON = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class _Washout:
    """A lower bound on time since something, and the days on which it is first possibly and certainly met."""

    event: str
    first: date
    last: date


class TimeTests:
    """A graph, and the tests on time since something below each of its nodes, looked up once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._below: dict[NodeId, list[tuple[NodeId, Test, Since]]] = {}

    def below(self, nodes: Iterable[NodeId]) -> list[tuple[Test, Since]]:
        """In order of evaluation."""
        found: dict[NodeId, tuple[Test, Since]] = {}
        for node in nodes:
            for number, test, kind in self._of(node):
                found[number] = test, kind
        return [found[number] for number in sorted(found)]

    def _of(self, node: NodeId) -> list[tuple[NodeId, Test, Since]]:
        found = self._below.get(node)
        if found is None:
            found = []
            for number in self.graph.below(node):
                test = self.graph[number]
                read = self.graph[test.value] if isinstance(test, Test) else None
                if isinstance(test, Test) and isinstance(read, Read) and isinstance(read.feature.kind, Since):
                    found.append((number, test, read.feature.kind))
            self._below[node] = found
        return found


def earliest(standing: Standing, tests: TimeTests, profile: Profile) -> tuple[EarliestDate, ...]:
    """One date for today's question where a washout runs, and one for each planned event it concerns.

    An event concerns it that is planned too early, or that has no date yet.
    """
    blocking = [each.criterion for each in standing.blocking]
    open_ones = [each.criterion for each in standing.unknown]
    dates: list[EarliestDate] = []
    if standing.kind is StandingKind.NOT_YET and all(each.recoverable_by_time for each in blocking):
        today = _today(blocking, standing, tests, profile)
        dates += [today] if today else []
        dates += _for_events(_washouts(blocking, tests, profile, of_events=True), profile)
    undated = [
        each
        for each in _washouts(open_ones, tests, profile, of_events=True)
        if _is_undated(each.event, profile)
    ]
    return tuple(dict.fromkeys([*dates, *_for_events(undated, profile)]))


def _today(
    blocking: Sequence[Criterion], standing: Standing, tests: TimeTests, profile: Profile
) -> EarliestDate | None:
    """The first day on which nothing that time can change still blocks, confirmed by evaluating on that day."""
    washouts = _washouts(blocking, tests, profile, of_events=False)
    days = sorted({day for each in washouts for day in (each.first, each.last) if day > profile.as_of})
    roots = standing.cohort.cohort.roots if standing.cohort else standing.candidate.roots
    assert roots is not None
    # A washout before a planned event does not end with today's: then only the others are asked.
    waiting = [each.satisfied for each in blocking if not _washouts([each], tests, profile, of_events=True)]
    wanted = [roots.screening] if len(waiting) == len(blocking) else waiting
    nodes = tests.graph.below(*wanted, *(each.satisfied for each in blocking))
    free: list[date] = []
    certain: list[date] = []
    for day in days:
        found, _ = walk(tests.graph, profile, Clock(profile.as_of, day), nodes)
        if all_of(found[each] for each in wanted) is not Verdict.NOT_MET:
            free.append(day)
            # What other facts leave open is not a matter of time: only the washouts make a day certain.
            if all_of(found[each] for each in waiting) is Verdict.MET:
                certain.append(day)
    if not free:
        return None
    return EarliestDate("", min(free).isoformat(), min(certain).isoformat() if certain else "")


def _for_events(washouts: Sequence[_Washout], profile: Profile) -> list[EarliestDate]:
    """For each planned event, the day from which every washout before it is long enough."""
    dates: list[EarliestDate] = []
    for event in dict.fromkeys(each.event for each in washouts):
        mine = [each for each in washouts if each.event == event]
        first, last = max(each.first for each in mine), max(each.last for each in mine)
        if last > profile.as_of:
            dates.append(EarliestDate(event, max(first, profile.as_of).isoformat(), last.isoformat()))
    return dates


def _is_undated(event: str, profile: Profile) -> bool:
    return all(each.name != event for each in profile.events)


def _washouts(
    criteria: Sequence[Criterion], tests: TimeTests, profile: Profile, *, of_events: bool
) -> list[_Washout]:
    return [
        each
        for test, kind in tests.below(each.satisfied for each in criteria)
        if bool(kind.events) is of_events
        for each in _flip(kind, test.op, test.limit, profile)
    ]


def _flip(kind: Since, op: Op, limit: Limit, profile: Profile) -> list[_Washout]:
    """The days on which the time since the last known record passes the limit."""
    if not isinstance(limit, float) or limit == inf:
        return []
    clock = Clock.at(profile.as_of)
    reference = reference_day(profile, (), clock)
    records = [
        record
        for record in profile.table(kind.table)
        if belongs(record, kind.where, profile, clock, profile.as_of) is Verdict.MET
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
