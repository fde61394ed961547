"""One FHIR document: the resources of a Bundle or an array, and the one patient of a document that came by wire."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from matcher.domain.source import Source
from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.fhir_parts import Resource, contained_in, subject_of
from matcher.readers.fhir_resources import READ, FhirPatient
from matcher.readers.outcome import Issue
from matcher.readers.place import Places
from matcher.readers.value import NOT_READ

ASSUMED = "FHIR: a medicine that is only requested was perhaps taken; no list is complete, because none is said to be"
_FILE = "body"
STRANGER = "its subject is not the patient of the document: whether it is about this patient is open"
UNREADABLE = "not understood"


@dataclass(frozen=True, slots=True)
class OnePatient:
    """The wire form of the patient of a document, where each part stood, and what could not be read."""

    wire: Mapping[str, Any]
    places: Places
    issues: tuple[Issue, ...]


def is_fhir_document(document: object) -> bool:
    """Whether it is a resource, or an array of nothing but resources."""
    members = document if isinstance(document, list) else [document]
    return bool(members) and all(
        isinstance(each, Mapping) and isinstance(each.get("resourceType"), str) for each in members
    )


def one_patient(document: object) -> OnePatient:
    """The patient of a Bundle, an array of resources or a single one; refused where there is none, or several.

    A resource without a subject is that patient's. One whose subject is not in the document may be about this patient,
    under another name, or not: what it names stays open, and it is said (P009). A kind that is not read is too (P109).
    """
    found = list(unpacked(document))
    held = [(resource, url) for _, resource, url, _ in found]
    patients = [(each, url) for each, url in held if each.get("resourceType") == "Patient"]
    if len(patients) != 1:
        several = f"{len(patients)} patients stand in one document: send them as a file"
        reason = several if patients else "there is no Patient among the FHIR resources"
        raise PatientDataError([Diagnostic(_FILE, None, None, "P015" if patients else "P016", reason)])
    person, address = patients[0]
    name = id_of(person)
    own = {f"Patient/{name}"} if name else set()
    own |= {address, relative(address)} if address else set()
    medicines = _medicines(held)

    def known(reference: str, resource: Resource) -> Resource | None:
        for each in contained_in(resource):
            if reference == f"#{each.get('id', '')}":
                return each
        return medicines.get(reference) or medicines.get(relative(reference))

    reader = FhirPatient(_FILE, name, known)
    issues: list[Issue] = []
    read: list[Resource] = [person]
    strangers: list[Resource] = []
    unread: Counter[str] = Counter()
    for each, _ in held:
        kind = str(each.get("resourceType"))
        if kind not in READ:
            unread[kind] += kind != "Medication"
        elif kind != "Patient":
            subject = subject_of(each)
            if not subject or subject in own or relative(subject) in own:
                read.append(each)
            else:
                issues.append(Issue.of("P009", STRANGER, source=reader.source(each), patient=name, text=kind))
                strangers.append(each)
    wire, places = reader.read(read)
    for each in strangers:
        reader.leave_open(each)
    for kind, number in sorted((+unread).items()):
        reason = f"{number} resources of the kind {kind} are not read"
        issues.append(Issue.of("P109", reason, source=Source(_FILE), patient=name, text=kind))
    if not name:
        del wire["id"]
    wire["assumptions"] = [ASSUMED]
    return OnePatient(wire, places, (*reader.issues, *issues))


def as_text(wire: Any) -> Any:
    """The same as JSON: what could not be read stands there as a text that nobody can read either."""
    match wire:
        case Mapping():
            return {name: as_text(value) for name, value in wire.items()}
        case list():
            return [as_text(each) for each in wire]
    return UNREADABLE if wire is NOT_READ else wire


def unpacked(document: Any) -> Iterator[tuple[int, Resource, str, str]]:
    """The resources of a document: of a Bundle, of an array of both, or the one that it is.

    Each with its place, its address, and the patient of its Bundle, where it has one alone.
    """
    members = document if isinstance(document, list) else [document]
    plain = [each for each in members if isinstance(each, dict) and each.get("resourceType") != "Bundle"]
    only = _only(plain)
    for number, member in enumerate(members, start=1):
        if not isinstance(member, dict):
            continue
        if member.get("resourceType") != "Bundle":
            yield number, member, "", only
            for inner in _results_in(member):
                yield number, inner, "", only
            continue
        listed = member.get("entry")
        if listed is not None and not isinstance(listed, list):
            # Whatever stood there is counted as not read, like every entry without a resource.
            yield number, {"resourceType": "Bundle"}, "", ""
            continue
        entries = [each for each in listed or [] if isinstance(each, dict)]
        for each in entries:
            _name_by_address(each)
        held = [each["resource"] for each in entries if isinstance(each.get("resource"), dict)]
        patient = _only(held)
        for place, each in enumerate(entries, start=1):
            held_here = each.get("resource")
            resource = (
                held_here if isinstance(held_here, dict) else {"resourceType": "entry without a resource"}
            )
            yield place, resource, str(each.get("fullUrl") or ""), patient
            for inner in _results_in(resource):
                yield place, inner, "", patient


def _name_by_address(entry: dict[str, Any]) -> None:
    """What is sent to be stored has no name yet: the address that others refer to it by is one."""
    held, address = entry.get("resource"), entry.get("fullUrl")
    if isinstance(held, dict) and not held.get("id") and isinstance(address, str) and address:
        held["id"] = re.split(r"[/:]", address)[-1]


def _results_in(resource: Resource) -> Iterator[Resource]:
    """What stands inside another resource and is about its patient: the results of a report, the reason of an order."""
    if str(resource.get("resourceType")) not in READ | {"DiagnosticReport"} or not isinstance(
        resource.get("contained"), list
    ):
        return
    subject = resource.get("subject") or resource.get("patient")
    for each in contained_in(resource):
        if str(each.get("resourceType")) in READ - {"Patient"}:
            inside = subject_of(each)
            yield each if inside and not inside.startswith("#") else {**each, "subject": subject}


def id_of(resource: Resource) -> str:
    held = resource.get("id")
    return held if isinstance(held, str) else ""


def relative(reference: str) -> str:
    """The end of an address: ``https://example.org/fhir/Patient/1`` is ``Patient/1``."""
    if reference.startswith("urn:uuid:"):
        return f"Patient/{reference.removeprefix('urn:uuid:')}"
    parts = reference.split("/_history", maxsplit=1)[0].rsplit("/", maxsplit=2)
    return "/".join(parts[-2:])


def _only(resources: Iterable[Resource]) -> str:
    names = [id_of(each) for each in resources if each.get("resourceType") == "Patient"]
    return f"Patient/{names[0]}" if len(names) == 1 and names[0] else ""


def _medicines(held: Iterable[tuple[Resource, str]]) -> dict[str, Resource]:
    """Each medicine by what may refer to it; of two with one name the first counts."""
    found: dict[str, Resource] = {}
    for each, url in held:
        if each.get("resourceType") == "Medication":
            for name in (f"Medication/{id_of(each)}" if id_of(each) else "", url):
                if name:
                    found.setdefault(name, each)
    return found
