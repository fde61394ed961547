"""``matcher profile``: the form in which patients are given."""

from __future__ import annotations

import typer

profile = typer.Typer(help="The form in which a patient is given.", no_args_is_help=True)


@profile.callback()
def root() -> None:
    """The form in which a patient is given."""


@profile.command()
def schema() -> None:
    """Print the JSON Schema of a patient profile.

    \b
    Example:
      matcher profile schema > profile.schema.json
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.terminal import print_json
    from matcher.service.schemas import profile_schema

    print_json(profile_schema())
