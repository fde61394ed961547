"""Problem details (RFC 9457): every refusal in one form, with the codes of the command line.

``type`` is the address of the code on this server: ``GET /v1/errors/U050`` explains it. A problem names places,
never values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from matcher.api.page_words import on_page
from matcher.api.refusal import MOST_FINDINGS, Refusal, cut, refusal_of, refusal_of_failure
from matcher.api.shapes import Finding, ProblemDetail
from matcher.errors import CODES, MatcherError
from matcher.errors.defect import place_of
from matcher.exchange.fhir_outcome import FHIR, FHIR_JSON, is_fhir_address, refusal
from matcher.web.render import rendered

MEDIA_TYPE = "application/problem+json"
_NAME = re.compile(r"[a-z][A-Za-z0-9_]{0,40}|\d{1,6}")
_BY_STATUS = {401: "U052", 403: "U053", 404: "U050", 405: "U051", 413: "U054", 415: "U056"}


class Problem(HTTPException):
    """Raised anywhere below a route: the request is refused with this."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        place: str = "",
        findings: Sequence[Finding] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.code = code
        self.place = place
        self.findings = tuple(findings)

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        findings = [Finding.model_validate(asdict(each)) for each in refusal.findings]
        said = refusal.status, refusal.code, refusal.detail
        return cls(*said, place=refusal.place, findings=findings, headers=refusal.headers)


def problem_response(problem: Problem, request_id: str = "", path: str = "") -> Response:
    """As a problem detail; under ``/fhir`` as an OperationOutcome."""
    known = CODES[problem.code]
    body = ProblemDetail(
        type=f"/v1/errors/{problem.code}",
        title=known.title,
        status=problem.status_code,
        detail=cut(problem.detail),
        code=problem.code,
        place=problem.place,
        remedy=known.remedy,
        request_id=request_id,
        findings=list(problem.findings),
    )
    headers = dict(problem.headers or {})
    if problem.status_code == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    if is_fhir_address(path):
        said = refusal(problem.status_code, problem.code, body.detail, known.remedy, problem.findings)
        return Response(json.dumps(said), problem.status_code, headers, FHIR_JSON)
    return Response(body.model_dump_json(), problem.status_code, headers, MEDIA_TYPE)


def answered(request: Request, problem: Problem) -> Response:
    """As a page to a person who looks at one, and as a problem detail to everybody else."""
    path = request.url.path
    response = problem_response(problem, request_id_of(request), path)
    wants_page = "text/html" in request.headers.get("accept", "") and not path.startswith(("/v1/", FHIR))
    if not wants_page or problem.status_code < 400:
        return response
    title, remedy = on_page(problem.code)
    shown = {
        "title": title,
        "detail": cut(problem.detail),
        "remedy": remedy,
        "code": problem.code,
        "request_id": request_id_of(request),
    }
    back = path.rpartition("/")[0] or "/"
    text = rendered("refused.html", visitor=None, here=path, problem=shown, back=back)
    kept = {name: value for name, value in response.headers.items() if name in ("retry-after", "allow")}
    return Response(text, problem.status_code, kept, "text/html")


def place_of_request(parts: Sequence[int | str]) -> str:
    """Where in a request something is wrong. What no program calls a field is left out: it may be a patient's name."""
    return cut(".".join(str(each) if _NAME.fullmatch(str(each)) else "…" for each in parts))


def problem_of(error: MatcherError, folder: Path | None = None) -> Problem:
    """What the program says on the command line, as an answer; see ``refusal_of``."""
    return Problem.of(refusal_of(error, folder))


def problem_of_failure(error: Exception) -> Problem:
    return Problem.of(refusal_of_failure(error))


def _invalid(error: RequestValidationError) -> Problem:
    remedy = CODES["U057"].remedy
    findings = [
        Finding(
            code="U057",
            place=place_of_request(each["loc"]),
            message=cut(str(each["msg"])),
            remedy=remedy,
        )
        for each in error.errors()[:MOST_FINDINGS]
    ]
    first = findings[0]
    return Problem(422, "U057", f"{first.place}: {first.message}", place=first.place, findings=findings)


def request_id_of(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


def add_problem_handlers(app: FastAPI) -> None:
    """Whatever is refused in a route is answered as a problem; the border answers what fails."""

    async def refused(request: Request, error: Exception) -> Response:
        match error:
            case Problem():
                problem = error
            case RequestValidationError():
                problem = _invalid(error)
            case MatcherError():
                problem = problem_of(error)
                if problem.status_code >= 500:
                    request.state.failure = f"failure {place_of(error)}"
            case HTTPException(status_code=status, headers=headers):
                code = _BY_STATUS.get(status, "U057")
                if status == 405:
                    headers = {"Allow": _allowed(app, request.url.path)}
                problem = Problem(status, code, CODES[code].meaning, headers=headers)
            case _:
                raise error
        return answered(request, problem)

    async def gone(_request: Request, _error: Exception) -> None:
        """Whoever asked is gone in the middle of what they sent: there is nobody to answer."""

    async def failed(request: Request, error: Exception) -> Response:
        return answered(request, problem_of_failure(error))

    for kind in (HTTPException, RequestValidationError, MatcherError):
        app.add_exception_handler(kind, refused)
    app.add_exception_handler(ClientDisconnect, gone)  # type: ignore[arg-type]
    # Its answer; the border, which the exception then reaches, writes the line in the log.
    app.add_exception_handler(Exception, failed)


def _allowed(app: FastAPI, path: str) -> str:
    """Every method of the address, whichever route takes it."""
    asked = path.strip("/").split("/")
    found = {
        method.upper()
        for known, operations in app.openapi()["paths"].items()
        if len(parts := known.strip("/").split("/")) == len(asked)
        and all(part.startswith("{") or part == each for part, each in zip(parts, asked, strict=True))
        for method in operations
    }
    return ", ".join(sorted(found or {"GET"}))


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route: these statuses are answered as problems."""
    return {
        status: {
            "model": ProblemDetail,
            "description": _DESCRIBED[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetail"}}},
        }
        for status in sorted(statuses)
    }


_DESCRIBED = {
    400: "The request is damaged",
    401: "No token, or one that is not in force",
    403: "Not allowed",
    404: "Not found",
    408: "The request did not arrive in time",
    409: "Not possible in this state",
    413: "Too large",
    415: "Content type not taken",
    422: "Understood, and cannot be met",
    429: "Too many at once",
    500: "A defect of the program",
    503: "Too busy, or not ready",
}
