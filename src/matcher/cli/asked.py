"""Options that several commands share, and what they turn into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from matcher.errors import UsageError

Patients = Annotated[
    Path,
    typer.Argument(
        metavar="PATIENTS",
        help="A CSV, a folder of tables, a JSON or JSON Lines file of profiles.",
        show_default=False,
    ),
]
Mapping = Annotated[
    Path | None,
    typer.Option(
        "--mapping", "-m", metavar="FILE", help="YAML that says what the columns mean.", show_default=False
    ),
]
Rules = Annotated[
    Path | None,
    typer.Option(
        "--rules", "-r", metavar="DIR", help="A rulebook of your own.", show_default="the one shipped"
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="The day the question is asked for, as 2026-01-15. A record's own as-of date comes first.",
        show_default="today",
    ),
]
Engine = Annotated[
    str, typer.Option("--engine", metavar="NAME", help="Which engine evaluates: auto, reference or durable.")
]
IncludeClosed = Annotated[
    bool, typer.Option("--include-closed", help="Rank closed and suspended candidates too.")
]
IncludeDeceased = Annotated[
    bool, typer.Option("--include-deceased", help="Rank candidates for deceased patients too.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Days:
    """The day the question is asked for: the one given, else the clock's, read here and nowhere below."""

    given: date | None
    today: date

    @property
    def day(self) -> date:
        return self.given or self.today


def days_of(text: str | None) -> Days:
    return Days(None if text is None else _read(text), date.today())


def _read(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f"'{text}' is not a day", code="U005")
