"""The counts of many patients: numbers that add up over the parts of a run, whatever the order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from matcher.standing.standing import StandingKind

Counts: TypeAlias = npt.NDArray[np.int64]

_FORM = 1
#: patients in a sample: as many as a map shows side by side
SAMPLED = 240


class Sampled(NamedTuple):
    """A patient's standings, one digit for each candidate: the place of its kind among the standings, best first.

    ``draw`` is made of the identifier alone; the patients with the smallest draws are the sample.
    """

    draw: int
    patient: str
    standings: str


def smallest(sampled: Iterable[Sampled]) -> tuple[Sampled, ...]:
    return tuple(sorted(sampled)[:SAMPLED])


class CriterionCount(NamedTuple):
    """Patients by one criterion of a candidate, or of one cohort of a trial.

    The first three add up to all patients. ``left`` are those whom neither this criterion nor an earlier one rules
    out; ``left_fitting`` of them satisfy all of these. ``near_*`` are near misses: this criterion is not satisfied
    and no other; without it they would fit, or be possible. ``unknown_alone``: this criterion is unknown and every
    other is satisfied. ``lenient_*``: how many more would fit, or not be ruled out, with this one limit moved as far
    as the rule's own leniency allows. Where others are taken together, unknowns that are left to screening are
    presumed, as in the standing.
    """

    satisfied: int
    not_satisfied: int
    unknown: int
    left: int
    left_fitting: int
    near_fitting: int
    near_possible: int
    unknown_alone: int
    lenient_fitting: int
    lenient_open: int

    @property
    def near(self) -> int:
        """Near misses: as many more are not ruled out when the criterion is dropped."""
        return self.near_fitting + self.near_possible

    @property
    def gain_fitting(self) -> int:
        """How many more fit when the criterion is dropped: ruled out by it alone, or unknown by it alone."""
        return self.near_fitting + self.unknown_alone


class FactCount(NamedTuple):
    """Patients who are possible for a candidate and lack this fact; for ``alone`` of them nothing else is missing."""

    missing: int
    alone: int


class FactOverall(NamedTuple):
    """The same over all candidates.

    ``missing`` and ``alone`` are patients for whom it is so with at least one candidate; ``*_pairs`` are pairs of a
    patient and a candidate (each cohort of a trial counts as one).
    """

    missing: int
    alone: int
    missing_pairs: int
    alone_pairs: int


@dataclass(frozen=True, eq=False)
class CohortCounts:
    """Counts of patients for one rulebook; rows stand in the order of the ``CohortPlan`` that made them.

    ``standings`` has a row for each entry and a column for each standing, best first. ``left_out`` patients are
    deceased and not ranked: they are in no other number. ``sample`` holds the standings of some patients, the same
    ones however the patients were cut into parts.
    """

    rulebook: str
    include_closed: bool
    patients: int
    left_out: int
    standings: Counts
    criteria: Counts
    facts: Counts
    overall: Counts
    sample: tuple[Sampled, ...] = ()

    def __add__(self, other: CohortCounts) -> Self:
        """Both together; ``ValueError`` where they count different things."""
        if (self.rulebook, self.include_closed) != (other.rulebook, other.include_closed):
            raise ValueError("counts of two rulebooks, or of two selections, do not add up")
        return type(self)(
            self.rulebook,
            self.include_closed,
            self.patients + other.patients,
            self.left_out + other.left_out,
            self.standings + other.standings,
            self.criteria + other.criteria,
            self.facts + other.facts,
            self.overall + other.overall,
            smallest((*self.sample, *other.sample)),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CohortCounts) and self.document() == other.document()

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def by_criterion(self) -> tuple[CriterionCount, ...]:
        return tuple(CriterionCount(*row) for row in self.criteria.tolist())

    @cached_property
    def by_fact(self) -> tuple[FactCount, ...]:
        return tuple(FactCount(*row) for row in self.facts.tolist())

    @cached_property
    def by_fact_overall(self) -> tuple[FactOverall, ...]:
        return tuple(FactOverall(*row) for row in self.overall.tolist())

    def document(self) -> dict[str, Any]:
        """The counts as plain JSON."""
        return {
            "form": _FORM,
            "rulebook": self.rulebook,
            "include_closed": self.include_closed,
            "patients": self.patients,
            "left_out": self.left_out,
            "standings": self.standings.tolist(),
            "criteria": self.criteria.tolist(),
            "facts": self.facts.tolist(),
            "overall": self.overall.tolist(),
            "sample": [list(each) for each in self.sample],
        }

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Self:
        """Counts that were written by ``document``; ``ValueError`` for another form of it."""
        if document.get("form") != _FORM:
            raise ValueError("these counts were written by another version of the program")

        def table(name: str, columns: int) -> Counts:
            return np.array(document[name], np.int64).reshape(-1, columns)

        return cls(
            document["rulebook"],
            document["include_closed"],
            document["patients"],
            document["left_out"],
            table("standings", len(StandingKind)),
            table("criteria", len(CriterionCount._fields)),
            table("facts", len(FactCount._fields)),
            table("overall", len(FactOverall._fields)),
            tuple(Sampled(*each) for each in document["sample"]),
        )
