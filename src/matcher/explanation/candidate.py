"""One candidate for one patient in words: standing, place, what is missing, what blocks, when, on what evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.explanation.answer import (
    EVIDENCE_APPLIES,
    STANDING_TEXT,
    CandidateShown,
    CohortShown,
    EarliestDate,
    EvidenceShown,
)
from matcher.explanation.assumed import assumed, windowed
from matcher.explanation.cohort import cohort_shown
from matcher.explanation.criterion import CriterionWords, Told, citation_in_words
from matcher.explanation.evidence import figures_in_words
from matcher.explanation.lines import blocked
from matcher.explanation.overruled import Overruled, overrides_in
from matcher.explanation.patient_words import PatientWords
from matcher.explanation.signs import remember
from matcher.explanation.sites import places_in_words
from matcher.explanation.timing import TimeTests, Wait, earliest, waits
from matcher.explanation.version import other_recruitment, version_on
from matcher.rules.candidate import Candidate, Evidence
from matcher.rules.graph import Graph, NodeId
from matcher.standing.deciding import ConditionReading, values_of
from matcher.standing.standing import Standing, stand


class Place(NamedTuple):
    """Among the candidates of a kind, and why in words. Without a rank for patients who are not ranked."""

    rank: int | None = None
    tied: bool = False
    because: str = ""


@dataclass(eq=False)
class Stood:
    """A standing, and what is said of it to everybody who has it."""

    standing: Standing
    evidence: tuple[EvidenceShown, ...]
    #: the values whose windows count by default, where they are known
    windowed: tuple[NodeId, ...] = ()
    assumptions: dict[tuple[bool, ...], tuple[str, ...]] = field(default_factory=dict)
    #: what time may change, once that was asked
    waits: tuple[Wait, ...] | None = None
    #: what a writer makes of it
    written: Any = None

    @cached_property
    def text(self) -> str:
        standing = self.standing
        if standing.kind.value == "meets_known_criteria":
            number, open_ones = len(standing.met), len(standing.unknown)
            pending = f", {open_ones} left to screening" if open_ones else ""
            return f"Meets all {number} encoded criteria{pending}; the protocol has more"
        return STANDING_TEXT[standing.kind.value]

    @cached_property
    def cohort(self) -> str:
        held = self.standing.cohort
        return f"{held.cohort.id}: {held.cohort.title}" if held else ""

    @cached_property
    def cohorts(self) -> tuple[CohortShown, ...]:
        return tuple(cohort_shown(each, self.standing) for each in self.standing.cohorts)

    @cached_property
    def considered(self) -> frozenset[str]:
        return frozenset(each.criterion.id for each in self.standing.considered)

    @cached_property
    def values(self) -> tuple[NodeId, ...]:
        """The values that its criteria read, each once."""
        considered = self.standing.considered
        return tuple(
            dict.fromkeys(node for each in considered for node in values_of(each.criterion.condition))
        )


class CandidateWords:
    """What is said of a rulebook's candidates. Made once for it.

    A standing depends on nothing but the verdicts of the candidate's own nodes, and on what is known of its recruitment
    on the day: it is worked out once for each way in which they come out together.
    """

    def __init__(self, graph: Graph, criteria: CriterionWords) -> None:
        self.criteria = criteria
        self._overruled = Overruled(criteria)
        self._time_tests = TimeTests(graph)
        self._read: dict[str, Any] = {}
        self._stood: dict[tuple[str, tuple[Verdict, ...], int], Stood] = {}
        self._places: dict[str, tuple[str, ...]] = {}
        self._evidence: dict[tuple[int, Verdict], EvidenceShown] = {}

    def stand(self, candidate: Candidate, reading: ConditionReading, day: date) -> Stood | None:
        """Where the candidate stands on a day; ``None`` for one with no known criteria."""
        if candidate.roots is None:
            return None
        verdicts = reading.table.verdicts[reading.row]
        read = self._read.get(candidate.id)
        if read is None:
            read = self._read[candidate.id] = itemgetter(*_nodes_of(candidate))
        known = candidate.recruitment
        key = candidate.id, read(verdicts), known.period(day) if known else 0
        found = self._stood.get(key)
        if found is not None:
            return found
        standing = stand(candidate, reading.table, reading.row, day)
        assert standing is not None
        evidence = tuple(self._shown(each, verdicts[each.applies]) for each in candidate.evidence)
        windows = () if candidate.versions else windowed(standing, self.criteria)
        return remember(self._stood, key, Stood(standing, evidence, windows))

    def _shown(self, evidence: Evidence, applies: Verdict) -> EvidenceShown:
        """The study's words are the same for everybody; whether it applies is one of three."""
        found = self._evidence.get((id(evidence), applies))
        if found is None:
            found = self._evidence[id(evidence), applies] = _evidence(evidence, applies)
        return found

    def tell(
        self, stood: Stood, reading: ConditionReading, profile: Profile, words: PatientWords, place: Place
    ) -> CandidateShown:
        standing, candidate = stood.standing, stood.standing.candidate
        tell = self._overruled.telling(candidate.id, profile, reading, words)
        told = [tell(each, "") for each in standing.criteria]
        told_of: Mapping[str, list[Told]] = {
            part.cohort.id: [tell(each, part.cohort.id) for each in part.criteria]
            for part in standing.cohorts
        }
        criteria = tuple([each.shown for held in (told, *told_of.values()) for each in held])
        considered = [each for each in criteria if each.id in stood.considered]
        counted = told + told_of[standing.cohort.cohort.id] if standing.cohort else told
        return CandidateShown(
            kind=candidate.kind.value,
            rank=place.rank,
            tied=place.tied,
            id=candidate.id,
            title=candidate.title,
            cohort=stood.cohort,
            standing=standing.kind.value,
            standing_text=stood.text,
            availability=standing.availability.value,
            because=place.because,
            criteria=criteria,
            cautions=tuple([tell(each, "").shown for each in standing.cautions]),
            missing=tuple(dict.fromkeys([each.lacking for each in counted if each.lacking])),
            blocking=tuple([blocked(each) for each in considered if each.satisfied == "not met"]),
            distances=tuple([each.distance for each in considered if each.distance]),
            earliest=self.earliest(stood, profile),
            assumptions=self.assumed(stood, reading, profile),
            evidence=stood.evidence,
            coverage=candidate.coverage.value,
            notes=candidate.notes,
            places=self.places(candidate),
            version=version_on(candidate, profile.as_of),
            recruitment=other_recruitment(candidate, profile.as_of),
            cohorts=stood.cohorts,
            overrides=overrides_in(candidate, profile, reading),
        )

    def places(self, candidate: Candidate) -> tuple[str, ...]:
        found = self._places.get(candidate.id)
        if found is None:
            found = self._places[candidate.id] = places_in_words(candidate)
        return found

    def earliest(self, stood: Stood, profile: Profile) -> tuple[EarliestDate, ...]:
        if stood.waits is None:
            stood.waits = waits(stood.standing, self._time_tests)
        return earliest(stood.waits, self._time_tests, profile) if stood.waits else ()

    def assumed(self, stood: Stood, reading: ConditionReading, profile: Profile) -> tuple[str, ...]:
        standing, day = stood.standing, profile.as_of
        if standing.candidate.versions:
            return assumed(standing, reading, day, self.criteria)
        key = tuple([bool(reading.findings[each].facts) for each in stood.windowed])
        found = stood.assumptions.get(key)
        if found is None:
            found = stood.assumptions[key] = assumed(standing, reading, day, self.criteria)
        return found


def _nodes_of(candidate: Candidate) -> list[NodeId]:
    """All that its standing, and whether its evidence applies, is read from."""
    roots = [candidate.roots, *(each.roots for each in candidate.cohorts)]
    nodes = [node for each in roots if each is not None for node in each.nodes]
    for each in (*candidate.all_criteria, *candidate.cautions):
        nodes += (each.node, each.satisfied)
    nodes += [each.applies for each in candidate.evidence]
    return list(dict.fromkeys(nodes))


def _evidence(evidence: Evidence, applies: Verdict) -> EvidenceShown:
    document = evidence.document
    return EvidenceShown(
        study=document.study,
        design=document.design or "",
        level=document.level,
        direction=document.direction.replace("_", " "),
        applies=EVIDENCE_APPLIES[applies.value],
        lines=figures_in_words(document),
        citation=citation_in_words(evidence.citation),
    )
