"""When time alone would clear the way: the first day on which it may, and the first on which it does, per event.

Every day that is given was found by evaluating the criteria on it, and on the day before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from math import ceil, floor, inf

from matcher.domain.dates import DateSpan, Duration
from matcher.domain.possible import Limit
from matcher.domain.profile import Profile
from matcher.domain.record import Event, Listing, Record
from matcher.domain.verdict import Verdict, all_of
from matcher.engines.base import Clock
from matcher.engines.reference import walk
from matcher.engines.reference.filters import belongs, last_day
from matcher.explanation.answer import EarliestDate
from matcher.explanation.facts import text_of
from matcher.features.kind import Age, Ago, Feature, FirstOf, Formula, Latest, Recent, Since, SinceDay
from matcher.rules.candidate import Criterion, Role
from matcher.rules.graph import Graph, NodeId, Read
from matcher.rules.lowering import washouts
from matcher.standing.standing import OPEN, Standing, StandingKind
from matcher.vocabulary.course_text import is_blinded

# Days are found by trying and not by adding. A washout is seldom alone: there is an `any` of two, an `if`, a course of
# which only the month of its end is known, an event that another has to precede. "Last dose plus 28 days" is then
# neither the first day on which the criterion may hold nor the first on which it does, and one printed date that is
# too early costs a patient the infusion. So limits only propose days; each proposal is put into the record, the
# criteria are evaluated on it and on the day before by the engine that defines them, and nothing is told that this did
# not confirm. There are a few proposals for each limit and record, and so the naive walk is quick enough.
_HORIZON = timedelta(days=3660)
_TODAY = ""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Washout:
    """A lower bound on time since something, up to today or to a planned event."""

    since: Since
    limits: tuple[Limit, ...]

    @property
    def event(self) -> str:
        return self.since.events[-1] if self.since.events else _TODAY


class TimeTests:
    """A graph, and what of each criterion changes while nothing but time passes; looked up once."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._washouts: dict[int, tuple[Criterion, tuple[_Washout, ...]]] = {}
        self._moving: dict[NodeId, frozenset[str]] = {}
        self._below: dict[tuple[NodeId, ...], Sequence[NodeId]] = {}

    def washouts(self, criterion: Criterion) -> tuple[_Washout, ...]:
        """The bounds that time alone can meet."""
        found = self._washouts.get(id(criterion))
        if found is None:
            held = washouts(criterion.condition, easier=criterion.role is Role.INCLUSION)
            found = (
                criterion,
                tuple(
                    _Washout(each.feature.kind, tuple(bound.limit for bound in each.bounds))
                    for each in held
                    if each.feature is not None and isinstance(each.feature.kind, Since)
                ),
            )
            self._washouts[id(criterion)] = found
        return found[1]

    def moving(self, node: NodeId) -> frozenset[str]:
        """The events up to which something below is counted; the empty name is today."""
        found = self._moving.get(node)
        if found is None:
            reads = (self.graph[each] for each in self.graph.below(node))
            found = frozenset().union(
                *(_counted_to(each.feature) for each in reads if isinstance(each, Read))
            )
            self._moving[node] = found
        return found

    def below(self, nodes: Iterable[NodeId]) -> Sequence[NodeId]:
        """In order of evaluation."""
        key = tuple(nodes)
        found = self._below.get(key)
        if found is None:
            found = self._below[key] = self.graph.below(*key)
        return found


def _counted_to(feature: Feature) -> frozenset[str]:
    match feature.kind:
        case Age() | SinceDay():
            return frozenset({_TODAY})
        case Formula(inputs=parts) | FirstOf(sources=parts):
            return frozenset().union(*map(_counted_to, parts))
        case kind:
            spans = [each.events for each in kind.where if isinstance(each, Recent | Ago)]
            spans += [kind.events] if isinstance(kind, Since | Latest) else []
            return frozenset(each[-1] if each else _TODAY for each in spans)


def waits(standing: Standing, tests: TimeTests) -> tuple[Wait, ...]:
    """What is waited for: up to today where a washout runs, and up to each planned event it concerns.

    Only where time alone can decide: what else rules the candidate out, no day changes.
    """
    blocking = [each.criterion for each in standing.blocking]
    in_time = standing.kind is StandingKind.NOT_YET and all(each.recoverable_by_time for each in blocking)
    if not in_time and standing.kind not in OPEN:
        return ()
    waiting = [
        each.criterion
        for each in standing.considered
        if each.satisfied is not Verdict.MET and tests.washouts(each.criterion)
    ]
    events = dict.fromkeys(each.event for criterion in waiting for each in tests.washouts(criterion))
    return tuple(Wait.of(event, waiting, standing, tests) for event in events)


def earliest(waited_for: Iterable[Wait], tests: TimeTests, profile: Profile) -> tuple[EarliestDate, ...]:
    """The days for each of them."""
    found = (_Waiting(each, tests, profile).answer() for each in waited_for)
    return tuple(each for each in found if each is not None)


@dataclass(frozen=True, slots=True)
class Wait:
    """What is waited for up to one event: nodes to be met, and nodes that must not turn."""

    event: str
    washouts: tuple[_Washout, ...]
    wanted: tuple[NodeId, ...]
    others: tuple[NodeId, ...]

    @classmethod
    def of(cls, event: str, waiting: Sequence[Criterion], standing: Standing, tests: TimeTests) -> Wait:
        mine = [each for each in waiting if any(one.event == event for one in tests.washouts(each))]
        wanted = tuple(dict.fromkeys(each.satisfied for each in mine))
        others = (each.criterion.satisfied for each in standing.considered)
        return cls(
            event,
            tuple(one for each in mine for one in tests.washouts(each) if one.event == event),
            wanted,
            tuple(each for each in others if each not in wanted and event in tests.moving(each)),
        )


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One patient who waits."""

    wait: Wait
    tests: TimeTests
    profile: Profile

    def answer(self) -> EarliestDate | None:
        start = self._start()
        days = sorted({start, *(day for day in self._days() if start < day <= start + _HORIZON)})
        if len(days) == 1:
            return None
        may = self._first(days, self.profile, _is_open)
        if may is None:
            return None
        certain = self._first([day for day in days if day >= may], self.profile, _is_met)
        lists: tuple[str, ...] = ()
        if certain is None:
            lists = self._open_lists()
            closed = _closed(self.profile, lists)
            certain = self._first([day for day in days if day >= may], closed, _is_met) if lists else None
        if (certain is None and may == start) or certain == start:
            return None
        return EarliestDate(
            self.wait.event,
            may.isoformat(),
            certain.isoformat() if certain else "",
            already=may == start,
            whatever=self._whatever() if may != certain else "",
            complete=tuple(each.replace("_", " ") for each in lists) if certain else (),
        )

    def _start(self) -> date:
        """The first day that the event could be: none before today, nor before what precedes it."""
        preceding = {name for each in self.wait.washouts for name in each.since.events[:-1]}
        planned = [each.on.first for each in self.profile.events if each.name in preceding]
        return max([self.profile.as_of, *planned])

    def _first(self, days: Sequence[date], profile: Profile, wanted: Mapping[Verdict, bool]) -> date | None:
        """The first of the days on which it is so, or an earlier one that none of them names."""
        found = next((day for day in days if self._is(day, profile, wanted)), None)
        while found is not None and found > days[0] and self._is(found - _DAY, profile, wanted):
            found -= _DAY
        return found

    def _is(self, day: date, profile: Profile, wanted: Mapping[Verdict, bool]) -> bool:
        clock = Clock(profile.as_of, day)
        if self.wait.event:
            others = tuple(each for each in profile.events if each.name != self.wait.event)
            profile = replace(_plain(profile), events=(*others, Event(self.wait.event, DateSpan.on(day))))
            clock = Clock.at(profile.as_of)
        nodes = self.tests.below((*self.wait.wanted, *self.wait.others))
        verdicts, _ = walk(self.tests.graph, profile, clock, nodes)
        if any(verdicts[each] is Verdict.NOT_MET for each in self.wait.others):
            return False
        return wanted[all_of(verdicts[each] for each in self.wait.wanted)]

    def _days(self) -> Iterable[date]:
        """Days on which the time since a record passes a limit, whichever of its days is the last."""
        for washout in self.wait.washouts:
            reached = {day for record in self._members(washout) for day in self._last_days(record, washout)}
            for limit in washout.limits:
                if isinstance(limit, float) and limit != inf:
                    for number in {floor(limit), ceil(limit)}:
                        for day in reached:
                            after = Duration(number, washout.since.unit).after(day)
                            yield from (after, after + _DAY) if after < date.max else ()

    def _members(self, washout: _Washout) -> Iterable[Record]:
        """The records that count, or may."""
        profile, since = self.profile, washout.since
        clock = Clock.at(profile.as_of)
        for record in profile.table(since.table, since.where):
            if belongs(record, since.where, profile, clock, profile.as_of) is not Verdict.NOT_MET:
                yield record

    def _last_days(self, record: Record, washout: _Washout) -> Iterable[date]:
        now = self.profile.as_of
        for day in (now, now + _HORIZON):
            span = last_day(record, washout.since.field, DateSpan.on(day), Clock(now, day))
            yield from (span.first, span.last)
        yield now

    def _open_lists(self) -> tuple[str, ...]:
        """The lists that may hold something more recent: nobody called them complete, or denied just that."""
        wanted = [each.since for each in self.wait.washouts]
        open_ones = (
            each.table for each in wanted if not self.profile.listing(each.table).excludes(each.target)
        )
        return tuple(dict.fromkeys(open_ones))

    def _whatever(self) -> str:
        """What of the records that only may count nobody knows: the arm of a blinded course, or an agent."""
        profile, clock = self.profile, Clock.at(self.profile.as_of)
        open_ones = dict.fromkeys(
            record
            for washout in self.wait.washouts
            for record in self._members(washout)
            if belongs(record, washout.since.where, profile, clock, profile.as_of) is Verdict.UNKNOWN
            and getattr(record, "components", None) is not None
        )
        texts = [text_of(each).partition(": ")[2] for each in open_ones]
        if any(map(is_blinded, texts)):
            return "the arm"
        return f"{' or '.join(dict.fromkeys(texts))} was" if texts else ""


_is_open = {Verdict.MET: True, Verdict.UNKNOWN: True, Verdict.NOT_MET: False}
_is_met = {Verdict.MET: True, Verdict.UNKNOWN: False, Verdict.NOT_MET: False}


def _plain(profile: Profile) -> Profile:
    """A profile sorted for one graph reads the same as the plain one it was made of."""
    if type(profile) is Profile:
        return profile
    return Profile(**{each.name: getattr(profile, each.name) for each in fields(Profile)})


def _closed(profile: Profile, lists: Iterable[str]) -> Profile:
    """The same patient once somebody has said that nothing is missing from these lists."""
    plain = _plain(profile)
    held: dict[str, Listing[Record]] = {each: plain.listing(each) for each in lists}
    changed = {each: replace(listing, complete=True) for each, listing in held.items()}
    return replace(plain, **changed)  # type: ignore[arg-type]
