"""Derived facts beside a result: stage, setting, prognostic index, with the row that gave them or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from matcher.domain.verdict import Verdict
from matcher.explanation.answer import DerivedShown
from matcher.explanation.criterion import citation_in_words
from matcher.explanation.origin import Origins
from matcher.explanation.patient_words import PatientWords
from matcher.explanation.signs import Signs, remember
from matcher.explanation.wording import NOT_RECORDED, value_in_words
from matcher.rules.graph import Choice, NodeId
from matcher.rules.rulebook import Derivation, Rulebook
from matcher.standing.deciding import ConditionReading, beneath


class _Words(NamedTuple):
    """Said to everybody of whom the same is known; the facts of some values are a patient's own."""

    shown: DerivedShown
    read: tuple[NodeId, ...]


class DerivedWords:
    """Of all derived facts of a rulebook."""

    def __init__(self, rulebook: Rulebook, origins: Origins, signs: Signs) -> None:
        self._derivations, self._origins, self._signs = rulebook.derivations, origins, signs
        self._cited = {each.name: citation_in_words(each.citation) for each in rulebook.derivations}
        self._words: dict[tuple[NodeId, int], _Words] = {}

    def tell(self, reading: ConditionReading, patient: PatientWords) -> Iterator[DerivedShown]:
        """Those that were worked out for this patient."""
        for each in self._derivations:
            if each.node in reading.findings:
                key = each.node, self._signs.of(each.node, reading, patient)
                words = self._words.get(key)
                if words is None:
                    words = remember(self._words, key, self._in_words(each, reading))
                facts = patient.behind(words.read, reading.findings)
                yield replace(words.shown, facts=tuple(facts)) if facts else words.shown

    def _in_words(self, derivation: Derivation, reading: ConditionReading) -> _Words:
        finding = reading.findings[derivation.node]
        node = reading.graph[derivation.node]
        assert isinstance(node, Choice)
        applies = reading.table.verdict(derivation.applies, reading.row)
        value = value_in_words(finding.value, node.domain)
        if applies is Verdict.NOT_MET:
            value = "does not apply to this patient"
        elif value == NOT_RECORDED:
            value = "cannot be said from what is recorded"
        known = finding.value.exact and applies is Verdict.MET
        lines: list[str] = []
        if known:
            lines += derivation.document.results.get(next(iter(getattr(finding.value, "members", [""]))), [])
        read: tuple[NodeId, ...] = ()
        if known or self._origins.is_refused(derivation, reading):
            below = beneath(reading.graph, derivation.node, reading.table.verdicts[reading.row].get)
            read = tuple(each for each in below if each in reading.findings)
        shown = DerivedShown(
            name=derivation.name,
            title=derivation.title,
            value=value,
            known=known,
            prognosis=derivation.document.prognosis,
            lines=tuple(lines) + tuple(derivation.document.notes),
            citation=self._cited[derivation.name],
            reason="; ".join(self._origins.of_derivation(derivation, reading).said),
        )
        return _Words(shown, read)
