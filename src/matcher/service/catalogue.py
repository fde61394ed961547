"""What a rulebook holds and asks, as plain records: for lists, forms and those who call from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from matcher.explanation.description import Description, describe
from matcher.features.kind import CodeDomain, Feature, NumberDomain, SinceDay
from matcher.rules.candidate import Candidate
from matcher.rules.graph import Read
from matcher.rules.rulebook import Rulebook

#: the topic and the kind of a question that the day of the run answers
AMENDMENT = "amendment"

__all__ = ["CandidateListed", "Description", "FeatureListed", "candidates_of", "describe", "features_of"]


@dataclass(frozen=True, slots=True)
class CandidateListed:
    """One trial or regimen in a list."""

    id: str
    kind: str
    title: str
    phase: str
    availability: str
    coverage: str
    criteria: int
    cohorts: tuple[str, ...]
    agents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeatureListed:
    """One question the rulebook asks of every patient.

    ``topic`` groups features that one answer settles together. A number has a range in ``unit``, open above
    where ``high`` is missing; a category has the ``codes`` it can be. The day of an amendment is listed as
    ``amendment``: the as-of day answers it, and nobody is asked.
    """

    name: str
    topic: str
    title: str
    question: str
    kind: str
    unit: str
    low: float | None
    high: float | None
    integer: bool
    codes: tuple[str, ...]


def candidates_of(rulebook: Rulebook) -> tuple[CandidateListed, ...]:
    """Trials first, then by identifier."""
    ordered = sorted(rulebook.candidates, key=lambda each: (each.kind.value != "trial", each.id))
    return tuple(map(_candidate, ordered))


def features_of(rulebook: Rulebook) -> tuple[FeatureListed, ...]:
    """By topic and name."""
    features = {node.feature for node in rulebook.graph.nodes if isinstance(node, Read)}
    return tuple(map(_feature, sorted(features, key=lambda each: (each.topic, each.name))))


def _candidate(each: Candidate) -> CandidateListed:
    return CandidateListed(
        id=each.id,
        kind=each.kind.value,
        title=each.title,
        phase=each.phase,
        availability=each.availability.value,
        coverage=each.coverage.value,
        criteria=len(each.all_criteria),
        cohorts=tuple(cohort.id for cohort in each.cohorts),
        agents=each.agents,
    )


def _feature(each: Feature) -> FeatureListed:
    codes: tuple[str, ...] = ()
    if isinstance(each.kind, SinceDay):
        title = each.title[:1].upper() + each.title[1:]
        return FeatureListed(each.name, AMENDMENT, title, "", AMENDMENT, "", None, None, False, codes)
    match each.domain:
        case NumberDomain(interval=interval, unit=unit, integer=integer):
            low = interval.low if isfinite(interval.low) else None
            high = interval.high if isfinite(interval.high) else None
            kind = "number"
        case CodeDomain(codes=members):
            low = high = None
            kind, unit, integer, codes = "category", "", False, tuple(sorted(members))
    return FeatureListed(
        name=each.name,
        topic=each.topic or each.name,
        title=each.title or each.name,
        question=each.question,
        kind=kind,
        unit=unit,
        low=low,
        high=high,
        integer=integer,
        codes=codes,
    )
