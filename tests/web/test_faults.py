"""What fails inside a server: one problem detail, one line in the log, and nowhere a word of what a patient said."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.routing import Route
from uvicorn import Config
from uvicorn.lifespan.on import LifespanOn

from matcher.api.app import create_app
from matcher.api.border import HEADERS
from matcher.api.log import Discreet, OnceAMinute
from matcher.api.problems import problem_of
from matcher.api.settings import Settings
from matcher.errors import UsageError
from matcher.service.intake.desk import Desk
from matcher.store.database import Database
from matcher.web.pages import Pages
from tests.small_rulebook import write_rulebook
from tests.web.asking import Answered, ask
from tests.whole import one_of

CANARY = "Zyxwvut Quastel"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "multipart/form-data; boundary=x"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    made = create_app(
        replace(
            Settings(),
            rules=str(write_rulebook(tmp_path / "rules")),
            store=f"sqlite:///{tmp_path / 'store.sqlite'}",
            data=str(tmp_path / "data"),
            timeout=5.0,
        )
    )
    yield made
    made.state.server.database.close()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """The lines of the log as the server writes them."""
    caplog.set_level(logging.INFO)
    form = Discreet("%(levelname)s %(message)s")
    return lambda: [form.format(each) for each in caplog.records]


def is_problem(answered: Answered, status: int, code: str, lines: list[str]) -> bool:
    told = answered.json()
    if (
        answered.headers["content-type"] == "application/fhir+json"
    ):  # the same, as those who speak FHIR expect it
        (issue,) = told["issue"]
        told = {"code": issue["details"]["coding"][0]["code"], "request_id": answered.headers["x-request-id"]}
    else:
        assert answered.headers["content-type"] == "application/problem+json"
    assert (answered.status, told["code"]) == (status, code), answered.body
    assert HEADERS.keys() <= {each.title() for each in answered.headers} | {
        each for each in HEADERS if each.lower() in answered.headers
    }
    assert answered.headers["x-request-id"] == told["request_id"]
    (line,) = [each for each in lines if answered.headers["x-request-id"] in each]
    assert line.startswith("ERROR") == (status >= 500)
    says_nothing(answered, lines)
    return True


def says_nothing(answered: Answered, lines: list[str]) -> None:
    for each in (answered.body.decode(), str(answered.headers), *lines):
        assert "Zyxwvut" not in each


def _addresses(app: FastAPI) -> list[tuple[str, str]]:
    found = [
        (method.upper(), re.sub(r"{\w+}", "A", path))
        for path, item in app.openapi()["paths"].items()
        for method in item
    ]
    assert len(found) > 15
    pages = ("/", "/intake", "/login", "/rules", "/docs", "/worklists", "/worklists/A/patients/1")
    return [*found, *(("GET", each) for each in pages), ("GET", "/openapi.json")]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    one_of(
        3,
        [
            (RuntimeError(CANARY), 500, "U064"),
            (ValueError(CANARY), 500, "U064"),
            (KeyError(CANARY), 500, "U064"),
            (RecursionError(CANARY), 500, "U064"),
            (MemoryError(CANARY), 500, "U064"),
            (OSError(28, CANARY, CANARY), 503, "U008"),
            (OSError(24, CANARY), 503, "U008"),
            (ExceptionGroup(CANARY, [ValueError(CANARY)]), 500, "U064"),
        ],
    ),
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_an_exception_on_any_route_is_one_problem_and_one_line(
    app: FastAPI,
    log: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    code: str,
) -> None:
    addresses = _addresses(app)

    async def fails(*_: Any) -> None:
        raise error from LookupError(CANARY)

    for kind in (Route, APIRoute):
        monkeypatch.setattr(kind, "handle", fails)
    for method, path in addresses:
        assert is_problem(ask(app, method, path), status, code, log())


STATEMENT = OperationalError("SELECT ?", {"document": CANARY}, Exception(CANARY))


@pytest.mark.parametrize("failing", ["reading", "writing"])
def test_a_store_that_fails_is_503_everywhere(
    app: FastAPI, log: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    begun = ask(app, "POST", "/v1/sessions", [b"{}"], JSON).json()["id"]

    def refused(*_: object, **__: object) -> None:
        raise STATEMENT

    monkeypatch.setattr(type(app.state.server.database.engine), "connect", refused)
    app.state.server.callers._until = -1.0
    for method, path, headers, body in (
        ("GET", "/readyz", {}, b""),
        ("GET", "/v1/rulebook", {}, b""),
        ("POST", "/v1/sessions", JSON, b"{}"),
        ("GET", f"/v1/sessions/{begun}", {}, b""),
        ("PUT", f"/v1/sessions/{begun}/answers", JSON, b'{"answers": {}}'),
        ("GET", "/v1/jobs", {}, b""),
        ("POST", "/v1/match/batch", FORM, b""),
    ):
        assert is_problem(ask(app, method, path, [body], headers), 503, "U055", log())


def test_a_damaged_page_of_the_store_is_503(app: FastAPI, log: Callable[[], list[str]]) -> None:
    """As after a power cut or a disk that fails: the row is there, and what it holds is no document."""
    asked = json.dumps({"patient": CANARY, "answers": {"age": CANARY}}).encode()
    identifier = ask(app, "POST", "/v1/sessions", [asked], JSON).json()["id"]
    database: Database = app.state.server.database
    for document in (f'{{"answers": "{CANARY}', b"\xff\xfe" + CANARY.encode(), "{}", f'["{CANARY}"]', "null"):
        with database.writing() as connection:
            connection.execute(text("UPDATE sessions SET document = :document"), {"document": document})
        answered = ask(app, "GET", f"/v1/sessions/{identifier}")
        assert is_problem(answered, 503, "U055", log())


def test_an_engine_or_a_template_that_fails_says_nothing(
    app: FastAPI, log: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(Desk, "take", fails)
    monkeypatch.setattr(Pages, "intake", fails)
    monkeypatch.setattr("matcher.api.matching.answer", fails)
    body = json.dumps({"id": CANARY}).encode()
    assert is_problem(ask(app, "POST", "/v1/sessions", [b"{}"], JSON), 500, "U064", log())
    assert is_problem(ask(app, "POST", "/v1/match", [body], JSON), 500, "U064", log())
    assert is_problem(ask(app, "GET", "/intake"), 500, "U064", log())


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/v1/match", JSON),
        ("POST", "/v1/sessions", JSON),
        ("PUT", "/v1/sessions/a/answers", JSON),
        ("POST", "/v1/match/batch", FORM),
    ],
)
def test_a_client_that_leaves_or_stalls_is_no_defect(
    app: FastAPI, log: Callable[[], list[str]], method: str, path: str, headers: dict[str, str]
) -> None:
    begun = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{CANARY}.csv"\r\n\r\n'.encode()
    gone = ask(app, method, path, [begun, None], headers)
    assert gone.status == 0
    assert [each for each in log() if "aborted" in each and each.startswith("INFO")]
    assert not [each for each in log() if each.startswith("ERROR")]
    if path == "/v1/match/batch":
        return
    stalled: list[bytes | None] = [begun, b""]
    answered = _stalled(app, method, path, stalled[:1], headers)
    assert is_problem(answered, 408, "U059", log())


def _stalled(
    app: FastAPI, method: str, path: str, pieces: list[bytes | None], headers: dict[str, str]
) -> Answered:
    """The body goes on, it is said, and nothing comes."""

    async def unfinished(scope: Any, receive: Any, send: Any) -> None:
        async def first() -> Any:
            message = await receive()
            return {**message, "more_body": True}

        await app(scope, first, send)

    return ask(unfinished, method, path, pieces, headers)


def test_what_libraries_log_is_kept_to_kinds_and_places() -> None:
    try:
        try:
            raise STATEMENT
        except OperationalError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError as error:
        found = error
    record = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "", 0, "Exception in ASGI application\n", (), None
    )
    record.exc_info = (type(found), found, found.__traceback__)
    line = Discreet("%(message)s").format(record)
    assert "Zyxwvut" not in line
    assert "\n" not in line
    assert "RuntimeError in test_what_libraries_log" in line
    assert "from OperationalError" in line


def test_what_libraries_repeat_is_written_once_a_minute() -> None:
    now = 0.0
    once = OnceAMinute(lambda: now)

    def said(name: str = "asyncio") -> str | None:
        record = logging.LogRecord(name, logging.ERROR, "", 0, "out of files", (), None)
        return record.getMessage() if once.filter(record) else None

    assert [said() for _ in range(1000)].count(None) == 999
    assert said("matcher.server") == said("matcher.server") == "out of files"
    now = 61.0
    assert said() == "out of files (and 999 more of it since the last time)"


def test_an_upload_without_room_for_temporary_files_is_503(
    app: FastAPI, log: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(tempfile.SpooledTemporaryFile[bytes]):
        def write(self, *_: Any) -> int:
            raise OSError(28, CANARY)

    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", Full)
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\npatient_id\r\nA\r\n--x--\r\n'
    assert is_problem(ask(app, "POST", "/v1/match/batch", [body], FORM), 503, "U008", log())


def test_every_method_of_an_address_is_named(app: FastAPI) -> None:
    allowed = {
        path: ask(app, "PATCH", path).headers["allow"]
        for path in ("/v1/jobs/A", "/v1/sessions/A", "/v1/match")
    }
    assert allowed == {"/v1/jobs/A": "DELETE, GET", "/v1/sessions/A": "DELETE, GET", "/v1/match": "POST"}


def test_an_address_with_one_stroke_more_is_not_found_and_names_no_host(app: FastAPI) -> None:
    assert ask(app, "GET", "/v1/jobs/").status in (404, 405)
    assert "location" not in ask(app, "GET", "/healthz/").headers


def test_a_profile_of_another_shape_is_no_defect(app: FastAPI) -> None:
    for complete in (5, {"a": 1}, [5], [[1]], True, 0.5, "therapies", None):
        body = json.dumps({"profile": {"complete": complete}}).encode()
        assert ask(app, "POST", "/v1/sessions", [body], JSON).status == 201, complete


@pytest.mark.parametrize("day", [b"0", b"1768435200", b"0.5", b'"0"'])
def test_a_number_is_no_day(app: FastAPI, day: bytes) -> None:
    assert ask(app, "POST", "/v1/sessions", [b'{"as_of": ' + day + b"}"], JSON).status == 422


def test_a_problem_names_no_place_of_this_machine(app: FastAPI) -> None:
    found = problem_of(UsageError("/srv/data/jobs/0f/out cannot be written to; see /etc/passwd", code="U008"))
    assert found.detail == "out cannot be written to; see passwd"


def test_a_server_that_is_busy_does_not_say_that_the_caller_was_late(
    app: FastAPI, log: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def waits(*_: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(APIRoute, "handle", waits)
    assert is_problem(ask(app, "POST", "/v1/sessions", [b"{}"], JSON), 503, "U059", log())


def test_what_fails_as_a_server_begins_is_told_by_kind_and_place(
    app: FastAPI, log: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The framework makes a text of the whole traceback, and the server below logs it."""

    def fails(*_: object) -> None:
        raise ValueError(CANARY) from LookupError(CANARY)

    monkeypatch.setattr("matcher.api.app.Foreman.run", fails)
    monkeypatch.setattr(app.state.foreman, "run", fails, raising=False)

    async def begin() -> None:
        config = Config(app, lifespan="on", log_config=None)
        config.load()
        lifespan = LifespanOn(config)
        await lifespan.startup()
        assert lifespan.should_exit

    asyncio.run(begin())
    lines = log()
    assert [each for each in lines if "defect ExceptionGroup in _lifespan" in each]
    assert not [each for each in lines if "Zyxwvut" in each or "Traceback" in each]
