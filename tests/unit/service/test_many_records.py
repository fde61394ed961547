"""One patient with far more records of a kind than anybody has: the work grows with them, not with their square."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from matcher.readers.outcome import Reject
from matcher.service import Matcher, MatchOptions, open_rulebook
from matcher.service.answer import answer, to_json

DAY = date(2026, 1, 15)
FEW, MANY = 220, 440
"""Of the first two hundred each is held against each other, and that is meant."""


def on(number: int) -> str:
    return f"20{10 + number % 15}-{1 + number % 12:02}-{1 + number % 28:02}"


def courses(agent: str, count: int) -> list[dict[str, Any]]:
    return [{"agents": [agent], "start": on(number)} for number in range(count)]


LISTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "courses denied": lambda n: {
        "therapies": [
            *courses("cisplatin", n),
            *({"none_of": ["platinum"], "date": on(each)} for each in range(n)),
        ]
    },
    "medicines nobody knows": lambda n: {"medications": [f"unknowinib {each}" for each in range(n)]},
    "values of a day": lambda n: {
        "labs": [
            {"test": "platelets", "value": each, "unit": "10*9/L", "date": "2026-01-10"} for each in range(n)
        ]
    },
    "values nobody can read": lambda n: {
        "labs": [{"test": "platelets", "value": each, "unit": f"unit {each}"} for each in range(n)]
    },
    "alterations": lambda n: {"alterations": [f"BRAF V{600 + each}E" for each in range(n)]},
    "judgements": lambda n: {
        "judgements": [
            {"candidate": "NCT04577326", "criterion": "I-01", "verdict": verdict, "person": f"Person {each}"}
            for each in range(n // 2)
            for verdict in ("met", "not met")
        ]
    },
}


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(open_rulebook(Path(__file__).resolve().parents[3] / "rules"), MatchOptions())


def calls(matcher: Matcher, profile: dict[str, Any]) -> int:
    """Steps of the program, those of comparisons and loops among them: the same on every machine."""
    found = 0

    def step(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal found
        found += event == "call"

    before = sys.getprofile()
    sys.setprofile(step)
    try:
        answered_of(matcher, profile)
    finally:
        sys.setprofile(before)
    return found


def answered_of(matcher: Matcher, profile: dict[str, Any]) -> None:
    answered = answer(matcher, {"id": "A", **profile}, MatchOptions(), as_of=DAY, today=DAY)
    assert not isinstance(answered, Reject)
    to_json(answered)


@pytest.mark.parametrize("kind", LISTS)
def test_twice_the_records_are_not_four_times_the_work(matcher: Matcher, kind: str) -> None:
    answered_of(matcher, LISTS[kind](FEW))  # what is made once is made
    none = calls(matcher, {})
    few, many = (calls(matcher, LISTS[kind](count)) - none for count in (FEW, MANY))
    assert many < 3 * few
