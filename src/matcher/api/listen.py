"""Listening: the application behind uvicorn, in one process or several."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack

import uvicorn

from matcher.api.app import create_app
from matcher.api.log import set_up_log
from matcher.api.server import now
from matcher.api.settings import ENVIRONMENT, Settings
from matcher.errors import UsageError
from matcher.store import Tokens, open_database

_MOST_CONNECTIONS = 2_000
_LONGEST_HEADERS = 64 << 10


def listen(settings: Settings) -> None:
    """Serves until it is told to stop; ``UsageError`` where others could call and there are no tokens."""
    _refuse_strangers(settings)
    set_up_log(settings)
    several = settings.workers > 1
    with ExitStack() as held:
        if several:
            os.environ[ENVIRONMENT] = settings.to_text()
            figures = held.enter_context(tempfile.TemporaryDirectory(prefix="matcher-metrics-"))
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = figures
            create_app(settings).state.server.database.close()  # says here, and once, what is wrong
        uvicorn.run(
            "matcher.api.app:from_environment" if several else create_app(settings),
            factory=several,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            access_log=False,
            server_header=False,
            log_config=None,
            timeout_keep_alive=15,
            limit_concurrency=_MOST_CONNECTIONS,
            h11_max_incomplete_event_size=_LONGEST_HEADERS,
        )


def _refuse_strangers(settings: Settings) -> None:
    if settings.local:
        return
    database = open_database(settings.store_url, now)
    try:
        if not any(each.live(now()) for each in Tokens(database).all()):
            raise UsageError("there are no tokens, and other machines could call", code="U065")
    finally:
        database.close()
