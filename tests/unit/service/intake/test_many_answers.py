"""An intake with far more answers than anybody gives: the work grows with them and not with their square."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matcher.readers.place import Places
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
