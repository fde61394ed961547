"""Bits that are worlds of one patient, carried by Python's whole numbers.

In the first world the patient is as recorded, in each of the others one feature has one more answer. Bits beyond the
last world are as in the first, so that a number with them set is negative: ``&``, ``|`` and ``~`` keep it so, and
worlds can be added without touching what does not depend on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from matcher.domain.possible import Codes, Possible, test
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding, Note, NoteKind
from matcher.engines.planes.algebra import Known, Said, add, by_sums, value
from matcher.rules.graph import Choice, Combine, Graph, NodeId, Test

EVERYWHERE = -1
#: in which worlds something is so
Bits: TypeAlias = int
#: the worlds in which each value is the one that is known
Values: TypeAlias = Sequence[tuple[Finding, Bits]]
#: by whether it is possible in the first world, and sure
VERDICTS = {(0, 0): Verdict.NOT_MET, (1, 0): Verdict.UNKNOWN, (1, 1): Verdict.MET}


@dataclass(frozen=True, slots=True)
class _Worlds:
    """As many worlds as anybody supposes."""

    everywhere: Bits = EVERYWHERE
    nowhere: Bits = 0

    def some(self, plane: Bits) -> bool:
        return bool(plane)

    def reached(self, threshold: float, members: Sequence[tuple[Bits, float]]) -> Bits:
        return by_sums(threshold, members, self)


WORLDS = _Worlds()


def recorded(finding: Finding, answers: Sequence[Possible] = (), first: int = 0) -> Values:
    """What is known where nothing is supposed of the feature, and each answer in a world of its own from ``first``."""
    if not answers:
        return ((finding, EVERYWHERE),)
    own = [(Finding(answer), 1 << world) for world, answer in enumerate(answers, first)]
    return [(finding, ~(((1 << len(answers)) - 1) << first)), *own]


def tested(atom: Test, known: Values) -> tuple[Bits, Bits]:
    sure = possible = 0
    for finding, worlds in known:
        verdict = test(finding.value, atom.op, atom.limit)
        if verdict is not Verdict.NOT_MET:
            possible |= worlds
            if verdict is Verdict.MET:
                sure |= worlds
    return sure, possible


def said(known: Values) -> Said[Bits]:
    """A recorded category."""
    codes: dict[str, Bits] = {}
    perhaps: dict[str, Bits] = {}
    silent = may_apply = 0
    for finding, worlds in known:
        add(codes, _members(finding.value), worlds)
        if finding.silent:
            silent |= worlds
            if finding.perhaps is not None:
                add(perhaps, _members(finding.perhaps), worlds)
                may_apply |= worlds
    return Said(codes, silent, 0, perhaps, may_apply)


def concluded(
    node: Choice | Combine,
    graph: Graph,
    verdicts: Mapping[NodeId, Verdict],
    findings: Mapping[NodeId, Finding],
) -> Finding:
    """What a table, or several sources together, say of a patient whose verdicts and findings below are these."""

    def sure(number: NodeId) -> Bits:
        return EVERYWHERE if verdicts.get(number) is Verdict.MET else 0

    def possible(number: NodeId) -> Bits:
        return 0 if verdicts.get(number) is Verdict.NOT_MET else EVERYWHERE

    def below(number: NodeId) -> Said[Bits]:
        source = graph[number]
        if isinstance(source, Choice):
            return value(source, known, WORLDS)
        return said(recorded(findings[number]))

    known = Known(sure, possible, below)
    return finding_of(node, value(node, known, WORLDS), findings)


def finding_of(
    node: Choice | Combine, said: Said[Bits], findings: Mapping[NodeId, Finding], place: int = 0
) -> Finding:
    """What is said in one world, the first unless another is named, with the records and notes of the sources."""
    codes = Codes(frozenset([code for code, worlds in said.codes.items() if worlds >> place & 1]))
    silent = bool(said.silent >> place & 1)
    if isinstance(node, Choice):
        return Finding(codes, silent=silent)
    sources = [findings[each] for each in node.sources]
    facts = tuple(fact for each in sources if not each.silent for fact in each.facts)
    notes = tuple(note for each in sources for note in each.notes)
    if said.conflict >> place & 1:
        notes += (Note(NoteKind.CONFLICT),)
    return Finding(codes, facts, notes, silent=silent)


def _members(value: Possible) -> frozenset[str]:
    assert isinstance(value, Codes)
    return value.members
