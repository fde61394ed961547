"""Two records that may tell of one event are one for certain, whichever of them says more and stands first."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from matcher.domain.possible import REPEATED
from tests.unit.readers.small import assembled

IRRADIATED = {"dose": "30 Gy", "start": "2025-06-01", "end": "2025-07-01"}
MAY_BE_ONE: dict[str, tuple[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "an intent that only one of them says": (
        "radiotherapy",
        ({**IRRADIATED, "intent": "palliative"}, {**IRRADIATED, "field": "chest"}),
    ),
    "a field in doubt": (
        "radiotherapy",
        ({**IRRADIATED, "intent": "palliative", "field": "chest?"}, {**IRRADIATED, "field": "chest"}),
    ),
    "a class that says more than its member": (
        "therapies",
        (
            {"agents": "platinum", "kind": "systemic", "start": "2024"},
            {"agents": "cisplatin", "kind": "systemic"},
        ),
    ),
    "an agent nobody knows": (
        "therapies",
        ({"agents": "zzz", "kind": "systemic"}, {"agents": "cisplatin", "kind": "systemic"}),
    ),
    "a scheme nobody knows": (
        "therapies",
        ({"agents": "zzz", "kind": "systemic"}, {"agents": "cisplatin + pemetrexed", "kind": "systemic"}),
    ),
}
ARE_TWO: dict[str, tuple[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "of another day": (
        "therapies",
        (
            {"agents": "platinum", "kind": "systemic", "start": "2024-01-05"},
            {"agents": "cisplatin", "kind": "systemic", "start": "2025-01-05"},
        ),
    ),
    "of no agent of the class": (
        "therapies",
        ({"agents": "platinum", "kind": "systemic"}, {"agents": "nivolumab", "kind": "systemic"}),
    ),
    "of another intent": (
        "radiotherapy",
        ({**IRRADIATED, "intent": "palliative"}, {**IRRADIATED, "intent": "curative"}),
    ),
}


def certain(table: str, rows: tuple[dict[str, Any], ...]) -> int:
    read = assembled(**{table: list(rows)}).profile
    assert read is not None
    records = getattr(read, table).records
    assert len(records) == 2
    return sum(not is_repeated(each) for each in records)


def is_repeated(record: Any) -> bool:
    fields = (getattr(record, name, None) for name in ("kind", "intent"))
    return any(each and REPEATED in each.members for each in fields)


@pytest.mark.parametrize(("table", "rows"), MAY_BE_ONE.values(), ids=MAY_BE_ONE)
def test_what_may_be_one_is_one_for_certain(table: str, rows: tuple[dict[str, Any], ...]) -> None:
    assert {certain(table, each) for each in permutations(rows)} == {1}


@pytest.mark.parametrize(("table", "rows"), ARE_TWO.values(), ids=ARE_TWO)
def test_what_cannot_be_one_is_two(table: str, rows: tuple[dict[str, Any], ...]) -> None:
    assert {certain(table, each) for each in permutations(rows)} == {2}


@pytest.mark.parametrize(
    ("named", "other"), [("nivolumab", "ipilimumab or nivolumab"), ("cisplatin", "platinum")]
)
def test_of_two_that_may_be_one_the_one_that_is_named_stays_certain(named: str, other: str) -> None:
    for rows in permutations([{"agents": named}, {"agents": other}]):
        read = assembled(therapies=list(rows)).profile
        assert read is not None
        kept = [each for each in read.therapies.records if not is_repeated(each)]
        assert [each.components[0].members for each in kept if each.components[0]] == [{named}]
