"""What a patient is told of trials, in words for somebody who is ill and no physician.

Nothing here is more certain than the verdicts: a trial is named where nothing known rules it out, and what is still
open is said as a question to bring along.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from matcher.explanation.answer import CandidateShown, PatientShown, Question

_MOST = 5
_TO_YOU = (
    (re.compile(r"^Does the patient have, or has the patient had: "), "Do you have, or have you had: "),
    (re.compile(r"^Has the patient ever had "), "Have you ever had "),
    (re.compile(r"^Has the patient "), "Have you "),
    (re.compile(r"^Does the patient "), "Do you "),
    (re.compile(r"^Is the patient "), "Are you "),
    (re.compile(r"^When was the last dose or day of: "), "When did you last have or take: "),
    (re.compile(r"\bhas the patient\b"), "have you"),
    (re.compile(r"\bthe patient's\b"), "your"),
    (re.compile(r" \([^()]*\)"), ""),
)
_YOURS = frozenset(
    {"condition", "medication", "procedure", "therapy", "washout", "allergy", "radiotherapy", "pregnant"}
)
"""Of what an ill person can tell. Performance, prognosis and extent of the disease are their doctors' to judge."""
_NAMED = re.compile(
    r"^(?:What is the (?:latest result for |result for )?|Was )(?:the )?(?P<test>[^(?,]+?)(?: tested)?(?: \(|,|\?)"
)
_TESTS = frozenset({"lab", "biomarker", "alteration", "hla"})
STANDS = {
    "eligible": "Nothing that we know of speaks against taking part.",
    "eligible_pending_screening": "Nothing that we know of speaks against taking part. A few tests come first.",
    "meets_known_criteria": "What we could check fits. The study has more conditions that we could not check.",
    "possible": "You may be able to take part. Some things are not known yet.",
    "not_yet": "Not at the moment. This can change with time or with a new test.",
    "needs_waiver": "Not without an exception, which only the study's doctors can grant.",
}


@dataclass(frozen=True, slots=True)
class PlainTrial:
    """``open`` is how many things about the patient are not known yet."""

    title: str
    stands: str
    open: int


@dataclass(frozen=True, slots=True)
class Plain:
    """The studies in the order of the ranking, what the patient can tell, and of which tests a result is missing."""

    trials: tuple[PlainTrial, ...]
    more: int
    questions: tuple[str, ...]
    tests: tuple[str, ...]


def plain_of(patient: PatientShown) -> Plain:
    fitting = [each for each in patient.trials if each.standing in STANDS]
    named = {each.id for each in fitting[:_MOST]}
    asked = [each for each in patient.questions if named & set(each.candidates)]
    yours = (each for each in asked if _word(each) in _YOURS and "metastasis" not in each.topic)
    tests = (each for each in asked if _word(each) in _TESTS)
    return Plain(
        tuple(map(_trial, fitting[:_MOST])),
        len(fitting[_MOST:]),
        tuple(to_you(each.text) for each in islice(yours, _MOST)),
        tuple(_test(each) for each in islice(tests, _MOST)),
    )


def _word(question: Question) -> str:
    return question.topic.partition(":")[0]


def _test(question: Question) -> str:
    """The name of the test, as its question says it."""
    found = _NAMED.search(question.text)
    return found["test"] if found else question.text.rstrip("?")


def _trial(shown: CandidateShown) -> PlainTrial:
    return PlainTrial(shown.title, STANDS[shown.standing], len(shown.missing))


def to_you(question: str) -> str:
    """A question to a nurse as one to the patient."""
    for pattern, words in _TO_YOU:
        question = pattern.sub(words, question)
    return question
