"""What people judged, held against a rulebook: which judgements count, which of them override, which nobody knows.

A judgement that names the version it was made of counts while that is still so: the wording and condition of the
criterion, and every fact that it rested on. One without a version counts from its day on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from matcher.domain.judgement import IN_FORCE, STALE, Judgement
from matcher.domain.profile import Profile
from matcher.engines.base import Engine, VerdictTable
from matcher.errors import nearest
from matcher.explanation.overruled import version_of
from matcher.readers.outcome import Issue
from matcher.rules.candidate import Criterion
from matcher.rules.override import overrides_of
from matcher.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Judging:
    """A patient's judgements at a rulebook: the profile with those that count, and what they override.

    ``versions`` is what a judgement of each criterion that was judged would be of today.
    """

    profile: Profile
    overrides: frozenset[tuple[str, str]] = frozenset()
    issues: tuple[Issue, ...] = ()


def judging(rulebook: Rulebook, profile: Profile, engine: Engine) -> Judging:
    """The judgements of a profile as they count with this rulebook, on the profile's own day."""
    known = {
        (each.candidate, each.criterion): held
        for each in profile.judgements
        if (held := rulebook.criterion(each.candidate, each.criterion)) is not None
    }
    if not profile.judgements:
        return Judging(profile)
    versioned = [held for each in profile.judgements if each.of and (held := known.get(_key(each)))]
    roots = [held.node for held in versioned]
    table = engine.evaluate(rulebook.graph, (profile,), roots=roots) if roots else None
    judgements = tuple(_as_it_counts(each, known, rulebook, profile, table) for each in profile.judgements)
    settled = replace(profile, judgements=judgements) if judgements != profile.judgements else profile
    return Judging(settled, overrides_of(rulebook, settled), tuple(_not_known(rulebook, profile)))


def _as_it_counts(
    judgement: Judgement,
    known: dict[tuple[str, str], Criterion],
    rulebook: Rulebook,
    profile: Profile,
    table: VerdictTable | None,
) -> Judgement:
    criterion = known.get(_key(judgement))
    if criterion is None or table is None or not judgement.of or judgement.force != IN_FORCE:
        return judgement
    now = version_of(criterion, rulebook.graph, profile, table)
    return judgement if judgement.of == now else replace(judgement, force=STALE)


def _not_known(rulebook: Rulebook, profile: Profile) -> Iterator[Issue]:
    for number, each in enumerate(profile.judgements):
        if rulebook.criterion(each.candidate, each.criterion) is not None:
            continue
        candidate = rulebook.by_id.get(each.candidate)
        if candidate is None:
            near = nearest(each.candidate, list(rulebook.by_id))
            reason = f"the rulebook has no candidate '{each.candidate}'"
        else:
            near = nearest(each.criterion, [held.id for held in candidate.every_criterion])
            reason = f"{each.candidate} has no criterion '{each.criterion}'"
        hint = f"; did you mean '{near}'?" if near else ""
        if not near and candidate is not None:
            hint = f"; there are {', '.join(held.id for held in candidate.every_criterion)}"
        yield Issue.of(
            "P125",
            f"{reason}{hint}: the judgement is kept, and counts for nothing",
            source=each.source,
            patient=profile.id,
            fact=f"judgements[{number}]",
            text=f"{each.candidate} {each.criterion}",
        )


def _key(judgement: Judgement) -> tuple[str, str]:
    return judgement.candidate, judgement.criterion
