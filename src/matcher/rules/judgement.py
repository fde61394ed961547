"""Criteria that a protocol leaves to a person: what is asked is what somebody has said of this very criterion."""

from __future__ import annotations

from matcher.domain.judgement import HOLDS, HOLDS_NOT, IN_FORCE
from matcher.domain.possible import Op
from matcher.features.kind import CodeDomain, Feature, Filter, Latest, Named
from matcher.rules.condition import Bound, Comparison, Path

#: the word of a comparison with what a person judged; no word that authors write
JUDGEMENT = "judgement"
_DOMAIN = CodeDomain(frozenset({HOLDS, HOLDS_NOT}))


def judgements_of(candidate: str, criterion: str) -> tuple[Filter, ...]:
    """The judgements that count of one criterion of one candidate."""
    return Named("candidate", candidate), Named("criterion", criterion), Named("force", IN_FORCE)


def left_to_a_person(candidate: str, criterion: str, text: str, path: Path = ()) -> Comparison:
    """Whether the criterion, as it is worded, holds in the judgement of a person; unknown until somebody judged."""
    asked = "Is it met?" if criterion.startswith("I") else "Does it apply?"
    feature = Feature(
        f"judgement of {candidate} {criterion}",
        Latest("judgements", "verdict", judgements_of(candidate, criterion)),
        _DOMAIN,
        topic_of(candidate, criterion),
        f"{criterion} of {candidate}, left to a person",
        f"Left to a person, {candidate} {criterion}: {text.rstrip('.')}. {asked}",
    )
    bounds = (Bound(Op.IN, frozenset({HOLDS}), "met"),)
    return Comparison(JUDGEMENT, "Left to a person", bounds, feature, path=path)


def topic_of(candidate: str, criterion: str) -> str:
    """What one judgement settles: this criterion of this candidate, and no other."""
    return f"{JUDGEMENT}:{candidate}:{criterion}"
