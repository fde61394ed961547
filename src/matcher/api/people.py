"""The page of an admin: who may sign in, in which role, for which team; made and taken out of force."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from matcher.api.clock import now
from matcher.api.problems import Problem
from matcher.api.server import Server, TheServer
from matcher.api.visiting import Visitor, admit, page, see_other, sent, text_of
from matcher.store import ROLES, Tokens

router = APIRouter(include_in_schema=False)
Admin = Annotated[Visitor, admit()]
_MOST_DAYS = 3_650


@router.get("/people")
def people(request: Request, visitor: Admin, server: TheServer) -> Response:
    return _people(request, visitor, server)


def _people(request: Request, visitor: Visitor, server: Server, secret: str = "", made: str = "") -> Response:
    """A secret is shown once, on the page that answers its making."""
    return page(
        request,
        visitor,
        "people.html",
        held=Tokens(server.database).all()[::-1],
        roles=ROLES,
        now=now(),
        secret=secret,
        made=made,
        first=not visitor.signed_in,
    )


@router.post("/people")
async def make(request: Request, visitor: Admin, server: TheServer) -> Response:
    form = await sent(request, visitor)
    role = next((each for each in ROLES if each == text_of(form, "role", 16)), None)
    person, team = (" ".join(text_of(form, name, 50).split()) for name in ("person", "team"))
    days = text_of(form, "days", 5)
    if role is None or not person:
        raise Problem(422, "U057", "a role and the name of the person are wanted", place="person")
    if days and not (days.isascii() and days.isdigit() and 0 < int(days) <= _MOST_DAYS):
        raise Problem(422, "U057", f"a token is good for 1 to {_MOST_DAYS} days", place="days")
    end = now() + timedelta(days=int(days)) if days else None

    def create() -> Response:
        token, secret = Tokens(server.database).create(role, "", end, person=person, team=team)
        server.audit.record(visitor.caller.owner, "token made", token.id, f"{role}, {person}")
        return _people(request, visitor, server, secret, person)

    return await to_thread.run_sync(create)


@router.post("/people/revoke")
async def revoke(request: Request, visitor: Admin, server: TheServer) -> Response:
    form = await sent(request, visitor)
    token = text_of(form, "token", 16)

    def take() -> Response:
        if not Tokens(server.database).revoke(token):
            raise Problem(409, "U066", "no token in force has this identifier", place="token")
        server.audit.record(visitor.caller.owner, "token revoked", token)
        return see_other("/people")

    return await to_thread.run_sync(take)
