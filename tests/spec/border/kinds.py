"""All rows, kind by kind, in the order the page prints them. As of 15 January 2026."""

from __future__ import annotations

from tests.spec.border.entry import Kind
from tests.spec.border.measured import DATES, MARKERS, NUMBERS, SEPARATORS
from tests.spec.border.named import AGENTS, CANCERS, DOUBT, GENES, MISPLACED, NAMES, NEGATION, OTHERS, WIDE
from tests.spec.border.settled import CONFLICTS, COUNTS, EXPOSURE, JUDGEMENTS, SEX, SHAPES

KINDS: tuple[Kind, ...] = (
    NUMBERS,
    SEPARATORS,
    DATES,
    NEGATION,
    DOUBT,
    OTHERS,
    NAMES,
    WIDE,
    CANCERS,
    MISPLACED,
    AGENTS,
    GENES,
    MARKERS,
    CONFLICTS,
    COUNTS,
    JUDGEMENTS,
    EXPOSURE,
    SEX,
    SHAPES,
)
