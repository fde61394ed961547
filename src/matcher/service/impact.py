"""Whose standing is another under another rulebook, and by which criteria."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from matcher.explanation.answer import CandidateShown, CriterionShown, PatientShown
from matcher.readers.outcome import Reject
from matcher.readers.read import PatientFile
from matcher.service.batch import Matched, match_patients
from matcher.service.match import Matcher

NOT_THERE = "not in the rulebook"


@dataclass(frozen=True, slots=True)
class StandingChanged:
    """One patient's standing with one candidate, before and after; ``because`` are the criteria that say otherwise."""

    patient: str
    candidate: str
    before: str
    after: str
    because: tuple[str, ...]


@dataclass(slots=True)
class Impact:
    """What the patients of a file have to do with a change: how many were matched, how many could not be read."""

    patients: int = 0
    rejected: int = 0
    changed: list[StandingChanged] = field(default_factory=list)

    @property
    def touched(self) -> int:
        """How many patients have another standing somewhere."""
        return len({each.patient for each in self.changed})


def impact(before: tuple[Matcher, PatientFile], after: tuple[Matcher, PatientFile]) -> Impact:
    """The same file under two rulebooks; each reads it with the agents and lists it knows."""
    found = Impact()
    for old, new in zip(match_patients(*before), match_patients(*after), strict=True):
        if isinstance(old, Matched) and isinstance(new, Matched):
            found.patients += 1
            found.changed += standings_changed(old.shown, new.shown)
        elif isinstance(old, Reject) and isinstance(new, Reject):
            found.rejected += 1
        else:
            found.patients += 1
            one = old if isinstance(old, Matched) else new
            assert isinstance(one, Matched)
            readable = ("could be read", "cannot be read")
            said = readable if one is old else readable[::-1]
            found.changed.append(StandingChanged(one.profile.id, "all", *said, ()))
    return found


def standings_changed(before: PatientShown, after: PatientShown) -> Iterator[StandingChanged]:
    """Of one patient. A candidate that only one of the rulebooks has counts where the patient is not ruled out."""
    old = {each.id: each for each in before.candidates}
    new = {each.id: each for each in after.candidates}
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        if was is not None and now is not None:
            if was.standing != now.standing:
                because = tuple(_because(was, now))
                yield StandingChanged(before.patient, name, was.standing_text, now.standing_text, because)
            continue
        only = was or now
        assert only is not None
        if only.standing != "ineligible":
            said = tuple(each.standing_text if each else NOT_THERE for each in (was, now))
            yield StandingChanged(before.patient, name, said[0], said[1], ())


def _because(was: CandidateShown, now: CandidateShown) -> Iterator[str]:
    old, new = ({(each.cohort, each.id): each for each in side.criteria} for side in (was, now))
    for place in dict.fromkeys((*new, *old)):
        before, after = old.get(place), new.get(place)
        if before is None and after is not None:
            yield f"{_named(after)}, new: {after.verdict}; {after.reason}"
        elif after is None and before is not None:
            yield f"{_named(before)}, asked no longer: {before.verdict}"
        elif before is not None and after is not None and before.verdict != after.verdict:
            yield f"{_named(after)}: {before.verdict} -> {after.verdict}; {after.reason}"


def _named(criterion: CriterionShown) -> str:
    return f"{criterion.cohort} {criterion.id}".strip() + f" {criterion.text}"
