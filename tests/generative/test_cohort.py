"""Counting from bit planes gives what counting patient by patient gives, for trials of every shape."""

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from matcher.engines.columnar import ColumnarEngine, PatientFrame
from matcher.rulebook.load import DEFAULT_RANKING
from matcher.rules.compile import CandidateCompiler
from matcher.rules.derive import DerivationCompiler
from matcher.rules.graph import GraphBuilder
from matcher.rules.lexicon import Lexicon
from matcher.rules.rulebook import Rulebook
from matcher.rules.syntax import DerivationDocument, TrialDocument
from matcher.standing.cohort import CohortPlan
from tests.cohort_one_by_one import one_by_one
from tests.generative.conditions import EVENTS, Raw, nested
from tests.generative.graphs import derived_facts
from tests.generative.profiles import profiles
from tests.small_formulary import SMALL_FORMULARY
from tests.whole import only_whole

_SOURCE = {"document": "made", "section": "made"}
_DERIVED = st.sampled_from(
    ({"tabled": "a"}, {"tabled": {"in": ["a", "b"]}}, {"counted": True}, {"resectability": "resectable"})
)
#: what patients of the strategy often meet, so that not everybody is ruled out by something
_EASY: tuple[Raw, ...] = (
    {"age": {"at_least": "18 years"}},
    {"lab": {"test": "platelets", "at_least": "80 10*9/L"}},
    {"ecog": {"at_most": 2}},
    {"sex": {"in": ["female", "male"]}},
)
_SCREENED: Raw = {"at_screening": True}
_WAIVED: Raw = {"waivable": {"by": "sponsor", "max_deviation": "10 %", "source": _SOURCE}}
_LENIENT: st.SearchStrategy[Raw] = st.sampled_from(
    ({}, {}, _SCREENED, _SCREENED, {"recoverable": {"by": "time"}}, _WAIVED)
)
#: some patients of the strategy are within the margin
_NEARLY: st.SearchStrategy[Raw] = st.sampled_from(({"recoverable": {"within": "10 %"}}, _WAIVED)).map(
    lambda granted: {"when": _EASY[1]} | granted
)


@st.composite
def _criteria(draw: st.DrawFn, role: str, most: int, suffix: str = "") -> dict[str, Any]:
    conditions = st.one_of(st.sampled_from(_EASY), st.sampled_from(_EASY), nested(1), _DERIVED)
    asked = st.builds(lambda when, granted: {"when": when, **granted}, conditions, _LENIENT)
    return {
        f"{role}-0{number}{suffix}": {"text": "made", "assumption": "made"}
        | draw(st.one_of(asked, asked, _NEARLY))
        for number in range(draw(st.integers(0, most)))
    }


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """One or two trials, with cohorts or without, over derived facts; what leniency is refused is not granted."""
    documents = {
        each["derive"]: (
            DerivationDocument.model_validate({"source": _SOURCE, **each}),
            "made",
        )
        for each in draw(derived_facts())
    }
    words = {name: DerivationCompiler.word_for(document) for name, (document, _) in documents.items()}
    lexicon, builder = Lexicon(SMALL_FORMULARY, words, EVENTS), GraphBuilder()
    deriving = DerivationCompiler(builder, documents, lexicon)
    deriving.compile_all()
    trials = [
        TrialDocument.model_validate(
            {
                "trial": f"NCT0000000{number}",
                "title": "made",
                "phase": 1,
                "coverage": draw(st.sampled_from(("full", "partial"))),
                "recruitment": {"status": "recruiting", "as_of": date(2026, 1, 1)},
                "events": list(EVENTS),
                "inclusion": draw(_criteria("I", 4)),
                "exclusion": draw(_criteria("E", 2)),
                "cohorts": {
                    name: {
                        "title": name,
                        "inclusion": draw(_criteria("I", 2, name.lower())),
                        "exclusion": draw(_criteria("E", 1, name.lower())),
                    }
                    for name in draw(st.sampled_from(("", "", "A", "AB")))
                },
            }
        )
        for number in range(draw(st.integers(1, 2)))
    ]
    compiler = CandidateCompiler(builder, lexicon, deriving)
    candidates = tuple(compiler.compile(each, "made") for each in trials)
    return Rulebook(builder.graph(), candidates, (), SMALL_FORMULARY, DEFAULT_RANKING, "made")


_READ_OFTEN = profiles(frozenset({"birth", "labs", "observations"}), frozenset({"platelets", "ecog", "sex"}))
PATIENTS = st.lists(st.one_of(_READ_OFTEN, _READ_OFTEN, profiles()), min_size=1, max_size=4)
much = settings(
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(rulebook=rulebooks(), patients=PATIENTS)
@settings(much, max_examples=max(20, settings().max_examples // 10))
def test_counts_from_planes_are_those_made_one_by_one(rulebook: Rulebook, patients) -> None:
    plan = CohortPlan.of(rulebook)
    planes = ColumnarEngine().evaluate_frame(rulebook.graph, PatientFrame.of(patients), plan.roots)
    found = plan.count(planes, [f"p{number}" for number in range(len(patients))])
    expected = one_by_one(plan, patients)
    assert np.array_equal(found.standings, expected.standings)
    assert found.by_criterion == expected.by_criterion
    assert found.by_fact == expected.by_fact
    assert found.by_fact_overall == expected.by_fact_overall


@only_whole
def test_everything_that_is_counted_is_generated() -> None:
    """Otherwise the comparison would hold of noughts."""
    seen: Counter[str] = Counter()

    @seed(20260115)
    @settings(
        max_examples=200, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck)
    )
    @given(rulebook=rulebooks(), patients=PATIENTS)
    def gather(rulebook: Rulebook, patients) -> None:
        plan = CohortPlan.of(rulebook)
        planes = ColumnarEngine().evaluate_frame(rulebook.graph, PatientFrame.of(patients), plan.roots)
        counts = plan.count(planes, [f"p{number}" for number in range(len(patients))])
        for each in counts.by_criterion:
            seen.update(each._asdict())
        for overall in counts.by_fact_overall:
            seen.update(overall._asdict())
        for entry in plan.entries:
            seen.update({kind.value: number for kind, number in entry.standings(counts).items()})
            seen["entry of a cohort"] += entry.cohort is not None

    gather()
    assert [name for name, number in seen.items() if not number] == []
