"""The pages of worklists: sending a file, what was found in it, the table of patients, and what is done about them."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse, StreamingResponse

from matcher.api.page_words import on_page
from matcher.api.problems import Problem, problem_of
from matcher.api.server import Current, TheServer
from matcher.api.visiting import ListVisitor, Visitor, page, see_other, sent, text_of
from matcher.api.worklist_desk import ListDesk, Sheet
from matcher.api.worklist_table import REPORTED, STATUS_KEYS, Shown, asked_of, exported, reported, table_of
from matcher.api.worklist_upload import Sent, draft_of_mapping, take
from matcher.errors import MatcherError
from matcher.service.worklist.looking import PROBLEMS, in_words
from matcher.service.worklist.returned import with_problems
from matcher.store import NEGATIVE, STATUS_TEXT, Change, RunState

PAGE, LONG_PAGE = 50, 200
_MOST_DIGITS = 8
_SHOWN_PROBLEMS = 200
_TICKED = re.compile(r"(?P<number>[0-9]{1,8}):(?P<revision>[0-9]{1,8}):(?P<trial>.{1,200})")
FORMS = {
    "": "A row a patient, with the columns of the guide",
    "cbioportal": "A cBioPortal study folder",
    "gdc": "clinical.tsv of the Genomic Data Commons",
    "synthea": "A CSV export of Synthea",
    "omop": "Tables of OMOP CDM",
    "mcode_csv": "The CSV files of mCODE",
}
"""What a file may be, by the name of the mapping that ships for it."""

router = APIRouter(include_in_schema=False)
ListId = Annotated[str, InPath(alias="id", max_length=16)]


async def _desk(server: TheServer, visitor: ListVisitor, served: Current) -> ListDesk:
    return ListDesk(server, served, visitor.caller)


Desk = Annotated[ListDesk, Depends(_desk)]


@router.get("/worklists")
def all_lists(request: Request, visitor: ListVisitor, desk: Desk) -> Response:
    held = [desk.at(each.id) for each in desk.server.lists.of(desk.caller.team)]
    return page(request, visitor, "worklists.html", sheets=held, counts=_counts(held))


def _counts(sheets: list[Sheet]) -> dict[str, dict[str, int]]:
    """For each worklist how many patients it has, and of how many something changed."""
    return {
        each.worklist.id: {"patients": each.run.patients, "changed": each.entries.changed(each.run.id)}
        for each in sheets
        if each.run is not None
    }


@router.get("/worklists/new")
def new_list(request: Request, visitor: ListVisitor, desk: Desk, worklist: str = "") -> Response:
    held = desk.found(worklist) if worklist else None
    today = date.today().isoformat()
    return page(request, visitor, "worklist_new.html", held=held, today=today, forms=FORMS)


@router.post("/worklists/new")
async def send(request: Request, visitor: ListVisitor, desk: Desk) -> Response:
    """Takes the file into a folder of its own; a job looks through it."""
    form = await sent(request, visitor, files=2)
    try:
        answer = await _taken(form, desk)
    finally:
        await form.close()
    request.app.state.foreman.wake()
    return answer


@router.post("/worklists/mapping")
async def draft_mapping(request: Request, visitor: ListVisitor, desk: Desk) -> Response:
    """A description of the file's columns, to be completed and sent with it. Nothing of the file is kept."""
    form = await sent(request, visitor, files=2)
    try:
        limits = desk.server.settings
        work = partial(draft_of_mapping, form.get("file"), limits)
        text = await to_thread.run_sync(work, limiter=desk.server.threads)
    except MatcherError as error:
        raise problem_of(error) from None
    finally:
        await form.close()
    headers = {"Content-Disposition": 'attachment; filename="mapping.yaml"'}
    return Response(text, media_type="application/yaml", headers=headers)


async def _taken(form: Any, desk: ListDesk) -> Response:
    sent_with = Sent(
        text_of(form, "worklist", 16),
        text_of(form, "title", 200),
        text_of(form, "as_of", 10),
        text_of(form, "form", 40),
    )
    run = await take(desk, form.get("file"), form.get("mapping"), sent_with)
    return see_other(f"/worklists/{run.worklist}/file")


@router.get("/worklists/{id}/file")
def last_file(request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId) -> Response:
    """Where the last file that was sent stands: looked through, waiting for a yes, or being matched."""
    sheet = desk.at(identifier)
    run = sheet.waiting
    if run is None:
        return see_other(f"/worklists/{identifier}")
    job = desk.job(run)
    problem = job.problem if job else None
    return page(
        request,
        visitor,
        "worklist_file.html",
        sheet=sheet,
        run=run,
        job=job,
        problem={**problem, **dict(zip(("title", "remedy"), on_page(problem["code"]), strict=True))}
        if problem
        else None,
        kinds=list(in_words(run.summary.get("codes", {}))),
        problems=list(_problems(desk, run.id)) if run.state is RunState.CHECKED else [],
        returned=_can_be_returned(desk, run.id, run.request),
    )


def _problems(desk: ListDesk, run: str) -> Iterator[dict[str, str]]:
    path = desk.folder(run) / "out" / PROBLEMS
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as stream:
            yield from itertools.islice(csv.DictReader(stream), _SHOWN_PROBLEMS)


def _can_be_returned(desk: ListDesk, run: str, request: dict[str, Any]) -> bool:
    path: Path = desk.folder(run) / "in" / str(request["patients"])
    return path.suffix in (".csv", ".tsv", ".tab", ".psv", ".txt") and path.is_file()


@router.get("/worklists/{id}/progress")
def progress(desk: Desk, identifier: ListId) -> dict[str, Any]:
    """For the script that moves the bar."""
    run = desk.at(identifier).waiting
    job = desk.job(run) if run else None
    if run is None or job is None:
        return {"state": "done" if run is None else run.state, "done": 0, "total": None}
    return {"state": run.state, "done": job.done, "total": job.total}


@router.post("/worklists/{id}/file")
async def decide(request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId) -> Response:
    """Matches the file that was looked through, or takes it back."""
    form = await sent(request, visitor)
    sheet = await to_thread.run_sync(desk.at, identifier)
    run = sheet.waiting
    if run is None:
        return see_other(f"/worklists/{identifier}")
    if text_of(form, "do", 10) == "match":
        if run.patients == run.rejected:
            raise Problem(409, "U062", "nobody in this file can be matched", place="path.id")
        await to_thread.run_sync(desk.match, run)
        request.app.state.foreman.wake()
        return see_other(f"/worklists/{identifier}/file")
    await to_thread.run_sync(desk.drop, run)
    if len(sheet.runs) == 1:
        await to_thread.run_sync(desk.delete, identifier)
        return see_other("/worklists")
    return see_other(f"/worklists/{identifier}")


@router.get("/worklists/{id}/runs/{number}/{name}")
def file_of_run(desk: Desk, identifier: ListId, number: int, name: str) -> Response:
    """Every problem, or the file as it was sent with its problems in a column of their own."""
    sheet = desk.at(identifier)
    run = next((each for each in sheet.runs if each.number == number), None)
    if run is None or name not in (PROBLEMS, "returned.csv"):
        raise Problem(404, "U058", "there is no such file", place="path.name")
    path = desk.folder(run.id) / "out" / PROBLEMS
    if not path.is_file():
        raise Problem(404, "U058", "there is no such file", place="path.name")
    if name == PROBLEMS:
        return FileResponse(path, media_type="text/csv", filename=name)
    if not _can_be_returned(desk, run.id, run.request):
        raise Problem(409, "U062", "only a file of rows can be given back", place="path.name")
    lines = with_problems(desk.folder(run.id) / "in" / run.request["patients"], path)
    return StreamingResponse(lines, media_type="text/csv", headers=_attached(name))


@router.get("/worklists/{id}")
def patients(request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId) -> Response:
    sheet = at_run(request, desk, identifier)
    if sheet.run is None:
        return see_other(f"/worklists/{identifier}/file")
    return _table(request, visitor, sheet)


def at_run(request: Request, desk: ListDesk, identifier: str) -> Sheet:
    return desk.at(identifier, _count(request.query_params.get("run", "")))


def _count(text: str) -> int | None:
    """A number of few digits, in which anything may stand."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _table(request: Request, visitor: Visitor, sheet: Sheet, status: int = 200, **more: Any) -> Response:
    asked = more.pop("asked", None) or asked_of(request.query_params, sheet.desk.served.sites)
    offset = _count(request.query_params.get("from", "")) or 0
    size = LONG_PAGE if request.query_params.get("rows") == str(LONG_PAGE) else PAGE
    shown = table_of(sheet, asked, size, offset)
    kept = {name: value for name, value in request.query_params.items() if name != "from"}
    return page(
        request,
        visitor,
        "worklist.html",
        status,
        sheet=sheet,
        shown=shown,
        asked=asked,
        offset=offset,
        page_size=size,
        sizes=(PAGE, LONG_PAGE),
        reported=REPORTED,
        query=urlencode(kept),
        without=lambda name: urlencode({key: value for key, value in kept.items() if key != name}),
        statuses=STATUS_TEXT,
        negative=sorted(NEGATIVE),
        filters=sheet.statuses.filters(),
        **{"answered": None, "said": "", "refused": "", "ticked": frozenset(), "typed": None, **more},
    )


@router.post("/worklists/{id}/find")
async def find(request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId) -> Response:
    """By the patient's identifier, which stands in no address: those are written down along the way."""
    form = await sent(request, visitor)
    wanted = text_of(form, "patient")

    def look() -> Response:
        sheet = at_run(request, desk, identifier)
        exact = sheet.entries.named(sheet.done.id, [wanted]) if wanted else []
        if len(exact) == 1:
            return see_other(f"/worklists/{identifier}/patients/{exact[0].number}{sheet.at}")
        asked = asked_of(request.query_params, sheet.desk.served.sites, patient=wanted)
        return _table(
            request, visitor, sheet, asked=asked, said=f"Patients whose identifier holds “{wanted}”"
        )

    return await to_thread.run_sync(look)


@router.post("/worklists/{id}/status")
async def set_status(request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId) -> Response:
    """Of every patient that is ticked, for the trial of its row; each by itself, and each answered."""
    form = await sent(request, visitor)
    chosen = [each for each in form.getlist("chosen") if isinstance(each, str)]
    # Of one patient the form shows what stands there: what is empty was emptied. Of many it stays as it is.
    of_one = text_of(form, "back", 10) == "patient"
    wanted = {name: text_of(form, name) or None for name in STATUS_KEYS}
    if of_one:
        wanted |= {name: text_of(form, name) for name in ("owner", "note")}

    def change() -> Response:
        sheet = at_run(request, desk, identifier)
        try:
            # The numbers are those of the file that was on the screen: another may have been matched meanwhile.
            run = _count(text_of(form, "run"))
            seen = sheet if run is None else desk.at(identifier, run)
            answered = sheet.change(list(_changes(seen, chosen, wanted)))
        except Problem as refused:
            if of_one or refused.status_code != 422:
                raise
            # Nobody ticks two hundred patients twice.
            kept = {"refused": refused.detail, "ticked": frozenset(chosen), "typed": wanted}
            return _table(request, visitor, sheet, 422, **kept)
        if of_one and len(answered) == 1 and answered[0].done:
            return see_other(f"/worklists/{identifier}/patients/{chosen[0].partition(':')[0]}{seen.at}")
        return _table(request, visitor, sheet, answered=answered)

    return await to_thread.run_sync(change)


def _changes(sheet: Sheet, chosen: list[str], wanted: dict[str, str | None]) -> Iterator[Change]:
    """What is ticked: the patient's number, the revision of the status that was seen, and the trial."""
    if not chosen:
        raise Problem(422, "U057", "tick the patients first", place="chosen")
    if all(each is None for each in wanted.values()):
        raise Problem(422, "U057", "say what to set: a status, an owner or a note", place="status")
    for each in chosen:
        said = _TICKED.fullmatch(each)
        if said is None:
            raise Problem(422, "U057", "the form is damaged; open the page again", place="chosen")
        entry = sheet.entry(int(said["number"]))
        yield Change(entry.patient, said["trial"], int(said["revision"]), **wanted)


@router.post("/worklists/{id}/filters")
async def keep_filter(request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId) -> Response:
    form = await sent(request, visitor)
    name = " ".join(text_of(form, "name", 60).split())
    asked = {key: value for key, value in request.query_params.items() if key in Shown.KEYS and value}

    def keep() -> Response:
        sheet = desk.at(identifier)
        if text_of(form, "do", 10) == "drop":
            sheet.statuses.drop_filter(name)
        elif name:
            sheet.statuses.keep_filter(name, asked, desk.caller.name)
        return see_other(f"/worklists/{identifier}?{urlencode(asked)}")

    return await to_thread.run_sync(keep)


@router.get("/worklists/{id}/export.csv")
def export(request: Request, desk: Desk, identifier: ListId) -> Response:
    """What the table shows, all pages of it."""
    sheet = at_run(request, desk, identifier)
    lines = exported(sheet, sheet.done, asked_of(request.query_params, sheet.desk.served.sites))
    return StreamingResponse(lines, media_type="text/csv", headers=_attached("worklist.csv"))


@router.get("/worklists/{id}/report.html")
def report(request: Request, desk: Desk, identifier: ListId) -> Response:
    """The first patients that the table shows as one file to keep, with what people judged of their criteria."""
    sheet = at_run(request, desk, identifier)
    asked = asked_of(request.query_params, sheet.desk.served.sites)
    entries = sheet.entries.page(sheet.done.id, sheet.worklist.id, asked, REPORTED, 0)
    return Response(reported(sheet, entries), media_type="text/html", headers=_attached("report.html"))


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


@router.get("/worklists/{id}/problems")
def problems_of(request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId) -> Response:
    sheet = at_run(request, desk, identifier)
    run = sheet.done
    kinds, found = list(in_words(run.summary.get("codes", {}))), list(_problems(desk, run.id))
    returned = _can_be_returned(desk, run.id, run.request)
    return page(
        request,
        visitor,
        "worklist_problems.html",
        sheet=sheet,
        run=run,
        kinds=kinds,
        problems=found,
        returned=returned,
    )


@router.get("/worklists/{id}/cohort")
def cohort(request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId) -> Response:
    """All patients together: how many stand where, for each trial, and what is most often missing."""
    sheet = at_run(request, desk, identifier)
    found = sheet.entries.cohort(sheet.done.id)
    return page(request, visitor, "worklist_cohort.html", sheet=sheet, cohort=found)


@router.post("/worklists/{id}/delete")
async def delete(request: Request, visitor: ListVisitor, desk: Desk, identifier: ListId) -> Response:
    await sent(request, visitor)
    await to_thread.run_sync(desk.delete, identifier)
    return see_other("/worklists")
