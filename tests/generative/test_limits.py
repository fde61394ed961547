"""Limits: exactly on them whatever the unit, moved by a margin, and reached with time."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.domain.dates import DateSpan
from matcher.domain.profile import Profile
from matcher.domain.record import Event
from matcher.domain.verdict import Verdict, all_of
from matcher.engines.base import Clock, Engine
from matcher.engines.reference import walk
from matcher.explanation.timing import TimeTests, earliest, waits
from matcher.features.kind import Since
from matcher.readers.assemble import assemble
from matcher.rules.compile import CandidateCompiler
from matcher.rules.condition import Comparison, Condition
from matcher.rules.derive import DerivationCompiler
from matcher.rules.graph import Graph, GraphBuilder, NodeId
from matcher.rules.lexicon import Lexicon
from matcher.rules.lowering import Margin, ended, moved
from matcher.rules.syntax import TrialDocument
from matcher.standing.standing import StandingKind, stand
from matcher.vocabulary.laboratory import LAB_TESTS
from tests.engines import ENGINES
from tests.generative.conditions import EVENTS, SINCE, nested
from tests.generative.graphs import Made, parts, read
from tests.generative.profiles import profiles
from tests.small_formulary import SMALL_FORMULARY

AS_OF = date(2026, 1, 15)
ON_IT = {"at_least": Verdict.MET, "at_most": Verdict.MET, "above": Verdict.NOT_MET, "below": Verdict.NOT_MET}
each_engine = pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False)


def asked(engine: Engine, test: str, limit: str, lab: dict[str, Any]) -> dict[str, Verdict]:
    """The verdicts of the four comparisons of a value with a limit."""
    builder, reader, lowering = parts(())
    roots = {op: lowering.lower(read(reader, {"lab": {"test": test, op: limit}})) for op in ON_IT}
    wire = {"id": "p", "labs": [{"test": test, **lab}]}
    assembled = assemble(wire, as_of=AS_OF, formulary=SMALL_FORMULARY)
    assert assembled.profile is not None
    assert not assembled.issues
    table = engine.evaluate(builder.graph(), [assembled.profile])
    return {op: table.verdict(root) for op, root in roots.items()}


@each_engine
@given(times=decimals("0.1", "10", 1), upper=decimals("0.2", "3", 2))
def test_a_value_exactly_on_a_multiple_of_normal(engine: Engine, times: Decimal, upper: Decimal) -> None:
    assume(times * upper >= Decimal("0.01"))
    lab = {"value": float(times * upper), "unit": "mg/dL", "uln": float(upper)}
    assert asked(engine, "bilirubin_total", f"{times} x ULN", lab) == ON_IT


@each_engine
@given(
    value=decimals("3.1", "20", 2),
    units=st.permutations([("g/dL", 1), ("g/L", 10), ("mg/mL", 10)]),
)
def test_a_value_exactly_on_a_limit_in_another_unit(
    engine: Engine, value: Decimal, units: list[tuple[str, int]]
) -> None:
    (given_in, times), (asked_in, other), _ = units
    lab = {"value": float(value * times), "unit": given_in}
    assert asked(engine, "haemoglobin", f"{value * other} {asked_in}", lab) == ON_IT


@each_engine
@given(test=st.sampled_from(sorted(LAB_TESTS)), data=st.data())
def test_a_value_written_as_the_limit_is_on_it(engine: Engine, test: str, data: st.DataObject) -> None:
    """In each unit a test is usually given in, the same number and unit in rule and record."""
    kind = LAB_TESTS[test]
    unit = data.draw(st.sampled_from(kind.usual_units))
    factor = kind.in_unit(1.0, unit)
    low, high = (Decimal(repr(each / factor)) for each in (max(kind.least_limit, kind.low), kind.high))
    value = data.draw(decimals(str(low), str(high), 3))
    assume(kind.least_limit <= kind.in_unit(float(value), unit) <= kind.high)
    assert asked(engine, test, f"{value} {unit}", {"value": float(value), "unit": unit}) == ON_IT


@each_engine
@given(
    data=st.data(), raw=nested(2), share=st.sampled_from((0.0, 0.1, 0.5)), amount=st.sampled_from((0, 1, 10))
)
def test_moved_limits_only_ever_make_a_criterion_easier(
    engine: Engine, data: st.DataObject, raw: dict[str, Any], share: float, amount: float
) -> None:
    builder, reader, lowering = parts(())
    condition = read(reader, raw)
    margin = Margin(share, amount)
    asked_for = lowering.lower(condition)
    included = lowering.lower(moved(condition, margin, easier=True))
    excluded = lowering.lower(moved(condition, margin, easier=False))
    made = Made(builder.graph(), asked_for, raw, ())
    table = engine.evaluate(made.graph, [data.draw(profiles(made.tables, made.names))])
    weaker(table.verdict(asked_for), table.verdict(included))
    weaker(table.verdict(asked_for).negated(), table.verdict(excluded).negated())


@each_engine
@given(data=st.data(), raw=st.one_of(SINCE, SINCE.map(lambda each: {"not": each})))
def test_waiting_only_ever_makes_a_criterion_easier(
    engine: Engine, data: st.DataObject, raw: dict[str, Any]
) -> None:
    builder, reader, lowering = parts(())
    condition = read(reader, raw)
    asked_for = lowering.lower(condition)
    included = lowering.lower(ended(condition, easier=True))
    excluded = lowering.lower(ended(condition, easier=False))
    made = Made(builder.graph(), asked_for, raw, ())
    table = engine.evaluate(made.graph, [data.draw(profiles(made.tables, made.names))])
    weaker(table.verdict(asked_for), table.verdict(included))
    weaker(table.verdict(asked_for).negated(), table.verdict(excluded).negated())


def weaker(strict: Verdict, lenient: Verdict) -> None:
    """What is satisfied stays so, and what may be satisfied is not ruled out."""
    if strict is Verdict.MET:
        assert lenient is Verdict.MET
    elif strict is Verdict.UNKNOWN:
        assert lenient is not Verdict.NOT_MET


# --- earliest dates ------------------------------------------------------------------------------------

_WASHOUTS = st.lists(
    st.tuples(
        st.builds(
            lambda what, limit, op, before: {"days_since": {**what, **before, op: limit}},
            st.sampled_from(
                (
                    {"therapy": "checkpoint_inhibitor"},
                    {"therapy": "chemotherapy"},
                    {"procedure": "major_surgery"},
                    {"radiotherapy": "any"},
                )
            ),
            st.sampled_from(("21 days", "28 days", "6 months", "1 years")),
            st.sampled_from(("at_least", "above")),
            st.sampled_from(({}, {}, *({"before": event} for event in EVENTS))),
        ),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)
_OPPOSITE = {"at_least": "below", "above": "at_most"}


def trial(conditions: list[tuple[dict[str, Any], bool]]) -> TrialDocument:
    """Each as an inclusion, or as an exclusion of the opposite."""
    criteria: dict[str, dict[str, Any]] = {"inclusion": {}, "exclusion": {}}
    for number, (condition, excludes) in enumerate(conditions, start=1):
        asked = condition["days_since"]
        if excludes:
            asked = {_OPPOSITE.get(name, name): value for name, value in asked.items()}
        criteria["exclusion" if excludes else "inclusion"][f"{'E' if excludes else 'I'}-{number:02}"] = {
            "text": "waits",
            "when": {"days_since": asked},
            "recoverable": {"by": "time"},
            "assumption": "generated",
        }
    return TrialDocument.model_validate(
        {
            "trial": "GENERATED",
            "title": "Generated",
            "phase": "1",
            "recruitment": {"status": "recruiting", "as_of": AS_OF},
            "coverage": "full",
            "events": list(EVENTS),
            **{role: held for role, held in criteria.items() if held},
        }
    )


@given(data=st.data(), conditions=_WASHOUTS)
def test_each_printed_day_is_confirmed_by_evaluating_on_it(
    data: st.DataObject, conditions: list[tuple[dict[str, Any], bool]]
) -> None:
    """On the certain day it is met, the day before it is not; before the first day it is ruled out."""
    builder, lexicon = GraphBuilder(), Lexicon(SMALL_FORMULARY)
    compiler = CandidateCompiler(builder, lexicon, DerivationCompiler(builder, {}, lexicon))
    candidate = compiler.compile(trial(conditions), "generated")
    assert not compiler.problems
    assert candidate.roots is not None
    graph = builder.graph()
    made = Made(graph, candidate.roots.strict, {}, ())
    profile = data.draw(profiles(made.tables, made.names))
    standing = stand(candidate, ENGINES[0].evaluate(graph, [profile]))
    assert standing is not None
    tests = TimeTests(graph)
    for found in earliest(waits(standing, tests), tests, profile):
        assert standing.kind in (StandingKind.NOT_YET, StandingKind.POSSIBLE)
        waiting = [
            each.criterion.satisfied
            for each in standing.considered
            if each.satisfied is not Verdict.MET and _event_of(each.criterion.condition) == found.event
        ]
        on = partial(_on, graph, waiting, found.event)
        first = date.fromisoformat(found.first)
        assert first >= profile.as_of
        assert on(profile, first) is not Verdict.NOT_MET
        if not found.already:
            assert on(profile, first - timedelta(days=1)) is Verdict.NOT_MET
        if found.last:
            assert found.last >= found.first
            last = date.fromisoformat(found.last)
            held = {name: replace(getattr(profile, name), complete=True) for name in found.complete}
            completed = replace(profile, **held)
            assert on(completed, last) is Verdict.MET
            assert on(completed, last - timedelta(days=1)) is not Verdict.MET
            assert not held or on(profile, last) is not Verdict.MET


def _on(graph: Graph, waiting: list[NodeId], event: str, profile: Profile, day: date) -> Verdict:
    """Of all that is waited for, on that day or with the event on it."""
    clock = Clock(profile.as_of, day)
    if event:
        others = tuple(each for each in profile.events if each.name != event)
        profile = replace(profile, events=(*others, Event(event, DateSpan.on(day))))
        clock = Clock.at(profile.as_of)
    verdicts, _ = walk(graph, profile, clock, graph.below(*waiting))
    return all_of(verdicts[each] for each in waiting)


def _event_of(condition: Condition) -> str:
    assert isinstance(condition, Comparison)
    assert condition.feature is not None
    assert isinstance(condition.feature.kind, Since)
    return condition.feature.kind.events[-1] if condition.feature.kind.events else ""
