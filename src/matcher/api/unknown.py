"""Fields that do not exist: a misspelt one would get lost, and with it what was known of the patient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from matcher.api.problems import Problem
from matcher.api.refusal import cut
from matcher.api.shapes import Finding
from matcher.errors import CODES
from matcher.readers.outcome import Reject

UNKNOWN_FIELD = "P109"
UNKNOWN_CRITERION = "P125"
_MOST = 100


class _Issue(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def remedy(self) -> str: ...


def refuse_unknown(issues: Iterable[tuple[str, _Issue]]) -> None:
    """Raises a problem that names every field that does not exist with its place, if there is one."""
    found = [(place, each) for place, each in issues if each.code in (UNKNOWN_FIELD, UNKNOWN_CRITERION)]
    if not found:
        return
    named = "field" if found[0][1].code == UNKNOWN_FIELD else "criterion"
    several = "fields" if named == "field" else "fields or criteria"
    count = f"{len(found)} {several} do" if len(found) > 1 else f"a {named} does"
    detail = f"{count} not exist: correct the names, or ask with unknown=report to have the rest read"
    findings = [
        Finding(code=each.code, place=cut(place), message=cut(each.reason), remedy=each.remedy)
        for place, each in found[:_MOST]
    ]
    raise Problem(422, found[0][1].code, detail, place=findings[0].place, findings=findings)


def refused(reject: Reject) -> Problem:
    """Why a body is no patient. What is wrong with its form is said in words; a value is never quoted."""
    place = reject.source.column or "body"
    finding = Finding(code=reject.code, place=place, message=cut(reject.reason), remedy=reject.remedy)
    findings = [finding] if reject.code in ("P015", "P016") else []
    return Problem(422, reject.code, CODES[reject.code].meaning, place=place, findings=findings)
