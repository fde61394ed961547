"""What would follow for one patient if a feature had another value: only what it changes is worked out anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from matcher.domain.possible import Possible
from matcher.domain.verdict import Verdict
from matcher.engines.base import Finding
from matcher.engines.reference import value_of, verdict_of
from matcher.rules.graph import Choice, Combine, Graph, NodeId, Read


@dataclass(frozen=True, slots=True)
class Supposing:
    """One patient's verdicts and findings, of one's own to change. ``users`` as the graph has them."""

    graph: Graph
    users: Sequence[Sequence[NodeId]]
    verdicts: dict[NodeId, Verdict]
    findings: dict[NodeId, Finding]

    @contextmanager
    def that(self, feature: NodeId, answer: Possible) -> Iterator[set[NodeId]]:
        """As long as it lasts the feature has this value; yields the nodes whose verdict it changes."""
        verdicts: dict[NodeId, Verdict] = {}
        findings = {feature: self.findings[feature]}
        self.findings[feature] = Finding(answer)
        pending = list(self.users[feature])
        heapify(pending)
        done = feature
        while pending:
            number = heappop(pending)
            if number == done:
                continue
            done = number
            if self._changes(number, verdicts, findings):
                for user in self.users[number]:
                    heappush(pending, user)
        try:
            yield set(verdicts)
        finally:
            self.verdicts.update(verdicts)
            self.findings.update(findings)

    def _changes(
        self, number: NodeId, verdicts: dict[NodeId, Verdict], findings: dict[NodeId, Finding]
    ) -> bool:
        """Evaluate the node again; what it was before is put aside where that differs."""
        match self.graph[number]:
            case Read():
                return False
            case Choice() | Combine() as value:
                held = self.findings.get(number)
                if held is None:
                    return False
                found = value_of(value, self.graph, self.verdicts, self.findings)
                if found == held:
                    return False
                findings[number], self.findings[number] = held, found
            case gate:
                before = self.verdicts.get(number)
                if before is None:
                    return False
                verdict = verdict_of(gate, self.verdicts, self.findings)
                if verdict is before:
                    return False
                verdicts[number], self.verdicts[number] = before, verdict
        return True
