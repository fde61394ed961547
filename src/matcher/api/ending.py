"""How a server process ends: within seconds, whatever it was doing, and never later than the one that started it."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading
from types import FrameType
from typing import Any

GRACE_SECONDS = 5
"""For requests that are being answered when the server is told to stop."""
_LEFT_SECONDS = 3
"""For giving jobs back and closing the store after that."""


def end_when_told() -> None:
    """From the first signal to stop on, the process has so long, even if a thread of it goes on.

    What is kept is kept in the store. Signals that follow give it no more. Whoever serves has its own handlers in
    place by then; they are called as before.
    """
    told = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal told
        if not told:
            told = True
            _end_within(GRACE_SECONDS + _LEFT_SECONDS)
        before = handlers[number]
        if callable(before):
            before(number, frame)

    handlers: dict[int, Any] = {}
    for each in (signal.SIGINT, signal.SIGTERM):
        handlers[each] = signal.signal(each, stop)


def _end_within(seconds: float) -> None:
    """Asked of the system and not of this program, which may be at something that it cannot leave."""
    faulthandler.dump_traceback_later(seconds, exit=True)


def end_with_parent() -> None:
    """A worker whose parent was killed would hold the port and answer on, with nobody to stop it."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        _end_within(GRACE_SECONDS + _LEFT_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
