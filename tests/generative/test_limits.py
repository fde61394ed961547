"""Limits: exactly on them whatever the unit, moved by a margin, and reached with time."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.domain.profile import LISTS, Profile
from matcher.domain.record import Record
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Engine
from matcher.engines.reference import walk
from matcher.engines.reference.filters import begins
from matcher.explanation.timing import TimeTests, earliest
from matcher.readers.assemble import assemble
from matcher.rules.compile import CandidateCompiler
from matcher.rules.derive import DerivationCompiler
from matcher.rules.graph import GraphBuilder
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
    st.builds(
        lambda what, limit, op: {"days_since": {**what, op: limit}},
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
    ),
    min_size=1,
    max_size=3,
)


def trial(conditions: list[dict[str, Any]]) -> TrialDocument:
    return TrialDocument.model_validate(
        {
            "trial": "GENERATED",
            "title": "Generated",
            "phase": "1",
            "recruitment": {"status": "recruiting", "as_of": AS_OF},
            "coverage": "full",
            "events": list(EVENTS),
            "inclusion": {
                f"I-{number:02}": {
                    "text": "waits",
                    "when": condition,
                    "recoverable": {"by": "time"},
                    "assumption": "generated",
                }
                for number, condition in enumerate(conditions, start=1)
            },
        }
    )


@given(data=st.data(), conditions=_WASHOUTS)
def test_the_earliest_day_is_confirmed_by_evaluating_on_it(
    data: st.DataObject, conditions: list[dict[str, Any]]
) -> None:
    """On the day given nothing is in the way any more, and the day before something was."""
    builder, lexicon = GraphBuilder(), Lexicon(SMALL_FORMULARY)
    compiler = CandidateCompiler(builder, lexicon, DerivationCompiler(builder, {}, lexicon))
    candidate = compiler.compile(trial(conditions), "generated")
    assert not compiler.problems
    assert candidate.roots is not None
    graph = builder.graph()
    made = Made(graph, candidate.roots.strict, {}, ())
    profile = data.draw(profiles(made.tables, made.names))
    assume(not any(_after(record, profile) for table in LISTS for record in profile.table(table)))
    standing = stand(candidate, ENGINES[0].evaluate(graph, [profile]))
    assert standing is not None
    root = candidate.roots.screening
    blocking = [each.criterion.satisfied for each in standing.blocking]
    for found in earliest(standing, TimeTests(graph), profile):
        first = date.fromisoformat(found.first)
        assert standing.kind is StandingKind.NOT_YET
        assert first > profile.as_of
        on, before = (
            walk(graph, profile, Clock(profile.as_of, day), graph.below(root))[0][root]
            for day in (first, first - timedelta(days=1))
        )
        assert on is not Verdict.NOT_MET
        assert before is Verdict.NOT_MET
        if found.last:
            last = Clock(profile.as_of, date.fromisoformat(found.last))
            verdicts, _ = walk(graph, profile, last, graph.below(*blocking))
            assert {verdicts[each] for each in blocking} == {Verdict.MET}


def _after(record: Record, profile: Profile) -> bool:
    began = begins(record)
    return began is not None and began.last > profile.as_of
