"""Whether the server lives, whether it can serve, its figures, and what its error codes mean."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from matcher.api.problems import Problem, problems
from matcher.api.server import Reader, TheServer
from matcher.errors import CODES

router = APIRouter(tags=["server"])


class Alive(BaseModel):
    """The server answers."""

    status: str = "alive"


class Ready(BaseModel):
    """``rules_failing`` are codes of rule files that were changed and cannot be used; the former ones serve on."""

    status: str = "ready"
    rulebook: str
    rules_failing: list[str]


class CodeExplained(BaseModel):
    """An entry of the closed list of codes."""

    code: str
    title: str
    meaning: str
    remedy: str
    severity: str


@router.get("/healthz", summary="Whether the server lives")
async def healthz() -> Alive:
    return Alive()


@router.get("/readyz", summary="Whether the server can serve", responses=problems(503))
def readyz(server: TheServer) -> Ready:
    server.database.check()
    holder = server.holder
    return Ready(rulebook=holder.current.version, rules_failing=list(holder.failing))


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems(401, 403)},
)
def metrics(server: TheServer, _caller: Reader) -> Response:
    content, media_type = server.metrics.page()
    return Response(content, media_type=media_type)


@router.get("/v1/errors/{code}", summary="What an error code means", responses=problems(404, 422))
async def explain_code(code: Annotated[str, Path(max_length=20)]) -> CodeExplained:
    found = CODES.get(code.upper())
    if found is None:
        raise Problem(404, "U058", "there is no such code", place="path.code")
    return CodeExplained(**asdict(found))
