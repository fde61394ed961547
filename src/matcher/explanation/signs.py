"""What of a patient's values words can tell apart: values of one sign are told in the same words, whoever it is.

Where a record stands, and mostly its day, is no part of it: that is said in the facts beside the words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from itertools import count
from operator import itemgetter
from typing import NamedTuple, TypeAlias, TypeVar

from matcher.domain.possible import Interval
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding
from matcher.explanation.aside import set_aside, why_aside
from matcher.explanation.origin import Origins
from matcher.explanation.patient_words import PatientWords
from matcher.explanation.reason import matters
from matcher.features.kind import Count
from matcher.rules.graph import Choice, Combine, Graph, NodeId, Read
from matcher.rules.rulebook import Derivation
from matcher.standing.deciding import ConditionReading, beneath, is_derived, sources_of

Sign: TypeAlias = int
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MOST = 1 << 14
#: words of the rule language of which something may be recorded that does not count
_ASIDE = ("diagnosis", "histology", "stage")


def remember(known: dict[K, V], key: K, value: V, most: int = _MOST) -> V:
    """Keeps it for the next patient. When there are too many all are forgotten: the next will ask for few of them."""
    if len(known) >= most:
        known.clear()
    known[key] = value
    return value


class Signs:
    """Of a rulebook's values. No number is given twice: what was remembered by a forgotten one is never met."""

    def __init__(self, graph: Graph, origins: Origins) -> None:
        self._graph, self._origins = graph, origins
        self._next = count(1)
        self._known: dict[Hashable, Sign] = {}
        self._beneath: dict[NodeId, _Beneath] = {}
        self._named: dict[Hashable, tuple[NodeId, ...]] = {}
        self._derived: dict[Hashable, Sign] = {}
        self._unspoken: dict[NodeId, Sign] = {}

    def start(self, patient: PatientWords, spoken: Collection[NodeId]) -> None:
        """Of the features that a profile says nothing of, which are the same for everybody."""
        patient.spoken, patient.signs = spoken, dict(self._unspoken)
        for each in spoken:
            patient.signs.pop(each, None)

    def of(self, node: NodeId, reading: ConditionReading, patient: PatientWords) -> Sign:
        found = patient.signs.get(node)
        if found is None:
            value, finding = self._graph[node], reading.findings[node]
            if isinstance(value, Read):
                counts = isinstance(value.feature.kind, Count)
                found = self._number(_recorded(finding, patient, counts=counts))
                if patient.spoken is not None and node not in patient.spoken:
                    self._unspoken[node] = found
            elif isinstance(value, Combine):
                sources = [self.of(each, reading, patient) for each in value.sources]
                found = self._number((node, finding.value, finding.silent, *sources))
            else:
                found = self._of_derived(node, finding, reading, patient)
            patient.signs[node] = found
        return found

    def _of_derived(
        self, node: NodeId, finding: Finding, reading: ConditionReading, patient: PatientWords
    ) -> Sign:
        """By the way in which it came about, and the values that are named in telling it."""
        derivation = self._origins.derivation_of(node)
        assert derivation is not None
        beneath = self._beneath.get(node) or self._look_beneath(derivation)
        findings, verdicts = reading.findings, reading.table.verdicts[reading.row]
        shapes = [(each.value.exact, bool(each.facts), each.silent) for each in beneath.findings(findings)]
        way = node, tuple(map(id, beneath.verdicts(verdicts))), tuple(shapes)
        named = self._named.get(way)
        if named is None:
            named = remember(self._named, way, self._origins.named(derivation, reading))
        key = way, *[self.of(each, reading, patient) for each in named]
        found = self._derived.get(key)
        if found is None:
            origin, read = self._origins.of_derivation(derivation, reading), read_for(node, reading)
            said = node, finding.value, finding.silent, origin.said, origin.open, tuple(read)
            found = remember(self._derived, key, self._number((*said, verdicts[derivation.applies].value)))
        return found

    def features(self, nodes: Iterable[NodeId]) -> frozenset[NodeId]:
        """Those that what is said of these nodes is made of."""
        known, pending = set[NodeId](), list(nodes)
        while pending:
            new = [each for each in self._graph.below(*pending) if each not in known]
            known.update(new)
            derived = (found for each in new if (found := self._origins.derivation_of(each)) is not None)
            pending = [each for one in derived for each in _roots_of(one)]
        return frozenset(each for each in known if isinstance(self._graph[each], Read))

    def _look_beneath(self, derivation: Derivation) -> _Beneath:
        nodes = [(each, self._graph[each]) for each in self._graph.below(*_roots_of(derivation))]
        reads = [each for each, node in nodes if isinstance(node, Read)]
        gates = [each for each, node in nodes if not isinstance(node, Read | Choice | Combine)]
        # Taken twice, so that one alone is a tuple too.
        found = _Beneath(itemgetter(*reads, reads[0]), itemgetter(*gates, gates[0]))
        self._beneath[derivation.node] = found
        return found

    def aside(self, patient: PatientWords) -> Sign:
        """Of what is recorded and answers no question yet."""
        if patient.aside_sign is None:
            profile = patient.profile
            told: list[Hashable] = [tuple(map(why_aside, set_aside(word, profile))) for word in _ASIDE]
            if profile.judgements:
                told += (profile.judgements, profile.as_of)
            patient.aside_sign = self._number(tuple(told))
        return patient.aside_sign

    def _number(self, key: Hashable) -> Sign:
        found = self._known.get(key)
        return remember(self._known, key, next(self._next)) if found is None else found


class _Beneath(NamedTuple):
    """What a derived fact is made of: takes the findings, and the verdicts of all gates between."""

    findings: Callable[[Mapping[NodeId, Finding]], tuple[Finding, ...]]
    verdicts: Callable[[Mapping[NodeId, Verdict]], tuple[Verdict, ...]]


def _roots_of(derivation: Derivation) -> Iterator[NodeId]:
    yield from (derivation.node, derivation.applies, *(each.node for each in derivation.rows))
    if derivation.needs is not None:
        yield derivation.needs.node


def _recorded(finding: Finding, patient: PatientWords, *, counts: bool) -> Hashable:
    value = finding.value
    if not finding.facts and not finding.notes:
        return value, finding.silent, finding.perhaps
    is_open = not value.exact
    notes = tuple([(note.kind.value, patient.note(note)) for note in finding.notes if matters(note, is_open)])
    present = counts and isinstance(value, Interval) and value.low >= 1
    names = tuple([patient.fact(each).text for each in finding.facts]) if present else ()
    why_open = frozenset(map(patient.is_open, finding.facts)) if is_open else None
    return value, finding.silent, finding.perhaps, notes, bool(finding.facts), names, why_open


def read_for(node: NodeId, reading: ConditionReading) -> Iterator[NodeId]:
    """The value, and for a derived one those that its deciding row read."""
    held, graph, verdicts = reading.findings, reading.graph, reading.table.verdicts[reading.row]
    yield node
    if is_derived(graph, node):
        sources = sources_of(graph, node) or (node,)
        speaking = [each for each in sources if not held[each].silent] or sources
        for each in speaking:
            if is_derived(graph, each):
                yield from (one for one in beneath(graph, each, verdicts.get) if one in held)
