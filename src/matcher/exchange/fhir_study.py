"""A trial of the rulebook as a ResearchStudy of FHIR R4."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from matcher.rules.candidate import Availability, Candidate, Contact

_REGISTRY = re.compile(r"NCT\d{8}")
_NO_ID = re.compile(r"[^A-Za-z0-9.-]")
_LONGEST_ID = 64
_PHASES = {
    "1": ("phase-1", "Phase 1"),
    "1/2": ("phase-1-phase-2", "Phase 1/Phase 2"),
    "2": ("phase-2", "Phase 2"),
    "2/3": ("phase-2-phase-3", "Phase 2/Phase 3"),
    "3": ("phase-3", "Phase 3"),
    "4": ("phase-4", "Phase 4"),
}
_STATUS = {
    "recruiting": "active",
    "not_yet_recruiting": "approved",
    "suspended": "temporarily-closed-to-accrual",
    "closed": "closed-to-accrual",
    "completed": "completed",
}
#: by what a cohort or another record says where the trial's own recruitment is not known
_AVAILABLE = {
    Availability.OPEN: "active",
    Availability.SUSPENDED: "temporarily-closed-to-accrual",
    Availability.CLOSED: "closed-to-accrual",
}
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def study_of(trial: Candidate, day: date | None = None) -> dict[str, Any]:
    """The study as on a day, without one as it was last known.

    A recruitment that nobody knows is an absent status, never a guessed one.
    """
    found: dict[str, Any] = {"resourceType": "ResearchStudy", "id": study_id(trial.id)}
    if _REGISTRY.fullmatch(trial.id):
        found["identifier"] = [{"use": "official", "system": "http://clinicaltrials.gov", "value": trial.id}]
    else:
        found["identifier"] = [{"use": "secondary", "system": "urn:trial-matcher:trial", "value": trial.id}]
    found["title"] = trial.title
    status = status_of(trial, day)
    if status:
        found["status"] = status
    else:
        found["_status"] = {"extension": [{"url": _ABSENT, "valueCode": "unknown"}]}
    if trial.phase in _PHASES:
        code, words = _PHASES[trial.phase]
        system = "http://terminology.hl7.org/CodeSystem/research-study-phase"
        found["phase"] = {"coding": [{"system": system, "code": code, "display": words}], "text": words}
    if trial.cohorts:
        found["arm"] = [
            {"name": each.title, "description": f"{each.id}: recruitment {trial.available(day, each).value}"}
            for each in trial.cohorts
        ]
    if trial.contacts:
        found["contact"] = list(map(_contact, trial.contacts))
    return found


def _contact(contact: Contact) -> dict[str, Any]:
    ways = (("phone", contact.phone), ("email", contact.email))
    telecom = [{"system": system, "value": value} for system, value in ways if value]
    return {"name": contact.name, **({"telecom": telecom} if telecom else {})}


def study_id(name: str) -> str:
    """A name with nothing that an identifier of FHIR may not have."""
    return _NO_ID.sub("-", name)[:_LONGEST_ID]


def status_of(trial: Candidate, day: date | None = None) -> str:
    """The status of the study; empty where nobody knows it."""
    known = trial.recruitment
    held = known and (known.last if day is None else known.on(day))
    return _STATUS.get(held.status if held else "", "") or _AVAILABLE.get(trial.available(day), "")


def phase_code(text: str) -> str | None:
    """The phase that a text means: ``phase-1``, ``Phase 1/Phase 2``, ``1/2``; nothing where it means none."""
    plain = re.sub(r"[^0-9/]", "", text.casefold().replace("-phase", "/").replace("phase1/", "1/"))
    plain = re.sub(r"/+", "/", plain).strip("/")
    return plain if plain in _PHASES else None
