"""What people judged, in words: who said what of a criterion, on which day, why, and whether it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matcher.domain.judgement import IN_FORCE, REPLACED, STALE, Judgement, words_of
from matcher.domain.profile import Profile
from matcher.features.kind import Feature, Latest, Named
from matcher.rules.condition import Comparison

NOBODY_JUDGED = "nobody has judged it yet"
_UNDERSTOOD = ("met", "not met", "applies", "does not apply", "unknown")
_NO_LONGER = {
    REPLACED: "replaced by a later one",
    STALE: "no longer counts: the rule, or a fact it rested on, has changed since",
}


def judgements_about(comparison: Comparison, profile: Profile) -> tuple[Judgement, ...]:
    """All that was judged of the criterion a comparison asks about, also what no longer counts."""
    return of_feature(comparison.feature, profile) if comparison.feature is not None else ()


def of_feature(feature: Feature, profile: Profile) -> tuple[Judgement, ...]:
    assert isinstance(feature.kind, Latest)
    wanted = {each.field: each.name for each in feature.kind.where if isinstance(each, Named)}
    return tuple(
        each
        for each in profile.judgements
        if each.candidate == wanted["candidate"] and each.criterion == wanted["criterion"]
    )


def all_in_words(records: Sequence[Judgement], as_of: date) -> str:
    """What counts, or everything where nothing does; a judgement of a later day does not exist yet."""
    known = [each for each in records if each.on is None or each.on.first <= as_of]
    counting = [each for each in known if each.force == IN_FORCE]
    ordered = sorted(counting or known, key=lambda each: each.on.last if each.on else date.min)
    return "; ".join(map(in_words, ordered)) or NOBODY_JUDGED


def in_words(record: Judgement, *, dated: bool = True) -> str:
    """``judged met by Dr X on 2026-11-02: keeps all visits``."""
    by = f" by {record.person}" if record.person else ""
    on = f" on {record.on}" if dated and record.on is not None and record.on.first > date.min else ""
    why = f": {record.reason}" if record.reason else ""
    ended = f" ({_NO_LONGER[record.force]})" if record.force in _NO_LONGER else ""
    said = record.written or words_of(record.criterion, record.verdict)
    understood = said if said in _UNDERSTOOD else f"'{said}', which is not understood,"
    return f"judged {understood}{by}{on}{why}{ended}"
