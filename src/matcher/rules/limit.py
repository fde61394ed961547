"""Reading limits: numbers with units, multiples of a normal limit, and lengths of time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from matcher.domain.dates import TimeUnit, add_months
from matcher.domain.possible import Op
from matcher.features.word import Number
from matcher.rules.remedy import grade_for, multiple_for, unit_for
from matcher.vocabulary import units
from matcher.vocabulary.laboratory import LabTest, registry_unit_trap

_MOST_MONTHS = 1200
_MULTIPLE = re.compile(
    r"(?:(?P<times>(?<!\d)\d+(?:\.\d+)?)\s*(?:x|\u00d7|\*)\s*)?(?P<limit>ULN|LLN)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class LimitError(Exception):
    """Why a limit cannot be used: a code, what is wrong, and what to write instead."""

    code: str
    message: str
    hint: str = ""


def multiple_of_normal(raw: object) -> tuple[float, str] | None:
    """``2.5 x ULN`` as (2.5, "upper"); ``None`` where it is no such limit."""
    found = _MULTIPLE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if found is None:
        return None
    times = float(found["times"]) if found["times"] else 1.0
    return times, "upper" if found["limit"].upper() == "ULN" else "lower"


def elapsed(raw: object) -> tuple[float, TimeUnit]:
    """A length of time as written: weeks become days, months and years stay calendar months and years."""
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        raise LimitError("R015", f"{raw} has no unit", f"write '{raw} days' (or weeks, months, years)")
    if not isinstance(raw, str):
        raise LimitError("R013", "a length of time is written like '21 days'")
    try:
        duration = units.parse_duration(raw)
    except units.UnitError as error:
        raise LimitError(
            UNIT_CODES[error.fault], error.message, "write it like '21 days', '6 months' or '2 years'"
        ) from None
    return float(duration.value), TimeUnit(duration.unit)


def number(raw: object, answer: Number, test: LabTest | None = None, op: Op = Op.AT_LEAST) -> float:
    """A number in the feature's own unit, rounded as every engine rounds.

    Of a length of time that is estimated in weeks or days, months are as long as they can be or as short, by ``op``:
    who has three months to live has at least three months, whichever months they are, and not more than three.
    """
    if isinstance(raw, (bool, date)) or not isinstance(raw, (int, float, str)):
        raise LimitError("R013", "a number is needed here", _example(answer))
    if isinstance(raw, str):
        if test is not None and (meant := multiple_for(raw)):
            raise LimitError(
                "R016", f"'{raw}' is not how a multiple of the limit of normal is written", meant
            )
        if not answer.unit or answer.unit == "1":
            _refuse_grade(raw)
        value, unit = _with_unit(raw, answer)
    else:
        value, unit = float(raw), None
    if unit is None:
        if answer.unit and not answer.bare:
            meant = f"write '{value:g} {answer.unit}'" if test is None else unit_for(value, test)
            raise LimitError("R015", f"{value:g} has no unit", meant)
        return _checked(value, answer)
    if not answer.unit:
        raise LimitError("R043", f"this is a plain number, '{raw}' has a unit", f"write {value:g} alone")
    if test is not None:
        likely = registry_unit_trap(test, unit, value)
        if likely is not None:
            message = f"no living patient has {test.title.lower()} of {raw}"
            raise LimitError("R018", message, f"'{value:g} {likely}' is likely meant")
    if answer.unit in _DAYS and units.known(unit) and (months := _MONTHS.get(units.ucum(unit))) is not None:
        days = _days_of_months(value * months, longest=op in (Op.ABOVE, Op.AT_MOST))
        return _checked(days / _DAYS[answer.unit], answer)
    try:
        converted = test.in_unit(value, unit) if test else units.convert(value, unit, answer.unit)
    except units.UnitError as error:
        raise LimitError(
            UNIT_CODES[error.fault], error.message, f"a limit in {answer.unit} is needed"
        ) from None
    return _checked(converted, answer)


def _refuse_grade(raw: str) -> None:
    meant = grade_for(raw)
    if meant:
        raise LimitError("R043", f"this is a plain number, '{raw}' has a sign", meant)


_DAYS = {"d": 1, "wk": 7}
_MONTHS = {"mo": 1, "a": 12}
#: every first day of the four years among which one is a leap year
_STARTS = tuple(date(2025, 1, 1) + timedelta(days=day) for day in range(4 * 365 + 1))


@cache
def _days_of_months(months: float, *, longest: bool) -> int:
    """The days of the longest or the shortest row of so many calendar months."""
    if months != int(months) or not 0 < months <= _MOST_MONTHS:
        raise LimitError(
            "R019", f"{months:g} months is not a whole number of months from 1 to {_MOST_MONTHS}"
        )
    lengths = [(add_months(start, int(months)) - start).days for start in _STARTS]
    return max(lengths) if longest else min(lengths)


def _with_unit(raw: str, answer: Number) -> tuple[float, str | None]:
    try:
        quantity = units.parse_quantity(raw)
    except units.UnitError as error:
        if error.fault is units.UnitFault.MISSING:
            return float(raw), None
        if error.fault is units.UnitFault.UNKNOWN and not answer.unit:
            raise LimitError("R043", f"this is a plain number, '{raw}' has a unit") from None
        suggestion = f"did you mean '{error.suggestion}'?" if error.suggestion else _example(answer)
        raise LimitError(UNIT_CODES[error.fault], error.message, suggestion) from None
    return quantity.value, quantity.unit


def _checked(value: float, answer: Number) -> float:
    if not answer.low <= value <= answer.high:
        ends = f"{answer.low:g} to {answer.high:g} {answer.unit}".strip()
        raise LimitError("R019", f"{value:g} is outside {ends}")
    if answer.integer and value != int(value):
        raise LimitError("R019", f"{value:g} is not a whole number")
    return units.round9(value)


def _example(answer: Number) -> str:
    return f"write it like '{max(answer.low, 1):g} {answer.unit}'" if answer.unit else ""


UNIT_CODES = {
    units.UnitFault.UNKNOWN: "R016",
    units.UnitFault.DIMENSION: "R017",
    units.UnitFault.NUMBER: "R013",
    units.UnitFault.MISSING: "R015",
}
