"""A session on durable-rules: features asserted as facts, verdicts concluded by rules, each a fact for the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding, VerdictTable
from matcher.engines.durable.chain import Due, Step
from matcher.engines.durable.network import Network
from matcher.engines.durable.subjects import Facts, Subject, gate_fact, value_fact
from matcher.engines.planes.worlds import concluded
from matcher.rules.graph import Choice, Combine, Constant, NodeId, Read

NAME = "durable"

_PARTS = tuple(each.name for each in fields(Profile) if each.name not in {"id", "as_of", "assumptions"})


@dataclass(slots=True)
class Known:
    """Verdicts and findings by node, and the fact asserted last by what it is about."""

    verdicts: dict[NodeId, Verdict] = field(default_factory=dict)
    findings: dict[NodeId, Finding] = field(default_factory=dict)
    facts: dict[Step, Facts] = field(default_factory=dict)

    def copy(self) -> Known:
        return Known(dict(self.verdicts), dict(self.findings), dict(self.facts))


class Session:
    """What is known and concluded of one patient, and which of it is in the host.

    It begins as a patient of whom nothing is known (``nobody``); every profile after that is an answer, and only what
    differs is asserted. Facts replace each other by name: a value, a gate's count, has one fact at a time, and one
    verdict follows from it, unknown too. So a correction leaves nothing behind, and a session whose facts left the
    host goes on where it was: rules are about one fact each, and need no other to be there.
    """

    def __init__(self, network: Network, known: Known) -> None:
        self.sid = network.name()
        self._network, self._graph = network, network.chain.graph
        self._verdicts, self._findings, self._facts = known.verdicts, known.findings, known.facts
        self._in_host: set[Step] = set()
        self._opened: set[int] = set()
        self._waiting: list[dict[Step, None]] = [{} for _ in network.rulesets]
        self._settling: int | None = None
        self._verdicts_before: dict[NodeId, Verdict | None] = {}
        self._findings_before: dict[NodeId, Finding | None] = {}

    def begin(self) -> None:
        """Concludes everything for the patient of whom nothing is known."""
        self._network.speak(self)
        for node in self._network.chain.wanted:
            match self._graph[node]:
                case Constant(verdict=verdict):
                    self.conclude(node, verdict)
                case Read(feature=feature):
                    self._find(node, Finding(feature.domain.whole, silent=True))
        self._run()
        self._network.silence(self)

    def take(self, findings: Iterable[tuple[NodeId, Finding]]) -> frozenset[NodeId]:
        """Asserts what features are now, and gives the nodes whose verdict or possible values changed."""
        self._verdicts_before, self._findings_before = {}, {}
        self._network.speak(self)
        for node, finding in findings:
            self._find(node, finding)
        self._run()
        changed = [node for node, was in self._verdicts_before.items() if self._verdicts[node] is not was]
        for node, before in self._findings_before.items():
            if before is None or self._findings[node].value != before.value:
                changed.append(node)
        return frozenset(changed)

    def table(self, patient: str) -> VerdictTable:
        return VerdictTable((patient,), (dict(self._verdicts),), (dict(self._findings),))

    def leave(self) -> None:
        """Takes everything of this session out of the host."""
        for number in self._opened:
            self._network.rulesets[number].forget(self.sid)
        self._opened.clear()
        self._in_host.clear()

    # --- what rules say ---------------------------------------------------------------------------

    def conclude(self, node: NodeId, verdict: Verdict) -> None:
        """The verdict of a node, which may make others due."""
        held = self._verdicts.get(node)
        if held is verdict:
            return
        self._verdicts_before.setdefault(node, held)
        self._verdicts[node] = verdict
        self._follow(node)
        for negation in self._network.chain.negations.get(node, ()):
            self.conclude(negation, verdict.negated())

    def derive(self, due: Due) -> None:
        """A derived value, worked out from what has settled."""
        self._retract(due)
        match self._graph[due.node]:
            case Choice() | Combine() as value:
                self._find(due.node, concluded(value, self._graph, self._verdicts, self._findings))

    # --- what rules are told ----------------------------------------------------------------------

    def _find(self, node: NodeId, finding: Finding) -> None:
        held = self._findings.get(node)
        if held == finding:
            return
        self._findings_before.setdefault(node, held)
        self._findings[node] = finding
        self._follow(node)

    def _follow(self, node: NodeId) -> None:
        for step in self._network.chain.follow[node]:
            number = self._network.chain.ruleset_of[step]
            if number == self._settling:
                self._assert(step)
            else:
                self._waiting[number][step] = None

    def _run(self) -> None:
        """Settles ruleset after ruleset: what one concludes, only later ones and itself can be about."""
        for number, ruleset in enumerate(self._network.rulesets):
            waiting, self._waiting[number] = self._waiting[number], {}
            if not waiting:
                continue
            if number not in self._opened:
                ruleset.open(self.sid)
                self._opened.add(number)
            self._settling = number
            for step in waiting:
                self._assert(step)
            ruleset.settle()
            self._settling = None

    def _assert(self, step: Step) -> None:
        fact = self._fact(step)
        if isinstance(step, Subject):
            if self._facts.get(step) == fact:
                return
            self._facts[step] = fact
        if step in self._in_host:
            self._retract(step)
        self._network.rulesets[self._network.chain.ruleset_of[step]].put(self.sid, step.name, fact)
        self._in_host.add(step)

    def _retract(self, step: Step) -> None:
        self._network.rulesets[self._network.chain.ruleset_of[step]].take(self.sid, step.name)
        self._in_host.discard(step)

    def _fact(self, step: Step) -> Facts:
        match step:
            case Due():
                return {step.name: 1}
            case Subject(tests=()):
                return gate_fact(step, self._graph, self._verdicts)
            case Subject(node=node):
                return value_fact(step, self._graph, self._findings[node].value)


def nobody(network: Network) -> Known:
    """What is concluded of a patient of whom nothing is known: where every session over the network begins."""
    known = Known()
    with network.lock:
        Session(network, known).begin()
    return known


class DurableInterview:
    """An interview whose answers go to a session as far as the tables they are read from changed."""

    engine = NAME

    def __init__(self, network: Network, nobody: Known, patient: Profile) -> None:
        self._network, self._nobody = network, nobody
        self._session: Session | None = Session(network, nobody.copy())
        self._patient: Profile | None = None
        self.update(patient)

    @property
    def table(self) -> VerdictTable:
        return self._table

    def update(self, patient: Profile) -> frozenset[NodeId]:
        with self._network.lock:
            if self._session is None:
                raise ValueError("the interview is closed")
            try:
                changed = self._session.take(self._read(patient))
            except BaseException:
                # Half an answer is no answer: what is asked next starts from a patient nobody knows.
                self._network.silence(self._session)
                self._session, self._patient = Session(self._network, self._nobody.copy()), None
                raise
            self._patient = patient
            self._table = self._session.table(patient.id)
        return changed

    def close(self) -> None:
        with self._network.lock:
            if self._session is not None:
                self._network.silence(self._session)
                self._session = None

    def _read(self, patient: Profile) -> Iterable[tuple[NodeId, Finding]]:
        clock, before = Clock.at(patient.as_of), self._patient
        another_day = before is None or before.as_of != patient.as_of
        stale = frozenset(each for each in _PARTS if getattr(before, each, None) != getattr(patient, each))
        for node, (feature, tables) in self._network.reads.items():
            if another_day or not stale.isdisjoint(tables):
                yield node, self._network.read(feature, patient, clock)
