"""Patients straight to their lines: what ``line_of`` makes of everything said about one, without making that first.

What is the same for all patients who stand alike is JSON once; a patient's own are ranks, facts, days and questions.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from matcher.domain.profile import Profile
from matcher.explanation.answer import CriterionShown, FactShown, Question
from matcher.explanation.aside import asks_for_edition, asks_to_confirm, in_context
from matcher.explanation.candidate import CandidateWords, Place, Stood
from matcher.explanation.common import APPLIES, Common, CommonCandidate, said_of, spoken
from matcher.explanation.criterion import ConditionWords, Fixed, Said, on_day
from matcher.explanation.explain import Explainer, Outcome
from matcher.explanation.lines import (
    BETWEEN,
    blocked,
    derived_document,
    earliest_document,
    fact_document,
    otherwise_than,
    question_document,
    standing_document,
)
from matcher.explanation.patient import is_deceased, summary_of
from matcher.explanation.patient_words import PatientWords
from matcher.explanation.signs import remember
from matcher.explanation.version import other_recruitment, version_on
from matcher.rules.candidate import CandidateKind, Role
from matcher.rules.graph import NodeId
from matcher.standing.deciding import ConditionReading
from matcher.standing.standing import OPEN, CriterionVerdict

_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Noted(NamedTuple):
    """What reading a patient noted: facts that could not be read, and assumptions."""

    issues: Sequence[str] = ()
    assumptions: Sequence[str] = ()


class Row(NamedTuple):
    """A candidate of a patient as the matches have it."""

    stood: Stood
    place: Place
    missing: str
    blocking: str
    cautions: str
    earliest: str


@dataclass(frozen=True, slots=True)
class Written:
    """A patient's line, each of its values as JSON, and the rows."""

    patient: str
    as_of: str
    deceased: bool
    issues: int
    line: Mapping[str, str]
    rows: Sequence[Row]

    @property
    def json(self) -> str:
        return "{" + ",".join([f'"{key}":{value}' for key, value in self.line.items()]) + "}"


class _Asked(NamedTuple):
    """A criterion of a standing. ``counted``: where it stands in what is missing, ``considered``: in what blocks.

    ``key`` is the same for the same criterion told in the same way.
    """

    judged: CriterionVerdict
    fixed: Fixed
    label: str
    cohort: str
    counted: bool
    considered: bool
    base: CriterionShown
    key: int


class _Variant(NamedTuple):
    """What is said of a criterion: without facts, and around their numbers. ``common``: as it is said of everybody.

    ``key`` is the same for all that a line says once.
    """

    key: tuple[str, str, str, str]
    common: bool
    bare: str
    before: str
    after: str
    missing: str
    blocking: str
    applying: str


class _Entry(NamedTuple):
    """What lines say of a standing: before and after the rank, and the criteria to be told."""

    before: str
    after: str
    evidence: str
    criteria: tuple[_Asked, ...]
    cautions: tuple[_Asked, ...]
    common: CommonCandidate


class _Line:
    """One patient's facts, phrases and what is said of criteria, each written once and referred to by its place."""

    def __init__(self) -> None:
        self.facts: list[str] = []
        self.said: list[str] = []
        self.phrases: dict[str, int] = {}
        self._facts: dict[int, int] = {}
        self._places: dict[tuple[tuple[str, ...], str], int] = {}
        self._numbers: dict[int, str] = {}

    def numbers(self, facts: tuple[FactShown, ...]) -> str:
        """The places of facts. Those who ask twice ask with the same tuple."""
        found = self._numbers.get(id(facts))
        if found is None:
            found = self._numbers[id(facts)] = ",".join([str(self.fact(each)) for each in facts])
        return found

    def fact(self, fact: FactShown) -> int:
        found = self._facts.get(id(fact))
        if found is None:
            found = self._facts[id(fact)] = len(self.facts)
            self.facts.append(_encoded(fact_document(fact)))
        return found

    def place(self, variant: _Variant, facts: tuple[FactShown, ...]) -> int:
        numbers = self.numbers(facts) if facts else ""
        key = variant.key, numbers
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = len(self.said)
            said = f'{variant.before}"facts":[{numbers}]{variant.after}' if numbers else variant.bare
            self.said.append(said)
        return found


class Writer:
    """Writes the lines of a rulebook's patients."""

    def __init__(self, explainer: Explainer, common: Common) -> None:
        self._explainer, self._common = explainer, common
        self._candidates: CandidateWords = explainer.candidates
        self._criteria = explainer.candidates.criteria
        self._keys: dict[tuple[int, str, bool, bool], int] = {}
        self._phrases: dict[str, list[str]] = {}
        self._assumed: dict[tuple[str, tuple[str, ...]], str] = {}

    def write(
        self,
        profile: Profile,
        reading: ConditionReading,
        outcome: Outcome,
        shown: Mapping[CandidateKind, Sequence[tuple[Stood, Place]]],
        questions: tuple[Question, ...] | None,
        noted: Noted,
        about: Collection[NodeId],
    ) -> Written:
        """As ``Explainer.put_together``, written; ``shown`` are those of the candidates that are to be shown.

        ``about`` are the features that the profile says anything of.
        """
        patient, line = PatientWords(profile), _Line()
        self._criteria.start(patient, about)
        entries: dict[CandidateKind, list[str]] = {}
        rows: list[Row] = []
        for kind in CandidateKind:
            entries[kind] = []
            for stood, place in shown[kind]:
                entry, row = self._candidate(stood, place, reading, patient, line)
                entries[kind].append(entry)
                rows.append(row)
        if questions is not None and (asks_to_confirm(profile) or asks_for_edition(profile)):
            questions = in_context(questions, profile, tuple(self._missing(outcome, reading, patient)))
        deceased, (issues, assumptions) = is_deceased(profile), noted
        said = spoken(
            deceased=deceased,
            summary=summary_of(profile, self._explainer.rulebook, reading.table, reading.row),
            conflicts=self._explainer.conflicts(profile, reading),
            issues=issues,
            assumptions=self._explainer.assumptions(profile, reading, outcome, assumptions),
            questions=list(map(question_document, questions or ())),
        )
        written = {
            "patient": _encoded(profile.id),
            "as_of": _encoded(profile.as_of.isoformat()),
            "rulebook": _encoded(self._common.version),
            **{name: _encoded(value) for name, value in said.items()},
        }
        if derived := self._derived(reading, patient, line):
            written["derived"] = derived
        written["facts"] = _listed(line.facts)
        written["said"] = _listed(line.said)
        written["phrases"] = _encoded(list(line.phrases))
        written["trials"] = _listed(entries[CandidateKind.TRIAL])
        written["regimens"] = _listed(entries[CandidateKind.REGIMEN])
        return Written(profile.id, profile.as_of.isoformat(), deceased, len(issues), written, rows)

    def _candidate(
        self, stood: Stood, place: Place, reading: ConditionReading, patient: PatientWords, line: _Line
    ) -> tuple[str, Row]:
        entry = self._entry(stood, patient)
        earliest = self._candidates.earliest(stood, patient.profile)
        parts = [entry.before]
        if place.rank is not None:
            parts.append(f',"rank":{place.rank}')
        if place.tied:
            parts.append(',"tied":true')
        parts += (entry.after, ',"because":[', self._because(place.because, line), "]")
        if earliest:
            parts += (',"earliest":', _encoded(list(map(earliest_document, earliest))))
        parts += (self._assumptions(stood, entry, reading, patient), entry.evidence)
        missing: list[str] = []
        blocking: list[str] = []
        applying: list[str] = []
        said = patient.said
        for name, asked in (("criteria", entry.criteria), ("cautions", entry.cautions)):
            places: dict[str, int] = {}
            for each in asked:
                words, facts = said.get(each.fixed.condition) or self._criteria.said_of(
                    each.judged, each.fixed, reading, patient
                )
                variant: _Variant = words.written.get(each.key) or self._variant(each, entry, words, patient)
                if facts or not variant.common:
                    places[each.label] = line.place(variant, facts)
                if variant.missing:
                    missing.append(variant.missing)
                if variant.blocking:
                    blocking.append(variant.blocking)
                if variant.applying:
                    applying.append(variant.applying)
            if places:
                told = ",".join([f"{label}:{number}" for label, number in places.items()])
                parts.append(f',"{name}":{{{told}}}')
        parts.append("}")
        row = Row(
            stood,
            place,
            "; ".join(dict.fromkeys(missing)),
            "; ".join(blocking),
            "; ".join(applying),
            "; ".join([each.text for each in earliest]),
        )
        return "".join(parts), row

    def _entry(self, stood: Stood, patient: PatientWords) -> _Entry:
        versions = stood.standing.candidate.versions
        found: _Entry | None = stood.written
        if found is None or versions:
            found = self._entry_of(stood, patient)
            if not versions:
                stood.written = found
        return found

    def _entry_of(self, stood: Stood, patient: PatientWords) -> _Entry:
        standing, day = stood.standing, patient.as_of
        common = self._common.candidate(standing.candidate.id)
        head = standing_document(
            stood.cohort,
            standing.kind.value,
            stood.text,
            (version_on(standing.candidate, day), other_recruitment(standing.candidate, day)),
            stood.cohorts,
            standing.availability.value,
            common.shown,
        )
        evidence = ""
        if stood.evidence != common.shown.evidence:
            evidence = ',"evidence":' + _encoded([APPLIES[each.applies] for each in stood.evidence])
        named = standing.cohort.cohort.id if standing.cohort else ""
        criteria = [(each, "") for each in standing.criteria]
        criteria += [(each, part.cohort.id) for part in standing.cohorts for each in part.criteria]
        return _Entry(
            '{"id":' + _encoded(standing.candidate.id),
            "," + _encoded(head)[1:-1],
            evidence,
            tuple(
                self._asked(
                    on_day(judged, day),
                    cohort,
                    base,
                    cohort in ("", named),
                    judged.criterion.id in stood.considered,
                )
                for (judged, cohort), base in zip(criteria, common.shown.criteria, strict=True)
            ),
            tuple(
                self._asked(on_day(judged, day), "", base)
                for judged, base in zip(standing.cautions, common.shown.cautions, strict=True)
            ),
            common,
        )

    def _asked(
        self,
        judged: CriterionVerdict,
        cohort: str,
        base: CriterionShown,
        counted: bool = False,
        considered: bool = False,
    ) -> _Asked:
        key = id(judged.criterion), cohort, counted, considered
        number = self._keys.setdefault(key, len(self._keys))
        fixed, label = self._criteria.fixed(judged.criterion), _encoded(judged.criterion.id)
        return _Asked(judged, fixed, label, cohort, counted, considered, base, number)

    def _variant(
        self, asked: _Asked, entry: _Entry, words: ConditionWords, patient: PatientWords
    ) -> _Variant:
        judged, base = asked.judged, asked.base
        shown, missing = self._criteria.told(judged, Said(words, ()), patient.as_of, asked.cohort)
        missing = missing if asked.counted else ""
        lacking = missing.partition(" ")[2]
        after = spoken(distance=shown.distance) | otherwise_than(shown, base)
        start = _encoded(said_of(replace(shown, distance="") if shown.distance else shown, (), lacking))[:-1]
        rest = "," + _encoded(after)[1:] if after else "}"
        is_caution = judged.criterion.role is Role.CAUTION
        variant = _Variant(
            (shown.role, start, rest, lacking),
            shown == base and (not lacking or lacking == entry.common.lacking.get(shown.id)),
            start + rest,
            start + ",",
            rest,
            missing,
            blocked(shown) if asked.considered and shown.satisfied == "not met" else "",
            f"{shown.id} {shown.text}" if is_caution and shown.verdict == "applies" else "",
        )
        if not judged.criterion.versions:
            words.written[asked.key] = variant
        return variant

    def _because(self, because: str, line: _Line) -> str:
        phrases = self._phrases.get(because)
        if phrases is None:
            phrases = remember(self._phrases, because, because.split(BETWEEN))
        held = line.phrases
        return ",".join([str(held.setdefault(each, len(held))) for each in phrases])

    def _assumptions(
        self, stood: Stood, entry: _Entry, reading: ConditionReading, patient: PatientWords
    ) -> str:
        assumed = self._candidates.assumed(stood, reading, patient.profile)
        key = stood.standing.candidate.id, assumed
        found = self._assumed.get(key)
        if found is None:
            found = ""
            if assumed != entry.common.shown.assumptions:
                places = {words: place for place, words in enumerate(entry.common.assumable)}
                found = ',"assumed":' + _encoded([places.get(each, each) for each in assumed])
            remember(self._assumed, key, found)
        return found

    def _derived(self, reading: ConditionReading, patient: PatientWords, line: _Line) -> str:
        parts: list[str] = []
        for each in self._explainer.derived.tell(reading, patient):
            base = self._common.derived[each.name]
            if each is not base and each != base:
                facts = [line.fact(fact) for fact in each.facts]
                parts.append(f"{_encoded(each.name)}:{_encoded(derived_document(each, base, facts))}")
        return "{" + ",".join(parts) + "}" if parts else ""

    def _missing(
        self, outcome: Outcome, reading: ConditionReading, patient: PatientWords
    ) -> Iterator[tuple[str, str]]:
        """What is missing for whom, among those that an answer could still change."""
        for kind in CandidateKind:
            for stood, place in outcome.shown[kind]:
                if stood.standing.kind in OPEN:
                    told = self._candidates.tell(stood, reading, patient.profile, patient, place)
                    yield from ((told.id, title) for title in told.missing)


def _listed(texts: Iterable[str]) -> str:
    return "[" + ",".join(texts) + "]"
