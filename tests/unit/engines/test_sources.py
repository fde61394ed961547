"""Tables and several sources of one fact, node by node."""

from datetime import date

import pytest

from matcher.domain.dates import DateSpan, Duration, TimeUnit
from matcher.domain.possible import Codes, Op
from matcher.domain.profile import Profile
from matcher.domain.record import Observation
from matcher.domain.verdict import Verdict
from matcher.engines.base import Engine, Finding, NoteKind
from matcher.features.kind import CodeDomain, Feature, FirstOf, Latest, Named
from matcher.rules.graph import Choice, Combine, Constant, GraphBuilder, NodeId, Read, Test
from tests.engines import ENGINES

AS_OF = date(2026, 1, 15)
DOMAIN = CodeDomain(frozenset({"a", "b", "c"}))
each_engine = pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)


def read(name: str) -> Feature:
    window = Duration(60, TimeUnit.DAYS)
    return Feature(name, Latest("observations", "value", (Named("name", name),), window), DOMAIN)


def observed(name: str, *codes: str, on: DateSpan | None = None) -> Observation:
    return Observation(name, Codes.of(*codes), on or DateSpan.on(AS_OF))


def valued(engine: Engine, builder: GraphBuilder, node: NodeId, *observations: Observation) -> Finding:
    profile = Profile("p", AS_OF, observations=observations)
    return engine.evaluate(builder.graph(), [profile], roots=[node]).findings[0][node]


def codes(finding: Finding) -> str:
    assert isinstance(finding.value, Codes)
    return "".join(sorted(finding.value.members))


def table(builder: GraphBuilder, applies: Verdict = Verdict.MET) -> NodeId:
    """First a, where x is a; then b, where y is b; else c."""
    rows = (("x", "a"), ("y", "b"))
    tests = [
        builder.add(Test(builder.add(Read(read(name))), Op.IN, frozenset({code}))) for name, code in rows
    ]
    outcomes = tuple((test, frozenset({code})) for test, (_, code) in zip(tests, rows, strict=True))
    return builder.add(Choice("t", outcomes, frozenset({"c"}), builder.add(Constant(applies)), DOMAIN))


@each_engine
@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        ("a", "b", "a"),
        ("c", "b", "b"),
        ("c", "c", "c"),
        ("ac", "b", "ab"),
        ("ac", "bc", "abc"),
        ("c", "bc", "bc"),
        ("", "b", "ab"),
        ("a", "", "a"),
    ],
)
def test_a_table_gives_every_outcome_that_is_not_ruled_out(
    engine: Engine, x: str, y: str, expected: str
) -> None:
    builder = GraphBuilder()
    given = [observed(name, *values) for name, values in (("x", x), ("y", y)) if values]
    assert codes(valued(engine, builder, table(builder), *given)) == expected


@each_engine
@pytest.mark.parametrize("applies", [Verdict.NOT_MET, Verdict.UNKNOWN])
def test_a_table_that_may_not_apply_is_silent(engine: Engine, applies: Verdict) -> None:
    builder = GraphBuilder()
    found = valued(engine, builder, table(builder, applies), observed("x", "a"))
    assert found.silent
    assert codes(found) == "abc"


def sources(builder: GraphBuilder, applies: Verdict = Verdict.MET) -> NodeId:
    return builder.add(Combine((builder.add(Read(read("s"))), table(builder, applies)), DOMAIN))


@each_engine
@pytest.mark.parametrize(
    ("recorded", "applies", "expected", "conflict"),
    [
        ("ab", Verdict.MET, "a", False),
        ("", Verdict.MET, "a", False),
        ("b", Verdict.MET, "ab", True),
        ("b", Verdict.NOT_MET, "b", False),
        ("b", Verdict.UNKNOWN, "ab", False),
        ("ab", Verdict.UNKNOWN, "ab", False),
        ("", Verdict.UNKNOWN, "abc", False),
        ("", Verdict.NOT_MET, "abc", False),
    ],
)
def test_a_recorded_and_a_derived_fact(
    engine: Engine, recorded: str, applies: Verdict, expected: str, conflict: bool
) -> None:
    builder = GraphBuilder()
    given = [observed("x", "a"), *([observed("s", *recorded)] if recorded else [])]
    found = valued(engine, builder, sources(builder, applies), *given)
    assert codes(found) == expected
    assert any(note.kind is NoteKind.CONFLICT for note in found.notes) == conflict


@each_engine
def test_a_recorded_fact_that_may_lie_after_the_as_of_day_counts_with_and_without(engine: Engine) -> None:
    builder = GraphBuilder()
    perhaps = observed("s", "b", on=DateSpan.month(2026, 1))
    assert codes(valued(engine, builder, sources(builder), observed("x", "a"), perhaps)) == "ab"


@each_engine
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (DateSpan.on(AS_OF), "b"),
        (DateSpan.on(date(2025, 11, 16)), "b"),
        (DateSpan.on(date(2025, 11, 15)), "a"),
        (DateSpan.month(2025, 11), "ab"),
        (DateSpan.month(2026, 1), "ab"),
        (DateSpan.on(date(2026, 1, 16)), "a"),
    ],
    ids=["today", "60 days old", "stale", "perhaps stale", "perhaps later", "later"],
)
def test_the_other_scale_stands_in_as_far_as_this_one_may_be_missing(
    engine: Engine, on: DateSpan, expected: str
) -> None:
    builder = GraphBuilder()
    node = builder.add(Read(Feature("first of", FirstOf((read("s"), read("x"))), DOMAIN)))
    assert codes(valued(engine, builder, node, observed("s", "b", on=on), observed("x", "a"))) == expected
