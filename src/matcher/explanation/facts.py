"""Records as sentences: what was recorded, when, how old it is, and where it was read."""

from __future__ import annotations

from datetime import date
from math import inf

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Codes, Interval, is_unread
from matcher.domain.record import (
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
from matcher.explanation.wording import codes_in_words, interval_in_words, title_of, unit_in_words
from matcher.vocabulary.biomarkers import MARKERS
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS

_FROM_ZERO = Interval(0, inf)


def shown(record: Record | Absence, as_of: date) -> FactShown:
    """The record in words, with date, age at the as-of date and provenance."""
    day = getattr(record, "on", None) or getattr(record, "start", None)
    end = getattr(record, "end", None)
    return FactShown(
        text=text_of(record),
        date=_dates(day, end),
        age="" if isinstance(record, Event) and record.name == "birth" else _age(end or day, as_of),
        source=str(record.source),
    )


def _dates(start: DateSpan | None, end: DateSpan | None) -> str:
    if start is not None and end is not None and start != end:
        return f"{start} to {end}"
    return str(start or end or "")


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
            parts += ["not confirmed"] if confirmed != Codes.of("yes") else []
            return "Diagnosis: " + (", ".join(parts) or "not stated")
        case Staging():
            return f"Staging: {_staging(record)}"
        case Laboratory(test=test, value=value):
            kind_of_test = LAB_TESTS[next(iter(test.members))]
            upper = f" (upper limit {_value(record.upper_normal)})" if record.upper_normal else ""
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
    raise TypeError(f"unhandled record {record!r}")


def _value(value: Interval | Codes | None, unit: str = "") -> str:
    match value:
        case None:
            return "not stated"
        case Codes(members=members):
            return codes_in_words(members)
        case Interval() as interval if is_unread(interval):
            return "not readable"
        case Interval() as interval:
            shown_unit = unit_in_words(unit)
            return interval_in_words(interval, _FROM_ZERO) + (f" {shown_unit}" if shown_unit else "")


def _components(components: tuple[Codes | None, ...]) -> str:
    return " + ".join(codes_in_words(each.members) if each else "not resolved" for each in components)


def _staging(record: Staging) -> str:
    parts = [codes_in_words(record.stage.members)] if record.stage else []
    parts += [codes_in_words(each.members) for each in (record.t, record.n, record.m) if each]
    edition = f"edition {codes_in_words(record.edition.members)}" if record.edition else "edition not stated"
    return ", ".join([*parts, edition])


def _alteration(record: Alteration) -> str:
    gene = codes_in_words(record.gene.members) if record.gene else "a gene"
    if record.partner is not None:
        gene = f"{gene}::{codes_in_words(record.partner.members)}"
    said = [codes_in_words(each.members) for each in (record.kind, record.protein_change) if each]
    return " ".join([gene, *said])


def _biomarker(record: Biomarker) -> str:
    marker = MARKERS.title(next(iter(record.marker.members)))
    parts = [codes_in_words(record.method.members)] if record.method else []
    parts += [codes_in_words(record.status.members)] if record.status else []
    for level in (3, 2, 1):
        percent: Interval | None = getattr(record, f"percent_{level}")
        if percent is not None and percent.exact:
            parts.append(f"{_value(percent)} % of cells" + (f" at {level}+" if level > 1 else ""))
            break
    parts += [f"intensity {_value(record.intensity)}"] if record.intensity else []
    if record.score is not None:
        parts.append(f"{_value(record.score_type) if record.score_type else 'score'} {_value(record.score)}")
    parts += [_value(record.number)] if record.number else []
    return f"{marker} " + ", ".join(parts) if parts else marker
