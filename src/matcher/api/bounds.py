"""How much one request may say of one patient: what is read takes a thread that others wait for."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.api.problems import Problem

MOST_VALUES = 20_000
"""Some thousands of laboratory values, each with its unit, its day and its limits."""


def refuse_too_many_values(said: object) -> None:
    """A ``Problem`` where there are more values, at whatever depth, than of any patient."""
    left, waiting = MOST_VALUES, [said]
    while waiting and left > 0:
        left -= 1
        match waiting.pop():
            case Mapping() as fields:
                waiting += fields.values()
            case list() as rows:
                waiting += rows
    if waiting:
        detail = f"the record has more than {MOST_VALUES} values: send it as a file to /v1/match/batch"
        raise Problem(422, "P008", detail, place="body")
