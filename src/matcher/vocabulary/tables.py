"""The package's own data files, read as rows of text."""

from __future__ import annotations

import csv
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of this package, each by its column names."""
    text = files("matcher.vocabulary").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), restval=""))


def listed(cell: str) -> tuple[str, ...]:
    """The entries of a cell that holds several, separated by semicolons."""
    return tuple(entry.strip() for entry in cell.split(";") if entry.strip())
