"""One request to an application in this process, as the server below it would hand it over."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

Pieces = list[bytes | None]


@dataclass
class Answered:
    """What came back; ``status`` 0 where nothing did."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    app: Callable[..., Awaitable[None]],
    method: str,
    path: str,
    pieces: Pieces | None = None,
    headers: dict[str, str] | None = None,
) -> Answered:
    """Sends the body in pieces; ``None`` among them is a client that leaves, and no pieces one that says no more."""
    answered = Answered()
    waiting: Pieces = [b""] if pieces is None else list(pieces)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(3600)
        piece = waiting.pop(0)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert not answered.status, "two answers"
            answered.status = message["status"]
            answered.headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
        else:
            answered.body += message.get("body", b"")

    given = {"host": "127.0.0.1", **(headers or {})}
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in given.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    # In a thread of its own: an open browser keeps a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _within(app(scope, receive, send))).result()
    return answered


async def _within(call: Awaitable[None]) -> None:
    await asyncio.wait_for(call, 60)
