"""The intake page: drawn from the form's description, with style and scripts as files of this package.

No build step, nothing from elsewhere, nothing inline: the border's Content-Security-Policy allows no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from jinja2.utils import htmlsafe_json_dumps
from starlette.staticfiles import StaticFiles

from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.json_body import read_json
from matcher.rules.rulebook import Rulebook
from matcher.service.intake.form import EFFORT_TEXT, Field, Form, Input, InputKind, Shape
from matcher.service.templating import STATIC, page_environment
from matcher.web.stamp import FOLDER, stamp

_MOST_FIELDS = 5
#: up to so many options are laid out side by side, more are a list to choose from
_PILLS = 4
#: what of a row stands in its first line
_FIRST = frozenset({"agents", "start", "end", "ongoing", "procedure", "condition", "code", "gene", "field",
                    "status", "date", "dose", "kind", "intent"})  # fmt: skip


@dataclass
class Pages:
    """Draws the page of a form once for each version of the rulebook."""

    _held: tuple[str, str] = field(default=("", ""), init=False)

    def intake(self, form: Form, rulebook: Rulebook, embed: tuple[str, ...] = ()) -> str:
        if self._held[0] != rulebook.version:
            text = (
                _environment().get_template("intake.html").render(form=form, rulebook=rulebook, embed=embed)
            )
            self._held = rulebook.version, text
        return self._held[1]


def page_routes(intake: Callable[[Request], str], admitted: Any, handed: Any) -> APIRouter:
    """The form's address; ``intake`` gives its text, for those whom the dependency ``admitted`` lets in.

    ``handed`` lets in those who bring a patient to begin with.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/intake", response_class=HTMLResponse, dependencies=[admitted])
    async def page(request: Request) -> Response:
        text = await to_thread.run_sync(intake, request)
        return HTMLResponse(text, headers={"Cache-Control": "no-store"})

    @router.post("/intake", response_class=HTMLResponse, dependencies=[handed])
    async def filled_page(request: Request) -> Response:
        """The form with the profile that another page hands over: a patient stands in no address.

        The page holds nothing but what was sent, and what it asks the server for then, it asks in the name of who is
        signed in.
        """
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
            sent = form.get("profile")
        profile = read_json(sent.encode()) if isinstance(sent, str) else None
        if not isinstance(profile, dict):
            raise PatientDataError(
                [Diagnostic("body", None, None, "P004", "`profile` is to hold a JSON object")]
            )
        text = await to_thread.run_sync(intake, request)
        return HTMLResponse(with_profile(text, profile), headers={"Cache-Control": "no-store"})

    return router


def with_profile(page: str, profile: Mapping[str, Any]) -> str:
    """The page of the form with what its script begins with; nothing of a profile can end the element it stands in."""
    held = htmlsafe_json_dumps(profile)
    element = f'<script type="application/json" id="given">{held}</script>'
    return page.replace("</body>", f"{element}</body>")


def static() -> StaticFiles:
    return StaticFiles(directory=FOLDER, packages=[("matcher.service", STATIC.name)])


@cache
def _environment() -> Environment:
    environment = page_environment("matcher.web")
    environment.globals.update(stamp=stamp())
    environment.filters.update(
        slug=slug,
        in_pills=in_pills,
        first=lambda inputs: [each for each in inputs if each.name in _FIRST],
        further=lambda inputs: [each for each in inputs if each.name not in _FIRST],
        main=main_input,
        others=lambda found: [each for each in found.inputs if each is not main_input(found)],
        asked=lambda section: [each for each in section.fields if each.asked],
        unasked=lambda section: [each for each in section.fields if not each.asked],
        effort=lambda found: EFFORT_TEXT[found.effort],
        denied=lambda found: found.table in ("conditions", "procedures", "medications"),
        beside=lambda found: found.table in ("conditions", "procedures", "medications", "alterations"),
    )
    environment.tests["never"] = lambda found: found.shape is Shape.PRESENCE and found.table == "therapies"
    environment.tests["list"] = lambda found: found.shape is Shape.LIST
    environment.tests["multiple"] = lambda each: each.kind is InputKind.TERMS
    return environment


def slug(name: str) -> str:
    """A name as an id of the page."""
    return re.sub(r"[^a-zA-Z0-9]+", "-", name).strip("-")


def in_pills(each: Input) -> bool:
    return each.kind is InputKind.CHOICE and len(each.options) <= _PILLS


def main_input(found: Field) -> Input | None:
    """The input that a "not known" stands in for; a group such as TNM has none."""
    return None if found.shape in (Shape.TNM, Shape.LIST) else found.inputs[0]
