"""Nine significant digits for a whole array, the same to the last bit as for one number."""

from __future__ import annotations

import numpy as np

from matcher.engines.columnar.arrays import Floats, Index
from matcher.vocabulary.units import round9

#: powers of ten up to here are exact as floating-point numbers, so one division or product rounds once
_EXACT_POWER = 22
_POWERS: Floats = np.array([10.0**each for each in range(_EXACT_POWER + 2)])
_NEAR_A_TIE = 1e-6


def rounded(values: Floats) -> Floats:
    """``round9`` of each value.

    Scaled to nine digits before the point, rounded, and scaled back: one rounding each way. What lies too near
    the middle of two results to be sure, or too far out, goes through decimal text as ``round9`` does.
    """
    usual = np.isfinite(values) & (values != 0)
    with np.errstate(all="ignore"):
        size = np.where(usual, np.abs(values), 1.0)
        places = 8 - np.floor(np.log10(size)).astype(np.intp)
        digits = _scaled(size, places)
        # The logarithm may be one off beside a power of ten.
        beside = (digits < 1e8).astype(np.intp) - (digits >= 1e9)
        if beside.any():
            places += beside
            digits = _scaled(size, places)
        found = np.copysign(_scaled(np.rint(digits), -places), values)
        sure = (np.abs(places) <= _EXACT_POWER) & (
            np.abs(np.abs(digits - np.floor(digits)) - 0.5) > _NEAR_A_TIE
        )
    # Nought has no sign.
    found[~usual] = values[~usual] + 0.0
    unsure = np.flatnonzero(usual & ~sure)
    found[unsure] = [round9(each) for each in values[unsure].tolist()]
    return found


def _scaled(values: Floats, places: Index) -> Floats:
    power = _POWERS[np.minimum(np.abs(places), _EXACT_POWER + 1)]
    if (places >= 0).all():
        return values * power
    if (places <= 0).all():
        return values / power
    return np.where(places >= 0, values * power, values / power)
