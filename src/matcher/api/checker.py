"""Looking through a file that was sent, in a process of its own: it can be stopped, and holds up nobody.

A file says how much work it is to read. So the process that answers requests never reads one; it asks another, which
is kept for the next file and ended where it takes too long. Such a file is taken, and its job says what is wrong.
"""

from __future__ import annotations

import json
import pickle
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from subprocess import PIPE

import anyio
from anyio.abc import Process

from matcher.api.checking import framed
from matcher.api.problems import Problem
from matcher.api.refusal import Found, Refusal
from matcher.rules.rulebook import Rulebook
from matcher.service.file_run import FileRun


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
        findings = tuple(Found(**each) for each in said.pop("findings"))
        return Problem.of(Refusal(**said, findings=findings))

    def close(self) -> None:
        """Ends the process, at once and whatever it does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
        self._process = None
