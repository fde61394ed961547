"""Figures that cannot be, whatever the study: a probability above 1, an estimate outside its own interval.

A figure that a source prints so is kept as printed and named under ``doubtful``; then it is not shown as an effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from matcher.rules.condition import Path, Problem
from matcher.rules.syntax import EvidenceDocument, Outcome

_RANGES = {
    "median_months": (0.0, 1200.0),
    "control_median_months": (0.0, 1200.0),
    "hazard_ratio": (0.0, inf),
    "odds_ratio": (0.0, inf),
    "percent": (0.0, 100.0),
    "control_percent": (0.0, 100.0),
    "percent_below": (0.0, 100.0),
    "control_percent_below": (0.0, 100.0),
    "interval_level": (50.0, 100.0),
    "median_interval_level": (50.0, 100.0),
    "percent_interval_level": (50.0, 100.0),
    "count": (0.0, inf),
    "control_count": (0.0, inf),
}
_SHARES = (("count", "of"), ("control_count", "control_of"))
_INTERVALS = (
    ("median_months", "median_interval"),
    ("control_median_months", "control_median_interval"),
    ("percent", "percent_interval"),
    ("control_percent", "control_percent_interval"),
)
_INTERVAL_OF = {"hazard_ratio": "hazard_ratio", "odds_ratio": "odds_ratio", "median": "median_months"}
_OUTCOMES = (
    "overall_survival",
    "progression_free_survival",
    "response",
    "grade_3_4",
    "grade_3_or_higher",
    "treatment_related_deaths",
)


def impossible_figures(document: EvidenceDocument, path: Path) -> list[Problem]:
    """Every figure of a study that cannot be and is not marked as doubtful."""
    found: list[Problem] = []
    for name in _OUTCOMES:
        outcome = getattr(document, name)
        if outcome is not None:
            found += _of_outcome(outcome, (*path, name))
    for name, outcome in document.other.items():
        found += _of_outcome(outcome, (*path, "other", name))
    for part, whole in (("randomised", "patients"), ("treated", "patients"), ("treated", "randomised")):
        some, all_ = getattr(document, part), getattr(document, whole)
        if some is not None and all_ is not None and some > all_:
            message = f"{some} {part} of {all_} {whole}"
            found.append(Problem((*path, part), "R049", message))
    return found


def _of_outcome(outcome: Outcome, path: Path) -> list[Problem]:
    hint = "check the source; a figure it prints so is named under 'doubtful'"
    return [
        Problem((*path, name), "R049", message, hint)
        for name, message in _impossible(outcome)
        if name not in outcome.doubtful
    ] + [
        Problem((*path, "doubtful", index), "R014", f"there is no figure '{name}' here")
        for index, name in enumerate(outcome.doubtful)
        if getattr(outcome, name, None) is None
    ]


def _impossible(outcome: Outcome) -> Iterator[tuple[str, str]]:
    for name, (low, high) in _RANGES.items():
        value = getattr(outcome, name)
        if value is not None and not low <= value <= high:
            yield name, f"{name.replace('_', ' ')} of {value:g}"
    if isinstance(outcome.p, float) and not 0.0 <= outcome.p <= 1.0:
        yield "p", f"a probability of {outcome.p:g}"
    for part, whole in _SHARES:
        count, of = getattr(outcome, part), getattr(outcome, whole)
        if count is not None and of is not None and count > of:
            yield part, f"{count} of {of}"
    for year, percent in (outcome.rates or {}).items():
        if not 0.0 <= percent <= 100.0:
            yield "rates", f"{percent:g} % at {year}"
    intervals = list(_INTERVALS)
    if outcome.interval_of is not None:
        intervals.append((_INTERVAL_OF[outcome.interval_of], "interval"))
    for estimate, interval in intervals:
        yield from _outside(estimate, getattr(outcome, estimate), interval, getattr(outcome, interval))


def _outside(
    estimate: str, value: float | None, name: str, interval: list[float | None] | None
) -> Iterator[tuple[str, str]]:
    """An end that could not be estimated is null, and open."""
    if interval is None:
        return
    low = -inf if interval[0] is None else interval[0]
    high = inf if interval[1] is None else interval[1]
    if low > high:
        yield name, f"an interval from {low:g} to {high:g}"
    elif value is not None and not low <= value <= high:
        yield estimate, f"{value:g} lies outside its own interval, {low:g} to {high:g}"
