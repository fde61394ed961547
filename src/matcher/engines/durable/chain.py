"""A graph as rulesets: which facts there are, in which ruleset each stands, and what follows from what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from matcher.engines.durable.host import CONDITIONS, TESTS, Rule, rule
from matcher.engines.durable.subjects import Conclude, Subject, limits_of, rules_of
from matcher.rules.graph import (
    All,
    Any,
    AtLeast,
    Choice,
    Combine,
    Constant,
    Graph,
    NodeId,
    Not,
    Presume,
    Read,
    Test,
    members_of,
)

#: no test, gate or derived value has more conditions than this
_MOST_OF_ONE = 3


@dataclass(frozen=True, slots=True)
class Due:
    """A derived value is to be worked out anew."""

    node: NodeId

    @property
    def name(self) -> str:
        return f"due{self.node}"


Step: TypeAlias = Subject | Due


@dataclass(slots=True)
class _Part:
    """One ruleset in the making: the gates and derived values in it, and for each value the tests on it."""

    gates: list[NodeId] = field(default_factory=list)
    derived: list[NodeId] = field(default_factory=list)
    tests: dict[NodeId, list[NodeId]] = field(default_factory=dict)
    conditions: int = 0

    def add(self, graph: Graph, node: NodeId) -> None:
        match graph[node]:
            case Test(value=value):
                self.tests.setdefault(value, []).append(node)
            case All() | Any() | AtLeast() | Presume():
                self.gates.append(node)
            case Choice() | Combine():
                self.derived.append(node)
            case Read() | Constant() | Not():
                return
        self.conditions += _MOST_OF_ONE


class Chain:
    """The steps from values to verdicts for the nodes that are wanted.

    ``follow`` has, for each node, what has to be looked at again when its verdict or its value changes; the steps of
    one ruleset come after those of the ones before it. A negation has no step: it changes with its member.
    """

    def __init__(self, graph: Graph, wanted: Sequence[NodeId]) -> None:
        self.graph, self.wanted = graph, tuple(wanted)
        self.follow: dict[NodeId, list[Step]] = {node: [] for node in self.wanted}
        self.negations: dict[NodeId, list[NodeId]] = {}
        self.ruleset_of: dict[Step, int] = {}
        self._depth: dict[NodeId, int] = {}
        self._numbers = 0
        self.parts = self._cut()
        self._subjects: list[list[Subject]] = [[] for _ in self.parts]
        for number, part in enumerate(self.parts):
            self._place(number, part)

    def _cut(self) -> list[_Part]:
        parts = [_Part()]
        for node in self.wanted:
            members = members_of(self.graph[node])
            self._depth[node] = 1 + max((self._depth[each] for each in members), default=0)
            match self.graph[node]:
                case Not(member=member):
                    self.negations.setdefault(member, []).append(node)
            if parts[-1].conditions + _MOST_OF_ONE > CONDITIONS:
                parts.append(_Part())
            parts[-1].add(self.graph, node)
        return parts

    def _place(self, number: int, part: _Part) -> None:
        for node, tests in part.tests.items():
            for start in range(0, len(tests), TESTS):
                asked = tuple(tests[start : start + TESTS])
                subject = self._subject(number, Subject(0, node, asked, limits_of(self.graph, asked)))
                self.follow[node].append(subject)
        for node in part.gates:
            gate = self.graph[node]
            limits = (gate.threshold,) if isinstance(gate, AtLeast) else ()
            subject = self._subject(number, Subject(0, node, (), limits))
            self._follows(subject, members_of(gate))
        for node in part.derived:
            due = Due(node)
            self.ruleset_of[due] = number
            match self.graph[node]:
                case Choice() as choice:
                    self._follows(due, members_of(choice))
                case Combine(sources=sources):
                    self._follows(due, sources)
                    for source in sources:
                        # Whether a silent table may apply after all is seen in its rows only.
                        self._follows(due, members_of(self.graph[source]))

    def _subject(self, number: int, subject: Subject) -> Subject:
        self._numbers += 1
        numbered = replace(subject, number=self._numbers)
        self.ruleset_of[numbered] = number
        self._subjects[number].append(numbered)
        return numbered

    def _follows(self, step: Step, members: Sequence[NodeId]) -> None:
        for member in dict.fromkeys(members):
            self.follow[member].append(step)

    def rules(self, number: int, conclude: Conclude, derive: Callable[[Due], None]) -> dict[str, Rule]:
        """The rules of one ruleset; what is nearer to the records runs first."""
        found: dict[str, Rule] = {}
        for subject in self._subjects[number]:
            order = self._depth[subject.tests[0] if subject.tests else subject.node]
            found.update(rules_of(subject, self.graph, order, conclude))
        for node in self.parts[number].derived:
            due = Due(node)
            found[due.name] = rule({due.name: 1}, self._depth[node], _derivation(derive, due))
        return found


def _derivation(derive: Callable[[Due], None], due: Due) -> Callable[[], None]:
    return lambda: derive(due)
