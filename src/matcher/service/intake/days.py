"""Days as people write them in a form.

A file is written by a program, in one form that its mapping states; a form is filled in by hand, in the habit of
the house. A day that can be read in one way only is understood. One that can be read in two is asked about, and
stays open until somebody has chosen: '03/04/2025' is March to one nurse and April to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = (
    "january januar jan", "february februar feb", "march märz maerz mar mrz", "april apr", "may mai", "june juni jun",
    "july juli jul", "august aug", "september sept sep", "october oktober oct okt", "november nov",
    "december dezember dec dez",
)  # fmt: skip
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_NUMBERS = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})")
_MONTH_AND_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})")
_WORDS = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|\.)?\s+)?([^\W\d_]{3,9})\.?(?:\s+(\d{1,2})(?:st|nd|rd|th)?,)?\s+(\d{4})"
)
#: how far ahead a planned day may lie, in years; it decides the century of '26'
_AHEAD = 5


def readings(text: str, as_of: date) -> tuple[str, ...]:
    """The days (or months) that a text may mean, as in 2025-04-03 or 2025-04, in the order of their likelihood."""
    plain = " ".join(text.split()).casefold()
    return tuple(dict.fromkeys(_readings(plain, as_of))) if len(plain) <= 30 else ()


def _readings(text: str, as_of: date) -> Iterator[str]:
    if found := _YEAR_FIRST.fullmatch(text):
        yield from _day(found[1], found[3], found[4])
    elif found := _NUMBERS.fullmatch(text):
        for year in _years(found[4], as_of):
            yield from _day(year, found[3], found[1])
            # Dots stand between the parts of a day only where the day comes first.
            if found[2] != ".":
                yield from _day(year, found[1], found[3])
    elif (found := _MONTH_AND_YEAR.fullmatch(text)) and 1 <= int(found[1]) <= 12:
        yield f"{found[2]}-{int(found[1]):02}"
    elif (found := _WORDS.fullmatch(text)) and (month := _MONTH.get(found[2])):
        if found[1] and found[3]:
            return
        day = found[1] or found[3]
        if day:
            yield from _day(found[4], str(month), day)
        else:
            yield f"{found[4]}-{month:02}"


def _years(written: str, as_of: date) -> Iterator[str]:
    if len(written) == 4:
        yield written
    else:
        yield from (
            f"{century}{written}" for century in (20, 19) if int(f"{century}{written}") <= as_of.year + _AHEAD
        )


def _day(year: str, month: str, day: str) -> Iterator[str]:
    try:
        yield date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return


def spoken(day: str) -> str:
    """A day or month in words that nobody takes for another, such as 3 April 2025."""
    year, month, *rest = day.split("-")
    name = _MONTHS[int(month) - 1].split()[0].capitalize()
    return " ".join([*(str(int(each)) for each in rest), name, year])
