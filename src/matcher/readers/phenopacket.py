"""Phenopackets (GA4GH, version 2): in a file, one a line, as the members of a cohort, or the proband of a family.

Nothing says that a list of a packet is complete, so what stands in none is unknown. What is stated and not read is
counted by its name (P109), never left out silently.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from matcher.domain.source import Source
from matcher.readers.entry import Entry
from matcher.readers.fhir_document import OnePatient
from matcher.readers.json_body import json_document
from matcher.readers.outcome import Issue
from matcher.readers.phenopacket_parts import in_camel_case, part
from matcher.readers.phenopacket_patient import PhenopacketPatient
from matcher.readers.text import encoding_of, lines_of

LINES = (".ndjson", ".jsonl")
_HEAD = 4096
_KINDS = (
    "phenotypicFeatures",
    "measurements",
    "biosamples",
    "interpretations",
    "diseases",
    "medicalActions",
    "metaData",
)
_ASSUMED = "Phenopacket: no list is complete, because none is said to be"
_BODY = "body"


def is_phenopacket(document: object) -> bool:
    """Whether an object is a packet: a subject, and one of the lists that only packets have."""
    if not isinstance(document, dict) or "resourceType" in document:
        return False
    names = set(in_camel_case(dict.fromkeys(document)))
    return isinstance(document.get("subject"), dict) and not names.isdisjoint(_KINDS)


def is_phenopacket_file(path: Path) -> bool:
    """Whether the file, or one in the folder, holds packets, by its beginning."""
    if path.is_dir():
        return any(is_phenopacket_file(each) for each in sorted(path.glob("*.json")))
    if path.suffix.casefold() not in (".json", *LINES):
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return False
    if '"resourceType"' in head or '"protocolSection"' in head:
        return False
    named = [f'"{name}"' in head for name in (*_KINDS, "phenotypic_features", "medical_actions", "meta_data")]
    return '"subject"' in head and any(named)


class PhenopacketFile:
    """The packets of a file or folder, one at a time."""

    dated = False

    def __init__(self, path: Path) -> None:
        self.assumptions: list[str] = [_ASSUMED]
        self.file_issues: list[Issue] = []
        listed = sorted(path.iterdir()) if path.is_dir() else [path]
        self._files = [each for each in listed if each == path or each.suffix.casefold() in (".json", *LINES)]

    def identifiers(self) -> Iterator[str]:
        for _, packet, _ in self._packets():
            yield _identifier(packet)

    def entries(self, as_of: date | None) -> Iterator[Entry]:  # noqa: ARG002 every packet is dated later
        for source, packet, problem in self._packets():
            if problem is not None:
                yield Entry(_identifier(packet), source, problem=problem, text=str(packet)[:200])
                continue
            name = _identifier(packet)
            reader = PhenopacketPatient(source.file, name)
            wire, places = reader.read(in_camel_case(packet))
            yield Entry(name, source, wire, places, tuple(reader.issues), text=name)

    def _packets(self) -> Iterator[tuple[Source, Any, tuple[str, str] | None]]:
        for path in self._files:
            if path.suffix.casefold() in LINES:
                for number, text in enumerate(lines_of(path, encoding_of(path)), start=1):
                    if text.strip():
                        yield from _unpacked(_line(text), Source(path.name, number))
            else:
                yield from _unpacked(json_document(path), Source(path.name, 1))


def one_packet(document: Any) -> OnePatient:
    """The patient of a packet that came by wire."""
    packet = in_camel_case(document)
    name = _identifier(packet)
    reader = PhenopacketPatient(_BODY, name)
    wire, places = reader.read(packet)
    if not name:
        del wire["id"]
    wire["assumptions"] = [_ASSUMED]
    return OnePatient(wire, places, tuple(reader.issues))


def _unpacked(document: Any, source: Source) -> Iterator[tuple[Source, Any, tuple[str, str] | None]]:
    if isinstance(document, tuple):
        yield source, "", document
    elif isinstance(document, list):
        for each in document:
            yield from _unpacked(each, source)
    elif isinstance(document, dict) and isinstance(document.get("members"), list):
        yield from _unpacked(document["members"], source)
    elif isinstance(document, dict) and isinstance(document.get("proband"), dict):
        # The relatives of a family are not the patient.
        yield from _unpacked(document["proband"], source)
    elif is_phenopacket(document):
        yield source, document, None
    else:
        yield (
            source,
            document,
            ("P016", "the record is no Phenopacket: it has no subject, or nothing about one"),
        )


def _identifier(packet: Any) -> str:
    subject = part(part(packet).get("subject"))
    found = subject.get("id") or part(packet).get("id")
    return str(found) if isinstance(found, str | int) else ""


def _line(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        return "P008", "nested too deep"
    except ValueError as error:
        return "P004", str(error)
