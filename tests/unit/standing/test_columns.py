"""Standing and order in columns are those of one patient at a time."""

from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.cases.run import read_cases
from matcher.domain.verdict import Verdict
from matcher.engines.columnar import ColumnarEngine, PatientFrame
from matcher.engines.reference import ReferenceEngine
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.load import load_rulebook
from matcher.rules.rulebook import Rulebook
from matcher.standing.columns import Columns
from matcher.standing.deciding import ConditionReading
from matcher.standing.order import Order
from matcher.standing.ranking import selected_by
from matcher.standing.selecting import Selecting
from matcher.standing.standing import StandingKind
from tests.generative.conditions import GATES, LEAVES, gate
from tests.generative.graphs import parts
from tests.generative.profiles import profiles
from tests.small_rulebook import write_rulebook
from tests.unit.standing.both_ways import differences
from tests.whole import one_of

_SOURCE = '{document: protocol, section: Eligibility, address: "https://example.org/p"}'
_COHORTS = f"""\
trial: NCT00000009
title: A trial in cohorts
phase: 2
recruitment:
  status: recruiting
  as_of: 2026-01-01
  source: {_SOURCE}
  history:
    - {{status: not_yet_recruiting, as_of: 2025-01-01, source: {_SOURCE}}}
    - {{status: recruiting, since: 2025-03-01, source: {_SOURCE}}}
    - {{status: closed, as_of: 2025-06-01, source: {_SOURCE}}}
coverage: full
inclusion:
  I-01: {{text: Adult, when: {{age: {{at_least: 18 years}}}}, source: {_SOURCE}}}
cohorts:
  B:
    title: Fit
    status: closed
    inclusion:
      I-11: {{text: Fit, when: {{ecog: {{at_most: 1}}}}, source: {_SOURCE}}}
  A:
    title: Epithelioid and not treated before
    status: open
    inclusion:
      I-21: {{text: Epithelioid, when: {{histology: {{in: [epithelioid]}}}}, source: {_SOURCE}}}
      I-22: {{text: First, when: {{not: {{lines_of_therapy: {{at_least: 1}}}}}}, source: {_SOURCE}}}
  C:
    title: Unwell
    status: open
    inclusion:
      I-31: {{text: Unwell, when: {{ecog: {{at_least: 1}}}}, source: {_SOURCE}}}
"""


DAYS = [date(2024, 12, 31), date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 1), date(2025, 6, 1)]
DAYS += [date(2025, 12, 31), date(2026, 1, 1), date(2027, 1, 1)]


@pytest.fixture(scope="module")
def shipped(root: Path) -> Rulebook:
    return load_rulebook(root / "rules")


def read(path: Path, rulebook: Rulebook, mapping: Path | None = None, day: str = "2026-01-15"):
    file = read_patients(
        path,
        formulary=rulebook.formulary,
        mapping=mapping,
        as_of=None if mapping else date.fromisoformat(day),
        today=date.fromisoformat(day),
    )
    return [each.profile for each in file if isinstance(each, Patient)]


@pytest.mark.parametrize("name", ["patients.csv", "profiles.jsonl", "tables"])
@pytest.mark.parametrize("include_closed", [False, True])
def test_fixtures(shipped: Rulebook, root: Path, name: str, include_closed: bool) -> None:
    assert differences(shipped, read(root / "fixtures" / name, shipped), include_closed) == []


def test_all_cases_beside_the_rules(shipped: Rulebook, root: Path) -> None:
    cases, _ = read_cases(shipped, root / "rules")
    assert len(cases) > 100
    assert differences(shipped, [each.profile for each in one_of(6, cases)], include_closed=True) == []


@pytest.mark.parametrize("name", ["tcga_meso", "tcga_stad", "uci_mesothelioma"])
def test_real_records(shipped: Rulebook, root: Path, real_data: Path, name: str) -> None:
    mapping = root / "fixtures" / "mappings" / f"{name}.yaml"
    held = read(real_data / "patients" / f"{name}.csv", shipped, mapping)
    assert differences(shipped, held[:150], include_closed=True) == []


@given(patients=st.lists(profiles(), min_size=1, max_size=3))
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
def test_generated_patients(shipped: Rulebook, patients) -> None:
    assert differences(shipped, patients, include_closed=True) == []


@pytest.fixture(scope="module")
def with_cohorts(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = write_rulebook(tmp_path_factory.mktemp("rules"))
    (folder / "trials" / "NCT00000009.yaml").write_text(_COHORTS, "utf-8")
    (folder / "trials" / "NCT00000008.yaml").write_text(
        _COHORTS.replace("NCT00000009", "NCT00000008").replace("status: recruiting", "status: suspended"),
        "utf-8",
    )
    (folder / "trials" / "NCT00000007.yaml").write_text(
        _COHORTS.partition("cohorts:")[0]
        .replace("NCT00000009", "NCT00000007")
        .replace("status: recruiting", "status: completed")
        .replace("as_of: 2026-01-01", "as_of: 2026-01-01\n  since: 2025-12-24"),
        "utf-8",
    )
    (folder / "regimens" / "nothing.yaml").write_text(
        (folder / "regimens" / "rest.yaml").read_text("utf-8").replace("rest", "nothing")
        + "background: true\n",
        "utf-8",
    )
    return load_rulebook(folder)


@given(
    patients=st.lists(st.tuples(profiles(), st.sampled_from(DAYS)), min_size=1, max_size=3),
    one_day=st.booleans(),
    include_closed=st.booleans(),
)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_cohorts_and_recruitment_of_each_patients_own_day(
    with_cohorts: Rulebook, patients, one_day: bool, include_closed: bool
) -> None:
    held = [replace(each, as_of=patients[0][1] if one_day else day) for each, day in patients]
    assert differences(with_cohorts, held, include_closed) == []


@pytest.mark.parametrize("wanted", [*GATES, "any"])
@given(data=st.data(), patients=st.lists(profiles(), min_size=1, max_size=2))
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_what_a_condition_selects_by(wanted: str, data: st.DataObject, patients) -> None:
    raw = data.draw(gate(wanted, 3) if wanted != "any" else LEAVES)
    build, reader, lowering = parts(())
    condition = reader.read(raw, ())
    assert condition is not None
    condition = lowering.lowered(condition)
    selecting = Selecting(build)
    found = selecting.by_kind(condition)
    graph = build.graph()
    table = ReferenceEngine().evaluate(graph, patients)
    planes = ColumnarEngine().evaluate_frame(graph, PatientFrame.of(patients))
    for row in range(len(patients)):
        reading = ConditionReading(graph, table, row)
        expected = selected_by(condition, reading)
        assert {kind for kind, each in found.items() if planes.verdict(each, row) is Verdict.MET} == expected
        assert all(planes.verdict(each, row) is not Verdict.UNKNOWN for each in found.values())
        assert reading.verdict(condition) is planes.verdict(condition.node, row)


def test_the_first_of_some_standings(shipped: Rulebook, root: Path) -> None:
    held = read(root / "fixtures" / "patients.csv", shipped)
    columns = Columns(shipped, include_closed=True)
    order = Order(columns)
    frame = PatientFrame.of(held)
    (judged,) = columns.judge(columns.planes(frame), frame.as_of)
    everything = _rows(order, judged)
    some = {StandingKind.POSSIBLE, StandingKind.NOT_YET}
    for top in (1, 3, 1000):
        expected = []
        for row in range(len(held)):
            for trial in (True, False):
                of_kind = [
                    each for each in everything if each[0] == row and (each[1] < columns.trials) is trial
                ]
                expected += of_kind[:top]
        assert _rows(order, judged, top) == expected
        for row in range(len(held)):
            for trial in (True, False):
                of_kind = [
                    each for each in everything if each[0] == row and (each[1] < columns.trials) is trial
                ]
                kept = [each for each in _rows(order, judged, top, some) if each[0] == row]
                kept = [each for each in kept if (each[1] < columns.trials) is trial]
                assert kept == [each for each in of_kind if each[3] in (3, 4)][:top]


def _rows(order: Order, *asked) -> list[tuple[int, ...]]:
    kept = order.kept(*asked)
    columns = (kept.patients, kept.candidates, kept.ranks, kept.standings)
    return list(zip(*(each.tolist() for each in columns), strict=True))


def test_stretches_of_patients_change_nothing(shipped: Rulebook, root: Path, monkeypatch) -> None:
    held = (read(root / "fixtures" / "patients.csv", shipped) * 20)[:200]
    columns = Columns(shipped)
    order = Order(columns)
    frame = PatientFrame.of(held)
    planes = columns.planes(frame)
    (judged,) = columns.judge(planes, frame.as_of)
    monkeypatch.setattr("matcher.standing.columns.PAIRS", 64)
    pieces = [_rows(order, each, 5) for each in columns.judge(planes, frame.as_of)]
    assert len(pieces) == 4
    assert list(chain(*pieces)) == _rows(order, judged, 5)
