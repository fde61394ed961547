"""The markers of tumour and blood, each result as a laboratory wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matcher.domain.possible import Codes, Interval
from matcher.domain.record import Biomarker
from matcher.readers import lookup
from matcher.readers.context import Context, is_unknown
from matcher.readers.rows import rows_of
from matcher.vocabulary.biomarkers import MARKER, speaks_for_tumour


def read_biomarkers(context: Context, wire: Mapping[str, Any]) -> Iterator[Biomarker]:
    for row in rows_of(context, "biomarkers", wire.get("biomarkers")):
        if row.fields is None:
            continue
        found = _biomarker(context, row.fields, row.path)
        if found is not None:
            yield found


def _biomarker(context: Context, row: Mapping[str, Any], path: str) -> Biomarker | None:
    marker = context.codes(row, "marker", path, lookup.MARKER)
    if marker is None:
        return None
    method = context.codes(row, "method", path, lookup.METHOD)
    specimen = context.codes(row, "specimen", path, lookup.SPECIMEN)
    if not _speaks_for(marker, method, specimen):
        reason = (
            "a level in blood says nothing about expression on the tumour: enter it as a laboratory value"
        )
        context.issue("P113", path, reason, row.get("method") or row.get("specimen"))
        return None
    percent = _percents(context, row, path)
    code = next(iter(marker.members)) if marker.exact else ""
    return Biomarker(
        marker,
        method,
        specimen,
        context.codes(row, "status", path, lookup.STATUS) or _carried(code),
        *percent,
        context.number(row, "intensity", path, high=3),
        context.number(row, "score", path, high=300),
        context.codes(row, "score_type", path, lookup.SCORE_TYPE),
        context.number(row, "number", path),
        context.codes(row, "category", path, lookup.category_of(code)),
        context.date(row, "date", path),
        context.source(path),
    )


def _carried(marker: str) -> Codes | None:
    """An HLA allele that is written down is one the patient carries."""
    return Codes.of("positive") if marker.startswith("hla_") else None


def _speaks_for(marker: Codes, method: Codes | None, specimen: Codes | None) -> bool:
    """Whether the result may be one of the marker where it belongs: on tumour, for a marker of the tumour."""
    methods: list[str | None] = [*method.members] if method is not None else [None]
    specimens: list[str | None] = [*specimen.members] if specimen is not None else [None]
    return any(
        MARKER[each].specimen != "tumour" or speaks_for_tumour(each, how, where)
        for each in marker.members
        for how in methods
        for where in specimens
    )


def _percents(
    context: Context, row: Mapping[str, Any], path: str
) -> tuple[Interval | None, Interval | None, Interval | None]:
    """The share of cells at each intensity or more, as far as what was said settles it.

    Fewer cells stain strongly than stain at all: 45 % at 2+ is at least 45 % at 1+ and at most 45 % at 3+. A
    status of *negative* is no percentage: its cut-off is the laboratory's.
    """
    shares: list[Interval | None] = [
        context.number(row, f"percent_{level}", path, "%", high=100) for level in (1, 2, 3)
    ]
    stated = context.number(row, "percent_positive", path, "%", high=100)
    level = context.number(row, "intensity_at_least", path, low=1, high=3)
    if stated is not None and (level is not None or is_unknown(row.get("intensity_at_least"))):
        counted = 1 if level is None else int(level.low) if level.exact else 0
        for each in range(1, 4):
            implied = _implied(stated, each, counted)
            held = shares[each - 1]
            shares[each - 1] = implied if held is None else held
    if row.get("intensity") in (0, "0"):
        shares = [Interval(0, 0) if each is None else each for each in shares]
    return shares[0], shares[1], shares[2]


def _implied(stated: Interval, level: int, counted: int) -> Interval | None:
    if not counted:
        return None
    if level == counted:
        return stated
    if level < counted:
        return Interval(stated.low, 100.0, stated.low_open and stated.low < 100)
    return Interval(0.0, stated.high, False, stated.high_open and stated.high > 0)
