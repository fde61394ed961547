"""The linter: what no patient can meet is proven, what some patient can meet is never reported."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.possible import Interval, Op
from matcher.domain.verdict import Verdict
from matcher.errors import Diagnostic
from matcher.features.kind import Age, CodeDomain, Feature, NumberDomain
from matcher.rulebook.lint import CHECKS, lint
from matcher.rulebook.lint.satisfiable import Solver
from matcher.rulebook.load import check_rulebook
from matcher.rules import graph
from matcher.rules.graph import AtLeast, GraphBuilder, NodeId, Presume, Read

WHOLE = NumberDomain(Interval(0, 4), integer=True)
PERCENT = NumberDomain(Interval(0, 100))
COLOURS = CodeDomain(frozenset({"red", "green", "blue"}))


class Made:
    """A graph in the making, with a test on a value in one call."""

    def __init__(self) -> None:
        self.build = GraphBuilder()

    def number(self, op: Op, limit: float, domain: NumberDomain = WHOLE, name: str = "x") -> NodeId:
        value = self.build.add(Read(Feature(name, Age(), domain)))
        return self.build.add(graph.Test(value, op, limit))

    def colour(self, *codes: str, name: str = "colour") -> NodeId:
        value = self.build.add(Read(Feature(name, Age(), COLOURS)))
        return self.build.add(graph.Test(value, Op.IN, frozenset(codes)))

    @property
    def solver(self) -> Solver:
        return Solver(self.build.nodes)


@pytest.fixture
def made() -> Made:
    return Made()


@pytest.mark.parametrize(
    ("low", "high", "domain", "possible"),
    [
        ((Op.AT_LEAST, 2.0), (Op.BELOW, 2.0), WHOLE, False),
        ((Op.AT_LEAST, 2.0), (Op.AT_MOST, 2.0), WHOLE, True),
        ((Op.ABOVE, 1.0), (Op.BELOW, 2.0), WHOLE, False),
        ((Op.ABOVE, 1.0), (Op.BELOW, 2.0), PERCENT, True),
        ((Op.ABOVE, 0.0), (Op.BELOW, 1.0), WHOLE, False),
        ((Op.AT_LEAST, 0.0), (Op.BELOW, 1.0), WHOLE, True),
        ((Op.ABOVE, 3.0), (Op.ABOVE, 3.5), WHOLE, True),
        ((Op.ABOVE, 100.0), (Op.AT_LEAST, 0.0), PERCENT, False),
        ((Op.AT_LEAST, 100.0), (Op.AT_LEAST, 0.0), PERCENT, True),
    ],
)
def test_limits_on_one_number_leave_something_between_them_or_not(
    low: tuple[Op, float], high: tuple[Op, float], domain: NumberDomain, possible: bool, made: Made
) -> None:
    both = made.build.all([made.number(*low, domain), made.number(*high, domain)])
    assert made.solver.never(both) is not possible


def test_a_number_without_an_upper_end_has_values_beyond_every_limit(made: Made) -> None:
    endless = NumberDomain(Interval(0, float("inf")), integer=True)
    assert made.solver.possible((made.number(Op.ABOVE, 1000.0, endless), True))
    assert not made.solver.possible((made.number(Op.BELOW, 0.0, endless), True))


def test_codes_that_exclude_each_other_are_never_met_together(made: Made) -> None:
    red, green = made.colour("red"), made.colour("green", "blue")
    assert made.solver.never(made.build.all([red, green]))
    assert made.solver.always(made.build.any([red, green]))
    assert not made.solver.always(red)


def test_different_features_are_free_of_each_other(made: Made) -> None:
    both = [made.number(Op.AT_LEAST, 2.0), made.number(Op.BELOW, 2.0, name="y")]
    assert not made.solver.never(made.build.all(both))


def test_a_count_is_reached_or_not(made: Made) -> None:
    members = (made.colour("red"), made.colour("green"), made.number(Op.AT_LEAST, 1.0))
    assert made.solver.never(made.build.add(AtLeast(3.0, members, (1.0, 1.0, 1.0))))
    assert not made.solver.never(made.build.add(AtLeast(2.0, members, (1.0, 1.0, 1.0))))


def test_what_the_protocol_has_besides_may_be_anything(made: Made) -> None:
    unknown = made.build.unknown()
    assert not made.solver.never(unknown)
    assert not made.solver.always(made.build.add(Presume(unknown)))


def test_a_search_that_would_take_for_ever_gives_the_benefit_of_the_doubt(made: Made) -> None:
    """Pigeons and holes: ten features that must all differ in three values."""
    differ = []
    for one, other in product(range(10), repeat=2):
        if one < other:
            for colour in ("red", "green", "blue"):
                same = [made.colour(colour, name=f"c{one}"), made.colour(colour, name=f"c{other}")]
                differ.append(made.build.negate(made.build.all(same)))
    assert isinstance(made.solver.never(made.build.all(differ)), bool)


limits = st.tuples(st.sampled_from([Op.AT_LEAST, Op.AT_MOST, Op.ABOVE, Op.BELOW]), st.integers(-1, 5))


@given(st.lists(st.lists(limits, min_size=1, max_size=3), min_size=1, max_size=3), st.booleans())
def test_the_search_agrees_with_trying_every_value(groups: list[list[tuple[Op, int]]], negated: bool) -> None:
    made = Made()
    nodes = [made.build.any([made.number(op, float(limit)) for op, limit in group]) for group in groups]
    root = made.build.all(nodes)
    root = made.build.negate(root) if negated else root
    holds = {
        Op.AT_LEAST: lambda a, b: a >= b,
        Op.AT_MOST: lambda a, b: a <= b,
        Op.ABOVE: lambda a, b: a > b,
        Op.BELOW: lambda a, b: a < b,
    }
    found = [
        all(any(holds[op](value, limit) for op, limit in group) for group in groups) is not negated
        for value in range(5)
    ]
    assert made.solver.possible((root, True)) is any(found)
    assert made.solver.always(root) is all(found)


def test_the_wanted_answers_may_be_met_and_not_met(made: Made) -> None:
    young, old = made.number(Op.BELOW, 2.0), made.number(Op.AT_LEAST, 3.0)
    assert made.solver.possible((young, False), (old, False))
    assert not made.solver.possible((young, True), (old, True))
    assert Verdict.of(made.solver.never(made.build.all([young, old]))) is Verdict.MET


@pytest.fixture(scope="module")
def shipped(root: Path) -> list[Diagnostic]:
    return lint(check_rulebook(root / "rules"))


def test_the_shipped_rulebook_has_no_lint_error(shipped: list[Diagnostic]) -> None:
    assert [each.render() for each in shipped if each.severity == "error"] == []


def test_every_module_of_the_linter_is_one_check_that_runs(root: Path) -> None:
    modules = {path.stem for path in (root / "src/matcher/rulebook/lint").glob("*.py")}
    checks = {check.__module__.rpartition(".")[2] for check in CHECKS}
    assert modules - checks == {"__init__", "book", "satisfiable", "sections"}
