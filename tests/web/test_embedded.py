"""The intake form inside a page of another origin: shown, filled and heard there, and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.small_rulebook import write_rulebook
from tests.web.live import Live, serving
from tests.web.waiting import until

_HOST = """<!doctype html><title>A clinic</title><p id="said"></p>
<iframe title="Trials" src="{form}" width="900" height="600"></iframe>
<script>
const frame = document.querySelector("iframe");
window.heard = [];
addEventListener("message", (event) => {{
  if (event.origin !== "{origin}") return;
  heard.push(event.data);
  if (event.data.type !== "matcher:ready") return;
  frame.contentWindow.postMessage({{ type: "matcher:theme", variables: {{ "--accent": "#7a1fa2", "--x": "url(x)" }} }}, "{origin}");
  frame.contentWindow.postMessage({{ type: "matcher:profile", profile: {{ age: 61, ecog: 1 }} }}, "{origin}");
}});
</script>"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("host")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}", folder
        server.shutdown()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, host: tuple[str, Path]) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("server")
    rules = str(write_rulebook(folder / "rules"))
    with serving(folder, rules=rules, embed=(host[0], "https://clinic.example")) as started:
        yield started


def test_only_the_form_is_framed_and_only_by_those_named(live: Live, host: tuple[str, Path]) -> None:
    with live.client() as http:
        form = http.get("/intake")
        assert (
            f"frame-ancestors 'self' {host[0]} https://clinic.example"
            in form.headers["content-security-policy"]
        )
        assert "x-frame-options" not in form.headers
        for path in ("/", "/rules", "/worklists", "/v1/rulebook"):
            other = http.get(path)
            assert "frame-ancestors 'none'" in other.headers["content-security-policy"]
            assert other.headers["x-frame-options"] == "DENY"
            assert "access-control-allow-origin" not in other.headers


def test_a_page_of_another_origin_shows_it_fills_it_and_hears_of_it(
    browser: Any, live: Live, host: tuple[str, Path]
) -> None:
    origin, folder = host
    (folder / "clinic.html").write_text(_HOST.format(form=f"{live.base}/intake", origin=live.base), "utf-8")
    page = browser.new_page()
    page.goto(f"{origin}/clinic.html")
    until(page, "() => heard.some((each) => each.type === 'matcher:state' && each.open > 0)")
    until(
        page,
        "() => { frame.contentWindow.postMessage({ type: 'matcher:ask' }, '*'); return heard.some((each) => each.profile?.birth_date || each.profile?.ecog); }",
    )
    frame = page.frames[1]
    assert (
        frame.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')") == "#7a1fa2"
    )
    assert frame.evaluate("document.documentElement.style.getPropertyValue('--x')") == ""
    page.close()


def test_a_page_of_an_origin_that_is_not_named_gets_nothing(
    browser: Any, live: Live, host: tuple[str, Path]
) -> None:
    origin, folder = host
    stranger = origin.replace("localhost", "127.0.0.1")
    (folder / "other.html").write_text(_HOST.format(form=f"{live.base}/intake", origin=live.base), "utf-8")
    page = browser.new_page()
    page.goto(f"{stranger}/other.html")
    page.wait_for_timeout(500)
    assert page.evaluate("heard.length") == 0
    page.close()
    with httpx.Client(base_url=live.base) as http:
        sent = http.post("/v1/sessions", json={}, headers={"origin": stranger})
        assert sent.status_code == 403


def test_a_patient_is_handed_over_in_a_form_and_stands_in_no_address_and_no_log(
    browser: Any, live: Live, host: tuple[str, Path]
) -> None:
    origin, folder = host
    profile = '{"id": "Zyxwvut", "age": 61, "ecog": 1, "note": "</script><b id=b>"}'
    hidden = escape(profile, quote=True)
    form = f'<form method="post" action="{live.base}/intake"><input type="hidden" name="profile" value="{hidden}"><button>Go</button>'
    (folder / "hand.html").write_text(f"<!doctype html><title>A clinic</title>{form}</form>", "utf-8")
    page = browser.new_page()
    page.goto(f"{origin}/hand.html")
    page.click("button")
    until(page, "() => document.getElementById('patient')?.value === 'Zyxwvut'")
    assert page.locator("#b").count() == 0
    page.reload()
    until(page, "() => document.getElementById('patient')?.value === 'Zyxwvut'")
    assert page.url == f"{live.base}/intake"
    page.close()
    assert "Zyxwvut" not in live.said()
    with live.client() as http:
        sent = {"profile": profile}
        assert http.post("/intake", data=sent, headers={"origin": "https://evil.example"}).status_code == 403
        assert http.post("/intake", data=sent).status_code == 200
        for wrong in ("[]", "{", ""):
            refused = http.post("/intake", data={"profile": wrong})
            assert (refused.status_code, refused.json()["code"]) == (422, "P004")
