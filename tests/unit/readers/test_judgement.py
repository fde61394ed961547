"""Judgements of people: how they are written, which of several counts, and what is not understood."""

from typing import Any

import pytest

from matcher.domain.judgement import HOLDS, HOLDS_NOT, IN_FORCE, REPLACED, Judgement
from matcher.domain.possible import Codes
from matcher.domain.wire.dump import dump
from tests.judged_rulebook import judged
from tests.unit.readers.small import assembled

MET, NOT_MET, OPEN = Codes.of(HOLDS), Codes.of(HOLDS_NOT), Codes.of(HOLDS, HOLDS_NOT)


def judgements(*rows: dict[str, Any]) -> tuple[Judgement, ...]:
    found = assembled(judgements=list(rows)).profile
    assert found is not None
    return found.judgements


@pytest.mark.parametrize(
    ("criterion", "verdict", "counts"),
    [
        ("I-02", "met", MET),
        ("I-02", "Not met", NOT_MET),
        ("I-02", True, MET),
        ("i2", "unmet", NOT_MET),
        ("I-02", "unknown", OPEN),
        ("E-01", "applies", MET),
        ("E-01", "does not apply", NOT_MET),
        # Of an exclusion "met" could be meant in two ways.
        ("E-01", "met", OPEN),
        ("I-02", "applies", OPEN),
        ("I-02", "met?", OPEN),
        ("I-02", "probably met", OPEN),
        ("I-02", ["met", "not met"], OPEN),
    ],
)
def test_a_verdict_is_understood_as_the_criterion_is_worded(
    criterion: str, verdict: object, counts: Codes
) -> None:
    (found,) = judgements(judged(criterion, verdict))
    assert found.verdict == counts


def test_what_is_not_understood_is_an_issue_and_stays_a_judgement() -> None:
    found = assembled(judgements=[judged("E-01", "met", person="Dr X")])
    assert [each.code for each in found.issues] == ["P105"]
    assert found.profile is not None
    assert found.profile.judgements[0].person == "Dr X"


def test_the_names_of_trials_and_criteria_are_read_as_people_write_them() -> None:
    (found,) = judgements({"candidate": "nct 00000007", "criterion": "e 1", "verdict": "applies"})
    assert (found.candidate, found.criterion) == ("NCT00000007", "E-01")


def test_a_later_word_of_the_same_person_replaces_the_earlier() -> None:
    first, last = judgements(
        judged("I-02", "not met", person="Dr X", day="2026-01-02"),
        judged("I-02", "met", person="dr x", day="2026-01-10"),
    )
    assert (first.force, last.force, last.verdict) == (REPLACED, IN_FORCE, MET)


@pytest.mark.parametrize(
    "second",
    [
        {"person": "Dr Y", "day": "2026-01-10"},
        {"person": "Dr Y"},
        {"person": "Dr X", "day": "2026-01-02"},
        {"day": "2026-01-10"},
        {"person": "Dr X", "day": "some day"},
    ],
)
def test_two_that_contradict_each_other_leave_it_open(second: dict[str, str]) -> None:
    found = assembled(
        judgements=[
            judged("I-02", "not met", person="Dr X", day="2026-01-02"),
            judged("I-02", "met", **second),
        ]
    )
    assert found.profile is not None
    assert [each.verdict for each in found.profile.judgements] == [OPEN, OPEN]
    assert "P111" in [each.code for each in found.issues]


def test_a_judgement_of_a_later_day_replaces_and_contradicts_nothing_yet() -> None:
    first, later = judgements(
        judged("I-02", "met", person="Dr X", day="2026-01-02"),
        judged("I-02", "not met", person="Dr X", day="2026-02-02"),
    )
    assert (first.force, first.verdict) == (IN_FORCE, MET)
    assert later.verdict == NOT_MET


@pytest.mark.parametrize("missing", ["candidate", "criterion", "verdict"])
def test_a_judgement_without_what_it_is_about_is_reported(missing: str) -> None:
    row = judged("I-02", "met")
    del row[missing]
    found = assembled(judgements=[row])
    assert [each.code for each in found.issues] == ["P118"]


def test_a_version_that_is_none_leaves_it_open() -> None:
    found = assembled(judgements=[judged("I-02", "met", of="the second")])
    assert found.profile is not None
    assert found.profile.judgements[0].verdict == OPEN
    assert [each.code for each in found.issues] == ["P105"]


def test_written_again_every_judgement_says_the_same() -> None:
    rows = [
        judged("I-02", "not met", person="Dr X", day="2026-01-02", reason="lives abroad", source="a note"),
        judged("I-02", "met", person="Dr X", day="2026-01-05", of="0123456789ab-0123456789ab"),
        judged("E-01", "applies", person="Dr Y"),
        judged("E-01", "does not apply", person="Dr Z"),
        judged("E-02", "perhaps"),
    ]
    profile = assembled(judgements=rows).profile
    assert profile is not None
    again = assembled(**dump(profile)).profile
    assert again is not None
    assert dump(again)["judgements"] == dump(profile)["judgements"]
    assert [(each.verdict, each.force) for each in again.judgements] == [
        (each.verdict, each.force) for each in profile.judgements
    ]
