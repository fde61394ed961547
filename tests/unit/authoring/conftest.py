"""One rulebook in force beside which texts are laid out."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.rulebook.load import load_rulebook
from matcher.rules.rulebook import Rulebook


@pytest.fixture(scope="session")
def book(root: Path) -> Rulebook:
    return load_rulebook(root / "rules")
