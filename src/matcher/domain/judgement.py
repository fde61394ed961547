"""What a person says of a criterion: the verdict where the protocol leaves it to a person, or over a computed one."""

from __future__ import annotations

from dataclasses import dataclass, field

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Codes
from matcher.domain.source import UNSTATED, Source

#: of a judgement that counts, of one that the same person has replaced, and of one whose criterion or facts changed
IN_FORCE, REPLACED, STALE = "in force", "replaced", "stale"
HOLDS, HOLDS_NOT = "met", "not_met"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person says of one criterion of one candidate, as it is worded: that it holds, or does not.

    ``of`` is the version of criterion and facts that it was made of; ``force`` says whether it counts.
    """

    candidate: str
    criterion: str
    verdict: Codes
    on: DateSpan | None = None
    person: str = ""
    reason: str = ""
    document: str = ""
    of: str = ""
    force: str = IN_FORCE
    source: Source = UNSTATED
    #: the verdict as it was written, where what counts is another
    written: str = field(default="", compare=False)


def words_of(criterion: str, verdict: Codes) -> str:
    """A verdict as a criterion is worded, which its letter says: an exclusion or a caution applies or does not."""
    if not verdict.exact:
        return "unknown"
    holds = HOLDS in verdict.members
    if criterion[:1] in ("E", "C"):
        return "applies" if holds else "does not apply"
    return "met" if holds else "not met"
