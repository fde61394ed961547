"""Published formulas over features. Inputs are possible values, so the results are too.

Each is monotone in every number, so its extremes over a box of intervals lie on the corners.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from math import inf, isnan

from matcher.domain.possible import Codes, Interval, Possible
from matcher.vocabulary.codes import ECOG_OF_KARNOFSKY, KARNOFSKY_OF_ECOG
from matcher.vocabulary.units import round9


def evaluate(name: str, inputs: list[Possible]) -> Possible:
    return FORMULAS[name](inputs)


def _corners(formula: Callable[..., float], *inputs: Possible) -> Interval:
    """The hull of the formula over every combination of interval ends and category members."""
    ends: list[list[float | str]] = []
    for each in inputs:
        match each:
            case Interval():
                ends.append([each.low, each.high])
            case Codes():
                ends.append(sorted(each.members))
    results = [formula(*corner) for corner in product(*ends)]
    # A corner such as infinity times zero says nothing: the result could then be any number from zero up.
    if any(isnan(each) for each in results):
        return Interval(0, inf)
    return Interval(round9(max(min(results), 0.0)), round9(max(*results, 0.0)))


def cockcroft_gault(age: float, weight: float, creatinine: float, sex: str) -> float:
    """Creatinine clearance in mL/min from age (years), weight (kg) and serum creatinine (mg/dL).

    (140 - age) x weight / (72 x creatinine), times 0.85 in women. Cockcroft and Gault, Nephron 1976;16:31-41.
    """
    clearance = _divided((140 - age) * weight, 72 * creatinine)
    return clearance * (0.85 if sex == "female" else 1.0)


def ckd_epi_2021(age: float, creatinine: float, sex: str) -> float:
    """Estimated glomerular filtration rate in mL/min/1.73 m2, without race.

    142 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.200 x 0.9938^age (x 1.012 in women), k 0.7 or 0.9,
    a -0.241 or -0.302. Inker et al., N Engl J Med 2021;385:1737-49.
    """
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "female" else (0.9, -0.302, 1.0)
    if creatinine == 0:
        return inf
    ratio = creatinine / kappa
    rate: float = factor * 142 * min(ratio, 1.0) ** alpha * max(ratio, 1.0) ** -1.2 * 0.9938**age
    return rate


def _divided(numerator: float, denominator: float) -> float:
    if denominator == 0:
        return inf if numerator > 0 else float("nan")
    return numerator / denominator


def _convert_scale(value: Possible, table: Mapping[int, frozenset[int]]) -> Interval:
    assert isinstance(value, Interval)
    reached = [score for known, scores in table.items() if value.holds(known) for score in scores]
    return Interval(min(reached), max(reached)) if reached else Interval(-inf, inf)


FORMULAS: Mapping[str, Callable[[list[Possible]], Possible]] = {
    "cockcroft_gault": lambda inputs: _corners(cockcroft_gault, *inputs),
    "ckd_epi_2021": lambda inputs: _corners(ckd_epi_2021, *inputs),
    "ecog_from_karnofsky": lambda inputs: _convert_scale(inputs[0], ECOG_OF_KARNOFSKY),
    "karnofsky_from_ecog": lambda inputs: _convert_scale(inputs[0], KARNOFSKY_OF_ECOG),
}
