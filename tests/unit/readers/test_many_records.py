"""A patient with far more records than anybody has: the work grows with them and not with their square."""

from __future__ import annotations

from collections import Counter
from types import ModuleType
from typing import Any

import pytest

from matcher.domain.possible import DENIED, REPEATED
from matcher.domain.source import Source
from matcher.readers import judgement, repetition, settle
from matcher.readers.place import Places
from tests.unit.readers.small import assembled, profile


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often two records, or a record and a statement, are held against each other."""
    found: Counter[str] = Counter()

    def counted(module: ModuleType, name: str) -> None:
        whole = getattr(module, name)

        def call(*arguments: Any) -> Any:
            found[name] += 1
            return whole(*arguments)

        monkeypatch.setattr(module, name, call)

    counted(settle, "denied_by")
    counted(settle, "_not_later")
    counted(repetition, "may_be_same")
    return found


def test_many_statements_at_odds_leave_all_of_them_open(calls: Counter[str]) -> None:
    days = [f"20{10 + number % 10}-01-{1 + number % 28:02}" for number in range(1_000)]
    said = [{"condition": "lupus", "start": day} for day in days]
    denied = [{"none_of": ["lupus"], "date": day} for day in days]
    found = assembled(conditions=[*said, *denied], complete=["conditions"])
    assert {issue.code for issue in found.issues} == {"P111"}
    assert found.profile is not None
    listing = found.profile.conditions
    held = [each.code.members for each in listing.records if each.code is not None]
    assert len([each for each in held if "lupus" in each]) >= len(days)
    assert all(DENIED in each for each in held if "lupus" in each)
    assert not any("lupus" in absence.codes for absence in listing.absences)
    assert listing.complete
    assert sum(calls.values()) <= 200 * 3 * len(days)


def test_of_one_thing_more_than_anybody_has_is_possibly_told_again(calls: Counter[str]) -> None:
    records = profile(alterations=[f"BRAF V{number}E" for number in range(600)]).alterations.records
    certain = [each for each in records if each.gene is not None and REPEATED not in each.gene.members]
    assert len(certain) == 200
    assert sum(calls.values()) <= 200 * len(records)


@pytest.mark.parametrize("step", ["[0]", ".a", ".", "[", "]"])
def test_the_name_of_a_field_that_looks_like_a_long_path_is_one_step(step: str) -> None:
    places = Places(Source("a.json"), {"labs[0]": Source("a.json", 7)})
    assert places.of("labs[0]." + step * 50_000) == Source("a.json", 7)
    assert places.of("labs[0].value.low") == Source("a.json", 7)
    assert places.of("labs[1].value").column == "labs[1].value"
    assembled(labs=[{"test": "platelets", step * 20_000: 1}])


def test_of_many_judgements_each_is_held_against_the_newest_only(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    whole = judgement._by

    def counted(each: Any) -> Any:
        nonlocal compared
        compared += 1
        return whole(each)

    monkeypatch.setattr(judgement, "_by", counted)
    days = [f"20{10 + number // 250:02}-{1 + number % 12:02}-{1 + number % 28:02}" for number in range(2_000)]
    said = [
        {"candidate": "NCT00000001", "criterion": f"I-0{1 + number % 5}", "person": f"Person {number % 2}",
         "verdict": ("met", "not met")[number % 2], "day": day}
        for number, day in enumerate(days)
    ]  # fmt: skip
    found = assembled(judgements=said)
    assert found.profile is not None
    assert len([each for each in found.profile.judgements if each.force == "in force"]) == 10
    assert len([each for each in found.issues if each.code == "P111"]) == 5
    assert compared <= 4 * len(days)
