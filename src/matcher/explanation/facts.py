"""Records as sentences: what was recorded, when, how old it is, and where it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from math import inf

from matcher.domain.dates import DateSpan
from matcher.domain.judgement import Judgement
from matcher.domain.possible import DENIED, DOUBTS, NO, YES, Codes, Interval, is_unread
from matcher.domain.record import (
    DENIABLE,
    Absence,
    Alteration,
    Biomarker,
    Condition,
    Course,
    Diagnosis,
    Event,
    Laboratory,
    Medication,
    Observation,
    Procedure,
    Radiotherapy,
    Record,
    Staging,
)
from matcher.explanation.answer import FactShown
from matcher.explanation.judged import in_words
from matcher.explanation.wording import (
    UNREADABLE,
    codes_in_words,
    doubts_in_words,
    interval_in_words,
    title_of,
    unit_in_words,
)
from matcher.vocabulary.biomarkers import MARKERS
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.qualities import QUALITIES
from matcher.vocabulary.staging import SCHEME

_FROM_ZERO = Interval(0, inf)


def shown(record: Record | Absence, as_of: date) -> FactShown:
    """The record in words, with date, age at the as-of date and provenance."""
    day = getattr(record, "on", None) or getattr(record, "start", None)
    end = getattr(record, "end", None)
    return FactShown(
        text=", ".join([text_of(record), *said_of(record)]) + doubt_of(record),
        date=_dates(day, end),
        age="" if isinstance(record, Event) and record.name == "birth" else _age(end or day, as_of),
        source=str(record.source),
    )


def is_not_understood(record: Record | Absence) -> bool:
    """Whether a value was recorded that nobody could read."""
    held = (getattr(record, each.name) for each in fields(record))
    return any(isinstance(each, Interval | Codes) and is_unread(each) for each in held)


def has_no_certain_day(record: Record | Absence) -> bool:
    day: DateSpan | None = getattr(record, "on", None) or getattr(record, "start", None)
    return day is not None and not day.exact


def is_denied(record: Record | Absence) -> bool:
    return DENIED in _doubts(record)


def _dates(start: DateSpan | None, end: DateSpan | None) -> str:
    if start is not None and end is not None and start != end:
        return f"{_day(start)} to {_day(end)}"
    day = start or end
    return _day(day) if day is not None else ""


def _day(span: DateSpan) -> str:
    if span.first == date.min:
        return "on a day that is not understood"
    return f"{span.first} or later" if span.last == date.max else str(span)


def _doubts(record: Record | Absence) -> frozenset[str]:
    parts = [getattr(record, name, None) for name in (*DENIABLE, "test", "marker")]
    flat = [each for held in parts for each in (held if isinstance(held, tuple) else (held,))]
    return DOUBTS & frozenset().union(*(each.members for each in flat if isinstance(each, Codes)))


def doubt_of(record: Record | Absence) -> str:
    """Why a record may not be what it names, behind a text in which the name stands as it was written."""
    labelled = isinstance(record, Course | Medication) and record.label
    named = labelled or isinstance(record, Laboratory | Biomarker | Radiotherapy)
    said = doubts_in_words(_doubts(record)) if named else ""
    return f" ({said})" if said else ""


def _age(day: DateSpan | None, as_of: date) -> str:
    if day is None:
        return ""
    if not day.exact:
        return ""
    days = (as_of - day.last).days
    if days == 0:
        return "same day"
    return f"{days} days before" if days > 0 else f"in {-days} days"


def text_of(record: Record | Absence) -> str:
    match record:
        case Observation(name=name, value=value, subject=subject):
            kind = OBSERVATIONS.get(name)
            title = (kind.title if kind else name) + (f" ({title_of(subject)})" if subject else "")
            return f"{title}: {_value(value, kind.unit if kind else '')}"
        case Diagnosis(code=code, histology=histology, confirmed=confirmed):
            parts = [codes_in_words(code.members)] if code else []
            parts += [codes_in_words(histology.members)] if histology else []
            if confirmed is not None and confirmed != YES:
                parts.append("not confirmed" if confirmed == NO else "suspected, not confirmed")
            return "Diagnosis: " + (", ".join(parts) or "not stated")
        case Staging():
            return f"Staging: {stage_in_words(record)}"
        case Laboratory(test=test, value=value):
            kind_of_test = LAB_TESTS[next(iter(test.members - DOUBTS))]
            limit = record.upper_normal
            upper = f" (upper limit {_value(limit)})" if limit is not None and not is_unread(limit) else ""
            written = f", recorded as {record.written}" if record.written else ""
            return f"{kind_of_test.title} {_value(value, kind_of_test.unit)}{written}{upper}"
        case Biomarker():
            return _biomarker(record)
        case Alteration():
            return _alteration(record)
        case Course(label=label, components=components):
            return f"Therapy: {label or _components(components)}"
        case Procedure(code=code, label=label):
            return f"Procedure: {codes_in_words(code.members) if code else label or 'not stated'}"
        case Radiotherapy(field=field, dose=dose):
            parts = [codes_in_words(field.members)] if field else []
            parts += [_value(dose, "Gy")] if dose else []
            return ("Radiotherapy " + ", ".join(parts)).strip()
        case Condition(code=code, status=status, grade=grade, label=label):
            parts = [codes_in_words(code.members) if code else label or "not stated"]
            parts += [codes_in_words(status.members)] if status else []
            parts += [f"grade {_value(grade)}"] if grade else []
            return "Condition: " + ", ".join(parts)
        case Medication(label=label, components=components, dose=dose):
            return f"Medication: {label or _components(components)}" + (
                f" {_value(dose, 'mg/day')}" if dose else ""
            )
        case Event(name="birth"):
            return "Born"
        case Event(name=name):
            return title_of(name).capitalize()
        case Absence(label=label, codes=codes):
            return f"Stated absent: {label.replace('_', ' ') or codes_in_words(codes)}"
        case Judgement(candidate=candidate, criterion=criterion):
            return f"{candidate} {criterion} {in_words(record, dated=False)}"
    raise TypeError(f"unhandled record {record!r}")


def said_of(record: Record | Absence) -> tuple[str, ...]:
    """What was said of the record beside its name: its qualities, its cause and its reason."""
    table = _QUALIFIED.get(type(record))
    if table is None:
        return ()
    stated = [
        next(iter(each.members))
        for each in getattr(record, "qualities", ())
        if each is not None and each.exact
    ]
    words = [
        each.title if each.code in stated else each.opposite
        for each in QUALITIES[table]
        if each.code in stated or each.code_of_absence in stated
    ]
    causes = [each for each in getattr(record, "due_to", ()) if each is not None]
    words += [f"due to {' and '.join(codes_in_words(each.members) for each in causes)}"] if causes else []
    reason: Codes | None = getattr(record, "reason", None)
    words += [f"for {codes_in_words(reason.members)}"] if reason is not None else []
    return tuple(words)


_QUALIFIED: Mapping[type, str] = {
    Diagnosis: "diagnoses",
    Course: "therapies",
    Procedure: "procedures",
    Radiotherapy: "radiotherapy",
    Condition: "conditions",
    Medication: "medications",
}


def _value(value: Interval | Codes | None, unit: str = "") -> str:
    match value:
        case None:
            return "not stated"
        case Codes(members=members):
            return codes_in_words(members)
        case Interval() if is_unread(value):
            return UNREADABLE
        case Interval() as interval:
            shown_unit = unit_in_words(unit)
            return interval_in_words(interval, _FROM_ZERO) + (f" {shown_unit}" if shown_unit else "")


def _components(components: tuple[Codes | None, ...]) -> str:
    return " + ".join(codes_in_words(each.members) if each else "not resolved" for each in components)


def stage_in_words(record: Staging) -> str:
    """Stage and categories with the edition they are of, or that nobody stated it."""
    parts = [_stage(record.stage)] if record.stage else []
    parts += [codes_in_words(each.members) for each in (record.t, record.n, record.m) if each]
    if record.edition is not None and record.edition.exact:
        of = f"edition {codes_in_words(record.edition.members)}"
    elif record.stage is not None and record.scheme is not None and record.scheme.exact:
        of = SCHEME.title(next(iter(record.scheme.members)))
    else:
        of = "edition not stated"
    return ", ".join([*parts, of])


def _stage(stage: Codes) -> str:
    """A numeral that may be of any scheme is that numeral, whatever parts a scheme divides it into."""
    numerals = {code.partition(".")[2] for code in stage.members}
    shortest = min(numerals, key=len)
    if len(stage.members) > 1 and shortest and all(each.startswith(shortest) for each in numerals):
        return f"stage {shortest}"
    return codes_in_words(stage.members)


def _alteration(record: Alteration) -> str:
    gene = codes_in_words(record.gene.members) if record.gene else "a gene"
    if record.partner is not None:
        gene = f"{gene}::{codes_in_words(record.partner.members)}"
    said = [codes_in_words(each.members) for each in (record.kind, record.protein_change) if each]
    return " ".join([gene, *said])


def _biomarker(record: Biomarker) -> str:
    marker = " or ".join(MARKERS.title(each) for each in sorted(record.marker.members - DOUBTS))
    parts = [codes_in_words(record.method.members)] if record.method else []
    parts += [codes_in_words(record.status.members)] if record.status else []
    for level, where in ((1, ""), (2, " at 2+ or more"), (3, " at 3+")):
        percent: Interval | None = getattr(record, f"percent_{level}")
        if percent is not None and percent.exact:
            parts.append(f"{_value(percent)} % of cells{where}")
            if percent.low == 0:
                break
    parts += [f"intensity {_value(record.intensity)}"] if record.intensity else []
    if record.score is not None:
        parts.append(f"{_value(record.score_type) if record.score_type else 'score'} {_value(record.score)}")
    parts += [_value(record.number)] if record.number else []
    return f"{marker} " + ", ".join(parts) if parts else marker
