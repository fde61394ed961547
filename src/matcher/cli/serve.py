"""``matcher serve``: the HTTP API and the intake page."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import asked
from matcher.errors import UsageError

Store = Annotated[
    str,
    typer.Option(
        "--store",
        metavar="URL",
        help="A SQLAlchemy URL for sessions, jobs and tokens.",
        show_default="SQLite in your data directory",
    ),
]


def serve(
    *,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="The port.")] = 8000,
    rules: asked.Rules = None,
    store: Store = "",
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="DIR", help="Where files of jobs are kept.", show_default="your data directory"
        ),
    ] = None,
    reload_rules: Annotated[
        float,
        typer.Option(
            "--reload-rules",
            metavar="SECONDS",
            min=0,
            help="Look this often whether rule files changed, and serve the new version; 0 never.",
        ),
    ] = 0.0,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes that serve.")
    ] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Log nothing but warnings.")] = False,
) -> None:
    """Serve the HTTP API.

    Listens on this machine only, unless tokens were made and another --host is given. The log names routes and
    request ids, never patients.

    \b
    Examples:
      matcher serve
      matcher serve --port 9000 --rules my-rules --reload-rules 5
      matcher tokens create --role intake && matcher serve --host 0.0.0.0 --workers 2
    """  # noqa: D301 - \b keeps the lines apart
    import uvicorn

    from matcher.api.app import create_app
    from matcher.api.settings import ENVIRONMENT, Settings

    settings = Settings(
        host=host,
        port=port,
        rules=str(rules) if rules else "",
        store=store,
        data=str(data) if data else "",
        reload_seconds=reload_rules,
        workers=workers,
    )
    _refuse_strangers(settings.local, settings.store_url)
    logging.basicConfig(
        level=logging.WARNING if quiet else logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    os.environ[ENVIRONMENT] = settings.to_text()
    several = workers > 1
    application = "matcher.api.app:from_environment" if several else create_app(settings)
    uvicorn.run(
        application,
        factory=several,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_keep_alive=15,
        limit_concurrency=1000,
        h11_max_incomplete_event_size=64 * 1024,
    )


def _refuse_strangers(local: bool, url: str) -> None:
    from matcher.api.server import now
    from matcher.store import Tokens, open_database

    if local:
        return
    database = open_database(url, now)
    try:
        if not any(each.live(now()) for each in Tokens(database).all()):
            raise UsageError("there are no tokens, and other machines could call", code="U065")
    finally:
        database.close()
