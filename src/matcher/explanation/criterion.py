"""One criterion for one patient: verdict in its own polarity, the facts that decided it, what is lacking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from matcher.domain.possible import Interval, test
from matcher.domain.record import Absence, Record
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, Note, NoteKind
from matcher.explanation.answer import CriterionShown, FactShown
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


class Told(NamedTuple):
    """A criterion in words, and what is lacking of it where it is not known."""

    shown: CriterionShown
    lacking: str


class FactsTold:
    """One patient's records in words, each worked out once; equal records are one."""

    def __init__(self, as_of: date) -> None:
        self._as_of = as_of
        # By identity first: hashing a record with all that is in it costs more than a look-up.
        self._by_identity: dict[int, tuple[Record | Absence, FactShown]] = {}
        self._by_value: dict[Record | Absence, FactShown] = {}

    def of(self, facts: Iterable[Record | Absence]) -> list[FactShown]:
        """In the order given, without repeats."""
        told = [self._one(fact) for fact in facts]
        return list({id(each): each for each in told}.values()) if len(told) > 1 else told

    def _one(self, fact: Record | Absence) -> FactShown:
        found = self._by_identity.get(id(fact))
        if found is None:
            if fact not in self._by_value:
                self._by_value[fact] = shown(fact, self._as_of)
            found = self._by_identity[id(fact)] = fact, self._by_value[fact]
        return found[1]


class CriterionWords:
    """What is said of criteria. Made once for a rulebook.

    Where no fact is behind a criterion the same is said of every patient: that is remembered, once for each criterion.
    """

    def __init__(self) -> None:
        self._unrecorded: dict[tuple[int, str], tuple[CriterionVerdict, list[Finding], Told]] = {}
        self._fixed: dict[int, tuple[Criterion, str, str, str]] = {}
        self._asked: dict[tuple[int, Role], tuple[Comparison, str]] = {}

    def tell(
        self, judged: CriterionVerdict, reading: ConditionReading, facts: FactsTold, cohort: str = ""
    ) -> Told:
        criterion, held = judged.criterion, reading.findings
        findings = [held[node] for node in reading.nodes.values_of(criterion.condition)]
        if any(each.facts for each in findings):
            return self._tell(judged, reading, facts, cohort)
        # Then it depends on nothing else: no day, and no words of the patient's.
        known = self._unrecorded.get((id(criterion), cohort))
        if known is None or known[0] != judged or known[1] != findings:
            known = judged, findings, self._tell(judged, reading, facts, cohort)
            self._unrecorded[id(criterion), cohort] = known
        return known[2]

    def _tell(
        self, judged: CriterionVerdict, reading: ConditionReading, facts: FactsTold, cohort: str
    ) -> Told:
        criterion = judged.criterion
        by = reading.decided_by(criterion.condition)
        found = [reading.finding(each) for each in by]
        reasons = [
            self._reason(comparison, finding, criterion.role)
            for comparison, finding in zip(by[:_MANY], found, strict=False)
        ]
        citation, recoverable, waivable = self._fixed_words(criterion)
        lacking = ""
        if judged.satisfied is Verdict.UNKNOWN:
            titles = dict.fromkeys(
                each.title for each, finding in zip(by, found, strict=True) if not finding.value.exact
            )
            lacking = f"{criterion.id} {', '.join(titles) or criterion.text}"
        told = CriterionShown(
            id=criterion.id,
            role=criterion.role.value,
            text=criterion.text,
            verdict=verdict_in_words(criterion.role, judged.verdict),
            satisfied=judged.satisfied.value,
            reason="; ".join(dict.fromkeys(reasons)),
            facts=tuple(facts.of(fact for each in found for fact in each.facts)[:_MANY]),
            distance=_distance(judged, by, reading),
            citation=citation,
            assumption=criterion.assumption,
            at_screening=criterion.at_screening,
            recoverable=recoverable if judged.satisfied is not Verdict.MET else "",
            waivable=waivable,
            printed=criterion.printed,
            note=criterion.note,
            cohort=cohort,
        )
        return Told(told, lacking)

    def _fixed_words(self, criterion: Criterion) -> tuple[str, str, str]:
        """Where it is written, how it may be recovered, and who may waive it."""
        found = self._fixed.get(id(criterion))
        if found is None:
            waivable = f"by {criterion.waivable_by}" if criterion.waivable_by else ""
            words = citation_in_words(criterion.citation), _recoverable(criterion), waivable
            found = self._fixed[id(criterion)] = criterion, *words
        return found[1:]

    def _reason(self, comparison: Comparison, finding: Finding, role: Role) -> str:
        """What was found, and in brackets what was asked and what else matters."""
        asked = self._asks(comparison, role)
        said = [asked] if asked else []
        if finding.notes:
            open_question = not _is_decided(comparison, finding)
            said += dict.fromkeys(_note(note) for note in finding.notes if _matters(note, open_question))
        in_brackets = f" ({'; '.join(said)})" if said else ""
        found = value_of(comparison, finding)
        if found == NOT_RECORDED and any(note.kind is NoteKind.STALE for note in finding.notes):
            found = "nothing recent enough"
        return f"{comparison.title}: {found}{in_brackets}"

    def _asks(self, comparison: Comparison, role: Role) -> str:
        """What a criterion does with what it asks; of a mere presence there is nothing to add."""
        asked = self._asked.get((id(comparison), role))
        if asked is None:
            words = "" if is_presence(comparison) else f"{_ASKS[role]}: {limits_in_words(comparison)}"
            asked = self._asked[id(comparison), role] = comparison, words
        return asked[1]


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
