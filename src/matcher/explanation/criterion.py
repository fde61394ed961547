"""One criterion for one patient: verdict in its own polarity, the facts that decided it, what is lacking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from matcher.domain.profile import Profile
from matcher.domain.record import Absence, Record
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding
from matcher.explanation.answer import CriterionShown, FactShown
from matcher.explanation.aside import is_set_aside, set_aside, why_aside
from matcher.explanation.facts import shown
from matcher.explanation.judged import all_in_words, judgements_about
from matcher.explanation.origin import Origins
from matcher.explanation.reason import Place, Reason, asks, number_words, places, reason, together
from matcher.explanation.version import criterion_on, text_on
from matcher.explanation.wording import is_presence, limits_in_words, unit_of, value_in_words
from matcher.features.kind import Count, NumberDomain
from matcher.rules.candidate import Criterion, Role
from matcher.rules.condition import Comparison, Condition, comparisons
from matcher.rules.graph import Graph, NodeId
from matcher.rules.judgement import JUDGEMENT
from matcher.rules.syntax import Citation
from matcher.standing.deciding import (
    ConditionReading,
    beneath,
    derived_domain,
    is_derived,
    sources_of,
    values_of,
)
from matcher.standing.standing import CriterionVerdict

_EXCLUDES = {Verdict.MET: "applies", Verdict.NOT_MET: "does not apply", Verdict.UNKNOWN: "unknown"}
_SATISFIED = {each: each.value for each in Verdict}
_MANY = 6


class Told(NamedTuple):
    """A criterion in words, and what is lacking of it where it is not known."""

    shown: CriterionShown
    lacking: str


class _Said(NamedTuple):
    """What is said of a condition, whichever criteria ask for it; ``lacking`` are titles."""

    reason: str
    facts: tuple[FactShown, ...]
    distance: str
    lacking: str


class PatientWords:
    """What is said of one patient's records and values, each worked out once; equal records are one."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self.as_of = profile.as_of
        # By identity first: hashing a record with all that is in it costs more than a look-up.
        self._by_identity: dict[int, tuple[Record | Absence, FactShown]] = {}
        self._by_value: dict[Record | Absence, FactShown] = {}
        #: of a comparison, as asked in a role and place
        self.reasons: dict[tuple[int, Role, Place], Reason] = {}
        #: of a condition, as asked in a role, with its verdict
        self.said: dict[tuple[int, Verdict], _Said] = {}
        #: of a value, with what a derived one was read from
        self.behind: dict[NodeId, list[FactShown]] = {}

    def facts(self, findings: Iterable[Finding], beside: Iterable[Record] = ()) -> list[FactShown]:
        """What is behind them, in the order given, without repeats."""
        told = [self._one(fact) for finding in findings for fact in finding.facts]
        return _distinct([*told, *map(self._one, beside)])

    def aside(self, comparison: Comparison, finding: Finding) -> tuple[Record, ...]:
        """What is recorded of a fact that nothing certainly answers."""
        if comparison.word == JUDGEMENT:
            known = {id(each) for each in finding.facts}
            return tuple(
                each for each in judgements_about(comparison, self._profile) if id(each) not in known
            )
        return set_aside(comparison.word, self._profile) if finding.silent else ()

    def said_beside(self, comparison: Comparison, finding: Finding) -> Iterable[str]:
        if comparison.word == JUDGEMENT:
            return (all_in_words(judgements_about(comparison, self._profile), self.as_of),)
        return map(why_aside, self.aside(comparison, finding))

    def _one(self, fact: Record | Absence) -> FactShown:
        found = self._by_identity.get(id(fact))
        if found is None:
            if fact not in self._by_value:
                self._by_value[fact] = shown(fact, self.as_of)
            found = self._by_identity[id(fact)] = fact, self._by_value[fact]
        return found[1]


class _Fixed:
    """What of a criterion is the same for every patient. Equal comparisons of a rulebook are one here."""

    __slots__ = (
        "citation",
        "comparisons",
        "condition",
        "criterion",
        "derived",
        "nodes",
        "places",
        "recoverable",
        "role",
        "verdicts",
        "waivable",
        "windows",
    )

    def __init__(
        self,
        criterion: Criterion,
        graph: Graph,
        known: dict[Comparison, Comparison],
        asked: dict[tuple[Condition, Role, str], int],
    ) -> None:
        self.criterion = criterion
        #: the same for all criteria of which the same is said
        self.condition = asked.setdefault(
            (criterion.condition, criterion.role, criterion.recoverable_within), len(asked)
        )
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
        self.places = {id(each): place for each, place in places(criterion.condition)}
        self.derived = any(is_derived(graph, each) for each in self.nodes) or any(
            is_set_aside(each.word) for each in comparisons(criterion.condition)
        )
        self.role = criterion.role.value
        self.verdicts = {each: verdict_in_words(criterion.role, each) for each in Verdict}
        self.citation = citation_in_words(criterion.citation)
        self.recoverable = _recoverable(criterion)
        self.waivable = f"by {criterion.waivable_by}" if criterion.waivable_by else ""


class CriterionWords:
    """What is said of criteria. Made once for a rulebook.

    Where no fact is behind a criterion the same is said of every patient: that is remembered, once for each criterion.
    """

    def __init__(self, origins: Origins) -> None:
        self._origins = origins
        self._unrecorded: dict[tuple[int, str], tuple[CriterionVerdict, list[Finding], Told]] = {}
        self._fixed: dict[int, _Fixed] = {}
        self._comparisons: dict[Comparison, Comparison] = {}
        self._conditions: dict[tuple[Condition, Role, str], int] = {}
        self._asked: dict[tuple[int, Role, Place], str] = {}

    def tell(
        self, judged: CriterionVerdict, reading: ConditionReading, patient: PatientWords, cohort: str = ""
    ) -> Told:
        judged = judged._replace(criterion=criterion_on(judged.criterion, patient.as_of))
        criterion, held = judged.criterion, reading.findings
        fixed = self._fixed_of(criterion, reading)
        findings = [held[node] for node in fixed.nodes]
        if fixed.derived:
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

    def windows(
        self, criterion: Criterion, reading: ConditionReading, *, known: bool = True
    ) -> Iterable[str]:
        """The windows that count by default where the rule gives none: of values that are known, or of all."""
        for node, words in self._fixed_of(criterion, reading).windows:
            if not known or reading.findings[node].facts:
                yield words

    def _fixed_of(self, criterion: Criterion, reading: ConditionReading) -> _Fixed:
        found = self._fixed.get(id(criterion))
        if found is None:
            found = self._fixed[id(criterion)] = _Fixed(
                criterion, reading.graph, self._comparisons, self._conditions
            )
        return found

    def _tell(
        self,
        judged: CriterionVerdict,
        fixed: _Fixed,
        reading: ConditionReading,
        patient: PatientWords,
        cohort: str,
    ) -> Told:
        criterion, satisfied = judged.criterion, judged.satisfied
        key = fixed.condition, judged.verdict
        said = patient.said.get(key)
        if said is None:
            said = patient.said[key] = self._said(judged, fixed, reading, patient)
        told = CriterionShown(
            id=criterion.id,
            role=fixed.role,
            text=text_on(criterion, patient.as_of) if criterion.versions else criterion.text,
            verdict=fixed.verdicts[judged.verdict],
            satisfied=_SATISFIED[satisfied],
            reason=said.reason,
            facts=said.facts,
            distance=said.distance if satisfied is Verdict.NOT_MET else "",
            citation=fixed.citation,
            assumption=criterion.assumption,
            at_screening=criterion.at_screening,
            recoverable=fixed.recoverable if satisfied is not Verdict.MET else "",
            waivable=fixed.waivable,
            printed=criterion.printed,
            note=criterion.note,
            cohort=cohort,
        )
        lacking = f"{criterion.id} {said.lacking or criterion.text}" if satisfied is Verdict.UNKNOWN else ""
        return Told(told, lacking)

    def _said(
        self, judged: CriterionVerdict, fixed: _Fixed, reading: ConditionReading, patient: PatientWords
    ) -> _Said:
        criterion = judged.criterion
        deciding = reading.decided_by(criterion.condition)
        by = [(fixed.comparisons[id(each)], fixed.places[id(each)]) for each in deciding]
        reasons = [self._reason(each, criterion.role, place, reading, patient) for each, place in by]
        found = [(each, reading.finding(each)) for each, _ in by]
        lacking = dict.fromkeys(
            self._lacking(each, reading) for each, finding in found if not finding.value.exact
        )
        beside = [record for each, finding in found for record in patient.aside(each, finding)]
        behind = [fact for each, _ in by for fact in _behind(each.value, reading, patient)]
        behind += patient.facts((), beside)
        return _Said(
            together(reasons, _MANY) or "this version of the protocol does not ask it",
            tuple(_distinct(behind)[:_MANY]),
            _distance(judged, found) if judged.satisfied is Verdict.NOT_MET else "",
            ", ".join(lacking),
        )

    def _reason(
        self,
        comparison: Comparison,
        role: Role,
        place: Place,
        reading: ConditionReading,
        patient: PatientWords,
    ) -> Reason:
        """The same wherever it is asked in the same way."""
        key = id(comparison), role, place
        told = patient.reasons.get(key)
        if told is None:
            if key not in self._asked:
                self._asked[key] = asks(comparison, role, place)
            finding, value = reading.finding(comparison), comparison.value
            origin = self._origins.of(value, reading).said if is_derived(reading.graph, value) else ()
            beside = patient.said_beside(comparison, finding)
            told = patient.reasons[key] = reason(
                comparison,
                finding,
                self._asked[key],
                derived_domain(reading.graph, comparison),
                _named(finding, patient) if is_presence(comparison) else (),
                origin,
                beside,
            )
        return told

    def _lacking(self, comparison: Comparison, reading: ConditionReading) -> str:
        """What is missing by its title; of a derived fact also what is missing for it."""
        if not is_derived(reading.graph, comparison.value):
            return comparison.title
        missing = self._origins.of(comparison.value, reading).open
        others = [each for each in missing if each != comparison.title]
        if len(others) > _MOST_NAMED + 2:
            others = [*others[: _MOST_NAMED + 1], f"{len(others) - _MOST_NAMED - 1} more"]
        return f"{comparison.title} ({', '.join(others)})" if others else comparison.title


def _behind(node: NodeId, reading: ConditionReading, patient: PatientWords) -> list[FactShown]:
    """The facts of a value, and for a derived one those of the values that its deciding row read."""
    facts = patient.behind.get(node)
    if facts is None:
        facts = patient.behind[node] = patient.facts(_read_for(node, reading))
    return facts


def _read_for(node: NodeId, reading: ConditionReading) -> Iterator[Finding]:
    held, graph, verdicts = reading.findings, reading.graph, reading.table.verdicts[reading.row]
    yield held[node]
    if is_derived(graph, node):
        sources = sources_of(graph, node) or (node,)
        speaking = [each for each in sources if not held[each].silent] or sources
        for each in speaking:
            if is_derived(graph, each):
                yield from (held[one] for one in beneath(graph, each, verdicts.get) if one in held)


def _distinct(facts: list[FactShown]) -> list[FactShown]:
    return list({id(each): each for each in facts}.values()) if len(facts) > 1 else facts


def _named(finding: Finding, patient: PatientWords) -> tuple[str, ...]:
    """What is there, by its name: the drug and not only its class."""
    texts = dict.fromkeys(each.text.partition(": ")[2] or each.text for each in patient.facts([finding]))
    return (", ".join(list(texts)[:_MOST_NAMED]),) if texts else ()


def verdict_in_words(role: Role, verdict: Verdict) -> str:
    return verdict.value if role is Role.INCLUSION else _EXCLUDES[verdict]


def citation_in_words(citation: Citation | None) -> str:
    if citation is None:
        return ""
    parts = [citation.document, citation.section]
    parts += [f"as of {citation.as_of.isoformat()}"] if citation.as_of else []
    return ", ".join(parts)


_MOST_NAMED = 2


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
        exact = tuple(each.limit for each in comparison.bounds if isinstance(each.limit, float))
        words = number_words(feature, exact)
        value = value_in_words(finding.value, feature.domain, unit_of(feature), words)
        limits = limits_in_words(comparison)
        wanted = f"needs {limits}" if judged.criterion.role is Role.INCLUSION else f"excluded when {limits}"
        parts.append(f"{comparison.title}: {value}, {wanted}")
    if parts and judged.criterion.recoverable_within:
        parts.append("repeat the test")
    return "; ".join(parts)
