"""One criterion for one patient: verdict in its own polarity, the facts that decided it, what is lacking."""

from __future__ import annotations

from datetime import date

from matcher.domain.possible import Interval, test
from matcher.domain.record import Absence
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, Note, NoteKind
from matcher.explanation.answer import CriterionShown
from matcher.explanation.facts import shown, text_of
from matcher.explanation.wording import (
    NOT_RECORDED,
    count_in_words,
    is_presence,
    limits_in_words,
    unit_of,
    value_in_words,
)
from matcher.features.kind import CodeDomain, Count, NumberDomain
from matcher.rules.candidate import Criterion, Role
from matcher.rules.condition import Comparison
from matcher.rules.syntax import Citation
from matcher.standing.deciding import ConditionReading
from matcher.standing.standing import CriterionVerdict

_EXCLUDES = {Verdict.MET: "applies", Verdict.NOT_MET: "does not apply", Verdict.UNKNOWN: "unknown"}
_MANY = 6


def show(
    judged: CriterionVerdict, reading: ConditionReading, as_of: date, cohort: str = ""
) -> CriterionShown:
    criterion = judged.criterion
    decided = reading.decide(criterion.condition)
    facts = list(dict.fromkeys(fact for each in decided.by for fact in reading.finding(each).facts))
    return CriterionShown(
        id=criterion.id,
        role=criterion.role.value,
        text=criterion.text,
        verdict=verdict_in_words(criterion.role, judged.verdict),
        satisfied=judged.satisfied.value,
        reason="; ".join(
            dict.fromkeys(reason(each, reading.finding(each), criterion.role) for each in decided.by[:_MANY])
        ),
        facts=tuple(shown(fact, as_of) for fact in facts[:_MANY]),
        distance=_distance(judged, decided.by, reading),
        citation=citation_in_words(criterion.citation),
        assumption=criterion.assumption,
        at_screening=criterion.at_screening,
        recoverable=_recoverable(criterion) if judged.satisfied is not Verdict.MET else "",
        waivable=f"by {criterion.waivable_by}" if criterion.waivable_by else "",
        printed=criterion.printed,
        note=criterion.note,
        cohort=cohort,
    )


def verdict_in_words(role: Role, verdict: Verdict) -> str:
    return verdict.value if role is Role.INCLUSION else _EXCLUDES[verdict]


def citation_in_words(citation: Citation | None) -> str:
    if citation is None:
        return ""
    parts = [citation.document, citation.section]
    parts += [f"as of {citation.as_of.isoformat()}"] if citation.as_of else []
    return ", ".join(parts)


#: what a criterion does with what it asks
_ASKS = {Role.INCLUSION: "asked", Role.EXCLUSION: "excludes", Role.CAUTION: "warns of"}


def reason(comparison: Comparison, finding: Finding, role: Role) -> str:
    """What was found, and in brackets what was asked and what else matters."""
    said = [] if is_presence(comparison) else [f"{_ASKS[role]}: {limits_in_words(comparison)}"]
    if finding.notes:
        open_question = not _is_decided(comparison, finding)
        said += dict.fromkeys(_note(note) for note in finding.notes if _matters(note, open_question))
    in_brackets = f" ({'; '.join(said)})" if said else ""
    found = value_of(comparison, finding)
    if found == NOT_RECORDED and any(note.kind is NoteKind.STALE for note in finding.notes):
        found = "nothing recent enough"
    return f"{comparison.title}: {found}{in_brackets}"


def value_of(comparison: Comparison, finding: Finding) -> str:
    feature = comparison.feature
    if feature is None:
        return (
            value_in_words(finding.value, CodeDomain(frozenset())) if not finding.silent else "cannot be said"
        )
    if isinstance(feature.kind, Count) and isinstance(finding.value, Interval) and is_presence(comparison):
        return count_in_words(finding.value)
    return value_in_words(finding.value, feature.domain, unit_of(feature))


def _is_decided(comparison: Comparison, finding: Finding) -> bool:
    return all(test(finding.value, each.op, each.limit) is not Verdict.UNKNOWN for each in comparison.bounds)


def _matters(note: Note, open_question: bool) -> bool:
    """What leaves a question open is said only while it is open; what assumptions list is not repeated."""
    if note.kind in (
        NoteKind.OPEN_LIST,
        NoteKind.UNRESOLVED,
        NoteKind.NO_EVENT_DATE,
        NoteKind.IMPRECISE_DATE,
    ):
        return open_question
    return note.kind not in (NoteKind.UNDATED, NoteKind.NO_LIMIT)


def _note(note: Note) -> str:
    about = note.about
    named = about if isinstance(about, str) else ""
    record = text_of(about) if about is not None and not isinstance(about, str) else ""
    on = getattr(about, "on", None) or getattr(about, "start", None)
    dated = f" of {on}" if on is not None else ""
    match note.kind:
        case NoteKind.STALE:
            return f"{record}{dated} is too old to count"
        case NoteKind.UNDATED:
            return f"{record} has no date and is taken as current"
        case NoteKind.CONFLICT:
            stated = isinstance(about, Absence)
            return (
                f"contradicted by {record}"
                if stated
                else f"sources disagree{': ' + record if record else ''}"
            )
        case NoteKind.CONVERTED:
            return f"worked out from {record}"
        case NoteKind.OPEN_LIST:
            return "nobody has said that the list is complete"
        case NoteKind.UNRESOLVED:
            return f"{record} may count or not"
        case NoteKind.NO_EVENT_DATE:
            return f"no date for {named.replace('_', ' ')}"
        case NoteKind.IMPRECISE_DATE:
            return "a date is not exact"
        case NoteKind.NO_LIMIT:
            return "the limit of normal was not given"


def note_in_words(note: Note) -> str:
    return _note(note)


def _recoverable(criterion: Criterion) -> str:
    if criterion.recoverable_by_time:
        return "with time"
    return (
        f"within {criterion.recoverable_within}, on a repeated test" if criterion.recoverable_within else ""
    )


def _distance(judged: CriterionVerdict, by: tuple[Comparison, ...], reading: ConditionReading) -> str:
    """How far a number is from its limit, where that is what stands in the way."""
    if judged.satisfied is not Verdict.NOT_MET or judged.criterion.role is Role.CAUTION:
        return ""
    parts: list[str] = []
    for comparison in by:
        feature = comparison.feature
        counted = feature is not None and isinstance(feature.kind, Count)
        if feature is None or counted or not isinstance(feature.domain, NumberDomain):
            continue
        value = value_in_words(reading.finding(comparison).value, feature.domain, unit_of(feature))
        limits = limits_in_words(comparison)
        wanted = f"needs {limits}" if judged.criterion.role is Role.INCLUSION else f"excluded when {limits}"
        parts.append(f"{comparison.title}: {value}, {wanted}")
    if parts and judged.criterion.recoverable_within:
        parts.append("repeat the test")
    return "; ".join(parts)
