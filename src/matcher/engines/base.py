"""What every engine takes and gives back.

An engine answers with verdicts and, on request, with the possible values and the records behind them.
Standing, ranking and explanation read nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Protocol

from matcher.domain.possible import Possible
from matcher.domain.profile import Profile
from matcher.domain.record import Absence, Record
from matcher.domain.verdict import Verdict
from matcher.rules.graph import Graph, NodeId


@dataclass(frozen=True, slots=True)
class Clock:
    """Two days: facts are known as of one, time is counted up to the other.

    They differ only when asking what will be true later if nothing but time passes: a laboratory value
    does not go stale in that question, a washout grows.
    """

    as_of: date
    on: date

    @classmethod
    def at(cls, day: date) -> Clock:
        return cls(day, day)


class NoteKind(Enum):
    """Why a value is what it is, beyond the records themselves."""

    STALE = "stale"
    UNDATED = "undated"
    CONFLICT = "conflict"
    CONVERTED = "converted"
    OPEN_LIST = "open list"
    UNRESOLVED = "unresolved"
    NO_EVENT_DATE = "no event date"
    IMPRECISE_DATE = "imprecise date"
    NO_LIMIT = "no reference limit"


@dataclass(frozen=True, slots=True)
class Note:
    """``about`` names the record (or the planned event) that the note is about."""

    kind: NoteKind
    about: Record | Absence | str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A feature's possible values for one patient, with the records that decided them.

    ``silent``: nothing certainly says anything. ``perhaps`` is then what a record says that may apply or not.
    """

    value: Possible
    facts: tuple[Record | Absence, ...] = ()
    notes: tuple[Note, ...] = ()
    silent: bool = False
    perhaps: Possible | None = None


@dataclass(frozen=True, slots=True)
class VerdictTable:
    """Verdicts by node for each patient, and the findings behind the value nodes where asked for."""

    patients: tuple[str, ...]
    verdicts: tuple[Mapping[NodeId, Verdict], ...]
    findings: tuple[Mapping[NodeId, Finding], ...] = field(default=())

    def verdict(self, node: NodeId, row: int = 0) -> Verdict:
        return self.verdicts[row][node]


class Engine(Protocol):
    """Evaluates a graph for some patients. ``roots`` limits the work to what these nodes need."""

    name: str

    def evaluate(
        self,
        graph: Graph,
        patients: Sequence[Profile],
        *,
        roots: Sequence[NodeId] | None = None,
    ) -> VerdictTable: ...
