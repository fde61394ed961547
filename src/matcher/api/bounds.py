"""How much one request may say of one patient: what is read takes a thread that others wait for."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.api.problems import Problem

MOST_VALUES = 20_000
"""Some thousands of laboratory values, each with its unit, its day and its limits."""
MOST_RECORDS = 2_000
"""Of one list that names things, as agents or diseases: each of them is looked up, and held against every rule."""
_MEASURED = frozenset({"labs", "observations"})


def refuse_too_many_values(said: object) -> None:
    """A ``Problem`` where there are more values, at whatever depth, or more records of a kind, than of any patient."""
    left, waiting = MOST_VALUES, [("", said)]
    while waiting and left > 0:
        left -= 1
        name, each = waiting.pop()
        match each:
            case Mapping() as fields:
                waiting += fields.items()
            case list() as rows:
                if len(rows) > MOST_RECORDS and name not in _MEASURED:
                    raise _too_many(f"{MOST_RECORDS} records in one list")
                waiting += [("", row) for row in rows]
    if waiting:
        raise _too_many(f"{MOST_VALUES} values")


def _too_many(bound: str) -> Problem:
    detail = f"the record has more than {bound}: send it as a file to /v1/match/batch"
    return Problem(422, "P008", detail, place="body")
