"""The section of the report about all patients together."""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from matcher.explanation.answer import STANDING_TEXT
from matcher.rules.rulebook import Rulebook
from matcher.service.cohort.charts import missing_facts, standing_map
from matcher.service.cohort.svg import can_draw
from matcher.service.cohort.tables import CANDIDATES, CRITERIA, FACTS
from matcher.service.cohort.view import CohortView, EntryView
from matcher.standing.cohort import CohortCounts
from matcher.standing.cohort.counts import Sampled
from matcher.standing.standing import StandingKind

#: what a page holds of many candidates: rows at a glance, details one by one, rows of the map
AT_A_GLANCE = 15
DETAILED = 60
MAPPED = 30
FACTS_SHOWN = 12
FACTS_OF_ONE = 6
_ORDER = tuple(StandingKind)


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, or nothing where none can be made, and what it shows of how much."""

    drawing: Markup
    shown: int
    of: int


def report_section(counts: CohortCounts, rulebook: Rulebook) -> Markup:
    """The section as it stands in the report; nothing for fewer than two patients or without candidates."""
    view = CohortView.of(counts, rulebook)
    if counts.patients < 2 or not view.entries:
        return Markup("")
    environment = Environment(
        loader=PackageLoader("matcher.service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(share=lambda part: f"{100 * part / counts.patients:.4g}%", number=_number)
    return Markup(  # noqa: S704 - rendered with escaping
        environment.get_template("cohort.html").render(
            counts=counts,
            view=view,
            standing_text=STANDING_TEXT,
            near_to_somebody=[each for each in view.ordered if each.fitting or each.possible or each.near],
            at_a_glance=AT_A_GLANCE,
            detailed=DETAILED,
            facts_of_one=FACTS_OF_ONE,
            drawn=can_draw(),
            facts_chart=_facts_chart(view),
            map_chart=_map_chart(view),
            candidates_file=CANDIDATES,
            criteria_file=CRITERIA,
            facts_file=FACTS,
        )
    )


def _number(value: int) -> str:
    return f"{value:,}"


def _facts_chart(view: CohortView) -> Chart | None:
    shown = view.facts[:FACTS_SHOWN]
    if not shown:
        return None
    if not can_draw():
        return Chart(Markup(""), len(shown), len(view.facts))
    drawing = missing_facts(
        [fact.name for fact, _ in shown],
        [count.alone for _, count in shown],
        [count.missing for _, count in shown],
    )
    return Chart(drawing, len(shown), len(view.facts))


def _map_chart(view: CohortView) -> Chart | None:
    """Patients of the sample side by side: those who stand alike towards the first candidates together."""
    sample = view.counts.sample
    if not sample or not can_draw():
        return None
    places = {candidate.id: place for place, candidate in enumerate(view.plan.candidates)}
    open_to_some = [each.entry.candidate.id for each in view.ordered if each.fitting or each.possible]
    rows = list(dict.fromkeys(open_to_some))[:MAPPED]
    if not rows:
        return None
    patients = sorted(sample, key=lambda each: ([each.standings[places[row]] for row in rows], each.patient))
    titles = {each.entry.candidate.id: _label(each) for each in view.ordered}
    drawing = standing_map(
        [titles[row] for row in rows],
        [each.patient for each in patients],
        [[_kind(each, places[row]) for each in patients] for row in rows],
    )
    return Chart(drawing, len(rows), len(places))


def _kind(sampled: Sampled, place: int) -> StandingKind:
    return _ORDER[int(sampled.standings[place])]


def _label(view: EntryView) -> str:
    candidate = view.entry.candidate
    return candidate.id if candidate.kind.value == "trial" else candidate.title
