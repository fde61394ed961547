"""FHIR R4: Bundles, arrays of resources, and bulk exports of one resource a line, in a file or a folder of files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from matcher.domain.source import Source
from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.csv_rows import Row
from matcher.readers.entry import Entry
from matcher.readers.fhir_document import ASSUMED, STRANGER, id_of, relative, unpacked
from matcher.readers.fhir_parts import Resource, contained_in, subject_of
from matcher.readers.fhir_resources import READ, FhirPatient
from matcher.readers.json_body import json_document
from matcher.readers.mapped import Sheet
from matcher.readers.outcome import Issue
from matcher.readers.sorted_rows import SortedRows
from matcher.readers.text import encoding_of, lines_of

LINES = (".ndjson", ".jsonl")
_FILES = (*LINES, ".json")
_LINKED = "linked"
_STRANGE = "strange"
_HEAD = 4096
_LOOKED_AT = 50
_NAMED = b'"resourceType"'


def is_fhir(path: Path) -> bool:
    """Whether the file, or one in the folder, holds FHIR resources, by its beginning."""
    if path.is_dir():
        return any(is_fhir(each) for each in sorted(path.iterdir()) if each.suffix.casefold() in _FILES)
    try:
        with path.open("rb") as stream:
            lines = [_beginning(stream) for _ in range(_LOOKED_AT)]
    except OSError:
        return False
    if path.suffix.casefold() in LINES:
        # A line of another form among profiles is set aside by itself; a file of FHIR has nothing else.
        return bool(lines[0]) and all(_NAMED in line for line in lines if line.strip())
    head = b"".join(lines)[:_HEAD]
    return _NAMED in head and head.lstrip(b"\xef\xbb\xbf \t\r\n[")[:1] == b"{"


def _beginning(stream: BinaryIO) -> bytes:
    """The beginning of the next line, however long it goes on."""
    first = piece = stream.readline(_HEAD)
    while piece and not piece.endswith(b"\n"):
        piece = stream.readline(_HEAD)
    return first


class FhirFile:
    """The patients of FHIR files. Resources may stand in any order; they are sorted by patient on disk.

    A reference to a patient is ``Patient/id``, an address that ends so, or the ``fullUrl`` of a Bundle's entry. In a
    Bundle of one patient a resource without a subject is that patient's. What refers to nobody is reported (P009).
    """

    dated = False

    def __init__(self, path: Path) -> None:
        self.assumptions: list[str] = [ASSUMED]
        self.file_issues: list[Issue] = []
        self.rows = SortedRows()
        self._unread: Counter[str] = Counter()
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        self._files = [
            each
            for each in files
            if each == path
            or (each.suffix.casefold() in _FILES and (each.suffix != ".json" or is_fhir(each)))
        ]
        self._aliases: dict[str, str] = {}
        self.rows.add_patients(self._patients())
        if not self.rows.patients:
            reason = "there is no Patient among the FHIR resources"
            raise PatientDataError([Diagnostic(path.name, None, None, "P016", reason)])
        strangers: list[tuple[str, Sheet]] = []
        for _, sheet in self.rows.add_rows("", self._others()):
            source = Source(sheet.file, sheet.row.line)
            only = sheet.row.cells.get("only", "")
            reason = STRANGER if only else "no patient of the file is the subject of this resource"
            self.file_issues.append(Issue.of("P009", reason, source=source, text=sheet.row.cells["kind"]))
            if only:
                strangers.append((only, sheet))
        for _ in self.rows.add_rows(_STRANGE, strangers):
            pass  # the one patient of a Bundle is a patient of the file
        self.rows.add_terms(_LINKED, self._medications())
        self.rows.finish()
        for kind, number in sorted(self._unread.items()):
            reason = f"{number} resources of the kind {kind} are not read"
            self.file_issues.append(Issue.of("P109", reason, source=Source(path.name), text=kind))

    def __len__(self) -> int:
        return self.rows.patients

    def identifiers(self) -> Iterator[str]:
        for sheets in self.rows.each():
            yield id_of(json.loads(sheets[""][0].row.cells["json"]))

    def entries(self, as_of: date | None) -> Iterator[Entry]:
        return self.entries_between(0, len(self), as_of)

    def entries_between(self, start: int, stop: int, as_of: date | None) -> Iterator[Entry]:  # noqa: ARG002
        """Some of the patients, by their order in the file."""
        for sheets in self.rows.each(start, stop):
            resources = [json.loads(sheet.row.cells["json"]) for sheet in sheets[""]]
            first = sheets[""][0]
            name = id_of(resources[0])
            patient = FhirPatient(first.file, name, self._linked)
            wire, places = patient.read(resources)
            for sheet in sheets.get(_STRANGE, ()):
                patient.leave_open(json.loads(sheet.row.cells["json"]))
            source = Source(first.file, first.row.line)
            yield Entry(name, source, wire, places, tuple(patient.issues), text=name)

    def _linked(self, reference: str, resource: Resource) -> Resource | None:
        """What a resource refers to, inside it or beside it. A reference is followed once, so no circle matters."""
        for each in contained_in(resource):
            if reference == f"#{each.get('id', '')}":
                return each
        row = self.rows.term(_LINKED, self._aliases.get(reference) or relative(reference))
        return json.loads(row["json"]) if row is not None else None

    def _patients(self) -> Iterator[tuple[str, Sheet]]:
        for file, line, resource, url, _ in self._resources(said=True):
            if resource.get("resourceType") == "Patient":
                name = id_of(resource)
                if url and name:
                    self._aliases[url] = f"Patient/{name}"
                yield f"Patient/{name}" if name else "", _sheet(file, line, resource)

    def _others(self) -> Iterator[tuple[str, Sheet]]:
        for file, line, resource, url, only in self._resources():
            kind = str(resource.get("resourceType"))
            if kind == "Medication" and url and resource.get("id"):
                self._aliases[url] = f"Medication/{resource['id']}"
            if kind not in READ:
                self._unread[kind] += kind != "Medication"
            elif kind != "Patient":
                subject = subject_of(resource)
                known = self._aliases.get(subject) or relative(subject) if subject else only
                yield known, _sheet(file, line, resource, only)

    def _medications(self) -> Iterator[tuple[str, Row]]:
        for file, line, resource, _, _ in self._resources():
            if resource.get("resourceType") == "Medication" and resource.get("id"):
                yield f"Medication/{resource['id']}", _sheet(file, line, resource).row

    def _resources(self, *, said: bool = False) -> Iterator[tuple[str, int, Resource, str, str]]:
        """Each resource with file, line, address, and the patient of its Bundle, where it has one alone."""
        for path in self._files:
            if path.suffix.casefold() in LINES:
                documents: Iterable[tuple[int, Any]] = self._lines(path, said=said)
            else:
                documents = [(1, json_document(path))]
            for line, document in documents:
                for number, resource, url, only in unpacked(document):
                    yield path.name, line if path.suffix.casefold() in LINES else number, resource, url, only

    def _lines(self, path: Path, *, said: bool) -> Iterator[tuple[int, Any]]:
        """A document a line; one that is no JSON costs itself."""
        for number, text in enumerate(lines_of(path, encoding_of(path)), start=1):
            if not text.strip():
                continue
            try:
                yield number, json.loads(text)
            except (ValueError, RecursionError) as error:
                if said:
                    source = Source(path.name, number)
                    reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
                    self.file_issues.append(Issue.of("P118", reason, source=source, text=text[:200]))


def _sheet(file: str, line: int, resource: Resource, only: str = "") -> Sheet:
    kind = str(resource.get("resourceType"))
    beside = {"only": only} if only else {}
    return Sheet(file, Row(line, {"json": json.dumps(resource), "kind": kind, **beside}))
