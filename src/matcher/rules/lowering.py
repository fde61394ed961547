"""From conditions to nodes of the graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from matcher.domain.possible import YES, Interval, Op
from matcher.features.kind import CodeDomain, Count, Feature, Is, NumberDomain, Since
from matcher.rules.condition import Bound, Branch, Comparison, Condition, Gate, Group
from matcher.rules.graph import AtLeast, Combine, GraphBuilder, NodeId, Read, Test
from matcher.vocabulary.units import round9


@dataclass(slots=True)
class Lowering:
    """Adds conditions to a graph.

    ``derivations`` gives a derived fact's node, lowering it first if need be; ``suppliers`` the derivations
    that are sources for a feature, by the feature's name.
    """

    builder: GraphBuilder
    derivations: Callable[[str], NodeId]
    suppliers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def lower(self, condition: Condition) -> NodeId:
        """The gate that the condition becomes."""
        return self.lowered(condition).node

    def lowered(self, condition: Condition) -> Condition:
        """The condition with the node of every part of it."""
        build = self.builder
        match condition:
            case Comparison():
                value = self._value(condition)
                tests = [build.add(Test(value, each.op, each.limit)) for each in condition.bounds]
                return replace(condition, node=build.all(tests), value=value)
            case Branch():
                asked, then, otherwise = map(
                    self.lowered, (condition.condition, condition.then, condition.otherwise)
                )
                node = chosen(build, asked.node, then.node, otherwise.node)
                return Branch(asked, then, otherwise, condition.path, node)
            case Group(gate=gate, members=()):
                # What another version of a protocol did not ask.
                true = build.true()
                return replace(condition, node=true if gate is Gate.ALL else build.negate(true))
            case Group(members=members):
                parts = tuple(map(self.lowered, members))
                return replace(condition, members=parts, node=self._gate(condition, parts))
        raise TypeError(f"unhandled condition {condition!r}")

    def _gate(self, group: Group, members: Sequence[Condition]) -> NodeId:
        nodes = [each.node for each in members]
        match group.gate:
            case Gate.ALL:
                return self.builder.all(nodes)
            case Gate.ANY:
                return self.builder.any(nodes)
            case Gate.NOT:
                return self.builder.negate(nodes[0])
            case Gate.AT_LEAST:
                # Sorted: the order of siblings means nothing.
                pairs = sorted(zip(nodes, group.weights, strict=True))
                counted = tuple(node for node, _ in pairs)
                return self.builder.add(AtLeast(group.threshold, counted, tuple(each for _, each in pairs)))

    def _value(self, comparison: Comparison) -> NodeId:
        if comparison.feature is None:
            return self.derivations(comparison.derivation)
        read = self.builder.add(Read(comparison.feature))
        suppliers = () if comparison.recorded else self.suppliers.get(comparison.feature.name, ())
        if not suppliers:
            return read
        sources = (read, *(self.derivations(name) for name in suppliers))
        domain = comparison.feature.domain
        assert isinstance(domain, CodeDomain), "a derived fact is a category"
        return self.builder.add(Combine(sources, domain))


def chosen(build: GraphBuilder, asked: NodeId, then: NodeId, otherwise: NodeId) -> NodeId:
    """One gate where something holds, and another where it does not.

    Good in both is good whichever applies, so that what is asked may stay unknown.
    """
    ways = [
        build.all([asked, then]),
        build.all([build.negate(asked), otherwise]),
        build.all([then, otherwise]),
    ]
    return build.any(ways)


@dataclass(frozen=True, slots=True)
class Margin:
    """How far a limit may be from being met: a share of it, or an amount in the feature's own unit."""

    share: float = 0.0
    amount: float = 0.0

    def of(self, limit: float) -> float:
        return round9(abs(limit) * self.share + self.amount)


def moved(condition: Condition, margin: Margin, *, easier: bool) -> Condition:
    """The same condition with its numeric limits moved by the margin, towards being met when ``easier``."""

    def move(comparison: Comparison, towards_met: bool) -> Comparison:
        bounds = tuple(_moved_bound(each, margin, towards_met) for each in comparison.bounds)
        return replace(comparison, bounds=bounds)

    return _rewritten(condition, move, easier)


def _moved_bound(bound: Bound, margin: Margin, towards_met: bool) -> Bound:
    if not isinstance(bound.limit, float):
        return bound
    step = margin.of(bound.limit) * (1 if towards_met else -1)
    lower = bound.op in (Op.AT_LEAST, Op.ABOVE)
    return replace(bound, limit=round9(bound.limit - step if lower else bound.limit + step))


def ended(condition: Condition, *, easier: bool) -> Condition:
    """The condition once enough time has passed: its washouts ask only that what is washed out has ended."""

    def wait(comparison: Comparison, towards_met: bool) -> Condition:
        if not is_washout(comparison, towards_met):
            return comparison
        assert comparison.feature is not None
        assert isinstance(comparison.feature.kind, Since)
        still = _still_running(comparison.feature, comparison.feature.kind)
        bound = Bound(Op.BELOW, 1.0, "") if towards_met else Bound(Op.AT_LEAST, 1.0, "")
        after = replace(comparison, feature=still, bounds=(bound,))
        # Long enough already, or once it has ended: before a planned event what still runs may yet be stopped.
        return Group(Gate.ANY if towards_met else Gate.ALL, (comparison, after), path=comparison.path)

    return _rewritten(condition, wait, easier)


def washouts(condition: Condition, *, easier: bool) -> tuple[Comparison, ...]:
    """The comparisons that time alone can meet, each with the direction in which it is asked."""
    found: list[Comparison] = []

    def note(comparison: Comparison, towards_met: bool) -> Condition:
        if is_washout(comparison, towards_met):
            found.append(comparison)
        return comparison

    _rewritten(condition, note, easier)
    return tuple(found)


def is_washout(comparison: Comparison, towards_met: bool) -> bool:
    """A lower bound on time since something: the only kind of criterion that time alone can meet."""
    wanted = (Op.AT_LEAST, Op.ABOVE) if towards_met else (Op.AT_MOST, Op.BELOW)
    since = comparison.feature is not None and isinstance(comparison.feature.kind, Since)
    return since and all(bound.op in wanted for bound in comparison.bounds)


def _still_running(feature: Feature, since: Since) -> Feature:
    kind = Count(since.table, (*since.where, Is("ongoing", YES.members)), since.target)
    domain = NumberDomain(Interval(0.0, inf), integer=True)
    return Feature(
        f"{feature.name} still running", kind, domain, feature.topic, f"{feature.title}: still running"
    )


def _rewritten(
    condition: Condition, change: Callable[[Comparison, bool], Condition], towards_met: bool
) -> Condition:
    match condition:
        case Comparison():
            return change(condition, towards_met)
        case Branch(condition=asked, then=then, otherwise=otherwise):
            # The condition of a branch is a fact about the patient, not a limit to move.
            return replace(
                condition,
                condition=asked,
                then=_rewritten(then, change, towards_met),
                otherwise=_rewritten(otherwise, change, towards_met),
            )
        case Group(gate=gate, members=members, weights=weights):
            # A member that counts against the sum is moved the other way, like one under ``not``.
            against = [gate is Gate.NOT or weight < 0 for weight in weights or (1.0,) * len(members)]
            pairs = zip(members, against, strict=True)
            moved_members = (_rewritten(each, change, towards_met is not away) for each, away in pairs)
            return replace(condition, members=tuple(moved_members))
    raise TypeError(f"unhandled condition {condition!r}")
