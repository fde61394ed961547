"""Connections to the server: how long one may wait, how many there may be, and which one makes room.

A connection whose request is being worked on is never in question. One that has sent no whole head of a request yet
costs a descriptor, and of those a process has only so many: when all are taken, whoever has waited longest goes, so
that strangers who open connections and say nothing lock nobody out.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any
from uuid import uuid4

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from matcher.api.border import HEADERS
from matcher.api.problems import Problem, problem_response

BACKLOG = 128
"""Connections taken at one turn of the loop, before any of them is looked at."""
_MOST = 1_024
_RESERVED = 128
"""Descriptors for the store, the files of jobs, runners and the log."""
# A turn looks at the connections that the turn before has taken, and takes as many again before those that made room
# are closed, which is the work of the next.
_IN_PASSING = 2 * BACKLOG + _RESERVED
_STALLED_SECONDS = 60.0
_log = logging.getLogger("matcher.connections")
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n"
    b"Cache-Control: no-store\r\nRetry-After: 5\r\nConnection: close\r\n\r\nToo many calls"
)


def make_room_for_connections() -> None:
    """Raises the descriptors this process may have, as far as they are needed and allowed."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST + _IN_PASSING
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft not in (resource.RLIM_INFINITY, wanted) and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int:
    """How many there may be: always fewer than this process may have descriptors."""
    try:
        import resource
    except ImportError:
        return _MOST // 4
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _MOST
    return max(8, min(_MOST, soft - _IN_PASSING))


class Connection(H11Protocol):
    """HTTP/1.1. The head of a request has the time that an idle connection has between two requests."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.waiting_since: float | None = None
        self._head: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._unsent = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        most = most_connections()
        if len(self.connections) > most and not self._make_room():
            _log.warning("all %s connections are at work: another one was refused", most)
            transport.write(_FULL)
            transport.close()
            return
        self._await_head()

    def _make_room(self) -> bool:
        """Closes whoever has waited longest for the head of a request, or for another request."""
        waiting = [
            (each.waiting_since, each)
            for each in self.connections
            if isinstance(each, Connection) and each.waiting_since is not None
        ]
        if not waiting:
            return False
        _log.warning("too many connections: the one that waited longest without a request was closed")
        longest = min(waiting, key=lambda each: each[0])[1]
        longest.stop_waiting()
        longest.transport.abort()
        return True

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        else:
            self.stop_waiting()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the words of a library
        """What is no HTTP never gets to the border, and is refused in its form; where an answer has begun, it ends."""
        if self.cycle is not None:  # whoever answers the request that broke off has nobody to answer
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        refusal = problem_response(Problem(400, "U057", "this is no request of HTTP"), str(uuid4()))
        headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        headers += [*refusal.raw_headers, (b"connection", b"close")]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=bytes(refusal.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE:
            self.waiting_since = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_waiting()
        self._go_on()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        """The time begins with the connection, or the first byte of a further request; more bytes give no more."""
        if self._head is None:
            self.waiting_since = self.waiting_since or self.loop.time()
            self._head = self.loop.call_later(self.timeout_keep_alive, self.transport.abort)

    def stop_waiting(self) -> None:
        self.waiting_since = None
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._go_on()

    def _watch(self) -> None:
        """A caller who takes nothing of the answer for so long is gone, or never meant to."""
        self._unsent = self._not_taken()
        self._stalled = self.loop.call_later(_STALLED_SECONDS, self._look)

    def _look(self) -> None:
        if self._not_taken() < self._unsent:
            self._watch()
        else:
            self.transport.abort()

    def _not_taken(self) -> int:
        """Bytes that the caller has not taken: the system holds some megabytes of them, and asks for more late."""
        return int(self.transport.get_write_buffer_size()) + _held_by_system(
            self.transport.get_extra_info("socket")
        )

    def _go_on(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


def _held_by_system(line: Any) -> int:
    """Bytes written to a socket that have not arrived; none where the system does not say."""
    try:
        import fcntl
        import termios

        return int.from_bytes(fcntl.ioctl(line.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    except (ImportError, OSError, AttributeError):
        return 0
