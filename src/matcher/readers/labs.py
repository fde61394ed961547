"""Laboratory values in the canonical unit of their test; a value whose unit nobody stated stays unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from math import isfinite
from typing import Any

from matcher.domain.dates import DateSpan
from matcher.domain.possible import NEARLY, SUSPECTED, UNREAD, Codes, Interval
from matcher.domain.record import Laboratory
from matcher.readers.context import Context, is_unknown, unit_refused
from matcher.readers.rows import rows_of
from matcher.readers.value import NOT_READ, UnreadableError, bounded, read_number, without_flag
from matcher.vocabulary import units
from matcher.vocabulary.laboratory import (
    LAB_TESTS,
    VIRAL_LOADS,
    LabTest,
    dipstick_grade,
    lab_test,
    nearest_lab_test,
    viral_load,
)
from matcher.vocabulary.marks import Assertion, marked

_DIPSTICK = "urine_protein_dipstick"
SAID_IN_WORDS = frozenset({_DIPSTICK, *VIRAL_LOADS})
"""Tests of which a number may be no number: a grade, or a load below the limit of detection."""


def read_labs(context: Context, wire: Mapping[str, Any]) -> Iterator[Laboratory]:
    """The measurements. One whose value nobody can read was taken all the same, and no older one stands for it."""
    for row in rows_of(context, "labs", wire.get("labs")):
        if row.fields is None:
            # A row without a value measures nothing; one with a value of no shape that values have was measured.
            measured = row.raw.get("value") is not None and isinstance(row.raw.get("test"), str)
            found = _named(context, str(row.raw["test"]), row.path) if measured else None
            if found is not None:
                unread = DateSpan(date.min, context.as_of)
                yield Laboratory(found[1], UNREAD, on=unread, source=context.source(row.path))
            continue
        if is_unknown(row.fields["value"]):
            continue
        found = _named(context, str(row.fields["test"]), row.path)
        if found is not None:
            yield _laboratory(context, *found, row.fields, row.path)


def _named(context: Context, name: str, path: str) -> tuple[LabTest, Codes] | None:
    """The test, only perhaps where its name is a letter or two away; any other name is that of another test."""
    test = lab_test(name)
    if test is not None:
        return test, Codes.of(test.code)
    if (said := marked(name, lambda each: lab_test(each) is not None)) is not None:
        doubted = lab_test(said.name)
        if doubted is None or said.assertion in (Assertion.ABSENT, Assertion.NOT_PATIENTS):
            return None
        if said.assertion is Assertion.PRESENT:
            return doubted, Codes.of(doubted.code)
        context.issue("P105", f"{path}.test", f"in doubt: perhaps '{doubted.code}'", name)
        return doubted, Codes.of(doubted.code, SUSPECTED)
    guess = nearest_lab_test(name)
    if guess is None:
        context.issue("P105", f"{path}.test", "not a known laboratory test", name)
        return None
    context.issue("P105", f"{path}.test", f"not a known laboratory test; perhaps '{guess}'", name)
    return LAB_TESTS[guess], Codes.of(guess, NEARLY)


def _laboratory(
    context: Context, test: LabTest, code: Codes, row: Mapping[str, Any], path: str
) -> Laboratory:
    on = context.date(row, "date", path)
    source = context.source(f"{path}.value")
    if row["value"] is NOT_READ:
        return Laboratory(code, UNREAD, None, None, on, source)
    try:
        stated, unit = _read(test, row)
        value = _plausible(test, in_canonical_unit(test, stated, unit), stated, unit)
    except UnreadableError as error:
        context.refuse(f"{path}.value", error, row["value"])
        return Laboratory(code, UNREAD, None, None, on, source)
    upper = _limit(context, test, row, "uln", unit, path)
    lower = _limit(context, test, row, "lln", unit, path)
    if upper is not None and lower is not None and lower.low > upper.high:
        context.issue("P116", f"{path}.lln", "the lower limit of normal is above the upper one", row["lln"])
        upper = lower = None
    written = f"{row['value']} {row.get('unit') or ''}".strip() if value != stated else ""
    return Laboratory(code, value, upper, lower, on, source, written)


def _read(test: LabTest, row: Mapping[str, Any]) -> tuple[Interval, str]:
    """The value and its unit, written behind it or beside it; never a unit that nobody stated."""
    raw = row["value"]
    if test.code == _DIPSTICK and isinstance(raw, str) and (grade := dipstick_grade(raw)) is not None:
        return Interval.exactly(grade), ""
    if test.code in VIRAL_LOADS and isinstance(raw, str) and (found := viral_load(raw)) is not None:
        return (Interval(0.0, test.high, low_open=True) if found else Interval.exactly(0.0)), test.unit
    value, unit = read_number(without_flag(raw))
    unit = unit or str(row.get("unit") or "")
    if not unit and test.unit != "1":
        usual = " or ".join(test.usual_units)
        raise UnreadableError("P112", f"{test.title} is given without a unit ({usual})", raw)
    return value, unit


def in_canonical_unit(test: LabTest, value: Interval, unit: str) -> Interval:
    """The interval in the unit of its test, open ends kept open."""
    try:
        return Interval(
            test.in_unit(value.low, unit or "1"),
            test.in_unit(value.high, unit or "1"),
            value.low_open,
            value.high_open,
        )
    except units.UnitError as error:
        raise unit_refused(error) from None
    except ValueError:
        raise UnreadableError("P115", "the interval holds nothing", unit) from None


def _plausible(test: LabTest, value: Interval, stated: Interval, unit: str) -> Interval:
    """The value if a patient could have it; else the likely unit is named, and not used."""
    try:
        return bounded(value, test.low, test.high, name=test.title, text="", unit=test.unit)
    except UnreadableError as error:
        others = [each for each in test.usual_units if each != unit and _fits(test, stated, each)]
        hint = f"; in {' or '.join(others)} it would be possible" if others and unit else ""
        raise UnreadableError(error.code, error.reason + hint) from None


def _fits(test: LabTest, stated: Interval, unit: str) -> bool:
    value = in_canonical_unit(test, stated, unit)
    return all(test.plausible(end) for end in (value.low, value.high) if isfinite(end))


def _limit(
    context: Context, test: LabTest, row: Mapping[str, Any], name: str, unit: str, path: str
) -> Interval | None:
    """A limit that was printed; one that nobody can read is any number, and no other record's steps in for it."""
    raw = row.get(name)
    if is_unknown(raw):
        return None
    if raw is NOT_READ:
        return UNREAD
    try:
        value, written = read_number(raw)
        value = in_canonical_unit(test, value, written or unit)
        value = bounded(value, 0, test.high, name=f"limit of normal of {test.title}", text=raw)
    except UnreadableError as error:
        context.issue("P116", f"{path}.{name}", error.reason, raw)
        return UNREAD
    if name == "lln" and value == Interval(0, 0):
        # Many laboratories print a lower limit of 0: there is none, and no multiple of it.
        return None
    if value.low <= 0:
        context.issue("P116", f"{path}.{name}", "a limit of normal is a number above zero", raw)
        return UNREAD
    return value
