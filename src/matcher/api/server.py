"""What a running server has, and what its routes ask it for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from anyio import CapacityLimiter
from fastapi import Depends, Request

from matcher.api.archive import Archive
from matcher.api.callers import Caller, Callers
from matcher.api.checker import Checker
from matcher.api.clock import now
from matcher.api.metrics import Metrics
from matcher.api.problems import Problem
from matcher.api.served import Holder, Served
from matcher.api.settings import Settings
from matcher.errors import UsageError
from matcher.service.workbench.landing import recover
from matcher.store import Audit, Database, Drafts, Jobs, Role, Sessions, Tokens, Worklists, open_database

_THREADS = 2
COOKIE = "matcher"
"""The cookie of a browser that is signed in."""


@dataclass(frozen=True)
class Server:
    """Opened once, closed with the application."""

    settings: Settings
    database: Database
    holder: Holder
    sessions: Sessions
    jobs: Jobs
    lists: Worklists
    audit: Audit
    callers: Callers
    metrics: Metrics
    checker: Checker
    threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_THREADS))
    """What computes does so here, so that the loop goes on; more threads would only wait for each other."""
    archive: Archive = field(init=False)
    """Rulebooks that are no longer in force."""
    turns: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    """Single patients of usual size, one after the other: of two at a time each would take twice as long."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "archive", Archive(self.lists))


def open_server(settings: Settings) -> Server:
    """Opens store and rulebook; ``MatcherError`` with what is wrong with either."""
    _make_private(settings.data_folder / "jobs")
    _make_private(settings.jobs_folder)
    database = open_database(settings.store_url, now)
    recover(settings.rules_folder, Drafts(database).ended)
    holder = Holder(settings.rules_folder, now)
    return Server(
        settings,
        database,
        holder,
        Sessions(database, timedelta(hours=settings.session_hours)),
        Jobs(database, timedelta(seconds=settings.lease)),
        Worklists(database, timedelta(days=settings.worklist_days)),
        Audit(database),
        Callers(Tokens(database), local=settings.local),
        Metrics(),
        Checker(settings.check_seconds),
    )


def _make_private(folder: Path) -> None:
    """What patients were sent and what came out is for nobody else on this machine."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        raise UsageError(f"{folder} cannot be used for files of jobs: {reason}", code="U008") from None


# The dependencies that only look something up are coroutines: a plain function would be sent to a thread each time.
async def _the_server(request: Request) -> Server:
    return server_of(request)


async def _current(request: Request) -> Served:
    return current_of(request)


def server_of(request: Request) -> Server:
    found = request.app.state.server
    assert isinstance(found, Server)
    return found


def current_of(request: Request) -> Served:
    """The version this request is answered from; the answer's header names it."""
    served = server_of(request).holder.current
    request.state.rulebook = served.version
    return served


async def known_caller(request: Request) -> Caller | None:
    """By the token of the header, or by the cookie of a browser that is signed in.

    A cookie comes along with whatever a page sends, so it counts for a change only where the browser says which page
    that was; the border has seen to it that it was one of ours.
    """
    reads = request.method in ("GET", "HEAD", "OPTIONS")
    cookie = request.cookies.get(COOKIE, "") if reads or "origin" in request.headers else ""
    return await server_of(request).callers.find(request.headers.get("authorization", ""), cookie)


async def caller_of(request: Request) -> Caller:
    found = await known_caller(request)
    if found is None:
        raise Problem(401, "U052", "this server answers those who have a token")
    request.state.caller = found
    return found


def allow(*roles: Role) -> Any:
    """A dependency: the caller, who has one of these roles. An admin may do everything."""

    async def allowed(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        if caller.role not in (*roles, "admin"):
            raise Problem(403, "U053", f"the role {caller.role} may not do this")
        return caller

    return Depends(allowed)


TheServer = Annotated[Server, Depends(_the_server)]
Current = Annotated[Served, Depends(_current)]
Reader = Annotated[Caller, allow("intake", "coordinator", "viewer", "author", "approver")]
"""Anybody with a token: what the rulebook says is no patient's secret."""
Clinician = Annotated[Caller, allow("intake", "coordinator")]
"""Who may bring patients."""
Coordinator = Annotated[Caller, allow("coordinator")]
"""Who works on the worklists of a team."""
