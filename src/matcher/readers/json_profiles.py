"""Profiles as JSON: one object, an array of them, or one on each line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from matcher.domain.source import Source
from matcher.errors import Diagnostic, PatientDataError, UsageError
from matcher.readers.entry import Entry
from matcher.readers.foreign import TwoIdentifiersError, identifier_of, is_about_nobody, mostly_unknown
from matcher.readers.outcome import Issue
from matcher.readers.place import Places
from matcher.readers.text import LONGEST_LINE, encoding_of, lines_of

SEVERAL_DOCUMENTS = (
    "there is more behind the end of the document: one profile on each line is a file of JSON Lines (.jsonl)"
)


class _RepeatedFieldError(ValueError):
    """One object has the same field twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RepeatedFieldError(f"the field '{twice}' stands there twice")
    return found


def _parse(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_object, parse_constant=str)


class JsonLines:
    """One profile on each line; a line that is no JSON costs itself."""

    dated = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding = encoding_of(path)
        self.assumptions = (
            [f"{path.name} is not UTF-8 and was read as {self.encoding.name}"]
            if self.encoding.assumed
            else []
        )
        self.file_issues: list[Issue] = mostly_unknown(path.name, (each.wire for each in self.entries(None)))

    def identifiers(self) -> Iterator[str]:
        for entry in self.entries(None):
            yield entry.patient

    def entries(self, as_of: date | None) -> Iterator[Entry]:  # noqa: ARG002 every profile is dated later
        return entries_of(lines_of(self.path, self.encoding), self.path.name)


def entries_of(lines: Iterable[str], file: str, number: int = 0) -> Iterator[Entry]:
    """A patient for each line with anything on it; ``number`` lines stand before them."""
    piece = False
    for line in lines:
        number += not piece
        continued, piece = piece, is_piece(line)
        if continued or not line.strip():
            continue
        source = Source(file, number)
        if piece:
            yield Entry(
                "", source, problem=("P008", "the line is longer than any patient's"), text=line[:200]
            )
            continue
        yield _entry(line, source)


def is_piece(line: str) -> bool:
    """Whether it is no whole line, because that is endless."""
    return not line.endswith(("\n", "\r")) and len(line) >= LONGEST_LINE


def _entry(line: str, source: Source) -> Entry:
    try:
        raw = _parse(line)
    except _RepeatedFieldError as error:
        return Entry("", source, problem=("P005", str(error)), text=line)
    except RecursionError:
        return Entry("", source, problem=("P008", "nested too deep"), text=line[:200])
    except ValueError as error:
        return Entry("", source, problem=("P004", str(error)), text=line)
    return _profile(raw, source)


def _profile(raw: Any, source: Source) -> Entry:
    if not isinstance(raw, dict):
        return Entry("", source, problem=("P005", "a profile is an object with fields"), text=str(raw))
    text = str(raw)[:1000]
    try:
        patient = identifier_of(raw)
    except TwoIdentifiersError as error:
        return Entry("", source, problem=("P015", str(error)), text=text)
    nobody = is_about_nobody(raw)
    return Entry(
        patient, source, raw, Places(source), problem=("P016", nobody) if nobody else None, text=text
    )


class JsonDocument:
    """A whole document: one profile, or an array of them. It is held in memory; use JSON Lines for many."""

    dated = False

    def __init__(self, path: Path) -> None:
        encoding = encoding_of(path)
        try:
            parsed = _parse("".join(lines_of(path, encoding)))
        except RecursionError:
            raise _unreadable(path, None, "P008", "the document is nested too deep") from None
        except json.JSONDecodeError as error:
            reason = SEVERAL_DOCUMENTS if error.msg == "Extra data" else error.msg
            raise _unreadable(path, error.lineno, "P004", reason) from None
        except ValueError as error:
            raise _unreadable(path, None, "P005", str(error)) from None
        self._path = path
        self._profiles = _members(path, parsed)
        self.assumptions = (
            [f"{path.name} is not UTF-8 and was read as {encoding.name}"] if encoding.assumed else []
        )
        self.file_issues: list[Issue] = mostly_unknown(path.name, self._profiles)

    def identifiers(self) -> Iterator[str]:
        for entry in self.entries(None):
            yield entry.patient

    def entries(self, as_of: date | None) -> Iterator[Entry]:  # noqa: ARG002 every profile is dated later
        for number, raw in enumerate(self._profiles, start=1):
            yield _profile(raw, Source(self._path.name, number))


def _members(path: Path, parsed: Any) -> list[Any]:
    match parsed:
        case list():
            return parsed
        case {"resourceType": kind}:
            raise UsageError(f"{path.name} is a FHIR {kind}, not a profile", code="U011")
        case dict():
            return [parsed]
    raise _unreadable(path, 1, "P005", "a profile is an object with fields")


def _unreadable(path: Path, line: int | None, code: str, message: str) -> PatientDataError:
    return PatientDataError([Diagnostic(path.name, line, None, code, message)])


def json_file(path: Path) -> JsonLines | JsonDocument:
    """A document, unless every line is an object of its own."""
    encoding = encoding_of(path)
    first = next((line.strip() for line in lines_of(path, encoding) if line.strip()), "")
    lines = (line for line in lines_of(path, encoding) if line.strip())
    several = next(lines, None) is not None and next(lines, None) is not None
    if first.startswith("{") and first.endswith("}") and several:
        try:
            _parse(first)
        except (ValueError, RecursionError):
            return JsonDocument(path)
        return JsonLines(path)
    return JsonDocument(path)
