"""A plan carried out for one chunk of patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np

from matcher.domain.possible import Interval, Limit, Op, test
from matcher.domain.verdict import Verdict
from matcher.engines.columnar import categories, weights
from matcher.engines.columnar.arrays import Bools, Floats, Words
from matcher.engines.columnar.categories import Derived
from matcher.engines.columnar.plan import Action, Plan, Step
from matcher.engines.columnar.planes import ALL_BITS, POSSIBLE, SURE, last_word, pack, packed, words_for
from matcher.engines.columnar.possible import (
    Categories,
    Numbers,
    Values,
)
from matcher.features.kind import Feature
from matcher.rules.graph import AtLeast, Choice, Combine, Constant, NodeId, Test

_EXACTLY: Mapping[Op, np.ufunc] = {
    Op.AT_LEAST: np.greater_equal,
    Op.AT_MOST: np.less_equal,
    Op.ABOVE: np.greater,
    Op.BELOW: np.less,
}
Held: TypeAlias = Values | Derived
#: up to so many distinct sets a plane for each is quicker than looking up every patient's
_FEW_SETS = 16
#: derived values have planes of their own
_NOWHERE = np.empty((2, 0), np.uint64)


class Source(Protocol):
    """Where the values of features come from, for one chunk of patients."""

    def __len__(self) -> int: ...

    def find(self, feature: Feature) -> Values: ...


@dataclass(slots=True)
class Kernel:
    """One chunk: ``out`` has two planes for each output; ``keep`` holds on to the values behind tests."""

    plan: Plan
    source: Source
    out: Words
    keep: bool = False
    values: dict[NodeId, Held] = field(default_factory=dict)
    _planes: Sequence[Words] = ()

    def run(self) -> None:
        words = words_for(len(self.source))
        registers = np.empty((self.plan.registers, 2, words), np.uint64)
        self._planes = [registers[each] if each >= 0 else self.out[-1 - each] for each in self.plan.place]
        self._test_features()
        self._carry_out(self._planes)
        self.out[:, :, -1:] &= last_word(len(self.source))

    def _test_features(self) -> None:
        for column in self.plan.columns:
            found = self.source.find(column.feature)
            if column.kept or self.keep:
                self.values[column.node] = found
            tester = Tester(found)
            for atom in column.atoms:
                tester.write(atom.op, atom.limit, self._planes[atom.into])

    def _carry_out(self, planes: Sequence[Words]) -> None:
        both, either, keep = np.bitwise_and, np.bitwise_or, self.keep
        for step in self.plan.steps:
            match step.action:
                case Action.AND:
                    first, second = step.of
                    both(planes[first], planes[second], planes[step.into])
                case Action.OR:
                    first, second = step.of
                    either(planes[first], planes[second], planes[step.into])
                case _:
                    self._carry_out_one(step, planes)
            if step.done and not keep:
                for value in step.done:
                    self.values.pop(value, None)

    def _carry_out_one(self, step: Step, planes: Sequence[Words]) -> None:
        node, into = self.plan.graph[step.node], planes[step.into] if step.into >= 0 else _NOWHERE
        match step.action, node:
            case Action.NOT, _:
                np.invert(planes[step.of[0]][::-1], into)
            case Action.PRESUME, _:
                into[:] = planes[step.of[0]][POSSIBLE]
            case Action.CONSTANT, Constant(verdict=verdict):
                into[SURE] = ALL_BITS if verdict is Verdict.MET else 0
                into[POSSIBLE] = 0 if verdict is Verdict.NOT_MET else ALL_BITS
            case Action.AT_LEAST, AtLeast(threshold=threshold, weights=by):
                weights.at_least(threshold, [planes[each] for each in step.of], by, into)
            case Action.CHOOSE, Choice() as choice:
                applies, *rows = (planes[each] for each in step.of)
                self.values[step.node] = categories.choose(choice, applies, rows)
            case Action.COMBINE, Combine() as combined:
                self.values[step.node] = self._combined(combined)
            case Action.TEST, Test(value=value, op=op, limit=limit):
                held = self.values[value]
                if isinstance(held, Derived):
                    assert isinstance(limit, frozenset)
                    categories.within(held, limit, into)
                else:
                    Tester(held).write(op, limit, into)
            case _:
                raise TypeError(f"unhandled node {node!r}")

    def _combined(self, node: Combine) -> Derived:
        return categories.combine(node, [_said(self.values[each]) for each in node.sources])


def _said(held: Held) -> Derived:
    assert not isinstance(held, Numbers), "only categories have several sources"
    return held if isinstance(held, Derived) else categories.of_categories(held)


class Tester:
    """Tests on one feature's values; what they share is worked out once."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._by_set: dict[int, Words] = {}
        match values:
            case Numbers(whole=Interval()):
                self._known = packed(~values.silent)
            case Numbers():
                self._low_open = values.low_open if values.low_open.any() else None
                self._high_open = values.high_open if values.high_open.any() else None
            case Categories(sets=sets) if len(sets) <= _FEW_SETS:
                self._by_set = {place: packed(values.places == place) for place in range(len(sets))}

    def write(self, op: Op, limit: Limit, into: Words) -> None:
        """Write where the test is sure to be met, and where it possibly is."""
        match self._values, limit:
            case Numbers(low=exact, whole=Interval() as whole), float():
                self._write_exact(exact, whole, (op, limit), into)
                return
            case Numbers() as numbers, float():
                sure, possible = self._compared(numbers, op, limit)
            case Categories(sets=sets), frozenset() if self._by_set:
                into[:] = 0
                for place, plane in self._by_set.items():
                    if sets[place] <= limit:
                        into |= plane
                    elif sets[place] & limit:
                        into[POSSIBLE] |= plane
                return
            case Categories(places=places, sets=sets), frozenset():
                sure = np.array([each <= limit for each in sets], np.bool_)[places]
                possible = np.array([bool(each & limit) for each in sets], np.bool_)[places]
            case values, _:
                raise TypeError(f"{op} does not compare {type(values).__name__} with {limit!r}")
        pack(sure, into[SURE])
        pack(possible, into[POSSIBLE])

    def _write_exact(self, exact: Floats, whole: Interval, asked: tuple[Op, float], into: Words) -> None:
        """One comparison for both planes, and one verdict for all of whom nothing is known."""
        op, limit = asked
        pack(_EXACTLY[op](exact, limit), into[SURE])
        into[SURE] &= self._known
        into[POSSIBLE] = into[SURE]
        match test(whole, op, limit):
            case Verdict.MET:
                into |= ~self._known
            case Verdict.UNKNOWN:
                into[POSSIBLE] |= ~self._known

    def _compared(self, values: Numbers, op: Op, limit: float) -> tuple[Bools, Bools]:
        low, high = values.low, values.high
        match op:
            case Op.AT_LEAST:
                return low >= limit, _reaches(high >= limit, high, self._high_open, limit)
            case Op.ABOVE:
                return _beyond(low > limit, low, self._low_open, limit), high > limit
            case Op.AT_MOST:
                return high <= limit, _reaches(low <= limit, low, self._low_open, limit)
            case Op.BELOW:
                return _beyond(high < limit, high, self._high_open, limit), low < limit
        raise TypeError(f"{op} does not compare numbers")


def _reaches(found: Bools, ends: Floats, opened: Bools | None, limit: float) -> Bools:
    """Without those whose end is the limit and open: no value reaches it."""
    return found if opened is None else found & ~((ends == limit) & opened)


def _beyond(found: Bools, ends: Floats, opened: Bools | None, limit: float) -> Bools:
    """With those whose end is the limit and open: every value lies beyond it."""
    return found if opened is None else found | ((ends == limit) & opened)
