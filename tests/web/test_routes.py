"""Every route of the application, as its routers know it: who may, and who is refused; a new one has to say."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from matcher.api.app import create_app
from matcher.api.server import COOKIE
from matcher.api.settings import Settings
from matcher.api.visiting import mark_of
from matcher.store import ROLES, Drafts, Role, Token, Tokens, Who
from tests.small_rulebook import write_rulebook

ANYBODY = frozenset(ROLES)
CLINICIANS: frozenset[Role] = frozenset({"intake", "coordinator", "admin"})
COORDINATORS: frozenset[Role] = frozenset({"coordinator", "admin"})
AUTHORS: frozenset[Role] = frozenset({"author", "approver", "admin"})
WRITERS: frozenset[Role] = frozenset({"author", "admin"})
"""Of what is still a draft."""
ADMINS: frozenset[Role] = frozenset({"admin"})
STRANGERS = ("GET /openapi.json", "GET /healthz", "GET /readyz", "GET /v1/errors/{code}", "GET /fhir/metadata", "GET /login", "POST /login")  # fmt: skip
"""What is answered to whoever asks: nothing of it is a patient's, and nothing the rulebook's."""
WHO: tuple[tuple[str, frozenset[Role]], ...] = (
    (r"/|/docs|/rules|/rules/\{id\}|/words|/logout|/metrics", ANYBODY),
    (r"/v1/(candidates|features|rulebook|form)\b.*", ANYBODY),
    (r"/intake|/fhir/.*|/v1/(match|jobs|sessions)\b.*", CLINICIANS),
    (r"(/v1)?/worklists\b.*", COORDINATORS),
    (r"/v1/drafts/\{id\}/(retire|restore)", WRITERS),
    (r"(/v1)?/drafts\b(?!.*/(retire|restore)$).*|/v1/authoring/.*|/rules/\{name\}/versions", AUTHORS),
    (r"/audit|/people.*", ADMINS),
)
"""Whose each address is. A new one belongs to one of these, or to a line of its own."""
TITLE = "Quastel clinic"
OTHER, OTHER_AUTHOR = "coordinator of another team", "author of another team"
_STATUS = {"changes": [{"patient": "A", "trial": "NCT1", "revision": 0, "status": "contacted"}]}
_JUDGED = {"candidate": "NCT1", "criterion": "I-01", "verdict": "met", "reason": "seen"}
_BODIES: dict[str, Any] = {"statuses": _STATUS, "judgements": _JUDGED, "answers": {"answers": {}}}


@dataclass(frozen=True)
class Door:
    """A method and an address, and that address with its places filled in."""

    method: str
    path: str
    address: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def of_programs(self) -> bool:
        return self.path.startswith(("/v1/", "/fhir/"))

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True)
class Asked:
    """What came back of one door for one caller."""

    door: Door
    status: int
    text: str
    location: str

    @property
    def unknown(self) -> bool:
        """Led or sent to the door where one signs in."""
        return self.status == 401 or self.location.startswith("/login?") or self.location == "/login"

    @property
    def refused(self) -> bool:
        """For the caller's role: there are other reasons, such as that the own draft is another's to approve."""
        return self.status == 403 and "may not do this" in self.text


def routes_of(router: Any) -> Iterator[Any]:
    for each in router.routes:
        if hasattr(each, "original_router"):
            yield from routes_of(each.original_router)
        elif getattr(each, "methods", None):
            yield each


class Application:
    """In this process, with a worklist of the team thoracic, a draft, and somebody for each role."""

    def __init__(self, folder: Path) -> None:
        rules = str(write_rulebook(folder / "rules"))
        store = f"sqlite:///{folder / 'store.sqlite'}"
        self.app = create_app(Settings(rules=rules, store=store, data=str(folder / "data")))
        server = self.app.state.server
        self.worklist = server.lists.create("thoracic", TITLE, "Anna").id
        self.draft = (
            Drafts(server.database)
            .create("NCT00000077", "trial", "id: NCT00000077\n", "", {}, Who("person:anna", "Anna"))
            .id
        )
        tokens = Tokens(server.database)
        made: dict[str, tuple[Token, str]] = {
            role: tokens.create(role, person=role, team="thoracic") for role in ROLES
        }
        made[OTHER] = tokens.create("coordinator", person="Carl", team="gastric")
        made[OTHER_AUTHOR] = tokens.create("author", person="Carla", team="gastric")
        self.secrets = {who: secret for who, (_, secret) in made.items()}
        self.cookies = {who: server.callers.logins.begin(token.id) for who, (token, _) in made.items()}
        self.doors = tuple(
            Door(method, each.path, self._filled(each.path))
            for each in routes_of(self.app)
            for method in sorted(each.methods - {"HEAD"})
        )

    def _filled(self, path: str) -> str:
        places = {"worklist": self.worklist, "n": "1", "number": "1", "step": "resolve"}
        held = self.worklist if "/worklists/" in path else self.draft if "/drafts/" in path else "0" * 32
        return re.sub(r"\{(\w+)\}", lambda said: {**places, "id": held}.get(said[1], "x"), path)

    def ask(self, doors: Iterable[Door], headers: dict[str, str], mark: str = "") -> list[Asked]:
        # In a thread of its own: an open browser keeps a loop running in this one.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, self._every(doors, headers, mark)).result()

    async def _every(self, doors: Iterable[Door], headers: dict[str, str], mark: str) -> list[Asked]:
        transport = httpx.ASGITransport(app=self.app)
        found = []
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
            for door in doors:
                body: dict[str, Any] = {}
                if door.of_programs and door.method in ("POST", "PUT"):
                    body = {"json": _BODIES.get(door.path.rpartition("/")[2], {})}
                elif door.writes:
                    body = {"data": {"mark": mark, "do": "x"}}
                said = await http.request(door.method, door.address, headers=headers, **body)
                found.append(Asked(door, said.status_code, said.text, said.headers.get("location", "")))
        return found

    def by_token(self, who: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secrets[who]}"}

    def by_cookie(self, who: str) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={self.cookies[who]}", "origin": "http://127.0.0.1:8000"}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Application:
    return Application(tmp_path_factory.mktemp("server"))


def may(door: Door) -> frozenset[Role]:
    found = [who for pattern, who in WHO if re.fullmatch(pattern, door.path)]
    assert len(found) == 1, f"whose is {door.name}?"
    return found[0]


def test_whoever_has_not_signed_in_is_answered_nothing_but_what_is_named(application: Application) -> None:
    asked = application.ask(application.doors, {})
    assert [each.door.name for each in asked if not each.unknown and each.door.path != "/login"] == [
        each
        for each in (door.name for door in application.doors)
        if each in STRANGERS and "login" not in each
    ]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_own_doors_and_no_other(application: Application, role: Role) -> None:
    doors = [each for each in application.doors if each.name not in STRANGERS and each.method != "DELETE"]
    asked = application.ask(doors, application.by_token(role))
    assert [each.door.name for each in asked if each.refused] == [
        each.name for each in doors if role not in may(each)
    ]
    assert [each for each in asked if each.status >= 500] == []


@pytest.mark.parametrize("who", [OTHER, OTHER_AUTHOR])
def test_of_another_team_s_worklist_nothing_is_answered_by_any_door(
    application: Application, who: str
) -> None:
    held = application.worklist
    doors = [
        each if held in each.address else replace(each, address=f"{each.address}?worklist={held}")
        for each in application.doors
        if each.path != "/logout"
    ]
    asked = application.ask(doors, application.by_cookie(who), mark_of(application.cookies[who]))
    about = [each for each in asked if held in each.door.address.partition("?")[0]]
    lists = [each for each in about if "/drafts" not in each.door.path]
    assert len(lists) > 20
    expected = 404 if who == OTHER else 403
    assert [each for each in lists if each.status != expected] == []
    assert [each.door.name for each in asked if TITLE in each.text] == []
    assert application.app.state.server.lists.read(held, "thoracic") is not None


@pytest.mark.parametrize("mark", ["", "x", "another's"])
def test_no_form_counts_without_the_mark_of_its_browser(application: Application, mark: str) -> None:
    forms = [
        each
        for each in application.doors
        if each.writes and not each.of_programs and each.path not in ("/login", "/intake")
    ]
    sent = mark_of(application.cookies["coordinator"]) if mark == "another's" else mark
    asked = application.ask(forms, application.by_cookie("admin"), sent)
    assert len(asked) > 20
    assert [each.door.name for each in asked if (each.status, "U060" in each.text) != (403, True)] == []


def test_a_cookie_alone_changes_nothing_for_programs(application: Application) -> None:
    """Where the browser does not say which page it was that asked."""
    silent = {"cookie": f"{COOKIE}={application.cookies['admin']}"}
    changing = [each for each in application.doors if each.writes and each.of_programs]
    asked = application.ask(changing, silent)
    assert len(asked) > 20
    assert {each.status for each in asked} == {401}
