"""What is counted for a rulebook: the ways into its candidates, and where the counts of each stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matcher.engines.columnar.arrays import Bools
from matcher.engines.planes.chunk import Planes, packed
from matcher.rules.candidate import Candidate
from matcher.rules.graph import NodeId
from matcher.rules.rulebook import Rulebook
from matcher.standing.cohort.counts import CohortCounts, CriterionCount, FactCount, FactOverall
from matcher.standing.cohort.entry import Entry
from matcher.standing.cohort.missing import Topic, gates_below, topics_below
from matcher.standing.cohort.sample import MOST_CANDIDATES, sample
from matcher.standing.cohort.tally import Tally
from matcher.standing.standing import StandingKind


@dataclass(frozen=True)
class CohortPlan:
    """The entries of all candidates that are counted: those with known criteria, closed ones only if asked for.

    The counts plan what is to come: closed is what was so when last known, on whatever day the patients are seen.
    """

    rulebook: Rulebook
    include_closed: bool
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, rulebook: Rulebook, *, include_closed: bool = False) -> CohortPlan:
        entries: list[Entry] = []
        topics: dict[NodeId, list[Topic]] = {}
        criteria = facts = 0
        for candidate in rulebook.candidates:
            if candidate.roots is None or not (include_closed or candidate.takes_patients(None)):
                continue
            for cohort in candidate.cohorts or (None,):
                asked = candidate.criteria + (cohort.criteria if cohort else ())
                for each in asked:
                    if each.satisfied not in topics:
                        topics[each.satisfied] = topics_below(rulebook.graph, each.satisfied)
                found = dict.fromkeys(
                    topic for each in asked if not each.at_screening for topic in topics[each.satisfied]
                )
                roots = cohort.roots if cohort else candidate.roots
                entry = Entry(len(entries), candidate, cohort, asked, roots, tuple(found), criteria, facts)
                entries.append(entry)
                criteria, facts = criteria + len(asked), facts + len(found)
        return cls(rulebook, include_closed, tuple(entries))

    def overridden(self, rulebook: Rulebook) -> CohortPlan:
        """The plan of the same rulebook with overrides in it; its counts stand in the same rows."""
        plain = CohortPlan.of(rulebook, include_closed=self.include_closed).entries
        kept = (
            replace(each, topics=own.topics, first_fact=own.first_fact)
            for each, own in zip(plain, self.entries, strict=True)
        )
        return CohortPlan(rulebook, self.include_closed, tuple(kept))

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        return tuple({each.candidate.id: each.candidate for each in self.entries}.values())

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """Every fact that may be missing: the rows of the counts over all candidates."""
        return tuple(sorted({topic for each in self.entries for topic in each.topics}))

    @cached_property
    def roots(self) -> tuple[NodeId, ...]:
        """The nodes whose planes counting reads."""
        nodes: dict[NodeId, None] = {}
        seen: set[NodeId] = set()
        for entry in self.entries:
            held = entry.roots
            nodes.update(dict.fromkeys((held.strict, held.screening, held.recovered, held.waived)))
            for each in entry.criteria:
                nodes.update(dict.fromkeys((each.satisfied, each.waived)))
                if each.satisfied not in seen and not each.at_screening:
                    seen.add(each.satisfied)
                    nodes.update(dict.fromkeys(gates_below(self.rulebook.graph, each.satisfied)))
        return tuple(nodes)

    @property
    def draws_sample(self) -> bool:
        return 0 < len(self.candidates) <= MOST_CANDIDATES

    def nothing(self) -> CohortCounts:
        """The counts of nobody: what the parts of a run are added to."""
        facts = sum(len(each.topics) for each in self.entries)
        criteria = sum(len(each.criteria) for each in self.entries)
        return CohortCounts(
            self.rulebook.version,
            self.include_closed,
            patients=0,
            left_out=0,
            standings=np.zeros((len(self.entries), len(StandingKind)), np.int64),
            criteria=np.zeros((criteria, len(CriterionCount._fields)), np.int64),
            facts=np.zeros((facts, len(FactCount._fields)), np.int64),
            overall=np.zeros((len(self.topics), len(FactOverall._fields)), np.int64),
        )

    def count(self, planes: Planes, patients: Sequence[str], left_out: Bools | None = None) -> CohortCounts:
        """The counts of these patients, whose identifiers stand in the order of the planes.

        ``planes`` holds at least ``roots``. ``left_out`` marks patients that are in no count: the deceased, where
        they are not ranked.
        """
        counted = np.ones(planes.patients, np.bool_) if left_out is None else ~left_out
        nothing, number = self.nothing(), int(counted.sum())
        Tally(self.rulebook.graph, self.entries, self.topics, nothing).count(planes, packed(counted))
        drawn = sample(self.entries, planes, patients, counted) if self.draws_sample else ()
        return replace(nothing, patients=number, left_out=planes.patients - number, sample=drawn)
