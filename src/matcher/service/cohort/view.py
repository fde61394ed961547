"""The counts of a cohort with their names, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from matcher.rules.candidate import CandidateKind, Criterion
from matcher.rules.graph import Graph, Read
from matcher.rules.rulebook import Rulebook
from matcher.standing.cohort import CohortCounts, CohortPlan, CriterionCount, Entry, FactCount
from matcher.standing.cohort.counts import FactOverall
from matcher.standing.cohort.missing import NO_FACT, Topic, topic_of
from matcher.standing.standing import StandingKind

FITS = (
    StandingKind.ELIGIBLE,
    StandingKind.ELIGIBLE_PENDING_SCREENING,
    StandingKind.MEETS_KNOWN_CRITERIA,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact by its plainest name, and the question that asks for it."""

    topic: Topic
    name: str
    question: str


NOTHING_TO_ASK = Fact(NO_FACT, "No fact: the rule's own table leaves it open", "")


def facts_of(graph: Graph) -> dict[Topic, Fact]:
    """Every topic of a rulebook; of its features' titles the shortest, which has no window in it."""
    found: dict[Topic, Fact] = {NO_FACT: NOTHING_TO_ASK}
    for node in graph.nodes:
        if not isinstance(node, Read):
            continue
        topic, feature = topic_of(node), node.feature
        known = found.get(topic, Fact(topic, feature.title, feature.question))
        name = min(known.name, feature.title or feature.name, key=len)
        found[topic] = Fact(topic, name, known.question or feature.question)
    return found


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """A criterion with its counts."""

    criterion: Criterion
    count: CriterionCount

    @property
    def is_lenient(self) -> bool:
        """Whether the rule has a limit to move."""
        return self.criterion.waived != self.criterion.satisfied


@dataclass(frozen=True)
class EntryView:
    """A candidate, or a cohort of one, with its counts."""

    entry: Entry
    patients: int
    standings: Mapping[StandingKind, int]
    criteria: tuple[CriterionLine, ...]
    facts: tuple[tuple[Fact, FactCount], ...]

    @property
    def anchor(self) -> str:
        return f"cohort-{self.entry.number}"

    @property
    def title(self) -> str:
        return self.entry.candidate.title

    @property
    def cohort(self) -> str:
        cohort = self.entry.cohort
        return f"{cohort.id}: {cohort.title}" if cohort else ""

    @cached_property
    def fitting(self) -> int:
        return sum(self.standings[kind] for kind in FITS)

    @property
    def possible(self) -> int:
        return self.standings[StandingKind.POSSIBLE]

    @cached_property
    def near(self) -> int:
        return sum(each.count.near for each in self.criteria)

    @cached_property
    def costliest(self) -> CriterionLine | None:
        """The criterion that rules out most patients, whatever the others say."""
        found = max(self.criteria, key=lambda each: each.count.not_satisfied, default=None)
        return found if found and found.count.not_satisfied else None

    @property
    def order(self) -> tuple[bool, bool, int, int, int, int]:
        """Trials first, options for everybody last; then most fitting, most possible, most near misses."""
        candidate = self.entry.candidate
        regimen = candidate.kind is CandidateKind.REGIMEN
        return regimen, candidate.background, -self.fitting, -self.possible, -self.near, self.entry.number


@dataclass(frozen=True)
class CohortView:
    """All of it."""

    plan: CohortPlan
    counts: CohortCounts

    @classmethod
    def of(cls, counts: CohortCounts, rulebook: Rulebook) -> CohortView:
        """``ValueError`` where the counts are of another rulebook."""
        plan = CohortPlan.of(rulebook, include_closed=counts.include_closed)
        if counts.rulebook != rulebook.version:
            raise ValueError("these counts are of another rulebook")
        return cls(plan, counts)

    @cached_property
    def _facts(self) -> dict[Topic, Fact]:
        return facts_of(self.plan.rulebook.graph)

    @cached_property
    def entries(self) -> tuple[EntryView, ...]:
        """In the order of the rulebook."""
        return tuple(self._entry(each) for each in self.plan.entries)

    @cached_property
    def ordered(self) -> tuple[EntryView, ...]:
        return tuple(sorted(self.entries, key=lambda each: each.order))

    def _entry(self, entry: Entry) -> EntryView:
        lines = zip(entry.criteria, entry.criterion_counts(self.counts), strict=True)
        return EntryView(
            entry,
            self.counts.patients,
            entry.standings(self.counts),
            tuple(CriterionLine(*each) for each in lines),
            tuple((self._facts[topic], count) for topic, count in entry.fact_counts(self.counts).items()),
        )

    @cached_property
    def facts(self) -> tuple[tuple[Fact, FactOverall], ...]:
        """Over all candidates: first what settles a candidate for most patients, then what is missing most often."""
        found = [
            (self._facts[topic], count)
            for topic, count in zip(self.plan.topics, self.counts.by_fact_overall, strict=True)
            if count.missing
        ]
        return tuple(sorted(found, key=lambda pair: (-pair[1].alone, -pair[1].missing, pair[0].topic)))
