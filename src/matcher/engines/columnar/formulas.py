"""Published formulas over features, for every patient of a frame. The citations stand in ``FORMULAS``.

Each is monotone in every number, so its extremes over a box of intervals lie on the corners.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import inf
from typing import TypeAlias

import numpy as np

from matcher.engines.columnar.arrays import Bools, Floats
from matcher.engines.columnar.possible import Categories, Numbers, Values
from matcher.engines.columnar.rounding import rounded
from matcher.vocabulary.codes import ECOG_OF_KARNOFSKY, KARNOFSKY_OF_ECOG

#: a corner: numbers, and whether the patient is a woman
_Formula: TypeAlias = Callable[[Sequence[Floats], bool], Floats]


def evaluate(name: str, inputs: Sequence[Values]) -> Numbers:
    found = FORMULAS[name](inputs)
    conflict = np.logical_or.reduce([each.conflict for each in inputs])
    silent = np.logical_or.reduce([each.silent for each in inputs])
    return Numbers.closed(found[0], found[1], silent, conflict)


def _corners(formula: _Formula, inputs: Sequence[Values]) -> tuple[Floats, Floats]:
    """The hull of the formula over every combination of interval ends and sexes."""
    numbers = [each for each in inputs if isinstance(each, Numbers)]
    (sex,) = (each for each in inputs if isinstance(each, Categories))
    low, high = np.full(len(sex), inf), np.full(len(sex), -inf)
    nothing_said = np.zeros(len(sex), np.bool_)
    exact = np.logical_and.reduce([each.low == each.high for each in numbers])
    with np.errstate(all="ignore"):
        for is_woman, same in product((True, False), repeat=2):
            held = np.flatnonzero(_may_be(sex, woman=is_woman) & (exact == same))
            ends = [(each.low[held], each.high[held]) for each in numbers]
            # Of exact numbers all corners are one.
            corners = list(product(*ends))[: 1 if same else None]
            results = np.stack([formula(corner, is_woman) for corner in corners])
            nothing_said[held] |= np.isnan(results).any(axis=0)
            low[held] = np.fmin(low[held], np.fmin.reduce(results))
            high[held] = np.fmax(high[held], np.fmax.reduce(results))
    # A corner such as infinity times zero says nothing: the result could then be any number from zero up.
    low = np.where(nothing_said, 0.0, np.maximum(low, 0.0))
    high = np.where(nothing_said, inf, np.maximum(high, 0.0))
    return rounded(low), rounded(high)


def _may_be(sex: Categories, *, woman: bool) -> Bools:
    possible = [bool(each & {"female"}) if woman else bool(each - {"female"}) for each in sex.sets]
    return np.array(possible, np.bool_)[sex.places]


def cockcroft_gault(corner: Sequence[Floats], is_woman: bool) -> Floats:
    """Creatinine clearance in mL/min from age, weight (kg) and creatinine (mg/dL). Nephron 1976;16:31-41."""
    age, weight, creatinine = corner
    numerator, denominator = (140 - age) * weight, 72 * creatinine
    beyond = np.where(numerator > 0, inf, np.nan)
    clearance = np.where(denominator == 0, beyond, numerator / denominator)
    return clearance * (0.85 if is_woman else 1.0)


def ckd_epi_2021(corner: Sequence[Floats], is_woman: bool) -> Floats:
    """Estimated glomerular filtration rate in mL/min/1.73 m2. N Engl J Med 2021;385:1737-49."""
    age, creatinine = corner
    kappa, alpha, factor = (0.7, -0.241, 1.012) if is_woman else (0.9, -0.302, 1.0)
    ratio = creatinine / kappa
    rate = factor * 142 * _power(np.minimum(ratio, 1.0), alpha) * _power(np.maximum(ratio, 1.0), -1.2)
    return np.where(creatinine == 0, inf, rate * _raised(0.9938, age))


def _power(base: Floats, exponent: float) -> Floats:
    """Each distinct base once, by the C library: vectorised powers may differ from it in the last bit."""
    distinct, where = np.unique(base, return_inverse=True)
    found = [each**exponent if each else inf for each in distinct.tolist()]
    return np.array(found, np.float64)[where]


def _raised(base: float, exponent: Floats) -> Floats:
    distinct, where = np.unique(exponent, return_inverse=True)
    return np.array([base**each for each in distinct.tolist()], np.float64)[where]


def _convert_scale(value: Values, table: Mapping[int, frozenset[int]]) -> tuple[Floats, Floats]:
    assert isinstance(value, Numbers)
    low, high = np.full(len(value), inf), np.full(len(value), -inf)
    for known, scores in table.items():
        above = (value.low < known) | ((value.low == known) & ~value.low_open)
        below = (value.high > known) | ((value.high == known) & ~value.high_open)
        held = above & below
        low = np.where(held, np.minimum(low, min(scores)), low)
        high = np.where(held, np.maximum(high, max(scores)), high)
    nothing = low > high
    return np.where(nothing, -inf, low), np.where(nothing, inf, high)


FORMULAS: Mapping[str, Callable[[Sequence[Values]], tuple[Floats, Floats]]] = {
    "cockcroft_gault": lambda inputs: _corners(cockcroft_gault, inputs),
    "ckd_epi_2021": lambda inputs: _corners(ckd_epi_2021, inputs),
    "ecog_from_karnofsky": lambda inputs: _convert_scale(inputs[0], ECOG_OF_KARNOFSKY),
    "karnofsky_from_ecog": lambda inputs: _convert_scale(inputs[0], KARNOFSKY_OF_ECOG),
}
