"""``matcher audit``: who did what, and whether that is still what was written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from matcher.cli import asked
from matcher.cli.commands.serve import Store
from matcher.errors import UsageError

audit = typer.Typer(help="Who did what on the server.", no_args_is_help=True)


@audit.callback()
def root() -> None:
    """Who did what on the server.

    Each entry is sealed by a hash over itself and over the seal of the one before.
    """


@audit.command()
def verify(
    head: Annotated[
        str,
        typer.Option("--head", metavar="HASH", help="A head noted before: it must stand in the chain."),
    ] = "",
    store: Store = "",
    as_json: asked.AsJson = False,
) -> None:
    """Go through the whole chain; exit code 2 where an entry was changed or taken out.

    Note the head that is printed in another place: whoever writes the whole chain anew is found out by it.

    \b
    Example:
      matcher audit verify
      matcher audit verify --head 3f6c…
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.terminal import Page, print_json
    from matcher.store import Audit, default_url, open_database

    database = open_database(store or default_url(), lambda: datetime.now(UTC))
    try:
        held = Audit(database)
        found = held.verify()
        known = not head or held.has(head)
    finally:
        database.close()
    if as_json:
        print_json(
            {
                "sound": found.sound and known,
                "entries": found.entries,
                "head": found.head,
                "broken": list(found.broken),
                "missing": found.missing,
            }
        )
    if found.broken:
        numbers = ", ".join(map(str, found.broken[:10]))
        raise UsageError(f"entry {numbers} was changed, or one before it taken out", code="U071")
    if found.missing:
        raise UsageError("entries at the end were taken out", code="U071")
    if not known:
        raise UsageError("the head that was noted is not in the chain: it was written anew", code="U071")
    if not as_json:
        Page().line(f"{found.entries} entries, all as they were written. Head: {found.head}")
