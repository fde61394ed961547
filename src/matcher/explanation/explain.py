"""Everything said about one patient, from verdicts and findings alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain.profile import Profile
from matcher.engines.base import Clock, Note, NoteKind, VerdictTable
from matcher.engines.reference import walk
from matcher.explanation.answer import PatientShown, Question
from matcher.explanation.aside import in_context
from matcher.explanation.asking import MOST_CONSIDERED, considered
from matcher.explanation.assumed import assumable
from matcher.explanation.candidate import CandidateWords, Place, Stood
from matcher.explanation.common import Common, CommonCandidate
from matcher.explanation.conflict import conflicts
from matcher.explanation.criterion import CriterionWords
from matcher.explanation.derived import DerivedWords
from matcher.explanation.named import ask_about, missing_of
from matcher.explanation.origin import Origins
from matcher.explanation.overruled import overridden_in
from matcher.explanation.patient import is_deceased, summary_of
from matcher.explanation.patient_words import PatientWords
from matcher.explanation.questions import Asker
from matcher.explanation.reason import converted_in_words, note_in_words
from matcher.explanation.signs import Signs
from matcher.rules.candidate import SHUT, Candidate, CandidateKind
from matcher.rules.graph import NodeId, Read
from matcher.rules.rulebook import Rulebook
from matcher.standing.deciding import ConditionReading
from matcher.standing.keys import because
from matcher.standing.panel import Panel
from matcher.standing.ranking import Ranked, Ranker, placed
from matcher.standing.standing import Standing

_QUESTIONS = 8
#: of a patient of whom nothing is recorded nothing depends on the day, but for the version of a protocol, and what is
#: known of the recruitment: the last
_ANY_DAY = date(2999, 12, 31)
#: from here on candidates are judged all at once, and only those that are shown one by one
MANY_CANDIDATES = 250


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
class Outcome:
    """What came of all candidates: those to show, in their order, and the values that criteria read."""

    shown: Mapping[CandidateKind, Sequence[tuple[Stood, Place]]]
    values: Iterable[NodeId]


class Explainer:
    """Words for a rulebook's verdicts. Made once for a rulebook, used for every patient."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._regimens = [each for each in rulebook.candidates if each.kind is CandidateKind.REGIMEN]
        self._unmatched = tuple(each.id for each in rulebook.candidates if each.roots is None)
        self._ranker = Ranker(rulebook)
        origins = Origins(rulebook)
        signs = Signs(rulebook.graph, origins)
        self.derived = DerivedWords(rulebook, origins, signs)
        self.candidates = CandidateWords(rulebook.graph, CriterionWords(origins, signs))
        self.asker = Asker.of(rulebook)
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
        ranks_shown = selection.include_deceased or not is_deceased(profile)
        outcome, ranked = self._outcome(reading, profile.as_of, selection, ranks_shown=ranks_shown)
        questions: tuple[Question, ...] | None = None
        if ranks_shown and selection.questions:
            named = [stood.standing for kind in CandidateKind for stood, _ in outcome.shown[kind]]
            questions = (
                ask_about(named, self.asker, reading, profile, selection.questions)
                if selection.about
                else self.asker.ask(
                    considered(ranked, reading.table.verdicts[reading.row]),
                    reading,
                    profile,
                    selection.questions,
                )
            )
        return self.put_together(profile, reading, outcome, questions, (issues, assumptions))

    def put_together(
        self,
        profile: Profile,
        reading: ConditionReading,
        outcome: Outcome,
        questions: tuple[Question, ...] | None,
        noted: tuple[Sequence[str], Sequence[str]],
    ) -> PatientShown:
        """Everything in words, of candidates that are placed and questions that are found already.

        Without ``questions`` nothing is to be asked. ``noted`` are the issues of the patient and the assumptions.
        """
        words, tell = PatientWords(profile), self.candidates.tell
        shown = {
            kind: tuple([tell(stood, reading, profile, words, place) for stood, place in outcome.shown[kind]])
            for kind in CandidateKind
        }
        issues, assumptions = noted
        return PatientShown(
            patient=profile.id,
            as_of=profile.as_of.isoformat(),
            summary=summary_of(profile, self.rulebook, reading.table, reading.row),
            deceased=is_deceased(profile),
            trials=shown[CandidateKind.TRIAL],
            regimens=shown[CandidateKind.REGIMEN],
            unmatched=self._unmatched,
            questions=()
            if questions is None
            else in_context(questions, profile, tuple(missing_of(shown.values()))),
            derived=tuple(self.derived.tell(reading, words)),
            assumptions=self.assumptions(profile, reading, outcome, assumptions),
            conflicts=self.conflicts(profile, reading),
            issues=tuple(issues),
        )

    def assumptions(
        self, profile: Profile, reading: ConditionReading, outcome: Outcome, given: Sequence[str]
    ) -> tuple[str, ...]:
        """Those of the run, of the record, and of values that criteria read."""
        shared = _shared_assumptions(outcome.values, reading)
        return tuple(dict.fromkeys((*given, *profile.assumptions, *shared)))

    def conflicts(self, profile: Profile, reading: ConditionReading) -> tuple[str, ...]:
        """Within the record, and between it and what a person has judged."""
        overridden = overridden_in(self.rulebook, profile, reading)
        return tuple(dict.fromkeys((*conflicts(self.rulebook, reading), *overridden)))

    def _outcome(
        self, reading: ConditionReading, day: date, selection: Selection, *, ranks_shown: bool
    ) -> tuple[Outcome, list[tuple[int, Standing]]]:
        if self._panel is not None and selection.top is not None:
            return self._outcome_by_panel(self._panel, reading, day, selection, ranks_shown=ranks_shown)
        stood = self.listed(self.rulebook.candidates, reading, day, include_closed=selection.include_closed)
        ranked = self._ranker.rank([each.standing for each in stood.values()], reading)
        shown = {
            kind: _placed(ranked[kind][: selection.top], stood, selection, ranks_shown=ranks_shown)
            for kind in CandidateKind
        }
        outcome = Outcome(shown, noted_values(stood.values(), reading))
        return outcome, [(each.rank, each.standing) for kind in CandidateKind for each in ranked[kind]]

    def _outcome_by_panel(
        self,
        panel: Panel,
        reading: ConditionReading,
        day: date,
        selection: Selection,
        *,
        ranks_shown: bool,
    ) -> tuple[Outcome, list[tuple[int, Standing]]]:
        """The same for many trials, of which only the first come to be objects."""
        top, include_closed = selection.top or 0, selection.include_closed
        field = panel.judge(reading, day, include_closed=include_closed)
        trials = self.listed(
            panel.first_trials(field, reading, max(top, MOST_CONSIDERED) + 1),
            reading,
            day,
            include_closed=include_closed,
        )
        regimens = self.listed(self._regimens, reading, day, include_closed=include_closed)
        ranked = self._ranker.rank([each.standing for each in regimens.values()], reading)
        standings = [each.standing for each in trials.values()]
        first = placed([(each, self._ranker.keys(each, reading)) for each in standings])
        shown = {
            CandidateKind.TRIAL: _placed(first[:top], trials, selection, ranks_shown=ranks_shown),
            CandidateKind.REGIMEN: _placed(
                ranked[CandidateKind.REGIMEN][:top], regimens, selection, ranks_shown=ranks_shown
            ),
        }
        outcome = Outcome(shown, panel.values_considered(field, _noted(reading)))
        return outcome, [(each.rank, each.standing) for each in (*first, *ranked[CandidateKind.REGIMEN])]

    def listed(
        self, candidates: Iterable[Candidate], reading: ConditionReading, day: date, *, include_closed: bool
    ) -> dict[str, Stood]:
        """Those that the patient may be ranked for, by their identifiers."""
        found: dict[str, Stood] = {}
        for each in candidates:
            if include_closed or each.available(day) not in SHUT:
                stood = self.candidates.stand(each, reading, day)
                if stood and (include_closed or stood.standing.availability not in SHUT):
                    found[each.id] = stood
        return found

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
            stood = self.candidates.stand(candidates[identifier], reading, _ANY_DAY)
            assert stood is not None
            ever = assumable(candidates[identifier], reading, _ANY_DAY, self.candidates.criteria)
            return CommonCandidate.of(self.candidates.tell(stood, reading, nobody, words, Place()), ever)

        derived = self.derived.tell(reading, words)
        return Common(self.rulebook.version, self._unmatched, {each.name: each for each in derived}, made)


def noted_values(listed: Iterable[Stood], reading: ConditionReading) -> list[NodeId]:
    """The values that criteria of these candidates read and of which something was assumed, each once."""
    noted = _noted(reading)
    if not noted:
        return []
    return list(dict.fromkeys(node for each in listed for node in each.values if node in noted))


def _placed(
    ranked: Iterable[Ranked], stood: Mapping[str, Stood], selection: Selection, *, ranks_shown: bool
) -> list[tuple[Stood, Place]]:
    return [
        (
            stood[name],
            Place(
                each.rank if ranks_shown else None,
                each.tied and ranks_shown,
                because(each.keys, tied=each.tied),
            ),
        )
        for each in ranked
        if (name := each.standing.candidate.id) in selection.about or not selection.about
    ]


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
    for value in values:
        node = reading.graph[value]
        title = node.feature.title if isinstance(node, Read) else ""
        assumed = [note for note in reading.findings[value].notes if _is_assumed(note)]
        converted = [note for note in assumed if note.kind is NoteKind.CONVERTED]
        if converted:
            yield f"{title} is {converted_in_words(converted)}" if title else converted_in_words(converted)
        yield from (note_in_words(note) for note in assumed if note.kind is not NoteKind.CONVERTED)
