"""The text of a cell as the value of a field, and the conditions that a mapping puts on a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from matcher.readers.bound import Bound, BoundCell
from matcher.readers.cell_text import as_written, category_of, substances_of, term_of, translated
from matcher.readers.mapped_days import from_serial, year_first
from matcher.readers.mapping_model import Condition, Mapping
from matcher.readers.value import UnreadableError, read_date, with_point
from matcher.vocabulary.observations import OBSERVATIONS

DATE_FIELDS = frozenset({"date", "start", "end", "day", "birth_date", "progression_date"})
_NUMBER_FIELDS = frozenset(
    [
        "age",
        "value",
        "uln",
        "lln",
        "percent_positive",
        "percent_1",
        "percent_2",
        "percent_3",
        "percent_at_least_1",
        "percent_at_least_2",
        "percent_at_least_3",
        "intensity",
        "score",
        "number",
        "dose",
        "copy_number",
        "line",
        "cycles",
        "grade",
    ]
)
_DAYS = frozenset({"as_of", "index_date"})


def converted(bound: Bound, cell: BoundCell, text: str, fact: str, *, date_like: bool) -> Any:
    """What the text of a cell says for ``fact``; an ``UnreadableError`` where that cannot be said."""
    said = cell.cell
    if said.split is not None:
        parts = [part.strip() for part in text.split(said.split)]
        mapped = [_one(bound, cell, part, fact) for part in parts if part]
        flat = [each for held in mapped for each in (held if isinstance(held, list) else [held])]
        return [each for each in flat if each is not None] or None
    value = _one(bound, cell, text, fact)
    if not isinstance(value, str):
        return value
    leaf = fact.rpartition(".")[2]
    if said.read == "excel":
        return _later(from_serial(value), said.plus)
    if date_like or said.read == "date" or leaf in DATE_FIELDS or fact in _DAYS:
        return _later(year_first(bound.mapping, value), said.plus) or None
    if said.read == "number" or leaf in _NUMBER_FIELDS or fact in OBSERVATIONS:
        return _decimal(bound.mapping, value)
    return value


def _one(bound: Bound, cell: BoundCell, text: str, fact: str) -> Any:
    said = cell.cell
    value = translated(said, text)
    if not isinstance(value, str):
        return value
    if said.codes is not None:
        return term_of(said.codes, value, bound.codes, fact.partition(".")[0])
    if said.read == "drug":
        named = substances_of(value)
        return named if len(named) > 1 else named[0]
    if said.read in ("t", "n", "m"):
        return category_of(value, said.read)
    return value


def _later(text: str, days: int) -> str:
    return (read_date(text).last + timedelta(days=days)).isoformat() if days and text else text


def _decimal(mapping: Mapping, text: str) -> str:
    return text if mapping.decimal is None else with_point(text, mapping.decimal)


def is_blank(mapping: Mapping, text: str, more: Sequence[str] = ()) -> bool:
    """Whether the text says nothing."""
    if not text:
        return True
    plain = text.casefold()
    return any(plain == each.casefold() for each in (*mapping.blank, *more))


def answers(mapping: Mapping, condition: Condition, text: str) -> bool:
    """Whether a condition holds of the text of its column."""
    blank = is_blank(mapping, text)
    if condition.blank is not None and blank is not condition.blank:
        return False
    plain = text.casefold()
    if condition.is_ is not None and (blank or _plain(condition.is_).isdisjoint(as_written(plain))):
        return False
    if (
        condition.is_not is not None
        and not blank
        and not _plain(condition.is_not).isdisjoint(as_written(plain))
    ):
        return False
    if condition.contains is not None and not any(each.casefold() in plain for each in condition.contains):
        return False
    if condition.contains_none is not None and any(
        each.casefold() in plain for each in condition.contains_none
    ):
        return False
    if condition.at_least is None and condition.at_most is None:
        return True
    try:
        number = float(_decimal(mapping, text))
    except (ValueError, UnreadableError):
        return False
    low, high = condition.at_least, condition.at_most
    return (low is None or number >= low) and (high is None or number <= high)


def _plain(values: Iterable[object]) -> set[str]:
    return {str(value).casefold() for value in values}
