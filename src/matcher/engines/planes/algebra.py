"""Everything above the tests, said once: gates, tables, and several sources for one fact, over planes of bits.

A verdict is an interval of truth, and so two bits: *sure* where it is met, *possible* where it is not ruled out; met
is both, not met is neither, unknown is possible and not sure. Kleene's gates are then plain logic on either bit:
``all`` is AND, ``any`` is OR, ``not`` swaps the two and turns them over. A category is a set of codes, and so a bit for
each code that is possible. What a bit stands for is nothing to these definitions: a patient among many, or a *world* in
which one patient gave one more answer. So a plane is anything that knows ``&``, ``|`` and ``~``, Python's whole numbers
and NumPy's words alike, and the carrier of bits (``worlds``, ``chunk``) gives the two constants. The order of work is
another's business too (``passes``, ``levels``, the kernel of the columns). The reference engine says the same one
verdict at a time; generated graphs hold every carrier in every order to it.

Planes are never changed in place here: one may be another's, or a row of somebody's array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Generic, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from matcher.domain.possible import NOT_UNDERSTOOD
from matcher.domain.verdict import Verdict
from matcher.rules.graph import (
    All,
    Any,
    AtLeast,
    Choice,
    Combine,
    Constant,
    Gate,
    NodeId,
    Not,
    Presume,
    Test,
)
from matcher.vocabulary.units import round9

Words: TypeAlias = npt.NDArray[np.uint64]
#: a bit for each patient, or for each world of one patient
P = TypeVar("P", int, Words)


class Carrier(Protocol[P]):
    """What bits stand for: the plane of all of them, the plane of none, and how sums over them are made."""

    @property
    def everywhere(self) -> P: ...

    @property
    def nowhere(self) -> P: ...

    def some(self, plane: P) -> bool:
        """Whether any bit is set."""

    def reached(self, threshold: float, members: Sequence[tuple[P, float]]) -> P:
        """Where the weights of the members whose bit is set reach the threshold."""


@dataclass(frozen=True, slots=True)
class Said(Generic[P]):
    """What a category could be: for each code where it is possible.

    ``perhaps`` is what would be said by a record or a derivation that, where ``may_apply``, may apply and may not.
    """

    codes: Mapping[str, P]
    silent: P
    conflict: P
    perhaps: Mapping[str, P]
    may_apply: P


@dataclass(frozen=True, slots=True)
class Known(Generic[P]):
    """What members of a node came to: both planes of its gates, and its values."""

    sure: Callable[[NodeId], P]
    possible: Callable[[NodeId], P]
    said: Callable[[NodeId], Said[P]]


def gate(node: Gate, known: Known[P], at: Carrier[P]) -> tuple[P, P]:
    """The two planes of a gate. A test is one on a category here: tests on recorded values are the carrier's."""
    sure, possible = known.sure, known.possible
    match node:
        case All(members=members):
            return reduce(and_, map(sure, members)), reduce(and_, map(possible, members))
        case Any(members=members):
            return reduce(or_, map(sure, members)), reduce(or_, map(possible, members))
        case Test(value=value, limit=frozenset() as limit):
            return within(known.said(value), limit, at)
        case Not(member=member):
            return ~possible(member), ~sure(member)
        case Presume(member=member):
            return possible(member), possible(member)
        case AtLeast(threshold=threshold, members=members, weights=weights):
            pairs = list(zip(members, weights, strict=True))
            # An unknown member counts with what lowers the least sum and raises the greatest.
            least = [((sure if weight > 0 else possible)(each), weight) for each, weight in pairs]
            greatest = [((possible if weight > 0 else sure)(each), weight) for each, weight in pairs]
            return at.reached(threshold, least), at.reached(threshold, greatest)
        case Constant(verdict=verdict):
            return (
                at.everywhere if verdict is Verdict.MET else at.nowhere,
                at.nowhere if verdict is Verdict.NOT_MET else at.everywhere,
            )
    raise TypeError(f"unhandled node {node!r}")


def value(node: Choice | Combine, known: Known[P], at: Carrier[P]) -> Said[P]:
    """What a table, or several sources together, leave possible."""
    if isinstance(node, Choice):
        return chosen(node, known, at)
    return combined(node.domain.codes, [known.said(each) for each in node.sources], at)


def within(said: Said[P], limit: frozenset[str], at: Carrier[P]) -> tuple[P, P]:
    """Sure where no other code is possible, possible where one of these is."""
    others = [plane for code, plane in said.codes.items() if code not in limit]
    these = [plane for code, plane in said.codes.items() if code in limit]
    return ~_any(others, at), _any(these, at)


def chosen(choice: Choice, known: Known[P], at: Carrier[P]) -> Said[P]:
    """Every outcome whose row is not ruled out, up to the first row that certainly holds."""
    domain, outcome, still = choice.domain.codes, dict[str, P](), at.everywhere
    for row, codes in choice.rows:
        add(outcome, codes, still & known.possible(row))
        still = still & ~known.sure(row)
    add(outcome, choice.otherwise, still)
    speaks, says_all, said = known.sure(choice.applies), at.everywhere, dict[str, P]()
    for code in domain | outcome.keys():
        held = outcome.get(code, at.nowhere)
        said[code] = (held & speaks) | ~speaks if code in domain else held & speaks
        says_all = says_all & (held if code in domain else ~held)
    return Said(said, ~speaks | says_all, at.nowhere, outcome, known.possible(choice.applies) & ~speaks)


def combined(domain: frozenset[str], sources: Sequence[Said[P]], at: Carrier[P]) -> Said[P]:
    """Sources that speak are reconciled; one that only may apply gives the union of with and without it."""
    every = domain.union(*(each.codes for each in sources), *(each.perhaps for each in sources))
    silent = reduce(and_, [each.silent for each in sources])
    common, union = dict[str, P](), dict[str, P]()
    for code in every:
        held = [(each.codes.get(code, at.nowhere), each.silent) for each in sources]
        common[code] = reduce(and_, [plane | quiet for plane, quiet in held])
        union[code] = reduce(or_, [plane & ~quiet for plane, quiet in held])
    agreed = _any(common.values(), at)
    one, several = agreed & ~silent, ~agreed
    found = {code: (common[code] & one) | (union[code] & several) for code in every}
    for code in domain:
        found[code] = found[code] | silent
    for each in sources:
        if not each.perhaps or not at.some(each.may_apply):
            continue
        # Where all are silent every code is common, so that what may apply stands alone.
        narrowed = {code: common[code] & each.perhaps.get(code, at.nowhere) for code in every}
        agreed_too = _any(narrowed.values(), at)
        for code in every:
            joined = (union[code] | each.perhaps.get(code, at.nowhere)) & ~agreed_too
            found[code] = found[code] | (each.may_apply & ((narrowed[code] & agreed_too) | joined))
    conflict = reduce(or_, [each.conflict for each in sources])
    if NOT_UNDERSTOOD not in every:
        return Said(found, silent, conflict | (~silent & several), {}, at.nowhere)
    # Beside a source that nobody can read none is believed.
    unread = at.nowhere
    for each in sources:
        perhaps = each.perhaps.get(NOT_UNDERSTOOD, at.nowhere) & each.may_apply
        unread = unread | each.codes.get(NOT_UNDERSTOOD, at.nowhere) | perhaps
    for code in (*domain, NOT_UNDERSTOOD):
        found[code] = found[code] | unread
    return Said(found, silent, conflict | (~silent & several & ~unread), {}, at.nowhere)


def by_sums(threshold: float, members: Iterable[tuple[P, float]], at: Carrier[P]) -> P:
    """Where the weights reach the threshold: a plane for each sum that can come about, in the order of the members."""
    sums: dict[float, P] = {0.0: at.everywhere}
    for plane, weight in members:
        following: dict[float, P] = {}
        for total, held in sums.items():
            for to, those in ((total, held & ~plane), (total + weight, held & plane)):
                if at.some(those):
                    following[to] = following[to] | those if to in following else those
        sums = following
    return _any((held for total, held in sums.items() if round9(total) >= threshold), at)


def add(codes: dict[str, P], more: Iterable[str], plane: P) -> None:
    """The codes are possible there too."""
    for code in more:
        codes[code] = codes[code] | plane if code in codes else plane


def _any(planes: Iterable[P], at: Carrier[P]) -> P:
    return reduce(or_, planes, at.nowhere)
