"""The pages of drafts: the list, how one begins, and its cases as a grid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath
from starlette.datastructures import UploadFile

from matcher.api.problems import Problem
from matcher.api.server import Current, TheServer
from matcher.api.visiting import Visitor, admit, page, see_other, sent, text_of
from matcher.api.workbench.desk import LONGEST, DraftDesk, excuses_of
from matcher.api.workbench.patients import Patients
from matcher.api.workbench.told import versions_of
from matcher.api.workbench.trying import proposal_of
from matcher.errors import UsageError
from matcher.service.workbench import begin
from matcher.service.workbench.casefile import CaseWritten, added, in_one_line, replaced
from matcher.service.workbench.grid import STANDING, Missing, board, grid_of, words_of
from matcher.service.workbench.reading import read_case
from matcher.standing.standing import StandingKind
from matcher.store import Draft, DraftState

router = APIRouter(include_in_schema=False)
DraftId = Annotated[str, InPath(alias="id", max_length=16)]
DraftVisitor = Annotated[Visitor, admit("author", "approver")]
FIELDS = ("from", "candidate", "of", "title", "document", "address")
WAYS = ("blank", "copy", "sentences", "record", "file")


async def _desk(server: TheServer, visitor: DraftVisitor, served: Current) -> DraftDesk:
    return DraftDesk(server, served, visitor.caller)


Desk = Annotated[DraftDesk, Depends(_desk)]


@router.get("/drafts")
def all_drafts(request: Request, visitor: DraftVisitor, desk: Desk) -> Response:
    return page(request, visitor, "drafts.html", **shelves(desk))


@router.get("/drafts/case-of")
def case_of_patient(
    request: Request,
    visitor: DraftVisitor,
    desk: Desk,
    worklist: Annotated[str, Query(max_length=16)],
    patient: Annotated[str, Query(max_length=8, pattern=r"\d+")],
) -> Response:
    """In which draft a patient of a worklist becomes a case."""
    Patients(desk).present(worklist, int(patient))
    held = shelves(desk)
    drafts = [*held["mine"], *held["waiting"], *held["others"]]
    return page(request, visitor, "draft_case_of.html", drafts=drafts, worklist=worklist, patient=patient)


def shelves(desk: DraftDesk) -> dict[str, Any]:
    """Drafts as one person sees them: what waits for them, what is theirs, what others do, what is over."""
    drafts = desk.drafts.all()
    by = {each.id: desk.drafts.contributors(each.id) for each in drafts}
    me = desk.caller.owner
    open_ones = [each for each in drafts if each.state in (DraftState.DRAFT, DraftState.REVIEW)]
    waiting = [
        each
        for each in open_ones
        if each.state is DraftState.REVIEW
        and desk.caller.role in ("approver", "admin")
        and me not in by[each.id]
    ]
    mine = [each for each in open_ones if me in by[each.id]]
    others = [each for each in open_ones if each not in mine and each not in waiting]
    over = [each for each in drafts if each not in open_ones]
    return {
        "waiting": waiting,
        "mine": mine,
        "others": others,
        "over": over,
        "contributors": by,
        "force": {each.id: desk.force(each) for each in over},
    }


@router.get("/drafts/new")
def new_draft(
    request: Request,
    visitor: DraftVisitor,
    desk: Desk,
    way: Annotated[str, Query(alias="from", max_length=12)] = "sentences",
    of: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    return _new(request, visitor, desk, {"from": way if way in WAYS else "sentences", "of": of})


def _new(
    request: Request, visitor: Visitor, desk: DraftDesk, held: Mapping[str, str], refused: str = ""
) -> Response:
    names = [(each.id, each.title) for each in desk.served.rulebook.candidates]
    status = 422 if refused else 200
    return page(
        request,
        visitor,
        "draft_new.html",
        status,
        held=defaultdict(str, held),
        refused=refused,
        rules=names,
        ways=WAYS,
    )


@router.post("/drafts/new")
async def begin_draft(request: Request, visitor: DraftVisitor, desk: Desk) -> Response:
    form = await sent(request, visitor, files=2)
    try:
        held = {name: text_of(form, name, 400) for name in FIELDS}
        held["text"] = await _written(form, "text")
        held["cases"] = await _written(form, "cases")
    finally:
        await form.close()

    def start() -> Response:
        try:
            draft = desk.begin(held)
        except UsageError as error:
            return _new(request, visitor, desk, held, f"{error.message}. {error.hint}")
        return see_other(f"/drafts/{draft.id}")

    return await to_thread.run_sync(start)


async def _written(form: Any, name: str) -> str:
    """What stands in the field, or in the file that was chosen beside it."""
    file = form.get(f"{name}_file")
    if isinstance(file, UploadFile) and file.filename:
        content = await file.read(4 * LONGEST + 1)
        return content.decode("utf-8", "replace")
    value = form.get(name)
    return value.replace("\r\n", "\n")[: LONGEST + 1] if isinstance(value, str) else ""


@router.get("/drafts/{id}/cases")
def cases(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    draft = desk.found(identifier)
    checked = desk.checked(draft)
    return page(
        request,
        visitor,
        "draft_cases.html",
        draft=draft,
        force=desk.force(draft),
        board=board(checked, grid_of(checked), excuses_of(desk.drafts.notes(draft.id))),
        errors=[each for each in checked.findings if each.severity == "error"],
        lists=Patients(desk).worklists(),
    )


@router.get("/drafts/{id}/cases/new")
def new_case(
    request: Request,
    visitor: DraftVisitor,
    desk: Desk,
    identifier: DraftId,
    key: Annotated[str, Query(max_length=500)] = "",
    worklist: Annotated[str, Query(max_length=16)] = "",
    patient: Annotated[str, Query(max_length=8, pattern=r"\d*")] = "",
) -> Response:
    """A case to state: for an empty cell, of a patient of a worklist, or from nothing."""
    draft = desk.found(identifier)
    cell = _cell(desk, draft, key) if key else None
    if worklist and patient:
        case = Patients(desk).case(draft, worklist, int(patient))
        said = "Read it through: nothing in it may tell who the patient is."
    elif cell is not None:
        offered = proposal_of(desk, draft, key)
        case, said = offered.case, offered.said
    else:
        case, said = CaseWritten("", date.today(), {}), ""
    held = {
        "name": case.name,
        "as_of": case.as_of.isoformat(),
        "patient": in_one_line(case.patient)[1:-1],
        **({f"expect:{cell.column}": cell.verdict} if cell is not None and cell.verdict else {}),
    }
    return _state(request, visitor, desk, draft, held, about=cell.column if cell else "", said=said)


def _cell(desk: DraftDesk, draft: Draft, key: str) -> Missing | None:
    return next((each for each in grid_of(desk.checked(draft)).missing if each.key == key), None)


def _state(
    request: Request, visitor: Visitor, desk: DraftDesk, draft: Draft, held: Mapping[str, str], **more: Any
) -> Response:
    """The form of a case. The engine's verdict is nowhere on it."""
    candidate = desk.checked(draft).candidate
    criteria = candidate.every_criterion if candidate is not None else ()
    about = more.get("about", "")
    ordered = sorted(criteria, key=lambda each: each.id != about)
    context = {"said": "", "about": "", "wrong": (), "index": "", **more}
    return page(
        request,
        visitor,
        "draft_case.html",
        422 if context["wrong"] else 200,
        draft=draft,
        force=desk.force(draft),
        held=defaultdict(str, held),
        criteria=[(each, words_of(each.role)) for each in ordered],
        standings=[each.value for each in StandingKind],
        **context,
    )


@router.post("/drafts/{id}/cases/new")
async def add_case(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    form = await sent(request, visitor)
    held = {name: text_of(form, name, 100_000) for name in form}

    def add() -> Response:
        draft = desk.found(identifier)
        checked = desk.checked(draft)
        one, wrong = read_case(held, checked)
        about = held.get("about", "")
        if one is None or wrong:
            return _state(request, visitor, desk, draft, held, wrong=wrong, about=about)
        saved = desk.save(draft.id, "cases", added(draft.cases, one), draft.cases_revision)
        if not saved.done:
            raise Problem(
                409, "U062", f"{saved.author or 'somebody'} saved the cases meanwhile; add it again"
            )
        return see_other(f"/drafts/{draft.id}/cases#{about or STANDING}")

    return await to_thread.run_sync(add)


@router.post("/drafts/{id}/cases/remove")
async def remove_case(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    form = await sent(request, visitor)
    index, name = text_of(form, "index", 6), text_of(form, "name", 300)

    def remove() -> Response:
        draft = desk.found(identifier)
        held = desk.checked(draft).results
        if not any(str(each.case.index) == index and each.case.name == name for each in held):
            raise Problem(409, "U062", "the cases were changed meanwhile; look again")
        desk.save(draft.id, "cases", replaced(draft.cases, int(index), None), draft.cases_revision)
        return see_other(f"/drafts/{draft.id}/cases")

    return await to_thread.run_sync(remove)


@router.post("/drafts/{id}/excuses")
async def excuse(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    form = await sent(request, visitor)
    about, reason = text_of(form, "about", 500), text_of(form, "reason", 4_000)
    await to_thread.run_sync(desk.excuse, identifier, about, reason)
    return see_other(f"/drafts/{identifier}/{'review' if text_of(form, 'back', 10) == 'review' else 'cases'}")


@router.get("/rules/{name}/versions")
def versions(
    request: Request, visitor: DraftVisitor, desk: Desk, name: Annotated[str, InPath(max_length=200)]
) -> Response:
    """Every approved version of a rule that went through here, the last first."""
    held = begin.in_force(name, desk.rules)
    if held is None and name not in desk.served.rulebook.by_id:
        raise Problem(404, "U007", "the rulebook has no rule of this name", place="path.name")
    return page(request, visitor, "rule_versions.html", name=name, held=versions_of(desk, name))
