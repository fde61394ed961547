"""What of a patient's values words can tell apart: values of one sign are told in the same words, whoever it is.

Where a record stands, and mostly its day, is no part of it: that is said in the facts beside the words.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import count
from typing import TypeAlias, TypeVar

from matcher.engines.base import Finding
from matcher.explanation.aside import set_aside, why_aside
from matcher.explanation.facts import has_no_certain_day, is_not_understood
from matcher.explanation.patient_words import PatientWords
from matcher.explanation.reason import note_in_words
from matcher.features.kind import Count
from matcher.rules.graph import NodeId, Read
from matcher.rules.rulebook import Rulebook
from matcher.standing.deciding import ConditionReading

Sign: TypeAlias = int
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MOST = 1 << 14
#: words of the rule language of which something may be recorded that does not count
_ASIDE = ("diagnosis", "stage")


def remember(known: dict[K, V], key: K, value: V) -> V:
    """Keeps it for the next patient. When there are too many all are forgotten: the next will ask for few of them."""
    if len(known) >= _MOST:
        known.clear()
    known[key] = value
    return value


class Signs:
    """Of a rulebook's values. No number is given twice: what was remembered by a forgotten one is never met."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._graph = rulebook.graph
        self._next = count(1)
        self._known: dict[Hashable, Sign] = {}
        self._beneath: dict[NodeId, tuple[NodeId, ...]] = {}
        self._also: Mapping[NodeId, tuple[NodeId, ...]] = {
            each.node: (
                each.applies,
                *(row.node for row in each.rows),
                *([each.needs.node] if each.needs is not None else ()),
            )
            for each in rulebook.derivations
        }

    def of(self, node: NodeId, reading: ConditionReading, patient: PatientWords) -> Sign:
        found = patient.signs.get(node)
        if found is None:
            value = self._graph[node]
            if isinstance(value, Read):
                counts = isinstance(value.feature.kind, Count)
                key = _recorded(reading.findings[node], patient, counts=counts)
            else:
                # What is said of a derived value is said of what was read for it.
                key = (node, *[self.of(each, reading, patient) for each in self._read_for(node)])
            found = patient.signs[node] = self._number(key)
        return found

    def aside(self, patient: PatientWords) -> Sign:
        """Of what is recorded and answers no question yet."""
        if patient.aside_sign is None:
            told = [tuple(map(why_aside, set_aside(word, patient.profile))) for word in _ASIDE]
            histologies = tuple(map(why_aside, set_aside("histology", patient.profile)))
            patient.aside_sign = self._number((*told, histologies))
        return patient.aside_sign

    def _number(self, key: Hashable) -> Sign:
        found = self._known.get(key)
        return remember(self._known, key, next(self._next)) if found is None else found

    def _read_for(self, node: NodeId) -> tuple[NodeId, ...]:
        found = self._beneath.get(node)
        if found is None:
            nodes = {node, *self._also.get(node, ())}
            while True:
                below = self._graph.below(*nodes)
                more = nodes.union(*(self._also.get(each, ()) for each in below))
                if more == nodes:
                    break
                nodes = more
            found = self._beneath[node] = tuple(each for each in below if isinstance(self._graph[each], Read))
        return found


def _recorded(finding: Finding, patient: PatientWords, *, counts: bool) -> Hashable:
    value = finding.value
    if not finding.facts and not finding.notes:
        return value, finding.silent, finding.perhaps
    notes = tuple((note.kind.value, note_in_words(note)) for note in finding.notes)
    facts: tuple[Hashable, ...] = ()
    if not value.exact:
        facts = tuple(
            (patient.fact(each).text, is_not_understood(each), has_no_certain_day(each))
            for each in finding.facts
        )
    elif counts:
        facts = tuple(patient.fact(each).text for each in finding.facts)
    return value, finding.silent, finding.perhaps, notes, bool(finding.facts), facts
