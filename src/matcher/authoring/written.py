"""Values as a careful person writes them in a rule file: on one line, and in quotes only where they need some."""

from __future__ import annotations

import json
import re
from datetime import date

from matcher.rulebook.plain_scalar import read_plain

#: what begins something else than a text, what ends one, and what ends one in braces
_BEGINS = tuple("-?:,[]{}#&*!|>'\"%@`= ")
_ENDS = re.compile(r": |:$| #|\s$")
_ENDS_IN_FLOW = re.compile(r"[,\[\]{}]")
#: text as long as this is laid over several lines
_LONG = 100


def in_flow(value: object) -> str:
    """``{lab: {test: platelets, at_least: 100 10*9/L}}``, ``[IIIA, IIIB]``, ``18 years``, ``true``."""
    match value:
        case dict():
            return "{" + ", ".join(f"{in_flow(key)}: {in_flow(held)}" for key, held in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(in_flow, value)) + "]"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case str():
            return _text(value, in_braces=True)
    return str(value)


def _text(text: str, *, in_braces: bool) -> str:
    is_text = text and text.isprintable() and read_plain(text) == text and not text.startswith(_BEGINS)
    ends = _ENDS.search(text) or (in_braces and _ENDS_IN_FLOW.search(text))
    if is_text and not ends:
        return text
    if text.isprintable() and "'" not in text:
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False)


def in_block(value: object, indent: int) -> str:
    """A value behind a key at ``indent``: a long text folded beneath it, all else on its line."""
    if (
        isinstance(value, str)
        and len(value) > _LONG
        and value.isprintable()
        and " ".join(value.split()) == value
    ):
        return ">-\n" + "\n".join(" " * (indent + 2) + line for line in _folded(value, _LONG - indent))
    return _text(value, in_braces=False) if isinstance(value, str) else in_flow(value)


def _folded(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + len(word) < width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
