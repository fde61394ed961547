"""A patient in a few lines: what a reader checks first to see that the right person is meant."""

from __future__ import annotations

from datetime import date

from matcher.domain.possible import Codes
from matcher.domain.profile import Profile
from matcher.engines.base import Clock, NoteKind, VerdictTable
from matcher.engines.reference.kinds import find
from matcher.explanation.aside import suspected
from matcher.explanation.facts import text_of
from matcher.explanation.wording import NOT_RECORDED, codes_in_words, unit_of, value_in_words
from matcher.features.plain import feature_of
from matcher.rules.rulebook import Rulebook

_STAGINGS = 2
_SUMMARY = ("age", "sex", "diagnosis", "histology", "ecog", "karnofsky")


def is_deceased(profile: Profile) -> bool:
    """Known to have died by the as-of day."""
    value = find(feature_of("vital_status"), profile, Clock.at(profile.as_of)).value
    return value == Codes.of("deceased")


def summary_of(profile: Profile, rulebook: Rulebook, table: VerdictTable, row: int) -> tuple[str, ...]:
    lines: list[str] = []
    for word in _SUMMARY:
        feature = feature_of(word)
        finding = find(feature, profile, Clock.at(profile.as_of))
        value = value_in_words(finding.value, feature.domain, unit_of(feature))
        converted = any(note.kind is NoteKind.CONVERTED for note in finding.notes)
        if value != NOT_RECORDED and not finding.silent and not converted:
            lines.append(f"{feature.title}: {value}")
        elif word == "diagnosis":
            lines += [text_of(each) for each in suspected(profile)]
    staged = sorted(profile.staging, key=lambda each: each.on.last if each.on else date.min)
    lines += [text_of(each) for each in staged[-_STAGINGS:]]
    setting = rulebook.derived.get("setting")
    if setting is not None and setting.node in table.findings[row]:
        found = table.findings[row][setting.node].value
        if isinstance(found, Codes) and found.exact:
            lines.append(f"{setting.title}: {codes_in_words(found.members)}")
    courses = profile.therapies.records
    if courses:
        lines.append(
            "Prior therapy: " + "; ".join(text_of(each).removeprefix("Therapy: ") for each in courses)
        )
    elif profile.therapies.complete:
        lines.append("Prior therapy: none")
    return tuple(lines)
