"""An exception that nobody foresaw, told by its kind and place: what it says may quote a patient."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

_PACKAGE = f"{Path(__file__).parts[-3]}/"


def place_of(error: BaseException) -> str:
    """Where it was raised, as near to this program's own code as can be; never what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if _PACKAGE in Path(each.filename).as_posix()]
    if not frames:
        return type(error).__name__
    last = (ours or frames)[-1]
    return f"{type(error).__name__} in {last.name}, {Path(last.filename).name}:{last.lineno}"


def keep_words() -> None:
    """What nobody caught is told by kind and place too, in whichever thread it comes up."""

    def uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        sys.stderr.write(f"defect {place_of(error)}\n")

    def elsewhere(found: Any) -> None:
        """In a thread, or where nobody could have caught it."""
        if found.exc_value is not None:
            sys.stderr.write(f"defect {place_of(found.exc_value)}\n")

    sys.excepthook = uncaught
    threading.excepthook = elsewhere
    sys.unraisablehook = elsewhere


@contextmanager
def words_kept() -> Iterator[None]:
    """The same for a while."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    keep_words()
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before
