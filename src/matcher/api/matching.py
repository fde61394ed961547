"""``POST /v1/match``: one patient in, ranked and explained candidates out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response

from matcher.api.asking import MatchAsked
from matcher.api.examples import BUNDLE, PROFILE
from matcher.api.openapi import PROFILE_SCHEMA
from matcher.api.patient_body import patient_in
from matcher.api.problems import Problem, problems
from matcher.api.server import Clinician, Current, TheServer
from matcher.api.unknown import refuse_unknown, refused
from matcher.exchange.fhir_outcome import FHIR_JSON
from matcher.readers.fhir_document import OnePatient
from matcher.readers.outcome import Reject
from matcher.service.answer import MatchAnswer, answer, to_json

router = APIRouter(tags=["matching"])

#: bytes of a body that may take its turn with the others; a patient with more may take seconds
_USUAL = 16 << 10
_UTF8 = (("charset", "utf-8"), ("charset", "utf8"))
_TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": PROFILE_SCHEMA, "example": PROFILE},
            FHIR_JSON: {"schema": {"type": "object", "title": "Bundle"}, "example": BUNDLE},
        },
    }
}


@router.post(
    "/v1/match",
    summary="Match one patient",
    response_class=Response,
    responses={200: {"model": MatchAnswer}, **problems(400, 401, 403, 415, 422)},
    openapi_extra=_TAKES,
)
async def match(
    request: Request,
    server: TheServer,
    _caller: Clinician,
    served: Current,
    asked: Annotated[MatchAsked, Query()],
) -> Response:
    """Ranks trials and regimens for the patient, each criterion with its verdict, its facts and its source.

    The body is a profile. Every field is optional and what is left out is unknown. A fact that cannot be read is
    unknown too and comes back among `issues`. A body that is no profile at all is refused with the code of the
    command line, and so is one with fields that do not exist, all of them at once (`unknown=report` reads the rest).

    It may be FHIR R4 as well: a Bundle, or an array of resources, of one patient. Resources that are not read and codes
    that no table has are named among the issues.
    """
    require_json(request, FHIR_JSON)
    body = await request.body()
    today = date.today()

    def work() -> bytes | Reject:
        patient = patient_in(body)
        answered = answer(served.matcher, patient, asked.options, as_of=asked.as_of, today=today)
        if isinstance(answered, Reject):
            return answered
        if asked.unknown == "refuse" and not isinstance(patient, OnePatient):
            refuse_unknown((each.fact, each) for each in answered.issues)
        return to_json(answered)

    limiter = server.turns if len(body) <= _USUAL else server.threads
    found = await to_thread.run_sync(work, limiter=limiter)
    if isinstance(found, Reject):
        raise refused(found)
    server.metrics.matched.inc()
    return Response(found, media_type="application/json")


def require_json(request: Request, *others: str) -> None:
    """A browser sends JSON to another site only after asking, and is then told no."""
    allowed = ("application/json", *others)
    kind, *parameters = request.headers.get("content-type", "").split(";")
    if kind.strip().casefold() not in allowed:
        raise Problem(415, "U056", f"the body is to be {' or '.join(allowed)}", place="header.content-type")
    for each in parameters:
        name, _, value = each.casefold().partition("=")
        if "charset" in name and (name.strip(), value.strip(' \t"')) not in _UTF8:
            raise Problem(415, "U056", "JSON is written in UTF-8", place="header.content-type")
