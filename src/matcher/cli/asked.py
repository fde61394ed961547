"""Options that several commands share, and what they turn into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.errors import UsageError

if TYPE_CHECKING:
    from matcher.standing.standing import StandingKind

Patients = Annotated[
    Path,
    typer.Argument(
        metavar="PATIENTS",
        help="A CSV, a folder of tables, a JSON or JSON Lines file of profiles.",
        show_default=False,
    ),
]


def _mapping(named: Path | None) -> Path | None:
    """The file of a mapping; a ready-made one may be given by its name alone."""
    if named is None:
        return None
    from matcher.readers.mapping import mapping_file

    return mapping_file(named)


Mapping = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        "-m",
        metavar="FILE",
        help="YAML that says what the columns mean, or one that is ready made: cbioportal, cbioportal_table, gdc, mcode_csv, omop, synthea.",
        show_default=False,
        callback=_mapping,
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
    str,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="Which engine evaluates: auto, reference, columnar, spark or durable.",
    ),
]
IncludeClosed = Annotated[
    bool, typer.Option("--include-closed", help="Rank closed and suspended candidates too.")
]
IncludeDeceased = Annotated[
    bool, typer.Option("--include-deceased", help="Rank candidates for deceased patients too.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]

Standing = Annotated[
    list[str] | None,
    typer.Option(
        "--standing",
        metavar="NAMES",
        help="Keep only candidates of these standings, as eligible,possible. Ranks stay as they are.",
        show_default="all",
    ),
]
Format = Annotated[
    str, typer.Option("--format", metavar="FORM", help="The matches as csv, parquet or jsonl.")
]
Explanations = Annotated[
    bool | None,
    typer.Option(
        "--explanations/--no-explanations",
        help="Whether every criterion is explained.",
        show_default="up to 5,000 patients",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", metavar="N", min=1, help="Processes for many patients.", show_default="one a core"
    ),
]
Master = Annotated[
    str | None,
    typer.Option(
        "--master",
        metavar="URL",
        help="The Spark master, as spark://host:7077, for --engine spark.",
        show_default="all cores of this machine",
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped.")]

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]{1,200}(:\d{1,5})?")
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


def standings_of(names: list[str] | None) -> tuple[StandingKind, ...]:
    """The standings named, in their order; none means all."""
    from matcher.standing.standing import StandingKind

    given = [name.strip() for each in names or () for name in each.split(",") if name.strip()]
    for name in given:
        if name not in list(StandingKind):
            raise UsageError(f"there is no standing '{name}'", f"one of: {', '.join(StandingKind)}")
    return tuple(each for each in StandingKind if each in given)


def form_of(name: str) -> str:
    from matcher.service.matches import FORMATS

    if name not in FORMATS:
        raise UsageError(f"there is no format '{name}'", f"one of: {', '.join(FORMATS)}")
    return name


def origin_of(text: str) -> str:
    """A site as browsers name it: scheme, host and perhaps a port, and nothing that could end a header's list."""
    if not _ORIGIN.fullmatch(text):
        raise UsageError("--embed names no site", "write it as https://clinic.example")
    return text.lower()
