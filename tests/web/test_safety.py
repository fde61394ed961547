"""What a hostile or careless caller can do to a real server: be refused, and nothing else."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import psutil
import pytest

from matcher.api.clock import now
from matcher.api.examples import PROFILE
from matcher.store import Database, Role, Tokens, open_database
from tests.small_rulebook import write_rulebook
from tests.web.live import Live, serving
from tests.web.waiting import PATIENCE

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("server")
    rules = write_rulebook(folder / "rules")
    with serving(folder, rules=str(rules), upload_limit=4 << 20, timeout=5.0) as started:
        yield started


@pytest.fixture
def http(live: Live) -> Iterator[httpx.Client]:
    """A client, and a server that still lives afterwards."""
    with live.client() as client:
        yield client
    assert httpx.get(f"{live.base}/healthz", timeout=PATIENCE).status_code == 200


def is_problem(response: httpx.Response, status: int, code: str) -> bool:
    assert (response.status_code, response.json().get("code")) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    return True


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"age": NaN}', "P004"),
        (b'{"age": -Infinity}', "P004"),
        (b'{"age": 1e400}', "P004"),
        (b'{"age": ' + b"9" * 5_000 + b"}", "P004"),
        (b'{"age": 61', "P004"),
        (b'{"age": 61}{"age": 62}', "P004"),
        (b"", "P004"),
        (b'{"id": "a\x01b"}', "P004"),
        (b'{"id": "\xff\xfe"}', "P006"),
        (b'{"id": "\\ud800"}', "P006"),
        (b'{"age": 61, "age": 62}', "P005"),
        (b"[" * 100_000 + b"]" * 100_000, "P008"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "P008"),
        (b'{"labs": ' + b"[" * 60 + b"]" * 60 + b"}", "P008"),
        (b"null", "P005"),
    ],
    ids=lambda value: value[:20].decode("latin-1") if isinstance(value, bytes) else value,
)
def test_a_damaged_body_is_a_problem(http: httpx.Client, body: bytes, code: str) -> None:
    assert is_problem(http.post("/v1/match", content=body, headers=JSON), 422, code)


@pytest.mark.parametrize(
    "profile",
    [
        {"id": "../../etc/passwd", "age": 61},
        {"id": "a\u0000b\u001b[2J", "age": 61},
        {"id": "\u202e" * 50, "age": 61},
        {"id": ["x"], "age": {"value": {"value": 1}}},
        {"as_of": "0001-01-01", "birth_date": "9999-12-31"},
        {
            "as_of": "9999-12-31",
            "birth_date": "0001-01-01",
            "therapies": [{"agents": ["cisplatin"], "end": "0001"}],
        },
        {"age": 10**25, "weight": -1e308, "height": 1e308, "ecog": "9" * 10_000},
        {"labs": [{"test": "platelets", "value": 1e308, "unit": "10*9/L"}] * 500},
        {"therapies": [{"agents": ["cisplatin"] * 1_000}] * 20},
        {"x" * 10_000: 1},
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_odd_profile_is_answered(http: httpx.Client, profile: dict[str, Any]) -> None:
    assert http.post("/v1/match?as_of=2026-01-15", json=profile).status_code in (200, 422)


def test_a_body_of_a_gibibyte_is_refused_early(http: httpx.Client, live: Live) -> None:
    sent = 0
    most = 1 << 30

    def flood() -> Iterator[bytes]:
        nonlocal sent
        while sent < most:
            sent += 1 << 20
            yield b" " * (1 << 20)

    before = psutil.Process(live.pid).memory_info().rss
    for headers in ({**JSON, "content-length": str(most)}, JSON):
        sent = 0
        with contextlib.suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
            assert is_problem(http.post("/v1/match", content=flood(), headers=headers), 413, "U054")
        assert sent < most / 4
    assert psutil.Process(live.pid).memory_info().rss - before < 200 << 20


def whole(line: socket.socket) -> bytes:
    """All that comes before the other side closes: head and body may come apart."""
    return b"".join(iter(lambda: line.recv(65_536), b""))


def test_a_length_that_is_announced_too_large_is_refused_before_it_is_sent(live: Live) -> None:
    with socket.create_connection(("127.0.0.1", live.settings.port), timeout=10) as line:
        line.sendall(
            b"POST /v1/match HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1073741824\r\n\r\n"
        )
        answer = whole(line)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"U054" in answer


def test_an_upload_over_the_limit_is_refused(http: httpx.Client) -> None:
    with contextlib.suppress(httpx.WriteError, httpx.ReadError):
        refused = http.post("/v1/match/batch", files={"file": ("a.csv", b"0" * (5 << 20))})
        assert is_problem(refused, 413, "U054")


def test_a_request_that_does_not_arrive_is_given_up(live: Live) -> None:
    with socket.create_connection(("127.0.0.1", live.settings.port), timeout=30) as line:
        line.sendall(
            b"POST /v1/match HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b'Content-Length: 100\r\n\r\n{"age"'
        )
        answer = whole(line)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"U059" in answer


@pytest.mark.parametrize(
    "raw", [b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 100_000, b"\r\n" * 1000]
)
def test_what_is_no_http_does_not_hurt(live: Live, http: httpx.Client, raw: bytes) -> None:
    address = ("127.0.0.1", live.settings.port)
    with socket.create_connection(address, timeout=10) as line, contextlib.suppress(OSError):
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        line.recv(65_536)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.", "[::2]:80"])
def test_another_host_is_refused(http: httpx.Client, host: str) -> None:
    assert is_problem(http.get("/v1/rulebook", headers={"host": host}), 403, "U060")


def test_a_page_of_another_site_can_neither_read_nor_write(http: httpx.Client, live: Live) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "http://["):
        refused = http.post("/v1/match", json=PROFILE, headers={"origin": origin})
        assert is_problem(refused, 403, "U060")
    own = http.post("/v1/match", json=PROFILE, headers={"origin": live.base})
    assert own.status_code == 200
    asked = http.options(
        "/v1/match", headers={"origin": "https://evil.example", "access-control-request-method": "POST"}
    )
    assert "access-control-allow-origin" not in asked.headers


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "",
        "application/json; charset=utf-16",
        "application/json; charset*=utf-8''%ff",
        "application/json; charset*0*=x; charset=utf-8",
        "application/json;charset",
    ],
)
def test_json_is_taken_as_json_only(http: httpx.Client, kind: str) -> None:
    assert is_problem(http.post("/v1/match", content=b"{}", headers={"content-type": kind}), 415, "U056")


@pytest.mark.parametrize("kind", ['application/json; charset="UTF-8"', "Application/JSON ;v=1; charset=utf8"])
def test_json_may_say_what_it_is_written_in(http: httpx.Client, kind: str) -> None:
    assert http.post("/v1/match", content=b"{}", headers={"content-type": kind}).status_code == 200


SECRET = "Zyxwvut"  # noqa: S105 - a patient's name


def test_no_value_of_a_patient_is_in_a_log_a_problem_or_a_figure(live: Live) -> None:
    odd = f"{SECRET}-1"
    said: list[str] = []
    with live.client() as http:
        for body in (
            {"id": odd},
            {"id": odd, "as_of": odd},
            {odd: odd},
            {"age": odd, "ecog": [odd], "labs": [{"test": odd, "value": odd, "unit": odd}], "therapies": odd},
            {"diagnoses": [{"code": odd, "index": True}, {"code": odd, "index": True}]},
            [odd],
            odd,
        ):
            response = http.post("/v1/match", json=body)
            if response.status_code != 200:
                said.append(response.text)
        said.append(http.post("/v1/match", content=f'{{"id": "{odd}', headers=JSON).text)
        said.append(http.post("/v1/match", content=f'{{"{odd}": 1, "{odd}": 2}}', headers=JSON).text)
        said += [
            http.get(path).text
            for path in (
                f"/v1/candidates/{odd}",
                f"/v1/jobs/{odd}",
                f"/v1/errors/{odd}",
                f"/{odd}",
                f"/v1/jobs/{odd}/files/{odd}",
            )
        ]
        bodies: tuple[dict[str, object], ...] = (
            {odd: odd},
            {"patient": {odd: odd}},
            {"answers": odd},
            {"as_of": odd},
            {"profile": {odd: odd}},
        )
        for sent in bodies:
            for method, path in (("POST", "/v1/sessions"), ("PUT", f"/v1/sessions/{odd}/answers")):
                response = http.request(method, path, json=sent)
                assert response.status_code == 422
                said.append(response.text)
        for path in ("/v1/match", "/v1/sessions", "/v1/match/batch"):
            said.append(http.post(path, params={odd: odd}, json={}).text)
        said.append(http.get("/v1/jobs", params={odd: odd}).text)
        said.append(http.get("/v1/candidates", params={"kind": odd}).text)
        said.append(http.post("/v1/match", params={"as_of": odd}, json={}).text)
        for name, content, mapping in (
            (f"{odd}.exe", odd, None),
            (f"{odd}.csv", f"{odd},{odd}\n{odd},{odd}\n", None),
            (f"{odd}.json", f'{{"{odd}"', None),
            (f"{odd}.jsonl", f'{{"id": "{odd}", "age": "{odd}"}}\n{{"{odd}', None),
            (f"{odd}.csv", f"patient_id,age,{odd}\n{odd},{odd},{odd}\n", None),
            (f"{odd}.csv", f"patient_id\n{odd}\n", "facts: ["),
        ):
            files = {"file": (name, content)}
            if mapping:
                files["mapping"] = (f"{odd}.yaml", mapping)
            response = http.post("/v1/match/batch", files=files)
            if response.status_code == 202:
                address = response.headers["location"]
                while (shown := http.get(address).json())["state"] in ("queued", "running"):
                    time.sleep(0.05)
                said.append(json.dumps(shown))
            else:
                said.append(response.text)
        said.append(http.get("/metrics").text)
    assert len(said) >= 20
    for each in [*said, live.said()]:
        assert SECRET.casefold() not in each.casefold()


def test_the_log_names_routes_and_request_ids(live: Live, http: httpx.Client) -> None:
    request = http.get("/v1/candidates/nothing").headers["x-request-id"]
    # The line is written once the answer has left.
    ends = time.monotonic() + PATIENCE
    while request not in live.said() and time.monotonic() < ends:
        time.sleep(0.02)
    lines = [line for line in live.said().splitlines() if request in line]
    assert len(lines) == 1
    assert "GET /v1/candidates/{id} 404" in lines[0]


# --- who may ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def tokens_of(live: Live) -> Iterator[Tokens]:
    database: Database = open_database(live.settings.store_url, now)
    try:
        yield Tokens(database)
    finally:
        database.close()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, dict[Role, str]]]:
    folder = tmp_path_factory.mktemp("guarded")
    with serving(folder, rules=str(write_rulebook(folder / "rules"))) as started:
        with tokens_of(started) as tokens:
            roles: tuple[Role, ...] = ("intake", "coordinator", "viewer", "author", "approver", "admin")
            secrets = {role: tokens.create(role)[1] for role in roles}
        time.sleep(2.5)  # what a server knows of tokens is at most two seconds old
        yield started, secrets


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def test_once_there_are_tokens_everybody_needs_one(guarded: tuple[Live, dict[Role, str]]) -> None:
    live, secrets = guarded
    with live.client() as http:
        for wrong in (
            {},
            bearer("x"),
            {"authorization": secrets["admin"]},
            {"authorization": "Basic eDp4"},
        ):
            refused = http.get("/v1/rulebook", headers=wrong)
            assert is_problem(refused, 401, "U052")
            assert refused.headers["www-authenticate"] == "Bearer"
        assert http.get("/healthz").status_code == 200


def test_a_page_tells_strangers_no_more_than_the_interface_does(
    guarded: tuple[Live, dict[Role, str]],
) -> None:
    live, secrets = guarded
    with live.client() as http:
        fields = [
            each["id"]
            for section in http.get("/v1/form", headers=bearer(secrets["viewer"])).json()["sections"]
            for each in section["fields"]
        ]
        version = http.get("/v1/rulebook", headers=bearer(secrets["viewer"])).json()["short"]
        for headers in ({}, bearer("x")):
            shown = http.get("/intake", headers=headers, follow_redirects=True)
            assert "Sign in" in shown.text
            assert not [each for each in (*fields, version) if f'"{each}"' in shown.text]
            assert "matcher-rulebook" not in shown.headers
        assert f'data-field="{fields[0]}"' in http.get("/intake", headers=bearer(secrets["intake"])).text


def test_a_role_may_do_what_it_is_for(guarded: tuple[Live, dict[Role, str]]) -> None:
    live, secrets = guarded
    with live.client() as http:
        for role, secret in secrets.items():
            assert http.get("/v1/rulebook", headers=bearer(secret)).status_code == 200
            matched = http.post("/v1/match", json={"age": 61}, headers=bearer(secret))
            listed = http.get("/v1/jobs", headers=bearer(secret))
            if role in ("intake", "coordinator", "admin"):
                assert (matched.status_code, listed.status_code) == (200, 200)
            else:
                assert is_problem(matched, 403, "U053")
                assert is_problem(listed, 403, "U053")


def test_another_s_job_is_as_good_as_none(guarded: tuple[Live, dict[Role, str]]) -> None:
    live, secrets = guarded
    with live.client() as http:
        mine, yours = bearer(secrets["intake"]), bearer(secrets["admin"])
        begun = http.post(
            "/v1/match/batch", files={"file": ("a.csv", "patient_id,age\nA,61\n")}, headers=mine
        )
        address = begun.headers["location"]
        assert http.get(address, headers=mine).status_code == 200
        other, none = http.get(address, headers=yours), http.get(f"/v1/jobs/{'0' * 32}", headers=yours)
        assert is_problem(other, 404, "U058")
        assert {**other.json(), "request_id": ""} == {**none.json(), "request_id": ""}
        assert http.delete(address, headers=yours).status_code == 404
        assert http.get("/v1/jobs", headers=yours).json()["items"] == []


def test_a_stranger_s_upload_is_not_read(guarded: tuple[Live, dict[Role, str]]) -> None:
    live, _ = guarded
    with socket.create_connection(("127.0.0.1", live.settings.port), timeout=10) as line:
        line.sendall(
            b"POST /v1/match/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            b"Content-Length: 1000000\r\n\r\n--x\r\n"
        )
        assert line.recv(65_536).startswith(b"HTTP/1.1 401")


def test_a_revoked_or_expired_token_is_refused_soon(guarded: tuple[Live, dict[Role, str]]) -> None:
    live, _ = guarded
    with tokens_of(live) as tokens, live.client() as http:
        kept, secret = tokens.create("viewer")
        _, brief = tokens.create("viewer", expires_at=now() + timedelta(seconds=-1))
        time.sleep(2.5)
        assert http.get("/v1/rulebook", headers=bearer(secret)).status_code == 200
        assert http.get("/v1/rulebook", headers=bearer(brief)).status_code == 401
        tokens.revoke(kept.id)
        time.sleep(2.5)
        assert http.get("/v1/rulebook", headers=bearer(secret)).status_code == 401


def test_behind_a_proxy_its_name_is_the_server_s(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("proxied")
    rules = str(write_rulebook(folder / "rules"))
    database = open_database(f"sqlite:///{folder / 'store.sqlite'}", now)
    _, secret = Tokens(database).create("intake")
    database.close()
    with serving(folder, rules=rules, public_name="matcher.example.org") as live, live.client() as http:
        named = {**bearer(secret), "host": "matcher.example.org"}
        assert http.get("/v1/rulebook", headers=named).status_code == 200
        assert http.post(
            "/v1/match", json={}, headers={**named, "origin": "https://matcher.example.org"}
        ).is_success
        rewritten = {**bearer(secret), "origin": "https://matcher.example.org"}
        assert http.post("/v1/match", json={}, headers=rewritten).is_success
        assert is_problem(http.get("/v1/rulebook", headers={**named, "host": "evil.example"}), 403, "U060")
        assert is_problem(http.get("/v1/rulebook", headers={"host": "matcher.example.org"}), 401, "U052")
