"""An interview: a patient at an engine, whose facts arrive one after the other."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Interval, Op
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Engine
from matcher.engines.columnar import ColumnarEngine
from matcher.engines.reference import ReferenceEngine
from matcher.features.kind import Age, Feature, NumberDomain
from matcher.rules.graph import Graph, GraphBuilder, Not, Read, Test

ENGINES = (ReferenceEngine(), ColumnarEngine())
SOMEBODY = Profile("p", date(2026, 1, 15))


def of_age() -> Graph:
    """0 is the age, 1 asks for eighteen years, 2 for fewer, 3 for thirty."""
    builder = GraphBuilder()
    age = builder.add(Read(Feature("age", Age(), NumberDomain(Interval(0, 130)))))
    adult = builder.add(Test(age, Op.AT_LEAST, 18.0))
    builder.add(Not(adult))
    builder.add(Test(age, Op.AT_LEAST, 30.0))
    return builder.graph()


def born(year: int) -> Profile:
    return replace(SOMEBODY, birth=DateSpan.on(date(year, 1, 1)))


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_an_answer_a_correction_and_a_retraction_say_what_they_change(engine: Engine) -> None:
    interview = engine.interview(of_age(), SOMEBODY)
    assert interview.engine == engine.name
    assert set(interview.table.verdicts[0].values()) == {Verdict.UNKNOWN}
    assert interview.update(SOMEBODY) == frozenset()
    assert interview.update(born(1970)) == {0, 1, 2, 3}
    assert interview.update(born(2000)) == {0, 3}
    assert interview.table.verdict(1) is Verdict.MET
    assert interview.update(SOMEBODY) == {0, 1, 2, 3}
    assert interview.table.verdict(1) is Verdict.UNKNOWN
    interview.close()
    interview.close()


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_only_what_the_roots_need_is_answered(engine: Engine) -> None:
    interview = engine.interview(of_age(), born(1970), roots=[2])
    assert set(interview.table.verdicts[0]) == {1, 2}
    assert interview.update(born(2020)) == {0, 1, 2}
