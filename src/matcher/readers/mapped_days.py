"""Days as a mapping lets them be written, and the outermost of several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from matcher.domain.dates import DateSpan
from matcher.domain.source import Source
from matcher.readers.mapping import Mapping
from matcher.readers.value import UnreadableError, read_date

_SLASHED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[T ]\d{1,2}:\d{2}.*)?", re.DOTALL)
_MONTH_FIRST = re.compile(r"(\d{1,2})[./-](\d{4})")


def year_first(mapping: Mapping, text: str) -> str:
    """A day that the mapping lets begin with the day or the month, as dates are written elsewhere."""
    if mapping.dates != "year_first" and (found := _SLASHED.fullmatch(text)):
        day, month = (found[1], found[2]) if mapping.dates == "day_first" else (found[2], found[1])
        return f"{found[3]}-{month}-{day}"
    if mapping.dates != "year_first" and (found := _MONTH_FIRST.fullmatch(text)):
        return f"{found[2]}-{found[1]}"
    return text


def outermost(found: Sequence[tuple[Any, Source]], *, latest: bool) -> tuple[Any, Source]:
    """The latest (or earliest) of several days. Where one of them is no day nobody knows which that is."""
    days: list[DateSpan] = []
    for value, source in found:
        try:
            days.append(read_date(value))
        except UnreadableError:
            return value, source
    if latest:
        first, last = max(each.first for each in days), max(each.last for each in days)
    else:
        first, last = min(each.first for each in days), min(each.last for each in days)
    place = next((place for place, each in enumerate(days) if each == DateSpan(first, last)), None)
    if place is not None:
        return found[place]
    return {"from": first.isoformat(), "to": last.isoformat()}, found[0][1]
