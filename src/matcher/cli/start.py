"""Where the program begins and ends: every way out has an exit code, and none of a user's mistakes a traceback."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import typer

from matcher.cli.app import app
from matcher.errors import MatcherError
from matcher.errors.defect import words_kept

DONE = 0
DEFECT = 1
USAGE = 2
STOPPED = 130
CLOSED_PIPE = 141
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_TOLD_TO_STOP = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code."""
    # What a command makes mostly stays until it is over: looking for garbage as often as by default costs a fifth.
    gc.set_threshold(1 << 16, 20, 50)
    if arguments is None:
        # The process is ours alone, and ends without one more walk through the rulebook; see leave_at_once, whose
        # module takes longer to load than a word of help.
        atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        with _stopping_cleanly(), nullcontext() if _is_debugged() else words_kept():
            code = app(args=arguments, prog_name="matcher", standalone_mode=False)
            sys.stdout.flush()
    except typer.TyperException as error:
        return _usage(error)
    except MatcherError as error:
        _say(str(error))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return STOPPED
    except BrokenPipeError:
        return _closed_pipe()
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):
            return _closed_pipe()
        return leaving.code if isinstance(leaving.code, int) else DEFECT
    except OSError as error:
        if error.errno not in _NO_ROOM:
            return _defect(error)
        _say(
            f"U008 {(error.strerror or 'no room').lower()}\n    No file was written. Make room, also where temporary files go."
        )
        return USAGE
    except Exception as error:  # noqa: BLE001 - the last line of defence: a sentence instead of a traceback
        return _defect(error)
    return code if isinstance(code, int) else DONE


def _usage(error: typer.TyperException) -> int:
    message = error.format_message()
    if message.startswith("Usage:"):
        _say(message)
        return USAGE
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "matcher"
    _say(f"U001 {message}\n    See '{command} --help'.")
    return USAGE


def _defect(error: Exception) -> int:
    """Says where, and not what: the message of an unexpected error may quote a patient."""
    if _is_debugged():
        _say(traceback.format_exc().rstrip())
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    _say(
        f"This is a defect of the program, not of your files: {type(error).__name__}{place}.\n"
        "    No file was written. Please report the command and this line; MATCHER_DEBUG=1 shows the whole trace,\n"
        "    which may quote patients."
    )
    return DEFECT


def _is_debugged() -> bool:
    return os.environ.get("MATCHER_DEBUG") == "1"


def _closed_pipe() -> int:
    """Whoever read the output has had enough: nothing more is written, not even by the interpreter's end."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLOSED_PIPE


@contextmanager
def _stopping_cleanly() -> Iterator[None]:
    """A request to stop unwinds like any other way out, so that nothing is left half written."""

    def stop(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    previous: dict[int, Any] = {}
    try:
        for number in _TOLD_TO_STOP:
            # Who was started with nohup goes on.
            if signal.getsignal(number) is not signal.SIG_IGN:
                previous[number] = signal.signal(number, stop)
    except ValueError:  # only the main thread may ask for signals
        yield
        return
    try:
        yield
    finally:
        for told, handler in previous.items():
            signal.signal(told, handler)


def _say(text: str) -> None:
    with suppress(OSError):
        print(text, file=sys.stderr)  # noqa: T201
