"""One batch job in a process of its own: ``python -m matcher.api.runner``, started by the server.

What to do, and the rulebook to do it by, is the first message on standard input. When the input ends, the server is
gone: the job is given back and the next server takes it up. The process holds
its job by a lease that it renews; see ``matcher.store.jobs``.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self

from matcher.api.checking import unframed
from matcher.api.clock import now
from matcher.api.list_jobs import give_up, work_on_list
from matcher.api.refusal import cut, refusal_of
from matcher.api.settings import Settings
from matcher.errors import CODES, MatcherError, UsageError
from matcher.errors.defect import keep_words, place_of
from matcher.rulebook.compiled import leave_at_once
from matcher.rules.rulebook import Rulebook
from matcher.service import MatchOptions
from matcher.service.file_run import FileRun, Progress, StoppedError
from matcher.store import Jobs, JobState, StoreError, open_database

_REPORT_SECONDS = 0.5
_HELD = "U045"
"""Another run writes to the folder."""


@dataclass(frozen=True, slots=True)
class Work:
    """A job, the runner it was given to, and the rulebook that is in force."""

    settings: Settings
    job: str
    runner: str
    request: dict[str, Any]
    rulebook: Rulebook

    def to_bytes(self) -> bytes:
        return pickle.dumps((self.settings, self.job, self.runner, self.request, self.rulebook))

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Only from the server, which is the parent of the process that asks."""
        return cls(*pickle.loads(content))  # noqa: S301 - as said


def job_folder(settings: Settings, job: str) -> Path:
    """Input and output of a job; the name is one that the store gave.

    Each store has a folder of its own: a server with another store knows nothing of these jobs, and must not take
    their files for left over.
    """
    return settings.jobs_folder / job


def file_run(settings: Settings, job: str, request: dict[str, Any]) -> FileRun:
    """What the request of a job asks for."""
    folder = job_folder(settings, job)
    return FileRun(
        patients=folder / "in" / request["patients"],
        mapping=folder / "in" / request["mapping"] if request["mapping"] else None,
        out=folder / "out",
        as_of=date.fromisoformat(request["as_of"]) if request["as_of"] else None,
        today=date.fromisoformat(request["today"]),
        options=MatchOptions(request["top"], request["include_closed"], request["include_deceased"]),
        most_patients=settings.upload_rows,
    )


class Pulse:
    """Tells the store how far the job is, twice a second, and so keeps the lease; hears whether to go on.

    A store that does not answer may be busy for a moment. When it has not for as long as the lease, another runner may
    hold the job: this one stops, and ``lost`` is why.
    """

    def __init__(self, jobs: Jobs, work: Work, rulebook: str) -> None:
        self._jobs, self._work, self._rulebook = jobs, work, rulebook
        self._latest: Progress | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._heard = monotonic()
        self.stopped = False
        self.lost: StoreError | None = None

    def report(self, progress: Progress) -> bool:
        self._latest = progress
        return not self.stopped

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()
        self._tell()

    def _beat(self) -> None:
        while not self._over.wait(_REPORT_SECONDS):
            self._tell()

    def _tell(self) -> None:
        try:
            goes_on = self._told()
        except StoreError as error:
            if monotonic() - self._heard > self._work.settings.lease:
                self.lost = self.lost or error
                self.stopped = True
            return
        self._heard = monotonic()
        self.stopped = self.stopped or not goes_on

    def _told(self) -> bool:
        job, runner, latest = self._work.job, self._work.runner, self._latest
        if latest is None:  # what an earlier attempt had done stays said until there is news
            self._jobs.keep(job, runner)
            return self._jobs.wanted(job, runner)
        return self._jobs.progress(
            job,
            runner,
            total=latest.total or None,
            done=latest.done,
            rejected=latest.rejected,
            rulebook=self._rulebook,
        )


def run(work: Work) -> JobState:
    """Runs the job to its end and says so in the store."""
    settings = work.settings
    aside = job_folder(settings, work.job) / "aside"
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    tempfile.tempdir = str(aside)  # whatever ends this process, it goes with the job
    database = open_database(settings.store_url, now)
    jobs = Jobs(database, timedelta(seconds=settings.lease))
    _give_back_when_alone(jobs, work)
    rulebook = work.rulebook
    pulse = Pulse(jobs, work, rulebook.short_version)
    problem: dict[str, Any] | None = None
    try:
        with pulse:
            if "list" in work.request:
                folder = job_folder(settings, work.request["run"])
                pulse.report(work_on_list(database, folder, work.request, rulebook, pulse.report))
            else:
                pulse.report(file_run(settings, work.job, work.request).run(rulebook, pulse.report))
        state = JobState.DONE
    except StoppedError:
        state = JobState.CANCELLED
    except MatcherError as error:
        if isinstance(error, UsageError) and error.code == _HELD:
            sleep(settings.lease)
            return JobState.RUNNING  # the former runner is not quite gone: the job waits for another attempt
        state = JobState.FAILED
        found = refusal_of(error, job_folder(settings, work.request.get("run", work.job)) / "in")
        problem = {"code": found.code, "place": found.place, "detail": cut(found.detail)}
    except Exception as error:  # noqa: BLE001 - what fails is said in the job, without what may quote a patient
        state = JobState.FAILED
        if jobs.wanted(work.job, work.runner):  # a job that was deleted took its files along
            sys.stderr.write(f"defect {place_of(error)} job={work.job}\n")
        problem = {"code": "U064", "place": "", "detail": CODES["U064"].meaning}
    shutil.rmtree(aside, ignore_errors=True)
    if state is JobState.CANCELLED and pulse.lost is not None:
        raise pulse.lost
    still_ours = jobs.finish(work.job, work.runner, state, problem)
    if still_ours and "list" in work.request and state is JobState.FAILED:
        give_up(database, work.request)
    elif still_ours and state is not JobState.DONE:
        shutil.rmtree(job_folder(settings, work.job) / "out", ignore_errors=True)
    return state


def _give_back_when_alone(jobs: Jobs, work: Work) -> None:
    """Ends the process as soon as nobody holds the other end of its input."""

    def wait() -> None:
        # Not through the stream, whose lock this thread would still hold when the process ends by itself.
        while os.read(sys.stdin.fileno(), 1 << 16):
            pass
        with suppress(StoreError):  # the lease runs out by itself
            jobs.release(work.job, work.runner)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def main() -> int:
    keep_words()
    leave_at_once()
    work = Work.from_bytes(unframed(sys.stdin.buffer))
    try:
        return 0 if run(work) is JobState.DONE else 1
    except MatcherError as error:  # the store cannot be opened or read: the job waits until it can
        sys.stderr.write(f"failure {place_of(error)} job={work.job}\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
