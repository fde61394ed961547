"""Three-valued verdicts and the strong Kleene connectives over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from matcher.vocabulary.units import round9


class Verdict(Enum):
    """What can be said of a test, whichever of the possible values turns out to be true."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"

    # Members are single objects; an enumeration's own hash is made anew from the name each time.
    __hash__ = object.__hash__

    @classmethod
    def of(cls, value: bool) -> Verdict:
        return cls.MET if value else cls.NOT_MET

    def negated(self) -> Verdict:
        if self is Verdict.UNKNOWN:
            return self
        return Verdict.NOT_MET if self is Verdict.MET else Verdict.MET

    def presumed(self) -> Verdict:
        """Unknown taken as met: only for facts that screening itself will establish."""
        return Verdict.MET if self is Verdict.UNKNOWN else self


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Not met when one is; else unknown when one is; else met."""
    held = tuple(verdicts)
    if Verdict.NOT_MET in held:
        return Verdict.NOT_MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in held else Verdict.MET


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Met when one is; else unknown when one is; else not met."""
    held = tuple(verdicts)
    if Verdict.MET in held:
        return Verdict.MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in held else Verdict.NOT_MET


def at_least(threshold: float, verdicts: Sequence[Verdict], weights: Sequence[float]) -> Verdict:
    """Whether the weights of the met members reach the threshold, whatever the unknown ones become.

    Weights may be negative: an unknown member then widens the reachable sum downwards.
    """
    low = high = 0.0
    for verdict, weight in zip(verdicts, weights, strict=True):
        if verdict is Verdict.MET:
            low += weight
            high += weight
        elif verdict is Verdict.UNKNOWN:
            low += min(weight, 0.0)
            high += max(weight, 0.0)
    if round9(low) >= threshold:
        return Verdict.MET
    return Verdict.UNKNOWN if round9(high) >= threshold else Verdict.NOT_MET
