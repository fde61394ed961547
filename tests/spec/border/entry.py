"""One row of the border: what was written, what is understood, and so what a rule answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.written import Record, Written

MET, NOT_MET, UNKNOWN, REJECTED = "met", "not met", "unknown", "rejected"


@dataclass(frozen=True)
class Ask:
    """A condition and what must be answered."""

    condition: Mapping[str, Any]
    verdict: str


@dataclass(frozen=True)
class File:
    """A file as it came, where no rows can show it; with its mapping, if it has one."""

    name: str
    text: str
    mapping: str = ""


@dataclass(frozen=True)
class Entry:
    """``written`` is for people: every text it sets in backticks stands in the record or file itself.

    ``issue``: whether something is reported as not understood, or as a conflict.
    """

    written: str
    understood: str
    asks: Sequence[Ask]
    patient: Written | File
    issue: bool = False
    #: derivations of the shipped rules that supply what is asked
    derived: Sequence[str] = ()


@dataclass(frozen=True)
class Kind:
    title: str
    text: str
    entries: Sequence[Entry]


def row(table: str, /, **fields: str) -> Record:
    return Record(table, fields)


def entry(
    written: str,
    understood: str,
    condition: Mapping[str, Any],
    verdict: str,
    *records: Record,
    complete: Sequence[str] = (),
    issue: bool = False,
) -> Entry:
    """A row whose one condition comes out as the verdict."""
    asked = (Ask(condition, verdict),)
    return Entry(written, understood, asked, Written(records, tuple(complete)), issue)


def also(first: Entry, condition: Mapping[str, Any], verdict: str) -> Entry:
    """The same record asked one thing more."""
    return replace(first, asks=(*first.asks, Ask(condition, verdict)))


def texts(patient: Written | File) -> str:
    """Everything that stands in the record."""
    if isinstance(patient, File):
        return f"{patient.text}\n{patient.mapping}"
    found = [text for record in patient.records for pair in record.fields.items() for text in pair]
    return "\n".join((*found, *patient.complete, *(record.table for record in patient.records)))
