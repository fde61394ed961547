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


class Interview(Protocol):
    """One patient at an engine, whose facts arrive one after the other."""

    @property
    def engine(self) -> str:
        """The name of the engine that answers."""

    @property
    def table(self) -> VerdictTable:
        """Verdicts and findings of the patient as now known: one row."""

    def update(self, patient: Profile) -> frozenset[NodeId]:
        """Takes the patient as now known, after an answer, a correction or a retraction.

        Gives the nodes whose verdict or possible values changed. Another ``as_of`` is a change like any other.
        """

    def close(self) -> None:
        """Forgets the patient. Closing twice is harmless; nothing else may follow."""


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

    def interview(
        self, graph: Graph, patient: Profile, *, roots: Sequence[NodeId] | None = None
    ) -> Interview: ...


class Reevaluation:
    """An interview at an engine that evaluates everything again and compares."""

    def __init__(
        self, engine: Engine, graph: Graph, patient: Profile, roots: Sequence[NodeId] | None = None
    ) -> None:
        self._engine, self._graph, self._roots = engine, graph, roots
        self._table = engine.evaluate(graph, (patient,), roots=roots)

    @property
    def engine(self) -> str:
        return self._engine.name

    @property
    def table(self) -> VerdictTable:
        return self._table

    def update(self, patient: Profile) -> frozenset[NodeId]:
        before = self._table
        self._table = self._engine.evaluate(self._graph, (patient,), roots=self._roots)
        return changed(before, self._table)

    def close(self) -> None:
        """Nothing is held outside this object."""


def changed(before: VerdictTable, after: VerdictTable) -> frozenset[NodeId]:
    """The nodes whose verdict or possible values differ between two tables of one patient and the same nodes."""
    verdicts, findings = after.verdicts[0], after.findings[0]
    others, values = before.verdicts[0], before.findings[0]
    different = [node for node, verdict in verdicts.items() if others[node] is not verdict]
    different += [node for node, finding in findings.items() if values[node].value != finding.value]
    return frozenset(different)
