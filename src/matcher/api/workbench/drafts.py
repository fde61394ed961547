"""Drafts for programs: what the pages do, as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi import Path as InPath
from fastapi.responses import JSONResponse

from matcher.api.callers import Caller
from matcher.api.problems import MEDIA_TYPE, Problem, problems
from matcher.api.server import Current, TheServer, allow
from matcher.api.workbench import shapes
from matcher.api.workbench.approving import Approved, Approving
from matcher.api.workbench.desk import (
    REOPENED,
    RESOLVED,
    DraftDesk,
    document_of,
    refused,
    settled_of,
)
from matcher.errors import CODES, UsageError
from matcher.store import Draft, Part, Saved

router = APIRouter(tags=["drafts"])
DraftId = Annotated[str, InPath(alias="id", max_length=16, examples=["0f8fad5bd9cb469f"])]
Writer = Annotated[Caller, allow("author", "approver")]
"""Who works on drafts."""
DRAFT = problems(401, 403, 404, 422)
WRITES = problems(400, 401, 403, 404, 409, 413, 415, 422)


async def _desk(server: TheServer, caller: Writer, served: Current) -> DraftDesk:
    return DraftDesk(server, served, caller)


Desk = Annotated[DraftDesk, Depends(_desk)]


@router.post("/v1/drafts", summary="Begin a draft", status_code=201, responses=WRITES)
def begin(desk: Desk, asked: shapes.DraftAsked) -> shapes.DraftWhole:
    """Blank, as a copy of a rule in force, from a file, a registry's record, or the criteria of a protocol."""
    how = asked.model_dump(by_alias=True)
    try:
        draft = desk.begin(how)
    except UsageError as error:
        raise refused(error) from None
    return whole(desk, draft)


@router.get("/v1/drafts", summary="Drafts", responses=DRAFT)
def list_drafts(
    desk: Desk,
    state: Annotated[str, Query(max_length=16, description="draft, in review, approved or retired.")] = "",
    mine: Annotated[bool, Query(description="Only those that the caller wrote part of.")] = False,
) -> shapes.DraftPage:
    found = [each for each in desk.drafts.all() if state in ("", each.state)]
    if mine:
        found = [each for each in found if desk.caller.owner in desk.drafts.contributors(each.id)]
    return shapes.DraftPage(items=[shapes.DraftListed(**_head(desk, each)) for each in found])


@router.get("/v1/drafts/{id}", summary="A draft", responses=DRAFT)
def show(desk: Desk, identifier: DraftId) -> shapes.DraftWhole:
    return whole(desk, desk.found(identifier))


@router.put("/v1/drafts/{id}/text", summary="Save the rule", responses=WRITES, response_model=shapes.Saved)
def save_text(desk: Desk, identifier: DraftId, asked: shapes.TextAsked) -> Any:
    """Where somebody else saved it meanwhile: 409, with their `text`, `revision` and `author`; yours is kept aside."""
    return saved_or_theirs(desk.save(identifier, "text", asked.text, asked.revision), "text")


@router.put("/v1/drafts/{id}/cases", summary="Save the cases", responses=WRITES, response_model=shapes.Saved)
def save_cases(desk: Desk, identifier: DraftId, asked: shapes.CasesAsked) -> Any:
    """As the rule itself is saved; one does not stand in the other's way."""
    return saved_or_theirs(desk.save(identifier, "cases", asked.cases, asked.revision), "cases")


def saved_or_theirs(saved: Saved, part: Part) -> Any:
    if saved.done:
        return shapes.Saved(revision=saved.draft.revision)
    known = CODES["U062"]
    detail = f"{saved.author} saved it meanwhile; what you wrote is kept beside it"
    if saved.draft.state in ("approved", "retired"):
        detail = f"the draft is {saved.draft.state}; what you wrote is kept beside it"
    body = {
        "type": "/v1/errors/U062",
        "title": known.title,
        "status": 409,
        "detail": detail,
        "code": "U062",
        "remedy": known.remedy,
        **document_of(saved, part),
    }
    return JSONResponse(body, 409, media_type=MEDIA_TYPE)


@router.get("/v1/drafts/{id}/revisions", summary="Every save of a draft", responses=DRAFT)
def revisions(desk: Desk, identifier: DraftId) -> shapes.RevisionPage:
    draft = desk.found(identifier)
    items = [
        shapes.RevisionShown(number=each.number, part=each.part, by=each.by, at=each.at)
        for each in desk.drafts.revisions(draft.id)
    ]
    return shapes.RevisionPage(items=items)


@router.get("/v1/drafts/{id}/revisions/{number}", summary="A draft as it was", responses=DRAFT)
def revision(
    desk: Desk, identifier: DraftId, number: Annotated[int, InPath(ge=1, le=10_000_000)]
) -> shapes.RevisionWhole:
    draft = desk.found(identifier)
    text = desk.drafts.content(draft.id, "text", number)
    if text is None or number > draft.revision:
        raise Problem(404, "U058", "the draft has no such revision", place="path.number")
    return shapes.RevisionWhole(
        number=number, text=text, cases=desk.drafts.content(draft.id, "cases", number) or ""
    )


@router.get("/v1/drafts/{id}/review", summary="What an approval would want", responses=DRAFT)
def review(desk: Desk, identifier: DraftId) -> shapes.ReviewShown:
    draft = desk.found(identifier)
    held = desk.conditions(draft)
    return shapes.ReviewShown(
        revision=draft.revision,
        state=draft.state,
        ready=all(each.met for each in held),
        conditions=[
            shapes.ConditionShown(
                name=each.name, met=each.met, said=each.said, page=f"/drafts/{draft.id}/{each.tab}"
            )
            for each in held
        ],
    )


@router.post("/v1/drafts/{id}/submit", summary="Give a draft to review", responses=WRITES)
def submit(desk: Desk, identifier: DraftId, asked: shapes.StepAsked) -> shapes.DraftWhole:
    return whole(desk, desk.submit(identifier, asked.revision, asked.reason))


@router.post("/v1/drafts/{id}/return", summary="Give a draft back to its authors", responses=WRITES)
def give_back(desk: Desk, identifier: DraftId, asked: shapes.StepAsked) -> shapes.DraftWhole:
    return whole(desk, desk.give_back(identifier, asked.revision, asked.reason))


@router.post("/v1/drafts/{id}/approve", summary="Approve a draft", responses=WRITES)
def approve(desk: Desk, identifier: DraftId, asked: shapes.StepAsked) -> shapes.ApprovedShown:
    """Rule, cases and change log are written together, and the rulebook with them is in force.

    Refused with every condition that is not met, and where to see to it.
    """
    return _approved(Approving(desk).approve(identifier, asked.revision, asked.reason))


@router.post("/v1/drafts/{id}/retire", summary="Retire a draft, or an approved rule", responses=WRITES)
def retire(desk: Desk, identifier: DraftId, asked: shapes.ReasonAsked) -> shapes.ApprovedShown:
    return _approved(Approving(desk).retire(identifier, asked.reason))


@router.post(
    "/v1/drafts/{id}/restore", summary="Begin a draft from an approved one", status_code=201, responses=WRITES
)
def restore(desk: Desk, identifier: DraftId) -> shapes.DraftWhole:
    return whole(desk, Approving(desk).restore(identifier))


def _approved(done: Approved) -> shapes.ApprovedShown:
    return shapes.ApprovedShown(
        id=done.draft.id,
        state=done.draft.state,
        rulebook=done.version,
        patch=done.patch,
        waits=done.waits,
    )


@router.post("/v1/drafts/{id}/comments", summary="Comment on a draft", status_code=201, responses=WRITES)
def comment(desk: Desk, identifier: DraftId, asked: shapes.CommentAsked) -> shapes.DraftWhole:
    return whole(desk, desk.comment(identifier, asked.body, asked.about))


@router.post(
    "/v1/drafts/{id}/comments/{number}/{step}",
    summary="Resolve a comment, or open it again",
    responses=WRITES,
)
def settle(
    desk: Desk,
    identifier: DraftId,
    number: Annotated[int, InPath(ge=1)],
    step: Literal["resolve", "reopen"],
) -> shapes.DraftWhole:
    return whole(desk, desk.settle(identifier, number, done=step == "resolve"))


@router.post("/v1/drafts/{id}/excuses", summary="Excuse what is not shown", status_code=201, responses=WRITES)
def excuse(desk: Desk, identifier: DraftId, asked: shapes.ExcuseAsked) -> shapes.DraftWhole:
    return whole(desk, desk.excuse(identifier, asked.about, asked.reason))


@router.get(
    "/v1/drafts/{id}/patch",
    summary="A draft as a patch of the folder of rules",
    response_class=Response,
    responses={200: {"content": {"text/x-diff": {"schema": {"type": "string"}}}}, **DRAFT},
)
def patch(desk: Desk, identifier: DraftId) -> Response:
    return patch_of(desk, identifier)


def patch_of(desk: DraftDesk, identifier: str) -> Response:
    draft = desk.found(identifier)
    text = Approving(desk).landing(draft, "").patch()
    name = f'attachment; filename="{draft.candidate or "draft"}.patch"'
    return Response(text, media_type="text/x-diff", headers={"Content-Disposition": name})


def whole(desk: DraftDesk, draft: Draft) -> shapes.DraftWhole:
    notes = desk.drafts.notes(draft.id)
    settled = settled_of(notes)
    return shapes.DraftWhole(
        **_head(desk, draft),
        text=draft.text,
        cases=draft.cases,
        text_revision=draft.text_revision,
        cases_revision=draft.cases_revision,
        protocol=draft.origin.get("protocol", ""),
        notes=[
            shapes.NoteShown(
                id=each.id,
                kind=each.kind,
                about=each.about,
                body=each.body,
                revision=each.revision,
                by=each.by,
                at=each.at,
                resolved_by=settled.get(each.id, ""),
            )
            for each in notes
            if each.kind not in (RESOLVED, REOPENED)
        ],
        asides=[
            shapes.AsideShown(
                part=each.part, content=each.content, revision=each.revision, by=each.by, at=each.at
            )
            for each in desk.drafts.asides(draft.id)
        ],
        changed_meanwhile=desk.changed_meanwhile(draft),
    )


def _head(desk: DraftDesk, draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "candidate": draft.candidate,
        "kind": draft.kind,
        "state": draft.state,
        "force": desk.force(draft),
        "revision": draft.revision,
        "made_by": draft.made_by,
        "contributors": list(desk.drafts.contributors(draft.id).values()),
        "created_at": draft.created_at,
        "changed_at": draft.changed_at,
    }
