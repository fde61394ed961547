"""Nine significant digits for a whole array, the same to the last bit as for one number."""

from __future__ import annotations

import numpy as np

from matcher.engines.columnar.arrays import Floats
from matcher.vocabulary.units import round9

#: powers of ten up to here are exact as floating-point numbers, so one division or product rounds once
_EXACT_POWER = 22
_NEAR_A_TIE = 1e-6


def rounded(values: Floats) -> Floats:
    """``round9`` of each value.

    Scaled to nine digits before the point, rounded, and scaled back: one rounding each way. What lies too near
    the middle of two results to be sure, or too far out, goes through decimal text as ``round9`` does.
    """
    with np.errstate(all="ignore"):
        size = np.abs(values)
        places = 8 - np.floor(np.log10(size))
        places = np.where(np.isfinite(places), places, 0.0)
        digits = _scaled(size, places)
        # The logarithm may be one off beside a power of ten.
        places += (digits < 1e8).astype(np.float64) - (digits >= 1e9)
        digits = _scaled(size, places)
        nearest = np.rint(digits)
        found = np.copysign(_scaled(nearest, -places), values)
        sure = (np.abs(places) <= _EXACT_POWER) & (
            np.abs(np.abs(digits - np.floor(digits)) - 0.5) > _NEAR_A_TIE
        )
    found[values == 0] = 0.0
    endless = ~np.isfinite(values)
    found[endless] = values[endless]
    unsure = np.flatnonzero(~sure & (values != 0) & ~endless)
    found[unsure] = [round9(each) for each in values[unsure].tolist()]
    return found


def _scaled(values: Floats, places: Floats) -> Floats:
    power = 10.0 ** np.minimum(np.abs(places), _EXACT_POWER + 1)
    return np.where(places >= 0, values * power, values / power)
