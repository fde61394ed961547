"""Strangers who open connections, say little, and lock nobody out; and a server that ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from matcher.api.border import HEADERS
from matcher.api.connection import Connection
from tests.attack.hostile import BROKEN
from tests.small_rulebook import write_rulebook
from tests.web.live import Live, serving
from tests.web.waiting import PATIENCE

HEAD = (
    b"POST /v1/match/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
)


@contextmanager
def server(folder: Path, **changed: object) -> Iterator[Live]:
    rules = write_rulebook(folder / "rules")
    with serving(folder, rules=str(rules), **changed) as started:
        yield started


@contextmanager
def lines(live: Live, sent: list[bytes]) -> Iterator[list[socket.socket]]:
    """So many connections, each of which has sent so much."""
    with ExitStack() as held:
        found = []
        for each in sent:
            line = socket.socket()
            held.callback(line.close)
            line.settimeout(30)
            with suppress(OSError):
                line.connect(("127.0.0.1", live.settings.port))
                if each:
                    line.sendall(each)
            found.append(line)
        yield found


def closed(line: socket.socket) -> bool:
    with suppress(ConnectionError):
        while line.recv(65_536):
            pass
    return True


@pytest.mark.skipif(not hasattr(os, "sysconf"), reason="descriptors are not bounded here")
def test_more_connections_than_descriptors_keep_nobody_out(tmp_path: Path) -> None:
    import resource

    held = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = 400
    with server(tmp_path) as live:
        resource.prlimit(live.pid, resource.RLIMIT_NOFILE, (few, held[1]))
        idle, slow = [b""] * 500, [b"GET /healthz HTTP/1.1\r\nHos"] * 100
        with lines(live, idle + slow):
            assert psutil.Process(live.pid).num_fds() < few
            for _ in range(20):
                assert httpx.get(f"{live.base}/healthz", timeout=10).status_code == 200
            assert live.said().count("\n") < 100
            assert "accept" not in live.said()
            assert "Traceback" not in live.said()
            assert live.stop() in (0, -signal.SIGTERM)


def test_a_head_that_does_not_arrive_is_given_up_whatever_trickles(tmp_path: Path) -> None:
    with server(tmp_path, idle_seconds=2) as live:
        again = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        with lines(live, [b"", b"GET / HT", again]) as (silent, slow, kept):
            assert kept.recv(65_536).startswith(b"HTTP/1.1 200")
            kept.sendall(b"GET /hea")
            ends = time.monotonic() + PATIENCE
            while time.monotonic() < ends:
                try:
                    for line in (slow, kept):
                        line.sendall(b"a")
                except OSError:
                    break
                time.sleep(0.3)
            assert closed(silent)
            assert closed(slow)
            assert closed(kept)


def test_what_is_no_http_is_refused_in_the_same_form(tmp_path: Path) -> None:
    with server(tmp_path) as live:
        for name, sent in BROKEN.items():
            with lines(live, [b""]) as (line,):
                for each in sent:
                    line.sendall(each)
                    time.sleep(0.2)
                answer = b""
                with suppress(ConnectionError):
                    while piece := line.recv(65_536):
                        answer += piece
            head, _, body = answer.decode().partition("\r\n\r\n")
            assert head[9:10] == "4", name
            assert "application/problem+json" in head, name
            for title, value in HEADERS.items():
                assert f"{title}: {value}".casefold() in head.casefold(), name
            assert "Zyxwvut" not in body
        for word in ("Traceback", "Zyxwvut", "Error in", "defect"):
            assert word not in live.said()
        assert httpx.get(f"{live.base}/healthz", timeout=10).status_code == 200


def kept(live: Live) -> list[Path]:
    """What was sent and is still there."""
    return [each for each in live.settings.jobs_folder.iterdir() if (each / "in").exists()]


def test_an_upload_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    begun = (
        HEAD
        + b'Content-Length: 50000000\r\n\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    )
    with server(tmp_path) as live, live.client() as http:
        for end in (socket.SHUT_WR, socket.SHUT_RDWR, None):
            with socket.create_connection(("127.0.0.1", live.settings.port)) as line:
                line.sendall(begun + b"patient_id,Zyxwvut\n" * 200_000)
                if end is None:  # as of a client that was killed: not even a farewell
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                else:
                    line.shutdown(end)
        ends = time.monotonic() + PATIENCE
        while live.said().count("POST /v1/match/batch aborted") < 3:
            assert time.monotonic() < ends, live.said()
            time.sleep(0.1)
        assert http.get("/v1/jobs").json()["items"] == []
        assert kept(live) == []
        for word in ("Traceback", "defect", "Zyxwvut"):
            assert word not in live.said()


def test_a_caller_who_takes_nothing_of_the_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """One who takes little, but takes it, is waited for."""
    monkeypatch.setattr("matcher.api.connection._STALLED_SECONDS", 2.0)
    piece = b"a" * (1 << 20)

    async def endless(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(0)

    async def attempt(seconds: float, *, takes: bool) -> bool:
        loop, state = asyncio.get_running_loop(), ServerState()
        config = Config(endless, http=Connection, log_config=None)
        config.load()
        made = await loop.create_server(lambda: Connection(config, state, {}), "127.0.0.1", 0)
        with socket.socket() as line:
            line.setblocking(False)
            await loop.sock_connect(line, made.sockets[0].getsockname())
            await loop.sock_sendall(line, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            while not state.connections:
                await asyncio.sleep(0.01)
            ends = loop.time() + seconds
            while loop.time() < ends and state.connections:
                if takes:
                    # The system tells of what was taken by whole segments, which are large on one machine.
                    await loop.sock_recv(line, 1 << 16)
                await asyncio.sleep(0.01)
            found = bool(state.connections)
        made.close()
        return found

    assert not asyncio.run(attempt(PATIENCE, takes=False))
    assert asyncio.run(attempt(8, takes=True))


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    with server(tmp_path, workers=2) as live:
        family = psutil.Process(live.pid).children(recursive=True)
        assert len(family) >= 2
        live.kill()
        _, alive = psutil.wait_procs(family, timeout=30)
        assert not alive
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{live.base}/healthz", timeout=PATIENCE)


def test_a_port_that_is_taken_is_a_mistake_of_usage(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = str(held.getsockname()[1])
        store = f"sqlite:///{tmp_path / 'store.sqlite'}"
        run = subprocess.run(
            [sys.executable, "-m", "matcher.cli", "serve", "--port", port, "--store", store],
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 2
    assert "U067" in run.stderr
