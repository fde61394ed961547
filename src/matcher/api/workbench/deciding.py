"""The pages on which a draft is weighed and decided: impact, review, history, and the three-way view."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request, Response

from matcher.api.problems import Problem
from matcher.api.server import TheServer
from matcher.api.visiting import Visitor, admit, page, see_other, sent, text_of
from matcher.api.workbench import shapes
from matcher.api.workbench.approving import Approving
from matcher.api.workbench.desk import (
    IMPACT,
    LONGEST,
    REOPENED,
    RESOLVED,
    DraftDesk,
    excuses_of,
    settled_of,
)
from matcher.api.workbench.drafts import patch_of
from matcher.api.workbench.merging import chosen, sides
from matcher.api.workbench.pages import Desk, DraftId, DraftVisitor
from matcher.api.workbench.patients import Patients
from matcher.api.workbench.told import differs
from matcher.service.workbench.threeway import merged, stretches
from matcher.store import Audit, Draft

router = APIRouter(include_in_schema=False)
AdminVisitor = Annotated[Visitor, admit()]


@router.get("/drafts/{id}/impact")
def impact_page(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    """Whom to look at; that somebody has looked is noted only when they do."""
    return _impact(request, visitor, desk, desk.found(identifier))


def _impact(request: Request, visitor: Visitor, desk: DraftDesk, draft: Draft, **more: Any) -> Response:
    notes = desk.drafts.notes(draft.id)
    seen = [each for each in notes if each.kind == IMPACT and each.revision == draft.revision]
    context = {"weighed": None, "tried": None, "asked": "", **more}
    checked = desk.checked(draft)
    return page(
        request,
        visitor,
        "draft_impact.html",
        draft=draft,
        force=desk.force(draft),
        lists=Patients(desk).worklists(),
        seen=[each for each in seen if each.owner == desk.caller.owner],
        usable=checked.candidate is not None,
        columns=checked.candidate.every_criterion if checked.candidate is not None else (),
        **context,
    )


@router.post("/drafts/{id}/impact")
async def look(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    form = await sent(request, visitor)
    worklist = text_of(form, "worklist", 16)

    def weigh() -> Response:
        draft, patients = desk.found(identifier), Patients(desk)
        weighed = patients.weigh(draft, worklist)
        kinds = Counter((each.before, each.after) for each in weighed.impact.changed).most_common()
        tried = patients.tried(draft, worklist)
        return _impact(
            request, visitor, desk, draft, weighed=weighed, tried=tried, kinds=kinds, asked=worklist
        )

    return await to_thread.run_sync(weigh)


@router.get("/drafts/{id}/patch")
def patch(_visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    return patch_of(desk, identifier)


@router.get("/drafts/{id}/review")
def review_page(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    return _review(request, visitor, desk, desk.found(identifier))


def _review(
    request: Request, visitor: Visitor, desk: DraftDesk, draft: Draft, status: int = 200, **more: Any
) -> Response:
    notes = desk.drafts.notes(draft.id)
    base, _ = sides(desk, draft)
    checked = desk.checked(draft)
    excuses = excuses_of(notes)
    return page(
        request,
        visitor,
        "draft_review.html",
        status,
        draft=draft,
        force=desk.force(draft),
        conditions=desk.conditions(draft),
        notes=[each for each in notes if each.kind not in (IMPACT, RESOLVED, REOPENED)],
        settled=settled_of(notes),
        authors=desk.drafts.contributors(draft.id),
        change=Approving(desk).change(draft),
        lines=differs(base, draft.text),
        warnings=[
            each for each in checked.faults if each.severity == "warning" and each.message not in excuses
        ],
        wrote=desk.caller.owner in desk.drafts.contributors(draft.id),
        **{"refused": None, "done": None, **more},
    )


@router.post("/drafts/{id}/step")
async def step(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    """Submit, return, approve, retire, restore: one form each, the revision that was read in it."""
    form = await sent(request, visitor)
    wanted, reason = text_of(form, "do", 12), text_of(form, "reason", 4_000)
    number = text_of(form, "revision", 9)
    revision = int(number) if number.isascii() and number.isdigit() else 0

    def take() -> Response:
        try:
            return _taken(request, visitor, desk, identifier, (wanted, revision, reason))
        except Problem as problem:
            if problem.status_code not in (409, 422):
                raise
            draft = desk.found(identifier)
            return _review(request, visitor, desk, draft, problem.status_code, refused=problem)

    return await to_thread.run_sync(take)


def _taken(
    request: Request, visitor: Visitor, desk: DraftDesk, identifier: str, asked: tuple[str, int, str]
) -> Response:
    approving = Approving(desk)
    wanted, revision, reason = asked
    match wanted:
        case "submit":
            desk.submit(identifier, revision, reason)
        case "return":
            desk.give_back(identifier, revision, reason)
        case "restore":
            return see_other(f"/drafts/{approving.restore(identifier).id}/review")
        case "approve":
            done = approving.approve(identifier, revision, reason)
            return _review(request, visitor, desk, done.draft, done=done)
        case "retire":
            done = approving.retire(identifier, reason)
            return _review(request, visitor, desk, done.draft, done=done)
        case _:
            raise Problem(422, "U057", "there is no such step", place="do")
    return see_other(f"/drafts/{identifier}/review")


@router.post("/drafts/{id}/comments")
async def comment(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    form = await sent(request, visitor)
    body, about = text_of(form, "body", 4_000), text_of(form, "about", 200)
    await to_thread.run_sync(desk.comment, identifier, body, about)
    return see_other(f"/drafts/{identifier}/review")


@router.post("/drafts/{id}/comments/{number}/{step}")
async def settle(
    request: Request,
    visitor: DraftVisitor,
    desk: Desk,
    identifier: DraftId,
    number: Annotated[int, Path(ge=1)],
    step: Literal["resolve", "reopen"],
) -> Response:
    await sent(request, visitor)
    await to_thread.run_sync(lambda: desk.settle(identifier, number, done=step == "resolve"))
    return see_other(f"/drafts/{identifier}/review#note-{number}")


@router.get("/drafts/{id}/merge")
def merge_page(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    draft = desk.found(identifier)
    base, theirs = sides(desk, draft)
    text, conflicts = merged(base, draft.text, theirs)
    return page(
        request,
        visitor,
        "draft_merge.html",
        draft=draft,
        force=desk.force(draft),
        pieces=stretches(base, draft.text, theirs),
        merged=text,
        conflicts=conflicts,
        changed=desk.changed_meanwhile(draft),
    )


@router.post("/drafts/{id}/merge")
async def merge(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    """The whole file, theirs, mine, or what somebody made of both."""
    form = await sent(request, visitor)
    wanted, number = text_of(form, "do", 12), text_of(form, "revision", 9)
    given = form.get("text")
    text = given.replace("\r\n", "\n")[:LONGEST] if isinstance(given, str) else ""

    def take() -> Response:
        draft = desk.found(identifier)
        _, theirs = sides(desk, draft)
        picked = {"mine": draft.text, "theirs": theirs}.get(wanted, text)
        asked = shapes.MergeAsked(
            text=picked, cases="", revision=int(number) if number.isascii() and number.isdigit() else 0
        )
        if not chosen(desk, draft, asked).done:
            raise Problem(409, "U062", "the draft was saved meanwhile; what you chose is kept beside it")
        return see_other(f"/drafts/{identifier}/review")

    return await to_thread.run_sync(take)


@router.get("/drafts/{id}/history")
def history(
    request: Request,
    visitor: DraftVisitor,
    desk: Desk,
    identifier: DraftId,
    at: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Every save, what was written aside, and what the audit holds."""
    draft = desk.found(identifier)
    saves = desk.drafts.revisions(draft.id)
    shown = next((each for each in saves if each.number == at), None)
    lines: list[tuple[str, str]] = []
    if shown is not None:
        part = shown.part
        before = desk.drafts.content(draft.id, part, at - 1) or ""
        lines = differs(before, desk.drafts.content(draft.id, part, at) or "")
    return page(
        request,
        visitor,
        "draft_history.html",
        draft=draft,
        force=desk.force(draft),
        saves=saves[:500],
        total=len(saves),
        shown=shown,
        lines=lines,
        asides=desk.drafts.asides(draft.id),
        entries=desk.drafts.audit.latest(200, draft.id),
    )


@router.post("/drafts/{id}/take-up")
async def take_up(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    """An earlier text, saved once more on top of what there is."""
    form = await sent(request, visitor)
    number = text_of(form, "number", 9)

    def take() -> Response:
        draft = desk.found(identifier)
        save = next((each for each in desk.drafts.revisions(draft.id) if str(each.number) == number), None)
        if save is None:
            raise Problem(404, "U058", "the draft has no such revision")
        content = desk.drafts.content(draft.id, save.part, save.number) or ""
        if not desk.save(draft.id, save.part, content, draft.revision).done:
            raise Problem(409, "U062", f"the draft is {draft.state}, or was saved meanwhile")
        return see_other(f"/drafts/{draft.id}/history")

    return await to_thread.run_sync(take)


@router.get("/audit")
def audit_page(request: Request, visitor: AdminVisitor, server: TheServer) -> Response:
    """Every entry with its seal, and whether the chain is as it was written."""
    audit = Audit(server.database)
    return page(request, visitor, "audit.html", found=audit.verify(), entries=audit.latest(300))
