"""The server's log: one line an event, on standard error, and never the words of an exception.

What an exception says may quote a patient: the parameters of a statement, the text that could not be decoded. So
whoever logs one, this program or a library below it, only its kind and its place are written; and what comes again
and again, as under an attack, is written once a minute with how often it came.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from matcher.api.settings import Settings
from matcher.errors.defect import keep_words, place_of

_MINUTE = 60.0
_MOST_CAUSES = 5


class Discreet(logging.Formatter):
    """Kinds and places of exceptions, and of what they came from."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        found: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None and len(found) < _MOST_CAUSES:
            found.append(place_of(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "; from ".join(found)

    def format(self, record: logging.LogRecord) -> str:
        # A traceback that somebody has made a text of already is none of ours.
        record.exc_text = None
        return " ".join(super().format(record).splitlines())


class OnceAMinute(logging.Filter):
    """Warnings and errors of libraries: the same one once a minute, with how many of it were left out."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or record.name == "matcher.server":
            return True
        kind = f"{record.name} {str(record.msg)[:80]}"
        until, left_out = self._said.get(kind, (0.0, 0))
        now = self._clock()
        if now < until:
            self._said[kind] = until, left_out + 1
            return False
        if len(self._said) > 100:
            self._said.clear()
        self._said[kind] = now + _MINUTE, 0
        if left_out:
            record.msg = f"{record.msg} (and {left_out} more of it since the last time)"
        return True


def set_up_log(settings: Settings) -> None:
    """One line an event on standard error: routes, codes and request ids."""
    level = logging.WARNING if settings.quiet else logging.INFO
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(OnceAMinute())
    logging.basicConfig(level=level, handlers=[handler])
    # A log that cannot be written to, as on a full disk, is no reason to print what was to be logged.
    logging.raiseExceptions = False
    for chatty in ("alembic", "multipart", "python_multipart"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    keep_words()
