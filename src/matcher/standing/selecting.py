"""What a condition selects a patient by, as nodes of the graph: for engines that answer for many patients.

The same as ``ranking.selected_by``, written as gates. Every node here is met or not met, never unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.verdict import Verdict
from matcher.rules.condition import Branch, Comparison, Condition, Gate, Group
from matcher.rules.graph import GraphBuilder, NodeId, Presume
from matcher.standing.ranking import LINES, SELECTING

#: a node, or an answer that is the same for everybody
Answer = NodeId | bool


@dataclass(frozen=True, slots=True)
class Selecting:
    """Adds the nodes to a builder that holds a rulebook's graph already."""

    build: GraphBuilder

    def by_kind(self, condition: Condition) -> dict[str, NodeId]:
        """For each kind of selection the condition may make, whom it makes it for."""
        match condition:
            case Comparison(word=word):
                return {SELECTING[word]: self._met(condition)} if word in SELECTING else {}
            case Group(gate=Gate.NOT, members=(member,)):
                lines = self._decided_by_lines(member)
                return {} if lines is False else {"line of therapy": self._both(self._met(condition), lines)}
            case Group(gate=Gate.ANY, members=members):
                return self._needed_by_all_that_hold(condition, members)
            case Group(members=members):
                parts = [self.by_kind(each) for each in members]
                return {
                    kind: self._both(
                        self._met(condition), self.build.any([each[kind] for each in parts if kind in each])
                    )
                    for kind in _kinds(parts)
                }
            case Branch(then=then, otherwise=otherwise):
                return self._first_that_selects(condition, self.by_kind(then), self.by_kind(otherwise))
        raise TypeError(f"unhandled condition {condition!r}")

    def met(self, node: NodeId) -> NodeId:
        """Met where the node is met, and not met otherwise, unknown or not."""
        presumed_not = self.build.add(Presume(self.build.negate(node)))
        return self.build.negate(presumed_not)

    def _met(self, condition: Condition) -> NodeId:
        return self.met(condition.node)

    def _both(self, first: NodeId, second: Answer) -> NodeId:
        return first if second is True else self.build.all([first, second])

    def _needed_by_all_that_hold(
        self, condition: Condition, members: Sequence[Condition]
    ) -> dict[str, NodeId]:
        holding = [self._met(each) for each in members]
        parts = [self.by_kind(each) for each in members]
        found: dict[str, NodeId] = {}
        for kind in _kinds(parts):
            needed = [self._met(condition)]
            for holds, part in zip(holding, parts, strict=True):
                otherwise = self.build.negate(holds)
                needed.append(self.build.any([otherwise, part[kind]]) if kind in part else otherwise)
            found[kind] = self.build.all(needed)
        return found

    def _first_that_selects(
        self, condition: Condition, then: Mapping[str, NodeId], otherwise: Mapping[str, NodeId]
    ) -> dict[str, NodeId]:
        met, build = self._met(condition), self.build
        found: dict[str, NodeId] = {}
        for kind in _kinds([then, otherwise]):
            ways = [then[kind]] if kind in then else []
            if kind in otherwise and then:
                ways.append(build.all([build.negate(build.any(list(then.values()))), otherwise[kind]]))
            elif kind in otherwise:
                ways.append(otherwise[kind])
            found[kind] = build.all([met, build.any(ways)])
        return found

    def _decided_by_lines(self, condition: Condition) -> Answer:
        """Whether one of the comparisons that decided the condition, whichever way, is about lines of therapy."""
        match condition:
            case Comparison(word=word):
                return word in LINES
            case Group(gate=Gate.NOT, members=(member,)):
                return self._decided_by_lines(member)
            case Group(gate=gate, members=members):
                return self._decided_in_group(condition, gate, members)
            case Branch():
                return self._decided_in_branch(condition)
        raise TypeError(f"unhandled condition {condition!r}")

    def _decided_in_group(self, condition: Condition, gate: Gate, members: Sequence[Condition]) -> Answer:
        parts = [self._decided_by_lines(each) for each in members]
        if all(each is False for each in parts):
            return False
        if all(each is True for each in parts) and gate is not Gate.AT_LEAST:
            return True
        everyone = {Gate.ALL: Verdict.MET, Gate.ANY: Verdict.NOT_MET}.get(gate)
        ways: list[NodeId] = []
        for member, part in zip(members, parts, strict=True):
            if part is False:
                continue
            for verdict in Verdict:
                needed = [self._is(condition, verdict)]
                needed += [] if verdict is everyone else [self._is(member, verdict)]
                needed += [] if part is True else [part]
                ways.append(self.build.all(needed))
        return self.build.any(ways)

    def _decided_in_branch(self, branch: Branch) -> Answer:
        asked, then, otherwise = (
            self._decided_by_lines(each) for each in (branch.condition, branch.then, branch.otherwise)
        )
        if asked is then is otherwise and isinstance(asked, bool):
            return asked
        unsure = self._is(branch.condition, Verdict.UNKNOWN)
        alike = self.build.any(
            [
                self.build.all([self._is(branch.then, each), self._is(branch.otherwise, each)])
                for each in Verdict
            ]
        )
        cases = (
            ([self._is(branch.condition, Verdict.MET)], (then, asked)),
            ([self._is(branch.condition, Verdict.NOT_MET)], (otherwise, asked)),
            ([unsure, alike], (then, otherwise)),
            ([unsure, self.build.negate(alike)], (asked, then, otherwise)),
        )
        ways: list[NodeId] = []
        for when, parts in cases:
            if any(each is True for each in parts):
                ways.append(self.build.all(when))
            else:
                nodes = [each for each in parts if each is not False]
                ways += [self.build.all([*when, self.build.any(nodes)])] if nodes else []
        return self.build.any(ways)

    def _is(self, condition: Condition, verdict: Verdict) -> NodeId:
        node = condition.node
        match verdict:
            case Verdict.MET:
                return self.met(node)
            case Verdict.NOT_MET:
                return self.met(self.build.negate(node))
        build = self.build
        return build.all([build.add(Presume(node)), build.add(Presume(build.negate(node)))])


def _kinds(parts: Sequence[Mapping[str, NodeId]]) -> list[str]:
    return sorted({kind for part in parts for kind in part})
