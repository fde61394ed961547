"""One criterion for one patient: verdict in its own polarity, the facts that decided it, what is lacking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from matcher.features.kind import CodeDomain, Count, Domain, NumberDomain
from matcher.rules.candidate import Criterion, Role
from matcher.rules.condition import Branch, Comparison, Condition, Gate, Group, comparisons
from matcher.rules.graph import Choice, Graph
from matcher.rules.syntax import Citation
from matcher.standing.deciding import ConditionReading, beneath, values_of
from matcher.standing.standing import CriterionVerdict

_EXCLUDES = {Verdict.MET: "applies", Verdict.NOT_MET: "does not apply", Verdict.UNKNOWN: "unknown"}
_SATISFIED = {each: each.value for each in Verdict}
_MANY = 6


class Told(NamedTuple):
    """A criterion in words, and what is lacking of it where it is not known."""

    shown: CriterionShown
    lacking: str


class PatientWords:
    """What is said of one patient's records and values, each worked out once; equal records are one."""

    def __init__(self, as_of: date) -> None:
        self._as_of = as_of
        # By identity first: hashing a record with all that is in it costs more than a look-up.
        self._by_identity: dict[int, tuple[Record | Absence, FactShown]] = {}
        self._by_value: dict[Record | Absence, FactShown] = {}
        #: of a comparison, as asked in a role
        self.reasons: dict[tuple[int, Role, bool], str] = {}

    def facts(self, findings: Iterable[Finding]) -> list[FactShown]:
        """What is behind them, in the order given, without repeats."""
        told = [self._one(fact) for finding in findings for fact in finding.facts]
        return list({id(each): each for each in told}.values()) if len(told) > 1 else told

    def _one(self, fact: Record | Absence) -> FactShown:
        found = self._by_identity.get(id(fact))
        if found is None:
            if fact not in self._by_value:
                self._by_value[fact] = shown(fact, self._as_of)
            found = self._by_identity[id(fact)] = fact, self._by_value[fact]
        return found[1]


class _Fixed:
    """What of a criterion is the same for every patient. Equal comparisons of a rulebook are one here."""

    __slots__ = (
        "citation",
        "comparisons",
        "criterion",
        "denied",
        "domains",
        "nodes",
        "recoverable",
        "role",
        "verdicts",
        "waivable",
        "windows",
    )

    def __init__(self, criterion: Criterion, graph: Graph, known: dict[Comparison, Comparison]) -> None:
        self.criterion = criterion
        self.nodes = values_of(criterion.condition)
        self.comparisons = {
            id(each): known.setdefault(each, each) for each in comparisons(criterion.condition)
        }
        self.windows = tuple(
            (
                each.value,
                f"{each.title}: the rule gives no window; values up to {each.default_window} days old count (default)",
            )
            for each in self.comparisons.values()
            if each.default_window is not None
        )
        self.denied = frozenset(each.value for each in _denied(criterion.condition))
        derived = {each.value for each in comparisons(criterion.condition) if each.feature is None}
        self.domains = {node: choice.domain for node in derived if isinstance(choice := graph[node], Choice)}
        self.role = criterion.role.value
        self.verdicts = {each: verdict_in_words(criterion.role, each) for each in Verdict}
        self.citation = citation_in_words(criterion.citation)
        self.recoverable = _recoverable(criterion)
        self.waivable = f"by {criterion.waivable_by}" if criterion.waivable_by else ""


class CriterionWords:
    """What is said of criteria. Made once for a rulebook.

    Where no fact is behind a criterion the same is said of every patient: that is remembered, once for each criterion.
    """

    def __init__(self) -> None:
        self._unrecorded: dict[tuple[int, str], tuple[CriterionVerdict, list[Finding], Told]] = {}
        self._fixed: dict[int, _Fixed] = {}
        self._comparisons: dict[Comparison, Comparison] = {}
        self._asked: dict[tuple[int, Role, bool], str] = {}

    def tell(
        self, judged: CriterionVerdict, reading: ConditionReading, patient: PatientWords, cohort: str = ""
    ) -> Told:
        criterion, held = judged.criterion, reading.findings
        fixed = self._fixed_of(criterion, reading)
        findings = [held[node] for node in fixed.nodes]
        if fixed.domains:
            return self._tell(judged, fixed, reading, patient, cohort)
        for each in findings:
            if each.facts:
                return self._tell(judged, fixed, reading, patient, cohort)
        # Then it depends on nothing else: no day, and no words of the patient's.
        known = self._unrecorded.get((id(criterion), cohort))
        if known is None or known[0] != judged or known[1] != findings:
            known = judged, findings, self._tell(judged, fixed, reading, patient, cohort)
            self._unrecorded[id(criterion), cohort] = known
        return known[2]

    def windows(self, criterion: Criterion, reading: ConditionReading) -> Iterable[str]:
        """The windows that count by default where the rule gives none, of values that are known."""
        for node, words in self._fixed_of(criterion, reading).windows:
            if reading.findings[node].facts:
                yield words

    def _fixed_of(self, criterion: Criterion, reading: ConditionReading) -> _Fixed:
        found = self._fixed.get(id(criterion))
        if found is None:
            found = self._fixed[id(criterion)] = _Fixed(criterion, reading.graph, self._comparisons)
        return found

    def _tell(
        self,
        judged: CriterionVerdict,
        fixed: _Fixed,
        reading: ConditionReading,
        patient: PatientWords,
        cohort: str,
    ) -> Told:
        criterion, held = judged.criterion, reading.findings
        by = [fixed.comparisons[id(each)] for each in reading.decided_by(criterion.condition)]
        found = [(each, held[each.value]) for each in by]
        reasons = [
            self._reason(
                each,
                held[each.value],
                criterion.role,
                patient,
                each.value in fixed.denied,
                fixed.domains.get(each.value),
            )
            for each in by[:_MANY]
        ]
        satisfied, lacking = judged.satisfied, ""
        if satisfied is Verdict.UNKNOWN:
            titles = dict.fromkeys(each.title for each, finding in found if not finding.value.exact)
            lacking = f"{criterion.id} {', '.join(titles) or criterion.text}"
        told = CriterionShown(
            id=criterion.id,
            role=fixed.role,
            text=criterion.text,
            verdict=fixed.verdicts[judged.verdict],
            satisfied=_SATISFIED[satisfied],
            reason="; ".join(dict.fromkeys(reasons)),
            facts=tuple(patient.facts(_behind(by, reading))[:_MANY]),
            distance=_distance(judged, found) if satisfied is Verdict.NOT_MET else "",
            citation=fixed.citation,
            assumption=criterion.assumption,
            at_screening=criterion.at_screening,
            recoverable=fixed.recoverable if satisfied is not Verdict.MET else "",
            waivable=fixed.waivable,
            printed=criterion.printed,
            note=criterion.note,
            cohort=cohort,
        )
        return Told(told, lacking)

    def _reason(
        self,
        comparison: Comparison,
        finding: Finding,
        role: Role,
        patient: PatientWords,
        denied: bool,
        derived: Domain | None,
    ) -> str:
        """What was found, and in brackets what was asked and what else matters; the same wherever it is asked."""
        key = id(comparison), role, denied
        reason = patient.reasons.get(key)
        if reason is None:
            if key not in self._asked:
                self._asked[key] = _asks(comparison, role, denied)
            reason = _reason(comparison, finding, self._asked[key], derived)
            if is_presence(comparison) and reason.endswith(": yes"):
                reason += _named(finding, patient)
            patient.reasons[key] = reason
        return reason


def _behind(by: Iterable[Comparison], reading: ConditionReading) -> Iterator[Finding]:
    """The findings that decided, and for a derived fact those that its deciding row read."""
    held, verdicts = reading.findings, reading.table.verdicts[reading.row]
    for comparison in by:
        yield held[comparison.value]
        if comparison.feature is None:
            below = beneath(reading.graph, comparison.value, verdicts.get)
            yield from (held[each] for each in below if each in held)


def _named(finding: Finding, patient: PatientWords) -> str:
    """What is there, by its name: the drug and not only its class."""
    texts = [each.text.partition(": ")[2] or each.text for each in patient.facts([finding])]
    return f" ({', '.join(dict.fromkeys(texts[:_MOST_NAMED]))})" if texts else ""


def _reason(comparison: Comparison, finding: Finding, asked: str, derived: Domain | None) -> str:
    said = [asked] if asked else []
    if finding.notes:
        open_question = not _is_decided(comparison, finding)
        said += dict.fromkeys(_note(note) for note in finding.notes if _matters(note, open_question))
    in_brackets = f" ({'; '.join(said)})" if said else ""
    found = value_of(comparison, finding, derived)
    if found == NOT_RECORDED and any(note.kind is NoteKind.STALE for note in finding.notes):
        found = "nothing recent enough"
    return f"{comparison.title}: {found}{in_brackets}"


def _asks(comparison: Comparison, role: Role, denied: bool) -> str:
    """What a criterion does with what it asks; of a mere presence there is nothing to add unless it is denied."""
    if is_presence(comparison):
        return f"{_ASKS[role]}: no" if denied and role is Role.INCLUSION else ""
    return f"{_ASKS[role]}: {'not ' if denied else ''}{limits_in_words(comparison)}"


def _denied(condition: Condition, under: bool = False) -> Iterator[Comparison]:
    """The comparisons that stand under an odd number of ``not``: what is asked is their opposite."""
    match condition:
        case Comparison():
            if under:
                yield condition
        case Group(gate=Gate.NOT, members=(member,)):
            yield from _denied(member, not under)
        case Group(members=members):
            for each in members:
                yield from _denied(each, under)
        case Branch(then=then, otherwise=otherwise):
            yield from _denied(then, under)
            yield from _denied(otherwise, under)


def verdict_in_words(role: Role, verdict: Verdict) -> str:
    return verdict.value if role is Role.INCLUSION else _EXCLUDES[verdict]


def citation_in_words(citation: Citation | None) -> str:
    if citation is None:
        return ""
    parts = [citation.document, citation.section]
    parts += [f"as of {citation.as_of.isoformat()}"] if citation.as_of else []
    return ", ".join(parts)


_MOST_NAMED = 2
#: no derived fact has it, so that no set of values is all of them
_ANY_VALUE = frozenset({"any value"})
#: what a criterion does with what it asks
_ASKS = {Role.INCLUSION: "asked", Role.EXCLUSION: "excludes", Role.CAUTION: "warns of"}


def value_of(comparison: Comparison, finding: Finding, derived: Domain | None = None) -> str:
    """``derived`` is the domain of a derived fact: every one of its values open is nothing said."""
    feature = comparison.feature
    if feature is None:
        words = value_in_words(finding.value, derived or CodeDomain(_ANY_VALUE))
        return "cannot be said" if finding.silent or words == NOT_RECORDED else words
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


def _distance(judged: CriterionVerdict, found: Iterable[tuple[Comparison, Finding]]) -> str:
    """How far a number is from its limit, where that is what stands in the way."""
    if judged.criterion.role is Role.CAUTION:
        return ""
    parts: list[str] = []
    for comparison, finding in found:
        feature = comparison.feature
        counted = feature is not None and isinstance(feature.kind, Count)
        if feature is None or counted or not isinstance(feature.domain, NumberDomain):
            continue
        value = value_in_words(finding.value, feature.domain, unit_of(feature))
        limits = limits_in_words(comparison)
        wanted = f"needs {limits}" if judged.criterion.role is Role.INCLUSION else f"excluded when {limits}"
        parts.append(f"{comparison.title}: {value}, {wanted}")
    if parts and judged.criterion.recoverable_within:
        parts.append("repeat the test")
    return "; ".join(parts)
