"""The kinds of feature. A feature is one of these with its tables, fields and filters filled in.

Engines implement the kinds and nothing else; no engine knows a single feature by name. Everything here is
plain hashable data, so that equal features of two trials are one node of the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from matcher.domain.dates import Duration, TimeUnit
from matcher.domain.possible import Codes, Interval


@dataclass(frozen=True, slots=True)
class NumberDomain:
    """Every value a number could have when nobody recorded it, in ``unit``."""

    interval: Interval
    unit: str = ""
    integer: bool = False

    @property
    def whole(self) -> Interval:
        return self.interval


@dataclass(frozen=True, slots=True)
class CodeDomain:
    """Every leaf a category could have when nobody recorded it."""

    codes: frozenset[str]

    @property
    def whole(self) -> Codes:
        return Codes(self.codes)


Domain: TypeAlias = NumberDomain | CodeDomain


@dataclass(frozen=True, slots=True)
class Is:
    """The record's category lies within ``codes``."""

    field: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Named:
    """The record's name is exactly this: names are never uncertain."""

    field: str
    name: str


@dataclass(frozen=True, slots=True)
class Contains:
    """One of the record's components lies within ``codes``; an unresolved component possibly does."""

    field: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Within:
    """The record's number lies within the interval."""

    field: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Recent:
    """The record reaches into the last ``within`` before the reference day: its ``field`` date is that late.

    An ongoing record (``ongoing`` yes) reaches the reference day itself. ``events`` as in ``Since``.
    """

    field: str
    within: Duration
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ago:
    """The record's ``field`` day lies at least this long before the reference day: stable for a month, taken for two.

    With ``less`` it lies less long ago. ``events`` as in ``Since``. A day that nobody recorded leaves it open.
    """

    field: str
    at_least: Duration
    events: tuple[str, ...] = ()
    less: bool = False


Filter: TypeAlias = Is | Named | Contains | Within | Recent | Ago


@dataclass(frozen=True, slots=True)
class Latest:
    """The field of the latest record, if it is not older than ``within``.

    With ``events`` (as in ``Since``) it is of that time before a planned event, and not of the time after.
    """

    table: str
    field: str
    where: tuple[Filter, ...] = ()
    within: Duration | None = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extreme:
    """The highest (or lowest) value of the field over every matching record; codes by their given order.

    With ``none`` the value when the list is known to hold no such record.
    """

    table: str
    field: str
    where: tuple[Filter, ...]
    target: frozenset[str] | None
    highest: bool = True
    order: tuple[str, ...] = ()
    none: float | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of the field over every matching record: a daily dose over several medicines."""

    table: str
    field: str
    where: tuple[Filter, ...]
    target: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many records match: certain and possible. ``target`` is what a statement of absence must cover.

    With ``distinct`` records are counted by that field: certain are the distinct values stated (one, if
    anything matched), possible adds every record where it was not stated. ``ordinal``: the field numbers all of
    them from one, so that a fourth proves four. ``others`` are statements of absence that would do as well: no fusion
    of either gene, or not this very change.
    """

    table: str
    where: tuple[Filter, ...]
    target: frozenset[str] | None
    distinct: str | None = None
    ordinal: bool = False
    others: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Since:
    """Time from the last matching record to the reference day: today, or a planned event.

    Never is infinity. ``field`` is ``end`` (last dose) or ``start`` (the day it happened). ``events`` names
    the planned event time is counted to, after the ones that precede it; empty is today.
    """

    table: str
    where: tuple[Filter, ...]
    target: frozenset[str] | None
    unit: TimeUnit
    field: str = "end"
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Age:
    """Completed years since birth."""


@dataclass(frozen=True, slots=True)
class SinceDay:
    """Days from a day that the rule itself names to today: the day an amendment came into force.

    Nothing of the patient's. A day known only to lie between ``first`` and ``last`` leaves it open in between.
    """

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Formula:
    """A published formula over other features, interval-valued; ``name`` is looked up by the engine."""

    name: str
    inputs: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first source that says anything: a converted value only where none was recorded."""

    sources: tuple[Feature, ...]


def closing(kind: Count | Since | Extreme | Total) -> tuple[frozenset[str], ...]:
    """The statements of absence of which each leaves nothing but what is recorded: all its codes are denied."""
    others = kind.others if isinstance(kind, Count) else ()
    return (kind.target, *others) if kind.target is not None else others


Kind: TypeAlias = Latest | Extreme | Total | Count | Since | SinceDay | Age | Formula | FirstOf


@dataclass(frozen=True, slots=True)
class Feature:
    """One question a rulebook asks of every patient. Equal features are one node of the graph.

    ``name`` identifies it in explanations and overrides; ``topic`` groups features that one answer
    settles together (two windows on the same laboratory value); ``title`` and ``question`` are what a
    person reads.
    """

    name: str
    kind: Kind
    domain: Domain
    topic: str = ""
    title: str = ""
    question: str = ""
