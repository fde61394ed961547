"""One way into a candidate, and the counts that are its own."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.engines.planes.chunk import POSSIBLE, SURE
from matcher.rules.candidate import Candidate, Cohort, Coverage, Criterion, Roots
from matcher.rules.graph import NodeId
from matcher.standing.cohort.counts import CohortCounts, CriterionCount, FactCount
from matcher.standing.cohort.missing import Topic
from matcher.standing.standing import StandingKind


@dataclass(frozen=True, slots=True)
class Entry:
    """One way into a candidate: the candidate itself, or a cohort of a trial with what the trial asks of all.

    ``criteria`` are asked for together, in the order of the file. ``topics`` are the facts they may lack.
    ``first_criterion`` and ``first_fact`` are where the rows of its counts begin.
    """

    number: int
    candidate: Candidate
    cohort: Cohort | None
    criteria: tuple[Criterion, ...]
    roots: Roots
    topics: tuple[Topic, ...]
    first_criterion: int
    first_fact: int

    def criterion_counts(self, counts: CohortCounts) -> tuple[CriterionCount, ...]:
        return counts.by_criterion[self.first_criterion : self.first_criterion + len(self.criteria)]

    def fact_counts(self, counts: CohortCounts) -> dict[Topic, FactCount]:
        """Most telling first: what alone settles most patients, then what is missing most often."""
        held = counts.by_fact[self.first_fact : self.first_fact + len(self.topics)]
        found = [(topic, each) for topic, each in zip(self.topics, held, strict=True) if each.missing]
        return dict(sorted(found, key=lambda pair: (-pair[1].alone, -pair[1].missing, pair[0])))

    def standings(self, counts: CohortCounts) -> dict[StandingKind, int]:
        return dict(zip(StandingKind, counts.standings[self.number].tolist(), strict=True))

    def steps(self) -> tuple[tuple[NodeId, int, StandingKind], ...]:
        """The planes a standing is read from: the first that holds the patient decides; in none, ineligible."""
        full = self.candidate.coverage is Coverage.FULL
        fits = StandingKind.ELIGIBLE_PENDING_SCREENING if full else StandingKind.MEETS_KNOWN_CRITERIA
        return (
            (self.roots.strict, SURE, StandingKind.ELIGIBLE),
            (self.roots.screening, SURE, fits),
            (self.roots.screening, POSSIBLE, StandingKind.POSSIBLE),
            (self.roots.recovered, POSSIBLE, StandingKind.NOT_YET),
            (self.roots.waived, POSSIBLE, StandingKind.NEEDS_WAIVER),
        )
