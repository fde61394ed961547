"""Days typed into a form: understood where they can be read in one way, asked about where in two."""

from datetime import date

import pytest

from matcher.service.intake.days import readings, spoken
from matcher.service.intake.desk import Desk

TODAY = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("15.01.1960", ["1960-01-15"]),
        ("1.2.1960", ["1960-02-01"]),
        ("15/01/1960", ["1960-01-15"]),
        ("01/15/1960", ["1960-01-15"]),
        ("01/02/1960", ["1960-02-01", "1960-01-02"]),
        ("01-02-1960", ["1960-02-01", "1960-01-02"]),
        ("02/02/1960", ["1960-02-02"]),
        ("15.01.60", ["1960-01-15"]),
        ("15.01.25", ["2025-01-15", "1925-01-15"]),
        ("1960/1/15", ["1960-01-15"]),
        ("1/1960", ["1960-01"]),
        ("13/1960", []),
        ("15 Jan 1960", ["1960-01-15"]),
        ("15. März 1960", ["1960-03-15"]),
        ("January 15, 1960", ["1960-01-15"]),
        ("3rd of March 1960", []),
        ("Mai 1960", ["1960-05"]),
        ("31.02.1960", []),
        ("31/02/1960", []),
        ("about 1960", []),
        ("15.01-1960", []),
        ("", []),
        ("1.1." * 30, []),
    ],
)
def test_what_a_typed_day_may_mean(text: str, days: list[str]) -> None:
    assert list(readings(text, TODAY)) == days


def test_a_day_is_said_in_words_nobody_takes_for_another() -> None:
    assert [spoken("2025-04-03"), spoken("2025-04")] == ["3 April 2025", "April 2025"]


@pytest.mark.parametrize("name", ["birth_date", "therapies/1"])
def test_a_day_with_one_reading_is_understood_and_one_with_two_is_asked_about(desk: Desk, name: str) -> None:
    def answer(day: str) -> dict[str, object]:
        return {name: day if name == "birth_date" else {"agents": ["cisplatin"], "start": day}}

    assert desk.take(answer("15.01.1960"), TODAY).profile == desk.take(answer("1960-01-15"), TODAY).profile
    assert not desk.take(answer("15.01.1960"), TODAY).issues
    (issue,) = desk.take(answer("01/02/1960"), TODAY).issues
    assert [each.value for each in issue.suggestions] == ["1960-02-01", "1960-01-02"]
    assert "mapping" not in issue.remedy


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("diagnosis", "mesotheliom", "Mesothelioma, site not stated"),
        ("diagnosis", "plueral mesothelioma", "Pleural Mesothelioma"),
        ("diagnosis", "Pleuramesotheliom", "Pleural Mesothelioma"),
    ],
)
def test_a_name_with_a_slip_is_offered_as_it_was_meant(desk: Desk, name: str, text: str, meant: str) -> None:
    (issue,) = desk.take({name: text}, TODAY).issues
    assert meant in [each.title for each in issue.suggestions]


def test_a_name_like_no_other_says_where_names_are_found(desk: Desk) -> None:
    (issue,) = desk.take({"diagnosis": "xyzzy"}, TODAY).issues
    assert issue.suggestions == ()
    assert "list" in issue.remedy
