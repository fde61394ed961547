"""Listening: the application behind uvicorn, in one process or several."""

from __future__ import annotations

import os
import socket
import tempfile
from contextlib import ExitStack

import uvicorn

from matcher.api.app import create_app
from matcher.api.clock import now
from matcher.api.connection import BACKLOG, Connection, make_room_for_connections
from matcher.api.ending import GRACE_SECONDS, end_when_told
from matcher.api.log import set_up_log
from matcher.api.settings import ENVIRONMENT, Settings
from matcher.errors import UsageError
from matcher.store import Tokens, open_database

#: seconds after which a process that serves is taken for hung: one that is still starting on a busy machine is not
_STARTS_WITHIN = 60
_LONGEST_HEADERS = 64 << 10


def listen(settings: Settings) -> None:
    """Serves until it is told to stop; ``UsageError`` where others could call and there are no tokens."""
    _refuse_strangers(settings)
    set_up_log(settings)
    _refuse_taken_port(settings)
    make_room_for_connections()
    several = settings.workers > 1
    with ExitStack() as held:
        if several:
            os.environ[ENVIRONMENT] = settings.to_text()
            figures = held.enter_context(tempfile.TemporaryDirectory(prefix="matcher-metrics-"))
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = figures
            create_app(settings).state.server.database.close()  # says here, and once, what is wrong
        uvicorn.run(
            "matcher.api.app:from_environment" if several else create_app(settings, ending=end_when_told),
            factory=several,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            access_log=False,
            server_header=False,
            log_config=None,
            http=Connection,
            ws="none",
            backlog=BACKLOG,
            timeout_keep_alive=settings.idle_seconds,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_worker_healthcheck=_STARTS_WITHIN,
            h11_max_incomplete_event_size=_LONGEST_HEADERS,
        )


def _refuse_taken_port(settings: Settings) -> None:
    """Said before anything is opened; where two start at one moment the later one finds out by itself."""
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            with socket.socket(family, kind, protocol) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tried.bind(address)
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        raise UsageError(
            f"cannot listen on {settings.host}, port {settings.port}: {reason}", code="U067"
        ) from None


def _refuse_strangers(settings: Settings) -> None:
    if settings.local:
        return
    database = open_database(settings.store_url, now)
    try:
        if not any(each.live(now()) for each in Tokens(database).all()):
            raise UsageError("there are no tokens, and other machines could call", code="U065")
    finally:
        database.close()
