"""The fields of a row that have the right shape: what has not, or has no such name, is said and stays open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from matcher.errors import nearest
from matcher.readers.context import LONGEST_WRITTEN, Context, is_unknown
from matcher.readers.value import NOT_READ
from matcher.vocabulary.marks import assertion_of


def checked(
    context: Context, model: type[BaseModel], raw: Mapping[Any, Any], path: str
) -> dict[str, Any] | None:
    """The fields of a row that have the right shape; the others are issues. Nothing without a required one."""
    fields = {str(name): value for name, value in raw.items() if value is not None}
    for name, value in fields.items():
        if _is_prose(value):
            context.issue("P120", f"{path}.{name}", "the text is longer than any value", value)
            fields[name] = NOT_READ
    usable = True
    readable = {name: value for name, value in fields.items() if value is not NOT_READ}
    for error in _faults(model, readable):
        name = str(error["loc"][0]) if error["loc"] else ""
        if error["type"] == "missing" and name in fields:
            continue
        if error["type"] == "missing":
            context.issue("P118", path, f"the row has no '{name}'")
            usable = False
        elif error["type"] == "extra_forbidden":
            guess = nearest(name, model.model_fields) if context.guesses else None
            hint = f"; did you mean '{guess}'?" if guess else ""
            value = fields.pop(name, readable.get(name, ""))
            context.issue("P109", f"{path}.{name}", f"there is no field '{name}' here{hint}", value)
            for meant in written_for(name, value, model.model_fields):
                if not model.model_fields[meant].is_required():
                    fields.setdefault(meant, NOT_READ)
            if "assertion" in model.model_fields and _could_deny(name, value):
                fields.setdefault("assertion", NOT_READ)
        elif name in fields:
            code = "P110" if name not in _DATES else "P106"
            context.issue(code, f"{path}.{name}", error["msg"], fields[name])
            fields[name] = NOT_READ
            usable = usable and not model.model_fields[name].is_required()
    return fields if usable else None


def written_for(name: str, value: object, known: Iterable[str]) -> list[str]:
    """The fields that one of an unknown name may have been written for: one of nearly that name, or its days.

    Without them the record could say more than was written: a laboratory value without a day is taken as current.
    """
    names = tuple(known)
    if is_unknown(value):
        return []
    guess = _near(name, names)
    if guess is not None:
        return [guess]
    dated = isinstance(value, str) and _DAY.match(value.strip()) is not None
    return [each for each in names if each in _DAYS_OF_A_RECORD] if dated else []


@lru_cache(maxsize=4096)
def _near(name: str, known: tuple[str, ...]) -> str | None:
    return nearest(name, known)


def _is_prose(value: object) -> bool:
    """Whether a text is too long to be looked through for names, agents and changes."""
    if isinstance(value, list):
        return any(_is_prose(each) for each in value)
    return isinstance(value, str) and len(value) > LONGEST_WRITTEN


_DENYING = re.compile(
    "negat|verif|refut|exclu|absen|certain|assert|famil|subject|suspec|doubt|polarit|presen|confirm|denie|ruled",
    re.IGNORECASE,
)


def _could_deny(name: str, value: object) -> bool:
    """Whether a field that nobody knows may say that the rest of its row is not so."""
    said = isinstance(value, bool) or (isinstance(value, str) and assertion_of(value) is not None)
    return said or _DENYING.search(name) is not None


_DAY = re.compile(r"\d{4}-\d{2}\b|\d{8}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_DAYS_OF_A_RECORD = frozenset({"date", "start", "end", "day"})
_DATES = frozenset({"date", "start", "end", "day", "progression_date"})


def _faults(model: type[BaseModel], fields: Mapping[str, Any]) -> Iterable[Any]:
    try:
        model.model_validate(fields)
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False)
    return ()
