"""A profile written in its wire form: reading it again gives the same profile, but for where it was read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import inf
from typing import Any

from matcher.domain.dates import DateSpan
from matcher.domain.judgement import Judgement, words_of
from matcher.domain.possible import (
    DOUBTS,
    NOT_UNDERSTOOD,
    WRITTEN_DOUBTS,
    YES,
    Codes,
    Interval,
    Possible,
    is_unread,
)
from matcher.domain.profile import Profile
from matcher.domain.record import (
    NOTHING_SAID,
    Absence,
    Alteration,
    Biomarker,
    Components,
    Condition,
    Course,
    Diagnosis,
    Laboratory,
    Listing,
    Medication,
    Observation,
    Procedure,
    Radiotherapy,
    Record,
    Staging,
)
from matcher.domain.wire.model import LISTS
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.staging import TNM

Wire = dict[str, Any]


def dump(profile: Profile) -> Wire:
    """The wire form, with every value spelled out in canonical units and codes."""
    wire: Wire = {
        "id": profile.id or None,
        "as_of": profile.as_of.isoformat(),
        "birth_date": _date(profile.birth),
    }
    for name in OBSERVATIONS:
        rows = [_observation(each) for each in profile.observations if each.name == name]
        wire[name] = rows or None
    for name in sorted(LISTS):
        wire[name] = _listing(profile.listing(name))
    # A list that is complete and empty says so by itself.
    complete = [name for name in sorted(LISTS) if profile.listing(name).complete]
    wire["complete"] = [name for name in complete if wire[name] != []] or None
    wire["staging"] = [_staging(each) for each in profile.staging] or None
    wire["labs"] = [_laboratory(each) for each in profile.labs] or None
    wire["biomarkers"] = [_biomarker(each) for each in profile.biomarkers] or None
    wire["events"] = [{"name": each.name, "date": _date(each.on)} for each in profile.events] or None
    wire["judgements"] = [_judgement(each) for each in profile.judgements] or None
    wire["assumptions"] = list(profile.assumptions) or None
    return {name: value for name, value in wire.items() if value is not None}


def _listing(listing: Listing[Record]) -> list[Wire] | None:
    held = [each for each in listing.records if not getattr(each, "elsewhere", False)]
    rows = [_record(each) for each in held] + [_absence(each) for each in listing.absences]
    return rows if rows or listing.complete else None


def _record(record: Record) -> Wire:
    match record:
        case Diagnosis():
            return _diagnosis(record)
        case Alteration():
            return _alteration(record)
        case Course():
            return _course(record)
        case Procedure():
            return _stated(
                procedure=_codes(record.code),
                start=_date(record.start),
                end=_date(record.end),
                reason=_codes(record.reason),
                label=record.label,
                **_qualities(record.qualities),
            )
        case Radiotherapy():
            return _radiotherapy(record)
        case Condition():
            return _stated(
                condition=_codes(record.code),
                status=_codes(record.status),
                grade=_number(record.grade),
                start=_date(record.start),
                end=_date(record.end),
                label=record.label,
                due_to=_due_to(record.due_to),
                stable_since=_date(record.stable_since),
                **_qualities(record.qualities),
            )
        case Medication():
            return _medication(record)
    raise TypeError(f"{type(record).__name__} stands in no list")


def _observation(each: Observation) -> Wire:
    value = _codes(each.value) if isinstance(each.value, Codes) else _number(each.value)
    return _stated(value=value, date=_date(each.on), subject=each.subject)


def _diagnosis(each: Diagnosis) -> Wire:
    return _stated(
        code=_codes(each.code),
        index=_codes(each.index),
        confirmed=None if each.confirmed == YES else _codes(each.confirmed),
        histology=_codes(each.histology),
        status=_codes(each.status),
        date=_date(each.on),
        free_since=_date(each.free_since),
        **_qualities(each.qualities),
    )


def _staging(each: Staging) -> Wire:
    return _stated(
        edition=_codes(each.edition),
        t=_tnm(each.t),
        n=_tnm(each.n),
        m=_tnm(each.m),
        stage=_codes(each.stage),
        scheme=_codes(each.scheme),
        basis=_codes(each.basis),
        date=_date(each.on),
    )


def _tnm(value: Codes | None) -> list[str] | None:
    """Categories as a person writes them: T1 for all its parts, which some editions do not have."""
    if value is None:
        return None
    named = TNM.cover(value.members)
    return [part for code in named for part in (TNM.children(code) if len(code) == 1 else (code,))]


def _laboratory(each: Laboratory) -> Wire:
    (test,) = each.test.members - DOUBTS
    return _stated(
        test=test if each.test.exact else f"{test}?",
        value=_number(each.value),
        unit=LAB_TESTS[test].unit,
        date=_date(each.on),
        uln=_number(each.upper_normal),
        lln=_number(each.lower_normal),
    )


def _biomarker(each: Biomarker) -> Wire:
    return _stated(
        marker=_codes(each.marker),
        method=_codes(each.method),
        specimen=_codes(each.specimen),
        status=_codes(each.status),
        percent_at_least_1=_number(each.percent_1),
        percent_at_least_2=_number(each.percent_2),
        percent_at_least_3=_number(each.percent_3),
        intensity=_number(each.intensity),
        score=_number(each.score),
        score_type=_codes(each.score_type),
        number=_number(each.number),
        category=_codes(each.category),
        date=_date(each.on),
    )


def _alteration(each: Alteration) -> Wire:
    return _stated(
        gene=_codes(each.gene) or "unknown",
        kind=_codes(each.kind),
        protein_change=_codes(each.protein_change),
        copy_number=_number(each.copy_number),
        partner=_codes(each.partner),
        date=_date(each.on),
    )


def _course(each: Course) -> Wire:
    return _stated(
        agents=_components(each.components),
        kind=_codes(each.kind) or "unknown",
        start=_date(each.start),
        end=_date(each.end),
        ongoing=_codes(each.ongoing),
        line=_number(each.line),
        role=_codes(each.role),
        response=_codes(each.response),
        progressed=_codes(each.progressed),
        progression_date=_date(each.progression),
        stopped_for=_codes(each.stopped_for),
        cycles=_number(each.cycles),
        label=each.label,
        **_qualities(each.qualities),
    )


def _radiotherapy(each: Radiotherapy) -> Wire:
    return _stated(
        field=_codes(each.field),
        intent=_codes(each.intent),
        dose=_number(each.dose),
        start=_date(each.start),
        end=_date(each.end),
        ongoing=_codes(each.ongoing),
        **_qualities(each.qualities),
    )


def _medication(each: Medication) -> Wire:
    return _stated(
        agents=_components(each.components),
        dose=_number(each.dose),
        start=_date(each.start),
        end=_date(each.end),
        ongoing=_codes(each.ongoing) or "unknown",
        route=_codes(each.route),
        label=each.label,
        reason=_codes(each.reason),
        **_qualities(each.qualities),
    )


def _judgement(each: Judgement) -> Wire:
    return _stated(
        candidate=each.candidate,
        criterion=each.criterion,
        verdict=each.written or words_of(each.criterion, each.verdict),
        person=each.person,
        day=_date(each.on),
        reason=each.reason,
        source=each.document,
        of=each.of,
    )


def _absence(each: Absence) -> Wire:
    return _stated(none_of=sorted(each.codes), date=_date(each.on), label=each.label)


def _components(components: Iterable[Codes | None]) -> list[list[str] | None]:
    return [None if each is None else _with_doubts(each) for each in components]


def _codes(value: Possible | None) -> list[str] | str | None:
    if not isinstance(value, Codes):
        return None
    # Read again, what nobody understood is not understood; that a record stands twice is found in the records.
    return NOT_UNDERSTOOD if NOT_UNDERSTOOD in value.members else _with_doubts(value)


def _with_doubts(value: Codes) -> list[str]:
    return sorted(value.members - (DOUBTS - WRITTEN_DOUBTS))


def _number(value: Possible | None) -> float | str | None:
    if not isinstance(value, Interval):
        return None
    if is_unread(value):
        return NOT_UNDERSTOOD
    if value.exact and abs(value.low) < inf:
        return value.low
    left, right = "(" if value.low_open else "[", ")" if value.high_open else "]"
    return f"{left}{value.low!r}, {value.high!r}{right}"


def _date(span: DateSpan | None) -> str | Wire | None:
    if span is None:
        return None
    if span.exact:
        return span.first.isoformat()
    ends: Wire = {}
    if span.first > date.min:
        ends["from"] = span.first.isoformat()
    if span.last < date.max:
        ends["to"] = span.last.isoformat()
    return ends or {"from": date.min.isoformat()}


def _qualities(components: Components) -> Wire:
    """Each quality that was said, as yes or no; of the others nothing is said again."""
    said = [next(iter(each.members)) for each in components if each is not None and each.exact]
    return {name.removeprefix("not_"): "no" if name.startswith("not_") else "yes" for name in said}


def _due_to(components: Components) -> list[list[str] | None] | None:
    return None if components == NOTHING_SAID else _components(components)


def _stated(**fields: Any) -> Wire:
    return {name: value for name, value in fields.items() if value is not None and value != ""}
