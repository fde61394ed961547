"""Sessions: an intake filled in answer by answer, with what each answer changed and what to ask next."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Annotated, Any, TypeVar

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from matcher.api.asking import UnknownAsked, no_number
from matcher.api.bounds import refuse_too_many_values
from matcher.api.examples import ANSWERS, PROFILE
from matcher.api.matching import require_json
from matcher.api.patient_body import patient_of_others
from matcher.api.problems import Problem, place_of_request, problems
from matcher.api.refusal import cut
from matcher.api.rulebook import Known, unless_known
from matcher.api.served import Served
from matcher.api.server import Clinician, Current, Reader, Server, TheServer
from matcher.api.shapes import CandidateInSession, Finding, FormShown, TermsShown
from matcher.api.unknown import refuse_unknown, refused
from matcher.errors import CODES
from matcher.readers.assemble import assemble, no_profile
from matcher.readers.fhir_document import as_text
from matcher.readers.foreign import likely_identifier
from matcher.readers.json_body import read_json
from matcher.readers.outcome import Issue
from matcher.service.intake.desk import Desk, FieldIssue
from matcher.service.intake.live import Document, LiveIntakes
from matcher.service.intake.state import IntakeState
from matcher.service.intake.upload import answers_of
from matcher.store import ChangedMeanwhileError, Session, StoreError, UnknownSessionError
from matcher.web.pages import Pages

T = TypeVar("T")
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
Day = Annotated[date, BeforeValidator(no_number), Field(ge=EARLIEST, le=LATEST)]
MOST_ANSWERS = 2_000
_LONGEST_NAME = 120
_LARGEST = 500_000
_ATTEMPTS = 5
_MOST_UNREAD = 100

router = APIRouter(tags=["sessions"])


class SessionRequest(BaseModel):
    """What an intake begins with. All of it is optional."""

    model_config = ConfigDict(extra="forbid")

    as_of: Day | None = Field(None, description="The day the question is asked for; today without.")
    patient: str = Field("", max_length=200, description="The patient's identifier, for print and download.")
    include_closed: bool = Field(False, description="Rank closed and suspended candidates too.")
    profile: dict[str, Any] | None = Field(
        None,
        description="A profile that is known already, in its wire form, a FHIR R4 Bundle of one patient, or a Phenopacket.",
    )
    answers: dict[str, Any] = Field(default_factory=dict, description="Answers by the name of their field.")


class AnswersRequest(BaseModel):
    """Answers by the name of their field: a value sets or corrects, null takes back, "unknown" is an answer."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[str, Any]
    as_of: Day | None = Field(None, description="Another day to ask the question for.")
    include_closed: bool | None = Field(None, description="Rank closed and suspended candidates too, or not.")


@dataclass
class Intakes:
    """The intakes that are alive in this process, and the desk of the rulebook in force."""

    live: LiveIntakes = field(default_factory=LiveIntakes)
    pages: Pages = field(default_factory=Pages)
    _desk: Desk | None = field(default=None, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def desk(self, served: Served) -> Desk:
        """Of the version a request is answered from; the one used last is kept."""
        with self._lock:
            if self._desk is None or self._desk.matcher is not served.matcher:
                self._desk = Desk(served.matcher)
            return self._desk


def intakes_of(request: Request) -> Intakes:
    found = request.app.state.intakes
    assert isinstance(found, Intakes)
    return found


async def _the_intakes(request: Request) -> Intakes:
    return intakes_of(request)


TheIntakes = Annotated[Intakes, Depends(_the_intakes)]
Identifier = Annotated[str, Path(alias="id", min_length=1, max_length=100, description="Of the session.")]
_STATE = TypeAdapter(IntakeState)
_REFUSED = problems(400, 401, 403, 404, 409, 415, 422)


def _takes(model: type[BaseModel], example: Mapping[str, Any]) -> dict[str, Any]:
    schema = model.model_json_schema()
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": dict(example)}},
        }
    }


@router.get("/v1/form", summary="The intake form", response_model=FormShown,
            responses={304: {"description": "As the caller has it already"}, **problems(401, 403, 422)})  # fmt: skip
def show_form(
    _caller: Reader, served: Current, intakes: TheIntakes, response: Response, known: Known = None
) -> Any:
    """Sections and fields with options, units and factors between them: a page needs no medicine of its own."""
    form = intakes.desk(served).form
    return unless_known(served, known, response) or FormShown(rulebook=served.version, sections=form.sections)


@router.get("/v1/form/terms", summary="Names to complete to", response_model=TermsShown,
            responses={304: {"description": "As the caller has it already"}, **problems(401, 403, 422)})  # fmt: skip
def show_terms(
    _caller: Reader, served: Current, intakes: TheIntakes, response: Response, known: Known = None
) -> Any:
    """All names at once, so that nothing typed about a patient travels in an address."""
    form = intakes.desk(served).form
    return unless_known(served, known, response) or TermsShown(
        rulebook=served.version, terms=dict(form.terms)
    )


@router.post("/v1/sessions", summary="Begin an intake", status_code=201, response_class=Response,
             responses={201: {"model": IntakeState}, **problems(400, 401, 403, 415, 422)},
             openapi_extra=_takes(SessionRequest, {"as_of": "2026-01-15", "profile": PROFILE}))  # fmt: skip
async def begin(
    request: Request,
    server: TheServer,
    caller: Clinician,
    served: Current,
    intakes: TheIntakes,
    wanted: Annotated[UnknownAsked, Query()],
) -> Response:
    """Begins with nothing, with answers, or with a profile that somebody has already.

    Fields that do not exist are refused, all of them at once (`unknown=report` reads the rest).
    """
    asked = _read(SessionRequest, request, await request.body())
    today = date.today()

    def work() -> tuple[str, bytes]:
        desk = intakes.desk(served)
        known: dict[str, Any] = {}
        as_of, patient = asked.as_of, asked.patient
        profile = asked.profile
        unread: tuple[FieldIssue, ...] = ()
        if profile is not None and (found := patient_of_others(profile)) is not None:
            profile, unread = as_text(found.wire), _unread(found.issues)
        refuse_too_many_values([profile, asked.answers])
        if profile is not None:
            patient = patient or _whose(profile)[:200]
            known = answers_of(desk.form, profile, served.rulebook.formulary.lookup)
            as_of = as_of or _day(profile.get("as_of"))
        document = Document({}, as_of or today, patient, asked.include_closed, unread)
        document = _bounded(document.with_answers({**known, **asked.answers}))
        if wanted.unknown == "refuse":
            _refuse_unknown(desk, asked.answers, as_of or today, profile)
        identifier = server.sessions.create(caller.owner, document.stored())
        session = server.sessions.read(identifier, caller.owner)
        with intakes.live.at(identifier, desk, document) as live:
            return identifier, _STATE.dump_json(live.state(identifier, session.revision, session.expires_at))

    identifier, body = await to_thread.run_sync(work, limiter=server.threads)
    headers = {"Location": f"/v1/sessions/{identifier}"}
    return Response(body, 201, headers, "application/json")


@router.get("/v1/sessions/{id}", summary="Where an intake stands", response_class=Response,
            responses={200: {"model": IntakeState}, **problems(401, 403, 404, 422)})  # fmt: skip
async def show(
    server: TheServer, caller: Clinician, served: Current, intakes: TheIntakes, identifier: Identifier
) -> Response:
    def work() -> bytes:
        session, document = _opened(server, identifier, caller.owner)
        with intakes.live.at(identifier, intakes.desk(served), document) as live:
            return _STATE.dump_json(live.state(identifier, session.revision, session.expires_at))

    return await _answered(server, work)


@router.put("/v1/sessions/{id}/answers", summary="Answer, correct or take back", response_class=Response,
            responses={200: {"model": IntakeState}, **_REFUSED},
            openapi_extra=_takes(AnswersRequest, ANSWERS))  # fmt: skip
async def put_answers(
    request: Request,
    server: TheServer,
    caller: Clinician,
    served: Current,
    intakes: TheIntakes,
    identifier: Identifier,
    unknown: Annotated[UnknownAsked, Query()],
) -> Response:
    """Merges the answers into those given before and says what that changed.

    The same answers again change nothing, and the order in which answers came does not matter. An answer that
    cannot be read comes back among `issues` with its field, and the others count. Fields that do not exist are
    refused, all of them at once, and nothing is merged (`unknown=report` reads the rest).
    """
    asked = _read(AnswersRequest, request, await request.body())

    def work() -> bytes:
        desk = intakes.desk(served)
        refuse_too_many_values(asked.answers)
        if unknown.unknown == "refuse":
            _refuse_unknown(desk, asked.answers, asked.as_of or date.today())
        for _ in range(_ATTEMPTS):
            session, document = _opened(server, identifier, caller.owner)
            wanted = _bounded(document.with_answers(asked.answers, asked.as_of, asked.include_closed))
            with intakes.live.at(identifier, desk, document) as live:
                try:
                    revision = server.sessions.write(
                        identifier, caller.owner, wanted.stored(), session.revision
                    )
                except ChangedMeanwhileError:
                    continue
                except UnknownSessionError:
                    raise _gone() from None
                before = live.update(wanted)
                expires = server.sessions.read(identifier, caller.owner).expires_at
                return _STATE.dump_json(live.state(identifier, revision, expires, before))
        raise Problem(409, "U062", "others keep changing this session")

    return await _answered(server, work)


@router.get("/v1/sessions/{id}/candidates/{candidate}", summary="One candidate, criterion by criterion",
            response_model=CandidateInSession, responses=problems(401, 403, 404, 422))  # fmt: skip
async def show_candidate(
    server: TheServer,
    caller: Clinician,
    served: Current,
    intakes: TheIntakes,
    identifier: Identifier,
    candidate: Annotated[str, Path(max_length=200, examples=["cisplatin_pemetrexed"])],
) -> Any:
    def work() -> CandidateInSession:
        session, document = _opened(server, identifier, caller.owner)
        with intakes.live.at(identifier, intakes.desk(served), document) as live:
            found, missing = live.candidate(candidate), live.missing(candidate)
        if found is None:
            raise Problem(404, "U007", "nothing of this name is ranked here", place="path.candidate")
        return CandidateInSession(
            rulebook=served.version, revision=session.revision, candidate=found, missing=missing
        )

    return await to_thread.run_sync(work, limiter=server.threads)


@router.delete("/v1/sessions/{id}", summary="End an intake", status_code=204,
               responses=problems(401, 403, 404, 422))  # fmt: skip
async def end(server: TheServer, caller: Clinician, intakes: TheIntakes, identifier: Identifier) -> Response:
    """Forgets everything that was answered."""

    def work() -> None:
        try:
            server.sessions.delete(identifier, caller.owner)
        except UnknownSessionError:
            raise _gone() from None
        intakes.live.forget(identifier)

    await to_thread.run_sync(work, limiter=server.threads)
    return Response(status_code=204)


async def _answered(server: Server, work: Callable[[], bytes]) -> Response:
    return Response(await to_thread.run_sync(work, limiter=server.threads), media_type="application/json")


def _opened(server: Server, identifier: str, owner: str) -> tuple[Session, Document]:
    try:
        session = server.sessions.read(identifier, owner)
    except UnknownSessionError:
        raise _gone() from None
    try:
        return session, Document.of(session.document)
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(error) from None


def _unread(issues: Sequence[Issue]) -> tuple[FieldIssue, ...]:
    """What of a FHIR document became no answer, each under the name it had there."""
    named = [
        FieldIssue(each.text or each.fact or "FHIR", each.code, each.reason, each.remedy) for each in issues
    ]
    several = dict.fromkeys(named)
    shown = list(several)[:_MOST_UNREAD]
    if len(several) > len(shown):
        reason = f"and {len(several) - len(shown)} more that are not read"
        shown.append(FieldIssue("FHIR", "P109", reason, CODES["P109"].remedy))
    return tuple(shown)


def _whose(profile: Mapping[str, Any]) -> str:
    """The identifier in a profile; a record of another form, or of two patients, is refused."""
    reject = no_profile(profile)
    if reject is not None:
        raise refused(reject)
    return likely_identifier(profile)


def _refuse_unknown(
    desk: Desk, answers: Mapping[str, Any], day: date, profile: Mapping[str, Any] | None = None
) -> None:
    """A field of a profile need not be one of the form: each is held against what it is a field of."""
    given = {name: value for name, value in answers.items() if value is not None}
    formulary = desk.matcher.rulebook.formulary
    issues = assemble(profile, as_of=day, formulary=formulary).issues if profile is not None else ()
    of_profile = [(f"profile.{each.fact}", each) for each in issues]
    refuse_unknown([*of_profile, *((f"answers.{each.field}", each) for each in desk.take(given, day).issues)])


def _gone() -> Problem:
    return Problem(404, "U058", CODES["U058"].meaning, place="path.id")


M = TypeVar("M", bound=BaseModel)


def _read(model: type[M], request: Request, body: bytes) -> M:
    """The request; a refusal names the places that are wrong and never what stood there."""
    require_json(request)
    try:
        return model.model_validate(read_json(body))
    except ValidationError as error:
        remedy = CODES["U057"].remedy
        findings = [
            Finding(
                code="U057",
                place=place_of_request(("body", *each["loc"][:1])),
                message=cut(each["msg"]),
                remedy=remedy,
            )
            for each in error.errors(include_input=False, include_url=False)[:20]
        ]
        first = findings[0]
        raise Problem(
            422, "U057", f"{first.place}: {first.message}", place=first.place, findings=findings
        ) from None


def _bounded(document: Document) -> Document:
    if len(document.answers) > MOST_ANSWERS:
        raise Problem(422, "U057", f"more than {MOST_ANSWERS} answers", place="body.answers")
    if len(json.dumps(document.stored())) > _LARGEST:
        raise Problem(422, "U057", f"more than {_LARGEST} characters of answers", place="body.answers")
    refuse_too_many_values(document.answers)
    if any(len(name) > _LONGEST_NAME for name in document.answers):
        raise Problem(422, "U057", "the name of a field is too long", place="body.answers")
    return document


def _day(raw: object) -> date | None:
    try:
        found = date.fromisoformat(str(raw))
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None
