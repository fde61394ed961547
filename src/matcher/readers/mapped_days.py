"""Days as a mapping lets them be written, offsets from a day, and which of several values counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, floor
from typing import Any

from matcher.domain.dates import DateSpan
from matcher.domain.source import Source
from matcher.readers.mapping_model import Mapping
from matcher.readers.value import NOT_READ, UnreadableError, read_date
from matcher.vocabulary.diagnoses import DIAGNOSES

_SLASHED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[T ]\d{1,2}:\d{2}.*)?", re.DOTALL)
_SHORT_YEAR = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2})(?:[T ]\d{1,2}:\d{2}.*)?", re.DOTALL)
_MONTH_FIRST = re.compile(r"(\d{1,2})[./-](\d{4})")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_DAY_NAMED = re.compile(r"(\d{1,2})\.?[\s-]{1,3}([^\W\d_]{3,12})\.?[\s,-]{1,3}(\d{4}|\d{2})")
_NAMED_DAY = re.compile(r"([^\W\d_]{3,12})\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?[\s,]{1,3}(\d{4}|\d{2})")
_NAMED_MONTH = re.compile(r"([^\W\d_]{3,12})\.?[\s,-]{1,3}(\d{4})")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jaenner jänner janv janvier",
            "feb february februar feber févr fevr février fevrier",
            "mar march mär märz maerz mrz mars",
            "apr april avr avril",
            "may mai",
            "jun june juni juin",
            "jul july juli juil juillet",
            "aug august août aout",
            "sep sept september septembre",
            "oct october okt oktober octobre",
            "nov november novembre",
            "dec december dez dezember déc décembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}
_EXCEL = date(1899, 12, 30)
_LAST_SERIAL = 80_000
_DAYS_IN_MONTH = 30.4375


def year_first(mapping: Mapping, text: str) -> str:
    """A day as the mapping lets it be written: day or month first, in eight digits, with a month's name."""
    if mapping.dates == "iso":
        return text
    if mapping.not_dates and text.casefold() in {each.casefold() for each in mapping.not_dates}:
        return ""
    if found := _COMPACT.fullmatch(text):
        return f"{found[1]}-{found[2]}-{found[3]}"
    if mapping.dates != "year_first":
        if found := _SLASHED.fullmatch(text):
            return _ordered(mapping, found[1], found[2], found[3])
        if (found := _SHORT_YEAR.fullmatch(text)) and mapping.pivot is not None:
            return _ordered(mapping, found[1], found[2], _whole_year(found[3], mapping.pivot))
        if found := _MONTH_FIRST.fullmatch(text):
            return f"{found[2]}-{found[1]}"
    return _with_name(text, mapping.pivot) or text


def _ordered(mapping: Mapping, first: str, second: str, year: str) -> str:
    day, month = (first, second) if mapping.dates == "day_first" else (second, first)
    return f"{year}-{month}-{day}"


def _whole_year(short: str, pivot: int) -> str:
    return f"{20 if int(short) <= pivot else 19}{short}"


def _with_name(text: str, pivot: int | None) -> str | None:
    """A day or month whose month is a word, such as ``15-JAN-2019``, ``March 5, 2019``, ``Mai 2019``."""
    if found := _DAY_NAMED.fullmatch(text):
        day, name, year = found.groups()
    elif found := _NAMED_DAY.fullmatch(text):
        name, day, year = found.groups()
    elif found := _NAMED_MONTH.fullmatch(text):
        name, year, day = found[1], found[2], ""
    else:
        return None
    month = _MONTHS.get(name.casefold())
    if month is None or (len(year) == 2 and pivot is None):
        return None
    year = _whole_year(year, pivot) if len(year) == 2 and pivot is not None else year
    return f"{year}-{month:02}-{day}" if day else f"{year}-{month:02}"


def from_serial(text: str) -> str:
    """The day that a spreadsheet keeps as its number: 43480 is 2019-01-15."""
    try:
        number = float(text)
    except ValueError:
        raise UnreadableError("P106", "not the serial number of a day", text) from None
    if not 1 <= number <= _LAST_SERIAL:
        raise UnreadableError("P106", "not the serial number of a day", text)
    return (_EXCEL + timedelta(days=int(number))).isoformat()


def offset(day: DateSpan, text: str, unit: str, plus: int) -> str | dict[str, str]:
    """The day so many days, months or years after another.

    Days are exact. Months and years are as precise as they are written: 3 months are any day of the fourth month,
    2.17 months the days that round to it whichever length of a month the sender reckons with. A whole number may
    have been ``3.0``, of which a file of typed columns keeps no decimal: it begins as that does.
    """
    try:
        number = float(text)
        if unit == "days":
            first = last = int(number)
        else:
            months = number * 12 if unit == "years" else number
            digits = len(text.partition(".")[2])
            step = (12 if unit == "years" else 1) * (10**-digits)
            low, high = (months, months + step) if not digits else (months - step / 2, months + step / 2)
            first, last = floor(min(low * 30, low * 31) + 0.5), ceil(max(high * 30, high * 31) - 0.5)
            if not digits:
                tenth = months - step / 20
                first, last = floor(min(tenth * 30, tenth * 31) + 0.5), ceil(high * _DAYS_IN_MONTH)
        begin, end = day.first + timedelta(days=first + plus), day.last + timedelta(days=last + plus)
    except (ValueError, OverflowError):
        raise UnreadableError("P106", f"not a number of {unit}", text) from None
    return begin.isoformat() if begin == end else {"from": begin.isoformat(), "to": end.isoformat()}


def moved(written: Any, days: int) -> Any:
    """A day as it was before de-identification moved it by ``days``; what is no day is left as it stands."""
    if not days or written is None:
        return written
    try:
        span = read_date(written)
        first, last = span.first - timedelta(days=days), span.last - timedelta(days=days)
    except (UnreadableError, OverflowError):
        return written
    return first.isoformat() if first == last else {"from": first.isoformat(), "to": last.isoformat()}


def outermost(found: Sequence[tuple[Any, Source]], *, latest: bool) -> tuple[Any, Source]:
    """The latest (or earliest) of several days. Where one of them is no day nobody knows which that is."""
    days: list[DateSpan] = []
    for value, source in found:
        try:
            days.append(read_date(value))
        except UnreadableError:
            return value, source
    if latest:
        first, last = max(each.first for each in days), max(each.last for each in days)
    else:
        first, last = min(each.first for each in days), min(each.last for each in days)
    place = next((place for place, each in enumerate(days) if each == DateSpan(first, last)), None)
    if place is not None:
        return found[place]
    return {"from": first.isoformat(), "to": last.isoformat()}, found[0][1]


def _below(term: str, other: str) -> bool:
    """Whether a cancer is one of those that another name stands for."""
    known = term != other and DIAGNOSES.has(term) and DIAGNOSES.has(other)
    return known and DIAGNOSES.is_below(term, other)


def taken(found: Sequence[tuple[Any, Source]], take: str) -> tuple[Any, Source]:
    """Which of several values counts: the first, any of them (not known which), the latest or the earliest day.

    The narrowest: any of them, but for a cancer beside one of its own kinds; then all speak of that kind.
    """
    match take:
        case "first":
            return found[0]
        case "any" | "narrowest" if any(value is NOT_READ for value, _ in found):
            return NOT_READ, found[0][1]
        case "any" | "narrowest":
            distinct = list(dict.fromkeys(str(value) for value, _ in found))
            if take == "narrowest":
                distinct = [each for each in distinct if not any(_below(other, each) for other in distinct)]
            place = next(source for value, source in found if str(value) == distinct[0])
            return (distinct if len(distinct) > 1 else distinct[0]), place
    return outermost(found, latest=take == "latest")
