"""Facts about the person: the observations, and the birth that an age tells of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from math import ceil, floor, inf, isfinite
from typing import Any

from matcher.domain.dates import DateSpan, add_months
from matcher.domain.possible import NOT_UNDERSTOOD, UNREAD, Codes, Interval, Possible
from matcher.domain.record import Observation
from matcher.domain.source import UNSTATED, Source
from matcher.domain.wire.model import ObservationRow
from matcher.readers.context import Context, converted, is_unknown, read_codes
from matcher.readers.lookup import one_of
from matcher.readers.shape import checked
from matcher.readers.value import NOT_READ, UnreadableError, bounded, read_number
from matcher.vocabulary import units
from matcher.vocabulary.biomarkers import gene_symbol
from matcher.vocabulary.observations import OBSERVATIONS, SUBJECTS, ObservationType
from matcher.vocabulary.procedures import TREATMENTS

OLDEST = 125
_CALENDAR = {"mo": 1, "a": 12}
_GRADE = (
    r"(?:[\s-]{0,3}(?:PS|performance(?: status)?))?(?:\s{0,3}(?:grade|score|status))?"
    r"\s{0,3}[:=]?\s{0,3}(?=[<>\u2264\u2265]?=?\s{0,3}\d)"
)
_SCALES = {
    "ecog": re.compile(rf"\s{{0,3}}(?:ECOG|WHO|Zubrod)?{_GRADE}", re.IGNORECASE),
    "karnofsky": re.compile(rf"\s{{0,3}}(?:KPS|KI|Karnofsky)?{_GRADE}", re.IGNORECASE),
}
"""The names of a scale before its grade. The WHO's and Zubrod's are ECOG's (Oken 1982)."""


def read_birth(context: Context, wire: Mapping[str, Any]) -> tuple[DateSpan | None, Source]:
    """When the patient was born, from a birth date, an age, or both where they agree.

    Age 61 on a day means that the 61st birthday has come and the 62nd has not. One of the two that nobody can read
    leaves the age open: it might have contradicted the other.
    """
    stated = _birth_date(context, wire)
    aged = _birth_of_age(context, wire.get("age"))
    if (aged is None and _is_written(wire.get("age"))) or (
        stated is None and _is_written(wire.get("birth_date"))
    ):
        return None, UNSTATED
    if stated is None or aged is None:
        return (
            (stated, context.source("birth_date"))
            if stated
            else (aged, context.source("age") if aged else UNSTATED)
        )
    first, last = max(stated.first, aged.first), min(stated.last, aged.last)
    if first > last:
        context.issue(
            "P111", "age", "age and birth date contradict each other; both stay possible", wire["age"]
        )
        return DateSpan(min(stated.first, aged.first), max(stated.last, aged.last)), context.source(
            "birth_date"
        )
    return DateSpan(first, last), context.source("birth_date")


def _birth_date(context: Context, wire: Mapping[str, Any]) -> DateSpan | None:
    """The birth date; nothing where it cannot be read, or cannot be."""
    stated = context.date(wire, "birth_date", "")
    if stated is None or stated.first == date.min:
        return None
    if stated.first > context.as_of:
        context.issue("P107", "birth_date", "the birth lies after the as-of day", wire["birth_date"])
        return None
    if stated.last < _years_before(context.as_of, OLDEST + 1):
        context.issue("P102", "birth_date", "the patient would be older than anyone", wire["birth_date"])
        return None
    return stated


def _is_written(raw: object) -> bool:
    return not is_unknown(raw.get("value") if isinstance(raw, Mapping) else raw)


def _birth_of_age(context: Context, raw: object) -> DateSpan | None:
    if is_unknown(raw):
        return None
    row = checked(context, ObservationRow, raw if isinstance(raw, Mapping) else {"value": raw}, "age")
    if row is None or is_unknown(row["value"]) or row["value"] is NOT_READ:
        return None
    day = context.date(row, "date", "age") or DateSpan.on(context.as_of)
    try:
        years = _years(row)
    except UnreadableError as error:
        context.refuse("age", error, raw)
        return None
    oldest = floor(years.high) - (1 if years.high_open and years.high == floor(years.high) else 0)
    youngest = floor(years.low) + (1 if years.low_open and years.low == floor(years.low) else 0)
    try:
        first = DateSpan(_years_before(day.first, oldest + 1), day.first).first
        earliest = date.fromordinal(first.toordinal() + 1)
        if day.exact and (earliest.month, earliest.day) == (2, 29):
            # Born on 29 February they would have had that birthday on the 28th.
            earliest = date.fromordinal(earliest.toordinal() + 1)
        return DateSpan(earliest, _years_before(day.last, youngest))
    except (OverflowError, ValueError):
        context.issue("P106", "age", "the day of the age cannot be", raw)
        return None


def _years(row: Mapping[str, Any]) -> Interval:
    value, unit = read_number(row["value"])
    unit = unit or str(row.get("unit") or "")
    if unit and unit.rstrip(".").casefold() not in ("y", "yr", "yrs", "year", "years", "a"):
        raise UnreadableError("P104", "ages are in completed years", unit)
    return bounded(value, 0, OLDEST, name="age", text=row["value"])


def _years_before(day: date, years: int) -> date:
    return add_months(day, -12 * years)


def read_observations(context: Context, wire: Mapping[str, Any]) -> Iterator[Observation]:
    """Every single-valued fact that is given, each possibly several times with its days."""
    for name, kind in OBSERVATIONS.items():
        raw = wire.get(name)
        # A list of rows is several values; a list of bare ones is one value that could be any of them.
        several = isinstance(raw, list) and any(isinstance(each, Mapping) for each in raw)
        for number, each in enumerate(raw if several and isinstance(raw, list) else [raw]):
            path = f"{name}[{number}]" if several else name
            observation = _observation(context, kind, each, path)
            if observation is not None:
                yield from _unless_contradicted(context, wire, observation, path, each)


def _observation(context: Context, kind: ObservationType, raw: object, path: str) -> Observation | None:
    """A value with its day; one that nobody can read is any value, so that no other is taken for it."""
    if is_unknown(raw):
        return None
    row = checked(context, ObservationRow, raw if isinstance(raw, Mapping) else {"value": raw}, path)
    if row is None:
        if isinstance(raw, Mapping) and is_unknown(raw.get("value")):
            return None
        return Observation(
            kind.name, _any_value(kind), DateSpan(date.min, context.as_of), "", context.source(path)
        )
    if is_unknown(row["value"]):
        return None
    on = context.date(row, "date", path)
    value: Possible
    try:
        if row["value"] is NOT_READ:
            value = _any_value(kind)
        else:
            value = _number(context, kind, row, on) if kind.is_number else _code(kind, row)
    except UnreadableError as error:
        context.refuse(path, error, row["value"])
        value = _any_value(kind)
    return Observation(kind.name, value, on, _subject(context, kind, row), context.source(path))


def _any_value(kind: ObservationType) -> Possible:
    return UNREAD if kind.is_number else Codes(frozenset(kind.codes) | {NOT_UNDERSTOOD})


def _subject(context: Context, kind: ObservationType, row: Mapping[str, Any]) -> str:
    """What the fact is about, by the name rules use for it."""
    written = str(row.get("subject") or "").strip()
    known = context.formulary if kind.subject == "therapy" else SUBJECTS.get(kind.subject)
    code = known.lookup(written) if known is not None and written else None
    if code is None and kind.subject == "therapy":
        code = TREATMENTS.lookup(written)
    if kind.subject == "gene":
        code = gene_symbol(written)
    return code or re.sub(r"[\s_-]+", "_", written.casefold())


def _code(kind: ObservationType, row: Mapping[str, Any]) -> Codes:
    return read_codes(row["value"], one_of(kind.codes, kind.title))


def _without_scale(name: str, raw: object) -> object:
    """The grade of a scale whose name is written before it: ``ECOG PS: 1``, ``WHO 2``, ``KPS 80``."""
    named = _SCALES.get(name)
    found = named.match(raw) if named is not None and isinstance(raw, str) else None
    return raw[found.end() :] if found is not None and isinstance(raw, str) else raw


def _number(context: Context, kind: ObservationType, row: Mapping[str, Any], on: DateSpan | None) -> Interval:
    value, unit = read_number(_without_scale(kind.name, row["value"]))
    unit = unit or str(row.get("unit") or "")
    if kind.name == "ecog" and value == Interval(5, 5):
        raise UnreadableError(
            "P102", "ECOG 5 means that the patient has died: say so as the vital status", row["value"]
        )
    if kind.unit == "wk" and unit and units.known(unit) and units.ucum(unit) in _CALENDAR:
        value = _weeks(value, _CALENDAR[units.ucum(unit)], on.first if on else context.as_of)
    elif unit:
        value = converted(value, unit, kind.unit)
    value = bounded(value, kind.low, kind.high, name=kind.title, text=row["value"])
    if kind.integer:
        value = _whole(value, kind.title, row["value"])
    if kind.name == "karnofsky" and value.exact and value.low % 10:
        raise UnreadableError("P102", "Karnofsky goes in steps of ten", row["value"])
    return value


def _whole(value: Interval, title: str, text: object) -> Interval:
    """The whole numbers of an interval: below 1 is at most 0, and above 3 at least 4."""
    low, high = float(ceil(value.low)), float(floor(value.high))
    low += value.low_open and low == value.low
    high -= value.high_open and high == value.high
    if low > high:
        raise UnreadableError("P102", f"{title} is a whole number", text)
    return Interval(low, high)


def _weeks(value: Interval, months: int, start: date) -> Interval:
    """Calendar months from a day on, in weeks."""

    def after(count: float) -> float:
        if not isfinite(count):
            return inf if count > 0 else 0.0
        if not 0 <= count * months <= 12 * 100 or not (count * months).is_integer():
            raise UnreadableError("P102", "not a whole number of months or years", count)
        return units.round9((add_months(start, int(count * months)) - start).days / 7)

    return Interval(after(value.low), after(value.high), value.low_open and value.low >= 0, value.high_open)


def _unless_contradicted(
    context: Context, wire: Mapping[str, Any], observation: Observation, path: str, raw: object
) -> Iterator[Observation]:
    """Karnofsky 0 is death, so of a patient who is not said to have died it says nothing."""
    if observation.name == "karnofsky" and observation.value == Interval(0, 0):
        beside = " and stands beside an ECOG of a living patient" if wire.get("ecog") is not None else ""
        context.issue(
            "P111",
            path,
            f"Karnofsky 0 means that the patient has died{beside}: it is left unknown",
            _bare(raw),
        )
        yield replace(observation, value=UNREAD)
        return
    yield observation


def _bare(raw: object) -> object:
    return raw.get("value") if isinstance(raw, Mapping) else raw
