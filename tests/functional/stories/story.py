"""A story: a synthetic patient, and what a clinician who knows the documents expects to be told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.explanation.answer import CandidateShown, PatientShown
from matcher.rulebook.strict_yaml import load_yaml

HERE = Path(__file__).parent
ALL = tuple(sorted(HERE.glob("*.yaml")))


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reasons(_Part):
    """What has to be said about one candidate: parts of the words, and verdicts by criterion."""

    standing_text: str | None = None
    availability: str | None = None
    because: list[str] = Field(default_factory=list)
    missing: list[str] = Field(default_factory=list)
    blocking: list[str] | None = None
    distances: list[str] = Field(default_factory=list)
    earliest: list[str] | None = None
    evidence: list[str] = Field(default_factory=list)
    assumptions: list[str] = Field(default_factory=list)
    criteria: dict[str, str] = Field(default_factory=dict)
    criterion_reasons: dict[str, str] = Field(default_factory=dict)
    facts: dict[str, str] = Field(default_factory=dict)
    cautions: dict[str, str] = Field(default_factory=dict)
    never: list[str] = Field(default_factory=list)


class Expected(_Part):
    """``trials`` and ``regimens`` are the first places in order, with the standing and, where it is told, the rank.

    ``=1 eligible`` shares the first rank. ``standings`` holds for any place.
    """

    summary: list[str] = Field(default_factory=list)
    trials: list[dict[str, str]] = Field(default_factory=list)
    regimens: list[dict[str, str]] = Field(default_factory=list)
    standings: dict[str, str] = Field(default_factory=dict)
    not_ranked: list[str] = Field(default_factory=list)
    no_regimen_fits: bool = False
    reasons: dict[str, Reasons] = Field(default_factory=dict)
    questions: list[str] = Field(default_factory=list)
    derived: dict[str, str] = Field(default_factory=dict)
    assumptions: list[str] = Field(default_factory=list)
    conflicts: list[str] = Field(default_factory=list)
    deceased: bool = False


class Story(_Part):
    """One file."""

    story: str
    narrative: str
    as_of: date
    include_closed: bool = False
    patient: dict[str, Any]
    expect: Expected


def read(path: Path) -> Story:
    marked, findings = load_yaml(path, path.name)
    assert marked is not None, findings
    assert not findings, findings
    return Story.model_validate(marked.data)


def differences(expected: Expected, found: PatientShown) -> Iterator[str]:
    """Where the answer is not the one expected, each difference as lines to read."""
    yield from _texts("summary", expected.summary, found.summary)
    yield from _places("trials", expected.trials, found.trials)
    yield from _places("regimens", expected.regimens, found.regimens)
    by_id = {each.id: each for each in found.candidates}
    for name, standing in expected.standings.items():
        got = by_id[name].standing if name in by_id else "not ranked"
        if got != standing:
            yield f"{name}: expected {standing}, found {got}"
    yield from (f"{name}: expected not to be ranked" for name in expected.not_ranked if name in by_id)
    if expected.no_regimen_fits:
        fitting = [each.id for each in found.regimens if each.standing != "ineligible"]
        yield from (f"{name}: expected no regimen to fit" for name in fitting)
    for name, reasons in expected.reasons.items():
        if name in by_id:
            yield from (f"{name}: {each}" for each in _reasons(reasons, by_id[name]))
        else:
            yield f"{name}: expected among the ranked candidates"
    topics = [each.topic for each in found.questions]
    if topics[: len(expected.questions)] != expected.questions:
        asked = [f"{each.topic} ({each.settles:g})" for each in found.questions]
        yield f"questions\n    expected first  {expected.questions}\n    found           {asked}"
    derived = {each.name: each.value for each in found.derived}
    for name, value in expected.derived.items():
        if value.casefold() not in derived.get(name, "").casefold():
            yield f"derived {name}: expected {value!r}, found {derived.get(name)!r}"
    yield from _texts("assumptions", expected.assumptions, found.assumptions)
    yield from _texts("conflicts", expected.conflicts, found.conflicts)
    if found.deceased is not expected.deceased:
        yield f"deceased: expected {expected.deceased}, found {found.deceased}"
    ranked = [each.id for each in found.candidates if each.rank is not None]
    if expected.deceased and (ranked or found.questions):
        yield f"expected no ranks and no questions, found ranks of {ranked} and {found.questions}"


def _places(kind: str, expected: list[dict[str, str]], found: tuple[CandidateShown, ...]) -> Iterator[str]:
    wanted = [f"{name}: {standing}" for place in expected for name, standing in place.items()]
    ranked = [any(character.isdigit() for character in each.split(": ")[1]) for each in wanted]
    got = [
        f"{each.id}: {each.place} {each.standing}" if told else f"{each.id}: {each.standing}"
        for each, told in zip(found, [*ranked, *(False for _ in found)], strict=False)
    ]
    if got[: len(wanted)] == wanted:
        return
    lines = [f"{kind}\n    {'expected':55}found"]
    for place, name in enumerate(wanted):
        other = got[place] if place < len(got) else "nothing"
        lines.append(f"    {name:55}{'the same' if other == name else other}")
    yield "\n".join(lines)


def _reasons(expected: Reasons, found: CandidateShown) -> Iterator[str]:
    for name in ("standing_text", "availability"):
        wanted = getattr(expected, name)
        if wanted is not None and wanted != getattr(found, name):
            yield f"{name}: expected {wanted!r}, found {getattr(found, name)!r}"
    yield from _texts("because", expected.because, (found.because,))
    yield from _texts("missing", expected.missing, found.missing)
    if expected.blocking == [] and found.blocking:
        yield f"blocking: expected nothing, found {found.blocking}"
    yield from _texts("blocking", expected.blocking or [], found.blocking)
    yield from _texts("distances", expected.distances, found.distances)
    earliest = [each.text for each in found.earliest]
    if expected.earliest is not None and earliest != expected.earliest:
        yield f"earliest: expected {expected.earliest}, found {earliest}"
    yield from _texts("evidence", expected.evidence, _evidence(found))
    yield from _texts("assumptions", expected.assumptions, found.assumptions)
    shown = {each.id: each for each in found.criteria + found.cautions}
    for name, verdict in (expected.criteria | expected.cautions).items():
        if shown[name].verdict != verdict:
            yield f"{name}: expected {verdict}, found {shown[name].verdict} ({shown[name].reason})"
    for name, words in expected.criterion_reasons.items():
        yield from _texts(f"{name} reason", [words], (shown[name].reason,))
    for name, words in expected.facts.items():
        yield from _texts(f"{name} facts", [words], tuple(each.text for each in shown[name].facts))
    everything = "\n".join(_everything(found))
    yield from (f"says {words!r}" for words in expected.never if words in everything)


def _texts(kind: str, expected: list[str], found: tuple[str, ...]) -> Iterator[str]:
    said = "\n".join(found)
    for words in expected:
        if words not in said:
            yield f"{kind}\n    expected  …{words}…\n    found     {said or 'nothing'}"


def _evidence(found: CandidateShown) -> tuple[str, ...]:
    return tuple(
        text for each in found.evidence for text in (each.study, each.design, each.applies, *each.lines)
    )


def _everything(found: CandidateShown) -> Iterator[str]:
    yield from (found.standing_text, found.because, *found.missing, *found.blocking, *found.distances)
    yield from (*found.assumptions, *_evidence(found), *found.notes)
    yield from (each.reason for each in found.criteria + found.cautions)
