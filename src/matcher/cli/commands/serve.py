"""``matcher serve``: the HTTP API and the intake page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import asked

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
    public_name: Annotated[
        str,
        typer.Option("--public-name", metavar="HOST", help="The name others reach it by, through a proxy."),
    ] = "",
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
    upload_limit: Annotated[
        int, typer.Option("--upload-limit", metavar="MIB", min=1, max=1 << 20, help="The largest file taken.")
    ] = 256,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes that serve.")
    ] = 1,
    embed: Annotated[
        list[str] | None,
        typer.Option(
            "--embed",
            metavar="ORIGIN",
            help="A site whose pages may show the intake form, as https://clinic.example; may be repeated.",
            show_default="none",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Log nothing but warnings.")] = False,
) -> None:
    """Serve the HTTP API.

    Listens on this machine only, unless tokens were made and another --host or a --public-name is given. The log
    names routes and request ids, never patients.

    \b
    Examples:
      matcher serve
      matcher serve --port 9000 --rules my-rules --reload-rules 5
      matcher tokens create --role intake && matcher serve --host 0.0.0.0 --workers 2
      matcher serve --public-name matcher.example.org
      matcher serve --public-name matcher.example.org --embed https://clinic.example
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.api.listen import listen
    from matcher.api.settings import MEBIBYTE, Settings

    settings = Settings(
        host=host,
        port=port,
        public_name=public_name,
        rules=str(rules) if rules else "",
        store=store,
        data=str(data) if data else "",
        reload_seconds=reload_rules,
        upload_limit=upload_limit * MEBIBYTE,
        workers=workers,
        quiet=quiet,
        embed=tuple(map(asked.origin_of, embed or ())),
    )
    listen(settings)
