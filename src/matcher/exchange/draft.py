"""A record of a registry as the draft of a rule: clear sentences proposed, the others left to a person."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from matcher.exchange.forms import Proposal, proposal_of
from matcher.exchange.places import contacts_in, sites_in, written
from matcher.exchange.recruiting import day_of
from matcher.exchange.recruiting import written as recruitment_of
from matcher.exchange.registry import Record
from matcher.exchange.sentences import sentences_of

_MOST = 99
"""Criteria of one kind: the names of a rule have two digits."""
_AGE = re.compile(r"(\d{1,3}) years?", re.IGNORECASE)


Propose = Callable[[str, bool], Proposal | None]
"""What a sentence asks, and of one that excludes what excludes; nothing where that is not clear."""


@dataclass(frozen=True, slots=True)
class Draft:
    """``proposed`` criteria have a condition, ``judged`` are left to a person."""

    name: str
    text: str
    proposed: int
    judged: int


@dataclass(frozen=True, slots=True)
class _Criterion:
    text: str
    excludes: bool
    proposal: Proposal | None
    note: str = ""


def of_a_form(text: str, excludes: bool) -> Proposal | None:
    """The proposal of a sentence in one of the standard forms, without the names of any rulebook."""
    return proposal_of(text, excludes=excludes)


def draft_of(record: Record, today: date, propose: Propose = of_a_form) -> Draft:
    """The YAML of a trial that a rulebook can load at once. It is never eligible by itself: its coverage is partial."""
    criteria = [*_structured(record), *_sentences(record, propose)]
    proposed = sum(each.proposal is not None for each in criteria)
    lines = [*_head(record, today)]
    events = sorted({event for each in criteria if each.proposal for event in _events(each.proposal.when)})
    if events:
        lines.insert(lines.index("sources:"), f"events: [{', '.join(events)}]")
    for name, mark, excludes in (("inclusion", "I", False), ("exclusion", "E", True)):
        own = _at_most(_MOST, [each for each in criteria if each.excludes is excludes])
        lines += [f"{name}:"] if own else []
        for number, each in enumerate(own, start=1):
            lines += _criterion(each, f"{mark}-{number:02}")
    day = day_of(record.updated) or today
    lines += written("contacts", contacts_in(record, day)) + written("sites", sites_in(record, day))
    return Draft(record.identifier, "\n".join(lines) + "\n", proposed, len(criteria) - proposed)


def texts_of(record: Record) -> Iterator[tuple[str, bool]]:
    """Every criterion that a draft of the record has, in words, and whether it excludes."""
    every = [*_structured(record), *_sentences(record, of_a_form)]
    for excludes in (False, True):
        for each in _at_most(_MOST, [each for each in every if each.excludes is excludes]):
            yield each.text, excludes


def _head(record: Record, today: date) -> Iterator[str]:
    day = day_of(record.updated)
    yield "# A draft from the registry. Nobody has read it yet: check each condition against its sentence before use."
    yield f"trial: {record.identifier}"
    yield f"title: {_quoted(record.title or record.identifier)}"
    if record.acronym:
        yield f"acronym: {_quoted(record.acronym)}"
    yield f"phase: {_quoted(record.phase)}"
    if record.sponsor:
        yield f"sponsor: {_quoted(record.sponsor)}"
    yield recruitment_of(record, day or today)
    yield "coverage: partial"
    yield "encoded: part"
    yield "sources:"
    address = f"https://clinicaltrials.gov/study/{record.identifier}"
    as_of = f", as_of: {day.isoformat()}" if day else ""
    yield f"  registry: {{document: ClinicalTrials.gov, section: Eligibility, address: {_quoted(address)}{as_of}}}"


def _structured(record: Record) -> Iterator[_Criterion]:
    low, high = _AGE.fullmatch(record.minimum_age), _AGE.fullmatch(record.maximum_age)
    note = "From the registry's own field."
    if low is not None:
        proposal = Proposal({"age": {"at_least": f"{low[1]} years"}})
        yield _Criterion(f"Minimum age: {record.minimum_age}", False, proposal, note)
    if high is not None:
        proposal = Proposal({"age": {"at_most": f"{high[1]} years"}})
        yield _Criterion(f"Maximum age: {record.maximum_age}", False, proposal, note)
    for text, found, name in (("Minimum", low, record.minimum_age), ("Maximum", high, record.maximum_age)):
        if found is None and name.casefold() not in ("", "n/a"):
            yield _Criterion(f"{text} age: {name}", False, None)
    if record.sex in ("male", "female"):
        yield _Criterion(f"Sex: {record.sex}", False, Proposal({"sex": record.sex}), note)


def _sentences(record: Record, propose: Propose) -> Iterator[_Criterion]:
    for each in sentences_of(record.criteria):
        proposal = propose(each.text, each.excludes) if each.headed and not each.only else None
        note = (
            "" if each.headed else "It stands under no heading: whether it includes or excludes is not said."
        )
        yield _Criterion(each.whole, each.excludes, proposal, note)


def _events(asked: object) -> Iterator[str]:
    """What days are counted back from, which a rule has to name."""
    if isinstance(asked, Mapping):
        if isinstance(event := asked.get("before"), str):
            yield event
        asked = tuple(asked.values())
    if isinstance(asked, list | tuple):
        for each in asked:
            yield from _events(each)


def _at_most(number: int, criteria: list[_Criterion]) -> list[_Criterion]:
    """So many; what is beyond them is one criterion, so that nothing of the text is lost."""
    if len(criteria) <= number:
        return criteria
    rest = criteria[number - 1 :]
    joined = " / ".join(each.text for each in rest)
    return [
        *criteria[: number - 1],
        _Criterion(joined, rest[0].excludes, None, f"{len(rest)} sentences in one."),
    ]


def _criterion(each: _Criterion, name: str) -> Iterator[str]:
    yield f"  {name}:"
    yield f"    text: {_quoted(each.text)}"
    if each.proposal is None:
        yield "    judgement: true"
    else:
        yield f"    when: {json.dumps(each.proposal.when, ensure_ascii=False)}"
    yield "    source: registry"
    note = each.note
    if each.proposal is not None and not note:
        note = f"Proposed from the sentence; confidence {each.proposal.confidence}."
    if note:
        yield f"    note: {_quoted(note)}"


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
