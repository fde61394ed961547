"""One patient of a worklist, whole: read again from the file, with what people judged since, and explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matcher.domain.judgement import Judgement
from matcher.domain.profile import Profile
from matcher.domain.wire.dump import dump
from matcher.explanation.answer import PatientShown
from matcher.readers.assemble import assemble
from matcher.readers.outcome import issue_in_words
from matcher.rules.rulebook import Rulebook
from matcher.service.judging import versions
from matcher.service.match import Matcher, MatchOptions
from matcher.service.worklist.filed import Filed


@dataclass(frozen=True, slots=True)
class Seen:
    """A patient with both rankings; ``judgements`` are those that count and those that do not."""

    profile: Profile
    shown: PatientShown
    judgements: tuple[Judgement, ...]


def see(
    filed: Filed,
    matcher: Matcher,
    place: tuple[int, int],
    judged: Sequence[Mapping[str, Any]] = (),
    options: MatchOptions | None = None,
) -> Seen:
    """The patient at this part and row of the file."""
    part, row = place
    patient = filed.part(matcher.rulebook, part).patient(row)
    profile = with_judgements(patient.profile, judged, matcher.rulebook)
    said = [issue_in_words(each) for each in patient.issues]
    shown = matcher.match_one(profile, said, options=options)
    return Seen(profile, shown, matcher.sitting(profile).profile.judgements)


def with_judgements(profile: Profile, judged: Iterable[Mapping[str, Any]], rulebook: Rulebook) -> Profile:
    """The profile with these judgements beside its own, read together: who said otherwise later is heard."""
    rows = last_words(judged)
    if not rows:
        return profile
    own = dump(profile).get("judgements", [])
    wire = {"id": profile.id, "as_of": profile.as_of.isoformat(), "judgements": [*own, *rows]}
    read = assemble(wire, as_of=profile.as_of, formulary=rulebook.formulary).profile
    assert read is not None
    return replace(profile, judgements=read.judgements)


def last_words(judged: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of each criterion what each person said last, and of that what is of the version that was judged last.

    Whoever judges the criterion as it is now does not contradict those who judged another.
    """
    last: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for each in judged:
        key = (each["candidate"], each["criterion"])
        by_person = last.setdefault(key, {})
        by_person.pop(each.get("person", ""), None)
        by_person[each.get("person", "")] = each
    found: list[Mapping[str, Any]] = []
    for held in last.values():
        said = list(held.values())
        found += [each for each in said if each.get("of") == said[-1].get("of")]
    return found


def version_today(matcher: Matcher, profile: Profile, candidate: str, criterion: str) -> str:
    """What a judgement of today would be of; nothing where the rulebook has no such criterion."""
    key = (candidate, criterion)
    return versions(matcher.rulebook, profile, matcher.engine, [key]).get(key, "")
