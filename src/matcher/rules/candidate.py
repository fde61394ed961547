"""Trials and regimens, compiled: criteria with their nodes, and the roots their standing is read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matcher.domain.dates import DateSpan
from matcher.rules.condition import Condition
from matcher.rules.document import Citation
from matcher.rules.graph import NodeId
from matcher.rules.recruitment import Recruitment
from matcher.rules.syntax import EvidenceDocument
from matcher.rules.version import Version, possible_on


class CandidateKind(StrEnum):
    """Trials and regimens are ranked apart."""

    TRIAL = "trial"
    REGIMEN = "regimen"


class Role(StrEnum):
    """What a criterion does. Polarity is never inverted in front of a reader."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"
    CAUTION = "caution"


class Coverage(StrEnum):
    """Whether all criteria of the protocol are encoded here."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class Availability(StrEnum):
    """Whether patients are taken; beside the standing, never mixed into it."""

    OPEN = "open"
    UNKNOWN = "unknown"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    NOT_APPLICABLE = "not applicable"


#: what a status of a registry means for a patient
AVAILABILITY_OF = {
    "recruiting": Availability.OPEN,
    "not_yet_recruiting": Availability.UNKNOWN,
    "suspended": Availability.SUSPENDED,
    "closed": Availability.CLOSED,
    "completed": Availability.CLOSED,
    "unknown": Availability.UNKNOWN,
}
#: left out of a ranking unless asked for
SHUT = frozenset({Availability.CLOSED, Availability.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Criterion:
    """``node`` is the condition as worded; ``satisfied`` is what the candidate asks for.

    ``relaxed`` are the same with recoverable, and with waivable, limits moved; equal to ``satisfied`` where
    nothing moves. ``general``: not written in the candidate's own file. ``outside_study``: where this caution
    applies, the patient is outside the population that was studied. ``versions``: what it asks from each day on,
    oldest first, where amendments changed it; ``condition`` and the nodes then hold on every day, ``text`` is the last.
    """

    id: str
    role: Role
    text: str
    condition: Condition
    node: NodeId
    satisfied: NodeId
    recovered: NodeId
    waived: NodeId
    at_screening: bool = False
    recoverable_by_time: bool = False
    recoverable_within: str = ""
    waivable_by: str = ""
    citation: Citation | None = None
    assumption: str = ""
    note: str = ""
    printed: str = ""
    general: bool = False
    outside_study: bool = False
    versions: tuple[tuple[DateSpan | None, Criterion], ...] = ()

    def on(self, day: date) -> tuple[Criterion, ...]:
        """What it asks on a day: more than one thing where it is not known which version is in force."""
        if not self.versions:
            return (self,)
        places = possible_on(day, [since for since, _ in self.versions])
        return tuple(self.versions[place][1] for place in places)


@dataclass(frozen=True, slots=True)
class Roots:
    """The nodes a standing is read from.

    ``strict`` holds unknown where coverage is partial; ``screening`` presumes what screening establishes
    and leaves that constant out; ``recovered`` and ``waived`` move the limits besides.
    """

    strict: NodeId
    screening: NodeId
    recovered: NodeId
    waived: NodeId

    @property
    def nodes(self) -> tuple[NodeId, ...]:
        return self.strict, self.screening, self.recovered, self.waived


@dataclass(frozen=True, slots=True)
class Cohort:
    """A part of a trial; its roots include the trial's own criteria.

    ``availability`` is that of the last day of which anything is known; ``own``: its file says it of this cohort.
    """

    id: str
    title: str
    availability: Availability
    criteria: tuple[Criterion, ...]
    roots: Roots
    own: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """A study and where it applies: ``applies`` is the node of its ``applies_to``."""

    document: EvidenceDocument
    applies: NodeId
    citation: Citation | None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask, as the source writes it; it was so on ``as_of``."""

    name: str
    phone: str
    email: str
    as_of: date
    citation: Citation | None


@dataclass(frozen=True, slots=True)
class Site:
    """A place of a trial. ``status`` is what was said of this place on ``as_of``, never what holds for the trial.

    ``at``: latitude and longitude in degrees, where they are given.
    """

    name: str
    city: str
    region: str
    country: str
    at: tuple[float, float] | None
    status: str
    contacts: tuple[Contact, ...]
    as_of: date
    citation: Citation | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trial or a regimen. ``criteria`` are those of the candidate itself, before any cohort's.

    ``availability`` is that of the last day of which anything is known; ``available`` that of any day.
    """

    id: str
    kind: CandidateKind
    title: str
    coverage: Coverage
    availability: Availability
    criteria: tuple[Criterion, ...]
    cautions: tuple[Criterion, ...]
    cohorts: tuple[Cohort, ...]
    roots: Roots | None
    evidence: tuple[Evidence, ...] = ()
    events: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    phase: str = ""
    recruitment: Recruitment | None = None
    contacts: tuple[Contact, ...] = ()
    sites: tuple[Site, ...] = ()
    agents: tuple[str, ...] = ()
    supportive: tuple[str, ...] = ()
    background: bool = False
    evaluation: bool = False
    encoded: str = "part"
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    file: str = ""

    @property
    def all_criteria(self) -> tuple[Criterion, ...]:
        return self.criteria + tuple(each for cohort in self.cohorts for each in cohort.criteria)

    @property
    def every_criterion(self) -> tuple[Criterion, ...]:
        """With the cautions, which count for nothing."""
        return self.all_criteria + self.cautions

    def available(self, day: date | None, cohort: Cohort | None = None) -> Availability:
        """Whether the candidate, or this cohort of it, takes patients; without a day as it was last known.

        What a file says of a cohort is known as long as what it says last of the trial.
        """
        held = (cohort or self).availability
        known = self.recruitment
        if day is None or known is None or day >= known.last.day:
            return held
        if cohort is not None and cohort.own:
            return Availability.UNKNOWN
        found = known.on(day)
        return Availability.UNKNOWN if found is None else AVAILABILITY_OF[found.status]

    def takes_patients(self, day: date | None) -> bool:
        """A trial that takes nobody takes nobody in any cohort; one whose cohorts are all closed takes nobody."""
        ways = [self.available(day, each) for each in self.cohorts] or [self.available(day)]
        return self.available(day) not in SHUT and any(each not in SHUT for each in ways)

    def standing_roots(self) -> tuple[Roots, ...]:
        """What the standing is read from: the roots of each cohort, where there are any."""
        if self.roots is None:
            return ()
        return tuple(cohort.roots for cohort in self.cohorts) or (self.roots,)

    def root_nodes(self) -> tuple[NodeId, ...]:
        """Every node that standing, ranking and explanation of this candidate read."""
        roots = [self.roots] if self.roots else []
        roots += [cohort.roots for cohort in self.cohorts]
        nodes = [node for each in roots for node in each.nodes]
        nodes += [
            node
            for each in self.all_criteria
            for node in (each.node, each.satisfied, each.recovered, each.waived)
        ]
        nodes += [each.node for each in self.cautions] + [each.applies for each in self.evidence]
        return tuple(dict.fromkeys(nodes))
