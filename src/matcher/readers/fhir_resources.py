"""FHIR R4 and mCODE resources of one patient as a wire form. What a resource does not say is not taken as absent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matcher.domain.source import Source
from matcher.domain.wire.model import NAMED_BY
from matcher.readers.cell_text import UNMAPPED, other_of, substances_of
from matcher.readers.code_systems import OTHER
from matcher.readers.fhir_parts import (
    Resource,
    codes_of,
    end_of,
    meaning_of,
    perhaps_of,
    said_of,
    start_of,
    value_of,
    words_of,
)
from matcher.readers.fhir_staging import is_staging, stage_of, staging_of
from matcher.readers.outcome import Issue
from matcher.readers.place import Places
from matcher.readers.value import NOT_READ

VOID = frozenset(
    {"entered-in-error", "cancelled", "declined", "not-done", "not-taken", "draft", "preparation"}
)
_ASSERTED = {
    "confirmed": "present",
    "unconfirmed": "suspected",
    "provisional": "suspected",
    "differential": "suspected",
    "refuted": "absent",
}
_STATUS = {
    "active": "active",
    "recurrence": "active",
    "relapse": "active",
    "inactive": "resolved",
    "remission": "resolved",
    "resolved": "resolved",
}
_VARIANT, _GENE, _CHANGE = "69548-6", "48018-6", "48005-3"
_PRESENT = {"LA9633-4": "present", "LA9634-2": "absent", "10828004": "present", "260385009": "absent"}
_SEX = {"M": "male", "F": "female", "248153007": "male", "248152002": "female"}
_NO_KNOWN_ALLERGY = "716186003"
_NONE_KNOWN_CODES = frozenset({_NO_KNOWN_ALLERGY, "409137002", "429625007", "428607008"})
_NONE_KNOWN = re.compile(r"(?i)no known\b|nk[df]?a\b|no (?:drug |food )?allerg")
_OF_ANY = frozenset({"no known allergy", "no known allergies", "nka", "no allergies", "no allergy"})
#: the lists that a resource of the kind can feed
_LISTS: Mapping[str, tuple[str, ...]] = {
    "Condition": ("conditions", "diagnoses"),
    "AllergyIntolerance": ("conditions",),
    "Procedure": ("procedures", "radiotherapy"),
    "MedicationStatement": ("medications",),
    "MedicationAdministration": ("medications",),
    "MedicationRequest": ("medications",),
    "MedicationDispense": ("medications",),
}
#: what is left open of a record of which only the name is understood
_UNREAD: Mapping[str, Mapping[str, Any]] = {
    "labs": {"value": NOT_READ},
    "biomarkers": {"status": NOT_READ},
    "conditions": {"assertion": NOT_READ},
    "diagnoses": {"confirmed": NOT_READ},
    "procedures": {"assertion": NOT_READ},
    "radiotherapy": {"assertion": NOT_READ},
}


@dataclass(slots=True)
class FhirPatient:
    """One patient while the resources are read; ``known`` finds what another resource refers to."""

    file: str
    patient: str
    known: Callable[[str, Resource], Resource | None]
    wire: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Source] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)

    def read(self, resources: Sequence[Resource]) -> tuple[dict[str, Any], Places]:
        """The wire form. A resource whose shape is no FHIR costs itself, and is said."""
        self.wire["id"] = self.patient
        for resource in resources:
            read = _READERS.get(str(resource.get("resourceType")))
            if read is None:
                kind = str(resource.get("resourceType"))
                self.unread[kind] = self.unread.get(kind, 0) + 1
            elif str(resource.get("status")) not in VOID:
                if not isinstance(resource.get("status", ""), str) or resource.get("modifierExtension"):
                    # Whether it holds, or was entered in error, is open; a modifier may deny it.
                    self._unread(resource)
                    continue
                try:
                    read(self, resource)
                except (AttributeError, TypeError, KeyError, ValueError, IndexError):
                    self._unread(resource)
        return self.wire, Places(Source(self.file), self.places)

    def _unread(self, resource: Resource) -> None:
        """A resource whose shape nobody can read: what it names, if that is known, with nothing else understood."""
        kind = str(resource.get("resourceType"))
        self.issue("P118", kind, "the resource has not the form of FHIR R4", resource, resource.get("id", ""))
        self.leave_open(resource)

    def leave_open(self, resource: Resource) -> None:
        """What a resource names may be so of this patient, and nothing else of it is understood."""
        kind = str(resource.get("resourceType"))
        try:
            meaning = meaning_of(resource.get("code", {}), ())[0]
            codes = codes_of(resource.get("code"))
        except (AttributeError, TypeError):
            meaning, codes = None, []
        if _VARIANT in codes:
            self.add("alterations", {"gene": NOT_READ}, resource)
        elif is_staging(codes):
            self.add("staging", dict.fromkeys(("t", "n", "m", "stage"), NOT_READ), resource)
        if meaning is None or not meaning.list:
            for table in _LISTS.get(kind, ()):
                self.add(table, {NAMED_BY[table]: NOT_READ}, resource)
        elif meaning.list == "observations":
            self.add(meaning.term, {"value": NOT_READ}, resource)
        else:
            named = NAMED_BY[meaning.list]
            self.add(
                meaning.list, {**_UNREAD.get(meaning.list, {}), named: meaning.term or NOT_READ}, resource
            )

    def source(self, resource: Resource, part: str = "") -> Source:
        """The place of a part of a resource."""
        name = f"{resource.get('resourceType')}/{resource.get('id', '')}".rstrip("/")
        return Source(self.file, None, f"{name} {part}".strip())

    def issue(self, code: str, fact: str, reason: str, resource: Resource, text: object) -> None:
        """One more thing that could not be taken over."""
        source = self.source(resource)
        self.issues.append(Issue.of(code, reason, source=source, patient=self.patient, fact=fact, text=text))

    def add(self, table: str, row: Mapping[str, Any], resource: Resource) -> None:
        """One more row of a list, or value of an observation."""
        rows = self.wire.setdefault(table, [])
        self.places[f"{table}[{len(rows)}]"] = self.source(resource)
        rows.append({name: value for name, value in row.items() if value is not None})

    def coded(
        self,
        concept: Resource,
        resource: Resource,
        lists: Mapping[str, Mapping[str, Any]],
        unmapped: str = "",
    ) -> None:
        """A row in the list that the code leads to: the first coding that a table has, else the words."""
        meaning, words, code = meaning_of(concept, tuple(lists))
        if meaning is None and unmapped in ("medications", "therapies") and words:
            self.add(unmapped, {"agents": substances_of(words), **lists[unmapped]}, resource)
        elif meaning is not None and meaning.list in lists:
            if meaning.list == "observations":
                self.add(meaning.term, lists["observations"], resource)
                return
            term: Any = other_of(meaning.list) if meaning.term == OTHER else meaning.term
            named = {NAMED_BY[meaning.list]: term} if term else {}
            self.add(meaning.list, {**named, **lists[meaning.list]}, resource)
        elif meaning is None or meaning.list:
            self.issue(
                UNMAPPED, unmapped or "code", "no table has this code", resource, f"{code} {words}".strip()
            )
            perhaps = perhaps_of(concept)
            if unmapped:
                self.add(unmapped, {NAMED_BY[unmapped]: NOT_READ, **lists[unmapped]}, resource)
            elif perhaps is not None and perhaps.list == "observations":
                self.add(perhaps.term, {**lists["observations"], "value": NOT_READ}, resource)
            elif perhaps is not None and perhaps.list in lists:
                unread = {**lists[perhaps.list], **_UNREAD.get(perhaps.list, {})}
                self.add(perhaps.list, {NAMED_BY[perhaps.list]: perhaps.term, **unread}, resource)


def _patient(patient: FhirPatient, resource: Resource) -> None:
    """What is said of the person; a second resource of the same patient that says otherwise is a second source."""
    sex = resource["gender"] if resource.get("gender") in ("male", "female") else None
    for each in resource.get("extension", []):
        url = str(each.get("url", ""))
        said = each.get("valueCode") or next(iter(codes_of(each.get("valueCodeableConcept"))), None)
        if url.endswith(("birthsex", "us-core-sex")):
            sex = _SEX.get(str(said), sex)
    deceased: Any = NOT_READ if resource.get("deceasedBoolean") not in (None, False) else None
    if resource.get("deceasedDateTime") is not None:
        deceased = {"value": "deceased", "date": start_of(resource, "deceasedDateTime")}
    elif resource.get("deceasedBoolean") is True:
        deceased = "deceased"
    born = str(resource["birthDate"]) if resource.get("birthDate") else None
    for name, value in (("sex", sex), ("birth_date", born), ("vital_status", deceased)):
        patient.places[name] = patient.source(resource)
        held = patient.wire.get(name)
        if value is None or held == value:
            continue
        if held is None:
            patient.wire[name] = value
        elif name == "birth_date":
            patient.issue("P106", name, "two days of birth for one patient", resource, value)
            patient.wire[name] = NOT_READ
        else:
            before = held if isinstance(held, list) else [held]
            patient.wire[name] = [
                each if isinstance(each, dict) else {"value": each} for each in (*before, value)
            ]


def _condition(patient: FhirPatient, resource: Resource) -> None:
    said = said_of(resource, "verificationStatus", "confirmed")
    if said == "entered-in-error":
        return
    # A doubt or a state that nobody knows stays one: the reader says that it is not understood.
    assertion = _ASSERTED.get(said, said)
    state = said_of(resource, "clinicalStatus", "")
    status = _STATUS.get(state, state) or None
    start = start_of(resource, "onsetDateTime", "onsetPeriod", "recordedDate")
    end = end_of(resource, "abatementDateTime", "abatementPeriod", "onsetPeriod")
    histology = next(
        (
            words_of(each.get("valueCodeableConcept"))
            for each in resource.get("extension", [])
            if "histology-morphology" in str(each.get("url", ""))
        ),
        None,
    )
    cancers = len(patient.wire.get("diagnoses", ()))
    known = status if status in (None, "active") else "remission" if status == "resolved" else status
    patient.coded(
        resource.get("code", {}),
        resource,
        {
            "conditions": {
                "assertion": None if assertion == "present" else assertion,
                "status": status,
                "start": start,
                "end": end,
                "label": words_of(resource.get("code")) or None,
            },
            "diagnoses": {
                "confirmed": {"present": "confirmed", "absent": "refuted"}.get(assertion, assertion),
                "status": known,
                "histology": histology or None,
                "date": start,
            },
        },
        "conditions",
    )
    if assertion == "present" and len(patient.wire.get("diagnoses", ())) > cancers:
        for each in resource.get("stage", []):
            # One that stands as an observation too is the same stage, said twice.
            if (summary := words_of(each.get("summary"))) and not each.get("assessment"):
                patient.add("staging", stage_of(summary, None, None, start), resource)


def _observation(patient: FhirPatient, resource: Resource) -> None:
    day = start_of(resource, "effectiveDateTime", "effectivePeriod", "effectiveInstant")
    codes = codes_of(resource.get("code"))
    if (staged := staging_of(resource, codes, day)) is not None:
        if staged:
            patient.add("staging", staged, resource)
    elif _VARIANT in codes:
        _variant(patient, resource, day)
    else:
        for part in (resource, *resource.get("component", [])):
            if (value := value_of(part)) is not None:
                _measured(patient, resource, part, value, day)


def _measured(patient: FhirPatient, resource: Resource, part: Resource, value: Any, day: Any) -> None:
    limits: Resource = next(iter(part.get("referenceRange", [])), {})
    lists = {
        "labs": {
            "value": value,
            "date": day,
            "uln": limits.get("high", {}).get("value"),
            "lln": limits.get("low", {}).get("value"),
        },
        "observations": {"value": value, "date": day},
        "biomarkers": {"status": value, "date": day},
    }
    if isinstance(value, str) and value[:1].isdecimal():
        lists["biomarkers"] = {"number": value, "date": day}
    patient.coded(part.get("code", {}), resource, lists)


def _variant(patient: FhirPatient, resource: Resource, day: Any) -> None:
    parts = {code: each for each in resource.get("component", []) for code in codes_of(each.get("code"))}
    gene = words_of(parts.get(_GENE, {}).get("valueCodeableConcept"))
    change = words_of(parts.get(_CHANGE, {}).get("valueCodeableConcept"))
    said = next(
        (_PRESENT[code] for code in codes_of(resource.get("valueCodeableConcept")) if code in _PRESENT), None
    )
    words = words_of(resource.get("valueCodeableConcept")).casefold()
    assertion = said or (words if words in ("present", "absent") else "suspected")
    row = {"gene": gene or NOT_READ, "protein_change": change or None, "date": day}
    patient.add("alterations", {**row, "assertion": None if assertion == "present" else assertion}, resource)


def _medication(patient: FhirPatient, resource: Resource) -> None:
    if resource.get("doNotPerform") not in (None, False):
        return
    concept = resource.get("medicationCodeableConcept")
    if concept is None and isinstance(reference := resource.get("medicationReference"), dict):
        found = patient.known(str(reference.get("reference", "")), resource)
        concept = (found or {}).get("code")
        if concept is None:
            reason = "the medicine that is referred to is not in the file"
            patient.issue("P108", "medications", reason, resource, reference.get("reference", ""))
            concept = {"text": str(reference.get("display", "unknown medicine"))}
    # An order is no dose: that it was taken is possible, and not known.
    ordered = resource.get("resourceType") == "MedicationRequest"
    patient.coded(
        concept or {},
        resource,
        {
            "medications": {
                "assertion": "suspected"
                if ordered or resource.get("status") in ("intended", "unknown")
                else None,
                "start": start_of(
                    resource, "effectiveDateTime", "effectivePeriod", "authoredOn", "whenHandedOver"
                ),
                "end": end_of(resource, "effectivePeriod") or _open_end(resource),
                "label": words_of(concept) or None,
            }
        },
        "medications",
    )


def _open_end(resource: Resource) -> Any:
    """A medicine without a last day is taken now, where a period begins that is still active; else it may be over."""
    goes_on = resource.get("status") in ("active", "in-progress") and "effectivePeriod" in resource
    return None if goes_on else NOT_READ


def _procedure(patient: FhirPatient, resource: Resource) -> None:
    start = start_of(resource, "performedDateTime", "performedPeriod")
    row: dict[str, Any] = {"start": start, "end": end_of(resource, "performedPeriod")}
    if resource.get("status") == "unknown":
        row["assertion"] = "suspected"
    label = words_of(resource.get("code")) or None
    patient.coded(
        resource.get("code", {}),
        resource,
        {
            "procedures": {**row, "label": label},
            "radiotherapy": row,
            # Chemotherapy as a procedure: a systemic treatment was given, and which agents is not said.
            "therapies": {**row, "kind": "systemic", "label": label},
        },
        "procedures",
    )


def _allergy(patient: FhirPatient, resource: Resource) -> None:
    said = said_of(resource, "verificationStatus", "confirmed")
    if said == "entered-in-error":
        return
    words = words_of(resource.get("code"))
    if _NONE_KNOWN.match(words) or not _NONE_KNOWN_CODES.isdisjoint(codes_of(resource.get("code"))):
        # That nobody knows of one is said of all allergies, or of those to some things.
        if words.casefold() in _OF_ANY or _NO_KNOWN_ALLERGY in codes_of(resource.get("code")):
            patient.add("conditions", {"condition": "allergy", "assertion": "absent"}, resource)
        return
    to_medicine = "medication" in resource.get("category", [])
    assertion = _ASSERTED.get(said, said)
    row = {
        "condition": "allergy",
        "due_to": words if to_medicine and words else None,
        "label": words or None,
        "start": start_of(resource, "onsetDateTime", "recordedDate"),
        "assertion": None if assertion == "present" else assertion,
    }
    patient.add("conditions", row, resource)


_READERS: Mapping[str, Callable[[FhirPatient, Resource], None]] = {
    "Patient": _patient,
    "Condition": _condition,
    "Observation": _observation,
    "MedicationStatement": _medication,
    "MedicationAdministration": _medication,
    "MedicationRequest": _medication,
    "MedicationDispense": _medication,
    "Procedure": _procedure,
    "AllergyIntolerance": _allergy,
}
READ = frozenset(_READERS)
