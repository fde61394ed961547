"""The charts of a cohort. Each says in shape and words what it says in colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from matcher.explanation.answer import STANDING_TEXT
from matcher.service.cohort.svg import FAINT, Box, Drawing, Fill, short
from matcher.standing.standing import StandingKind


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
    StandingKind.ELIGIBLE_PENDING_SCREENING: Mark("S", 0.92, "#2b8a98", "/"),
    StandingKind.MEETS_KNOWN_CRITERIA: Mark("M", 0.92, "#4f83c9", "\\"),
    StandingKind.POSSIBLE: Mark("P", 0.7, "#e3b04b"),
    StandingKind.NOT_YET: Mark("N", 0.46, "#8f7fd0"),
    StandingKind.NEEDS_WAIVER: Mark("W", 0.46, "#c06aa9", "x"),
    StandingKind.INELIGIBLE: Mark("", 0.06, "#aab3bc"),
}
#: up to so many patients each has a column of its own with name and letters
NAMED = 30
_LABELS = 235
_WIDTH = 760
_ROW = 19
_LEGEND = 74
#: of a row, the part that the tallest mark leaves free below
_FOOT = 0.96


def standing_map(
    rows: Sequence[str], patients: Sequence[str], standings: Sequence[Sequence[StandingKind]]
) -> Markup:
    """One row a candidate, one column a patient: ``standings`` are those of each row."""
    named = len(patients) <= NAMED
    bottom = _LEGEND + _ROW * len(rows)
    drawing = Drawing("cohort-map", _WIDTH, bottom + (74 if named else 24))
    column = (_WIDTH - _LABELS - 8) / max(1, len(patients))
    for number, row in enumerate(rows):
        drawing.text(_LABELS - 4, _LEGEND + _ROW * (number + 0.5) + 4, short(row, 34), anchor="end")
    for number, patient in enumerate(patients if named else ()):
        left = _LABELS + column * (number + 0.5) + 4
        drawing.text(left, bottom + 4, short(patient, 11), colour=FAINT, anchor="end", upright=True)
    if not named:
        middle = (_LABELS + _WIDTH - 8) / 2
        words = "each column is one patient; patients alike stand together"
        drawing.text(middle, bottom + 16, words, colour=FAINT, anchor="middle")
    for kind, mark in MARKS.items():
        runs = [
            (start, row, length) for row, held in enumerate(standings) for start, length in _runs(held, kind)
        ]
        _draw(drawing, runs, mark, column, single=named)
    _legend(drawing, single=named)
    described = f"{len(rows)} candidates by {len(patients)} patients. " + "; ".join(
        f"{STANDING_TEXT[kind.value]}: {sum(row.count(kind) for row in map(list, standings))}"
        for kind in MARKS
    )
    return drawing.inline("Standing of each patient towards each candidate", described)


def _runs(standings: Sequence[StandingKind], kind: StandingKind) -> list[tuple[int, int]]:
    """Where patients of this standing stand side by side: the first, and how many."""
    found, start = [], 0
    for each, group in groupby(standings):
        length = len(list(group))
        if each is kind:
            found.append((start, length))
        start += length
    return found


def _draw(
    drawing: Drawing, runs: Sequence[tuple[int, int, int]], mark: Mark, column: float, *, single: bool
) -> None:
    boxes: list[Box] = []
    letters: list[tuple[float, float]] = []
    for start, row, length in runs:
        cells = [(start + number, 1) for number in range(length)] if single else [(start, length)]
        for first, width in cells:
            gap = 0.05 if single else 0.0
            left, across = _LABELS + column * (first + gap), column * (width - 2 * gap)
            top = _LEGEND + _ROW * (row + _FOOT - mark.height)
            boxes.append(Box(left, top, across, _ROW * mark.height))
            if mark.letter and (single or (not mark.hatch and across > 0.03 * (_WIDTH - _LABELS - 8))):
                middle = _LEGEND + _ROW * (row + _FOOT - min(mark.height, 0.75) / 2)
                letters.append((left + across / 2, middle + 3.2))
    drawing.boxes(boxes, Fill(mark.colour, "" if single else mark.hatch))
    for left, base in letters:
        drawing.text(left, base, mark.letter, size=9, colour=mark.ink, anchor="middle")


def _legend(drawing: Drawing, *, single: bool) -> None:
    for number, (kind, mark) in enumerate(MARKS.items()):
        left, base = 6 + number % 3 * 245, 22 + number // 3 * 20
        box = Box(left, base - 14 * mark.height, 16, 14 * mark.height)
        drawing.boxes([box], Fill(mark.colour, "" if single else mark.hatch))
        words = f"{mark.letter}  {STANDING_TEXT[kind.value]}" if mark.letter else STANDING_TEXT[kind.value]
        drawing.text(left + 22, base - 2, words, size=10.5)


def missing_facts(names: Sequence[str], alone: Sequence[int], missing: Sequence[int]) -> Markup:
    """For each fact the patients it alone would settle a candidate for, among those who lack it."""
    width, step, top = 420, 42, 46
    drawing = Drawing("cohort-facts", width, top + step * len(names))
    numbers = [f"{sure:,} of {all_of_them:,}" for sure, all_of_them in zip(alone, missing, strict=True)]
    scale = (width - 20 - 6.5 * max(map(len, numbers), default=0)) / max(missing, default=1)
    solid, light = Fill("#0b5c6b"), Fill("#e0f1f3", "/", "#5a9aa5")
    for words, fill, base in (
        ("it is all that is missing: the answer settles it", solid, 14),
        ("other facts are missing too", light, 32),
    ):
        drawing.boxes([Box(6, base - 10, 16, 12)], fill)
        drawing.text(28, base, words, size=10.5)
    for number, (label, sure, all_of_them) in enumerate(zip(names, alone, missing, strict=True)):
        y = top + step * number
        drawing.text(6, y + 13, short(label, 54))
        drawing.boxes([Box(6, y + 18.5, sure * scale, 13)], solid)
        drawing.boxes([Box(6 + sure * scale, y + 18.5, (all_of_them - sure) * scale, 13)], light)
        drawing.text(12 + all_of_them * scale, y + 29, numbers[number], size=10.5)
    described = "; ".join(f"{label}: {said}" for label, said in zip(names, numbers, strict=True))
    return drawing.inline("Patients for whom a missing fact would settle a candidate", described)
