"""Recorded categories as bits: for every code one plane of the patients whom it could be true of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matcher.domain.possible import Codes
from matcher.engines.columnar.arrays import Ids, Words
from matcher.engines.columnar.column import Members
from matcher.engines.columnar.possible import Categories
from matcher.engines.planes.algebra import Said
from matcher.engines.planes.chunk import bit, packed


def said_of(held: Categories) -> Said[Words]:
    """The same values with a plane for each code instead of a place for each patient."""
    silent, nobody = packed(held.silent), packed(np.zeros(len(held), np.bool_))
    perhaps, may_apply = {}, nobody
    if held.perhaps is not None:
        perhaps = _of_column(held.perhaps.places, held.perhaps.sets)
        may_apply = packed(held.perhaps.stated)
    return Said(_of_column(held.places, held.sets), silent, packed(held.conflict), perhaps, may_apply)


def codes_at(said: Said[Words], patient: int) -> Codes:
    return Codes(frozenset(code for code, plane in said.codes.items() if bit(plane, patient)))


def _of_column(places: Ids, sets: Sequence[Members]) -> dict[str, Words]:
    used = [sets[place] for place in np.unique(places).tolist() if place >= 0]
    planes: dict[str, Words] = {}
    for code in sorted(frozenset[str]().union(*used)):
        among = np.array([*(code in each for each in sets), False], np.bool_)
        planes[code] = packed(among[places])
    return planes
