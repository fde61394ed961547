"""Faults that the generated properties of the border found, each with the right answer; a name says what went wrong."""

from __future__ import annotations

from datetime import date

import pytest

from matcher.domain.dates import DateSpan
from matcher.domain.possible import NOT_UNDERSTOOD, SUSPECTED, Codes, is_unread
from tests.unit.readers.small import AS_OF, with_issue


@pytest.mark.parametrize("written", ["progression?", "?progression", "progresion", "susp. progression"])
def test_a_doubted_or_misspelt_event_was_taken_for_the_event_itself(written: str) -> None:
    found, issue = with_issue("P105", events=[{"name": written, "date": "2026-01-10"}])
    (event,) = found.events
    assert (event.name, event.on) == ("progression", DateSpan(date(2026, 1, 10), date.max))
    assert "progression" in issue.reason


def test_a_trials_own_event_with_a_question_mark_was_certain() -> None:
    found, _ = with_issue("P105", events=[{"name": "visit 4?", "date": "2026-03-01"}])
    assert [(each.name, each.on.first) for each in found.events] == [("visit_4", AS_OF)]


def test_an_unreadable_ongoing_beside_an_end_was_as_if_it_had_not_been_written() -> None:
    row = {"agents": "cisplatin", "end": "2026-01-05", "ongoing": "flaring"}
    found, _ = with_issue("P105", therapies=[row])
    (course,) = found.therapies.records
    assert (course.end, course.ongoing) == (None, None)


@pytest.mark.parametrize(("field", "written"), [("edition", "8?"), ("n", "N1 (?)")])
def test_a_question_mark_was_dropped_from_a_classification(field: str, written: str) -> None:
    row = {"edition": "8", "n": "N0", "m": "M0", field: written}
    found, _ = with_issue("P105" if field == "edition" else "P114", tnm=[row])
    (staging,) = found.staging
    assert NOT_UNDERSTOOD in getattr(staging, field).members


def test_a_course_that_stopped_and_ends_on_a_day_to_come_was_taken_for_running() -> None:
    row = {"agents": "cisplatin", "end": "2026-02-01", "ongoing": "no"}
    found, _ = with_issue("P111", therapies=[row])
    (course,) = found.therapies.records
    assert (course.end, course.ongoing) == (None, None)


def test_an_unreadable_value_without_its_limit_gave_way_to_another_of_the_day() -> None:
    labs = [{"test": "alt", "value": "clotted", "unit": "U/L"}]
    found, _ = with_issue("P101", labs=labs)
    (alt,) = found.labs
    assert is_unread(alt.times_upper_normal)


def test_a_doubted_test_was_forgotten() -> None:
    found, _ = with_issue("P105", labs=[{"test": "platelets?", "value": 50, "unit": "10*9/L"}])
    (platelets,) = found.labs
    assert platelets.test == Codes.of("platelets", SUSPECTED)
