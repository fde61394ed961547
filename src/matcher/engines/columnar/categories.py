"""Derived categories as bits: for every code one plane of the patients whom it could be true of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.domain.possible import NOT_UNDERSTOOD, Codes
from matcher.engines.columnar.arrays import Ids, Words
from matcher.engines.columnar.column import Members
from matcher.engines.columnar.planes import ALL_BITS, POSSIBLE, SURE, bit, packed
from matcher.engines.columnar.possible import Categories
from matcher.features.kind import CodeDomain, Domain
from matcher.rules.graph import Choice, Combine

CodePlanes = dict[str, Words]


@dataclass(frozen=True, slots=True)
class Derived:
    """A plane for each code that anybody could have.

    ``perhaps`` is what would be said by a record or a derivation that ``may_apply`` and may not.
    """

    codes: CodePlanes
    silent: Words
    conflict: Words
    perhaps: CodePlanes | None = None
    may_apply: Words | None = None

    def at(self, patient: int) -> Codes:
        return Codes(frozenset(code for code, plane in self.codes.items() if bit(plane, patient)))


def of_categories(held: Categories) -> Derived:
    """The same values with a plane for each code instead of a place for each patient."""
    codes, silent, conflict = _of_column(held.places, held.sets), packed(held.silent), packed(held.conflict)
    if held.perhaps is None:
        return Derived(codes, silent, conflict)
    perhaps = _of_column(held.perhaps.places, held.perhaps.sets)
    return Derived(codes, silent, conflict, perhaps, packed(held.perhaps.stated))


def _of_column(places: Ids, sets: Sequence[Members]) -> CodePlanes:
    used = [sets[place] for place in np.unique(places).tolist() if place >= 0]
    planes: CodePlanes = {}
    for code in sorted(frozenset[str]().union(*used)):
        among = np.array([*(code in each for each in sets), False], np.bool_)
        planes[code] = packed(among[places])
    return planes


def choose(choice: Choice, applies: Words, rows: Sequence[Words]) -> Derived:
    """Every outcome whose row is not ruled out, up to the first row that certainly holds.

    ``applies`` and ``rows`` are the two planes of each condition.
    """
    domain, words = _codes_of(choice.domain), applies.shape[1]
    outcome: CodePlanes = {}
    reached = np.full(words, ALL_BITS)
    for (_, codes), row in zip(choice.rows, rows, strict=True):
        _add(outcome, codes, reached & row[POSSIBLE])
        reached = reached & ~row[SURE]
    _add(outcome, choice.otherwise, reached)
    speaks = applies[SURE]
    nothing = np.zeros(words, np.uint64)
    codes_said = {
        code: (outcome.get(code, nothing) & speaks) | (~speaks if code in domain else nothing)
        for code in {*outcome, *domain}
    }
    says_all = np.full(words, ALL_BITS)
    for code in domain:
        says_all &= outcome.get(code, nothing)
    for code in outcome.keys() - domain:
        says_all &= ~outcome[code]
    return Derived(codes_said, ~speaks | says_all, nothing, outcome, applies[POSSIBLE] & ~speaks)


def combine(node: Combine, sources: Sequence[Derived]) -> Derived:
    """Sources that speak are reconciled; one that only may apply gives the union of with and without it."""
    domain, words = _codes_of(node.domain), len(sources[0].silent)
    every = sorted({*domain, *(code for each in sources for code in (*each.codes, *(each.perhaps or ())))})
    nothing = np.zeros(words, np.uint64)

    def planes_of(codes: CodePlanes) -> Words:
        return np.array([codes.get(code, nothing) for code in every])

    common = np.full((len(every), words), ALL_BITS)
    union = np.zeros((len(every), words), np.uint64)
    silent = np.full(words, ALL_BITS)
    for each in sources:
        silent &= each.silent
        held = planes_of(each.codes)
        common &= held | each.silent
        union |= held & ~each.silent
    agreed = np.bitwise_or.reduce(common)
    found = (common & (agreed & ~silent)) | (union & ~agreed)
    found[[code in domain for code in every]] |= silent
    for each in sources:
        if each.perhaps is None or each.may_apply is None:
            continue
        # Where all are silent every code is common, so that the outcome stands alone.
        perhaps = planes_of(each.perhaps)
        narrowed = common & perhaps
        agreed_too = np.bitwise_or.reduce(narrowed)
        found |= each.may_apply & ((narrowed & agreed_too) | ((union | perhaps) & ~agreed_too))
    # Beside a source that nobody can read none is believed.
    unread = np.zeros(words, np.uint64)
    for each in sources:
        unread |= each.codes.get(NOT_UNDERSTOOD, nothing)
        if each.perhaps is not None and each.may_apply is not None:
            unread |= each.perhaps.get(NOT_UNDERSTOOD, nothing) & each.may_apply
    found[[code in domain or code == NOT_UNDERSTOOD for code in every]] |= unread
    conflict = ~silent & ~agreed & ~unread
    for each in sources:
        conflict |= each.conflict
    return Derived(dict(zip(every, found, strict=True)), silent, conflict)


def within(held: Derived, codes: Members, into: Words) -> None:
    """Write the two planes of the test: sure where no other code is possible, possible where one of these is."""
    words = len(held.silent)
    into[SURE] = ~_any((plane for code, plane in held.codes.items() if code not in codes), words)
    into[POSSIBLE] = _any((plane for code, plane in held.codes.items() if code in codes), words)


def _codes_of(domain: Domain) -> Members:
    assert isinstance(domain, CodeDomain)
    return domain.codes


def _add(planes: CodePlanes, codes: Iterable[str], more: Words) -> None:
    for code in codes:
        planes[code] = planes[code] | more if code in planes else more


def _any(planes: Iterable[Words], words: int) -> Words:
    found = np.zeros(words, np.uint64)
    for each in planes:
        found |= each
    return found
