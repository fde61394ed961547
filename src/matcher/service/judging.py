"""What people judged, held against a rulebook: which judgements count, which of them override, which nobody knows.

A judgement that names the version it was made of counts while that is still so: the wording and condition of the
criterion, and every fact that it rested on. One without a version counts from its day on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from matcher.domain.judgement import IN_FORCE, STALE, Judgement
from matcher.domain.profile import Profile
from matcher.engines.base import Engine
from matcher.errors import nearest
from matcher.explanation.overruled import version_of
from matcher.readers.context import MOST_GUESSES
from matcher.readers.outcome import Issue
from matcher.rules.override import overrides_of
from matcher.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Judging:
    """A patient's judgements at a rulebook: the profile with those that count, and what they override."""

    profile: Profile
    overrides: frozenset[tuple[str, str]] = frozenset()
    issues: tuple[Issue, ...] = ()


def judging(rulebook: Rulebook, profile: Profile, engine: Engine) -> Judging:
    """The judgements of a profile as they count with this rulebook, on the profile's own day."""
    if not profile.judgements:
        return Judging(profile)
    named = dict.fromkeys(_key(each) for each in profile.judgements if each.of)
    today = versions(rulebook, profile, engine, named)
    judgements = tuple(_as_it_counts(each, today) for each in profile.judgements)
    settled = replace(profile, judgements=judgements) if judgements != profile.judgements else profile
    return Judging(settled, overrides_of(rulebook, settled), tuple(_not_known(rulebook, profile)))


def versions(
    rulebook: Rulebook, profile: Profile, engine: Engine, named: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """What a judgement of today would be of, for each of these criteria of candidates that there is."""
    known = {key: held for key in named if (held := rulebook.criterion(*key)) is not None}
    if not known:
        return {}
    table = engine.evaluate(rulebook.graph, (profile,), roots=[each.node for each in known.values()])
    return {key: version_of(each, rulebook.graph, profile, table) for key, each in known.items()}


def _as_it_counts(judgement: Judgement, today: Mapping[tuple[str, str], str]) -> Judgement:
    now = today.get(_key(judgement), judgement.of)
    counts = judgement.force != IN_FORCE or not judgement.of or judgement.of == now
    return judgement if counts else replace(judgement, force=STALE)


def _not_known(rulebook: Rulebook, profile: Profile) -> Iterator[Issue]:
    guesses = 0
    for number, each in enumerate(profile.judgements):
        if rulebook.criterion(each.candidate, each.criterion) is not None:
            continue
        guesses += 1
        reason, hint = _reason(rulebook, each, guesses=guesses <= MOST_GUESSES)
        yield Issue.of(
            "P125",
            f"{reason}{hint}: the judgement is kept, and counts for nothing",
            source=each.source,
            patient=profile.id,
            fact=f"judgements[{number}]",
            text=f"{each.candidate} {each.criterion}",
        )


def _reason(rulebook: Rulebook, judgement: Judgement, *, guesses: bool) -> tuple[str, str]:
    """What is not known, and what may have been meant."""
    candidate = rulebook.by_id.get(judgement.candidate)
    if candidate is None:
        reason = f"the rulebook has no candidate '{judgement.candidate}'"
        near = nearest(judgement.candidate, list(rulebook.by_id)) if guesses else None
        return reason, f"; did you mean '{near}'?" if near else ""
    reason = f"{judgement.candidate} has no criterion '{judgement.criterion}'"
    return (
        reason,
        f"; there are {', '.join(each.id for each in candidate.every_criterion)}" if guesses else "",
    )


def _key(judgement: Judgement) -> tuple[str, str]:
    return judgement.candidate, judgement.criterion
