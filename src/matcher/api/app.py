"""The application: routes, border, and what runs beside them."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
from anyio import to_thread
from fastapi import Depends, FastAPI, Request
from starlette.types import ASGIApp

from matcher import program_version
from matcher.api import (
    fhir,
    health,
    jobs,
    matching,
    patient_pages,
    people,
    rulebook,
    sessions,
    shell,
    worklist_pages,
    worklists,
)
from matcher.api.border import Border
from matcher.api.connection import make_room_for_connections
from matcher.api.ending import end_when_told, end_with_parent
from matcher.api.foreman import Foreman, sweep
from matcher.api.log import set_up_log
from matcher.api.openapi import document_profile
from matcher.api.problems import add_problem_handlers, problems
from matcher.api.server import Server, current_of, open_server, server_of
from matcher.api.sessions import Intakes, intakes_of
from matcher.api.settings import ENVIRONMENT, Settings
from matcher.api.visiting import admit, admitted, visitor_of
from matcher.api.workbench import authoring, deciding, drafts, editor, merging, pages, trying
from matcher.web.pages import page_routes, static

_SWEEP_SECONDS = 600.0
_BETWEEN_COLLECTIONS = 20_000
_log = logging.getLogger("matcher.server")
_DESCRIPTION = """\
Matches patients to clinical trials and regimens, and says why, what is missing and what to ask next.

Decision support: a clinician decides. Every answer names the version of the rulebook it was made from, in its
body and in the header `Matcher-Rulebook`. What is refused is answered with a problem detail (RFC 9457).
"""


class _Bordered(FastAPI):
    """The application behind its border: nothing of what fails inside passes it."""

    def build_middleware_stack(self) -> ASGIApp:
        server: Server = self.state.server
        return Border(super().build_middleware_stack(), server.settings, server.metrics)


def create_app(settings: Settings, ending: Callable[[], None] | None = None) -> FastAPI:
    """An application ready to be served; ``MatcherError`` where store or rulebook cannot be opened.

    ``ending`` is called once it serves, and sees to it that it ends when it is told to.
    """
    server = open_server(settings)
    app = _Bordered(
        title="Trial matcher",
        version=program_version(),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        # A redirect would name whatever host the caller said.
        redirect_slashes=False,
        # Traces of requests would hold what patients sent.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=_lifespan,
        responses=problems(408, 413, 500, 503),
    )
    app.state.server = server
    app.state.foreman = Foreman(server)
    app.state.intakes = Intakes()
    app.state.ending = ending
    for routes in (
        health,
        matching,
        fhir,
        jobs,
        rulebook,
        sessions,
        worklists,
        drafts,
        trying,
        authoring,
        merging,
        shell,
        worklist_pages,
        patient_pages,
        pages,
        deciding,
        people,
        editor,
    ):
        app.include_router(routes.router)
    app.include_router(page_routes(_intake_page, admit("intake", "coordinator"), Depends(_handed_over)))
    app.mount("/static", static())
    document_profile(app)
    add_problem_handlers(app)
    return app


async def _handed_over(request: Request) -> None:
    """Whoever may open the form may send it a patient.

    Where pages of other sites may do so nobody is asked who they are: a browser sends no cookie along with a form of
    another site.
    """
    if not server_of(request).settings.embed:
        admitted(await visitor_of(request), "intake", "coordinator")


def _intake_page(request: Request) -> str:
    served = current_of(request)
    intakes = intakes_of(request)
    embed = server_of(request).settings.embed
    return intakes.pages.intake(intakes.desk(served).form, served.rulebook, embed)


def from_environment() -> FastAPI:
    """What a worker process serves: the settings are those of the process that started it."""
    settings = Settings.from_text(os.environ[ENVIRONMENT])
    set_up_log(settings)
    end_with_parent()
    make_room_for_connections()
    return create_app(settings, ending=end_when_told)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    server: Server = app.state.server
    thresholds = gc.get_threshold()
    if app.state.ending is not None:
        app.state.ending()
    try:
        async with anyio.create_task_group() as beside:
            beside.start_soon(_every, _SWEEP_SECONDS, sweep, server)
            beside.start_soon(app.state.foreman.run)
            if server.settings.watch_seconds > 0:
                beside.start_soon(_every, server.settings.watch_seconds, _reload, server)
            _set_aside()
            try:
                yield
            finally:  # also where it is cut short, as by a second interrupt
                beside.cancel_scope.cancel()
                server.checker.close()
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        server.database.close()


def _reload(server: Server) -> None:
    if server.holder.reload():
        _set_aside()


def _set_aside() -> None:
    """Keeps the rulebook out of the garbage collector's sight, which else would walk through it at some requests.

    That takes longer than the longest of the answers. An answer is some thousands of objects without cycles: to look
    for some after every 700 of them, as is the default, finds nothing.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_BETWEEN_COLLECTIONS)


async def _every(seconds: float, work: Callable[..., object], *arguments: object) -> None:
    """Does this again and again; what fails is tried again, and never takes the server along."""
    while True:
        try:
            await to_thread.run_sync(work, *arguments)
        except Exception as error:  # noqa: BLE001 - requests go on being answered
            _log.error("%s failed: %s", getattr(work, "__name__", "work"), type(error).__name__)
        await anyio.sleep(seconds)
