"""The pages around the work: home, signing in, the rulebook to read, the interface for programs."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse

from matcher.api.callers import Caller
from matcher.api.interface import operations_of
from matcher.api.problems import Problem
from matcher.api.server import COOKIE, Current, TheServer, server_of
from matcher.api.visiting import (
    OF_PAGES,
    AnyVisitor,
    Visitor,
    give_cookie,
    onward,
    page,
    see_other,
    sent,
    text_of,
)
from matcher.api.workbench.desk import DraftDesk
from matcher.api.workbench.pages import shelves
from matcher.api.worklist_desk import ListDesk
from matcher.explanation.description import describe_derivation
from matcher.explanation.names import KINDS, Name, names, search
from matcher.service.catalogue import candidates_of, describe
from matcher.vocabulary.formulary import Formulary
from matcher.web.render import rendered

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request, server: TheServer, visitor: AnyVisitor, served: Current) -> Response:
    return await to_thread.run_sync(_home, request, server, visitor, served)


def _home(request: Request, server: Any, visitor: Visitor, served: Any) -> Response:
    sheets = []
    if visitor.may("coordinator"):
        desk = ListDesk(server, served, visitor.caller)
        sheets = [desk.at(each.id) for each in server.lists.of(visitor.caller.team)]
    kinds = [each.kind.value for each in served.rulebook.candidates]
    drafts = {}
    if visitor.may("author", "approver"):
        drafts = shelves(DraftDesk(server, served, visitor.caller))
    return page(request, visitor, "home.html", sheets=sheets, drafts=drafts, rulebook=served.rulebook,
                trials=kinds.count("trial"), regimens=kinds.count("regimen"))  # fmt: skip


@router.get("/login")
async def login_page(
    request: Request, next_: Annotated[str, Query(alias="next", max_length=250)] = "/"
) -> Response:
    callers = server_of(request).callers
    await callers.find("")
    if not callers.guarded:
        return see_other("/")
    return _login(onward(next_))


def _login(onward_to: str, refused: str = "", status: int = 200) -> HTMLResponse:
    text = rendered("login.html", visitor=None, here="/login", onward=onward_to, refused=refused)
    return HTMLResponse(text, status, OF_PAGES)


@router.post("/login")
async def sign_in(request: Request, server: TheServer) -> Response:
    """A token becomes a cookie. The browser's own is never taken over: somebody else may have put it there."""
    form = await request.form(max_files=0, max_fields=4)
    callers = server.callers
    await callers.find("")
    token = callers.token_with(text_of(form, "token", 200))
    onward_to = onward(text_of(form, "next", 250) or "/")
    if token is None:
        return _login(onward_to, "No token in force is of this text.", 401)
    if old := request.cookies.get(COOKIE, ""):
        await to_thread.run_sync(callers.logins.end, old)
    secret = await to_thread.run_sync(callers.logins.begin, token.id)
    await to_thread.run_sync(server.audit.record, Caller.of(token).owner, "signed in", token.id)
    response = see_other(onward_to)
    give_cookie(request, response, secret)
    return response


@router.post("/logout")
async def sign_out(request: Request, server: TheServer, visitor: AnyVisitor) -> Response:
    await sent(request, visitor)
    await to_thread.run_sync(server.callers.logins.end, visitor.cookie)
    response = see_other("/login")
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/rules")
def rules(
    request: Request,
    visitor: AnyVisitor,
    served: Current,
    find: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The rulebook to read: found by name, agent or the words of a criterion."""
    words = find.casefold().split()
    held = [
        each
        for each in candidates_of(served.rulebook)
        if all(word in _searched(served.rulebook.by_id[each.id]) for word in words)
    ]
    derived = [
        each
        for each in served.rulebook.derivations
        if all(word in f"{each.name} {each.title}".casefold() for word in words)
    ]
    return page(
        request, visitor, "rules.html", held=held, derived=derived, find=find, rulebook=served.rulebook
    )


def _searched(candidate: Any) -> str:
    criteria = " ".join(each.text for each in candidate.every_criterion)
    return f"{candidate.id} {candidate.title} {' '.join(candidate.agents)} {criteria}".casefold()


@router.get("/words")
def words(
    request: Request,
    visitor: AnyVisitor,
    served: Current,
    find: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Every name a rule can use, found by any of its names."""
    known = _names(served.rulebook.formulary)
    kinds = [(title, sum(each.kind == kind for each in known)) for kind, title in KINDS.items()]
    return page(request, visitor, "words.html", held=search(find, known), find=find, kinds=kinds)


@lru_cache(maxsize=2)
def _names(formulary: Formulary) -> tuple[Name, ...]:
    return names(formulary)


@router.get("/rules/{id}")
def rule(
    request: Request,
    visitor: AnyVisitor,
    served: Current,
    identifier: Annotated[str, InPath(alias="id", max_length=200)],
) -> Response:
    book = served.rulebook
    if identifier in book.by_id:
        found = describe(book.by_id[identifier])
    elif identifier in book.derived:
        found = describe_derivation(book.derived[identifier])
    else:
        raise Problem(404, "U007", "the rulebook has no rule of this name", place="path.id")
    return page(request, visitor, "rule.html", rule=found, rulebook=book)


@router.get("/docs")
def interface(request: Request, visitor: AnyVisitor) -> Response:
    """The interface for programs, without scripts of others and without a network."""
    return page(request, visitor, "docs.html", groups=operations_of(request.app.openapi()))
