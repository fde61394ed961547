"""A fact is missing where it is on a way of unknowns, and nowhere else."""

from datetime import date, timedelta

import pytest

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Interval, Op
from matcher.domain.profile import Profile
from matcher.domain.record import Observation
from matcher.engines.columnar import ColumnarEngine, PatientFrame
from matcher.features.kind import Age, CodeDomain, Feature, Latest, Named, NumberDomain
from matcher.rules.graph import Choice, Combine, GraphBuilder, NodeId, Read, Test
from matcher.standing.cohort.missing import NO_FACT, Missing, gates_below, topics_below

AS_OF = date(2026, 1, 15)
LETTERS = CodeDomain(frozenset("abc"))


def observed(name: str) -> Feature:
    return Feature(
        name, Latest("observations", "value", (Named("name", name),)), NumberDomain(Interval(0, 10))
    )


class Rule:
    """Atoms over age and two observations, and what is missing when one patient is asked."""

    def __init__(self) -> None:
        self.build = GraphBuilder()
        age = self.build.add(Read(Feature("age", Age(), NumberDomain(Interval(0, 125)))))
        self.adult = self.build.add(Test(age, Op.AT_LEAST, 18.0))
        self.high, self.low = (
            self.build.add(Test(self.build.add(Read(observed(name))), Op.AT_LEAST, 5.0))
            for name in ("high", "low")
        )

    def lacks(self, root: NodeId, **known: float) -> set[str]:
        birth = None
        if "age" in known:
            birth = DateSpan.on(AS_OF - timedelta(days=round(366 * known.pop("age"))))
        observations = tuple(
            Observation(name, Interval.exactly(value), DateSpan.on(AS_OF)) for name, value in known.items()
        )
        graph = self.build.graph()
        planes = ColumnarEngine().evaluate_frame(
            graph,
            PatientFrame.of([Profile("p", AS_OF, birth, observations=observations)]),
            gates_below(graph, root),
        )
        found = Missing(graph, planes, slice(None)).behind(root)
        assert set(found) <= set(topics_below(graph, root))
        assert all(plane.tolist() == [1] for plane in found.values())
        return set(found)


@pytest.fixture
def rule() -> Rule:
    return Rule()


def test_what_is_decided_lacks_nothing(rule: Rule) -> None:
    either = rule.build.any([rule.adult, rule.high])
    both = rule.build.all([rule.adult, rule.high])
    assert rule.lacks(either, age=40) == set()
    assert rule.lacks(both, age=10) == set()


def test_of_an_open_gate_only_the_open_members_are_missing(rule: Rule) -> None:
    both = rule.build.all([rule.adult, rule.high, rule.build.negate(rule.low)])
    assert rule.lacks(both) == {"age", "high", "low"}
    assert rule.lacks(both, age=40, low=1) == {"high"}
    nested = rule.build.any([rule.build.all([rule.adult, rule.high]), rule.low])
    assert rule.lacks(nested, age=10) == {"low"}, "a branch that is not met waits for nothing"


def derived(rule: Rule, *, rows: tuple[tuple[NodeId, str], ...], applies: NodeId) -> NodeId:
    choice = Choice(
        "letter", tuple((node, frozenset(codes)) for node, codes in rows), frozenset("c"), applies, LETTERS
    )
    return rule.build.add(choice)


def test_of_a_table_rows_count_up_to_the_first_that_surely_holds(rule: Rule) -> None:
    choice = derived(
        rule, rows=((rule.high, "a"), (rule.adult, "b"), (rule.low, "c")), applies=rule.build.true()
    )
    root = rule.build.add(Test(choice, Op.IN, frozenset("a")))
    assert rule.lacks(root, age=40) == {"high"}
    assert rule.lacks(root, age=10) == {"high", "low"}
    assert rule.lacks(root, age=10, high=1) == set()


def test_a_table_that_may_not_apply_lacks_what_decides_that(rule: Rule) -> None:
    choice = derived(rule, rows=((rule.high, "a"),), applies=rule.adult)
    root = rule.build.add(Test(choice, Op.IN, frozenset("a")))
    assert rule.lacks(root) == {"age", "high"}
    assert rule.lacks(root, high=9) == {"age"}
    assert rule.lacks(root, age=10) == {NO_FACT}, "it does not apply, and nobody recorded the letter"


def test_what_a_table_leaves_open_by_itself_is_no_fact(rule: Rule) -> None:
    choice = derived(rule, rows=((rule.adult, "ab"),), applies=rule.build.true())
    root = rule.build.add(Test(choice, Op.IN, frozenset("a")))
    assert rule.lacks(root, age=40) == {NO_FACT}


def test_a_fact_that_is_recorded_or_derived_lacks_both(rule: Rule) -> None:
    letter = Feature("letter", Latest("observations", "value", (Named("name", "letter"),)), LETTERS)
    choice = derived(rule, rows=((rule.high, "a"),), applies=rule.build.true())
    both = rule.build.add(Combine((rule.build.add(Read(letter)), choice), LETTERS))
    root = rule.build.add(Test(both, Op.IN, frozenset("a")))
    assert rule.lacks(root) == {"letter", "high"}
    assert rule.lacks(root, high=9) == set()
