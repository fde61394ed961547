"""The counts of a cohort are what counting patient by patient gives, and they add up."""

import json
import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from matcher.cases.run import read_cases
from matcher.domain.profile import Profile
from matcher.engines.columnar import ColumnarEngine, PatientFrame
from matcher.engines.reference import ReferenceEngine
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.load import load_rulebook
from matcher.rules.rulebook import Rulebook
from matcher.standing.cohort import CohortCounts, CohortPlan
from matcher.standing.cohort.counts import SAMPLED
from matcher.standing.standing import StandingKind, kind_of, stand
from tests.cohort_one_by_one import answered, lacking_facts, one_by_one

AS_OF = date(2026, 1, 15)
ENGINE = ColumnarEngine()


@pytest.fixture(scope="module")
def rulebook(root: Path) -> Rulebook:
    return load_rulebook(root / "rules")


def counted(plan: CohortPlan, patients: Sequence[Profile], **given) -> CohortCounts:
    frame = PatientFrame.of(patients)
    planes = ENGINE.evaluate_frame(plan.rulebook.graph, frame, plan.roots)
    return plan.count(planes, frame.ids, **given)


def check(plan: CohortPlan, patients: Sequence[Profile]) -> CohortCounts:
    found, expected = counted(plan, patients), one_by_one(plan, patients)
    assert np.array_equal(found.standings, expected.standings)
    for entry in plan.entries:
        for each, fast, slow in zip(
            entry.criteria, entry.criterion_counts(found), entry.criterion_counts(expected), strict=True
        ):
            assert fast == slow, (entry.candidate.id, each.id)
        assert entry.fact_counts(found) == entry.fact_counts(expected), entry.candidate.id
    assert found.overall.tolist() == expected.overall.tolist()
    return found


def from_file(path: Path, rulebook: Rulebook, mapping: Path | None = None) -> list[Profile]:
    file = read_patients(
        path, formulary=rulebook.formulary, mapping=mapping, as_of=AS_OF if mapping is None else None
    )
    return [outcome.profile for outcome in file if isinstance(outcome, Patient)]


@pytest.fixture(scope="module")
def cases(rulebook: Rulebook, root: Path) -> list[Profile]:
    read, _ = read_cases(rulebook, root / "rules")
    return [replace(each.profile, id=f"case-{number}") for number, each in enumerate(read)]


def test_one_by_one_the_patients_of_the_fixtures_are_counted_alike(rulebook: Rulebook, root: Path) -> None:
    check(CohortPlan.of(rulebook), from_file(root / "fixtures" / "patients.csv", rulebook))


def test_one_by_one_the_patients_of_the_cases_are_counted_alike(
    rulebook: Rulebook, cases: list[Profile]
) -> None:
    found = check(CohortPlan.of(rulebook, include_closed=True), cases[1::4])
    assert all(column.any() for column in found.criteria.T), "a column is never more than nought"


def test_one_by_one_published_patients_are_counted_alike(
    rulebook: Rulebook, root: Path, real_data: Path
) -> None:
    mapping = root / "fixtures" / "mappings" / "tcga_meso.yaml"
    check(CohortPlan.of(rulebook), from_file(real_data / "patients" / "tcga_meso.csv", rulebook, mapping))


@pytest.fixture(scope="module")
def plan(rulebook: Rulebook) -> CohortPlan:
    return CohortPlan.of(rulebook, include_closed=True)


@pytest.fixture(scope="module")
def counts(plan: CohortPlan, cases: list[Profile]) -> CohortCounts:
    return counted(plan, cases)


def test_every_criterion_and_every_standing_adds_up_to_the_patients(
    counts: CohortCounts, cases: list[Profile]
) -> None:
    assert set(counts.criteria[:, :3].sum(axis=1).tolist()) == {len(cases)}
    assert set(counts.standings.sum(axis=1).tolist()) == {len(cases)}


def test_who_is_left_after_the_last_criterion_fits_or_is_possible(
    plan: CohortPlan, counts: CohortCounts
) -> None:
    for entry in plan.entries:
        last, standings = entry.criterion_counts(counts)[-1], entry.standings(counts)
        fits = sum(number for kind, number in standings.items() if kind in list(StandingKind)[:3])
        assert last.left_fitting == fits
        assert last.left == fits + standings[StandingKind.POSSIBLE]


def test_parts_in_any_order_add_up_to_the_whole(
    plan: CohortPlan, counts: CohortCounts, cases: list[Profile]
) -> None:
    parts = [counted(plan, cases[start::7]) for start in range(7)]
    together = plan.nothing()
    for part in (parts[3], *parts[:3], *parts[4:]):
        together = together + part
    assert together == counts
    assert len(together.sample) == SAMPLED


def test_counts_survive_pickle_and_json(counts: CohortCounts) -> None:
    assert pickle.loads(pickle.dumps(counts)) == counts  # noqa: S301 - made here
    assert CohortCounts.of_document(json.loads(json.dumps(counts.document()))) == counts


def test_counts_of_another_form_or_of_another_rulebook_are_refused(
    counts: CohortCounts, rulebook: Rulebook
) -> None:
    with pytest.raises(ValueError, match="another version"):
        CohortCounts.of_document({**counts.document(), "form": 0})
    for other in (
        CohortPlan.of(rulebook),
        CohortPlan.of(replace(rulebook, version="other"), include_closed=True),
    ):
        with pytest.raises(ValueError, match="do not add up"):
            _ = counts + other.nothing()


def test_who_is_left_out_is_in_no_count(plan: CohortPlan, cases: list[Profile]) -> None:
    dead = np.arange(len(cases)) % 3 == 0
    found = counted(plan, cases, left_out=dead)
    living = counted(plan, [each for each, gone in zip(cases, dead, strict=True) if not gone])
    assert found == replace(living, left_out=int(dead.sum()))


def test_nobody_is_counted_in_an_empty_frame(plan: CohortPlan) -> None:
    assert counted(plan, []) == plan.nothing()


def test_the_sample_holds_the_standing_of_each_candidate(
    plan: CohortPlan, counts: CohortCounts, cases: list[Profile]
) -> None:
    by_id = {each.id: each for each in cases}
    for sampled in counts.sample[:20]:
        table = ReferenceEngine().evaluate(plan.rulebook.graph, [by_id[sampled.patient]])
        for digit, candidate in zip(sampled.standings, plan.candidates, strict=True):
            standing = stand(candidate, table)
            assert standing is not None
            assert list(StandingKind)[int(digit)] is standing.kind


def test_a_fact_that_is_all_that_is_missing_settles_it_whatever_the_answer(
    plan: CohortPlan, root: Path, rulebook: Rulebook
) -> None:
    settled = 0
    for profile in from_file(root / "fixtures" / "patients.csv", rulebook):
        table = ReferenceEngine().evaluate(rulebook.graph, [profile])
        for entry in plan.entries:
            kind = kind_of(entry.roots, entry.candidate.coverage, table, 0)
            facts = lacking_facts(entry, kind, rulebook.graph, table)
            if len(facts) != 1 or "" in facts:
                continue
            for high in (False, True):
                known = answered(rulebook, profile, next(iter(facts)), high=high)
                after = kind_of(entry.roots, entry.candidate.coverage, known, 0)
                assert after is not StandingKind.POSSIBLE, (profile.id, entry.candidate.id, facts)
                settled += 1
    assert settled
