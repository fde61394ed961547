"""Which records of a list may be one event told again: they count once for certain and twice possibly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, TypeAlias, TypeVar, get_args

from matcher.domain.dates import DateSpan
from matcher.domain.possible import DOUBTS, REPEATED, YES, Codes, Interval, is_unread
from matcher.domain.record import (
    DENIABLE,
    Alteration,
    Components,
    Condition,
    Course,
    Diagnosis,
    Medication,
    Procedure,
    Radiotherapy,
)

Entry: TypeAlias = Alteration | Condition | Course | Diagnosis | Medication | Procedure | Radiotherapy
_E = TypeVar("_E", bound=Entry)
_MOST_LIKE = 200  # records that each further one is held against; no patient has as many

#: of these it is asked how many there were; of the others mostly whether there is one
_EVENTS = (Course, Procedure, Radiotherapy)

#: lists in which records are counted or added up
COUNTED = ("therapies", "medications", "procedures", "radiotherapy", "conditions", "alterations", "diagnoses")


def each_once(records: tuple[_E, ...]) -> Iterator[_E]:
    """A record that may be another told again counts once for certain: the one that says most is certain.

    A text that nobody can read may be any of the others. A class may be any of its members where events are counted,
    courses, operations and doses; of conditions, medicines and genes it is mostly asked whether there is one, and a
    class that says more than its member would lose that.
    """
    certain: list[_E] = []
    wide: list[_E] = []
    alike: dict[object, list[_E]] = {}
    repeated: set[int] = set()
    for place in sorted(range(len(records)), key=lambda place: _says(records[place])):
        record = records[place]
        same = alike.setdefault(_of_what(record), [])
        among = certain if _is_open(record) else [*same, *wide]
        # Beyond that nobody looks: possibly told again is the answer that leaves most open.
        if len(among) >= _MOST_LIKE or any(may_be_same(record, each) for each in among):
            repeated.add(place)
            continue
        certain.append(record)
        (wide if _is_open(record) else same).append(record)
    for place, record in enumerate(records):
        yield _repeated(record) if place in repeated else record


def _says(record: Entry) -> tuple[bool, bool, bool, int, bool, str]:
    """The cancer to be treated first, then what is not in doubt, what can be read, and of these what says most.

    What says exactly twice as much comes first; equals stand in an order that is not the file's.
    """
    values = [getattr(record, name) for name in sorted(SAID[type(record)] - NOT_SAID.union(DENIABLE))]
    read = [each for each in values if each is not None and not _is_wide(each)]
    much = sum(1 + _is_exact(each) for each in read)
    doubted = any(each is not None and each.members & DOUBTS for each in _named(record))
    index = getattr(record, "index", None) == YES
    return (
        not index,
        doubted,
        _is_unread(record),
        -much,
        not _is_exact(_named(record)),
        " ".join(map(str, values)),
    )


def _is_exact(value: object) -> bool:
    """Whether one thing is said: of two courses, *nivolumab* and *ipilimumab or nivolumab*, the first is certain."""
    if isinstance(value, tuple):
        return all(each is not None and _is_exact(each) for each in value)
    if isinstance(value, Codes):
        return len(value.members - DOUBTS) == 1
    return bool(getattr(value, "exact", True))


def _named(record: object) -> tuple[Codes | None, ...]:
    """What a record is of, in parts: the agents of a course have no order."""
    held = next(getattr(record, name) for name in DENIABLE if hasattr(record, name))
    return held if isinstance(held, tuple) else (held,)


def _is_unread(record: object) -> bool:
    return any(each is None or is_unread(each) for each in _named(record))


def _is_open(record: object) -> bool:
    """Whether a record of another name may tell of the same."""
    if isinstance(record, _EVENTS):
        return any(each is None or len(each.members - DOUBTS) > 1 for each in _named(record))
    return _is_unread(record)


def _of_what(record: object) -> object:
    parts = (each and each.members - DOUBTS for each in _named(record))
    return type(record), frozenset(parts)


NOT_SAID = frozenset({"source", "label", "elsewhere"})
SAID: Mapping[type[Entry], frozenset[str]] = {
    kind: frozenset(each.name for each in fields(kind) if each.init) for kind in get_args(Entry)
}
"""The names of a record's fields that are stated."""
DAYS = frozenset({"on", "start", "end", "progression"})


def may_be_same(one: Entry, other: Entry, besides: frozenset[str] = NOT_SAID) -> bool:
    """Whether two records of a list could be one: what both say is equal, or said less closely by one of them."""
    besides = besides.union(DENIABLE)
    of_one = _of_what(one) == _of_what(other) or (
        (_is_open(one) or _is_open(other)) and _could_be_of_one(_named(one), _named(other))
    )
    return of_one and all(
        _agrees(getattr(one, name), getattr(other, name)) for name in SAID[type(one)] - besides
    )


def _could_be_of_one(one: Components, other: Components) -> bool:
    """Whether each agent of a course could be one of the other's: a text that nobody knows could be any, or several."""
    return all(any(_agrees(each, beside) for beside in other) for each in one) and all(
        any(_agrees(each, beside) for beside in one) for each in other
    )


def _agrees(one: object, other: object) -> bool:
    if one == other or one is None or other is None or _is_wide(one) or _is_wide(other):
        return True
    match one, other:
        case DateSpan(), DateSpan():
            outer = DateSpan(min(one.first, other.first), max(one.last, other.last))
            return outer in (one, other)
        case Interval(), Interval():
            return one.union(other) in (one, other)
        case Codes(), Codes():
            first, second = one.members - DOUBTS, other.members - DOUBTS
            return first <= second or second <= first
    return False


def _is_wide(value: object) -> bool:
    if isinstance(value, DateSpan):
        return value.first == date.min or value.last == date.max
    return isinstance(value, Interval | Codes) and is_unread(value)


def _repeated(record: _E) -> _E:
    match record:
        case Course() | Medication():
            components = tuple(each and each.doubted(REPEATED) for each in record.components)
            repeated = with_components(record, components, REPEATED)
            # An agent that nobody can read bears no doubt of its own, and the course is told again all the same.
            if isinstance(repeated, Course) and repeated.kind is not None:
                return replace(repeated, kind=repeated.kind.doubted(REPEATED))
            return repeated
        case Diagnosis() if record.index != YES and record.code is not None:
            return replace(record, code=record.code.doubted(REPEATED))
        case Condition() | Procedure() if record.code is not None:
            return replace(record, code=record.code.doubted(REPEATED))
        case Alteration() if record.gene is not None:
            return replace(record, gene=record.gene.doubted(REPEATED))
        case Radiotherapy() if record.intent is not None:
            return replace(record, intent=record.intent.doubted(REPEATED))
    return record


def with_components(record: _E, components: Components, why: str) -> _E:
    """A course of which every agent is doubted is itself in doubt: it may be no line of therapy."""
    whole = all(each is not None and each.members & DOUBTS for each in components)
    changed: dict[str, Any] = {"components": components}
    if isinstance(record, Course) and whole and record.kind is not None:
        changed["kind"] = record.kind.doubted(why)
    return replace(record, **changed)
