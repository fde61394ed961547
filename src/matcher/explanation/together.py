"""Explanations of many patients: evaluated and ranked in planes of bits, written where they differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matcher.domain.profile import Profile
from matcher.engines.planes.chunk import Planes
from matcher.engines.planes.several import Several
from matcher.explanation.asked_together import AskedTogether
from matcher.explanation.asking import considered
from matcher.explanation.candidate import Place, Stood
from matcher.explanation.common import Common
from matcher.explanation.explain import Explainer, Outcome, Selection, noted_values
from matcher.explanation.writer import Noted, Writer, Written
from matcher.rules.candidate import CandidateKind
from matcher.rules.graph import NodeId
from matcher.standing.columns import Columns, Judged
from matcher.standing.deciding import ConditionReading
from matcher.standing.order import Order
from matcher.standing.standing import Standing, StandingKind


@dataclass(frozen=True, slots=True)
class Explained:
    """Some patients, with the planes and judgements that they were explained from."""

    written: tuple[Written, ...]
    planes: Planes
    judged: tuple[Judged, ...]


class Together:
    """A rulebook made ready to explain many patients.

    ``standings`` are those to be shown, all where none are named; of these the first ``selection.top`` of each kind.
    """

    def __init__(
        self,
        explainer: Explainer,
        common: Common,
        selection: Selection,
        standings: Collection[StandingKind] = (),
        also: Sequence[NodeId] = (),
        period: int | None = None,
    ) -> None:
        """``also`` are nodes whose planes somebody else reads; ``period``: see ``Columns``."""
        rulebook, asker = explainer.rulebook, explainer.asker
        self._explainer, self._selection, self._standings = explainer, selection, standings
        self.columns = Columns(rulebook, include_closed=selection.include_closed, also=also, period=period)
        self._order = Order(self.columns)
        self._asked = AskedTogether(asker)
        derived = [each.node for each in rulebook.derivations]
        explained = [node for each in rulebook.candidates for node in each.root_nodes()]
        self._several = Several(
            self.columns.graph,
            (*self.columns.roots, *explained, *derived),
            self.columns.rows,
            asker.tests,
            self._asked.answers,
        )
        self._writer = Writer(explainer, common)
        #: in the order in which one patient's assumptions are listed
        self._in_order = [each for each in rulebook.candidates if each.roots is not None]

    def explain(self, profiles: Sequence[Profile], noted: Sequence[Noted]) -> Explained:
        evaluated, include_deceased = self._several.evaluate(profiles), self._selection.include_deceased
        deceased = self.columns.deceased(evaluated.planes).tolist()
        ranked = [include_deceased or not each for each in deceased]
        days = np.array([each.as_of.toordinal() for each in profiles], np.int32)
        judged = tuple(self.columns.judge(evaluated.planes, days))
        readings = [
            ConditionReading(self._explainer.rulebook.graph, evaluated.table, row)
            for row in range(len(profiles))
        ]
        placed = self._placed(judged, readings, ranked, [each.as_of for each in profiles])
        about = [
            considered(_ranked(held), reading.table.verdicts[reading.row]) if is_ranked else None
            for held, reading, is_ranked in zip(placed, readings, ranked, strict=True)
        ]
        questions = self._asked.questions(evaluated, about, profiles, self._selection.questions)
        written = []
        for row, profile in enumerate(profiles):
            outcome = Outcome(placed[row], self._noted_values(placed[row], readings[row]))
            shown = {kind: self._shown(held) for kind, held in placed[row].items()}
            written.append(
                self._writer.write(
                    profile, readings[row], outcome, shown, questions[row], noted[row], evaluated.spoken[row]
                )
            )
        return Explained(tuple(written), evaluated.planes, judged)

    def _placed(
        self,
        judged: Sequence[Judged],
        readings: Sequence[ConditionReading],
        ranked: Sequence[bool],
        days: Sequence[date],
    ) -> list[dict[CandidateKind, list[tuple[Stood, Place]]]]:
        """For each patient the candidates of each kind in their order."""
        found: list[dict[CandidateKind, list[tuple[Stood, Place]]]]
        found = [{kind: [] for kind in CandidateKind} for _ in readings]
        candidates, stand = self.columns.candidates, self._explainer.candidates.stand
        for each in judged:
            kept = self._order.kept(each)
            pairs = zip(
                *(
                    held.tolist()
                    for held in (kept.patients, kept.candidates, kept.ranks, kept.tied, kept.said)
                ),
                strict=True,
            )
            for row, number, rank, tied, said in pairs:
                candidate, is_ranked = candidates[number], ranked[row]
                stood = stand(candidate, readings[row], days[row])
                assert stood is not None
                place = Place(rank if is_ranked else None, tied and is_ranked, kept.because[said])
                found[row][candidate.kind].append((stood, place))
        return found

    def _noted_values(
        self, placed: dict[CandidateKind, list[tuple[Stood, Place]]], reading: ConditionReading
    ) -> list[NodeId]:
        listed = {stood.standing.candidate.id: stood for held in placed.values() for stood, _ in held}
        in_order = (listed[each.id] for each in self._in_order if each.id in listed)
        return noted_values(in_order, reading)

    def _shown(self, placed: Sequence[tuple[Stood, Place]]) -> Sequence[tuple[Stood, Place]]:
        if self._standings:
            placed = [pair for pair in placed if pair[0].standing.kind in self._standings]
        return placed[: self._selection.top]


def _ranked(
    placed: Mapping[CandidateKind, Sequence[tuple[Stood, Place]]],
) -> Iterator[tuple[int, Standing]]:
    for kind in CandidateKind:
        for stood, place in placed[kind]:
            assert place.rank is not None
            yield place.rank, stood.standing
