"""Batch jobs: a file of patients in, the files of a run out, with progress in between."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from starlette.datastructures import UploadFile

from matcher.api.asking import MatchAsked, Stretch
from matcher.api.problems import Problem, problem_of, problems
from matcher.api.runner import file_run, job_folder
from matcher.api.server import Clinician, Current, Server, TheServer
from matcher.api.shapes import JobPage, JobProblem, JobShown, ResultFile
from matcher.api.uploads import TAKES_A_FILE, Upload, save
from matcher.errors import CODES, MatcherError
from matcher.service.outputs import FILES
from matcher.store import Job, JobState, TooManyJobsError

_CHECKED_AT_ONCE = 8 << 20
"""Files up to this size are looked through before they are taken; larger ones by their job."""

router = APIRouter(tags=["batch"])
JobId = Annotated[str, InPath(alias="id", max_length=200, examples=["0f8fad5bd9cb469fa16570867728950e"])]


@router.post(
    "/v1/match/batch",
    summary="Match a file of patients",
    status_code=202,
    responses=problems(400, 401, 403, 415, 422, 429),
    openapi_extra=TAKES_A_FILE,
)
async def begin(
    request: Request,
    response: Response,
    server: TheServer,
    caller: Clinician,
    served: Current,
    asked: Annotated[MatchAsked, Query()],
) -> JobShown:
    """Takes the file and gives a job, whose address is in `Location`. The job survives a restart of the server.

    What is wrong with a small file as a whole, or with the mapping, is refused at once; a larger one is looked
    through by its job.
    """
    if not request.headers.get("content-type", "").casefold().startswith("multipart/form-data"):
        raise Problem(415, "U056", "the body is to be multipart/form-data", place="header.content-type")
    waiting = await to_thread.run_sync(server.jobs.waiting, caller.owner)
    if waiting >= server.settings.open_jobs:
        raise _too_many()
    identifier = server.jobs.new_id()
    folder = job_folder(server.settings, identifier)
    try:
        upload = await _take(request, server, folder)
        work = {
            **asked.model_dump(mode="json"),
            "today": date.today().isoformat(),
            "patients": upload.patients.name,
            "mapping": upload.mapping.name if upload.mapping else None,
        }
        if _size(upload) <= _CHECKED_AT_ONCE:
            run = file_run(server.settings, identifier, work)
            await server.checker.check(run, served.rulebook)
        most = server.settings.open_jobs
        job = await to_thread.run_sync(server.jobs.create, identifier, caller.owner, work, most)
    except TooManyJobsError:
        shutil.rmtree(folder, ignore_errors=True)
        raise _too_many() from None
    except MatcherError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise problem_of(error, folder / "in") from None
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    await to_thread.run_sync(server.audit.record, caller.owner, "job begun", identifier)
    request.app.state.foreman.wake()
    response.headers["Location"] = f"/v1/jobs/{identifier}"
    return _shown(server, job)


def _too_many() -> Problem:
    return Problem(
        429, "U063", "as many jobs are waiting or running as one may have", headers={"Retry-After": "60"}
    )


async def _take(request: Request, server: Server, folder: Path) -> Upload:
    try:
        async with request.form(max_files=2, max_fields=2) as form:
            file, mapping = form.get("file"), form.get("mapping")
            if not isinstance(file, UploadFile):
                raise Problem(422, "U057", "the form has no file", place="body.file")
            if mapping is not None and not isinstance(mapping, UploadFile):
                raise Problem(422, "U057", "the mapping is to be sent as a file", place="body.mapping")
            described = mapping.file if mapping is not None else None
            return await to_thread.run_sync(
                save, file.file, file.filename or "", described, folder / "in", server.settings
            )
    except OSError:  # where temporary files go there is no room
        raise Problem(503, "U008", "the upload cannot be kept", headers={"Retry-After": "60"}) from None


@router.get("/v1/jobs", summary="The caller's jobs", responses=problems(401, 403, 422))
def list_jobs(server: TheServer, caller: Clinician, asked: Annotated[Stretch, Query()]) -> JobPage:
    found = server.jobs.of(caller.owner, asked.limit, asked.offset)
    return JobPage(offset=asked.offset, items=[_shown(server, each) for each in found])


@router.get("/v1/jobs/{id}", summary="How far a job is", responses=problems(401, 403, 404, 422))
def show_job(server: TheServer, caller: Clinician, identifier: JobId) -> JobShown:
    return _shown(server, _found(server.jobs.read(identifier, caller.owner)))


@router.post("/v1/jobs/{id}/cancel", summary="Stop a job", responses=problems(401, 403, 404, 409, 422))
def cancel_job(server: TheServer, caller: Clinician, identifier: JobId) -> JobShown:
    """A job that runs stops within a second and has no results; one that is over cannot be stopped."""
    if _found(server.jobs.read(identifier, caller.owner)).state.over:
        raise Problem(409, "U062", "the job is over", place="path.id")
    job = _found(server.jobs.cancel(identifier, caller.owner))
    server.audit.record(caller.owner, "job cancelled", job.id)
    return _shown(server, job)


@router.delete(
    "/v1/jobs/{id}",
    summary="Delete a job and its files",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
def delete_job(server: TheServer, caller: Clinician, identifier: JobId) -> Response:
    """Stops the job if it runs, and removes what was sent and what came out."""
    job = _found(server.jobs.read(identifier, caller.owner))
    server.jobs.delete(job.id, caller.owner)
    shutil.rmtree(job_folder(server.settings, job.id), ignore_errors=True)
    server.audit.record(caller.owner, "job deleted", job.id)
    return Response(status_code=204)


@router.get(
    "/v1/jobs/{id}/files/{name}",
    summary="A file of a finished job",
    response_class=FileResponse,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        206: {"description": "The stretch that the header Range asks for"},
        416: {"description": "No such stretch"},
        **problems(400, 401, 403, 404, 422),
    },
)
def result_file(
    server: TheServer, caller: Clinician, identifier: JobId, name: Annotated[str, InPath(max_length=200)]
) -> FileResponse:
    job = _found(server.jobs.read(identifier, caller.owner))
    path = next((each for each in _files(server, job) if each.name == name), None)
    if path is None:
        raise Problem(404, "U058", "the job has no such file", place="path.name")
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


def _found(job: Job | None) -> Job:
    if job is None:
        raise Problem(404, "U058", "no job of yours has this identifier", place="path.id")
    return job


def _size(upload: Upload) -> int:
    paths = upload.patients.iterdir() if upload.patients.is_dir() else [upload.patients]
    return sum(each.stat().st_size for each in paths)


def _files(server: Server, job: Job) -> list[Path]:
    folder = job_folder(server.settings, job.id) / "out"
    if job.state is not JobState.DONE or not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if each.is_file())


def _shown(server: Server, job: Job) -> JobShown:
    problem = None
    if job.problem is not None:
        known = CODES[job.problem["code"]]
        problem = JobProblem(
            type=f"/v1/errors/{known.code}",
            code=known.code,
            title=known.title,
            place=job.problem["place"],
            detail=job.problem["detail"],
            remedy=known.remedy,
        )
    return JobShown(
        id=job.id,
        state=job.state,
        total=job.total,
        done=job.done,
        rejected=job.rejected,
        rulebook=job.rulebook,
        created_at=job.created_at,
        finished_at=job.finished_at,
        problem=problem,
        files=[
            ResultFile(
                name=each.name,
                about=FILES.get(each.name, ""),
                bytes=each.stat().st_size,
                href=f"/v1/jobs/{job.id}/files/{each.name}",
            )
            for each in _files(server, job)
        ],
    )
