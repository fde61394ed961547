"""Which version of a protocol is shown, and from when; and what is known of the recruitment on a day."""

from __future__ import annotations

from datetime import date

from matcher.rules.candidate import Candidate, Criterion
from matcher.rules.version import Version, days_in_words, possible_on


def version_on(candidate: Candidate, day: date | None = None) -> str:
    """In words; nothing of a protocol without versions. Without a day the last one is shown."""
    versions = candidate.versions
    if not versions:
        return ""
    last = len(versions) - 1
    places = (last,) if day is None else possible_on(day, [each.since for each in versions])
    named = [f"{versions[each].change} ({_held(versions, each)})" for each in places]
    if len(named) == 1:
        return named[0]
    return f"not known for this day, what they ask differently is left open: {'; or: '.join(named)}"


def recruitment_on(candidate: Candidate, day: date | None = None) -> str:
    """The status and of when it is; nothing of a candidate that has none."""
    known = candidate.recruitment
    if known is None:
        return ""
    return (known.in_words(day) if day else "") or f"{known.last.words}, as known on {known.last.day}"


def other_recruitment(candidate: Candidate, day: date) -> str:
    """What is known of an earlier day than the status that the candidate is listed with; else nothing."""
    return candidate.recruitment.in_words(day) if candidate.recruitment else ""


def criterion_on(criterion: Criterion, day: date | None) -> Criterion:
    """The criterion as the version of a day has it; as it stands, for every day, where that is not known."""
    if not criterion.versions:
        return criterion
    held = (criterion.versions[-1][1],) if day is None else criterion.on(day)
    return held[0] if len(held) == 1 else criterion


def text_on(criterion: Criterion, day: date) -> str:
    """Its words in every version that may be in force."""
    return "; or, in another version: ".join(each.text for each in criterion.on(day))


def _held(versions: tuple[Version, ...], place: int) -> str:
    since = versions[place].since
    if since is not None:
        return f"in force since {days_in_words(since)}"
    until = versions[place + 1].since
    assert until is not None
    return f"in force until the amendment of {days_in_words(until)}"
