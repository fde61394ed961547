"""Whether two frames say the same of every patient, however their dictionaries are ordered."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from matcher.domain.possible import Codes, Interval
from matcher.engines.columnar.column import (
    CodeColumn,
    Column,
    ComponentColumn,
    MixedColumn,
    NameColumn,
    NumberColumn,
    SpanColumn,
)
from matcher.engines.columnar.frame import RECORD_OF, Absences, PatientFrame, Table


def entries(column: Column) -> list[object]:
    """What stands in each entry."""
    match column:
        case NumberColumn(low, high, low_open, high_open, stated):
            ends = zip(low.tolist(), high.tolist(), low_open.tolist(), high_open.tolist(), strict=True)
            return [
                Interval(*each) if said else None for each, said in zip(ends, stated.tolist(), strict=True)
            ]
        case CodeColumn(places, sets):
            return [Codes(sets[place]) if place >= 0 else None for place in places.tolist()]
        case NameColumn(places, names):
            return [names[place] if place >= 0 else None for place in places.tolist()]
        case MixedColumn(numbers, codes):
            return list(zip(entries(numbers), entries(codes), strict=True))
        case SpanColumn(first, last, stated):
            return [
                (int(a), int(b)) if said else None for a, b, said in zip(first, last, stated, strict=True)
            ]
        case ComponentColumn(offsets, components):
            held = entries(components)
            return [tuple(held[a:b]) for a, b in pairwise(offsets.tolist())]


def _table(table: Table, patients: int) -> dict[str, object]:
    complete = np.zeros(patients, np.bool_) if table.complete is None else table.complete
    return {
        "rows": table.rows.tolist(),
        # A column of no records may be left out.
        **{name: entries(column) for name, column in table.columns.items() if len(table.rows)},
        "complete": complete.tolist(),
        "absences": _absences(table.absences),
    }


def _absences(absences: Absences | None) -> list[object]:
    if absences is None:
        return []
    return list(zip(absences.rows.tolist(), entries(absences.codes), entries(absences.on), strict=True))


def content(frame: PatientFrame) -> dict[str, object]:
    """Everything a frame says, in plain values."""
    found: dict[str, object] = {
        "ids": list(frame.ids),
        "as_of": frame.as_of.tolist(),
        "birth": entries(frame.birth),
    }
    return found | {name: _table(frame.table(name), len(frame)) for name in RECORD_OF}
