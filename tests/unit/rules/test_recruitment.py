"""What is known of a trial's recruitment on a day."""

import json
from datetime import date

import pytest

from matcher.rules.enrolment_syntax import Recruitment as Document
from matcher.rules.recruitment import Known, Recruitment, misplaced, recruitment_of

RECRUITING = {"status": "recruiting", "as_of": "2024-01-01"}


def known(*entries: tuple[str, str]) -> Recruitment:
    """A status with a star came into force on its day."""
    return Recruitment(
        tuple(Known(status.rstrip("*"), date.fromisoformat(day), "*" in status) for status, day in entries)
    )


OPENED_AND_CLOSED = known(("recruiting", "2024-01-01"), ("closed", "2025-01-01"))


@pytest.mark.parametrize(
    ("held", "day", "status", "words"),
    [
        (OPENED_AND_CLOSED, "2023-12-31", None, "not known on the as-of day: what is known of it is of later days"),
        (OPENED_AND_CLOSED, "2024-01-01", "recruiting", "recruiting on 2024-01-01; closed on 2025-01-01"),
        (OPENED_AND_CLOSED, "2024-06-01", None, "not known on the as-of day: recruiting on 2024-01-01; closed on"),
        (OPENED_AND_CLOSED, "2025-01-01", "closed", ""),
        (OPENED_AND_CLOSED, "2026-01-01", "closed", ""),
        # Since when it is closed is said: until then it recruited.
        (known(("recruiting", "2024-01-01"), ("closed*", "2025-01-01")), "2024-12-31", "recruiting", "recruiting"),
        # The same on both days, and over on both.
        (known(("recruiting", "2024-01-01"), ("recruiting", "2025-01-01")), "2024-06-01", "recruiting", "recruiting"),
        (known(("closed", "2024-01-01"), ("completed", "2025-01-01")), "2024-06-01", "closed", "closed on 2024-01-01"),
        # Of a trial of which nothing is ever known there is nothing to say.
        (known(("unknown", "2025-01-01")), "2024-01-01", None, ""),
    ],
)  # fmt: skip
def test_what_holds_on_a_day(held: Recruitment, day: str, status: str | None, words: str) -> None:
    found = held.on(date.fromisoformat(day))
    assert (found and found.status) == status
    said = held.in_words(date.fromisoformat(day))
    assert said.startswith(words)
    assert bool(said) is bool(words)


def test_within_a_period_nothing_differs() -> None:
    held = known(("recruiting", "2024-01-01"), ("suspended", "2024-01-05"), ("recruiting*", "2024-01-07"))
    days = [date.fromordinal(date(2023, 12, 30).toordinal() + number) for number in range(12)]
    by_period: dict[int, set[tuple[object, str]]] = {}
    for day in days:
        by_period.setdefault(held.period(day), set()).add((held.on(day), held.in_words(day)))
    assert all(len(each) == 1 for each in by_period.values())
    assert len(by_period) == len(held.changes) + 1


@pytest.mark.parametrize(
    ("changed", "path", "message"),
    [
        ({"history": [RECRUITING, {"status": "closed", "as_of": "2023-01-01"}]}, ("history", 1, "as_of"), "stands after"),
        ({"history": [RECRUITING, RECRUITING]}, ("history", 1, "as_of"), "two statuses are said of 2024-01-01"),
        ({"history": [{"status": "closed", "as_of": "2030-01-01"}]}, ("as_of",), "stands after 2030-01-01"),
        ({"history": [{"status": "closed"}]}, ("history", 0, "status"), "say either 'as_of'"),
        ({"history": [{**RECRUITING, "since": "2024-01-01"}]}, ("history", 0, "status"), "say either 'as_of'"),
        ({"since": "2027-01-01"}, ("since",), "after the day it was looked up"),
        ({"since": "2023-01-01", "history": [RECRUITING]}, ("since",), "stands after"),
    ],
)  # fmt: skip
def test_days_out_of_order_are_refused(
    changed: dict[str, object], path: tuple[object, ...], message: str
) -> None:
    document = Document.model_validate_json(
        json.dumps({"status": "closed", "as_of": "2026-01-01", **changed})
    )
    (problem,) = misplaced(document)
    assert (problem.code, problem.path) == ("R075", ("recruitment", *path))
    assert message in problem.message


def test_the_present_status_stands_last_and_since_it_came_into_force() -> None:
    document = Document(status="closed", as_of=date(2026, 1, 1), since=date(2025, 1, 1))
    held = recruitment_of(document, lambda *_: None)
    assert [str(each) for each in held.known] == ["closed since 2025-01-01", "closed on 2026-01-01"]
    assert held.on(date(2025, 6, 1)) is held.known[0]
