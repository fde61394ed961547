"""Looking through files that were sent: ``python -m matcher.api.checking``, started by ``matcher.api.checker``."""

from __future__ import annotations

import faulthandler
import json
import pickle
import sys
from dataclasses import asdict
from typing import IO

from matcher.api.refusal import Refusal, refusal_of
from matcher.errors import MatcherError
from matcher.errors.defect import keep_words, place_of
from matcher.rulebook.compiled import leave_at_once
from matcher.rules.rulebook import Rulebook
from matcher.service.file_run import FileRun

_LENGTH = 8
_GRACE_SECONDS = 2.0


def framed(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH, "big") + content


def unframed(stream: IO[bytes]) -> bytes:
    """One message; nothing where the other side is gone."""
    length = int.from_bytes(stream.read(_LENGTH), "big")
    return stream.read(length)


def _looked_through(run: FileRun, rulebook: Rulebook) -> Refusal | None:
    try:
        run.check(rulebook)
    except MatcherError as error:
        return refusal_of(error, run.patients.parent)
    except Exception as error:  # noqa: BLE001 - its words may quote a patient
        sys.stderr.write(f"defect {place_of(error)} at an upload\n")
        return Refusal(500, "U064", "the program failed at this file")
    return None


def main(seconds: float) -> None:
    """Looks through one file after the other until its input ends.

    A server that was killed ends nobody: whoever is at a file that takes for ever ends by itself. The system sees to
    that, since a program at work on one pattern hears nothing.
    """
    keep_words()
    leave_at_once()
    rulebook: Rulebook | None = None
    while content := unframed(sys.stdin.buffer):
        run, newer = pickle.loads(content)  # noqa: S301 - from the server, our parent
        rulebook = newer or rulebook
        assert rulebook is not None
        faulthandler.dump_traceback_later(seconds + _GRACE_SECONDS, exit=True)
        refusal = _looked_through(run, rulebook)
        faulthandler.cancel_dump_traceback_later()
        said = None if refusal is None else asdict(refusal)
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]))
