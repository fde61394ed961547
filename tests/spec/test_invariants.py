"""What no rulebook and no patient may ever break, on the shipped rulebook and on rules made for it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Engine
from matcher.readers.assemble import assemble
from matcher.rulebook.load import load_rulebook
from matcher.rules.candidate import Candidate, Coverage
from matcher.rules.compile import CandidateCompiler
from matcher.rules.derive import DerivationCompiler
from matcher.rules.graph import Graph, GraphBuilder
from matcher.rules.lexicon import Lexicon
from matcher.rules.rulebook import Rulebook
from matcher.rules.syntax import TrialDocument
from matcher.standing.standing import StandingKind, stand
from tests.engines import ENGINES
from tests.generative.profiles import profiles
from tests.small_formulary import SMALL_FORMULARY

AS_OF = date(2026, 1, 15)
each_engine = pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)


@pytest.fixture(scope="module")
def rulebook(root) -> Rulebook:
    return load_rulebook(root / "rules")


def candidate(
    criterion: dict[str, Any], role: str = "inclusion", coverage: str = "full"
) -> tuple[Candidate, Graph]:
    """A trial with one criterion."""
    builder, lexicon = GraphBuilder(), Lexicon(SMALL_FORMULARY)
    compiler = CandidateCompiler(builder, lexicon, DerivationCompiler(builder, {}, lexicon))
    identifier = "I-01" if role == "inclusion" else "E-01"
    document = TrialDocument.model_validate(
        {
            "trial": "MADE",
            "title": "Made",
            "phase": "1",
            "recruitment": {"status": "recruiting", "as_of": AS_OF},
            "coverage": coverage,
            "events": ["leukapheresis"],
            role: {identifier: {"text": "a criterion", "assumption": "made", **criterion}},
        }
    )
    compiled = compiler.compile(document, "made")
    assert not compiler.problems, compiler.problems
    return compiled, builder.graph()


def standing_of(engine: Engine, made: tuple[Candidate, Graph], **wire: Any) -> StandingKind:
    compiled, graph = made
    assembled = assemble({"id": "p", **wire}, as_of=AS_OF, formulary=SMALL_FORMULARY)
    assert assembled.profile is not None
    found = stand(compiled, engine.evaluate(graph, [assembled.profile]))
    assert found is not None
    return found.kind


# --- over the shipped rulebook -------------------------------------------------------------------------


@each_engine
def test_a_profile_without_facts_is_neither_eligible_nor_ineligible_for_anything(
    engine: Engine, rulebook: Rulebook
) -> None:
    table = engine.evaluate(rulebook.graph, [Profile("nobody", AS_OF)])
    standings = [each for each in (stand(each, table) for each in rulebook.candidates) if each is not None]
    assert standings
    for each in standings:
        assert each.kind not in (StandingKind.ELIGIBLE, StandingKind.INELIGIBLE), each.candidate.id
        assert not each.blocking


@each_engine
@settings(max_examples=40)
@given(profile=profiles())
def test_nobody_is_eligible_where_the_protocol_has_more_criteria(
    engine: Engine, rulebook: Rulebook, profile: Profile
) -> None:
    table = engine.evaluate(rulebook.graph, [profile])
    for each in rulebook.candidates:
        if each.coverage is not Coverage.FULL and (found := stand(each, table)) is not None:
            assert found.kind is not StandingKind.ELIGIBLE
            assert found.kind is not StandingKind.ELIGIBLE_PENDING_SCREENING
            assert all(one.kind is not StandingKind.ELIGIBLE for one in found.cohorts)


@each_engine
def test_an_agent_nobody_can_resolve_never_lets_no_prior_immunotherapy_be_met(
    engine: Engine, rulebook: Rulebook
) -> None:
    """In every criterion that asks for none of a class, beside whatever else the record says."""
    wires: list[dict[str, Any]] = [
        {
            "therapies": [{"agents": [agent], "start": "2025-01-01", "end": "2025-02-01", **more}],
            "complete": full,
        }
        for agent in (None, "XK-77", "nivolumab or placebo", "study drug")
        for more in ({}, {"line": 1}, {"kind": "systemic"})
        for full in ([], ["therapies"])
    ]
    made = candidate({"when": {"prior": "immunotherapy"}}, "exclusion")
    for wire in wires:
        assert standing_of(engine, made, **wire) is StandingKind.POSSIBLE
    patients = [
        assemble({"id": str(number), **wire}, as_of=AS_OF, formulary=rulebook.formulary).profile
        for number, wire in enumerate(wires)
    ]
    table = engine.evaluate(rulebook.graph, [each for each in patients if each is not None])
    asking = [
        (each, criterion)
        for each in rulebook.candidates
        for criterion in each.all_criteria
        if _asks_for_none_of_a_class(criterion.condition, excluded=criterion.role.value == "exclusion")
    ]
    assert asking
    for each, criterion in asking:
        for row in range(len(wires)):
            assert table.verdict(criterion.satisfied, row) is not Verdict.MET, (each.id, criterion.id)


def _asks_for_none_of_a_class(condition: object, *, excluded: bool) -> bool:
    from matcher.domain.possible import Op
    from matcher.rules.condition import Comparison, Gate, Group

    match condition:
        case Group(gate=Gate.NOT, members=(inner,)):
            return _asks_for_none_of_a_class(inner, excluded=not excluded)
        case Comparison(word="prior", bounds=(bound,), feature=feature) if excluded and feature is not None:
            # With a further filter (a window, a role) the course may be ruled out by that.
            plain = "within" not in feature.name and "role" not in feature.name and "kind" not in feature.name
            return bound.op is Op.AT_LEAST and plain
    return False


@each_engine
def test_hiv_that_nobody_tested_makes_no_one_ineligible(engine: Engine, rulebook: Rulebook) -> None:
    made = candidate({"when": {"condition": "hiv"}, "at_screening": True}, "exclusion")
    assert standing_of(engine, made) is StandingKind.ELIGIBLE_PENDING_SCREENING
    assert standing_of(engine, made, conditions=["hiv"]) is StandingKind.INELIGIBLE
    assert standing_of(engine, made, conditions=[{"none_of": "hiv"}]) is StandingKind.ELIGIBLE
    partial = candidate({"when": {"condition": "hiv"}, "at_screening": True}, "exclusion", "partial")
    assert standing_of(engine, partial) is StandingKind.MEETS_KNOWN_CRITERIA
    table = engine.evaluate(rulebook.graph, [Profile("nobody", AS_OF)])
    screened = [each for one in rulebook.candidates for each in one.all_criteria if each.at_screening]
    for each in screened:
        assert table.verdict(each.satisfied) is not Verdict.NOT_MET


# --- waiting, repeating, waiving -----------------------------------------------------------------------

_PLATELETS = {
    "when": {"lab": {"test": "platelets", "at_least": "100 10*9/L"}},
    "recoverable": {"within": "10 %"},
}


@each_engine
@pytest.mark.parametrize(
    ("platelets", "expected"),
    [
        ("100", StandingKind.ELIGIBLE),
        ("99", StandingKind.NOT_YET),
        ("90", StandingKind.NOT_YET),
        ("89.9", StandingKind.INELIGIBLE),
        ("20", StandingKind.INELIGIBLE),
        ("<20", StandingKind.INELIGIBLE),
        ("80-95", StandingKind.NOT_YET),
        ("80-105", StandingKind.POSSIBLE),
    ],
)
def test_platelets_near_their_limit_are_worth_repeating_and_platelets_of_20_are_not(
    engine: Engine, platelets: str, expected: StandingKind
) -> None:
    made = candidate(_PLATELETS)
    assert standing_of(engine, made, labs={"platelets": f"{platelets} 10*9/L"}) is expected


@each_engine
@given(value=st.floats(1, 89.9))
def test_platelets_further_off_than_the_margin_are_never_not_yet(engine: Engine, value: float) -> None:
    made = candidate(_PLATELETS)
    lab = {"test": "platelets", "value": value, "unit": "10*9/L"}
    assert standing_of(engine, made, labs=[lab]) is StandingKind.INELIGIBLE


_WASHOUT = {
    "when": {"days_since": {"therapy": "checkpoint_inhibitor", "at_least": "21 days"}},
    "recoverable": {"by": "time"},
}
_BEFORE = {
    "when": {
        "days_since": {"therapy": "checkpoint_inhibitor", "before": "leukapheresis", "at_least": "21 days"}
    },
    "recoverable": {"by": "time"},
}


def _course(**fields: object) -> dict[str, Any]:
    return {"therapies": [{"agents": ["nivolumab"], **fields}], "complete": ["therapies"]}


@each_engine
def test_time_brings_back_what_has_ended_and_not_what_still_runs(engine: Engine) -> None:
    made = candidate(_WASHOUT)
    assert standing_of(engine, made, **_course(end="2026-01-10")) is StandingKind.NOT_YET
    assert standing_of(engine, made, **_course(end="2025-10-10")) is StandingKind.ELIGIBLE
    assert standing_of(engine, made, **_course(ongoing=True)) is StandingKind.INELIGIBLE
    assert standing_of(engine, made, **_course(start="2026-01-10")) is StandingKind.NOT_YET


@each_engine
def test_before_a_planned_event_what_still_runs_may_yet_be_stopped(engine: Engine) -> None:
    """And another criterion that only has to wait is not made hopeless by it."""
    assert standing_of(engine, candidate(_BEFORE), **_course(ongoing=True)) is StandingKind.POSSIBLE


@each_engine
def test_an_exclusion_recovers_the_other_way_round(engine: Engine) -> None:
    excluded = {
        "when": {"days_since": {"therapy": "checkpoint_inhibitor", "below": "21 days"}},
        "recoverable": {"by": "time"},
    }
    made = candidate(excluded, "exclusion")
    assert standing_of(engine, made, **_course(end="2026-01-10")) is StandingKind.NOT_YET
    assert standing_of(engine, made, **_course(ongoing=True)) is StandingKind.INELIGIBLE


@each_engine
def test_a_waiver_moves_the_limit_and_no_further(engine: Engine) -> None:
    waivable = {
        "when": {"lab": {"test": "haemoglobin", "at_least": "9 g/dL"}},
        "waivable": {
            "by": "the sponsor",
            "max_deviation": "0.5 g/dL",
            "source": {"document": "protocol", "section": "4.2"},
        },
    }
    made = candidate(waivable)
    assert standing_of(engine, made, labs={"haemoglobin": "8.5 g/dL"}) is StandingKind.NEEDS_WAIVER
    assert standing_of(engine, made, labs={"haemoglobin": "8.4 g/dL"}) is StandingKind.INELIGIBLE
