"""The text of the report: what it says, what it escapes, how much it holds."""

import io
import re
from dataclasses import replace

import pytest

from matcher.explanation.answer import DECISION_NOTICE, STANDING_TEXT, PatientShown
from matcher.service.report import (
    STANDING_MEANING,
    Detail,
    Report,
    css_text,
    detail_for,
    groups,
    report_of,
    tally,
)
from tests.unit.service.made import PATIENT, REGIMEN, TRIAL, account, reading


def report(*patients: PatientShown, said: int | None = None) -> str:
    counts = account()
    page = io.StringIO()
    number = said if said is not None else len(patients)
    made = Report(io.StringIO(), number)
    for patient in patients:
        counts.count(patient)
        made.add(patient)
    made.write(page, counts, reading(number))
    return page.getvalue()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(style|script)>.*?</\1>", "", html)).split())


@pytest.mark.parametrize(
    "said",
    [
        DECISION_NOTICE.replace("'", "&#39;"),
        "0123456789ab",
        "As of 2026-01-15",
        "P-001",
        "61 years",
        "not yet; recruitment open",
        "E-01 HIV",
        "leukapheresis 2026-02-01 at the earliest, 2026-02-03 for certain",
        "Birth 1964-03-02 · patients.csv, row 2, birth_date",
        "Source: protocol, Eligibility",
        "Platelets 92, needs at least 100; repeat the test",
        "May recover within 10 %, on a repeated test",
        "Cohort A: inclusion criteria",
        "RESTED , randomised. Level of evidence A1; favours; applies to this patient&#39;s disease.",
        "What is the HIV status?",
        "Median survival",
        "Conditions not listed are absent",
        "Two stages disagree",
        "ECOG 7 is outside 0 to 4",
    ],
)
def test_the_report_says(said: str) -> None:
    assert said in words(report(PATIENT))


def test_an_exclusion_and_a_caution_keep_their_own_words() -> None:
    text = words(report(PATIENT))
    assert "C-01 Older than 75" in text
    assert " applies " in text


def test_what_users_write_is_never_markup() -> None:
    text = report(replace(PATIENT, patient="<script>alert(1)</script>\"'}", issues=("<b>bold</b>",)))
    assert "<script>alert" not in text
    assert "<b>" not in text
    assert "&lt;b&gt;bold" in text


@pytest.mark.parametrize("text", ['"; } body { display: none', "</style>", "\\", "é", "a\nb"])
def test_text_in_a_style_sheet_cannot_leave_its_quotes(text: str) -> None:
    assert re.fullmatch(r'"([A-Za-z0-9]|\\[0-9a-f]{6})*"', css_text(text))


def test_the_report_loads_nothing() -> None:
    text = report(PATIENT)
    assert not re.search(r"""(src|href)=["'](?!#)""", text)
    assert "default-src 'none'" in text
    assert "@import" not in text
    assert "url(" not in text


@pytest.mark.parametrize(
    ("patients", "detail"),
    [
        (1, Detail.FULL),
        (25, Detail.FULL),
        (26, Detail.LINES),
        (5000, Detail.LINES),
        (5001, Detail.COUNTS),
    ],
)
def test_the_more_patients_the_less_of_each(patients: int, detail: Detail) -> None:
    assert detail_for(patients) is detail


def test_thousands_of_patients_are_counted_only() -> None:
    text = report(PATIENT, said=6000)
    assert 'class="patient"' not in text
    assert "too many for a page" in words(text)


def test_a_patient_with_no_facts_and_no_candidates_has_a_page() -> None:
    empty = replace(
        PATIENT,
        summary=(),
        trials=(),
        regimens=(),
        questions=(),
        derived=(),
        assumptions=(),
        conflicts=(),
        issues=(),
    )
    assert "Nothing about this patient is recorded" in words(report(empty))


def test_a_deceased_patient_is_flagged_and_has_no_ranks() -> None:
    text = words(report(replace(PATIENT, deceased=True, trials=(replace(TRIAL, rank=None),), regimens=())))
    assert "Deceased on or before 2026-01-15" in text
    assert "without a rank" in text


def test_every_standing_is_explained() -> None:
    assert list(STANDING_MEANING) == list(STANDING_TEXT)


def test_criteria_stand_under_their_role_and_cohort() -> None:
    assert [group.title for group in groups(TRIAL)] == [
        "Inclusion criteria",
        "Exclusion criteria",
        "Cohort A: inclusion criteria",
        "Cautions (shown, never counted)",
    ]
    assert tally(REGIMEN) == "2 satisfied, 1 not satisfied, 1 unknown"


def test_one_patient_can_be_reported_without_files() -> None:
    assert "P-001" in report_of([PATIENT], account(), reading())
