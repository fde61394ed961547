"""Worklists for programs: what the pages do, as JSON."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath
from starlette.datastructures import UploadFile

from matcher.api.asking import Stretch
from matcher.api.patient_pages import judged_of
from matcher.api.problems import Problem, problems
from matcher.api.server import Coordinator, Current, TheServer
from matcher.api.uploads import TAKES_A_FILE
from matcher.api.worklist_desk import ListDesk, Sheet
from matcher.api.worklist_shapes import (
    JudgementAsked,
    JudgementShown,
    PatientListed,
    PatientPage,
    PatientWhole,
    RunShown,
    StatusAnswered,
    StatusesAnswered,
    StatusesAsked,
    StatusShown,
    WorklistPage,
    WorklistShown,
)
from matcher.api.worklist_table import asked_of, table_of
from matcher.api.worklist_upload import Sent, take
from matcher.store import Change, Run, RunState, Status

router = APIRouter(tags=["worklists"])
ListId = Annotated[str, InPath(alias="id", max_length=16, examples=["0f8fad5bd9cb469f"])]
Number = Annotated[int, InPath(alias="n", ge=1, le=10_000_000, examples=[1])]
_ASKED = problems(401, 403, 404, 422)


async def _desk(server: TheServer, caller: Coordinator, served: Current) -> ListDesk:
    return ListDesk(server, served, caller)


Desk = Annotated[ListDesk, Depends(_desk)]


@router.get("/v1/worklists", summary="The team's worklists", responses=problems(401, 403))
def list_worklists(desk: Desk) -> WorklistPage:
    return WorklistPage(items=[_shown(desk.at(each.id)) for each in desk.server.lists.of(desk.caller.team)])


@router.post(
    "/v1/worklists/runs",
    summary="Send a file of patients to a worklist",
    status_code=202,
    responses=problems(400, 401, 403, 404, 415, 422, 429),
    openapi_extra=TAKES_A_FILE,
)
async def send(
    request: Request,
    desk: Desk,
    worklist: Annotated[str, Query(max_length=16, description="Empty for a new one.")] = "",
    title: Annotated[str, Query(max_length=200, description="Of a new one.")] = "",
    as_of: Annotated[str, Query(max_length=10, description="The day, as 2026-01-15.")] = "",
) -> WorklistShown:
    """The file is looked through; `POST /v1/worklists/{id}/match` then matches it."""
    if not request.headers.get("content-type", "").casefold().startswith("multipart/form-data"):
        raise Problem(415, "U056", "the body is to be multipart/form-data", place="header.content-type")
    async with request.form(max_files=2, max_fields=2) as form:
        file, mapping = form.get("file"), form.get("mapping")
        if mapping is not None and not isinstance(mapping, UploadFile):
            raise Problem(422, "U057", "the mapping is to be sent as a file", place="body.mapping")
        run = await take(desk, file, mapping, Sent(worklist, title, as_of))
    request.app.state.foreman.wake()
    return _shown(desk.at(run.worklist))


@router.post(
    "/v1/worklists/{id}/match",
    summary="Match the file that was looked through",
    status_code=202,
    responses=problems(401, 403, 404, 409, 422),
)
def match(desk: Desk, identifier: ListId) -> WorklistShown:
    run = desk.at(identifier).waiting
    if run is None or run.state is not RunState.CHECKED:
        raise Problem(409, "U062", "no file waits to be matched", place="path.id")
    if run.patients == run.rejected:
        raise Problem(409, "U062", "nobody in this file can be matched", place="path.id")
    desk.match(run)
    return _shown(desk.at(identifier))


@router.get("/v1/worklists/{id}", summary="A worklist and how far its files are", responses=_ASKED)
def show(desk: Desk, identifier: ListId) -> WorklistShown:
    return _shown(desk.at(identifier))


@router.delete(
    "/v1/worklists/{id}", summary="Delete a worklist with all it holds", status_code=204, responses=_ASKED
)
def delete(desk: Desk, identifier: ListId) -> Response:
    desk.delete(identifier)
    return Response(status_code=204)


@router.get("/v1/worklists/{id}/patients", summary="Patients of a worklist", responses=_ASKED)
def patients(
    request: Request,
    desk: Desk,
    identifier: ListId,
    stretch: Annotated[Stretch, Query()],
) -> PatientPage:
    """Takes `trial`, `standing`, `availability`, `site`, `missing`, `status`, `owner`, `changed=yes` and `sort` too."""
    sheet = desk.at(identifier)
    shown = table_of(sheet, asked_of(request.query_params, desk.served.sites), stretch.limit, stretch.offset)
    items = [
        PatientListed(
            number=each.entry.number,
            patient=each.entry.patient,
            trial=each.entry.trial,
            standing=each.standing,
            availability=each.entry.availability,
            missing=[one for one, _ in each.lacks],
            changes=list(each.changes),
            status=_status(each.status),
        )
        for each in shown.rows
    ]
    return PatientPage(total=shown.total, offset=stretch.offset, items=items)


@router.get("/v1/worklists/{id}/patients/{n}", summary="One patient of a worklist", responses=_ASKED)
def patient(desk: Desk, identifier: ListId, number: Number) -> PatientWhole:
    return _whole(desk.at(identifier), number)


@router.post(
    "/v1/worklists/{id}/statuses",
    summary="Set the status of patients",
    responses=problems(400, 401, 403, 404, 415, 422),
)
def set_statuses(desk: Desk, identifier: ListId, asked: StatusesAsked) -> StatusesAnswered:
    """Each by itself: one that somebody changed meanwhile is left, and answered with what it is now."""
    changes = [Change(**each.model_dump()) for each in asked.changes]
    answered = desk.at(identifier).change(changes)
    return StatusesAnswered(items=[StatusAnswered(set=each.done, now=_status(each.now)) for each in answered])


@router.post(
    "/v1/worklists/{id}/patients/{n}/judgements",
    summary="Judge a criterion for a patient",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
def judge(desk: Desk, identifier: ListId, number: Number, asked: JudgementAsked) -> PatientWhole:
    """The computed verdict stays beside it; the judgement counts until the criterion or a fact behind it changes."""
    sheet = desk.at(identifier)
    entry = sheet.entry(number)
    if asked.patient and asked.patient != entry.patient:
        raise Problem(
            409, "U062", "this is the number of another patient in the last file", place="body.patient"
        )
    sheet.judge(entry, asked.candidate, asked.criterion, asked.said())
    return _whole(sheet, number)


def _shown(sheet: Sheet) -> WorklistShown:
    held = sheet.worklist
    return WorklistShown(
        id=held.id,
        title=held.title,
        created_at=held.created_at,
        expires_at=held.expires_at,
        runs=[_run(sheet.desk, each) for each in sheet.runs],
    )


def _run(desk: ListDesk, run: Run) -> RunShown:
    job = desk.job(run)
    summary: dict[str, Any] = run.summary
    return RunShown(
        number=run.number,
        state=run.state,
        patients=run.patients,
        rejected=run.rejected,
        done=job.done if job else run.patients,
        problems=summary.get("problems", 0),
        columns=dict(summary.get("columns", ())),
        rulebook=run.rulebook[:12],
        created_at=run.created_at,
    )


def _status(status: Status) -> StatusShown:
    return StatusShown(**{name: getattr(status, name) for name in StatusShown.model_fields})


def _whole(sheet: Sheet, number: int) -> PatientWhole:
    entry = sheet.entry(number)
    seen = sheet.see(entry)
    judged = judged_of(sheet, seen, entry)
    computed = sheet.computed(entry) if judged else {}
    return PatientWhole(
        number=number,
        rulebook=sheet.done.rulebook[:12],
        patient=seen.shown,
        statuses=[_status(each) for each in sheet.statuses.of([entry.patient]).values()],
        judgements=[
            JudgementShown(
                **{name: each.held.record.get(name, "") for name in _SAID},
                computed=computed.get(
                    (each.held.record["candidate"], each.held.record["criterion"]), "unknown"
                ),
                force=each.force,
                entered_by=each.held.by,
                entered_at=each.held.at,
            )
            for each in judged
        ],
    )


_SAID = ("candidate", "criterion", "verdict", "person", "day", "reason", "source")
