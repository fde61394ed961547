"""Rule files on disk as validated documents, with a place for everything that is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from matcher.errors import Diagnostic, nearest
from matcher.rulebook.marked import Location, Marked
from matcher.rulebook.strict_yaml import load_yaml
from matcher.rules.condition import Problem
from matcher.rules.syntax import KINDS, AnyDocument

D = TypeVar("D", bound=BaseModel)
CASES_SUFFIX = ".cases.yaml"

_CODES = {
    "missing": "R010",
    "extra_forbidden": "R011",
    "string_pattern_mismatch": "R034",
    "literal_error": "R014",
    "date_type": "R033",
    "date_from_datetime_inexact": "R033",
    "too_short": "R020",
}


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One file: its data with marks, and the document if it is one."""

    name: str
    marked: Marked | None
    document: AnyDocument | None


def rule_paths(root: Path) -> list[Path]:
    """The rule files below a directory, cases aside, in a fixed order."""
    return sorted(path for path in root.rglob("*.yaml") if not path.name.endswith(CASES_SUFFIX))


def case_paths(root: Path) -> list[Path]:
    return sorted(root.rglob(f"*{CASES_SUFFIX}"))


def content_hash(root: Path) -> str:
    """SHA-256 over the names and bytes of every rule file: the version of a rulebook."""
    digest = hashlib.sha256()
    for path in rule_paths(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def read_rule_file(path: Path, name: str) -> tuple[RuleFile, list[Diagnostic]]:
    """The document of a file and everything wrong with its form."""
    marked, diagnostics = load_yaml(path, name)
    if marked is None:
        return RuleFile(name, None, None), diagnostics
    if not isinstance(marked.data, dict):
        return RuleFile(name, marked, None), [
            *diagnostics,
            marked.report("R013", (), "a rule file holds fields, not a list or a single value"),
        ]
    kind = next((word for word in KINDS if word in marked.data), None)
    if kind is None:
        first = next(iter(marked.data), "")
        suggestion = nearest(str(first), list(KINDS))
        hint = f"did you mean '{suggestion}'?" if suggestion else f"begin it with one of: {', '.join(KINDS)}"
        return RuleFile(name, marked, None), [
            *diagnostics,
            marked.report("R040", (first,), "this file does not say what it is", hint, on_key=True),
        ]
    document, found = validated(KINDS[kind], marked)
    return RuleFile(name, marked, document if not diagnostics and not found else None), diagnostics + found


def validated(model: type[D], marked: Marked, at: Location = ()) -> tuple[D | None, list[Diagnostic]]:
    """The data at a location as a model, or what is wrong with it."""
    data = marked.data
    for step in at:
        data = data[step]  # type: ignore[index,call-overload]
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        found = (_diagnostic(model, marked, at, detail) for detail in _nearest_alternative(details))
        return None, [each for each in found if each is not None]


def _nearest_alternative(details: Sequence[ErrorDetails]) -> Iterable[ErrorDetails]:
    """Of a value that fits none of several types, only the complaint that says most."""
    seen: set[Location] = set()
    for detail in details:
        location = _location(detail)
        if location in seen:
            continue
        seen.add(location)
        yield detail


def _location(detail: ErrorDetails) -> Location:
    # Pydantic adds the names of union members and key markers; the marks pass over what is not in the file.
    return tuple(step for step in detail["loc"] if step != "[key]")


def _diagnostic(
    model: type[BaseModel], marked: Marked, at: Location, detail: ErrorDetails
) -> Diagnostic | None:
    location = (*at, *_location(detail))
    if location in marked.faults:
        return None
    code = _CODES.get(detail["type"], "R013")
    name = str(location[-1]) if location else ""
    match detail["type"]:
        case "missing":
            return marked.report(code, location[:-1], f"'{name}' is missing", on_key=True)
        case "extra_forbidden":
            suggestion = nearest(name, _fields(model))
            hint = f"did you mean '{suggestion}'?" if suggestion else ""
            return marked.report(code, location, f"unknown field '{name}'", hint, on_key=True)
        case "string_pattern_mismatch":
            on_key = "[key]" in detail["loc"]
            return marked.report(
                code, location, f"'{detail['input']}' has not the form of such a name", on_key=on_key
            )
        case "literal_error":
            expected = str(detail.get("ctx", {}).get("expected", ""))
            suggestion = nearest(str(detail["input"]), [word.strip("' ") for word in expected.split(",")])
            hint = f"did you mean '{suggestion}'?" if suggestion else f"one of: {expected}"
            return marked.report(code, location, f"'{detail['input']}' is not one of the values", hint)
        case "date_type" | "date_from_datetime_inexact":
            return marked.report(code, location, "a date is needed, written like 2026-01-15")
        case "too_short":
            return marked.report(code, location, f"'{name}' is empty")
    return marked.report(code, location, _sentence(detail["msg"]))


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:]


def _fields(model: type[BaseModel]) -> list[str]:
    """Every field name used anywhere in the kind of file, for "did you mean"."""
    names: set[str] = set()
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        names.update(part.get("properties", {}))
    return sorted(names)


def located(marked: Marked, problems: Iterable[Problem], at: Location = ()) -> list[Diagnostic]:
    """Problems of conditions at the line and column where they stand."""
    return [
        marked.report(each.code, (*at, *each.path), each.message, each.hint, on_key=each.at_key)
        for each in problems
    ]
