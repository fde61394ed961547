"""People in a browser: who is signed in, and what protects what they send.

A form carries a mark that only a page of this server could have been given: it is worked out from the cookie, which
no script and no other site can read. Signing in makes a new cookie, whatever the browser came with.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from matcher.api.callers import Caller
from matcher.api.problems import Problem
from matcher.api.server import COOKIE, known_caller, server_of
from matcher.store import LOGIN_LIFE, Role
from matcher.store.schema import hashed
from matcher.web.render import rendered

MOST_FIELDS = 3_000
OF_PAGES = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
"""Without a referrer a browser would not say of which page a form is, and the form would be refused."""
_OURS = re.compile(r"/[A-Za-z0-9_./-]{0,200}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page. ``cookie`` is the browser's, ``fresh`` where it has to be given one."""

    caller: Caller
    cookie: str
    fresh: bool
    signed_in: bool

    @property
    def mark(self) -> str:
        """Of the forms of this browser."""
        return mark_of(self.cookie)

    def may(self, *roles: Role) -> bool:
        return self.caller.role in (*roles, "admin")


def mark_of(cookie: str) -> str:
    return hashed(f"form:{cookie}")


async def visitor_of(request: Request) -> Visitor:
    """Whoever is not signed in is led to the page where one does so."""
    caller = await known_caller(request)
    if caller is None:
        if request.method in ("GET", "HEAD"):
            where = f"/login?next={request.url.path}" if _OURS.fullmatch(request.url.path) else "/login"
            raise Problem(303, "U052", "sign in first", headers={"Location": where})
        raise Problem(401, "U052", "sign in first")
    request.state.caller = caller
    cookie = request.cookies.get(COOKIE, "")
    signed_in = server_of(request).callers.guarded
    return Visitor(caller, cookie or secrets.token_urlsafe(32), not cookie, signed_in)


def admit(*roles: Role) -> Any:
    """A dependency: the visitor, who has one of these roles."""

    async def let_in(visitor: Annotated[Visitor, Depends(visitor_of)]) -> Visitor:
        return admitted(visitor, *roles)

    return Depends(let_in)


def admitted(visitor: Visitor, *roles: Role) -> Visitor:
    """The visitor, who has one of these roles."""
    if not visitor.may(*roles):
        raise Problem(403, "U053", f"the role {visitor.caller.role} may not do this")
    return visitor


AnyVisitor = Annotated[Visitor, admit("intake", "coordinator", "viewer", "author", "approver")]
ListVisitor = Annotated[Visitor, admit("coordinator")]


async def sent(request: Request, visitor: Visitor, *, files: int = 0) -> FormData:
    """The fields of a form of ours; refused where the mark is not that of this browser."""
    form = await request.form(max_files=files, max_fields=MOST_FIELDS)
    given = form.get("mark")
    if visitor.fresh or not isinstance(given, str) or not hmac.compare_digest(given, visitor.mark):
        await form.close()
        raise Problem(403, "U060", "the form was not filled in on a page of this server; open it again")
    return form


def text_of(form: Mapping[str, Any], name: str, most: int = 2_000) -> str:
    """A field as text on whatever lines it was written, without characters that no keyboard has."""
    value = form.get(name)
    if not isinstance(value, str):
        return ""
    kept = "".join(each for each in value[:most] if each.isprintable() or each == "\n")
    return kept.strip()


def page(
    request: Request, visitor: Visitor, template: str, status: int = 200, **context: Any
) -> HTMLResponse:
    """A page of the application for this visitor."""
    holder = server_of(request).holder
    held = {"rulebook_now": holder.current.version, "rules_failing": holder.failing}
    text = rendered(template, visitor=visitor, here=request.url.path, **held, **context)
    response = HTMLResponse(text, status, OF_PAGES)
    if visitor.fresh:
        give_cookie(request, response, visitor.cookie)
    return response


def give_cookie(request: Request, response: HTMLResponse | RedirectResponse, secret: str) -> None:
    """Only for this server, out of reach of scripts; over TLS where a proxy speaks it for us.

    Inside a page of another site a browser sends only a cookie that says so. It is then one for that site alone, and
    what guards changes is the mark of a form, and the page that the browser names.
    """
    framed = bool(server_of(request).settings.embed and server_of(request).settings.public_name)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(LOGIN_LIFE.total_seconds()),
        path="/",
        secure=bool(server_of(request).settings.public_name),
        httponly=True,
        samesite="none" if framed else "strict",
    )
    if framed:
        name, value = response.raw_headers.pop()
        response.raw_headers.append((name, value + b"; Partitioned"))


def onward(path: str) -> str:
    """Where to go after signing in: a page of this server, and no other."""
    return path if _OURS.fullmatch(path) and not path.startswith("//") else "/"


def see_other(path: str) -> RedirectResponse:
    """After something was done: reloading the next page does it not again."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})
