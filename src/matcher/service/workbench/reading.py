"""A case as a person fills it in on a page: read, and everything wrong with it said at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from matcher.rulebook.strict_yaml import parse_yaml
from matcher.service.workbench.casefile import CaseWritten
from matcher.service.workbench.checked import Checked, read_text

_EXPECT = "expect:"


def read_case(held: Mapping[str, str], checked: Checked) -> tuple[CaseWritten | None, list[str]]:
    """The case, or what keeps it from being one. Whether what it expects comes out is not looked at."""
    wrong: list[str] = []
    name = " ".join(held.get("name", "").split())
    if not name:
        wrong.append("Give the case a name: what makes this patient worth showing.")
    as_of = _day(held.get("as_of", ""))
    if as_of is None:
        wrong.append("Give the day the question is asked for, as 2026-01-15.")
    patient, said = _patient(held.get("patient", ""))
    wrong += said
    expect = {
        key.removeprefix(_EXPECT): value for key, value in held.items() if key.startswith(_EXPECT) and value
    }
    if not expect:
        wrong.append("Say what must come out for at least one criterion.")
    if wrong or as_of is None or patient is None:
        return None, wrong
    one = CaseWritten(name, as_of, patient, expect)
    book = checked.ready
    if book is None:
        return one, ["The rule itself has errors: a case can be added once they are mended."]
    _, found = read_text(one.text(), checked.identity.name, book)
    return one, [each.message for each in found]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _patient(text: str) -> tuple[dict[str, Any] | None, list[str]]:
    """With or without braces around it, on as many lines as one likes."""
    bare = text.strip()
    if bare.startswith("{") and bare.endswith("}"):
        bare = bare[1:-1]
    marked, problems = parse_yaml("patient: {" + bare + "\n}\n", "patient")
    if marked is None or problems:
        return None, [
            f"What is known of the patient cannot be read: {each.message}." for each in problems[:3]
        ]
    held = marked.data["patient"] if isinstance(marked.data, dict) else None
    return (dict(held), []) if isinstance(held, dict) else (None, ["Write what is known as name: value."])
