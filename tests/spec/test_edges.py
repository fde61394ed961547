"""Edges of reading that once went wrong: too particular for the reference page, and never to come back."""

from datetime import date

import pytest

from matcher.engines.base import Engine
from tests.engines import ENGINES
from tests.spec.table import MET, NOT_MET, UNKNOWN, Table, row, verdicts

EDGES = (
    pytest.param(
        Table(
            "Progression after the as-of day",
            "What comes after the as-of day has not happened yet: whether it will is not known.",
            {"progressed": "platinum"},
            (
                row(
                    UNKNOWN,
                    therapies=[{"agents": ["cisplatin"], "progression_date": "2026-03-01"}],
                    complete=["therapies"],
                ),
                row(MET, therapies=[{"agents": ["cisplatin"], "progression_date": "2026-01-15"}]),
            ),
        ),
        id="progression after the as-of day",
    ),
    pytest.param(
        Table(
            "An age on 28 February",
            "Whoever is 17 on that day was not born on 29 February 18 years ago: they would be 18.",
            {"age": {"at_least": "18 years"}},
            (row(NOT_MET, age=17), row(MET, age=18)),
            as_of=date(2026, 2, 28),
        ),
        id="an age on 28 February",
    ),
    pytest.param(
        Table(
            "A classification of an edition nobody stated",
            "The latest classification may be of any edition, whatever the one before it was.",
            {"tnm_edition": "8"},
            (
                row(
                    UNKNOWN,
                    tnm=[
                        {"edition": 7, "t": "T2", "date": "2020-01-01"},
                        {"t": "T3", "date": "2025-12-01"},
                    ],
                ),
            ),
        ),
        id="an edition nobody stated",
    ),
)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@pytest.mark.parametrize("table", EDGES)
def test_an_edge(table: Table, engine: Engine) -> None:
    assert verdicts(table, engine) == [each.verdict for each in table.rows]
