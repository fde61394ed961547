"""One patient of a file before assembly: the wire form with its places, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from matcher.domain.source import Source
from matcher.errors import nearest
from matcher.readers.outcome import Issue
from matcher.readers.place import Places


@dataclass(frozen=True, slots=True)
class Entry:
    """``problem`` is a code and a reason where the patient cannot be read; ``text`` what stood there."""

    patient: str
    source: Source
    wire: Any = None
    places: Places = field(default_factory=Places)
    issues: tuple[Issue, ...] = ()
    problem: tuple[str, str] | None = None
    text: str = ""


class PatientSource(Protocol):
    """A file or folder of patients, readable as often as wanted, one patient at a time."""

    dated: bool
    """Whether the file has a column for the patients' own as-of dates."""
    assumptions: list[str]
    file_issues: list[Issue]

    def identifiers(self) -> Iterator[str]:
        """The identifier of every patient, empty where there is none; as cheaply as can be."""

    def entries(self, as_of: date | None) -> Iterator[Entry]:
        """Every patient in the order of the file."""


def misspelt_columns(file: str, nearly: Iterable[tuple[str, str]], line: int | None) -> list[Issue]:
    """One issue for each column of which only the name is not understood: what it holds is there, and stays open."""
    return [
        Issue.of(
            "P124",
            f"the column '{column}' is not known, and perhaps '{meant}': what stands in it is taken as not understood",
            source=Source(file, line, column),
            text=column,
        )
        for column, meant in nearly
    ]


def unknown_columns(file: str, columns: Iterable[str], known: Iterable[str], line: int | None) -> list[Issue]:
    """One issue for each column that nothing reads, with the nearest documented name."""
    names = sorted(known)
    found: list[Issue] = []
    for column in columns:
        guess = nearest(column, names)
        reason = f"the column '{column}' is not read" + (f"; did you mean '{guess}'?" if guess else "")
        found.append(Issue.of("P109", reason, source=Source(file, line, column), text=column))
    return found
