"""The engine for one patient: as of somebody of whom nothing is known, and only as far as something is recorded.

Of a rulebook's two hundred features a profile speaks of a few dozen. So what is said of nobody is worked out once, a
profile is asked which features it says anything of, and only the gates above those that differ are worked out again.
Features are found as the reference finds them; gates and tables are the algebra's. Where very many gates stand above
few features all gates of a level at once are quicker (``levels``), whatever differs. ``Supposing`` is the same for
questions: beside the patient as recorded, one world for every answer that might be given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.domain.possible import Possible
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, Interview, Reevaluation, VerdictTable
from matcher.engines.planes.algebra import Words
from matcher.engines.planes.chunk import POSSIBLE, SURE
from matcher.engines.planes.levels import Levels
from matcher.engines.planes.passes import Run, above_features
from matcher.engines.planes.spoken import ANY_DAY, NOBODY, NOTHING, Spoken
from matcher.engines.planes.worlds import VERDICTS, Bits, concluded, finding_of, recorded
from matcher.engines.reference import find, walk
from matcher.engines.sorted_profile import sorted_profile
from matcher.features.kind import Feature
from matcher.rules.graph import Choice, Combine, Graph, NodeId, Read

#: from so many nodes, and so many for each feature, a graph is quicker evaluated level by level
_MANY_NODES, _MANY_ABOVE = 2_000, 10
_NUMBERED = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.MET)


def is_quicker_by_level(graph: Graph) -> bool:
    """Whether most gates are above whatever a profile speaks of, as of thousands of trials that ask the same.

    A rulebook that encodes all criteria of its trials has many nodes too, and a feature for every fourth of them.
    """
    features = sum(isinstance(node, Read) for node in graph.nodes)
    return len(graph) >= max(_MANY_NODES, _MANY_ABOVE * features)


def _nobody(graph: Graph, nodes: Sequence[NodeId]) -> tuple[dict[NodeId, Verdict], dict[NodeId, Finding]]:
    return walk(graph, NOBODY, Clock.at(ANY_DAY), nodes)


@dataclass(slots=True)
class SingleEngine:
    """Equal to the reference on every node, findings, records and notes included.

    ``by_level``: whether all gates of a level are evaluated at once; ``None`` where that is quicker.
    """

    name: str = "single"
    by_level: bool | None = None
    _made: _Changing | _ByLevel | None = field(default=None, repr=False)

    def evaluate(
        self, graph: Graph, patients: Sequence[Profile], *, roots: Sequence[NodeId] | None = None
    ) -> VerdictTable:
        """By level every node, whatever the roots: leaving some out would not make it quicker."""
        asked, made = None if roots is None else tuple(roots), self._made
        if made is None or made.graph is not graph or not made.serves(asked):
            by_level = is_quicker_by_level(graph) if self.by_level is None else self.by_level
            made = self._made = _ByLevel(graph) if by_level else _Changing(graph, asked)
        found = [made.evaluate(patient) for patient in patients]
        return VerdictTable(
            tuple(patient.id for patient in patients),
            tuple(verdicts for verdicts, _ in found),
            tuple(findings for _, findings in found),
        )

    def interview(
        self, graph: Graph, patient: Profile, *, roots: Sequence[NodeId] | None = None
    ) -> Interview:
        return Reevaluation(self, graph, patient, roots)


class _Changing:
    """What is said of a patient of whom nothing is known, and what follows where a node differs."""

    def __init__(self, graph: Graph, roots: tuple[NodeId, ...] | None) -> None:
        nodes = range(len(graph)) if roots is None else graph.below(*roots)
        self.graph, self._roots = graph, roots
        self._verdicts, self._findings = _nobody(graph, nodes)
        self._features = _features(graph, nodes)
        self._nothing = {
            each: find(held, NOTHING, Clock.at(ANY_DAY)) for each, held in self._features.items()
        }
        self._spoken, self._users = Spoken(self._features), graph.users()
        self._above = above_features(graph, nodes)
        self._run = Run(self._users)
        for number in self._features:
            self._run.suppose(number, recorded(self._findings[number]))
        self._run.go_on(self._above)

    def serves(self, roots: tuple[NodeId, ...] | None) -> bool:
        return roots == self._roots

    def evaluate(self, patient: Profile) -> tuple[Mapping[NodeId, Verdict], dict[NodeId, Finding]]:
        verdicts, findings = dict(self._verdicts), dict(self._findings)
        clock, held, run = Clock.at(patient.as_of), sorted_profile(patient), Run(self._users, self._run)
        spoken, nothing = self._spoken.by(held)
        for number in spoken:
            findings[number] = find(self._features[number], held, clock)
            run.suppose(number, recorded(findings[number]))
        for number in nothing:
            findings[number] = self._nothing[number]
            run.suppose(number, recorded(findings[number]))
        for number, node in run.go_on(self._above):
            if isinstance(node, Choice | Combine):
                findings[number] = finding_of(node, run.derived[number], findings)
            else:
                verdicts[number] = VERDICTS[run.possible[number] & 1, run.sure[number] & 1]
        return verdicts, findings


class _ByLevel:
    """All gates of a level at once."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self._levels = graph, Levels(graph)
        self._features = _features(graph, range(len(graph)))

    def serves(self, _roots: tuple[NodeId, ...] | None) -> bool:
        return True

    def evaluate(self, patient: Profile) -> tuple[Mapping[NodeId, Verdict], dict[NodeId, Finding]]:
        clock = Clock.at(patient.as_of)
        found = {number: find(feature, patient, clock) for number, feature in self._features.items()}
        row = LevelledRow.of(self._levels.run(found), self._levels.gates)
        for number in self._levels.derived:
            node = self.graph[number]
            assert isinstance(node, Choice | Combine)
            found[number] = concluded(node, self.graph, row, found)
        return row, found


@dataclass(frozen=True, slots=True, eq=False)
class LevelledRow(Mapping[NodeId, Verdict]):
    """One patient's verdicts: for each node 0 not met, 1 unknown, 2 met."""

    held: bytes
    gates: tuple[NodeId, ...]

    @classmethod
    def of(cls, planes: Words, gates: tuple[NodeId, ...]) -> LevelledRow:
        first = (planes[:, :, 0] & np.uint64(1)).astype(np.uint8)
        return cls((first[:, SURE] + first[:, POSSIBLE]).tobytes(), gates)

    def __getitem__(self, node: NodeId) -> Verdict:
        return _NUMBERED[self.held[node]]

    def __iter__(self) -> Iterator[NodeId]:
        return iter(self.gates)

    def __len__(self) -> int:
        return len(self.gates)


@dataclass(frozen=True, slots=True)
class Supposed:
    """Both planes of every gate. ``added`` are features with answers of their own, whose worlds come at the end."""

    sure: Sequence[Bits]
    possible: Sequence[Bits]
    added: Sequence[tuple[NodeId, Sequence[Possible]]]


class Supposing:
    """A graph, and what is supposed of features of which nothing is recorded. Made once for a rulebook."""

    def __init__(
        self,
        graph: Graph,
        answers: Mapping[NodeId, Sequence[Possible]],
        roots: Iterable[NodeId] | None = None,
    ) -> None:
        """``answers`` are those worth supposing of a feature where nothing is recorded, one world for each in order.

        ``roots`` are the gates that will be asked for, all of them where none are named.
        """
        self.graph, self.answers = graph, answers
        wanted = range(len(graph)) if roots is None else graph.below(*roots)
        among = frozenset(wanted)
        users = [[each for each in users if each in among] for users in graph.users()]
        self._above, self._features = above_features(graph, wanted), _features(graph, wanted)
        _, self._unrecorded = _nobody(graph, wanted)
        self._needed: dict[NodeId, frozenset[NodeId]] = {}
        self._run, self._users, self._count = Run(users), users, 1
        firsts = dict[NodeId, int]()
        for feature, given in answers.items():
            firsts[feature] = self._count
            self._count += len(given)
        for feature in self._features:
            values = recorded(self._unrecorded[feature], answers.get(feature, ()), firsts.get(feature, 0))
            self._run.suppose(feature, values)
        self._run.go_on(self._above)

    def differing(self, found: Mapping[NodeId, Finding]) -> list[NodeId]:
        """The features of which something else is known than nothing."""
        known = ((each, found.get(each)) for each in self._features)
        return [each for each, finding in known if finding is not None and self._differs(each, finding)]

    def _differs(self, feature: NodeId, finding: Finding) -> bool:
        nothing = self._unrecorded[feature]
        if finding is nothing:
            return False
        if not finding.facts and finding == nothing:
            # Engines use one finding for all of whom nothing is known: next time it is seen at once.
            self._unrecorded[feature] = finding
            return False
        return (
            finding.value != nothing.value
            or finding.silent is not nothing.silent
            or finding.perhaps != nothing.perhaps
        )

    def run(
        self,
        found: Mapping[NodeId, Finding],
        differing: Iterable[NodeId],
        answers: Mapping[NodeId, Sequence[Possible]],
        roots: Iterable[NodeId] | None = None,
    ) -> Supposed:
        """``answers`` are those to ``differing`` features; to the others they are always the same.

        Only what these ``roots`` need is worked out; where none are named, everything.
        """
        run = Run(self._users, self._run)
        added, count = list[tuple[NodeId, Sequence[Possible]]](), self._count
        for feature in differing:
            given = answers.get(feature, ())
            run.suppose(feature, recorded(found[feature], given, count))
            if given:
                added.append((feature, given))
                count += len(given)
        if roots is None:
            run.go_on(self._above)
        else:
            wanted = set[NodeId]().union(*(self._needed_by(each) for each in set(roots)))
            run.go_on(each for each in self._above if each[0] in wanted)
        return Supposed(run.sure, run.possible, added)

    def _needed_by(self, root: NodeId) -> frozenset[NodeId]:
        found = self._needed.get(root)
        if found is None:
            found = self._needed[root] = frozenset(self.graph.below(root))
        return found


def _features(graph: Graph, nodes: Iterable[NodeId]) -> dict[NodeId, Feature]:
    return {each: node.feature for each in nodes if isinstance(node := graph[each], Read)}
