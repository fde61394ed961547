"""From the wire form to a profile: what can be read becomes facts, what cannot becomes issues, nothing stops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from matcher.domain.profile import Profile
from matcher.domain.record import Diagnosis, Listing
from matcher.domain.source import UNSTATED, Source
from matcher.domain.wire.model import FIELDS, LISTS
from matcher.errors import nearest
from matcher.readers.alterations import read_alterations
from matcher.readers.context import Context, is_unknown
from matcher.readers.disease import (
    TwoIndexCancersError,
    read_diagnoses,
    read_staging,
)
from matcher.readers.foreign import TwoIdentifiersError, facts_of, identifier_of, is_about_nobody
from matcher.readers.judgement import read_judgements
from matcher.readers.labs import read_labs
from matcher.readers.markers import read_biomarkers
from matcher.readers.outcome import Issue, Reject
from matcher.readers.person import read_birth, read_observations
from matcher.readers.place import Places
from matcher.readers.settle import settle
from matcher.readers.treatment import (
    read_conditions,
    read_events,
    read_medications,
    read_procedures,
    read_radiotherapy,
    read_therapies,
)
from matcher.readers.value import NOT_READ, UnreadableError, read_date
from matcher.vocabulary.formulary import Formulary


@dataclass(frozen=True, slots=True)
class Assembled:
    """A profile, or the reason why there is none; and every fact that could not be read."""

    profile: Profile | None
    issues: tuple[Issue, ...] = ()
    reject: Reject | None = None


def assemble(
    raw: object, *, as_of: date | None, formulary: Formulary, sources: Places | Source = UNSTATED
) -> Assembled:
    """The profile that a wire form describes, whatever JSON it is made of.

    ``as_of`` serves where the form has no ``as_of`` of its own; with neither, no age and no window could be
    worked out and there is no profile (P010).
    """
    places = sources if isinstance(sources, Places) else Places(sources)
    if not isinstance(raw, Mapping):
        return _rejected("P005", "a patient is an object with fields", "", places, raw)
    wire = {str(name): value for name, value in raw.items() if value is not None}
    reject = no_profile(wire, places.whole)
    if reject is not None:
        return Assembled(None, (), reject)
    patient = identifier_of(wire)
    try:
        day = _as_of(wire, as_of)
    except UnreadableError as error:
        return _rejected(
            "P010", f"the as-of date: {error.reason}", patient, places, wire.get("as_of"), "as_of"
        )
    if day is None:
        return _rejected("P010", "the as-of date is missing", patient, places, "", "as_of")
    context = Context(day, formulary, places, patient)
    try:
        profile = _profile(context, wire, patient)
    except TwoIndexCancersError as error:
        return _rejected(
            "P011", "two diagnoses are marked as the index cancer", patient, places, "", error.path
        )
    return Assembled(profile, tuple(context.issues))


def no_profile(wire: Mapping[str, Any], source: Source = UNSTATED) -> Reject | None:
    """Why the record is not of one patient, where it is not: it names two, or its form is another one."""
    try:
        patient = identifier_of(wire)
    except TwoIdentifiersError as error:
        return Reject.of("P015", str(error), source=source)
    nobody = is_about_nobody(wire)
    return Reject.of("P016", nobody, source=source, patient=patient) if nobody else None


def _rejected(
    code: str, reason: str, patient: str, places: Places, text: object, path: str = ""
) -> Assembled:
    reject = Reject.of(
        code, reason, source=places.of(path) if path else places.whole, patient=patient, text=text
    )
    return Assembled(None, (), reject)


def _as_of(wire: Mapping[str, Any], otherwise: date | None) -> date | None:
    if "as_of" not in wire:
        return otherwise
    span = read_date(wire["as_of"])
    if not span.exact:
        raise UnreadableError("P106", "a single day is needed", wire["as_of"])
    return span.first


def _profile(context: Context, wire: dict[str, Any], patient: str) -> Profile:
    for name in (each for each in facts_of(wire) if each not in FIELDS):
        guess = nearest(name, FIELDS) if context.guesses else None
        hint = f"; did you mean '{guess}'?" if guess else ""
        context.issue("P109", name, f"profiles have no field '{name}'{hint}", wire[name])
        if guess is not None and facts_of({guess: None}) and not is_unknown(wire[name]):
            wire = _with_unread(wire, guess)
    if "index_date" in wire:
        span = context.date(wire, "index_date", "")
        context.index = span.first if span is not None else None
    complete = _names(context, wire, "complete")
    for name in sorted(complete - LISTS):
        context.issue("P105", "complete", "not a list that can be complete", name)
    for text in sorted(_names(context, wire, "assumptions")):
        context.assume(text)
    birth, birth_source = read_birth(context, wire)
    context.born = birth.first if birth is not None else None
    diagnoses = read_diagnoses(context, wire, complete)
    tables: dict[str, Any] = {}
    for name, read in TABLES.items():
        tables[name] = read(context, wire, complete, diagnoses.records)
    tables["diagnoses"] = diagnoses
    for name, record in context.elsewhere:
        tables[name] = replace(tables[name], records=(*tables[name].records, record))
    for conflict in settle(tables, context.formulary, complete):
        context.issues.append(
            Issue.of(
                "P111",
                conflict.reason,
                source=conflict.source,
                patient=patient,
                fact=conflict.table,
                text=conflict.text,
            )
        )
    tables = {name: each if name in LISTS else each.records for name, each in tables.items()}
    return Profile(
        id=patient,
        as_of=context.as_of,
        birth=birth,
        birth_source=birth_source,
        assumptions=tuple(context.assumptions),
        **tables,
    )


def _with_unread(wire: dict[str, Any], name: str) -> dict[str, Any]:
    """With something of this name that nobody can read: no older value, other scale or end of a list stands for it."""
    held = wire.get(name)
    if name in LISTS:
        rows = held if isinstance(held, list) else [] if held is None else [held]
        return {**wire, name: [*rows, NOT_READ]}
    return wire if held is not None else {**wire, name: NOT_READ}


_Reader: TypeAlias = Callable[
    [Context, Mapping[str, Any], frozenset[str], tuple[Diagnosis, ...]], Listing[Any]
]
TABLES: Mapping[str, _Reader] = {
    "observations": lambda context, wire, _, __: Listing(tuple(read_observations(context, wire))),
    "staging": lambda context, wire, _, cancers: Listing(tuple(read_staging(context, wire, cancers))),
    "labs": lambda context, wire, _, __: Listing(tuple(read_labs(context, wire))),
    "biomarkers": lambda context, wire, _, __: Listing(tuple(read_biomarkers(context, wire))),
    "alterations": lambda context, wire, complete, _: read_alterations(context, wire, complete),
    "therapies": lambda context, wire, complete, _: read_therapies(context, wire, complete),
    "procedures": lambda context, wire, complete, _: read_procedures(context, wire, complete),
    "radiotherapy": lambda context, wire, complete, _: read_radiotherapy(context, wire, complete),
    "conditions": lambda context, wire, complete, _: read_conditions(context, wire, complete),
    "medications": lambda context, wire, complete, _: read_medications(context, wire, complete),
    "events": lambda context, wire, _, __: Listing(tuple(read_events(context, wire))),
    "judgements": lambda context, wire, _, __: Listing(tuple(read_judgements(context, wire))),
}
"""How each table after the diagnoses is read, in this order; of the diagnoses only staging takes note."""


def _names(context: Context, wire: Mapping[str, Any], name: str) -> frozenset[str]:
    match wire.get(name):
        case None:
            return frozenset()
        case str() as one:
            return frozenset({one})
        case list() as several if all(isinstance(each, str) for each in several):
            return frozenset(several)
        case other:
            context.issue("P110", name, "write a list of names", other)
            return frozenset()
