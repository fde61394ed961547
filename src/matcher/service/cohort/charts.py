"""The charts of a cohort. Each says in shape and words what it says in colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from matcher.explanation.answer import STANDING_TEXT
from matcher.service.cohort.svg import blank, drawing, inline, short
from matcher.standing.standing import StandingKind

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Mark:
    """How a standing looks on the map: the better, the taller."""

    letter: str
    height: float
    colour: str
    hatch: str = ""
    ink: str = "#1b2530"


MARKS: dict[StandingKind, Mark] = {
    StandingKind.ELIGIBLE: Mark("E", 0.92, "#1a6b3a", "", "#ffffff"),
    StandingKind.ELIGIBLE_PENDING_SCREENING: Mark("S", 0.92, "#2b8a98", "////"),
    StandingKind.MEETS_KNOWN_CRITERIA: Mark("M", 0.92, "#4f83c9", "\\\\\\\\"),
    StandingKind.POSSIBLE: Mark("P", 0.7, "#e3b04b"),
    StandingKind.NOT_YET: Mark("N", 0.46, "#8f7fd0"),
    StandingKind.NEEDS_WAIVER: Mark("W", 0.46, "#c06aa9", "xxxx"),
    StandingKind.INELIGIBLE: Mark("", 0.06, "#aab3bc"),
}
#: up to so many patients each has a column of its own with name and letters
NAMED = 30
_LABELS = 235
_WIDTH = 760
_ROW = 19


def standing_map(
    rows: Sequence[str], patients: Sequence[str], standings: Sequence[Sequence[StandingKind]]
) -> Markup:
    """One row a candidate, one column a patient: ``standings`` are those of each row."""
    name = "cohort-map"
    named = len(patients) <= NAMED
    legend, foot = 74, 74 if named else 24
    height = legend + foot + _ROW * len(rows)
    with drawing(name):
        figure = blank(_WIDTH, height)
        axes = figure.add_axes(
            (_LABELS / _WIDTH, foot / height, (_WIDTH - _LABELS - 8) / _WIDTH, _ROW * len(rows) / height)
        )
        axes.set_xlim(0, len(patients))
        axes.set_ylim(len(rows), 0)
        axes.set_yticks([number + 0.5 for number in range(len(rows))], [short(each, 34) for each in rows])
        axes.tick_params(length=0)
        if named:
            places = [number + 0.5 for number in range(len(patients))]
            axes.set_xticks(places, [short(each, 11) for each in patients], rotation=90)
        else:
            axes.set_xticks([])
            axes.set_xlabel("each column is one patient; patients alike stand together", color="#55616e")
        for kind, mark in MARKS.items():
            runs = [
                (start, row, length)
                for row, held in enumerate(standings)
                for start, length in _runs(held, kind)
            ]
            _draw(axes, runs, mark, single=named)
        _legend(figure, height, single=named)
        described = f"{len(rows)} candidates by {len(patients)} patients. " + "; ".join(
            f"{STANDING_TEXT[kind.value]}: {sum(row.count(kind) for row in map(list, standings))}"
            for kind in MARKS
        )
        return inline(figure, name, "Standing of each patient towards each candidate", described)


def _runs(standings: Sequence[StandingKind], kind: StandingKind) -> list[tuple[int, int]]:
    """Where patients of this standing stand side by side: the first, and how many."""
    found, start = [], 0
    for each, group in groupby(standings):
        length = len(list(group))
        if each is kind:
            found.append((start, length))
        start += length
    return found


def _draw(axes: Axes, runs: Sequence[tuple[int, int, int]], mark: Mark, *, single: bool) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not runs:
        return
    boxes = []
    for start, row, length in runs:
        cells = [(start + number, 1) for number in range(length)] if single else [(start, length)]
        for left, width in cells:
            gap = 0.05 if single else 0.0
            low, high = row + 0.96, row + 0.96 - mark.height
            corners = [
                (left + gap, low),
                (left + width - gap, low),
                (left + width - gap, high),
                (left + gap, high),
            ]
            boxes.append(Path([*corners, corners[0]], closed=True))
            if mark.letter and (single or (not mark.hatch and width / axes.get_xlim()[1] > 0.03)):
                axes.text(
                    left + width / 2, row + 0.96 - min(mark.height, 0.75) / 2, mark.letter,
                    ha="center", va="center", fontsize=9, color=mark.ink,
                )  # fmt: skip
    hatch = "" if single else mark.hatch
    axes.add_patch(
        PathPatch(
            Path.make_compound_path(*boxes),
            facecolor=mark.colour,
            edgecolor="#ffffff",
            linewidth=0,
            hatch=hatch,
        )
    )


def _legend(figure: Figure, height: int, *, single: bool) -> None:
    from matplotlib.patches import Rectangle

    across, down = 0, 0
    for kind, mark in MARKS.items():
        if across == 3:
            across, down = 0, down + 1
        left, top = 6 + across * 245, 8 + down * 20
        low = (height - top - 14) / height
        figure.add_artist(
            Rectangle(
                (left / _WIDTH, low), 16 / _WIDTH, 14 * mark.height / height,
                facecolor=mark.colour, edgecolor="#ffffff", linewidth=0, hatch="" if single else mark.hatch,
                transform=figure.transFigure,
            )
        )  # fmt: skip
        words = f"{mark.letter}  {STANDING_TEXT[kind.value]}" if mark.letter else STANDING_TEXT[kind.value]
        figure.text((left + 22) / _WIDTH, low, words, fontsize=10.5, va="bottom")
        across += 1


def missing_facts(names: Sequence[str], alone: Sequence[int], missing: Sequence[int]) -> Markup:
    """For each fact the patients it alone would settle a candidate for, among those who lack it."""
    name, width, step, top = "cohort-facts", 420, 42, 46
    height = top + step * len(names)
    numbers = [f"{sure:,} of {all_of_them:,}" for sure, all_of_them in zip(alone, missing, strict=True)]
    beside = 20 + 6.5 * max(map(len, numbers), default=0)
    scale = (width - beside) / max(missing, default=1)
    with drawing(name):
        figure = blank(width, height)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        axes.set_axis_off()
        solid: Any = {"color": "#0b5c6b", "linewidth": 0}
        light: Any = {"facecolor": "#e0f1f3", "edgecolor": "#5a9aa5", "hatch": "////", "linewidth": 0}
        axes.bar([6], [12], 16, bottom=4, align="edge", **solid)
        axes.text(28, 16, "it is all that is missing: the answer settles it", va="bottom", fontsize=10.5)
        axes.bar([6], [12], 16, bottom=22, align="edge", **light)
        axes.text(28, 34, "other facts are missing too", va="bottom", fontsize=10.5)
        for number, (label, sure, all_of_them) in enumerate(zip(names, alone, missing, strict=True)):
            y = top + step * number
            axes.text(6, y + 16, short(label, 54), va="bottom")
            axes.barh([y + 25], [sure * scale], 13, left=6, **solid)
            axes.barh([y + 25], [(all_of_them - sure) * scale], 13, left=6 + sure * scale, **light)
            axes.text(12 + all_of_them * scale, y + 31, numbers[number], va="bottom", fontsize=10.5)
        described = "; ".join(f"{label}: {said}" for label, said in zip(names, numbers, strict=True))
        return inline(figure, name, "Patients for whom a missing fact would settle a candidate", described)
