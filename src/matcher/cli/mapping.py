"""What ``matcher mapping`` prints."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from matcher.cli.asked import days_of
from matcher.cli.terminal import Page
from matcher.errors import UsageError
from matcher.readers.mapping_check import MappingCheck, check_mapping
from matcher.readers.mapping_guess import guess_mapping
from matcher.service import open_rulebook

_NOT_ALL_READ = 4
_MOST_TEXTS = 3
_MOST_CELLS = 12
_LONGEST_FACT = 300


def print_guess(export: Path) -> int:
    """The draft on standard output, so that it can be written to a file."""
    found = guess_mapping(export)
    if found.shipped:
        typer.echo(found.text + f"# It is read as it is:  matcher match {export} --mapping {found.shipped}")
    else:
        typer.echo(found.text, nl=False)
    return 0


def print_check(export: Path, mapping: Path | None, as_of: str | None) -> int:
    """What the mapping makes of the export."""
    if mapping is None:
        raise UsageError("which mapping is to be checked is not said", "give it with --mapping", code="U001")
    days = days_of(as_of)
    found = check_mapping(
        export, mapping, formulary=open_rulebook().formulary, as_of=days.given, today=days.day
    )
    _print(Page(), found)
    return _NOT_ALL_READ if found.reading.rejected else 0


def _print(page: Page, found: MappingCheck) -> None:
    reading = found.reading
    page.line(f"{reading.patients} patients: {reading.matched} read, {reading.rejected} rejected")
    page.blank()
    page.heading("Columns")
    rows = [("read", "not understood", "column", "commonest texts not understood")]
    for each in sorted(found.columns.values(), key=lambda one: (one.file, one.column)):
        texts = ", ".join(f"{text} ({n})" for text, n in each.not_understood.most_common(_MOST_TEXTS))
        number = str(each.not_understood.total() or "")
        rows.append((str(each.read), number, f"{each.file} {each.column}", texts))
    page.columns(rows, indent=2)
    page.blank()
    page.heading("Patients with each fact")
    page.columns([(str(number), name) for name, number in found.facts.most_common()], indent=2)
    for beside in found.shown:
        page.blank()
        page.heading(beside.patient)
        for place, text in beside.cells[:_MOST_CELLS]:
            page.line((place, "dim"), f"  {text}", indent=2, hang=4)
        if len(beside.cells) > _MOST_CELLS:
            page.line(f"and {len(beside.cells) - _MOST_CELLS} more cells", indent=2)
        page.line("became", indent=2)
        for name, value in beside.profile.items():
            if value not in (None, [], {}):
                text = json.dumps(value, ensure_ascii=False, default=str)
                cut = text if len(text) <= _LONGEST_FACT else text[: _LONGEST_FACT - 1] + "…"
                page.line((name, "dim"), f"  {cut}", indent=4, hang=4)
    page.blank()
    if reading.unmapped_codes:
        codes = ", ".join(f"{code} ({n})" for code, n in reading.unmapped_codes.most_common(10))
        page.line(f"Codes that no table has, {len(reading.unmapped_codes)} in all: {codes}", hang=2)
    if reading.unresolved_agents:
        agents = ", ".join(f"{name} ({n})" for name, n in reading.unresolved_agents.most_common(10))
        page.line(f"Drug names nobody resolved: {agents}", hang=2)
    for warning in found.warnings:
        page.line(("look again  ", "yellow"), warning, hang=12)
    if not found.warnings:
        page.line("Nothing deserves a second look.")
