"""A plan carried out for one chunk of patients: in steps, so that a register is used again after its last use.

AND, OR and NOT of planes are most of the work of large rulebooks and are done here in place; everything else is the
algebra's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np

from matcher.domain.possible import Interval, Limit, Op, test
from matcher.domain.verdict import Verdict
from matcher.engines.columnar.arrays import Bools, Floats, Words
from matcher.engines.columnar.categories import said_of
from matcher.engines.columnar.plan import Action, Plan, Step
from matcher.engines.columnar.possible import Categories, Numbers, Values
from matcher.engines.columnar.rounding import rounded
from matcher.engines.planes.algebra import Known, Said, gate, value
from matcher.engines.planes.chunk import (
    POSSIBLE,
    SURE,
    WORD,
    Chunk,
    last_word,
    pack,
    packed,
    unpacked,
    words_for,
)
from matcher.features.kind import Feature
from matcher.rules.graph import Choice, Combine, NodeId, Read, members_of

_EXACTLY: Mapping[Op, np.ufunc] = {
    Op.AT_LEAST: np.greater_equal,
    Op.AT_MOST: np.less_equal,
    Op.ABOVE: np.greater,
    Op.BELOW: np.less,
}
Held: TypeAlias = Values | Said[Words]
#: up to so many distinct sets a plane for each is quicker than looking up every patient's
_FEW_SETS = 16
#: with more distinct sums than this, adding numbers is quicker than keeping a plane for each
_MOST_SUMS = 64


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
    _at: Patients = field(init=False)

    def run(self) -> None:
        words = words_for(len(self.source))
        self._at = Patients(words)
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
                case Action.NOT:
                    np.invert(planes[step.of[0]][::-1], planes[step.into])
                case Action.WORK_OUT:
                    self._work_out(step, planes)
            if step.done and not keep:
                for value in step.done:
                    self.values.pop(value, None)

    def _work_out(self, step: Step, planes: Sequence[Words]) -> None:
        """What is no pair of planes: by the algebra, from the planes of the node's members."""
        node, members = self.plan.graph[step.node], [planes[each] for each in step.of]
        of = dict(zip(members_of(node), members, strict=False))
        known: Known[Words] = Known(lambda each: of[each][SURE], lambda each: of[each][POSSIBLE], self._said)
        if isinstance(node, Choice | Combine):
            self.values[step.node] = value(node, known, self._at)
        elif not isinstance(node, Read):
            into = planes[step.into]
            into[SURE], into[POSSIBLE] = gate(node, known, self._at)

    def _said(self, number: NodeId) -> Said[Words]:
        held = self.values[number]
        assert not isinstance(held, Numbers), "only categories have several sources"
        return said_of(held) if isinstance(held, Categories) else held


class Patients(Chunk):
    """Patients, a bit each."""

    def reached(self, threshold: float, members: Sequence[tuple[Words, float]]) -> Words:
        """With many distinct sums, adding up a number for each patient is quicker than keeping a plane for each."""
        if _distinct_sums(weight for _, weight in members) <= _MOST_SUMS:
            return super().reached(threshold, members)
        totals = np.zeros(len(self.everywhere) * WORD)
        for plane, weight in members:
            totals += np.where(unpacked(np.ascontiguousarray(plane), len(totals)), weight, 0.0)
        return packed(rounded(totals) >= threshold)


def _distinct_sums(weights: Iterable[float]) -> int:
    sums = {0.0}
    for weight in weights:
        sums |= {each + weight for each in sums}
        if len(sums) > _MOST_SUMS:
            break
    return len(sums)


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
