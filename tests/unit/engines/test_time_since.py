"""Time since something, where neither it nor the day it is counted to has to be known to the day."""

from datetime import date

import pytest

from matcher.domain.dates import DateSpan, TimeUnit
from matcher.domain.possible import Codes, Interval
from matcher.domain.profile import Profile
from matcher.domain.record import Course, Event, Listing
from matcher.engines.base import Engine
from matcher.features.kind import Feature, NumberDomain, Since
from matcher.rules.graph import GraphBuilder, Read
from tests.engines import ENGINES

AS_OF = date(2026, 1, 15)
JANUARY = DateSpan(date(2026, 1, 1), date(2026, 1, 31))
each_engine = pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)


def course(start: date | None, end: DateSpan | None, ongoing: str | None = None) -> Course:
    return Course(
        (Codes.of("nivolumab"),),
        None,
        DateSpan.on(start) if start else None,
        end,
        Codes.of(ongoing) if ongoing else None,
    )


def since(engine: Engine, event: DateSpan | None, *courses: Course) -> str:
    kind = Since("therapies", (), None, TimeUnit.DAYS, "end", ("leukapheresis",) if event else ())
    builder = GraphBuilder()
    node = builder.add(Read(Feature("since", kind, NumberDomain(Interval(0, float("inf")), "days"))))
    events = (Event("leukapheresis", event),) if event else ()
    profile = Profile("p", AS_OF, therapies=Listing(courses, (), True), events=events)
    return str(engine.evaluate(builder.graph(), [profile]).findings[0][node].value)


@each_engine
def test_a_record_that_may_lie_after_the_event_bounds_nothing(engine: Engine) -> None:
    inside = course(date(2026, 1, 10), DateSpan.on(date(2026, 1, 12)), "no")
    assert since(engine, JANUARY, inside) == "[0, inf]"
    before = course(date(2025, 12, 1), DateSpan.on(date(2025, 12, 31)), "no")
    assert since(engine, JANUARY, before) == "[1, 31]"


@each_engine
def test_a_last_dose_that_may_be_yet_to_come_may_be_given_on_the_very_day(engine: Engine) -> None:
    planned = course(date(2025, 12, 1), DateSpan(date(2026, 1, 10), date(2026, 2, 20)))
    assert since(engine, DateSpan.on(date(2026, 3, 1)), planned) == "[0, 50]"
    assert since(engine, None, planned) == "[0, 5]"


@each_engine
def test_what_still_runs_reaches_today_and_may_stop_any_day_before_an_event(engine: Engine) -> None:
    running = course(date(2025, 12, 1), None, "yes")
    assert since(engine, None, running) == "0"
    assert since(engine, DateSpan.on(date(2026, 1, 25)), running) == "[0, 10]"
    assert since(engine, DateSpan.on(date(2026, 1, 5)), running) == "0"
    assert since(engine, JANUARY, running) == "[0, 16]"
