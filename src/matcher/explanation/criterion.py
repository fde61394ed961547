"""One criterion for one patient: verdict in its own polarity, the facts that decided it, what is lacking."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding
from matcher.explanation.answer import CriterionShown, FactShown
from matcher.explanation.aside import is_set_aside
from matcher.explanation.origin import Origins
from matcher.explanation.patient_words import PatientWords, distinct
from matcher.explanation.reason import Place, Reason, asks, number_words, places, reason, together
from matcher.explanation.signs import Signs, read_for, remember
from matcher.explanation.version import criterion_on, text_on
from matcher.explanation.wording import is_presence, limits_in_words, unit_of, value_in_words
from matcher.features.kind import Count, NumberDomain
from matcher.rules.candidate import Criterion, Role
from matcher.rules.condition import Comparison, Condition, comparisons, parts
from matcher.rules.document import Citation
from matcher.rules.graph import NodeId
from matcher.standing.deciding import (
    ConditionReading,
    derived_domain,
    is_derived,
)
from matcher.standing.standing import CriterionVerdict

_EXCLUDES = {Verdict.MET: "applies", Verdict.NOT_MET: "does not apply", Verdict.UNKNOWN: "unknown"}
_SATISFIED = {each: each.value for each in Verdict}
_MANY = 6
#: different words of a condition that came out in one way
_MOST_OF_A_WAY = 256


class Told(NamedTuple):
    """A criterion in words, and what is lacking of it where it is not known."""

    shown: CriterionShown
    lacking: str


@dataclass(frozen=True, slots=True)
class ConditionWords:
    """What is said of a condition to everybody of whom the same is known; ``lacking`` are titles.

    ``behind`` are the values whose facts are shown, ``beside`` what something may be set aside of.
    ``told`` are the criteria that ask for it, of those of whom no fact is shown; ``written`` what a writer makes of it.
    """

    reason: str
    distance: str
    lacking: str
    behind: tuple[NodeId, ...]
    beside: tuple[Comparison, ...]
    told: dict[tuple[int, str], Told] = field(default_factory=dict)
    written: dict[int, Any] = field(default_factory=dict)


class Said(NamedTuple):
    """What is said of a condition to one patient."""

    words: ConditionWords
    facts: tuple[FactShown, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """How a condition came out: the comparisons that decided it; and what was said of it, by what they found."""

    by: tuple[tuple[Comparison, Place], ...]
    words: dict[tuple[int, ...], ConditionWords] = field(default_factory=dict)
    values: tuple[NodeId, ...] = ()
    aside: bool = False

    @classmethod
    def of(cls, by: Iterable[tuple[Comparison, Place]]) -> _Way:
        held = tuple(by)
        values = tuple(dict.fromkeys(each.value for each, _ in held))
        return cls(held, {}, values, any(is_set_aside(each.word) for each, _ in held))


class Fixed:
    """What of a criterion is the same for every patient. Equal comparisons of a rulebook are one here."""

    __slots__ = (
        "citation",
        "comparisons",
        "condition",
        "criterion",
        "nodes",
        "parts",
        "places",
        "recoverable",
        "role",
        "verdicts",
        "waivable",
        "ways",
        "windows",
    )

    def __init__(
        self,
        criterion: Criterion,
        known: dict[Comparison, Comparison],
        asked: dict[tuple[Condition, Role, str], int],
    ) -> None:
        self.criterion = criterion
        #: the same for all criteria of which the same is said
        self.condition = asked.setdefault(
            (criterion.condition, criterion.role, criterion.recoverable_within), len(asked)
        )
        self.nodes = [each.node for each in parts(criterion.condition)]
        # Taken twice, so that one alone is a tuple too.
        self.parts = itemgetter(*self.nodes, self.nodes[0])
        self.ways: dict[tuple[int, ...], _Way] = {}
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
        self.role = criterion.role.value
        self.verdicts = {each: verdict_in_words(criterion.role, each) for each in Verdict}
        self.citation = citation_in_words(criterion.citation)
        self.recoverable = _recoverable(criterion)
        self.waivable = f"by {criterion.waivable_by}" if criterion.waivable_by else ""


class CriterionWords:
    """What is said of criteria. Made once for a rulebook.

    Words are worked out once for all patients of whom they would be the same (``signs``); a patient's own are the facts
    behind them.
    """

    def __init__(self, origins: Origins, signs: Signs) -> None:
        self._origins, self.signs = origins, signs
        self._fixed: dict[int, Fixed] = {}
        self._comparisons: dict[Comparison, Comparison] = {}
        self._conditions: dict[tuple[Condition, Role, str], int] = {}
        self._asked: dict[tuple[int, Role, Place], str] = {}
        self._reasons: dict[tuple[int, Role, Place, int, int], Reason] = {}
        self._unspoken: dict[int, Said] = {}
        self._features: dict[int, frozenset[NodeId]] = {}
        self._resting_on: dict[NodeId, list[int]] = {}

    def start(self, patient: PatientWords, spoken: Collection[NodeId]) -> None:
        """Of conditions on features that a profile says nothing of everybody is told the same."""
        self.signs.start(patient, spoken)
        patient.said = dict(self._unspoken)
        for feature in spoken:
            for each in self._resting_on.get(feature, ()):
                patient.said.pop(each, None)

    def tell(
        self, judged: CriterionVerdict, reading: ConditionReading, patient: PatientWords, cohort: str = ""
    ) -> Told:
        judged = on_day(judged, patient.as_of)
        words, facts = said = self.said(judged, reading, patient)
        if facts or judged.criterion.versions:
            return self.told(judged, said, patient.as_of, cohort)
        key = id(judged.criterion), cohort
        found = words.told.get(key)
        if found is None:
            found = words.told[key] = self.told(judged, said, patient.as_of, cohort)
        return found

    def said(self, judged: CriterionVerdict, reading: ConditionReading, patient: PatientWords) -> Said:
        """What is said of its condition, of a criterion as it is on the patient's day."""
        fixed = self.fixed(judged.criterion)
        return patient.said.get(fixed.condition) or self.said_of(judged, fixed, reading, patient)

    def told(self, judged: CriterionVerdict, said: Said, day: date, cohort: str) -> Told:
        return _told(judged, self.fixed(judged.criterion), said, day, cohort)

    def windows(
        self, criterion: Criterion, reading: ConditionReading, *, known: bool = True
    ) -> Iterable[str]:
        """The windows that count by default where the rule gives none: of values that are known, or of all."""
        for node, words in self.fixed(criterion).windows:
            if not known or reading.findings[node].facts:
                yield words

    def windowed(self, criterion: Criterion) -> Iterable[NodeId]:
        """The values for which there is such a window."""
        return [node for node, _ in self.fixed(criterion).windows]

    def fixed(self, criterion: Criterion) -> Fixed:
        """What of it is the same for every patient."""
        found = self._fixed.get(id(criterion))
        if found is None:
            found = self._fixed[id(criterion)] = Fixed(criterion, self._comparisons, self._conditions)
        return found

    def said_of(
        self, judged: CriterionVerdict, fixed: Fixed, reading: ConditionReading, patient: PatientWords
    ) -> Said:
        """The same, where it was not said of this patient before."""
        verdicts = tuple(map(id, fixed.parts(reading.table.verdicts[reading.row])))
        way = fixed.ways.get(verdicts)
        if way is None:
            deciding = reading.decided_by(judged.criterion.condition)
            way = fixed.ways[verdicts] = _Way.of(
                (fixed.comparisons[id(each)], fixed.places[id(each)]) for each in deciding
            )
        signs, known = self.signs, patient.signs
        key = tuple([known.get(each) or signs.of(each, reading, patient) for each in way.values])
        if way.aside:
            key += (signs.aside(patient),)
        words = way.words.get(key)
        if words is None:
            words = remember(way.words, key, self._in_words(judged, way, reading, patient), _MOST_OF_A_WAY)
        facts = patient.behind(words.behind, reading.findings)
        if words.beside:
            beside = [one for each in words.beside for one in patient.aside(each, reading.finding(each))]
            facts = distinct([*facts, *map(patient.fact, beside)])
        said = patient.said[fixed.condition] = Said(words, tuple(facts[:_MANY]))
        if patient.spoken is not None and not way.aside and not said.facts:
            self._remember_unspoken(fixed, said, patient.spoken)
        return said

    def _remember_unspoken(self, fixed: Fixed, said: Said, spoken: Collection[NodeId]) -> None:
        """What is said of the condition, if it rests on nothing that this profile speaks of."""
        features = self._features.get(fixed.condition)
        if features is None:
            features = self._features[fixed.condition] = self.signs.features(fixed.nodes)
            for each in features:
                self._resting_on.setdefault(each, []).append(fixed.condition)
        if features.isdisjoint(spoken):
            self._unspoken[fixed.condition] = said

    def _in_words(
        self, judged: CriterionVerdict, way: _Way, reading: ConditionReading, patient: PatientWords
    ) -> ConditionWords:
        role = judged.criterion.role
        reasons = [self._reason(each, role, place, reading, patient) for each, place in way.by]
        found = [(each, reading.finding(each)) for each, _ in way.by]
        lacking = dict.fromkeys(
            self._lacking(each, reading) for each, finding in found if not finding.value.exact
        )
        return ConditionWords(
            together(reasons, _MANY) or "this version of the protocol does not ask it",
            _distance(judged, found) if judged.satisfied is Verdict.NOT_MET else "",
            ", ".join(lacking),
            tuple(dict.fromkeys(node for each, _ in way.by for node in read_for(each.value, reading))),
            tuple(each for each, _ in found if is_set_aside(each.word)),
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
        value = comparison.value
        aside = self.signs.aside(patient) if is_set_aside(comparison.word) else 0
        key = id(comparison), role, place, self.signs.of(value, reading, patient), aside
        told = self._reasons.get(key)
        if told is None:
            if key[:3] not in self._asked:
                self._asked[key[:3]] = asks(comparison, role, place)
            finding = reading.finding(comparison)
            origin = self._origins.of(value, reading).said if is_derived(reading.graph, value) else ()
            told = reason(
                comparison,
                finding,
                self._asked[key[:3]],
                derived_domain(reading.graph, comparison),
                _named(finding, patient) if is_presence(comparison) else (),
                origin,
                patient.said_beside(comparison, finding),
            )
            remember(self._reasons, key, told)
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


def on_day(judged: CriterionVerdict, day: date) -> CriterionVerdict:
    """With the criterion as the version of a day has it."""
    if not judged.criterion.versions:
        return judged
    return judged._replace(criterion=criterion_on(judged.criterion, day))


def _told(judged: CriterionVerdict, fixed: Fixed, said: Said, day: date, cohort: str) -> Told:
    criterion, verdict, satisfied = judged
    words = said.words
    shown = CriterionShown(
        criterion.id,
        fixed.role,
        text_on(criterion, day) if criterion.versions else criterion.text,
        fixed.verdicts[verdict],
        _SATISFIED[satisfied],
        words.reason,
        said.facts,
        words.distance if satisfied is Verdict.NOT_MET else "",
        fixed.citation,
        criterion.assumption,
        criterion.at_screening,
        fixed.recoverable if satisfied is not Verdict.MET else "",
        fixed.waivable,
        criterion.printed,
        criterion.note,
        cohort,
    )
    lacking = f"{criterion.id} {words.lacking or criterion.text}" if satisfied is Verdict.UNKNOWN else ""
    return Told(shown, lacking)


def _named(finding: Finding, patient: PatientWords) -> tuple[str, ...]:
    """What is there, by its name: the drug and not only its class."""
    facts = distinct([patient.fact(each) for each in finding.facts])
    texts = dict.fromkeys(each.text.partition(": ")[2] or each.text for each in facts)
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
