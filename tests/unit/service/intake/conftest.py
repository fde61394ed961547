from __future__ import annotations

from datetime import date

import pytest

from matcher.service import Matcher, open_rulebook
from matcher.service.intake.desk import Desk

AS_OF = date(2026, 1, 15)


@pytest.fixture(scope="session")
def desk() -> Desk:
    """The shipped rulebook, ready for intakes."""
    return Desk(Matcher(open_rulebook()))
