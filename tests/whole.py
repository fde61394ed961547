"""What of long tests CI runs, and what only ``make whole`` does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

WHOLE = bool(os.environ.get("MATCHER_WHOLE"))
_Each = TypeVar("_Each")
only_whole = pytest.mark.skipif(not WHOLE, reason="only `make whole` does")
"""A test that takes long and has a shorter neighbour that fails where it does."""


def one_of(count: int, every: Sequence[_Each]) -> Sequence[_Each]:
    """One of so many, from the first on; all of them with ``make whole``.

    For what is machinery's or repetition's: where each example is likely to fail if any does.
    """
    return every if WHOLE else every[::count]
