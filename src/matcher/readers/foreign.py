"""Records that are no patient's: another standard's form, a comment, a header that stands there twice.

Such a record must never be matched as a patient about whom nothing is known: that patient would be possible for
every trial. A record that only says whose it is, is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from matcher.domain.source import Source
from matcher.domain.wire.model import FIELDS
from matcher.errors import nearest
from matcher.readers.outcome import Issue
from matcher.readers.text import in_whole_characters

IDENTIFIERS = ("id", "patient_id", "patientid", "patient")
"""The fields that say whose a record is, written in any case and with any mark between the words."""
_FRAME = frozenset({"as_of", "index_date", "complete", "assumptions"})
_FEW = 5
_SAMPLE = 20
_COMMENT = re.compile(r"#\s*(?:[^\W\d]|#|$)")
_HEADINGS = frozenset(
    {
        "patient_id",
        "patientid",
        "patient id",
        "patient-id",
        "patient",
        "id",
        "patient identifier",
        "subject_id",
        "person_id",
    }
)
_TYPES = frozenset({"STRING", "NUMBER", "TEXT", "VARCHAR", "INTEGER", "INT", "BIGINT", "DATETIME"})
_PHENOPACKET = frozenset({"metaData", "subject", "phenotypicFeatures", "interpretations", "medicalActions"})
_REGISTRY = "protocolSection"


class TwoIdentifiersError(ValueError):
    """A record that says of two patients that it is theirs."""


def identifier_of(wire: Mapping[Any, Any]) -> str:
    """Whose the record is; nothing where it does not say. Two fields that differ are an error."""
    written = (wire[name] for name in wire if is_identifier(name) and _is_text(wire[name]))
    found = {in_whole_characters(str(each)).strip() for each in written} - {""}
    if len(found) > 1:
        raise TwoIdentifiersError("two fields say whose the record is, and they differ")
    return found.pop() if found else ""


def likely_identifier(raw: object) -> str:
    """The same of anything, for a first pass; nothing where it is no record or says two things."""
    try:
        return identifier_of(raw) if isinstance(raw, Mapping) else ""
    except TwoIdentifiersError:
        return ""


def is_about_nobody(wire: Mapping[str, Any]) -> str:
    """Why no field of the record is a fact of a patient, in words; empty where one may be, or none is given.

    FHIR names its own kind, so a resource is one whatever else its fields are called.
    """
    if isinstance(wire.get("resourceType"), str):
        return "the record is a FHIR resource, not a profile"
    given = facts_of(wire)
    if not given or not FIELDS.isdisjoint(given):
        return ""
    if len(_PHENOPACKET.intersection(given)) > 1:
        return "the record is a Phenopacket, not a profile"
    if _REGISTRY in given:
        return "the record is a trial of a registry, not a patient"
    inside = next((name for name in given if _holds_records(wire[name])), None)
    if inside is not None and len(given) == 1:
        return "the patients stand in a list under a name: give that list alone"
    # Names that a program makes up may hold what is the patient's: only those that are near are said.
    guesses = dict.fromkeys(guess for name in given[:_FEW] if (guess := nearest(name, FIELDS)) is not None)
    meant = f"; did you mean {', '.join(map(repr, guesses))}?" if guesses else ""
    return f"none of its {len(given)} fields is one of a profile{meant}"


def facts_of(wire: Mapping[str, Any]) -> list[str]:
    """The names of what a record says, beside whose it is and as of when."""
    return [str(name) for name in wire if not is_identifier(name) and str(name) not in _FRAME]


def no_identifier(text: str) -> str:
    """Why a text in the place of an identifier begins a row that is no patient's; empty where it may be one."""
    if text[:1] == "#" and _COMMENT.match(text):
        return "the row begins with '#': it is a comment or a part of the header"
    if text in _TYPES:
        return f"the row says that its cells are of type {text}: it is a part of the header"
    if text.casefold() in _HEADINGS:
        return "the row repeats the names of the columns: it is a second header"
    return ""


def mostly_unknown(file: str, records: Iterable[object]) -> list[Issue]:
    """One issue about the file where most fields of its first records are none of a profile."""
    given = [
        name
        for each in islice(records, _SAMPLE)
        if isinstance(each, Mapping) and not is_about_nobody(each)
        for name in facts_of(each)
    ]
    return most_unread(file, sum(name in FIELDS for name in given), len(given), "fields", None)


def most_unread(file: str, read: int, given: int, what: str, line: int | None) -> list[Issue]:
    """One issue about the file where more of its columns or fields are unknown than known."""
    if given - read <= read:
        return []
    reason = (
        f"only {read} of {given} {what} are read, the others are unknown: describe the file in a mapping"
        if what == "columns"
        else f"only {read} of {given} {what} in the first records are read, the others are unknown"
    )
    return [Issue.of("P123", reason, source=Source(file, line))]


def is_identifier(name: object) -> bool:
    return re.sub(r"[\s_-]+", "_", str(name).casefold()) in IDENTIFIERS


def _is_text(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _holds_records(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)
