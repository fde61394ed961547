"""``matcher tokens``: who may call a server that others can reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli import asked
from matcher.cli.commands.serve import Store
from matcher.errors import UsageError, nearest

if TYPE_CHECKING:
    from matcher.store import Token, Tokens

tokens = typer.Typer(help="Who may call the server.", no_args_is_help=True)


@tokens.callback()
def root() -> None:
    """Who may call the server.

    A token is a secret in the header Authorization. The store keeps a hash of it.
    """


@tokens.command()
def create(
    role: Annotated[
        str,
        typer.Option(
            "--role",
            metavar="ROLE",
            help="One of: intake, coordinator, viewer, author, approver, admin.",
            show_default=False,
        ),
    ],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="Whose it is, for the list.")] = "",
    person: Annotated[
        str,
        typer.Option("--person", metavar="NAME", help="Who signs in with it, as colleagues are to read it."),
    ] = "",
    team: Annotated[str, typer.Option("--team", metavar="NAME", help="Whose worklists are shared.")] = "",
    days: Annotated[
        int | None,
        typer.Option(
            "--days", metavar="N", min=1, max=3650, help="For how long.", show_default="until revoked"
        ),
    ] = None,
    store: Store = "",
    as_json: asked.AsJson = False,
) -> None:
    """Make a token and print its secret, once.

    \b
    Roles:
      intake    brings patients: match, batches, sessions
      coordinator   the same, and the worklists of a team
      viewer    reads the rulebook
      author, approver   write drafts of rules, approve what others wrote
      admin     everything

    \b
    Example:
      matcher tokens create --role intake --name "intake form of ward 3"
      matcher tokens create --role coordinator --person "Anna Weber" --team thoracic
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.terminal import Page, print_json
    from matcher.store import ROLES, Audit

    if role not in ROLES:
        guess = nearest(role, ROLES)
        meant = f"did you mean '{guess}'? " if guess else ""
        raise UsageError(f"there is no role '{role}'", f"{meant}One of: {', '.join(ROLES)}.")
    end = datetime.now(UTC) + timedelta(days=days) if days else None
    with _opened(store) as held:
        token, secret = held.create(role, name[:200], end, person=_named(person), team=_named(team))
        Audit(held.database).record("local", "token made", token.id)
    if as_json:
        print_json({**_document(token), "token": secret})
        return
    page = Page()
    page.line(secret)
    page.line(f"Token {token.id}, role {token.role}. It is not kept and cannot be shown again.")


def _named(text: str) -> str:
    """A name as it is kept: however it was spaced, it is the same."""
    return " ".join(text.split())[:50]


@tokens.command("list")
def list_tokens(store: Store = "", as_json: asked.AsJson = False) -> None:
    """List the tokens, without their secrets."""
    from matcher.cli.terminal import Page, print_json

    with _opened(store) as held:
        found = held.all()
    if as_json:
        print_json({"tokens": [_document(each) for each in found]})
        return
    page = Page()
    rows = [
        (each.id, each.role, _state(each), f"{each.created_at:%Y-%m-%d}", each.person, each.team, each.name)
        for each in found
    ]
    page.columns([("id", "role", "state", "made on", "person", "team", "name"), *rows])


@tokens.command()
def revoke(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="As 'tokens list' prints it.", show_default=False)
    ],
    store: Store = "",
) -> None:
    """Take a token out of force; a running server refuses it within seconds."""
    from matcher.cli.terminal import Page
    from matcher.store import Audit

    with _opened(store) as held:
        if not held.revoke(identifier):
            raise UsageError(f"there is no token '{identifier}' in force", code="U066")
        Audit(held.database).record("local", "token revoked", identifier)
    Page().line(f"Token {identifier} is revoked.")


@contextmanager
def _opened(url: str) -> Iterator[Tokens]:
    from matcher.store import Tokens, default_url, open_database

    database = open_database(url or default_url(), lambda: datetime.now(UTC))
    try:
        yield Tokens(database)
    finally:
        database.close()


def _state(token: Token) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "in force" if token.live(datetime.now(UTC)) else "expired"


def _document(token: Token) -> dict[str, Any]:
    end = token.expires_at
    return {
        "id": token.id,
        "role": token.role,
        "name": token.name,
        "person": token.person,
        "team": token.team,
        "state": _state(token),
        "created_at": token.created_at.isoformat(),
        "expires_at": end.isoformat() if end else None,
    }
