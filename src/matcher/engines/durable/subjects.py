"""What the facts of a session are about, and the rules over them: one fact, one conclusion.

A fact says of a value only what the tests on it can tell apart. Ends of an interval are places among the tests'
limits, counted in twos, so that the places between are odd and an open end lies beside its limit; of a set of codes
it says for each test whether a possible code lies inside and whether one lies outside. Of a gate it says how many
members are met, certainly and possibly. So no fact holds a fraction, an infinity, a name or a patient's own text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from matcher.domain.possible import Codes, Interval, Op, Possible
from matcher.domain.verdict import Verdict
from matcher.engines.durable.host import Condition, Rule, rule
from matcher.rules.graph import All, Any, AtLeast, Graph, NodeId, Presume, Test
from matcher.vocabulary.units import round9

Facts = Mapping[str, int]
Conclude = Callable[[NodeId, Verdict], None]


@dataclass(frozen=True, slots=True)
class Subject:
    """A value with some of the tests on it, or a gate (without tests)."""

    number: int
    node: NodeId
    tests: tuple[NodeId, ...] = ()
    limits: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        return f"s{self.number}"

    @property
    def low(self) -> str:
        return f"lo{self.number}"

    @property
    def high(self) -> str:
        return f"hi{self.number}"


def limits_of(graph: Graph, tests: tuple[NodeId, ...]) -> tuple[float, ...]:
    asked = (graph[each] for each in tests)
    return tuple(
        sorted({each.limit for each in asked if isinstance(each, Test) and isinstance(each.limit, float)})
    )


def value_fact(subject: Subject, graph: Graph, value: Possible) -> Facts:
    """A value as its tests see it."""
    match value:
        case Interval():
            low, high = _place(value.low, subject.limits), _place(value.high, subject.limits)
            # An open end lies beside its limit; where it is between limits already it stays there.
            low += 1 if value.low_open and low % 2 == 0 else 0
            high -= 1 if value.high_open and high % 2 == 0 else 0
            return {subject.low: low, subject.high: high}
        case Codes(members=members):
            found: dict[str, int] = {}
            for position, node in enumerate(subject.tests):
                codes = _codes(graph, node)
                found[f"in{subject.number}n{position}"] = int(not members.isdisjoint(codes))
                found[f"out{subject.number}n{position}"] = int(not members <= codes)
            return found


def gate_fact(subject: Subject, graph: Graph, verdicts: Mapping[NodeId, Verdict]) -> Facts:
    """How many members are met: certainly, and if every unknown one were. Weighed where the gate weighs them."""
    gate = graph[subject.node]
    match gate:
        case AtLeast(members=members, weights=weights):
            low = high = 0.0
            for member, weight in zip(members, weights, strict=True):
                match verdicts.get(member, Verdict.UNKNOWN):
                    case Verdict.MET:
                        low += weight
                        high += weight
                    case Verdict.UNKNOWN:
                        low += min(weight, 0.0)
                        high += max(weight, 0.0)
            places = (_place(round9(low), subject.limits), _place(round9(high), subject.limits))
            return {subject.low: places[0], subject.high: places[1]}
        case All(members=members) | Any(members=members):
            held = [verdicts.get(each, Verdict.UNKNOWN) for each in members]
        case Presume(member=member):
            held = [verdicts.get(member, Verdict.UNKNOWN)]
        case _:
            raise TypeError(f"{type(gate).__name__} is no gate over members")
    met, open_ones = held.count(Verdict.MET), held.count(Verdict.UNKNOWN)
    return {subject.low: met, subject.high: met + open_ones}


def rules_of(subject: Subject, graph: Graph, order: int, conclude: Conclude) -> Iterator[tuple[str, Rule]]:
    """The rules by name: met, not met and unknown, each a conclusion of its own, so that a later one replaces it."""
    for position, node in enumerate(subject.tests or (subject.node,)):
        for verdict, condition in _conditions(subject, graph, position, node).items():
            yield (
                f"{verdict.name.lower()}{node}",
                rule(condition, order, _conclusion(conclude, node, verdict)),
            )


def _conclusion(conclude: Conclude, node: NodeId, verdict: Verdict) -> Callable[[], None]:
    return lambda: conclude(node, verdict)


def _conditions(subject: Subject, graph: Graph, position: int, node: NodeId) -> dict[Verdict, Condition]:
    match graph[node]:
        case Test(op=Op.IN):
            inside, outside = f"in{subject.number}n{position}", f"out{subject.number}n{position}"
            return {
                Verdict.MET: {outside: 0},
                Verdict.NOT_MET: {inside: 0},
                Verdict.UNKNOWN: {"$and": [{inside: 1}, {outside: 1}]},
            }
        case Test(op=op, limit=float(limit)):
            place = _place(limit, subject.limits)
            match op:
                case Op.AT_LEAST:
                    return _reaching(subject, place)
                case Op.ABOVE:
                    return _reaching(subject, place + 1)
                case Op.BELOW:
                    return _negated(_reaching(subject, place))
                case Op.AT_MOST:
                    return _negated(_reaching(subject, place + 1))
        case All(members=members):
            return _reaching(subject, len(members))
        case Any():
            return _reaching(subject, 1)
        case AtLeast(threshold=threshold):
            return _reaching(subject, _place(threshold, subject.limits))
        case Presume():
            possible = _reaching(subject, 1)
            return {
                Verdict.MET: {"$gte": {subject.high: 1}},
                Verdict.NOT_MET: possible[Verdict.NOT_MET],
            }
    raise TypeError(f"{graph[node]} concludes nothing")


def _reaching(subject: Subject, least: int) -> dict[Verdict, Condition]:
    low, high = subject.low, subject.high
    return {
        Verdict.MET: {"$gte": {low: least}},
        Verdict.NOT_MET: {"$lt": {high: least}},
        Verdict.UNKNOWN: {"$and": [{"$lt": {low: least}}, {"$gte": {high: least}}]},
    }


def _negated(conditions: dict[Verdict, Condition]) -> dict[Verdict, Condition]:
    return {verdict.negated(): condition for verdict, condition in conditions.items()}


def _place(number: float, limits: tuple[float, ...]) -> int:
    """2, 4, 6 for the limits in their order, and the odd numbers for what lies before, between and beyond."""
    before = bisect_left(limits, number)
    return 2 * before + (2 if before < len(limits) and limits[before] == number else 1)


def _codes(graph: Graph, node: NodeId) -> frozenset[str]:
    test = graph[node]
    assert isinstance(test, Test)
    assert isinstance(test.limit, frozenset)
    return test.limit
