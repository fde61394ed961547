"""Where an intake stands, ready to be sent: rankings in short, what the last answers changed, what to ask next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from matcher.explanation.answer import (
    DECISION_NOTICE,
    STANDING_TEXT,
    CandidateShown,
    DerivedShown,
    PatientShown,
)
from matcher.service.intake.desk import FieldIssue
from matcher.service.intake.form import EFFORT_TEXT, Form
from matcher.service.intake.questions import NextQuestion

RULED_OUT = frozenset({"ineligible", "not_yet", "needs_waiver"})
OPEN = frozenset({"possible"})


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A candidate in short. The numbers are of its criteria: satisfied, not satisfied, unknown."""

    kind: str
    rank: int | None
    id: str
    title: str
    cohort: str
    standing: str
    standing_text: str
    availability: str
    because: str
    satisfied: int
    unsatisfied: int
    unknown: int
    missing: tuple[str, ...]
    blocking: tuple[str, ...]
    earliest: str
    coverage: str
    tied: bool
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What the last answers did to a candidate: ``gained``, ``lost``, ``settled``, ``reopened`` or ``moved``.

    Lost is ruled out, gained no longer so; settled: nothing is missing any more; reopened: something is again.
    """

    kind: str
    id: str
    title: str
    effect: str
    before: str
    after: str
    before_text: str
    after_text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """``decided`` and ``reopened`` count criteria whose verdict became known, or unknown again."""

    candidates: tuple[Change, ...] = ()
    decided: int = 0
    reopened: int = 0


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A question, the field that answers it, and what the answer is expected to settle.

    ``settles`` is the expected number of candidates whose standing it changes, ``criteria`` of criteria it decides.
    ``again``: there is an answer, and it leaves open what the rules ask.
    """

    field: str
    title: str
    text: str
    section: str
    settles: float
    criteria: float
    effort: str
    candidates: tuple[str, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class RulebookNamed:
    """The version the state was made from: the hash of its files, and the short form of it."""

    version: str
    short: str


@dataclass(frozen=True, slots=True)
class IntakeState:
    """Everything a form needs to show after an answer.

    ``profile`` is the patient in the wire form: ``POST /v1/match`` of it gives the same verdicts.
    """

    id: str
    revision: int
    expires_at: datetime
    as_of: date
    rulebook: RulebookNamed
    engine: str
    answers: Mapping[str, Any]
    issues: tuple[FieldIssue, ...]
    summary: tuple[str, ...]
    deceased: bool
    trials: tuple[CandidateLine, ...]
    regimens: tuple[CandidateLine, ...]
    counts: Mapping[str, int]
    changes: Changes
    questions: tuple[QuestionShown, ...]
    derived: tuple[DerivedShown, ...]
    conflicts: tuple[str, ...]
    assumptions: tuple[str, ...]
    profile: Mapping[str, Any]
    include_closed: bool = False
    notice: str = DECISION_NOTICE


def line(shown: CandidateShown) -> CandidateLine:
    held = Counter(each.satisfied for each in shown.criteria)
    return CandidateLine(
        kind=shown.kind,
        rank=shown.rank,
        id=shown.id,
        title=shown.title,
        cohort=shown.cohort,
        standing=shown.standing,
        standing_text=shown.standing_text,
        availability=shown.availability,
        because=shown.because,
        satisfied=held["met"],
        unsatisfied=held["not met"],
        unknown=held["unknown"],
        missing=shown.missing,
        blocking=shown.blocking,
        earliest=shown.earliest_text,
        coverage=shown.coverage,
        tied=shown.tied,
        cautions=shown.applying,
    )


def changes(before: PatientShown | None, after: PatientShown) -> Changes:
    """Candidates whose standing is another now, those at the top first, and how many criteria were decided."""
    if before is None:
        return Changes()
    held = {each.id: each for each in before.candidates}
    found = [_change(held[each.id], each) for each in after.candidates if each.id in held]
    decided, reopened = _decided(before.candidates, after.candidates)
    return Changes(tuple(each for each in found if each is not None), decided, reopened)


def _change(before: CandidateShown, after: CandidateShown) -> Change | None:
    if before.standing == after.standing:
        return None
    effect = effect_of(before.standing, after.standing)
    reasons = {"lost": after.blocking, "reopened": after.missing}.get(effect, ())
    return Change(
        kind=after.kind,
        id=after.id,
        title=after.title,
        effect=effect,
        before=before.standing,
        after=after.standing,
        before_text=STANDING_TEXT[before.standing],
        after_text=STANDING_TEXT[after.standing],
        reason=reasons[0] if reasons else "",
    )


def effect_of(before: str, after: str) -> str:
    if (before in RULED_OUT) is not (after in RULED_OUT):
        return "lost" if after in RULED_OUT else "gained"
    if before in RULED_OUT:
        return "moved"
    if (before in OPEN) is not (after in OPEN):
        return "reopened" if after in OPEN else "settled"
    return "moved"


def _decided(before: Iterable[CandidateShown], after: Iterable[CandidateShown]) -> tuple[int, int]:
    held = {
        (each.id, criterion.cohort, criterion.id): criterion.satisfied
        for each in before
        for criterion in each.criteria
    }
    decided = reopened = 0
    for each in after:
        for criterion in each.criteria:
            was = held.get((each.id, criterion.cohort, criterion.id))
            if was is None or (was == "unknown") is (criterion.satisfied == "unknown"):
                continue
            decided, reopened = (decided + 1, reopened) if was == "unknown" else (decided, reopened + 1)
    return decided, reopened


def questions_shown(form: Form, chosen: Sequence[NextQuestion]) -> tuple[QuestionShown, ...]:
    shown = []
    for each in chosen:
        found = form.find(each.field)
        assert found is not None
        shown.append(
            QuestionShown(
                each.field,
                found.title,
                each.text,
                found.section,
                each.settles,
                each.criteria,
                EFFORT_TEXT[each.effort],
                each.candidates,
                each.again,
            )
        )
    return tuple(shown)


def counts(shown: PatientShown) -> dict[str, int]:
    """How many candidates have each standing; those that none has are left out."""
    held = Counter(each.standing for each in shown.candidates)
    return {name: held[name] for name in STANDING_TEXT if held[name]}
