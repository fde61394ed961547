"""One JSON document as it comes over a wire: what is no JSON, or too much of it, is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.text import encoding_of, lines_of

DEEPEST = 40
MOST_VALUES = 20_000
MOST_OF_FHIR = 500_000
"""A resource says one thing in twenty values or more."""
_KIND = b'"resourceType"'
_LONGEST_NUMBER = 30
_FILE = "body"


def read_json(body: bytes) -> Any:
    """The value; ``PatientDataError`` where the bytes are not UTF-8 (P006), not JSON (P004) or too deep (P008).

    Stricter than the standard library where that would guess: NaN and Infinity are no JSON, a number beyond what
    a computer holds is refused, and so is an object that has a field twice (P005).
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse("P006", f"byte {error.start + 1} is not UTF-8")
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int
        )
    except json.JSONDecodeError as error:
        several = error.msg == "Extra data"
        reason = (
            "there is more behind the end of the document: send JSON Lines as a file"
            if several
            else error.msg
        )
        _refuse("P004", reason, error.lineno, error.colno)
    except RecursionError:
        _refuse("P008", "nested too deep")
    _check_size(value, MOST_OF_FHIR if _KIND in body else MOST_VALUES)
    if "\\ud" in text.casefold():
        _refuse_half_characters(value)
    return value


def _refuse(code: str, message: str, line: int | None = None, column: int | None = None) -> NoReturn:
    raise PatientDataError([Diagnostic(_FILE, line, column, code, message)]) from None


def _check_size(value: Any, most: int) -> None:
    """Level by level, so that depth costs nothing."""
    level, count = [value], 0
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        count += len(level)
        if count > most:
            _refuse("P008", f"more than {most} values")
        if not level:
            return
    _refuse("P008", f"nested deeper than {DEEPEST} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse("P005", "an object has the same field twice")
    return found


def _constant(name: str) -> NoReturn:
    _refuse("P004", f"{name} is no JSON; write null, or leave the field out")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        _refuse("P004", "a number is larger than a computer holds")
    return value


def _int(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        _refuse("P004", "a number has more digits than any fact")
    return int(text)


def _refuse_half_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        _refuse("P006", "a text holds half of a character")


def json_document(path: Path) -> Any:
    """The one document of a file; ``PatientDataError`` with the line where it is none."""
    try:
        return json.loads("".join(lines_of(path, encoding_of(path))))
    except RecursionError:
        raise PatientDataError([Diagnostic(path.name, None, None, "P008", "nested too deep")]) from None
    except json.JSONDecodeError as error:
        raise PatientDataError([Diagnostic(path.name, error.lineno, None, "P004", error.msg)]) from None
