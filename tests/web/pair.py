"""Two servers that share a PostgreSQL and a folder, behind one address that hands each request to the next of them.

``make scenes`` runs the scenes of the pages so; else one server with SQLite is behind them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from matcher.api.settings import Settings
from tests import postgresql
from tests.web.live import Live, serving
from tests.web.waiting import PATIENCE

PAIR = os.environ.get("MATCHER_SERVERS") == "two"
_OF_ONE_LINE = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass
class Pair:
    """The two, as one. Of them the first is killed, and started again, where no other is named."""

    lives: tuple[Live, Live]
    base: str
    begun: list[int] = field(default_factory=lambda: [0, 0])
    """How many requests each was handed, and below how many of them it has answered."""
    answered: list[int] = field(default_factory=lambda: [0, 0])

    @property
    def settings(self) -> Settings:
        return self.lives[0].settings

    @property
    def busy(self) -> list[int]:
        """Those that have not answered yet."""
        return [place for place in (0, 1) if self.begun[place] > self.answered[place]]

    def kill(self, place: int = 0) -> None:
        self.lives[place].kill()

    def start(self, place: int = 0) -> None:
        self.lives[place].start()

    def said(self) -> str:
        return "".join(each.said() for each in self.lives)

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.base, timeout=PATIENCE, **options)


@contextmanager
def house(folder: Path, /, **changed: Any) -> Iterator[Live | Pair]:
    """What the pages are served by: one server, or the two where ``MATCHER_SERVERS=two`` says so."""
    if not PAIR:
        with serving(folder, **changed) as started:
            yield started
        return
    for each in ("first", "second"):
        (folder / each).mkdir()
    with postgresql.running() as store:
        shared = {"store": store.new(), "data": str(folder / "data"), "lease": 10.0, **changed}
        with serving(folder / "first", **shared) as one, serving(folder / "second", **shared) as other:
            front = ThreadingHTTPServer(("127.0.0.1", 0), _Front)
            pair = Pair((one, other), f"http://127.0.0.1:{front.server_port}")
            front.pair, front.next = pair, count()  # type: ignore[attr-defined]
            Thread(target=front.serve_forever, daemon=True).start()
            try:
                yield pair
            finally:
                front.shutdown()
                front.server_close()
            assert min(pair.answered) > 0, pair.answered


class _Front(BaseHTTPRequestHandler):
    """As a balancer does: the next server in turn, the other where that one takes no connection."""

    protocol_version = "HTTP/1.1"

    def _hand_over(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        turn = next(self.server.next)  # type: ignore[attr-defined]
        for place in (turn % 2, (turn + 1) % 2):
            line = HTTPConnection("127.0.0.1", self._pair.lives[place].settings.port, timeout=PATIENCE)
            try:
                line.connect()
            except OSError:
                continue
            self._pair.begun[place] += 1
            try:
                self._pass_on(line, body)
            except (OSError, HTTPException):
                # What it had done by then nobody knows: whoever asked has to look.
                self.send_error(502, "the server ended before it had answered")
            finally:
                self._pair.answered[place] += 1
                line.close()
            return
        self.send_error(503, "neither server is there")

    @property
    def _pair(self) -> Pair:
        found: Pair = self.server.pair  # type: ignore[attr-defined]
        return found

    def _pass_on(self, line: HTTPConnection, body: bytes) -> None:
        line.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.casefold() not in _OF_ONE_LINE:
                line.putheader(name, value)
        line.putheader("Content-Length", str(len(body)))
        line.endheaders(body)
        answer = line.getresponse()
        whole = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.casefold() not in _OF_ONE_LINE:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(whole)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(whole)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _hand_over  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Nothing: the servers have logs of their own."""
