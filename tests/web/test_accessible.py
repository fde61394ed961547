"""axe-core, which the tools of browsers use, finds nothing on the intake page in any state, nor in the report."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.small_rulebook import write_rulebook
from tests.web.filling import answer, settled
from tests.web.live import ROOT, Live, serving
from tests.whole import one_of

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)

SIZES = {"desktop": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 780}}
SCREENS = list(product(SIZES, ("light", "dark")))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """By a few rules: axe looks at every line of a list for seconds, and all lines are of the same making."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, rules=str(write_rulebook(folder / "rules"))) as live:
        yield live


def complaints(page: Any) -> list[str]:
    found = axe.Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("screen", one_of(4, SCREENS[::-1]), ids=" ".join)
def test_the_intake_page_in_every_state(browser: Any, server: Live, screen: tuple[str, str]) -> None:
    size, scheme = SIZES[screen[0]], screen[1]
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server.base}/intake")
    page.wait_for_selector("#question button")
    assert complaints(page) == []
    answer(page, "diagnosis", "PLMESO")
    answer(page, "ecog", {"value": "3"})
    answer(page, "birth_date", {"value": "01/02/1960"})
    assert page.locator(".issue .meant").count() == 1
    answer(page, "therapies/1", {"agents": ["cisplatin"], "start": "2025-01-10"})
    assert complaints(page) == []
    if screen[0] == "phone":
        page.click("#view-matches")
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.locator("#trials .criterion").first.wait_for()
    settled(page)
    assert complaints(page) == []
    page.click("#new")
    assert complaints(page) == []
    context.close()


def test_the_report_with_everything_open(browser: Any, tmp_path: Path) -> None:
    some = tmp_path / "some.csv"
    rows = (ROOT / "fixtures" / "patients.csv").read_text("utf-8").splitlines(keepends=True)
    some.write_text("".join(rows[:3]), "utf-8")
    wanted = [
        "match",
        str(some),
        "--as-of",
        "2026-01-15",
        "--top",
        "1",
        "--out",
        str(tmp_path / "out"),
    ]
    subprocess.run([sys.executable, "-m", "matcher.cli", *wanted], check=True, capture_output=True)
    context = browser.new_context(viewport=SIZES["desktop"])
    page = context.new_page()
    page.goto((tmp_path / "out" / "report.html").as_uri())
    page.evaluate(
        "for (const each of [...document.querySelectorAll('details')].slice(0, 8)) each.open = true"
    )
    assert complaints(page) == []
    context.close()
