"""How many processes a run takes, and how they are begun."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext

#: what every process of a run imports
_WORK = "matcher.service.bulk.ahead"


def processes(wanted: int | None) -> int:
    """How many processes: what was asked for, or one for each core this process may use."""
    if wanted is not None:
        return wanted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def context() -> BaseContext:
    """Neither threads of libraries nor open files are taken along.

    On Linux processes are forked from one that has imported what they need, and done nothing else. What it imports
    must have no threads that it cannot do without: Polars is imported where it is used, not before.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([_WORK])
    return found


def begin_ahead() -> None:
    """Lets what processes are forked from import what it needs, while this process still has other things to do."""
    if sys.platform == "linux":
        from multiprocessing.forkserver import ensure_running

        context()
        with interrupts_held_back():
            ensure_running()


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Processes that are begun meanwhile never see an interrupt; this one sees it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
