"""Plans, chunks, and the shipped rulebook with its cases and the published patients."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from matcher.cases.run import read_cases, run_cases
from matcher.domain.dates import DateSpan
from matcher.domain.possible import Interval, Op
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.columnar import ColumnarEngine, GivenValues, PatientFrame
from matcher.engines.columnar.plan import Action, Plan
from matcher.engines.columnar.possible import Numbers
from matcher.engines.reference import ReferenceEngine
from matcher.features.kind import Age, Feature, NumberDomain
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.load import load_rulebook
from matcher.rules.graph import Graph, GraphBuilder, NodeId, Presume, Read, Test
from matcher.rules.rulebook import Rulebook
from tests.generative.equality import differences
from tests.whole import one_of

AS_OF = date(2026, 1, 15)
AGE = Feature("age", Age(), NumberDomain(Interval(0, 125)))


@pytest.fixture(scope="module")
def rulebook(root: Path) -> Rulebook:
    return load_rulebook(root / "rules")


class TestShippedRulebook:
    def test_every_case_holds(self, rulebook: Rulebook, root: Path) -> None:
        cases, diagnostics = read_cases(rulebook, root / "rules")
        assert not diagnostics
        results = run_cases(rulebook, one_of(6, cases), ColumnarEngine())
        assert [failure for result in results for failure in result.failures] == []

    def test_every_node_of_every_case_is_the_same(self, rulebook: Rulebook, root: Path) -> None:
        cases, _ = read_cases(rulebook, root / "rules")
        patients = [each.profile for each in one_of(6, cases)]
        expected = ReferenceEngine().evaluate(rulebook.graph, patients)
        found = ColumnarEngine().evaluate(rulebook.graph, patients)
        assert differences(rulebook.graph, expected, found) == []

    @pytest.mark.parametrize("name", ["tcga_meso", "tcga_stad", "uci_mesothelioma"])
    def test_every_node_of_published_patients_is_the_same(
        self, name: str, rulebook: Rulebook, root: Path, real_data: Path
    ) -> None:
        file = read_patients(
            real_data / "patients" / f"{name}.csv",
            formulary=rulebook.formulary,
            mapping=root / "fixtures" / "mappings" / f"{name}.yaml",
        )
        patients = [outcome.profile for outcome in file if isinstance(outcome, Patient)]
        expected = ReferenceEngine().evaluate(rulebook.graph, patients)
        found = ColumnarEngine().evaluate(rulebook.graph, patients)
        assert differences(rulebook.graph, expected, found) == []


def born(years: int) -> Profile:
    return Profile(f"p{years}", AS_OF, DateSpan.on(AS_OF - timedelta(days=366 * years)))


def shared() -> tuple[Graph, list[NodeId]]:
    """Trials that begin alike: two limits shared by all, and one of their own each."""
    build = GraphBuilder()
    read = build.add(Read(AGE))
    tests = [build.add(Test(read, Op.AT_LEAST, float(each))) for each in range(10, 40)]
    roots = [build.all([tests[0], tests[1], each]) for each in tests[2:]]
    return build.graph(), roots


class TestPlan:
    def test_what_gates_share_is_worked_out_once(self) -> None:
        graph, roots = shared()
        plan = Plan.of(graph, roots)
        assert sum(step.action is Action.AND for step in plan.steps) == 1 + len(roots)

    def test_planes_that_no_root_needs_any_more_are_used_again(self) -> None:
        build = GraphBuilder()
        node = build.add(Test(build.add(Read(AGE)), Op.AT_LEAST, 18.0))
        for _step in range(50):
            node = build.add(Presume(build.all([node, build.unknown()])))
        plan = Plan.of(build.graph(), [node])
        assert plan.outputs == 1
        assert plan.registers <= 4

    def test_a_derived_node_that_is_a_root_has_no_planes(self) -> None:
        build = GraphBuilder()
        read = build.add(Read(AGE))
        assert ColumnarEngine().evaluate_frame(build.graph(), PatientFrame.of([born(20)]), [read]).rows == {}


class TestChunks:
    @pytest.mark.parametrize("threads", [1, 3])
    def test_chunks_and_threads_change_nothing(self, threads: int) -> None:
        graph, roots = shared()
        patients = [born(years) for years in range(200)]
        whole = ColumnarEngine().evaluate_frame(graph, PatientFrame.of(patients), roots)
        parts = ColumnarEngine(chunk=64, threads=threads).evaluate_frame(
            graph, PatientFrame.of(patients), roots
        )
        assert np.array_equal(whole.bits, parts.bits)

    def test_a_chunk_is_a_multiple_of_64(self) -> None:
        with pytest.raises(ValueError, match="64"):
            ColumnarEngine(chunk=100)

    def test_the_bits_beyond_the_last_patient_are_nought(self) -> None:
        build = GraphBuilder()
        root = build.true()
        planes = ColumnarEngine().evaluate_frame(build.graph(), PatientFrame.of([born(20)] * 70), [root])
        assert planes.met(root).tolist() == [2**64 - 1, 2**6 - 1]
        assert planes.not_met(root).tolist() == [0, 0]
        assert planes.unknown(root).tolist() == [0, 0]

    def test_counts_are_of_patients(self) -> None:
        graph, roots = shared()
        patients = [born(5), born(30), Profile("nobody knows", AS_OF)]
        planes = ColumnarEngine().evaluate_frame(graph, PatientFrame.of(patients), roots)
        assert planes.counts()[roots[0]] == (1, 1, 1)
        assert [planes.verdict(roots[0], row) for row in range(3)] == [
            Verdict.NOT_MET,
            Verdict.MET,
            Verdict.UNKNOWN,
        ]

    def test_nobody_is_matched_in_an_empty_frame(self) -> None:
        graph, roots = shared()
        assert ColumnarEngine().evaluate_frame(graph, PatientFrame.of([]), roots).counts()[roots[0]] == (
            0,
            0,
            0,
        )
        assert ColumnarEngine().evaluate(graph, []).patients == ()

    def test_values_that_stand_in_columns_need_no_records(self) -> None:
        graph, roots = shared()
        years = np.array([5.0, 30.0])
        given = GivenValues(2, {AGE: Numbers.closed(years, years, np.zeros(2, np.bool_))})
        assert ColumnarEngine().evaluate_values(graph, given, roots).counts()[roots[0]] == (1, 1, 0)
