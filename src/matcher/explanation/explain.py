"""Everything said about one patient, from verdicts and findings alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, Note, NoteKind, VerdictTable
from matcher.engines.reference import walk
from matcher.explanation.answer import (
    EVIDENCE_APPLIES,
    STANDING_TEXT,
    CandidateShown,
    DerivedShown,
    EvidenceShown,
    PatientShown,
    Question,
)
from matcher.explanation.aside import in_context
from matcher.explanation.assumed import assumable, assumed
from matcher.explanation.cohort import cohort_shown
from matcher.explanation.common import Common, CommonCandidate
from matcher.explanation.conflict import conflicts
from matcher.explanation.criterion import CriterionWords, PatientWords, citation_in_words
from matcher.explanation.evidence import figures_in_words
from matcher.explanation.lines import blocked
from matcher.explanation.named import ask_about, missing_of
from matcher.explanation.origin import Origins
from matcher.explanation.overruled import Overruled, overridden_in
from matcher.explanation.patient import is_deceased, summary_of
from matcher.explanation.questions import OPEN, Asker, OpenCandidates
from matcher.explanation.reason import note_in_words
from matcher.explanation.timing import TimeTests, earliest
from matcher.explanation.version import version_on
from matcher.explanation.wording import NOT_RECORDED, value_in_words
from matcher.rules.candidate import Availability, Candidate, CandidateKind, Evidence
from matcher.rules.graph import Choice, NodeId
from matcher.rules.rulebook import Derivation, Rulebook
from matcher.standing.deciding import ConditionReading, beneath, values_of
from matcher.standing.keys import because
from matcher.standing.panel import Field, Panel
from matcher.standing.ranking import Ranked, Ranker, placed
from matcher.standing.standing import Standing, StandingKind, stand

_QUESTIONS = 8
#: of a patient of whom nothing is recorded nothing depends on the day, but for the version of a protocol: the last
_ANY_DAY = date(2999, 12, 31)
#: from here on candidates are judged all at once, and only those that are shown one by one
MANY_CANDIDATES = 250
_CLOSED = (Availability.CLOSED, Availability.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which candidates are ranked: closed ones and deceased patients only where asked for.

    Of those that ``about`` names nothing but they is shown, and questions are about them.
    """

    include_closed: bool = False
    include_deceased: bool = False
    top: int | None = None
    questions: int = _QUESTIONS
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of all candidates: those to show, those an answer could change, the values that criteria read."""

    ranked: Mapping[CandidateKind, Sequence[Ranked]]
    open: OpenCandidates
    values: Sequence[NodeId]


class Explainer:
    """Words for a rulebook's verdicts. Made once for a rulebook, used for every patient."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._regimens = [each for each in rulebook.candidates if each.kind is CandidateKind.REGIMEN]
        self._unmatched = tuple(each.id for each in rulebook.candidates if each.roots is None)
        self._ranker = Ranker(rulebook)
        self._origins = Origins(rulebook)
        self._words = CriterionWords(self._origins)
        self._time_tests = TimeTests(rulebook.graph)
        self._cited = {each.name: citation_in_words(each.citation) for each in rulebook.derivations}
        self._values: dict[tuple[str, str], tuple[NodeId, ...]] = {}
        self._evidence_shown: dict[tuple[int, Verdict], EvidenceShown] = {}
        roots = [each.roots for each in rulebook.candidates if each.roots is not None]
        self._asker = Asker.of(
            rulebook.graph, [node for each in roots for node in (each.strict, each.screening)]
        )
        self._overruled = Overruled(self._words)
        self._panel = Panel(rulebook) if len(rulebook.candidates) >= MANY_CANDIDATES else None

    def explain(
        self,
        profile: Profile,
        table: VerdictTable,
        row: int,
        selection: Selection,
        issues: Sequence[str] = (),
        assumptions: Sequence[str] = (),
    ) -> PatientShown:
        """The patient's two rankings, with reasons, questions, derived facts, assumptions and conflicts."""
        reading = ConditionReading(self.rulebook.graph, table, row)
        deceased = is_deceased(profile)
        ranks_shown = not deceased or selection.include_deceased
        outcome = self._outcome(reading, selection)
        ranked = {
            kind: [each for each in outcome.ranked[kind] if _is_about(each, selection)]
            for kind in CandidateKind
        }
        words = PatientWords(profile)
        shown = {
            kind: tuple(
                self._candidate(each.standing, reading, profile, words, each, ranks_shown=ranks_shown)
                for each in ranked[kind]
            )
            for kind in CandidateKind
        }
        questions: tuple[Question, ...] = ()
        if ranks_shown and selection.questions:
            named = [each.standing for kind in CandidateKind for each in ranked[kind]]
            questions = (
                ask_about(named, self._asker, reading, selection.questions)
                if selection.about
                else self._asker.ask_about(outcome.open, table.findings[row], selection.questions)
            )
            questions = in_context(questions, profile, tuple(missing_of(shown.values())))
        return PatientShown(
            patient=profile.id,
            as_of=profile.as_of.isoformat(),
            summary=summary_of(profile, self.rulebook, table, row),
            deceased=deceased,
            trials=shown[CandidateKind.TRIAL],
            regimens=shown[CandidateKind.REGIMEN],
            unmatched=self._unmatched,
            questions=questions,
            derived=tuple(
                self._derived(each, reading, words)
                for each in self.rulebook.derivations
                if each.node in reading.findings
            ),
            assumptions=tuple(
                dict.fromkeys(
                    (*assumptions, *profile.assumptions, *_shared_assumptions(outcome.values, reading))
                )
            ),
            conflicts=tuple(
                dict.fromkeys(
                    (
                        *conflicts(self.rulebook, reading),
                        *overridden_in(self.rulebook, profile, reading),
                    )
                )
            ),
            issues=tuple(issues),
        )

    def _outcome(self, reading: ConditionReading, selection: Selection) -> _Outcome:
        if self._panel is not None and selection.top is not None:
            return self._outcome_by_panel(self._panel, reading, selection, selection.top)
        standings = self._standings(self.rulebook.candidates, reading, selection)
        ranked = self._ranker.rank(standings, reading)
        noted = _noted(reading)
        return _Outcome(
            {kind: ranked[kind][: selection.top] for kind in CandidateKind},
            OpenCandidates.of(standings),
            list(
                dict.fromkeys(
                    node
                    for standing in (standings if noted else ())
                    for node in self._values_of(standing)
                    if node in noted
                )
            ),
        )

    def _values_of(self, standing: Standing) -> Iterable[NodeId]:
        """The values that its criteria read, each once: the same for every patient in the same cohort."""
        key = standing.candidate.id, standing.cohort.cohort.id if standing.cohort else ""
        found = self._values.get(key)
        if found is None:
            found = self._values[key] = tuple(
                dict.fromkeys(
                    node for each in standing.considered for node in values_of(each.criterion.condition)
                )
            )
        return found

    def _outcome_by_panel(
        self, panel: Panel, reading: ConditionReading, selection: Selection, top: int
    ) -> _Outcome:
        """The same for many trials, of which only the first come to be objects."""
        field = panel.judge(reading, include_closed=selection.include_closed)
        trials = self._standings(panel.first_trials(field, reading, top + 1), reading, selection)
        ranked = self._ranker.rank(self._standings(self._regimens, reading, selection), reading)
        first = placed([(each, self._ranker.keys(each, reading)) for each in trials])[:top]
        return _Outcome(
            {CandidateKind.TRIAL: first, CandidateKind.REGIMEN: ranked[CandidateKind.REGIMEN][:top]},
            _open_in(panel, field),
            panel.values_considered(field, _noted(reading)),
        )

    @staticmethod
    def _standings(
        candidates: Iterable[Candidate], reading: ConditionReading, selection: Selection
    ) -> list[Standing]:
        standings = [
            stand(each, reading.table, reading.row)
            for each in candidates
            if selection.include_closed or each.availability not in _CLOSED
        ]
        return [
            each
            for each in standings
            if each is not None and (selection.include_closed or each.availability not in _CLOSED)
        ]

    def common(self) -> Common:
        """What is said of a patient of whom nothing is recorded, which is the same for everybody."""
        nobody, graph = Profile("", _ANY_DAY), self.rulebook.graph
        candidates = {each.id: each for each in self.rulebook.candidates}
        nodes = graph.below(
            *(node for each in self.rulebook.candidates for node in each.root_nodes()),
            *(each.node for each in self.rulebook.derivations),
        )
        verdicts, findings = walk(graph, nobody, Clock.at(_ANY_DAY), nodes)
        reading = ConditionReading(self.rulebook.graph, VerdictTable(("",), (verdicts,), (findings,)), 0)
        words = PatientWords(nobody)

        def made(identifier: str) -> CommonCandidate:
            standing = stand(candidates[identifier], reading.table)
            assert standing is not None
            ever = assumable(candidates[identifier], reading, _ANY_DAY, self._words)
            return CommonCandidate.of(self._candidate(standing, reading, nobody, words), ever)

        derived = (self._derived(each, reading, words) for each in self.rulebook.derivations)
        return Common(self.rulebook.version, self._unmatched, {each.name: each for each in derived}, made)

    def _candidate(
        self,
        standing: Standing,
        reading: ConditionReading,
        profile: Profile,
        words: PatientWords,
        ranked: Ranked | None = None,
        *,
        ranks_shown: bool = False,
    ) -> CandidateShown:
        candidate = standing.candidate
        cohort = standing.cohort.cohort if standing.cohort else None
        tell = self._overruled.telling(candidate.id, profile, reading, words)
        told = [tell(each, "") for each in standing.criteria]
        told_of = {
            part.cohort.id: [tell(each, part.cohort.id) for each in part.criteria]
            for part in standing.cohorts
        }
        named = {each.criterion.id for each in standing.considered}
        criteria = tuple(each.shown for held in (told, *told_of.values()) for each in held)
        considered = [each for each in criteria if each.id in named]
        counted = told + (told_of[cohort.id] if cohort else [])
        return CandidateShown(
            kind=candidate.kind.value,
            rank=ranked.rank if ranked and ranks_shown else None,
            tied=bool(ranked and ranked.tied and ranks_shown),
            id=candidate.id,
            title=candidate.title,
            cohort=f"{cohort.id}: {cohort.title}" if cohort else "",
            standing=standing.kind.value,
            standing_text=self._standing_text(standing),
            availability=standing.availability.value,
            because=because(ranked.keys, tied=ranked.tied) if ranked else "",
            criteria=criteria,
            cautions=tuple(tell(each, "").shown for each in standing.cautions),
            missing=tuple(dict.fromkeys(each.lacking for each in counted if each.lacking)),
            blocking=tuple(blocked(each) for each in considered if each.satisfied == "not met"),
            distances=tuple(each.distance for each in considered if each.distance),
            earliest=earliest(standing, self._time_tests, profile),
            assumptions=assumed(standing, reading, profile.as_of, self._words),
            evidence=tuple(self._evidence(each, reading) for each in candidate.evidence),
            coverage=candidate.coverage.value,
            notes=candidate.notes,
            version=version_on(candidate, profile.as_of),
            cohorts=tuple(cohort_shown(each, standing) for each in standing.cohorts),
        )

    @staticmethod
    def _standing_text(standing: Standing) -> str:
        text = STANDING_TEXT[standing.kind.value]
        if standing.kind.value == "meets_known_criteria":
            number, open_ones = len(standing.met), len(standing.unknown)
            pending = f", {open_ones} left to screening" if open_ones else ""
            return f"Meets all {number} encoded criteria{pending}; the protocol has more"
        return text

    def _derived(
        self, derivation: Derivation, reading: ConditionReading, words: PatientWords
    ) -> DerivedShown:
        finding = reading.findings[derivation.node]
        node = self.rulebook.graph[derivation.node]
        assert isinstance(node, Choice)
        applies = reading.table.verdict(derivation.applies, reading.row)
        value = value_in_words(finding.value, node.domain)
        if applies is Verdict.NOT_MET:
            value = "does not apply to this patient"
        elif value == NOT_RECORDED:
            value = "cannot be said from what is recorded"
        lines: list[str] = []
        if finding.value.exact and applies is Verdict.MET:
            lines += derivation.document.results.get(next(iter(getattr(finding.value, "members", [""]))), [])
        known = finding.value.exact and applies is Verdict.MET
        held: list[Finding] = []
        if known or self._origins.is_refused(derivation, reading):
            below = beneath(reading.graph, derivation.node, reading.table.verdicts[reading.row].get)
            held = [reading.findings[each] for each in below if each in reading.findings]
        return DerivedShown(
            name=derivation.name,
            title=derivation.title,
            value=value,
            known=known,
            prognosis=derivation.document.prognosis,
            lines=tuple(lines) + tuple(derivation.document.notes),
            citation=self._cited[derivation.name],
            reason="; ".join(self._origins.of_derivation(derivation, reading).said),
            facts=tuple(words.facts(held)),
        )

    def _evidence(self, evidence: Evidence, reading: ConditionReading) -> EvidenceShown:
        """The study's words are the same for everybody; whether it applies is one of three."""
        applies = reading.table.verdict(evidence.applies, reading.row)
        found = self._evidence_shown.get((id(evidence), applies))
        if found is None:
            found = self._evidence_shown[id(evidence), applies] = _evidence(evidence, applies)
        return found


def _evidence(evidence: Evidence, applies: Verdict) -> EvidenceShown:
    document = evidence.document
    return EvidenceShown(
        study=document.study,
        design=document.design or "",
        level=document.level,
        direction=document.direction.replace("_", " "),
        applies=EVIDENCE_APPLIES[applies.value],
        lines=figures_in_words(document),
        citation=citation_in_words(evidence.citation),
    )


def _is_about(ranked: Ranked, selection: Selection) -> bool:
    return not selection.about or ranked.standing.candidate.id in selection.about


def _open_in(panel: Panel, field: Field) -> OpenCandidates:
    places = field.of_kinds(OPEN)
    possible = field.of_kinds([StandingKind.POSSIBLE])
    return OpenCandidates(panel.ids[places].tolist(), panel.roots[places, :2], np.isin(places, possible))


def _is_assumed(note: Note) -> bool:
    """Whether it is listed among the assumptions."""
    return note.kind in (NoteKind.UNDATED, NoteKind.CONVERTED)


def _noted(reading: ConditionReading) -> frozenset[NodeId]:
    """The values of which something was assumed that is listed."""
    found = reading.findings.items()
    return frozenset(
        node for node, finding in found if finding.notes and any(map(_is_assumed, finding.notes))
    )


def _shared_assumptions(values: Iterable[NodeId], reading: ConditionReading) -> Iterable[str]:
    for node in values:
        yield from (note_in_words(note) for note in reading.findings[node].notes if _is_assumed(note))
