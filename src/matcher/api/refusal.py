"""Why something is refused, before it is an answer: what a process beside the server tells needs no web framework."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from matcher.errors import CODES, Diagnostic, MatcherError, PatientDataError, RuleError, UsageError
from matcher.store import StoreError

#: as many problems of a file as an answer names
MOST_FINDINGS = 20
_LONGEST = 300
_EXHAUSTED = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EROFS}
)
_PLACES = re.compile(r"(?<![\w./])/(?:[\w.@+~-]+/)+")


@dataclass(frozen=True, slots=True)
class Found:
    """One problem of a file or a rulebook: which, where, and what helps."""

    code: str
    place: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status of HTTP, the code of the command line, and the words to them; names places, never values."""

    status: int
    code: str
    detail: str
    place: str = ""
    findings: tuple[Found, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def cut(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def refusal_of(error: MatcherError, folder: Path | None = None) -> Refusal:
    """What the program says on the command line, as an answer: the request was understood and cannot be met.

    Files of ``folder`` are called by their names alone: where they lie is the server's business.
    """
    if folder is not None and str(folder) in str(error):
        error = _shortened(error, f"{folder}/")
    return _without_places(_refusal_of(error))


def refusal_of_failure(error: Exception) -> Refusal:
    """What failed although nothing was wrong with the request; its words, which may quote a patient, are left out.

    A disk that is full and a process that has no more files to open are the machine's, and may be over soon.
    """
    match error:
        case StoreError():
            return refusal_of(error)
        case OSError(errno=number) if number in _EXHAUSTED:
            return Refusal(503, "U008", "the machine has no room left", headers={"Retry-After": "60"})
    return Refusal(500, "U064", "the program failed at this request")


def _without_places(refusal: Refusal) -> Refusal:
    """Where this machine keeps its files is nobody's business but its own."""
    findings = tuple(
        replace(each, place=_PLACES.sub("", each.place), message=_PLACES.sub("", each.message))
        for each in refusal.findings
    )
    detail, place = _PLACES.sub("", refusal.detail), _PLACES.sub("", refusal.place)
    return replace(refusal, detail=detail, place=place, findings=findings)


def _refusal_of(error: MatcherError) -> Refusal:
    match error:
        case StoreError():
            return Refusal(503, error.code, error.message, headers={"Retry-After": "5"})
        case UsageError(code=code, message=message):
            return Refusal(422, code, message)
        case PatientDataError(diagnostics=diagnostics) | RuleError(diagnostics=diagnostics):
            first = diagnostics[0]
            findings = tuple(_found(each) for each in diagnostics[:MOST_FINDINGS])
            status = 422 if isinstance(error, PatientDataError) else 500
            return Refusal(status, first.code, first.message, place=first.place, findings=findings)
    return Refusal(500, "U064", "the program failed")


def _shortened(error: MatcherError, prefix: str) -> MatcherError:
    match error:
        case UsageError(code=code, message=message, hint=hint):
            return UsageError(message.replace(prefix, ""), hint, code)
        case PatientDataError(diagnostics=diagnostics) | RuleError(diagnostics=diagnostics):
            return type(error)(
                replace(each, file=each.file.replace(prefix, ""), message=each.message.replace(prefix, ""))
                for each in diagnostics
            )
    return error


def _found(each: Diagnostic) -> Found:
    remedy = each.hint or CODES[each.code].remedy
    return Found(each.code, cut(each.place), cut(each.message), remedy)
