"""What patients are matched to and what is asked of them: candidates, features, the rulebook itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Header, Path, Query, Response

from matcher import program_version
from matcher.api.asking import CandidatesAsked, FeaturesAsked, Stretch
from matcher.api.problems import Problem, problems
from matcher.api.served import Served
from matcher.api.server import Current, Reader, TheServer
from matcher.api.shapes import CandidatePage, CandidateShownWhole, DerivedListed, FeaturePage, RulebookShown
from matcher.rules.candidate import CandidateKind
from matcher.service import rules_directory
from matcher.service.catalogue import (
    candidates_of,
    describe,
    features_of,
)

T = TypeVar("T")

router = APIRouter(tags=["rulebook"])
_READ = {304: {"description": "As the caller has it already"}, **problems(401, 403, 422)}

Known = Annotated[str | None, Header(alias="If-None-Match", description="The ETag of what the caller has.")]


@router.get("/v1/candidates", summary="Trials and regimens", responses=_READ, response_model=CandidatePage)
async def list_candidates(
    _caller: Reader,
    served: Current,
    response: Response,
    asked: Annotated[CandidatesAsked, Query()],
    known: Known = None,
) -> Any:
    found = [
        each
        for each in candidates_of(served.rulebook)
        if asked.kind in (None, each.kind) and asked.availability in (None, each.availability)
    ]
    return unless_known(served, known, response) or CandidatePage(
        rulebook=served.version, total=len(found), offset=asked.offset, items=_stretch(found, asked)
    )


@router.get(
    "/v1/candidates/{id}",
    summary="One trial or regimen",
    responses={**_READ, **problems(404)},
    response_model=CandidateShownWhole,
)
async def show_candidate(
    _caller: Reader,
    served: Current,
    response: Response,
    identifier: Annotated[str, Path(alias="id", max_length=200, examples=["cisplatin_pemetrexed"])],
    known: Known = None,
) -> Any:
    found = served.rulebook.by_id.get(identifier)
    if found is None:
        raise Problem(404, "U007", "the rulebook has no candidate of this name", place="path.id")
    listed = next(each for each in candidates_of(served.rulebook) if each.id == identifier)
    return unless_known(served, known, response) or CandidateShownWhole(
        rulebook=served.version, listed=listed, description=describe(found)
    )


@router.get(
    "/v1/features", summary="What is asked of every patient", responses=_READ, response_model=FeaturePage
)
async def list_features(
    _caller: Reader,
    served: Current,
    response: Response,
    asked: Annotated[FeaturesAsked, Query()],
    known: Known = None,
) -> Any:
    found = [each for each in features_of(served.rulebook) if asked.topic in (None, each.topic)]
    return unless_known(served, known, response) or FeaturePage(
        rulebook=served.version, total=len(found), offset=asked.offset, items=_stretch(found, asked)
    )


@router.get("/v1/rulebook", summary="The rulebook in force", responses=_READ, response_model=RulebookShown)
async def show_rulebook(
    server: TheServer, _caller: Reader, served: Current, response: Response, known: Known = None
) -> Any:
    book, folder = served.rulebook, rules_directory(server.settings.rules_folder)
    kinds = [each.kind for each in book.candidates]
    return unless_known(served, known, response) or RulebookShown(
        version=book.version,
        short=book.short_version,
        program=program_version(),
        trials=kinds.count(CandidateKind.TRIAL),
        regimens=kinds.count(CandidateKind.REGIMEN),
        features=len(features_of(book)),
        derived=[
            DerivedListed(name=each.name, title=each.title, values=list(each.values))
            for each in book.derivations
        ],
        files=[each.removeprefix(f"{folder}/") for each in book.files],
        known_until=dict(book.known_until),
    )


def _stretch(found: Sequence[T], asked: Stretch) -> list[T]:
    return list(found[asked.offset : asked.offset + asked.limit])


def unless_known(served: Served, known: str | None, response: Response) -> Response | None:
    """The answer 304 where the caller has this version; the headers of any other answer."""
    tag = f'"{served.rulebook.version[:32]}-{program_version()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    held = {each.strip().removeprefix("W/") for each in (known or "").split(",")}
    if tag in held or "*" in held:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return None
