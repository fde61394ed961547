"""The border of the server: what every request passes on its way in and every answer on its way out.

Host and origin, size, time, request id, security headers, one line in the log, figures. An answer that fails is
a problem detail; the log names the place of the defect, and neither says what the message was, which may quote
a patient.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from time import perf_counter
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.api.metrics import Metrics
from matcher.api.problems import Problem, problem_of_failure, problem_response
from matcher.api.settings import Settings
from matcher.errors.defect import place_of
from matcher.exchange.fhir_outcome import is_fhir_address

_log = logging.getLogger("matcher.server")
_WORDY = 16
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
UPLOADS = frozenset({"/v1/match/batch", "/v1/worklists/runs", "/worklists/new", "/worklists/mapping"})
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

FORM = "/intake"
FRAMED = frozenset({FORM, "/login"})
"""The pages that those who may embed the form show inside their own."""


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
            await self._app(scope, receive, _told_discreetly(send))
        else:
            await send({"type": "websocket.close", "code": 1000})


def _told_discreetly(send: Send) -> Send:
    """What fails as the server begins or ends comes with a whole traceback, which would go into the log."""

    async def sent(message: Message) -> None:
        error = sys.exception()
        if "message" in message:
            message["message"] = (
                ""
                if error is None or isinstance(error, asyncio.CancelledError)
                else f"defect {place_of(error)}"
            )
        await send(message)

    return sent


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
        # A resource of FHIR takes many words for one fact.
        wordy = _WORDY if is_fhir_address(scope["path"]) else 1
        self._limit = settings.upload_limit if upload else settings.body_limit * wordy
        # A large file on a slow line takes its time; so does its unpacking.
        self._patience = settings.timeout * (20 if upload else 1)
        self._read = 0
        self._whole = False
        self._asking = False
        self._status = 0
        self._failure = ""
        self._timeout: asyncio.Timeout | None = None

    async def run(self) -> None:
        """Answers whatever happens: nothing is left to the server above, which would log what it was told."""
        began = perf_counter()
        try:
            problem = await self._cross()
            self._timeout = None
            if problem is not None and not self._status:
                await problem_response(problem, self._id, self._scope["path"])(
                    self._scope, self._receive, self._sent
                )
        except Exception as error:  # noqa: BLE001 - not even the refusal could be sent
            self._failure = f"defect {place_of(error)}"
        finally:
            self._account(perf_counter() - began)

    async def _cross(self) -> Problem | None:
        """What the request is refused with, where the application did not answer it."""
        try:
            self._refuse()
            async with asyncio.timeout(self._patience) as self._timeout:
                await self._app(self._scope, self._counted, self._sent)
        except Problem as refusal:
            return refusal
        except ClientDisconnect:
            return None  # whoever asked is gone, which is no fault of anybody's
        except TimeoutError:
            # Only who was asked for more of the body, and sent none, was late.
            if self._asking and not self._whole:
                return Problem(408, "U059", "the request did not arrive in time")
            return Problem(
                503, "U059", "the server is too busy to answer in time", headers={"Retry-After": "5"}
            )
        except asyncio.CancelledError:
            return Problem(503, "U059", "the server is being stopped", headers={"Retry-After": "5"})
        except Exception as error:  # noqa: BLE001 - the last line of defence: the server lives
            problem = problem_of_failure(error)
            self._failure = f"{'defect' if problem.status_code == 500 else 'failure'} {place_of(error)}"
            return problem
        return None

    def _refuse(self) -> None:
        name = self._settings.public_name.casefold()
        known = _LOCAL_HOSTS | {self._settings.host} | ({name} if name else set())
        checked = self._settings.local or bool(name)
        if checked and _name(self._headers.get("host", "")) not in known:
            raise Problem(403, "U060", "the request names another host")
        origin = self._headers.get("origin")
        changes = self._scope["method"] not in _READING
        if origin is not None and changes and not self._ours(origin) and not self._hands_over(origin):
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

    def _hands_over(self, origin: str) -> bool:
        """A page that may show the form may also send it a patient to begin with."""
        return self._scope["path"] == FORM and origin in self._settings.embed

    def _too_large(self) -> Problem:
        detail = f"the body has more than the {self._limit} bytes that are taken here"
        return Problem(413, "U054", detail, headers={"Connection": "close"})

    async def _counted(self) -> Message:
        self._asking = True
        message = await self._receive()
        self._asking = False
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
            if self._settings.embed and self._scope["path"] in FRAMED:
                del headers["X-Frame-Options"]
                policy = HEADERS["Content-Security-Policy"]
                allowed = f"frame-ancestors 'self' {' '.join(self._settings.embed)}"
                headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", allowed)
            headers["X-Request-ID"] = self._id
            if version := self._state.get("rulebook"):
                headers["Matcher-Rulebook"] = version
        await self._send(message)

    def _account(self, seconds: float) -> None:
        method = self._scope["method"]
        method = method if method in _METHODS else "other"
        route = getattr(self._scope.get("route"), "path", "unmatched")
        self._metrics.answered(method, route, self._status, seconds)
        failure = self._failure or str(self._state.get("failure", ""))
        _log.log(
            logging.ERROR if failure or self._status >= 500 else logging.INFO,
            "%s %s %s %.1f ms request=%s%s",
            method,
            route,
            self._status or "aborted",
            seconds * 1000,
            self._id,
            f" {failure}" if failure else "",
        )


def _name(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0].casefold() if ":" in host else host.casefold()
