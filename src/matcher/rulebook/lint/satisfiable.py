"""Whether any patient at all could make a condition true: a search over the regions its limits cut.

Each value node (a feature, a derived fact) is taken to be free of the others, so "no patient could" is
proven and "some patient could" is not: a condition that only clinical knowledge rules out passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from matcher.domain.possible import Codes, Interval, Possible, test
from matcher.domain.verdict import Verdict, all_of
from matcher.engines.reference import verdict_of
from matcher.features.kind import CodeDomain, Domain, NumberDomain
from matcher.rules.graph import (
    Choice,
    Combine,
    Node,
    NodeId,
    Presume,
    Read,
    Test,
    members_of,
)

#: how many partial assignments are tried before a condition is given the benefit of the doubt
_PATIENCE = 20_000


@dataclass(slots=True)
class Solver:
    """Answers questions about the nodes of one graph, which may still grow."""

    nodes: Sequence[Node]
    _known: dict[tuple[tuple[NodeId, bool], ...], bool] = field(default_factory=dict)

    def possible(self, *wanted: tuple[NodeId, bool]) -> bool:
        """Whether some patient gives every node its wanted answer. Unknown only where the search gave up."""
        key = tuple(sorted(set(wanted)))
        if key not in self._known:
            self._known[key] = _Search(self.nodes, key).found()
        return self._known[key]

    def never(self, node: NodeId) -> bool:
        return not self.possible((node, True))

    def always(self, node: NodeId) -> bool:
        return not self.possible((node, False))

    def values_below(self, node: NodeId) -> frozenset[NodeId]:
        """The value nodes that a condition tests, not what derived ones are worked out from."""
        match self.nodes[node]:
            case Test(value=value):
                return frozenset({value})
            case Read() | Choice() | Combine():
                return frozenset()
            case other:
                return frozenset().union(*(self.values_below(each) for each in members_of(other)))


@dataclass(slots=True)
class _Search:
    """Depth first: one value after the other is narrowed to a region, as long as the answer stays open."""

    nodes: Sequence[Node]
    wanted: tuple[tuple[NodeId, bool], ...]
    steps: int = 0
    open: list[NodeId] = field(default_factory=list)

    def found(self) -> bool:
        order = _below(self.nodes, [node for node, _ in self.wanted])
        every = [each for number in order if isinstance(each := self.nodes[number], Test)]
        # Where a derivation could not be compiled, a constant stands for its value.
        tests = [each for each in every if isinstance(self.nodes[each.value], (Read, Choice, Combine))]
        regions = {
            value: _regions(_domain(self.nodes[value]), [each for each in tests if each.value == value])
            for value in dict.fromkeys(each.value for each in tests)
        }
        return self._search(order, regions, {})

    def _search(
        self,
        order: Sequence[NodeId],
        regions: Mapping[NodeId, list[Possible]],
        assigned: dict[NodeId, Possible],
    ) -> bool:
        self.steps += 1
        if self.steps > _PATIENCE:
            return True
        verdicts = self._verdicts(order, assigned)
        answers = [verdicts[node] if wanted else verdicts[node].negated() for node, wanted in self.wanted]
        answer = all_of(answers)
        if answer is not Verdict.UNKNOWN:
            return answer is Verdict.MET
        left = [value for value in regions if value not in assigned]
        if not left:
            return True
        # Those with the fewest regions first: they contradict soonest.
        value = min(left, key=lambda each: len(regions[each]))
        return any(self._search(order, regions, {**assigned, value: each}) for each in regions[value])

    def _verdicts(
        self, order: Sequence[NodeId], assigned: Mapping[NodeId, Possible]
    ) -> Mapping[NodeId, Verdict]:
        verdicts: dict[NodeId, Verdict] = {}
        for number in order:
            match self.nodes[number]:
                case Test(value=value, op=op, limit=limit):
                    known = value in assigned
                    verdicts[number] = test(assigned[value], op, limit) if known else Verdict.UNKNOWN
                case Presume(member=member):
                    # Here unknown is what nobody has supposed yet, and nothing to presume.
                    verdicts[number] = verdicts[member]
                case Read() | Choice() | Combine():
                    pass
                case gate:
                    verdicts[number] = verdict_of(gate, verdicts, {})
        return verdicts


def _below(nodes: Sequence[Node], roots: Iterable[NodeId]) -> list[NodeId]:
    """The gates and tests below, in order of evaluation; values are where it stops."""
    wanted: set[NodeId] = set()
    waiting = list(roots)
    while waiting:
        number = waiting.pop()
        node = nodes[number]
        if number in wanted or isinstance(node, (Read, Choice, Combine)):
            continue
        wanted.add(number)
        waiting += members_of(node)
    return sorted(wanted)


def _domain(node: Node) -> Domain:
    match node:
        case Read(feature=feature):
            return feature.domain
        case Choice(domain=domain) | Combine(domain=domain):
            return domain
    raise TypeError(f"{node!r} has no values")


def _regions(domain: Domain, tests: Sequence[Test]) -> list[Possible]:
    """The parts of a domain within which no test changes its answer."""
    match domain:
        case NumberDomain(interval=interval, integer=integer):
            limits = {each.limit for each in tests if isinstance(each.limit, float)}
            return list(_intervals(interval, sorted(limits), integer=integer))
        case CodeDomain(codes=codes):
            sets = [each.limit for each in tests if isinstance(each.limit, frozenset)]
            parts: dict[tuple[bool, ...], set[str]] = {}
            for code in codes:
                parts.setdefault(tuple(code in each for each in sets), set()).add(code)
            return [Codes(frozenset(each)) for each in parts.values()]


def _intervals(whole: Interval, limits: Sequence[float], *, integer: bool) -> Iterable[Possible]:
    ends = [limit for limit in limits if whole.holds(limit)]
    low, low_open = whole.low, whole.low_open
    for limit in ends:
        if limit > low or not low_open:
            yield from _between(low, limit, low_open=low_open, integer=integer)
        if not integer or limit.is_integer():
            yield Interval.exactly(limit)
        low, low_open = limit, True
    if whole.high > low:
        yield from _between(low, whole.high, low_open=low_open, high_open=whole.high_open, integer=integer)
    elif not ends:
        yield whole


def _between(
    low: float, high: float, *, low_open: bool, high_open: bool = True, integer: bool
) -> Iterable[Interval]:
    """The region between two limits, unless nothing lies there: no whole number between 1 and 2."""
    if low == high:
        return
    if integer and high - low <= 1 and low_open and high_open:
        return
    yield Interval(low, high, low_open, high_open)
