"""A large rulebook's short way: all candidates judged at once give the very answer that one by one gives."""

from datetime import date
from pathlib import Path

import pytest

from matcher.domain.profile import Profile
from matcher.engines.planes.single import SingleEngine
from matcher.explanation import explain
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.load import load_rulebook
from matcher.rules.rulebook import Rulebook
from matcher.service import match
from matcher.service.match import Matcher, MatchOptions


@pytest.fixture(scope="module")
def rulebook(root: Path) -> Rulebook:
    return load_rulebook(root / "rules")


@pytest.fixture(scope="module")
def patients(root: Path, rulebook: Rulebook) -> list[Profile]:
    file = read_patients(
        root / "fixtures" / "profiles.jsonl", formulary=rulebook.formulary, as_of=date(2026, 1, 15)
    )
    return [each.profile for each in file if isinstance(each, Patient)]


@pytest.mark.parametrize(
    "options",
    [
        MatchOptions(top=1000),
        MatchOptions(top=3),
        MatchOptions(top=1000, include_closed=True, include_deceased=True),
    ],
)
def test_all_at_once_is_one_by_one(
    rulebook: Rulebook, patients: list[Profile], options: MatchOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_by_one = [Matcher(rulebook, options).match_one(each) for each in patients]
    monkeypatch.setattr(explain, "MANY_CANDIDATES", 1)
    monkeypatch.setitem(match._SINGLY, "auto", lambda: SingleEngine(by_level=True))
    matcher = Matcher(rulebook, options)
    assert [matcher.match_one(each) for each in patients] == one_by_one


def test_any_engine_will_do(
    rulebook: Rulebook, patients: list[Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = MatchOptions(top=5)
    one_by_one = Matcher(rulebook, options).match_one(patients[0])
    monkeypatch.setattr(explain, "MANY_CANDIDATES", 1)
    assert Matcher(rulebook, options).match_one(patients[0]) == one_by_one
