"""The model's complaints about a file, one for each mistake, in words for people who write rules.

Where a field takes one of several forms (a source is a name or a citation), pydantic complains once for every
form. What counts is the form the author was writing: the one that got furthest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from matcher.errors import Diagnostic, nearest
from matcher.rulebook.marked import Location, Marked, Plain

_CODES = {
    "missing": "R010",
    "extra_forbidden": "R011",
    "string_pattern_mismatch": "R034",
    "literal_error": "R014",
    "date_type": "R033",
    "date_from_datetime_inexact": "R033",
    "judgement_with_condition": "R063",
    "too_short": "R020",
    "string_too_short": "R020",
    "greater_than": "R019",
    "greater_than_equal": "R019",
    "less_than": "R019",
    "less_than_equal": "R019",
}
_NEEDED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "fields with values",
    "model_type": "fields with values",
    "model_attributes_type": "fields with values",
    "date_type": "a date",
}
_KEY = "[key]"
_MANY = 12


def diagnostics_of(
    model: type[BaseModel], marked: Marked, at: Location, details: Sequence[ErrorDetails]
) -> list[Diagnostic]:
    """One finding for each mistake; none where the reader of YAML has already found fault."""
    data = _value(marked.data, at)
    found: list[Diagnostic] = []
    chosen: list[ErrorDetails] = []
    for place, complaints in _by_place(details, data).items():
        fitting = complaints if len(complaints) == 1 else list(_nearest_form(complaints, len(place)))
        chosen += fitting
        if not fitting:
            needed = dict.fromkeys(_NEEDED.get(each["type"], "another value") for each in complaints)
            found += _reported(marked, (*at, *place), "R013", f"{' or '.join(needed)} is needed here")
    suggested = {
        _in_file(detail, data): nearest(str(detail["loc"][-1]), _fields(model, detail, data))
        for detail in chosen
        if detail["type"] == "extra_forbidden"
    }
    misspelt = {(*location[:-1], name) for location, name in suggested.items()}
    for detail in chosen:
        # A misspelt field is said once: not again as one that is missing.
        if detail["type"] != "missing" or _in_file(detail, data) not in misspelt:
            found += _diagnostic(model, marked, at, detail, data)
    return found


def _by_place(details: Sequence[ErrorDetails], data: Plain) -> Mapping[Location, list[ErrorDetails]]:
    """The complaints by the field they are about: all forms of one field together."""
    places: dict[Location, list[ErrorDetails]] = {}
    for detail in details:
        places.setdefault(_place(detail, data)[0], []).append(detail)
    return places


def _place(detail: ErrorDetails, data: Plain) -> tuple[Location, bool]:
    """The deepest part of a location before a form's name, and whether there was one.

    Pydantic puts the name of the form tried between the keys of the file. It is the step that the file does
    not have, other than the last step of a missing field.
    """
    steps = tuple(step for step in detail["loc"] if step != _KEY)
    here: Plain = data
    for index, step in enumerate(steps):
        if not _has(here, step):
            absent = detail["type"] == "missing" and index == len(steps) - 1
            return (steps, False) if absent else (steps[:index], True)
        here = _value(here, (step,))
    return steps, False


def _nearest_form(complaints: list[ErrorDetails], depth: int) -> Iterator[ErrorDetails]:
    """The complaints of the form that fits best: not of the wrong type altogether, and with the fewest."""
    forms: dict[str | int, list[ErrorDetails]] = {}
    for detail in complaints:
        steps = [step for step in detail["loc"] if step != _KEY]
        forms.setdefault(steps[depth] if len(steps) > depth else "", []).append(detail)
    fitting = [
        each
        for each in forms.values()
        if not any(len(detail["loc"]) <= depth + 1 and detail["type"] in _NEEDED for detail in each)
    ]
    if fitting:
        yield from min(fitting, key=len)


def _diagnostic(
    model: type[BaseModel], marked: Marked, at: Location, detail: ErrorDetails, data: Plain
) -> list[Diagnostic]:
    location = (*at, *_in_file(detail, data))
    code = _CODES.get(detail["type"], "R013")
    name = str(location[-1]) if location else ""
    match detail["type"]:
        case "missing":
            # A figure without a source is a finding of its own, whether or not the field is required.
            code = "L010" if name == "source" and "evidence" in location else code
            return _reported(marked, location, code, f"'{name}' is missing", on_key=True, up=1)
        case "extra_forbidden":
            known = _fields(model, detail, data)
            suggestion = nearest(name, known)
            hint = f"did you mean '{suggestion}'?" if suggestion else f"there are: {', '.join(known)}"
            return _reported(marked, location, code, f"unknown field '{name}'", hint, on_key=True)
        case "string_pattern_mismatch":
            message = f"'{detail['input']}' has not the form of such a name"
            return _reported(marked, location, code, message, on_key=_KEY in detail["loc"])
        case "literal_error":
            expected = str(detail.get("ctx", {}).get("expected", ""))
            words = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
            suggestion = nearest(str(detail["input"]), words)
            hint = f"did you mean '{suggestion}'?" if suggestion else f"one of: {', '.join(words[:_MANY])}"
            return _reported(marked, location, code, f"'{detail['input']}' is not one of the values", hint)
        case "judgement_with_condition":
            message = "a criterion left to a person has no 'when'"
            return _reported(marked, location, code, message, on_key=True)
        case "date_type" | "date_from_datetime_inexact":
            message = "a date is needed, written like 2026-01-15 and without quotes"
            return _reported(marked, location, code, message)
        case "too_short" | "string_too_short":
            return _reported(marked, location, code, f"'{name}' is empty")
        case kind if kind in _NEEDED:
            return _reported(marked, location, code, f"{_NEEDED[kind]} is needed here")
    return _reported(marked, location, code, detail["msg"][:1].lower() + detail["msg"][1:])


def _reported(
    marked: Marked,
    location: Location,
    code: str,
    message: str,
    hint: str = "",
    *,
    on_key: bool = False,
    up: int = 0,
) -> list[Diagnostic]:
    """The finding, unless the reader has found fault with this very value; ``up`` levels above its place."""
    if location in marked.faults:
        return []
    return [marked.report(code, location[: len(location) - up], message, hint, on_key=on_key)]


def _in_file(detail: ErrorDetails, data: Plain) -> Location:
    """The location without the names of forms: the keys and indices that the file has, or should have."""
    steps = [step for step in detail["loc"] if step != _KEY]
    location: list[str | int] = []
    here: Plain = data
    for index, step in enumerate(steps):
        if _has(here, step):
            here = _value(here, (step,))
        elif not (detail["type"] == "missing" and index == len(steps) - 1):
            continue
        location.append(step)
    return tuple(location)


def _has(data: Plain, step: str | int) -> bool:
    match data:
        case dict():
            return isinstance(step, str) and step in data
        case list():
            return isinstance(step, int) and 0 <= step < len(data)
    return False


def _value(data: Plain, location: Location) -> Plain:
    for step in location:
        data = data[step]  # type: ignore[index]
    return data


def _fields(model: type[BaseModel], detail: ErrorDetails, data: Plain) -> list[str]:
    """The fields that the part of the model at a location has."""
    schema = model.model_json_schema()
    parts = [schema]
    for step in _in_file(detail, data)[:-1]:
        parts = [below for part in parts for below in _below(_resolved(part, schema), step, schema)]
    return sorted({name for part in parts for each in _resolved(part, schema) for name in _names(each)})


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "$ref" in part:
        return _resolved(schema["$defs"][part["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in part:
        return [each for option in part["anyOf"] for each in _resolved(option, schema)]
    return [part]


def _below(
    parts: Iterable[Mapping[str, Any]], step: str | int, schema: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    for part in parts:
        if isinstance(step, int):
            inner = part.get("items")
        else:
            patterns = list(part.get("patternProperties", {}).values())
            inner = part.get("properties", {}).get(step) or next(
                iter(patterns), part.get("additionalProperties")
            )
        if isinstance(inner, dict):
            yield from (dict(each) for each in _resolved(inner, schema))


def _names(part: Mapping[str, Any]) -> Iterator[str]:
    yield from part.get("properties", {})
