"""The border of the server: what every request passes on its way in and every answer on its way out.

Host and origin, size, time, request id, security headers, one line in the log, figures. An answer that fails is
a problem detail; the log names the place of the defect, and neither says what the message was, which may quote
a patient.
"""

from __future__ import annotations

import asyncio
import logging
import re
import traceback
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.api.metrics import Metrics
from matcher.api.problems import Problem, problem_response
from matcher.api.settings import Settings

_log = logging.getLogger("matcher.server")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
UPLOADS = frozenset({"/v1/match/batch"})
"""The addresses that take files."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Border:
    """ASGI middleware, the outermost."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Crossing(self._app, self._settings, self._metrics, scope, receive, send).run()
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})


class _Crossing:
    """One request and its answer."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        metrics: Metrics,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        self._scope, self._receive, self._send = scope, receive, send
        self._headers = Headers(scope=scope)
        given = self._headers.get("x-request-id", "")
        self._id = given if _UUID.fullmatch(given.casefold()) else str(uuid4())
        self._state = scope.setdefault("state", {})
        self._state["request_id"] = self._id
        upload = scope["path"] in UPLOADS
        self._limit = settings.upload_limit if upload else settings.body_limit
        # A large file on a slow line takes its time; so does its unpacking.
        self._patience = settings.timeout * (20 if upload else 1)
        self._read = 0
        self._whole = False
        self._status = 0
        self._timeout: asyncio.Timeout | None = None

    async def run(self) -> None:
        began = perf_counter()
        try:
            self._refuse()
            async with asyncio.timeout(self._patience) as self._timeout:
                await self._app(self._scope, self._counted, self._sent)
        except Problem as problem:
            await self._answer(problem)
        except TimeoutError:
            late = Problem(
                503, "U059", "the server is too busy to answer in time", headers={"Retry-After": "5"}
            )
            if not self._whole:
                late = Problem(408, "U059", "the request did not arrive in time")
            await self._answer(late)
        except Exception as error:  # noqa: BLE001 - the last line of defence: the server lives
            self._report(error)
            await self._answer(Problem(500, "U064", "the program failed at this request"))
        finally:
            self._account(perf_counter() - began)

    def _refuse(self) -> None:
        name = self._settings.public_name.casefold()
        known = _LOCAL_HOSTS | {self._settings.host} | ({name} if name else set())
        checked = self._settings.local or bool(name)
        if checked and _name(self._headers.get("host", "")) not in known:
            raise Problem(403, "U060", "the request names another host")
        origin = self._headers.get("origin")
        changes = self._scope["method"] not in _READING
        if origin is not None and changes and not self._ours(origin):
            raise Problem(403, "U060", "the request was made by a page of another site")
        length = self._headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > self._limit:
            raise self._too_large()

    def _ours(self, origin: str) -> bool:
        try:
            sent = urlsplit(origin).netloc.casefold()
            public = self._settings.public_name.casefold()
            return sent == self._headers.get("host", "").casefold() or (
                bool(public) and _name(sent) == public
            )
        except ValueError:
            return False

    def _too_large(self) -> Problem:
        detail = f"the body has more than the {self._limit} bytes that are taken here"
        return Problem(413, "U054", detail, headers={"Connection": "close"})

    async def _counted(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._read > self._limit:
                raise self._too_large()
        return message

    async def _sent(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            if self._timeout is not None and not self._timeout.expired():
                self._timeout.reschedule(None)  # a long file may take long to send
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-ID"] = self._id
            if version := self._state.get("rulebook"):
                headers["Matcher-Rulebook"] = version
        await self._send(message)

    async def _answer(self, problem: Problem) -> None:
        if self._status:
            return  # the answer has begun: nothing can be taken back
        await problem_response(problem, self._id)(self._scope, self._receive, self._sent)

    def _report(self, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [each for each in frames if f"{Path(__file__).parts[-3]}/" in Path(each.filename).as_posix()]
        last = (ours or frames)[-1]
        _log.error(
            "defect %s in %s, %s:%s request=%s",
            type(error).__name__,
            last.name,
            Path(last.filename).name,
            last.lineno,
            self._id,
        )

    def _account(self, seconds: float) -> None:
        method = self._scope["method"]
        method = method if method in _METHODS else "other"
        route = getattr(self._scope.get("route"), "path", "unmatched")
        self._metrics.answered(method, route, self._status, seconds)
        _log.info(
            "%s %s %s %.1f ms request=%s", method, route, self._status or "aborted", seconds * 1000, self._id
        )


def _name(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0].casefold() if ":" in host else host.casefold()
