"""Looking through a file that was sent, in a process of its own: it can be stopped, and holds up nobody.

A file says how much work it is to read. So the process that answers requests never reads one; it asks another, which
is kept for the next file and ended where it takes too long. Such a file is taken, and its job says what is wrong.
"""

from __future__ import annotations

import faulthandler
import json
import pickle
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from subprocess import PIPE
from typing import IO

import anyio
from anyio.abc import Process

from matcher.api.problems import Problem, problem_of
from matcher.api.shapes import Finding
from matcher.errors import MatcherError
from matcher.errors.defect import keep_words, place_of
from matcher.rules.rulebook import Rulebook
from matcher.service.file_run import FileRun

_LENGTH = 8
_GRACE_SECONDS = 2.0


@dataclass
class Checker:
    """One file at a time. ``seconds`` are for waiting one's turn and for reading together."""

    seconds: float
    _process: Process | None = field(default=None, init=False)
    _knows: str = field(default="", init=False)
    _turn: anyio.Lock = field(default_factory=anyio.Lock, init=False)

    async def check(self, run: FileRun, rulebook: Rulebook) -> None:
        """Raises what is wrong with mapping, header or file as a whole, as far as there was time to find out."""
        found: Problem | None = None
        with anyio.move_on_after(self.seconds):
            async with self._turn:
                try:
                    found = await self._ask(run, rulebook)
                except BaseException:
                    # Whatever it is at now, the next file has a fresh one.
                    self.close()
                    raise
        if found is not None:
            raise found

    async def _ask(self, run: FileRun, rulebook: Rulebook) -> Problem | None:
        if self._process is None or self._process.returncode is not None:
            command = [sys.executable, "-m", "matcher.api.checking", str(self.seconds)]
            self._process = await anyio.open_process(
                command, stdin=PIPE, stdout=PIPE, stderr=None, start_new_session=True
            )
            self._knows = ""
        known = rulebook.version == self._knows
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            await process.stdin.send(framed(pickle.dumps((run, None if known else rulebook))))
            answer = b""
            while not answer.endswith(b"\n"):
                answer += await process.stdout.receive()
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            self.close()  # ended by the system, as where there is no memory left: the job will say
            return None
        self._knows = rulebook.version
        said = json.loads(answer)
        if said is None:
            return None
        findings = [Finding(**each) for each in said.pop("findings")]
        return Problem(**said, findings=findings)

    def close(self) -> None:
        """Ends the process, at once and whatever it does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
        self._process = None


def framed(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH, "big") + content


def unframed(stream: IO[bytes]) -> bytes:
    """One message; nothing where the other side is gone."""
    length = int.from_bytes(stream.read(_LENGTH), "big")
    return stream.read(length)


def _looked_through(run: FileRun, rulebook: Rulebook) -> Problem | None:
    try:
        run.check(rulebook)
    except MatcherError as error:
        return problem_of(error, run.patients.parent)
    except Exception as error:  # noqa: BLE001 - its words may quote a patient
        sys.stderr.write(f"defect {place_of(error)} at an upload\n")
        return Problem(500, "U064", "the program failed at this file")
    return None


def main(seconds: float) -> None:
    """Looks through one file after the other until its input ends.

    A server that was killed ends nobody: whoever is at a file that takes for ever ends by itself. The system sees to
    that, since a program at work on one pattern hears nothing.
    """
    keep_words()
    rulebook: Rulebook | None = None
    while content := unframed(sys.stdin.buffer):
        run, newer = pickle.loads(content)  # noqa: S301 - from the server, our parent
        rulebook = newer or rulebook
        assert rulebook is not None
        faulthandler.dump_traceback_later(seconds + _GRACE_SECONDS, exit=True)
        problem = _looked_through(run, rulebook)
        faulthandler.cancel_dump_traceback_later()
        said = None
        if problem is not None:
            said = {
                "status": problem.status_code,
                "code": problem.code,
                "detail": problem.detail,
                "place": problem.place,
                "findings": [each.model_dump() for each in problem.findings],
            }
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]))
