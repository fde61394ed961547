"""The reference workload: patients with eight facts that may be missing, and trials of nine atoms each.

ECOG 0 to 4 (10 % missing), age (1 %), histology of four (10 %), mesothelin percent (40 %), prior platinum (20 %),
prior checkpoint inhibitor (20 %), haemoglobin (30 %), platelets (30 %). A trial asks ECOG <= {0, 1, 2}, age >= {18,
21}, mesothelin >= {1, 10, 25, 50, 75}, haemoglobin >= {8, 8.5, 9, 10}, platelets >= {50, 75, 100}, prior platinum,
one of two histologies, and not prior platinum or not prior checkpoint inhibitor. No two trials are the same: beyond
the 2,160 that there are, limits are drawn from finer steps. A fixed seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matcher.domain.dates import Duration, TimeUnit
from matcher.domain.possible import Interval, Op
from matcher.engines.columnar import GivenValues, PatientFrame
from matcher.engines.columnar.column import (
    CodeColumn,
    Column,
    ComponentColumn,
    MixedColumn,
    NameColumn,
    NumberColumn,
    SpanColumn,
)
from matcher.engines.columnar.frame import Absences, Table
from matcher.engines.columnar.possible import Numbers, Values, values_of
from matcher.features.kind import (
    Age,
    CodeDomain,
    Contains,
    Count,
    Feature,
    Is,
    Latest,
    Named,
    NumberDomain,
)
from matcher.rules.graph import Graph, GraphBuilder, NodeId, Read, Test

SEED = 20260115
AS_OF = date(2026, 1, 15).toordinal()
HISTOLOGIES = ("biphasic", "desmoplastic", "epithelioid", "sarcomatoid")
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Facts:
    """One column a fact; ``missing[name]`` where nobody recorded it."""

    numbers: dict[str, Floats]
    missing: dict[str, Bools]

    def __len__(self) -> int:
        return len(self.numbers["age"])

    def first(self, patients: int) -> Facts:
        """The facts of the first patients."""
        return self.between(0, patients)

    def between(self, start: int, stop: int) -> Facts:
        return Facts(
            {name: each[start:stop] for name, each in self.numbers.items()},
            {name: each[start:stop] for name, each in self.missing.items()},
        )


def facts(patients: int) -> Facts:
    rng = np.random.default_rng(SEED)
    numbers = {
        "ecog": rng.integers(0, 5, patients).astype(np.float64),
        "age": rng.integers(16, 90, patients).astype(np.float64),
        "histology": rng.integers(0, len(HISTOLOGIES), patients).astype(np.float64),
        "mesothelin": rng.integers(0, 101, patients).astype(np.float64),
        "platinum": (rng.random(patients) < 0.6).astype(np.float64),
        "checkpoint": (rng.random(patients) < 0.3).astype(np.float64),
        "haemoglobin": rng.integers(60, 170, patients) / 10,
        "platelets": rng.integers(20, 450, patients).astype(np.float64),
    }
    share = dict(zip(numbers, (0.1, 0.01, 0.1, 0.4, 0.2, 0.2, 0.3, 0.3), strict=True))
    return Facts(numbers, {name: rng.random(patients) < share[name] for name in numbers})


@dataclass(frozen=True)
class Trial:
    """The limits of one trial."""

    ecog: int
    age: int
    mesothelin: int
    haemoglobin: float
    platelets: int
    histologies: tuple[int, int]


COARSE = ((1, 10, 25, 50, 75), (8, 8.5, 9, 10), (50, 75, 100))
FINE = (
    tuple(range(1, 100)),
    tuple(each / 10 for each in range(70, 121)),
    tuple(range(50, 155, 5)),
)


def trials(number: int, *, fine: bool = False) -> list[Trial]:
    rng = np.random.default_rng(SEED + 1)
    mesothelin, haemoglobin, platelets = FINE if fine or number > 2000 else COARSE
    found: dict[Trial, None] = {}
    while len(found) < number:
        first, second = sorted(int(each) for each in rng.choice(len(HISTOLOGIES), 2, replace=False))
        trial = Trial(
            int(rng.choice((0, 1, 2))),
            int(rng.choice((18, 21))),
            int(rng.choice(mesothelin)),
            float(rng.choice(haemoglobin)),
            int(rng.choice(platelets)),
            (first, second),
        )
        found[trial] = None
    return list(found)


DOMAINS = {
    "ecog": Interval(0, 4),
    "age": Interval(0, 125),
    "mesothelin": Interval(0, 100),
    "haemoglobin": Interval(0, 30),
    "platelets": Interval(0, 5000),
}
_MONTH = Duration(28, TimeUnit.DAYS)
PLATINUM, CHECKPOINT = frozenset({"cisplatin", "carboplatin"}), frozenset({"nivolumab", "pembrolizumab"})
_COUNT = NumberDomain(Interval(0, np.inf), integer=True)


def features() -> dict[str, Feature]:
    """The eight facts as a rulebook asks for them: the latest of dated records, counts of courses."""

    def lab(test: str) -> Latest:
        return Latest("labs", "value", (Is("test", frozenset({test})),), _MONTH)

    return {
        "ecog": Feature("ecog", Latest("observations", "value", (Named("name", "ecog"),)), _of("ecog")),
        "age": Feature("age", Age(), _of("age")),
        "histology": Feature(
            "histology", Latest("diagnoses", "histology"), CodeDomain(frozenset(HISTOLOGIES))
        ),
        "mesothelin": Feature(
            "mesothelin",
            Latest("biomarkers", "percent_1", (Is("marker", frozenset({"mesothelin"})),)),
            _of("mesothelin"),
        ),
        "platinum": Feature(
            "platinum", Count("therapies", (Contains("components", PLATINUM),), PLATINUM), _COUNT
        ),
        "checkpoint": Feature(
            "checkpoint", Count("therapies", (Contains("components", CHECKPOINT),), CHECKPOINT), _COUNT
        ),
        "haemoglobin": Feature("haemoglobin", lab("haemoglobin"), _of("haemoglobin")),
        "platelets": Feature("platelets", lab("platelets"), _of("platelets")),
    }


def _of(name: str) -> NumberDomain:
    return NumberDomain(DOMAINS[name])


def graph(asked: list[Trial]) -> tuple[Graph, list[NodeId]]:
    """One root a trial: nine atoms under ``all``."""
    build, by_name = GraphBuilder(), features()
    read = {name: build.add(Read(feature)) for name, feature in by_name.items()}

    def test(name: str, op: Op, limit: float | frozenset[str]) -> NodeId:
        return build.add(Test(read[name], op, limit))

    roots = [
        build.all(
            [
                test("ecog", Op.AT_MOST, float(each.ecog)),
                test("age", Op.AT_LEAST, float(each.age)),
                test("mesothelin", Op.AT_LEAST, float(each.mesothelin)),
                test("haemoglobin", Op.AT_LEAST, each.haemoglobin),
                test("platelets", Op.AT_LEAST, float(each.platelets)),
                test("platinum", Op.AT_LEAST, 1.0),
                test("histology", Op.IN, frozenset(HISTOLOGIES[number] for number in each.histologies)),
                build.any(
                    [
                        build.negate(test("platinum", Op.AT_LEAST, 1.0)),
                        build.negate(test("checkpoint", Op.AT_LEAST, 1.0)),
                    ]
                ),
            ]
        )
        for each in asked
    ]
    return build.graph(), roots


def given_values(held: Facts) -> GivenValues:
    """The eight facts as columns of possible values, which is where the peers begin too."""
    return GivenValues(
        len(held), {feature: _values(name, feature, held) for name, feature in features().items()}
    )


#: the eight facts by the words of the rule language
WORDS = {
    "age": "age",
    "ecog": "ecog",
    "histology": "histology",
    "biomarker(marker=mesothelin, method=ihc, percent_positive)": "mesothelin",
    "prior(therapy=platinum)": "platinum",
    "prior(therapy=checkpoint_inhibitor)": "checkpoint",
    "lab(test=haemoglobin, within=28 days)": "haemoglobin",
    "lab(test=platelets, within=28 days)": "platelets",
}


def domain_leaves(codes: frozenset[str]) -> list[str]:
    """The four histologies as leaves of a vocabulary: in a tree, desmoplastic stands below sarcomatoid."""
    return [f"{each}_other" if f"{each}_other" in codes else each for each in HISTOLOGIES]


def rulebook_values(held: Facts, loaded: Graph) -> GivenValues:
    """The same columns for the features of a rulebook that was made of the generated trial files."""
    found: dict[Feature, Values] = {}
    for node in loaded.nodes:
        if isinstance(node, Read):
            found[node.feature] = _values(WORDS[node.feature.name], node.feature, held)
    return GivenValues(len(held), found)


def _values(name: str, feature: Feature, held: Facts) -> Values:
    numbers, missing = held.numbers[name], held.missing[name]
    never = np.zeros(len(held), np.bool_)
    match feature.domain:
        case CodeDomain():
            leaves = domain_leaves(feature.domain.codes)
            sets = tuple(frozenset({each}) for each in leaves)
            places = np.where(missing, -1, numbers).astype(np.int32)
            nobody = CodeColumn(np.full(len(held), -1, np.int32), sets)
            return values_of(feature.domain, CodeColumn(places, sets), never, nobody)
        case NumberDomain(interval=interval):
            low = np.where(missing, interval.low, numbers)
            closed = Numbers.closed(low, np.where(missing, interval.high, numbers), missing)
            return replace(closed, whole=interval)


def frame(held: Facts) -> PatientFrame:
    """The same patients as dated records: what is missing was not recorded, a list without courses is complete."""
    patients = np.arange(len(held), dtype=np.int32)
    recorded = {name: patients[~missing] for name, missing in held.missing.items()}

    def dated(rows: npt.NDArray[np.int32], back: int = 7) -> SpanColumn:
        return SpanColumn.on(np.full(len(rows), AS_OF - back, np.int32))

    def number(name: str) -> NumberColumn:
        return NumberColumn.exactly(held.numbers[name][recorded[name]])

    def same(rows: npt.NDArray[np.int32], code: str) -> CodeColumn:
        return CodeColumn(np.zeros(len(rows), np.int32), (frozenset({code}),))

    ecog, histology, mesothelin = (recorded[each] for each in ("ecog", "histology", "mesothelin"))
    nobody = CodeColumn(np.full(len(ecog), -1, np.int32), ())
    sets = tuple(frozenset({each}) for each in HISTOLOGIES)
    born = np.where(held.missing["age"], AS_OF, AS_OF - (held.numbers["age"] * 365.25 + 100)).astype(np.int32)
    return PatientFrame(
        [str(each) for each in range(len(held))],
        np.full(len(held), AS_OF, np.int32),
        SpanColumn.on(born, ~held.missing["age"]),
        {
            "observations": Table(
                ecog,
                {
                    "name": NameColumn(np.zeros(len(ecog), np.int32), ("ecog",)),
                    "value": MixedColumn(number("ecog"), nobody),
                    "on": dated(ecog),
                },
            ),
            "diagnoses": Table(
                histology,
                {"histology": CodeColumn(held.numbers["histology"][histology].astype(np.int32), sets)},
            ),
            "biomarkers": Table(
                mesothelin,
                {"marker": same(mesothelin, "mesothelin"), "percent_1": number("mesothelin")},
            ),
            "labs": _labs(held, recorded),
            "therapies": _therapies(held),
        },
    )


def _labs(held: Facts, recorded: dict[str, npt.NDArray[np.int32]]) -> Table:
    tests = ("haemoglobin", "platelets")
    rows = np.concatenate([recorded[each] for each in tests])
    values = np.concatenate([held.numbers[each][recorded[each]] for each in tests])
    places = np.repeat(np.arange(2, dtype=np.int32), [len(recorded[each]) for each in tests])
    order = np.argsort(rows, kind="stable")
    return Table(
        rows[order],
        {
            "test": CodeColumn(places[order], tuple(frozenset({each}) for each in tests)),
            "value": NumberColumn.exactly(values[order]),
            "on": SpanColumn.on(np.full(len(rows), AS_OF - 7, np.int32)),
        },
    )


def _therapies(held: Facts) -> Table:
    """Courses given; where a class was not asked for, a course of an agent nobody could name."""
    classes = ("platinum", "checkpoint")
    rows: list[npt.NDArray[np.int32]] = []
    agents: list[npt.NDArray[np.int32]] = []
    for number, name in enumerate(classes):
        given = np.flatnonzero((held.numbers[name] == 1) & ~held.missing[name]).astype(np.int32)
        rows.append(given)
        agents.append(np.full(len(given), number, np.int32))
    row, agent = np.concatenate(rows), np.concatenate(agents)
    order = np.argsort(row, kind="stable")
    sets = (frozenset({"cisplatin"}), frozenset({"nivolumab"}))
    absences = _absences(held, classes)
    columns: dict[str, Column] = {
        "components": ComponentColumn(np.arange(len(row) + 1), CodeColumn(agent[order], sets)),
        "end": SpanColumn.on(np.full(len(row), AS_OF - 60, np.int32)),
    }
    return Table(row[order], columns, np.zeros(len(held), np.bool_), absences)


def _absences(held: Facts, classes: tuple[str, ...]) -> Absences:
    """The statement that a class was not given closes the list for that class alone."""
    rows = [np.flatnonzero((held.numbers[each] == 0) & ~held.missing[each]) for each in classes]
    row = np.concatenate(rows)
    place = np.repeat(np.arange(len(classes)), [len(each) for each in rows])
    order = np.argsort(row, kind="stable")
    nowhen = np.zeros(len(row), np.bool_)
    return Absences(
        row[order].astype(np.int32),
        CodeColumn(place[order].astype(np.int32), (PLATINUM, CHECKPOINT)),
        SpanColumn.on(np.full(len(row), AS_OF, np.int32), nowhen),
    )
