"""An intake with far more answers than anybody gives: the work grows with them and not with their square."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import Any

import pytest

from matcher.readers.place import Places
from matcher.service.intake import remedy
from matcher.service.intake.desk import Desk


def test_where_answers_stand_is_worked_out_once_for_all_that_is_said_of_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0

    class Counted(Places):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            nonlocal made
            made += 1
            super().__init__(*arguments, **named)

    monkeypatch.setattr("matcher.service.intake.desk.Places", Counted)
    monkeypatch.setattr("matcher.service.intake.wire.Places", Counted)
    answers = {f"conditions/{number}": {"condition": f"unknownia {number}"} for number in range(200)}
    taken = desk.take(answers, date(2026, 1, 15))
    assert {each.field for each in taken.issues} >= answers.keys()
    assert made == 2


def test_of_many_names_that_are_not_known_the_first_are_held_against_the_lists(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = 0
    whole = get_close_matches

    def counted(*arguments: Any) -> Any:
        nonlocal looked
        looked += 1
        return whole(*arguments)

    monkeypatch.setattr("matcher.service.intake.remedy.get_close_matches", counted)
    written = [f"diabetis melitus {number // 2}" for number in range(4 * remedy.MOST_LOOKED_UP)]
    answers = {f"conditions/{number}": {"condition": each} for number, each in enumerate(written)}
    issues = [each for each in desk.take(answers, date(2026, 1, 15)).issues if each.code == "P105"]
    assert len(issues) == len(written)
    lists = {each.terms for each in desk.form.find("conditions").inputs if each.terms}  # type: ignore[union-attr]
    assert looked == remedy.MOST_LOOKED_UP * len(lists)
    assert issues[0].suggestions == issues[1].suggestions != ()
    assert [bool(each.suggestions) for each in issues] == ["first 50" not in each.remedy for each in issues]
    assert not issues[-1].suggestions
