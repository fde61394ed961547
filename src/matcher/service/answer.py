"""One patient who comes by wire: read, matched, and everything said in one answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter

from matcher.domain.source import Source
from matcher.explanation.answer import DECISION_NOTICE, PatientShown
from matcher.readers.assemble import assemble
from matcher.readers.fhir_document import OnePatient
from matcher.readers.outcome import Issue, Reject, issue_in_words
from matcher.readers.place import Places
from matcher.service.match import Matcher, MatchOptions

_BODY = Source("body")


@dataclass(frozen=True, slots=True)
class IssueShown:
    """One fact that could not be read and is therefore unknown; ``text`` is what stood there."""

    code: str
    fact: str
    reason: str
    remedy: str
    text: str


@dataclass(frozen=True, slots=True)
class RulebookNamed:
    """The version the answer was made from: the hash of its files, and the short form of it."""

    version: str
    short: str


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """The patient's two rankings, explained, and what could not be read."""

    rulebook: RulebookNamed
    engine: str
    patient: PatientShown
    issues: tuple[IssueShown, ...]
    notice: str = DECISION_NOTICE


def answer(
    matcher: Matcher, raw: object | OnePatient, options: MatchOptions, *, as_of: date | None, today: date
) -> MatchAnswer | Reject:
    """The answer to one profile in its wire form, or read from FHIR, or why there is none.

    A profile without a day of its own is seen as on ``as_of``, and without that as on ``today``, which is said
    among the assumptions.
    """
    wire, places, before = _parts(raw)
    assembled = assemble(wire, as_of=as_of or today, formulary=matcher.rulebook.formulary, sources=places)
    if assembled.profile is None:
        assert assembled.reject is not None
        return assembled.reject
    sitting = matcher.sitting(assembled.profile)
    issues = tuple(dict.fromkeys([*before, *assembled.issues, *sitting.issues]))
    dated = as_of is not None or (isinstance(wire, dict) and wire.get("as_of") is not None)
    assumed = () if dated else (f"no as-of date was given: seen as on {today}, the day of the request",)
    rulebook = matcher.rulebook
    return MatchAnswer(
        RulebookNamed(rulebook.version, rulebook.short_version),
        matcher.engine.name,
        matcher.match_one(assembled.profile, [issue_in_words(each) for each in issues], assumed, options),
        tuple(map(_shown, issues)),
    )


def _parts(raw: object | OnePatient) -> tuple[object, Places | Source, tuple[Issue, ...]]:
    """The wire form, where its parts stood, and what was not understood of it before."""
    if isinstance(raw, OnePatient):
        return raw.wire, raw.places, raw.issues
    return raw, _BODY, ()


def _shown(issue: Issue) -> IssueShown:
    return IssueShown(issue.code, issue.fact, issue.reason, issue.remedy, issue.text)


_ANSWER = TypeAdapter(MatchAnswer)


def to_json(answered: MatchAnswer) -> bytes:
    """The answer as one JSON document in UTF-8."""
    return _ANSWER.dump_json(answered)
