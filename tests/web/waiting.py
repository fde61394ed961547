"""Waiting for a page."""

from __future__ import annotations

import time
from typing import Any

PATIENCE = 180.0
"""Seconds after which what was waited for is taken not to come, on a machine that is slow and busy besides."""


def until(page: Any, expression: str, arg: Any = None) -> None:
    """Wait until the expression holds in the page.

    Playwright's own `wait_for_function` looks again from inside the page, where a strict
    Content-Security-Policy forbids it to evaluate anything: it works only when the
    expression holds at the first look. This one asks from outside each time.
    """
    ends = time.monotonic() + PATIENCE
    while not page.evaluate(expression, arg):
        assert time.monotonic() < ends, f"not within {PATIENCE:.0f} s: {expression}"
        page.wait_for_timeout(20)
