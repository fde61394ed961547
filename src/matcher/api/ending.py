"""How a server process ends: within seconds, whatever it was doing, and never later than the one that started it."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading

GRACE_SECONDS = 5
"""For requests that are being answered when the server is told to stop."""
_LEFT_SECONDS = 4


def end_soon() -> None:
    """Ends the process a little later even if a thread of it goes on: what is kept is kept in the store."""
    faulthandler.dump_traceback_later(_LEFT_SECONDS, exit=True)


def end_with_parent() -> None:
    """A worker whose parent was killed would hold the port and answer on, with nobody to stop it."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        faulthandler.dump_traceback_later(GRACE_SECONDS + _LEFT_SECONDS, exit=True)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
