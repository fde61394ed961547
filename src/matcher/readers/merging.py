"""Rows that a mapping calls one record where they agree: the drugs of one combination."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from matcher.domain.source import Source
from matcher.readers.value import NOT_READ


def merged(table: str, rows: Sequence[Any], keys: Sequence[str], places: dict[str, Source]) -> list[Any]:
    """The rows with those that agree in all keys made one; ``places`` follow them."""
    kept: list[Any] = []
    moved: dict[int, int] = {}
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows):
        identity = tuple(str(row.get(key, "")) for key in keys) if isinstance(row, dict) else ("",)
        if all(identity) and identity in seen and "none_of" not in row:
            kept[seen[identity]] = _joined(kept[seen[identity]], row)
            continue
        if all(identity):
            seen[identity] = len(kept)
        moved[number] = len(kept)
        kept.append(row)
    _renumber(table, moved, places)
    return kept


def _renumber(table: str, moved: dict[int, int], places: dict[str, Source]) -> None:
    pattern = re.compile(rf"{table}\[(\d+)\](.*)")
    for path in list(places):
        if found := pattern.fullmatch(path):
            source = places.pop(path)
            if (number := moved.get(int(found[1]))) is not None:
                places[f"{table}[{number}]{found[2]}"] = source


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two groups of one record: agents together; of fields that disagree neither is believed."""
    joined: dict[str, Any] = {}
    for key in {**first, **second}:
        one, other = first.get(key), second.get(key)
        if key == "agents":
            joined[key] = [*_as_list(one), *_as_list(other)]
        elif one is None or other is None or one == other:
            joined[key] = other if one is None else one
        elif key != "label":
            joined[key] = NOT_READ
    return joined


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
