"""FHIR R4: what the server can do, and the trials for one patient.

``ResearchStudy/$match`` is the operation of the CodeX guide for integrated trial matching: patient and filters in,
a set of search results out. Every refusal under ``/fhir`` is an OperationOutcome.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response

from matcher import program_version
from matcher.api.asking import MatchAsked
from matcher.api.examples import BUNDLE
from matcher.api.matching import require_json
from matcher.api.patient_body import patient_of_fhir
from matcher.api.problems import Problem, problems
from matcher.api.server import Clinician, Current, TheServer
from matcher.api.unknown import refused
from matcher.exchange.fhir_outcome import FHIR_JSON
from matcher.exchange.fhir_study import phase_code, status_of
from matcher.readers.fhir_document import is_fhir_document
from matcher.readers.json_body import read_json
from matcher.readers.outcome import Reject
from matcher.rules.candidate import Availability, Candidate
from matcher.service import MatchOptions
from matcher.service.answer import answer
from matcher.service.fhir_answer import searchset

router = APIRouter(tags=["FHIR"])

OPERATION = (
    "http://mcodeinitiative.org/codex/us/patient.clinical.trial.matching/OperationDefinition/"
    "ClinicalTrialMatchService"
)
PATIENT, OUT = "trialMatchClinicalData", "trialMatchOutput"
_RECRUITING = frozenset({"recruiting", "open", "active"})
_STATUSES = frozenset({"approved", "temporarily-closed-to-accrual", "closed-to-accrual", "completed"})
_RESOURCE = {FHIR_JSON: {"schema": {"type": "object"}}}
_TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {
                "schema": {"type": "object", "title": "Parameters"},
                "example": {
                    "resourceType": "Parameters",
                    "parameter": [{"name": PATIENT, "resource": BUNDLE}],
                },
            }
            for kind in (FHIR_JSON, "application/json")
        },
    }
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the parameters ask for; ``warnings`` are those that nothing is done about."""

    patient: object
    phase: str | None
    status: str
    warnings: tuple[str, ...]

    @property
    def closed(self) -> bool:
        """Whether closed trials are asked for by the parameters."""
        return self.status == "all" or self.status in _STATUSES

    def wants(self, trial: Candidate, day: date) -> bool:
        if self.phase is not None and trial.phase != self.phase:
            return False
        if self.status in _RECRUITING:
            return trial.available(day) is Availability.OPEN
        return self.status not in _STATUSES or status_of(trial, day) == self.status


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses are answered by an OperationOutcome."""
    return {
        status: {"description": each["description"], "content": _RESOURCE}
        for status, each in problems(*statuses).items()
    }


@router.get("/fhir/metadata", summary="What the server can do in FHIR", response_class=Response,
            responses={200: {"content": _RESOURCE}, **_refusals(408, 413, 500, 503)})  # fmt: skip
async def metadata() -> Response:
    """The CapabilityStatement. It needs no token."""
    return _resource(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": date.today().isoformat(),
            "kind": "instance",
            "software": {"name": "trial-matcher", "version": program_version()},
            "implementation": {
                "description": "Clinical trials for a patient, with the reason for every answer"
            },
            "fhirVersion": "4.0.1",
            "format": ["json", FHIR_JSON],
            "rest": [
                {
                    "mode": "server",
                    "security": {"description": "A bearer token, where the server has tokens."},
                    "resource": [
                        {"type": "ResearchStudy", "operation": [{"name": "match", "definition": OPERATION}]}
                    ],
                }
            ],
        }
    )


@router.post("/fhir/ResearchStudy/$match", summary="Trials for a patient, in FHIR", response_class=Response,
             responses={200: {"content": _RESOURCE}, **_refusals(400, 401, 403, 408, 413, 415, 422, 500, 503)},
             openapi_extra=_TAKES)  # fmt: skip
async def match(
    request: Request,
    server: TheServer,
    _caller: Clinician,
    served: Current,
    asked: Annotated[MatchAsked, Query()],
) -> Response:
    """Trials that no recorded fact rules out, best first, as a Bundle of ResearchStudy.

    The body is a Parameters resource with the patient's Bundle under `trialMatchClinicalData`, or that Bundle itself.
    `phase` and `recruitmentStatus` narrow what comes back. Each entry has a score by its standing, the grade of the
    match, and every criterion with its verdict and facts. The last entry says what was not understood or presumed.
    """
    require_json(request, FHIR_JSON)
    body = await request.body()
    today = date.today()

    def work() -> bytes | Reject:
        wanted = _asked(read_json(body))
        patient = patient_of_fhir(wanted.patient)
        closed = asked.include_closed or wanted.closed
        # What is narrowed afterwards is counted afterwards.
        options = MatchOptions(None, closed, asked.include_deceased)
        answered = answer(served.matcher, patient, options, as_of=asked.as_of, today=today)
        if isinstance(answered, Reject):
            return answered
        bundle = searchset(answered, served.rulebook, wanted.wants, wanted.warnings, asked.top)
        out = {"resourceType": "Parameters", "parameter": [{"name": OUT, "resource": bundle}]}
        return json.dumps(out, ensure_ascii=False).encode()

    found = await to_thread.run_sync(work, limiter=server.threads)
    if isinstance(found, Reject):
        raise refused(found)
    server.metrics.matched.inc()
    return Response(found, media_type=FHIR_JSON)


def _asked(document: object) -> _Asked:
    if not isinstance(document, Mapping) or document.get("resourceType") != "Parameters":
        if not is_fhir_document(document):
            raise _wrong("the body is to be a Parameters resource, or a Bundle", "body")
        return _Asked(document, None, "", ())
    held = document.get("parameter", [])
    if not isinstance(held, list) or not all(isinstance(each, Mapping) for each in held):
        raise _wrong("the parameters are to be a list of objects", "parameter")
    patient: object = None
    phase: str | None = None
    status = ""
    warnings = []
    seen: set[str] = set()
    for each in held:
        name = str(each.get("name", ""))
        if name in seen:
            raise _wrong(f"the parameter {name} stands there twice", "parameter")
        seen.add(name)
        match name:
            case "trialMatchClinicalData":
                patient = each.get("resource")
            case "phase":
                phase = _one_of(each, phase_code, "a phase, as in phase-2")
            case "recruitmentStatus":
                status = _one_of(each, _status, "recruiting, all, or a status of ResearchStudy") or ""
            case "zipCode" | "travelRadius":
                warnings.append(f"{name} narrows nothing: the rulebook does not hold where the sites are")
            case _:
                raise _wrong(f"there is no parameter of the name {name[:60]!r}", "parameter")
    if not is_fhir_document(patient):
        raise _wrong(f"the parameter {PATIENT} is to hold the Bundle of the patient", "parameter")
    return _Asked(patient, phase, status, tuple(warnings))


def _one_of(parameter: Mapping[str, Any], read: Callable[[str], str | None], wanted: str) -> str | None:
    """The value of a parameter; nothing where it is blank."""
    values = [value for name, value in parameter.items() if name.startswith("value")]
    text = str(values[0]).strip() if len(values) == 1 else ""
    if not text:
        return None
    found = read(text)
    if found is None:
        raise _wrong(f"the parameter {parameter['name']} is to be {wanted}", "parameter")
    return found


def _status(text: str) -> str | None:
    plain = text.casefold().replace("_", "-").replace(" ", "-")
    return plain if plain == "all" or plain in _RECRUITING or plain in _STATUSES else None


def _wrong(detail: str, place: str) -> Problem:
    return Problem(422, "U057", detail, place=place)


def _resource(content: Mapping[str, Any]) -> Response:
    return Response(json.dumps(content), media_type=FHIR_JSON)
