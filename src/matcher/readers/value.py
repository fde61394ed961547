"""What a cell says, as possible values: numbers as intervals, dates as spans.

A value may be stated loosely, and then means every value it could be: ``<5``, ``0-1``, ``[8, 9)``, ``2025-03``.
What cannot be read raises ``UnreadableError``; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from math import inf, isfinite

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Interval

LONGEST_TEXT = 120

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?"
_COMPARED = re.compile(rf"(<=|>=|<|>|≤|≥|=<|=>)\s*({_NUMBER})\s*(.*)", re.DOTALL)
_RANGE = re.compile(
    rf"({_NUMBER})\s*(?:[-\u2013\u2014]|\.\.|to\b|or\b|/(?=\s*\d+\s*$))\s*({_NUMBER})\s*(.*)", re.DOTALL
)
_PLAIN = re.compile(rf"({_NUMBER})\s*(.*)", re.DOTALL)
_BRACKETS = re.compile(r"([\[(])\s*(-?inf|[^,;\s]+)\s*[,;]\s*(inf|[^,;\s]+?)\s*([\])])\s*(.*)", re.DOTALL)
_COMMA = re.compile(r"[-+]?\d+(?:,\d+)+(?:\.\d+)?")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+\.\d+")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}.*)?")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_SPAN = re.compile(r"(\S+)\s*(?:to\b|\.\.)\s*(\S+)")
_OFFSET = re.compile(r"[-+]?\d{1,6}(?:\.0*)?")


class UnreadableError(Exception):
    """Why a value cannot be used; the caller knows where it stands."""

    def __init__(self, code: str, reason: str, text: object = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
        self.text = text


def read_number(raw: object) -> tuple[Interval, str]:
    """The interval a value states and the unit written behind it, if any.

    A list is every number between its members: ``[0, 1]`` is 0 to 1.
    """
    match raw:
        case bool() | None:
            raise UnreadableError("P110", "a truth value stands where a number is expected", raw)
        case int() | float():
            return _finite(raw), ""
        case str():
            return _read_text(raw.strip())
        case [_, *_]:
            return _hull(list(raw))
    raise UnreadableError("P110", f"{_kind(raw)} stands where a number is expected", raw)


#: what a laboratory prints behind a value beside its limits: high, low, critical, abnormal
_FLAG = re.compile(
    r"(.*\d)\s*(?:\(?(?:\*{1,3}|!{1,2}|[\u2191\u2193]{1,2})\)?|\s\(?(?:HH|LL|H|L|A|AA|N|C|high|low|crit|critical|abnormal|normal|hi|lo)\)?)",
    re.IGNORECASE | re.DOTALL,
)


def without_flag(raw: object) -> object:
    """A laboratory value without the flag printed behind it: ``9.1 L``, ``4.5 H``, ``180*``. No value is in litres."""
    if (
        isinstance(raw, str)
        and len(raw) <= LONGEST_TEXT
        and (found := _FLAG.fullmatch(raw.strip())) is not None
    ):
        return found[1].rstrip()
    return raw


class _NotRead:
    """Stands for a value that nobody could read and of which that is said already."""

    def __repr__(self) -> str:
        return "NOT_READ"

    def __str__(self) -> str:
        return "?"


NOT_READ = _NotRead()

_WRITTEN = r"\d[\d.,]*(?<![.,])"
_NUMBERS = re.compile(
    rf"(\s{{0,9}}(?:<=|>=|=<|=>|[<>=\u2264\u2265])?\s{{0,9}}[-+]?)({_WRITTEN})"
    rf"(?:(\s{{0,9}}(?:[-\u2013\u2014]|\.\.|to\b|bis\b|or\b)\s{{0,9}})({_WRITTEN}))?(.*)",
    re.DOTALL,
)


def with_point(text: str, decimal: str) -> str:
    """The numbers of a text with a decimal point and without thousands marks; ``decimal`` is "comma" or "point".

    Where the comma is the decimal mark, the point parts thousands, and the other way about: ``1.050`` is 1050.
    A group that is not of three digits is refused. What is no number is left as it stands.
    """
    found = _NUMBERS.fullmatch(text) if len(text) <= LONGEST_TEXT else None
    if found is None:
        return text
    sign, first, between, second, rest = found.groups()
    more = f"{between}{_pointed(second, decimal, text)}" if second else ""
    return f"{sign}{_pointed(first, decimal, text)}{more}{rest}"


def _pointed(number: str, decimal: str, text: str) -> str:
    mark, separator = (",", ".") if decimal == "comma" else (".", ",")
    whole, _, fraction = number.partition(mark)
    groups = whole.split(separator)
    regular = len(groups) == 1 or (1 <= len(groups[0]) <= 3 and all(len(each) == 3 for each in groups[1:]))
    if not regular or (not fraction.isdigit() and number.count(mark)):
        raise UnreadableError("P119", f"not a number where the {decimal} is the decimal mark", text)
    return "".join(groups) + (f".{fraction}" if fraction else "")


def _hull(members: list[object]) -> tuple[Interval, str]:
    read = [read_number(each) for each in members]
    units = {unit for _, unit in read if unit}
    if len(units) > 1:
        raise UnreadableError("P103", f"two units in one value: {', '.join(sorted(units))}", members)
    hull = read[0][0]
    for interval, _ in read[1:]:
        hull = hull.union(interval)
    return hull, units.pop() if units else ""


def _finite(value: float) -> Interval:
    try:
        number = float(value)
    except OverflowError:
        number = inf
    if not isfinite(number):
        raise UnreadableError("P101", "not a finite number", value)
    return Interval.exactly(number)


def _read_text(text: str) -> tuple[Interval, str]:
    if not text:
        raise UnreadableError("P101", "an empty text is not a number", text)
    if len(text) > LONGEST_TEXT:
        raise UnreadableError("P120", "a long text stands where a number is expected", text)
    text = text.replace("−", "-")  # noqa: RUF001 the minus sign of typesetters
    if bracketed := _BRACKETS.fullmatch(text):
        return _read_brackets(bracketed, text)
    if _COMMA.match(text) and not _GROUPED.match(text):
        raise UnreadableError("P119", "a comma could be a decimal mark or separate thousands", text)
    if grouped := _GROUPED.match(text):
        text = grouped[0].replace(",", "") + text[grouped.end() :]
    if compared := _COMPARED.fullmatch(text):
        return _read_compared(compared[1], _number(compared[2], text)), _unit(compared[3], text)
    if ranged := _RANGE.fullmatch(text):
        low, high = _number(ranged[1], text), _number(ranged[2], text)
        if low > high:
            raise UnreadableError("P115", "the range ends below its beginning", text)
        return Interval(low, high), _unit(ranged[3], text)
    if plain := _PLAIN.fullmatch(text):
        return Interval.exactly(_number(plain[1], text)), _unit(plain[2], text)
    if re.match(r"[<>=~≈≤≥]", text):
        raise UnreadableError("P117", "the comparator is not understood", text)
    raise UnreadableError("P101", "not a number", text)


def _unit(rest: str, text: str) -> str:
    """What stands behind the number, unless it looks like more of the number than of a unit."""
    unit = rest.strip()
    if re.match(r"[-+<>=,;]|\d+(?![*^])\b(?!\s*/)", unit) and not unit.startswith("10"):
        raise UnreadableError("P101", "more than one number stands here", text)
    return unit


def _read_compared(sign: str, limit: float) -> Interval:
    match sign:
        case "<":
            return Interval(-inf, limit, high_open=True)
        case "<=" | "=<" | "≤":
            return Interval(-inf, limit)
        case ">":
            return Interval(limit, inf, low_open=True)
        case _:
            return Interval(limit, inf)


def _read_brackets(found: re.Match[str], text: str) -> tuple[Interval, str]:
    low, high = _number(found[2], text), _number(found[3], text)
    try:
        return Interval(low, high, found[1] == "(", found[4] == ")"), found[5].strip()
    except ValueError:
        raise UnreadableError("P115", "the interval holds nothing", text) from None


def _number(digits: str, text: str) -> float:
    if digits in ("inf", "-inf"):
        return float(digits)
    if not re.fullmatch(_NUMBER, digits):
        raise UnreadableError("P101", "not a number", text)
    value = float(digits)
    if not isfinite(value):
        raise UnreadableError("P101", "not a finite number", text)
    return value


def bounded(value: Interval, low: float, high: float, *, name: str, text: object, unit: str = "") -> Interval:
    """The value inside its domain; a stated end outside it makes the whole value implausible.

    ``<5`` has no stated lower end, so it begins where the domain does.
    """
    for end in (value.low, value.high):
        if isfinite(end) and not low <= end <= high:
            raise UnreadableError(
                "P102",
                f"{name} {_plain(end)} {unit}".rstrip() + f" is outside {_plain(low)} to {_plain(high)}",
                text,
            )
    # The ends of a domain may be written as whole numbers; a value's are floats, whatever made them.
    inside = value.intersection(Interval(float(low), float(high)))
    if inside is None:
        raise UnreadableError("P102", f"{name} is outside {_plain(low)} to {_plain(high)}", text)
    return inside


def _plain(number: float) -> str:
    return f"{number:.9g}"


def read_date(raw: object, index: date | None = None) -> DateSpan:
    """A day, a month, a year, a span, or whole days from the index date where the record has one."""
    try:
        return _read_date(raw, index)
    except (ValueError, OverflowError):
        raise UnreadableError("P106", "there is no such day", raw) from None


def _read_date(raw: object, index: date | None) -> DateSpan:
    match raw:
        case date():
            return DateSpan.on(date(raw.year, raw.month, raw.day))
        case bool():
            raise UnreadableError("P106", "a truth value stands where a date is expected", raw)
        case int() | float() if isinstance(raw, int) or raw.is_integer():
            return _read_whole(int(raw), index)
        case str() if len(raw) > LONGEST_TEXT:
            raise UnreadableError("P120", "a long text stands where a date is expected", raw)
        case str():
            return _read_date_text(raw.strip(), index)
        case Mapping() if raw and set(raw) <= {"from", "to"}:
            return _read_span(raw.get("from"), raw.get("to"), index, raw)
    raise UnreadableError("P106", "not a date", raw)


def _read_whole(number: int, index: date | None) -> DateSpan:
    if index is not None:
        return DateSpan.on(index + timedelta(days=number))
    if 1850 <= number <= 2200:
        return DateSpan.year(number)
    raise UnreadableError("P106", "neither a year nor, without an index_date, a number of days", number)


def _read_date_text(text: str, index: date | None) -> DateSpan:
    if found := _DAY.fullmatch(text):
        return DateSpan.on(date(int(found[1]), int(found[2]), int(found[3])))
    if found := _MONTH.fullmatch(text):
        return DateSpan.month(int(found[1]), int(found[2]))
    if _YEAR.fullmatch(text):
        return _read_whole(int(text), None)
    if index is not None and _OFFSET.fullmatch(text):
        return DateSpan.on(index + timedelta(days=int(float(text))))
    if found := _SPAN.fullmatch(text):
        return _read_span(found[1], found[2], index, text)
    raise UnreadableError("P106", "not a date as in 2025-03-01, 2025-03 or 2025", text)


def _read_span(first: object, last: object, index: date | None, raw: object) -> DateSpan:
    begins = date.min if first is None else _read_date(first, index).first
    ends = date.max if last is None else _read_date(last, index).last
    if begins > ends:
        raise UnreadableError("P115", "the span ends before it begins", raw)
    return DateSpan(begins, ends)


def _kind(raw: object) -> str:
    match raw:
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case None:
            return "nothing"
    return "a text" if isinstance(raw, str) else type(raw).__name__
