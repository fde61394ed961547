"""Figures of a study in words, exactly as its document prints them; doubtful ones are never shown as effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matcher.rules.syntax import EvidenceDocument, Outcome

_OUTCOMES = {
    "overall_survival": "Overall survival",
    "progression_free_survival": "Progression-free survival",
    "response": "Response",
    "grade_3_4": "Grade 3 to 4 adverse events",
    "grade_3_or_higher": "Adverse events of grade 3 or higher",
    "treatment_related_deaths": "Treatment-related deaths",
}


def figures_in_words(document: EvidenceDocument) -> tuple[str, ...]:
    randomised = (
        f", {document.randomised} of them randomised to it" if document.randomised is not None else ""
    )
    treated = f", {document.treated} of them treated with it" if document.treated is not None else ""
    lines = [f"{document.patients} patients{randomised}{treated}"] if document.patients is not None else []
    for field, title in _OUTCOMES.items():
        outcome: Outcome | None = getattr(document, field)
        if outcome is not None:
            lines.append(f"{title}: {', '.join(_parts(outcome))}")
    lines += [
        f"{name.replace('_', ' ').capitalize()}: {', '.join(_parts(each))}"
        for name, each in document.other.items()
    ]
    return (*lines, *document.findings)


_Printed = Callable[[float | None], str]
#: decimals that a ratio is reported with at least
_OF_A_RATIO = 2


def _parts(outcome: Outcome) -> Iterable[str]:
    """The figures of one outcome; with its control behind "against", each with the interval printed for it."""
    shown = outcome.model_copy(update=dict.fromkeys(outcome.doubtful))
    medians = (shown.median_interval, shown.control_median_interval)
    months = _alike(shown.median_months, shown.control_median_months, *_ends(*medians))
    ratios = _alike(shown.hazard_ratio, shown.odds_ratio, *_ends(shown.interval), least=_OF_A_RATIO)
    if shown.median_months is not None:
        yield _both(
            f"median {months(shown.median_months)} months"
            + _interval(shown.median_interval, shown.median_interval_level, months),
            None
            if shown.control_median_months is None
            else f"{months(shown.control_median_months)} months"
            + _interval(shown.control_median_interval, shown.median_interval_level, months),
        )
    for name, ratio in (("hazard ratio", shown.hazard_ratio), ("odds ratio", shown.odds_ratio)):
        if ratio is not None:
            yield f"{name} {ratios(ratio)}"
    if shown.interval is not None:
        of_interval = ratios if "ratio" in (shown.interval_of or "ratio") else _alike(*_ends(shown.interval))
        of = f" of the {shown.interval_of.replace('_', ' ')}" if shown.interval_of else ""
        yield _interval(shown.interval, shown.interval_level, of_interval).strip(" ()") + of
    if shown.p is not None:
        sign = "" if isinstance(shown.p, str) and shown.p[:1] in "<=>" else "= "
        value = shown.p if isinstance(shown.p, str) else f"{shown.p:g}"
        yield f"P {sign}{value}" + (f" ({shown.p_sided}-sided)" if shown.p_sided else "")
    if shown.count is not None:
        yield _both(_of(shown.count, shown.of), _of(shown.control_count, shown.control_of))
    if shown.percent is not None:
        level = shown.percent_interval_level
        yield _both(
            f"{shown.percent:g} %{_interval(shown.percent_interval, level, _plain, ' %')}",
            None
            if shown.control_percent is None
            else f"{shown.control_percent:g} %{_interval(shown.control_percent_interval, level, _plain, ' %')}",
        )
    elif shown.percent_below is not None:
        control = shown.control_percent_below
        yield _both(
            f"less than {shown.percent_below:g} %", None if control is None else f"less than {control:g} %"
        )
    elif shown.percent_interval is not None:
        yield f"{_between(shown.percent_interval, _plain)} %"
    for time, share in (shown.rates or {}).items():
        yield f"{share:g} % at {time}"
    if shown.significant is not None:
        yield "significant" if shown.significant else "no significant difference"
    if shown.note:
        yield shown.note
    if outcome.doubtful:
        yield f"printed but doubtful, not shown: {', '.join(name.replace('_', ' ') for name in outcome.doubtful)}"


def _both(figure: str | None, control: str | None) -> str:
    return f"{figure} against {control}" if control else f"{figure}"


def _of(count: int | None, total: int | None) -> str | None:
    if count is None:
        return None
    return f"{count} of {total}" if total is not None else f"{count}"


def _interval(ends: list[float | None] | None, level: float | None, printed: _Printed, unit: str = "") -> str:
    if ends is None:
        return ""
    named = f"{level:g} % interval " if level is not None else "interval "
    return f" ({named}{_between(ends, printed)}{unit})"


def _between(ends: list[float | None], printed: _Printed) -> str:
    low, high = ends
    if low is None or high is None:
        return (
            f"from {printed(low)}" if low is not None else f"up to {printed(high)}"
        ) + ", the other end not given"
    return f"{printed(low)} to {printed(high)}"


def _ends(*intervals: list[float | None] | None) -> list[float | None]:
    return [end for interval in intervals for end in interval or ()]


def _alike(*figures: float | None, least: int = 0) -> _Printed:
    """How figures of one outcome are printed: with as many decimals as the longest of them.

    A number of YAML does not keep its last zero, and a study that prints 0.48 to 0.90 estimated 0.60, not 0.6.
    """
    decimals = [len(f"{each:g}".partition(".")[2]) for each in figures if each is not None]
    places = max([least, *decimals])
    return lambda value: f"{value:.{places}f}"


def _plain(value: float | None) -> str:
    return f"{value:g}"
