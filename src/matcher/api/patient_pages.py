"""One patient of a worklist: the sheet for a tumour board, one in plain words, status, and what a person judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath

from matcher.api.clock import now
from matcher.api.problems import Problem
from matcher.api.visiting import ListVisitor, Visitor, page, see_other, sent, text_of
from matcher.api.worklist_desk import VERDICTS, Sheet
from matcher.api.worklist_pages import Desk, ListId, at_run
from matcher.api.worklist_table import changes_in_words
from matcher.domain.judgement import IN_FORCE
from matcher.explanation.answer import CandidateShown, CriterionShown, Question
from matcher.explanation.sites import Enrolment, enrolment
from matcher.service.worklist import Seen
from matcher.service.worklist.patient import version_today
from matcher.service.worklist.plain import plain_of
from matcher.store import NEGATIVE, STATUS_TEXT, Entry, JudgementHeld, Status

_QUESTIONS = 5
_FIRST = 5
router = APIRouter(include_in_schema=False)
Number = Annotated[int, InPath(alias="n", ge=1, le=10_000_000)]


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody said of a criterion, and whether it counts: in force, stale, or replaced by a later word."""

    held: JudgementHeld
    force: str


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, and the candidates that its answer may move."""

    question: Question
    serves: tuple[CandidateShown, ...]


def judged_of(sheet: Sheet, seen: Seen, entry: Entry) -> list[Judged]:
    """Every word, the latest first."""
    held = sheet.statuses.judged([entry.patient]).get(entry.patient, [])
    counted: set[tuple[str, str, str]] = set()
    found = []
    forces = {(each.candidate, each.criterion, each.person): each.force for each in seen.judgements}
    for each in reversed(held):
        key = (each.record["candidate"], each.record["criterion"], each.record.get("person", ""))
        force = "replaced" if key in counted else forces.get(key, "stale")
        counted.add(key)
        found.append(Judged(each, force))
    return found


def asking(seen: Seen) -> list[Asking]:
    """What bears on a trial comes first, as trials do on the sheet."""
    by_id = {each.id: each for each in seen.shown.candidates}
    found = [Asking(each, _served(each, by_id)) for each in seen.shown.questions]
    return sorted(found, key=lambda each: not any(map(_is_trial, each.serves)))[:_QUESTIONS]


def _served(question: Question, by_id: Mapping[str, CandidateShown]) -> tuple[CandidateShown, ...]:
    served = (by_id[one] for one in question.candidates if one in by_id)
    return tuple(sorted(served, key=lambda each: not _is_trial(each)))


def _is_trial(candidate: CandidateShown) -> bool:
    return candidate.kind == "trial"


def _enrolled(sheet: Sheet, seen: Seen) -> dict[str, Enrolment]:
    """Whom to phone today, also of an earlier file: what the rulebook in force says, wherever it has the trial."""
    held = {**sheet.matcher.rulebook.by_id, **sheet.desk.served.rulebook.by_id}
    return {each.id: enrolment(held[each.id]) for each in seen.shown.candidates}


@router.get("/worklists/{id}/patients/{n}")
def patient(
    request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId, number: Number
) -> Response:
    sheet = at_run(request, desk, identifier)
    entry = sheet.entry(number)
    seen = sheet.see(entry)
    judged = judged_of(sheet, seen, entry)
    work = sheet.statuses.of([entry.patient])
    by_trial = {each.id: work.get((entry.patient, each.id)) for each in seen.shown.trials}
    encoded = {each.id: (each.encoded, len(each.criteria)) for each in sheet.matcher.rulebook.candidates}
    trials = [each for each in seen.shown.trials if each.standing != "ineligible"]
    # Of a trial of which little is encoded little is known: however few its criteria, it is never above one that is.
    thin = [each for each in trials if encoded[each.id][0] == "little"]
    known = [each for each in trials if each not in thin]
    # So many rows as are one printed page, one of them for the thin.
    first = known[: _FIRST - bool(thin)]
    return page(
        request,
        visitor,
        "worklist_patient.html",
        sheet=sheet,
        entry=entry,
        patient=seen.shown,
        trials=[*known, *thin],
        first=first,
        thin=thin[: _FIRST - len(first)],
        regimens=[each for each in seen.shown.regimens if each.standing != "ineligible"][:_FIRST],
        asking=asking(seen),
        encoded=encoded,
        enrolled=_enrolled(sheet, seen),
        work={each: status or Status(entry.patient, each) for each, status in by_trial.items()},
        history=sheet.statuses.history(entry.patient),
        judged=judged,
        changes=list(changes_in_words(sheet.matcher.rulebook, entry.changes)),
        statuses=STATUS_TEXT,
        negative=sorted(NEGATIVE),
        day=now().date().isoformat(),
    )


@router.get("/worklists/{id}/patients/{n}/plain")
def plain(request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId, number: Number) -> Response:
    """For the patient to take home: no rank, no code, nothing that is not for them."""
    sheet = at_run(request, desk, identifier)
    seen = sheet.see(sheet.entry(number))
    return page(
        request,
        visitor,
        "patient_plain.html",
        sheet=sheet,
        number=number,
        patient=seen.shown,
        plain=plain_of(seen.shown),
        day=now().date().isoformat(),
    )


Candidate = Annotated[str, InPath(max_length=200)]
CriterionId = Annotated[str, InPath(max_length=40)]


@router.get("/worklists/{id}/patients/{n}/judge/{candidate}/{criterion}")
def judging(
    request: Request,
    visitor: ListVisitor,
    desk: Desk,
    identifier: ListId,
    number: Number,
    candidate: Candidate,
    criterion: CriterionId,
) -> Response:
    return _judging(request, visitor, at_run(request, desk, identifier), (number, candidate, criterion))


def _judging(
    request: Request,
    visitor: Visitor,
    sheet: Sheet,
    about: tuple[int, str, str],
    said: dict[str, str] | None = None,
    problem: str = "",
) -> Response:
    number, candidate, criterion = about
    entry = sheet.entry(number)
    seen = sheet.see(entry)
    shown, asked = _asked(seen, candidate, criterion)
    computed = sheet.computed(entry).get((candidate, criterion), "unknown")
    judged = [
        each
        for each in judged_of(sheet, seen, entry)
        if (each.held.record["candidate"], each.held.record["criterion"]) == (candidate, criterion)
    ]
    return page(
        request,
        visitor,
        "worklist_judge.html",
        200 if not problem else 422,
        sheet=sheet,
        entry=entry,
        candidate=shown,
        criterion=asked,
        computed=computed,
        judged=judged,
        in_force=[each for each in judged if each.force == IN_FORCE],
        stale=[each for each in judged if each.force == "stale"],
        verdicts=VERDICTS[asked.role == "inclusion"],
        of=version_today(sheet.matcher, seen.profile, candidate, criterion),
        said=said or {},
        problem=problem,
    )


def _asked(seen: Seen, candidate: str, criterion: str) -> tuple[CandidateShown, CriterionShown]:
    shown = next((each for each in seen.shown.candidates if each.id == candidate), None)
    asked = next(
        (each for each in (*shown.criteria, *shown.cautions) if each.id == criterion) if shown else iter(()),
        None,
    )
    if shown is None or asked is None:
        raise Problem(
            404, "U007", "the rulebook has no such criterion for this patient", place="path.criterion"
        )
    return shown, asked


@router.post("/worklists/{id}/patients/{n}/judge/{candidate}/{criterion}")
async def judge(
    request: Request,
    visitor: ListVisitor,
    desk: Desk,
    identifier: ListId,
    number: Number,
    candidate: Candidate,
    criterion: CriterionId,
) -> Response:
    form = await sent(request, visitor)
    said = {name: text_of(form, name, 2_000) for name in ("verdict", "reason", "source", "of")}
    if not visitor.signed_in:
        said["person"] = text_of(form, "person", 50)

    def write() -> Response:
        sheet = at_run(request, desk, identifier)
        try:
            sheet.judge(sheet.entry(number), candidate, criterion, said)
        except Problem as refused:
            if refused.status_code not in (409, 422):
                raise
            return _judging(
                request, visitor, sheet, (number, candidate, criterion), said, str(refused.detail)
            )
        return see_other(f"/worklists/{identifier}/patients/{number}{sheet.at}")

    return await to_thread.run_sync(write)
