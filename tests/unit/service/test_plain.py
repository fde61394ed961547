"""What stands on the sheet that a patient takes home."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from matcher.explanation.answer import Question
from matcher.service.worklist.plain import plain_of, to_you


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Does the patient take: anticoagulants?", "Do you take: anticoagulants?"),
        (
            "Has the patient ever had gemcitabine? When was the last dose?",
            "Have you ever had gemcitabine? When was the last dose?",
        ),
        ("Which therapies has the patient had, and when?", "Which therapies have you had, and when?"),
        (
            "When was the last dose or day of: palliative radiotherapy?",
            "When did you last have or take: palliative radiotherapy?",
        ),
        ("Is the patient pregnant (test result)?", "Are you pregnant?"),
    ],
)
def test_a_question_to_a_nurse_becomes_one_to_the_patient(asked: str, said: str) -> None:
    assert to_you(asked) == said


def _patient(questions: list[tuple[str, str]]) -> Any:
    trial = SimpleNamespace(id="T", title="A study", standing="possible", missing=("x",))
    asked = tuple(Question(topic, text, 1.0, ("T",)) for topic, text in questions)
    return SimpleNamespace(trials=(trial,), questions=asked)


def test_a_patient_is_asked_what_patients_know_and_no_prognosis() -> None:
    plain = plain_of(
        _patient(
            [
                ("life_expectancy", "What is the estimated life expectancy?"),
                (
                    "condition:metastasis_cns",
                    "Does the patient have, or has the patient had: CNS metastasis?",
                ),
                (
                    "resectability",
                    "Did the multidisciplinary team call the tumour resectable or unresectable?",
                ),
                ("medication:anticoagulant", "Does the patient take: anticoagulants?"),
                (
                    "lab:inr",
                    "What is the latest result for international normalised ratio (value, unit, date)?",
                ),
                ("lab:creatinine", "What is the creatinine (value, unit, date), and the weight?"),
                (
                    "biomarker:mesothelin",
                    "What is the result for mesothelin on the tumour (method, intensity)?",
                ),
                ("alteration:BRAF", "Was BRAF tested, and what was found?"),
            ]
        )
    )
    assert plain.questions == ("Do you take: anticoagulants?",)
    assert plain.tests == (
        "international normalised ratio",
        "creatinine",
        "mesothelin on the tumour",
        "BRAF",
    )
