"""The answer to one patient as FHIR: the trials that are not ruled out, as a set of search results with reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from matcher.exchange.fhir_outcome import issue, outcome
from matcher.exchange.fhir_study import study_of
from matcher.explanation.answer import CandidateShown, CriterionShown
from matcher.rules.candidate import Candidate
from matcher.rules.rulebook import Rulebook
from matcher.service.answer import MatchAnswer

OURS = "urn:trial-matcher:"
_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
#: how well a study fits: the grade, and a score by standing alone. The order of the entries is the ranking.
_GRADES: dict[str, tuple[str, float]] = {
    "eligible": ("certain", 1.0),
    "eligible_pending_screening": ("probable", 0.9),
    "meets_known_criteria": ("probable", 0.8),
    "possible": ("possible", 0.5),
    "not_yet": ("certainly-not", 0.2),
    "needs_waiver": ("certainly-not", 0.1),
}
_RULED_OUT = "ineligible"
_MOST_SAID = 200


def searchset(
    answered: MatchAnswer,
    rulebook: Rulebook,
    wanted: Callable[[Candidate, date], bool],
    warnings: Sequence[str] = (),
    top: int | None = None,
) -> dict[str, Any]:
    """The Bundle: best first, then one entry that says what was not understood, presumed and left out."""
    day = date.fromisoformat(answered.patient.as_of)
    shown = [each for each in answered.patient.trials if wanted(rulebook.by_id[each.id], day)]
    fitting = [each for each in shown if each.standing in _GRADES]
    entries = [
        {"resource": study_of(rulebook.by_id[each.id], day), "search": _search(each)}
        for each in fitting[:top]
    ]
    out = sum(each.standing == _RULED_OUT for each in shown)
    said = outcome(list(_said(answered, warnings, out)))
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(fitting),
        "entry": [*entries, {"resource": said, "search": {"mode": "outcome"}}],
    }


def _search(each: CandidateShown) -> dict[str, Any]:
    grade, score = _GRADES[each.standing]
    extensions: list[dict[str, Any]] = [
        {"url": _GRADE, "valueCode": grade},
        {"url": f"{OURS}standing", "valueCode": each.standing},
        {"url": f"{OURS}because", "valueString": each.because},
    ]
    if each.cohort:
        extensions.append({"url": f"{OURS}cohort", "valueString": each.cohort})
    if each.earliest_text:
        extensions.append({"url": f"{OURS}earliest", "valueString": each.earliest_text})
    extensions += [{"url": f"{OURS}criterion", "extension": list(_criterion(one))} for one in each.criteria]
    return {"mode": "match", "score": score, "extension": extensions}


def _criterion(each: CriterionShown) -> Iterator[dict[str, Any]]:
    yield {"url": "id", "valueString": each.id}
    yield {"url": "role", "valueCode": each.role}
    yield {"url": "text", "valueString": each.text}
    yield {"url": "verdict", "valueString": each.verdict}
    yield {"url": "satisfied", "valueString": each.satisfied}
    for name, text in (("reason", each.reason), ("source", each.citation)):
        if text:
            yield {"url": name, "valueString": text}
    for fact in each.facts:
        written = ", ".join(part for part in (fact.text, fact.date, fact.age, fact.source) if part)
        yield {"url": "fact", "valueString": written}


def _said(answered: MatchAnswer, warnings: Sequence[str], out: int) -> Iterator[dict[str, Any]]:
    yield issue("information", "informational", "", answered.notice)
    if out:
        text = f"{out} trial{'s are' if out != 1 else ' is'} ruled out by a recorded fact, and left out here"
        yield issue("information", "informational", "", text)
    if answered.patient.deceased:
        yield issue(
            "information", "informational", "", "the patient is deceased, and not ranked unless asked for"
        )
    for text in warnings:
        yield issue("warning", "not-supported", "", text)
    for each in answered.issues[:_MOST_SAID]:
        named = " ".join(part for part in (each.fact, each.text) if part)
        yield issue(
            "warning",
            "incomplete",
            each.code,
            f"{named}: {each.reason}" if named else each.reason,
            each.remedy,
        )
    if len(answered.issues) > _MOST_SAID:
        text = f"and {len(answered.issues) - _MOST_SAID} more that were not understood"
        yield issue("warning", "incomplete", "", text)
    for text in answered.patient.conflicts:
        yield issue("warning", "conflict", "", text)
    for text in answered.patient.assumptions:
        yield issue("information", "informational", "", f"assumed: {text}")
