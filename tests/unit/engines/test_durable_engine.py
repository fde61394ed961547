"""The durable engine on the shipped rulebook, at the limits of durable-rules, and when something goes wrong."""

import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from math import inf
from pathlib import Path

import psutil
import pytest

from matcher.cases.run import read_cases, run_cases
from matcher.domain.dates import DateSpan
from matcher.domain.possible import Codes, Interval, Op
from matcher.domain.profile import Profile
from matcher.domain.record import Observation
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, VerdictTable
from matcher.engines.reference import ReferenceEngine
from matcher.engines.reference.kinds import find
from matcher.errors import UsageError
from matcher.features.kind import Age, CodeDomain, Feature, Latest, Named, NumberDomain
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.load import load_rulebook
from matcher.rules.graph import AtLeast, Constant, Graph, GraphBuilder, Not, Presume, Read, Test
from matcher.rules.rulebook import Rulebook
from matcher.service.engines import durable_engine, interviewing

pytest.importorskip("durable.engine", reason="durable-rules does not import on Python 3.13")

from matcher.engines.durable import DurableEngine
from matcher.engines.durable import engine as durable_module
from tests.whole import one_of

AS_OF = date(2026, 1, 15)
REFERENCE = ReferenceEngine()
AGE = Feature("age", Age(), NumberDomain(Interval(0, 125)))


@pytest.fixture(scope="module")
def rulebook(root: Path) -> Rulebook:
    return load_rulebook(root / "rules")


@pytest.fixture(scope="module")
def engine() -> DurableEngine:
    return DurableEngine(find)


def check(graph: Graph, patients: list[Profile], found: VerdictTable) -> None:
    """Every verdict, and every value with the records and notes behind it."""
    expected = REFERENCE.evaluate(graph, patients)
    assert found.patients == expected.patients
    for row in range(len(patients)):
        assert dict(found.verdicts[row]) == dict(expected.verdicts[row])
        assert dict(found.findings[row]) == dict(expected.findings[row])


def read(name: str, domain: NumberDomain | CodeDomain) -> Read:
    field = "value" if isinstance(domain, NumberDomain) else "code"
    return Read(Feature(name, Latest("observations", field, (Named("name", name),)), domain))


def observed(*held: tuple[str, Interval], identifier: str = "p") -> Profile:
    return Profile(identifier, AS_OF, observations=tuple(Observation(name, value) for name, value in held))


class TestShippedRulebook:
    def test_every_case_holds(self, engine: DurableEngine, rulebook: Rulebook, root: Path) -> None:
        cases, _ = read_cases(rulebook, root / "rules")
        # Each case asks for roots of its own: one candidate's cases together.
        cases = cases[::5]
        assert [each for result in run_cases(rulebook, cases, engine) for each in result.failures] == []

    def test_every_node_of_every_case_is_the_same(
        self, engine: DurableEngine, rulebook: Rulebook, root: Path
    ) -> None:
        cases, _ = read_cases(rulebook, root / "rules")
        patients = [each.profile for each in one_of(10, cases)]
        check(rulebook.graph, patients, engine.evaluate(rulebook.graph, patients))

    def test_a_clock_that_jumps_changes_no_verdict(
        self, engine: DurableEngine, rulebook: Rulebook, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A machine that sleeps between two answers, or under one."""
        chance, clock = random.Random(5), [0.0]  # noqa: S311 - a seed

        def jumping() -> float:
            clock[0] += 20.0 * (chance.random() < 0.05)
            return clock[0]

        monkeypatch.setattr("durable.engine._unix_now", jumping)
        file = read_patients(root / "fixtures" / "patients.csv", formulary=rulebook.formulary, as_of=AS_OF)
        patients = [each.profile for each in file if isinstance(each, Patient)]
        interview = engine.interview(rulebook.graph, patients[0])
        for patient in patients[1:]:
            interview.update(patient)
            check(rulebook.graph, [patient], interview.table)
        interview.close()
        assert clock[0] > 1_000

    def test_every_node_of_the_fixtures_is_the_same_also_within_one_interview(
        self, engine: DurableEngine, rulebook: Rulebook, root: Path
    ) -> None:
        file = read_patients(root / "fixtures" / "patients.csv", formulary=rulebook.formulary, as_of=AS_OF)
        patients = [each.profile for each in file if isinstance(each, Patient)]
        check(rulebook.graph, patients, engine.evaluate(rulebook.graph, patients))
        interview = engine.interview(rulebook.graph, patients[0])
        for patient in patients[1:]:
            # Each answer corrects everything: nothing of the one before may be left.
            interview.update(patient)
            check(rulebook.graph, [patient], interview.table)
        interview.close()

    @pytest.mark.parametrize("name", ["tcga_meso", "tcga_stad", "uci_mesothelioma"])
    def test_every_node_of_published_patients_is_the_same(
        self, name: str, engine: DurableEngine, rulebook: Rulebook, root: Path, real_data: Path
    ) -> None:
        file = read_patients(
            real_data / "patients" / f"{name}.csv",
            formulary=rulebook.formulary,
            mapping=root / "fixtures" / "mappings" / f"{name}.yaml",
        )
        patients = [each.profile for each in file if isinstance(each, Patient)][::20]
        check(rulebook.graph, patients, engine.evaluate(rulebook.graph, patients))

    def test_sessions_leave_nothing_in_memory(
        self, engine: DurableEngine, rulebook: Rulebook, root: Path
    ) -> None:
        """The short form of benchmarks/soak.py."""
        cases, _ = read_cases(rulebook, root / "rules")
        process, held = psutil.Process(), []
        for number in range(80):
            interview = engine.interview(rulebook.graph, Profile("p", AS_OF))
            interview.update(cases[number % len(cases)].profile)
            if number % 2:
                # Every other interview is just left, as when a browser is closed.
                interview.close()
            held.append(process.memory_info().rss)
        assert held[-1] - held[30] < 15_000_000
        assert engine._network(rulebook.graph, None)[0].live <= engine.live


class TestLimits:
    def test_many_tests_of_one_value_and_wide_gates(self, engine: DurableEngine) -> None:
        """More tests than may hold of one fact, more members than a fact has properties, several rulesets."""
        builder = GraphBuilder()
        age = builder.add(Read(AGE))
        tests = [
            builder.add(Test(age, op, each / 3)) for each in range(300) for op in (Op.AT_LEAST, Op.ABOVE)
        ]
        builder.all(tests)
        builder.any([builder.negate(each) for each in tests])
        builder.add(AtLeast(100.0, tuple(tests), tuple(0.5 for _ in tests)))
        years = [replace(observed(), birth=DateSpan.on(date(year, 1, 1))) for year in (1900, 1960, 2020)]
        unknown = replace(observed(), birth=DateSpan(date(1960, 1, 1), date(1990, 1, 1)))
        patients = [*years, unknown, observed()]
        check(builder.graph(), patients, engine.evaluate(builder.graph(), patients))

    def test_numbers_no_parser_of_the_host_would_read(self, engine: DurableEngine) -> None:
        builder = GraphBuilder()
        value = builder.add(read("a", NumberDomain(Interval(-inf, inf))))
        limits = (-inf, -1e300, -1e-7, 0.0, 5e-324, 1e-7, 0.1 + 0.2, 0.3, 14.6, 1e16, 1e22, inf)
        for limit in limits:
            for op in (Op.AT_LEAST, Op.AT_MOST, Op.ABOVE, Op.BELOW):
                builder.add(Test(value, op, limit))
        ends = (-inf, -1e-7, 0.0, 1e-7, 0.3, 15.0, 1e22, inf)
        patients = [observed(("a", Interval(low, high))) for low in ends for high in ends if low <= high]
        patients += [
            observed(("a", Interval(low, high, True, True))) for low in ends for high in ends if low < high
        ]
        check(builder.graph(), patients, engine.evaluate(builder.graph(), patients))

    def test_names_the_host_would_trip_over(self) -> None:
        codes = ("$and", "a.b", "15", "é\u0000\"'", "sid", "$s", "x" * 400)
        builder = GraphBuilder()
        feature = Feature(
            "$m.sid", Latest("observations", "code", (Named("name", "$s"),)), CodeDomain(frozenset(codes))
        )
        value = builder.add(Read(feature))
        for code in codes:
            builder.add(Test(value, Op.IN, frozenset({code})))
        builder.add(Test(value, Op.IN, frozenset(codes[:3])))
        graph = builder.graph()
        given = DurableEngine(lambda *_: Finding(Codes.of("a.b", "15")))
        found = given.evaluate(graph, [Profile("$sid.'é\u0000", AS_OF)])
        verdicts = [found.verdict(each) for each in range(1, 9)]
        unknown, no = Verdict.UNKNOWN, Verdict.NOT_MET
        assert verdicts == [no, unknown, unknown, no, no, no, no, Verdict.MET]

    def test_constants_negations_and_presumptions_need_no_fact(self, engine: DurableEngine) -> None:
        builder = GraphBuilder()
        nodes = [builder.add(Constant(each)) for each in Verdict]
        nodes += [builder.add(Not(each)) for each in nodes]
        nodes += [builder.add(Presume(each)) for each in nodes]
        nodes.append(builder.add(AtLeast(0.0, (nodes[2],), (-1.0,))))
        builder.all(nodes)
        check(builder.graph(), [observed()], engine.evaluate(builder.graph(), [observed()]))

    def test_a_rulebook_beyond_the_limits_is_refused_and_another_engine_serves(
        self, engine: DurableEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(durable_module, "MOST_NODES", 3)
        builder = GraphBuilder()
        age = builder.add(Read(AGE))
        for limit in (1.0, 2.0, 3.0):
            builder.add(Test(age, Op.AT_LEAST, limit))
        graph = builder.graph()
        with pytest.raises(UsageError, match="4 nodes") as refused:
            engine.interview(graph, observed())
        assert refused.value.code == "U021"
        assert interviewing(graph, [1, 2, 3]).name == "reference"
        assert interviewing(graph, [1]).name == "durable"


class TestMishaps:
    def graph(self) -> Graph:
        builder = GraphBuilder()
        age = builder.add(Read(AGE))
        builder.add(Test(age, Op.AT_LEAST, 18.0))
        return builder.graph()

    def born(self, year: int) -> Profile:
        return replace(observed(), birth=DateSpan.on(date(year, 1, 1)))

    def test_where_durable_rules_does_not_import_one_sentence_says_so(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in [each for each in sys.modules if each.startswith("matcher.engines.durable")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
        with pytest.raises(UsageError, match="does not run here") as refused:
            durable_engine()
        assert refused.value.code == "U016"
        assert interviewing(self.graph(), [1]).name == "reference"

    def test_a_host_has_no_threads(self) -> None:
        before = threading.active_count()
        DurableEngine(find).interview(self.graph(), observed()).close()
        assert threading.active_count() == before

    def test_what_reading_a_feature_raises_reaches_the_caller_and_half_an_answer_is_none(self) -> None:
        broken = False

        def reader(*asked) -> Finding:
            if broken:
                raise ValueError("unreadable")
            return find(*asked)

        interview = DurableEngine(reader).interview(self.graph(), self.born(1990))
        broken = True
        with pytest.raises(ValueError, match="unreadable"):
            interview.update(self.born(2020))
        broken = False
        interview.update(self.born(2020))
        check(self.graph(), [self.born(2020)], interview.table)

    def test_what_an_action_raises_reaches_the_caller(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise KeyError("nothing")

        engine = DurableEngine(find)
        interview = engine.interview(self.graph(), self.born(1990))
        with monkeypatch.context() as patch:
            patch.setattr("matcher.engines.durable.interview.Session.conclude", fail)
            with pytest.raises(RuntimeError, match="nothing"):
                interview.update(self.born(2020))
        interview.update(self.born(2020))
        check(self.graph(), [self.born(2020)], interview.table)

    def test_a_closed_interview_takes_no_answer(self, engine: DurableEngine) -> None:
        interview = engine.interview(self.graph(), observed())
        interview.close()
        interview.close()
        with pytest.raises(ValueError, match="closed"):
            interview.update(observed())

    def test_interviews_of_many_threads_do_not_mix(
        self, engine: DurableEngine, rulebook: Rulebook, root: Path
    ) -> None:
        cases, _ = read_cases(rulebook, root / "rules")
        patients = [each.profile for each in cases][:24]

        def ask(number: int) -> list[str]:
            mine = [replace(each, id=f"{number}") for each in patients[number::6]]
            interview = engine.interview(rulebook.graph, mine[0])
            for each in mine[1:]:
                interview.update(each)
                check(rulebook.graph, [each], interview.table)
            interview.close()
            return [each.id for each in mine]

        with ThreadPoolExecutor(6) as pool:
            assert len(list(pool.map(ask, range(6)))) == 6
