"""A file that is sent to a worklist, by a form or a program: kept in a folder of its own, and looked through."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import IO

from anyio import to_thread
from starlette.datastructures import UploadFile

from matcher.api.clock import now
from matcher.api.problems import Problem
from matcher.api.settings import Settings
from matcher.api.uploads import save
from matcher.api.worklist_desk import ListDesk
from matcher.readers.aside import folder_aside
from matcher.readers.mapping import shipped_mappings
from matcher.readers.mapping_guess import guess_mapping
from matcher.store import Run, TooManyJobsError


@dataclass(frozen=True, slots=True)
class Sent:
    """What was said with the file: the worklist it is for, or the title of a new one, and the day."""

    worklist: str
    title: str
    as_of: str
    form: str = ""
    """The name of a ready-made mapping, where none is sent."""

    @property
    def day(self) -> str | None:
        try:
            return date.fromisoformat(self.as_of).isoformat() if self.as_of else None
        except ValueError:
            raise Problem(422, "U057", "write the day as 2026-01-15", place="as_of") from None


def _ready_made(name: str) -> bytes:
    path = shipped_mappings().get(name)
    if path is None:
        raise Problem(422, "U057", "there is no ready-made mapping of this name", place="form")
    return path.read_bytes()


def draft_of_mapping(file: object, limits: Settings) -> bytes:
    """The ready-made mapping of a known export, or a draft for the file, whose rows are kept nowhere."""
    if not isinstance(file, UploadFile) or not file.filename:
        raise Problem(422, "U057", "the form has no file", place="file")
    folder = folder_aside()
    try:
        upload = save(file.file, file.filename, None, folder / "in", limits)
        found = guess_mapping(upload.patients)
        return _ready_made(found.shipped) if found.shipped else found.text.encode()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def take(desk: ListDesk, file: object, mapping: object, sent: Sent) -> Run:
    """The run that the file begins; nothing of it is left where it is refused."""
    if not isinstance(file, UploadFile) or not file.filename:
        raise Problem(422, "U057", "the form has no file", place="file")
    described: IO[bytes] | None = None
    if isinstance(mapping, UploadFile) and mapping.filename:
        described = mapping.file
    elif sent.form:
        described = BytesIO(_ready_made(sent.form))
    day, server = sent.day, desk.server
    identifier = server.jobs.new_id()
    folder = desk.folder(identifier)
    try:
        limits = server.settings
        upload = await to_thread.run_sync(save, file.file, file.filename, described, folder / "in", limits)
        request = {
            "patients": upload.patients.name,
            "mapping": upload.mapping.name if upload.mapping else None,
            "as_of": day,
            "today": now().date().isoformat(),
        }
        return await to_thread.run_sync(desk.begin, identifier, sent.worklist, sent.title, request)
    except TooManyJobsError:
        shutil.rmtree(folder, ignore_errors=True)
        raise Problem(429, "U063", "as many files are being worked on as one team may have") from None
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
