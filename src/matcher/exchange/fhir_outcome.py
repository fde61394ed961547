"""Refusals under ``/fhir`` as FHIR says them: an OperationOutcome, with the codes of the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

FHIR = "/fhir/"
FHIR_JSON = "application/fhir+json"
_CODES = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    408: "timeout",
    413: "too-long",
    415: "not-supported",
    422: "processing",
    429: "throttled",
    500: "exception",
    503: "transient",
}
#: codes of ours that FHIR has a word of its own for
_OWN = {"U057": "invalid", "P004": "structure", "P005": "structure", "P006": "structure", "P008": "too-long"}


class Said(Protocol):
    """One thing that is wrong: a finding."""

    @property
    def code(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def remedy(self) -> str: ...


def is_fhir_address(path: str) -> bool:
    return path.startswith(FHIR)


def refusal(status: int, code: str, detail: str, remedy: str, findings: Iterable[Said]) -> dict[str, Any]:
    """The outcome of a request that was refused."""
    kind = _OWN.get(code, _CODES.get(status, "processing"))
    severity = "fatal" if status >= 500 else "error"
    first = issue(severity, kind, code, detail, remedy)
    others = [
        issue(
            severity,
            kind,
            each.code,
            f"{each.place}: {each.message}" if each.place else each.message,
            each.remedy,
        )
        for each in findings
    ]
    return outcome([each for each in (first, *others) if each is first or each != first])


def outcome(issues: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": issues}


def issue(severity: str, kind: str, code: str, text: str, remedy: str = "") -> dict[str, Any]:
    """One issue; ``code`` is one of the closed list that ``/v1/errors`` explains."""
    details: dict[str, Any] = {"text": text} if text else {}
    if code:
        details["coding"] = [{"system": "urn:trial-matcher:codes", "code": code}]
    said = {"severity": severity, "code": kind, "details": details}
    return {**said, "diagnostics": remedy} if remedy else said
