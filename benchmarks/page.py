"""How soon the report of a coordinator's list is there in Chromium, and how soon a search answers.

    python benchmarks/page.py [--patients 300] [--turns 3] [--report FILE]

`matcher match extract.csv` writes the report, unless one is given. Each turn opens it in a new page from the disk:
until the page has loaded and its index can be searched, until a search of it has answered, and until a patient who is
asked for is written out. Chromium's own start is not counted; an empty page
beside it says how quick the machine is.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from measure import ROOT, clock, python

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_CHROMIUM = Path(os.environ.get("MATCHER_CHROMIUM", "/usr/bin/chromium"))
_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--report", type=Path, metavar="FILE", help="one that is written already")
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        report = asked.report or _written(Path(name), asked.patients)
        browser = driver.chromium.launch(executable_path=str(_CHROMIUM), args=_ARGUMENTS)
        empty = Path(name) / "empty.html"
        empty.write_text("<!doctype html><title>Nothing</title>", "utf-8")
        turns = [(_blank(browser, empty), *_opened(browser, report.resolve())) for _ in range(asked.turns)]
        browser.close()
        size = report.stat().st_size / 1e6
    print(f"  {'report.html, MB':<40}{size:.2f}")
    for what, seconds in zip(
        (
            "an empty page loaded, seconds",
            "loaded, seconds",
            "searched, seconds",
            "a patient opened, seconds",
        ),
        map(median, zip(*turns, strict=True)),
        strict=True,
    ):
        print(f"  {what:<40}{seconds:.3f}")
    return 0


def _written(folder: Path, patients: int) -> Path:
    extract = folder / "extract.csv"
    clock(python(ROOT / "benchmarks" / "extract.py", str(patients), extract))
    asked = ["--as-of", "2026-01-15", "--quiet", "--explanations"]
    clock(python("-m", "matcher.cli", "match", extract, "--out", folder / "out", *asked))
    return folder / "out" / "report.html"


def _blank(browser: Browser, empty: Path) -> float:
    page = browser.new_page()
    begin = time.perf_counter()
    page.goto(empty.as_uri(), wait_until="load")
    loaded = time.perf_counter()
    page.close()
    return loaded - begin


def _opened(browser: Browser, report: Path) -> tuple[float, float, float]:
    page = browser.new_page()
    begin = time.perf_counter()
    page.goto(report.as_uri(), wait_until="load")
    page.locator("#search").wait_for()
    loaded = time.perf_counter()
    last = page.locator("table.index tbody tr").last.locator("a").first
    patient = last.inner_text()
    page.locator("#search").fill(patient)
    page.wait_for_function("() => document.querySelector('#said').textContent !== ''")
    searched = time.perf_counter()
    last.click()
    page.locator("article.patient").first.wait_for()
    opened = time.perf_counter()
    page.close()
    return loaded - begin, searched - loaded, opened - searched


if __name__ == "__main__":
    raise SystemExit(main())
