"""``matcher words``: a name a rule can use, looked up by any of its names."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli import asked


def words(
    search: Annotated[
        str, typer.Argument(metavar="SEARCH", help="One or several words of the name.", show_default=False)
    ],
    rules: asked.Rules = None,
    as_json: asked.AsJson = False,
) -> None:
    """Look up a word, condition, drug, test, marker, gene, procedure or stage that a rule can use.

    \b
    Examples:
      matcher words hiv
      matcher words platelets
      matcher words "brain metastases"
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import words as work

    work.look_up(search, rules, as_json=as_json)
