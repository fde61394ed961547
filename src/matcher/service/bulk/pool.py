"""The parts of a run over several processes, taken in the order of the file."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from matcher.errors import UsageError
from matcher.readers.frames import FrameFile, Part
from matcher.rules.rulebook import Rulebook
from matcher.service.bulk.folder import PartAccount, RunFolder
from matcher.service.bulk.job import Job
from matcher.service.bulk.part import PartMatcher
from matcher.service.bulk.processes import context, interrupts_held_back


@dataclass(frozen=True, slots=True)
class Task:
    """Everything that work on a part needs, in this process or another."""

    job: Job
    rulebook: Rulebook
    file: FrameFile
    folder: RunFolder


Step = Callable[[int], None]
#: waits for a part and gives what it came to
Started = Callable[[], PartAccount]
#: begins the work on parts, somewhere, and ends it
Matching = Callable[[Task, Sequence[Part], Step], AbstractContextManager[Mapping[int, Started]]]


def matched_parts(task: Task, matching: Matching, step: Step) -> Iterator[PartAccount]:
    """Every part of the file, those done before as they were kept.

    ``step`` takes the number of patients of each part as it ends.
    """
    parts, folder = task.file.parts(task.job.part), task.folder
    done = {part.number: account for part in parts if (account := folder.done(part.number)) is not None}
    waiting = [part for part in parts if part.number not in done]
    step(sum(part.patients for part in parts if part.number in done))
    with matching(task, waiting, step) as started:
        for part in parts:
            held = done.pop(part.number, None)
            yield held if held is not None else started[part.number]()


def over_processes(workers: int) -> Matching:
    """So many processes of this machine; one is this process itself."""
    return partial(_over_processes, workers)


@contextmanager
def _over_processes(
    workers: int, task: Task, parts: Sequence[Part], step: Step
) -> Iterator[Mapping[int, Started]]:
    if min(workers, len(parts)) <= 1:
        matcher: list[PartMatcher] = []

        def here(part: Part) -> PartAccount:
            if not matcher:
                matcher.append(PartMatcher(task.job, task.rulebook, task.file))
            account = matcher[0].match(part, task.folder)
            step(part.patients)
            return account

        yield {part.number: partial(here, part) for part in parts}
        return
    pool = ProcessPoolExecutor(min(workers, len(parts)), context(), _begin, (task,))
    try:
        with interrupts_held_back():
            started = {part.number: partial(_result, _submitted(pool, part, step)) for part in parts}
        yield started
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    # All parts are kept: nobody has to wait until the processes have ended.
    pool.shutdown(wait=False)


def _submitted(pool: ProcessPoolExecutor, part: Part, step: Step) -> Future[PartAccount]:
    def told(ended: Future[PartAccount]) -> None:
        if not ended.cancelled() and ended.exception() is None:
            step(part.patients)

    future = pool.submit(_match, part)
    future.add_done_callback(told)
    return future


def _result(future: Future[PartAccount]) -> PartAccount:
    try:
        return future.result()
    except BrokenProcessPool:
        raise UsageError(
            "a process of this run was ended from outside, or ran out of memory", code="U043"
        ) from None


_AT_WORK: list[tuple[PartMatcher, RunFolder]] = []


def _begin(task: Task) -> None:
    """In a new process: interrupts are for the one that began it, and when that is gone so is this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    _AT_WORK.append((PartMatcher(task.job, task.rulebook, task.file), task.folder))


def _end_with(parent: multiprocessing.process.BaseProcess | None) -> None:
    if parent is not None:
        parent.join()
        os._exit(1)


def _match(part: Part) -> PartAccount:
    matcher, folder = _AT_WORK[0]
    return matcher.match(part, folder)
