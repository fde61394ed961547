"""The text of cases: one more at its end, one written anew, one taken out. Every other byte stays."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matcher.rulebook.strict_yaml import parse_yaml

_WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./%+-]*(?: [A-Za-z0-9_./%+-]+)*")
_TRAPS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[^"]')


@dataclass(frozen=True, slots=True)
class CaseWritten:
    """A case as somebody states it: the patient in the form of profiles, and what must come out."""

    name: str
    as_of: date
    patient: Mapping[str, Any]
    expect: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        return "".join(
            f"{line}\n"
            for line in (
                f"- case: {_scalar(self.name)}",
                f"  as_of: {self.as_of.isoformat()}",
                *_wrapped("  patient:", _flow(self.patient)),
                *_wrapped("  expect:", _flow(self.expect)),
            )
        )


def added(cases: str, one: CaseWritten) -> str:
    """The text with one case more. It has to expect something: a case that says nothing shows nothing."""
    if not cases.strip():
        return one.text()
    return cases + ("" if cases.endswith("\n") else "\n") + one.text()


def replaced(cases: str, index: int, one: CaseWritten | None) -> str:
    """The text with another case in this place, or without it; as it was where it has no such place."""
    marked, _ = parse_yaml(cases, "cases")
    if marked is None or not isinstance(marked.data, list) or not 0 <= index < len(marked.data):
        return cases
    lines = cases.splitlines(keepends=True)
    starts = [_dash(lines, marked.mark((number,)).line) for number in range(len(marked.data))]
    starts.append(len(lines))
    end = starts[index + 1]
    while end > starts[index] + 1 and lines[end - 1].lstrip().startswith(("#", "\n")):
        end -= 1
    new = "" if one is None else one.text()
    return "".join(lines[: starts[index]]) + new + "".join(lines[end:])


def in_one_line(value: Mapping[str, Any]) -> str:
    """A patient or what is expected, as it stands in a file of cases."""
    return _flow(value)


def _dash(lines: list[str], line: int) -> int:
    """The line on which the item begins, counted from 0."""
    at = line - 1
    while at > 0 and not lines[at].lstrip().startswith("-"):
        at -= 1
    return at


def _flow(value: Any) -> str:
    match value:
        case Mapping():
            return "{" + ", ".join(f"{_scalar(str(key))}: {_flow(held)}" for key, held in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    match value:
        case bool() | None:
            return json.dumps(value)
        case int() | float():
            # To the last of the nine digits that are compared: 13.1429 weeks are more than three months.
            return f"{value:.9g}" if abs(value) < 1e6 else repr(value)
        case date():
            return value.isoformat()
    text = str(value)
    plain = _DAY.fullmatch(text) or (_PLAIN.fullmatch(text) and text.casefold() not in _TRAPS)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _wrapped(head: str, flow: str) -> list[str]:
    """On the line of its key where it fits there, and else below it, broken behind commas."""
    if len(head) + len(flow) + 1 <= _WIDTH:
        return [f"{head} {flow}"]
    lines, line = [head], "    "
    for piece in _pieces(flow):
        if len(line) + len(piece) > _WIDTH and line.strip():
            lines.append(line.rstrip())
            line = "     "
        line += piece
    return [*lines, line.rstrip()]


def _pieces(flow: str) -> list[str]:
    """Cut behind each comma that is no part of a text."""
    found, piece = [], ""
    for each in _QUOTED.findall(flow):
        piece += each
        if piece.endswith(", "):
            found.append(piece)
            piece = ""
    return [*found, piece]
