"""Gives batch jobs to runners, one at a time; each is a process, so that requests go on being answered."""

from __future__ import annotations

import logging
import shutil
import sys
from contextlib import suppress
from datetime import timedelta
from secrets import token_hex
from subprocess import DEVNULL

import anyio
from anyio import to_thread
from anyio.abc import Process

from matcher.api.checking import framed
from matcher.api.clock import now
from matcher.api.runner import Work, job_folder
from matcher.api.server import Server
from matcher.errors import CODES
from matcher.store import Job, StoreError

_POLL_SECONDS = 1.0
_PATIENCE = 5
_BEGINNING_SECONDS = 60.0
_FAREWELL_SECONDS = 2.0
_ORPHAN = timedelta(hours=1)
_log = logging.getLogger("matcher.server")
_unable = logging.getLogger("matcher.foreman")
"""What is tried again every second is written once a minute."""


class Foreman:
    """Runs beside the routes for as long as the server does."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._woken = anyio.Event()

    def wake(self) -> None:
        """There may be a job."""
        self._woken.set()

    async def run(self) -> None:
        while True:
            try:
                if await self._turn():
                    continue
            except Exception as error:  # noqa: BLE001 - the store or the system may be back in a moment
                _unable.error("a job could not be given out: %s", type(error).__name__)
            self._woken = anyio.Event()
            with anyio.move_on_after(_POLL_SECONDS):
                await self._woken.wait()

    async def _turn(self) -> bool:
        """Sees one job through; whether there was one."""
        runner = token_hex(8)
        job = await to_thread.run_sync(self._server.jobs.claim, runner)
        if job is None:
            return False
        await self._give(job, runner)
        return True

    async def _give(self, job: Job, runner: str) -> None:
        rulebook = self._server.holder.current.rulebook
        work = Work(self._server.settings, job.id, runner, job.request, rulebook)
        _log.info("job %s begins", job.id)
        command = [sys.executable, "-m", "matcher.api.runner"]
        process = await anyio.open_process(command, stdout=DEVNULL, stderr=None, start_new_session=True)
        try:
            assert process.stdin is not None
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                await process.stdin.send(framed(work.to_bytes()))
            await self._watch(process, job.id, runner)
        finally:
            with anyio.CancelScope(shield=True):
                await self._part(process)
                failed = {"code": "U064", "place": "", "detail": CODES["U064"].meaning}
                with suppress(StoreError):
                    await to_thread.run_sync(self._server.jobs.settle, job.id, runner, failed)
        _log.info("job %s ends", job.id)

    async def _watch(self, process: Process, job: str, runner: str) -> None:
        """Until it ends; one that goes on although its job was cancelled or deleted is ended.

        On a busy machine a process may begin for longer than a lease lasts: until then the lease is kept for it.
        """
        unwanted = 0
        begun = anyio.current_time()
        while process.returncode is None and unwanted < _PATIENCE:
            with anyio.move_on_after(_POLL_SECONDS):
                await process.wait()
            with suppress(StoreError):
                if anyio.current_time() < begun + _BEGINNING_SECONDS:
                    await to_thread.run_sync(self._server.jobs.keep, job, runner)
                wanted = await to_thread.run_sync(self._server.jobs.wanted, job, runner)
                unwanted = 0 if wanted else unwanted + 1

    @staticmethod
    async def _part(process: Process) -> None:
        """A runner whose input ends gives its job back and leaves."""
        assert process.stdin is not None
        await process.stdin.aclose()
        with anyio.move_on_after(_FAREWELL_SECONDS):
            await process.wait()
        if process.returncode is None:
            process.kill()
            await process.wait()


def sweep(server: Server) -> None:
    """Removes jobs that have been over for long, with their files, and files whose job is gone."""
    server.sessions.sweep()
    moment = now()
    server.jobs.delete_finished_before(moment - timedelta(days=server.settings.job_days))
    for run in server.lists.delete_expired():
        shutil.rmtree(job_folder(server.settings, run), ignore_errors=True)
    known = server.jobs.ids() | server.lists.run_ids()
    folder = job_folder(server.settings, "any").parent
    for each in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            age = moment.timestamp() - each.stat().st_mtime
            if each.name not in known and age > _ORPHAN.total_seconds():
                shutil.rmtree(each, ignore_errors=True)
