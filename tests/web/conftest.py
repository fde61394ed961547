"""A real browser for the pages."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.waiting import PATIENCE

CHROMIUM = Path(os.environ.get("MATCHER_CHROMIUM", "/usr/bin/chromium"))
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install playwright"
)


# Of one module: an open browser keeps a loop running in this thread, where other modules start their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium; without it the tests of pages are skipped, and a warning says so."""
    if not CHROMIUM.exists():
        message = (
            f"no browser at {CHROMIUM}: the pages are NOT tested. Install chromium or set MATCHER_CHROMIUM."
        )
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=_ARGUMENTS)
        make = opened.new_context

        def patient(**options: Any) -> Any:
            context = make(**options)
            context.set_default_timeout(PATIENCE * 1_000)
            return context

        opened.new_context = patient
        opened.new_page = lambda **options: patient(**options).new_page()
        yield opened
        opened.close()
