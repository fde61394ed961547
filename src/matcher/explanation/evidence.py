"""Figures of a study in words, exactly as its document prints them; doubtful ones are never shown as effects."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.rules.syntax import EvidenceDocument, Outcome

_OUTCOMES = {
    "overall_survival": "Overall survival",
    "progression_free_survival": "Progression-free survival",
    "response": "Response",
    "grade_3_4": "Grade 3 to 4 adverse events",
    "treatment_related_deaths": "Treatment-related deaths",
}


def figures_in_words(document: EvidenceDocument) -> tuple[str, ...]:
    lines: list[str] = []
    for field, title in _OUTCOMES.items():
        outcome: Outcome | None = getattr(document, field)
        if outcome is not None:
            lines.append(f"{title}: {', '.join(_parts(outcome))}")
    lines += [
        f"{name.replace('_', ' ').capitalize()}: {', '.join(_parts(each))}"
        for name, each in document.other.items()
    ]
    return (*lines, *document.findings)


def _parts(outcome: Outcome) -> Iterable[str]:
    shown = {name: value for name, value in outcome.model_dump().items() if name not in outcome.doubtful}

    def value(name: str) -> object:
        return shown.get(name)

    if value("median_months") is not None:
        control = (
            f" against {outcome.control_median_months:g}"
            if value("control_median_months") is not None
            else ""
        )
        yield f"median {outcome.median_months:g}{control} months"
    if value("hazard_ratio") is not None:
        yield f"hazard ratio {outcome.hazard_ratio:g}"
    if value("odds_ratio") is not None:
        yield f"odds ratio {outcome.odds_ratio:g}"
    if outcome.interval is not None and "interval" not in outcome.doubtful:
        low, high = outcome.interval
        level = f"{outcome.interval_level:g} % interval" if outcome.interval_level is not None else "interval"
        yield f"{level} {_end(low)} to {_end(high)}"
    if value("p") is not None:
        sided = f", {outcome.p_sided}-sided" if outcome.p_sided else ""
        yield f"p {outcome.p}{sided}" if isinstance(outcome.p, str) else f"p = {outcome.p:g}{sided}"
    if value("count") is not None:
        of = f" of {outcome.of}" if outcome.of is not None else ""
        control = f" against {outcome.control_count}" if outcome.control_count is not None else ""
        control += f" of {outcome.control_of}" if control and outcome.control_of is not None else ""
        yield f"{outcome.count}{of}{control}"
    if value("percent") is not None:
        control = f" against {outcome.control_percent:g} %" if value("control_percent") is not None else ""
        yield f"{outcome.percent:g} %{control}"
    for time, share in (outcome.rates or {}).items():
        yield f"{share:g} % at {time}"
    if outcome.note:
        yield outcome.note
    if outcome.doubtful:
        yield f"printed but doubtful, not shown: {', '.join(name.replace('_', ' ') for name in outcome.doubtful)}"


def _end(value: float | None) -> str:
    return "not given" if value is None else f"{value:g}"
