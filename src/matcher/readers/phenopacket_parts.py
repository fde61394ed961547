"""The parts that a Phenopacket is made of: ontology classes, quantities and points in time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from matcher.readers.value import NOT_READ

Part = Mapping[str, Any]
_DURATION = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T.*)?")
_SNAKE = re.compile(r"_([a-z0-9])")
_EARLIEST = "1900-01-01"


def in_camel_case(held: Any) -> Any:
    """The same with the names of JSON: a program may also write those of protobuf, as ``time_observed``."""
    if isinstance(held, dict):
        return {
            _SNAKE.sub(lambda found: found[1].upper(), str(name)): in_camel_case(value)
            for name, value in held.items()
        }
    return [in_camel_case(each) for each in held] if isinstance(held, list) else held


def parts(held: Any) -> Iterator[Part]:
    """The objects of a list; of anything else that stands there nothing is an object."""
    yield from (each for each in held if isinstance(each, dict)) if isinstance(held, list) else ()


def part(held: Any) -> Part:
    return held if isinstance(held, dict) else {}


def label(term: Any) -> str:
    held = part(term)
    return str(held.get("label") or held.get("id") or "").strip()


def concept(term: Any) -> dict[str, Any]:
    """An ontology class in the form of a codeable concept."""
    held = part(term)
    prefix, _, code = str(held.get("id") or "").partition(":")
    words = str(held.get("label") or "")
    return {"coding": [{"system": prefix, "code": code or prefix, "display": words}]}


def day(element: Any, born: date | None) -> Any:
    """The day or the days that a point in time may be; one that is stated and cannot be placed is no day."""
    if element is None:
        return None
    held = part(element)
    if isinstance(held.get("timestamp"), str):
        return held["timestamp"][:10]
    if isinstance(interval := held.get("interval"), dict):
        return _stamp(interval.get("start")) or _until(interval.get("end"))
    if isinstance(age := held.get("age"), dict):
        return _at_age(age.get("iso8601duration"), born)
    return NOT_READ


def end_day(element: Any, born: date | None) -> Any:
    """The last day of an interval; of anything else the same point."""
    interval = part(element).get("interval")
    return _stamp(interval.get("end")) if isinstance(interval, dict) else day(element, born)


def _stamp(text: Any) -> str | None:
    return text[:10] if isinstance(text, str) and text else None


def _until(text: Any) -> Any:
    last = _stamp(text)
    return {"from": _EARLIEST, "to": last} if last else NOT_READ


def _at_age(text: Any, born: date | None) -> Any:
    """At an age in years some day of that year, in months of that month: so precise as it was written."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None or born is None or not any(found.groups()):
        return NOT_READ
    years, months = int(found[1] or 0), int(found[2] or 0)
    first = _later(born, years * 12 + months)
    width = 1 if found[2] else 12
    last = _later(born, years * 12 + months + width)
    if found[3] or found[4]:
        return NOT_READ if first is None else {"from": str(first), "to": str(last or first)}
    return NOT_READ if first is None or last is None else {"from": str(first), "to": str(last)}


def _later(born: date, months: int) -> date | None:
    year, month = divmod(born.year * 12 + born.month - 1 + months, 12)
    try:
        return date(year, month + 1, min(born.day, 28))
    except ValueError:
        return None


def quantity(held: Any) -> Any:
    """A value with its unit by UCUM where the unit is coded so, else by its words; ``NOT_READ`` where it has none."""
    found = part(held)
    number = found.get("value")
    if not isinstance(number, int | float) or isinstance(number, bool):
        return NOT_READ
    unit = part(found.get("unit"))
    prefix, _, code = str(unit.get("id") or "").partition(":")
    written = code if prefix.casefold() == "ucum" else str(unit.get("label") or "")
    return f"{number} {written}".strip()
