"""Rows of a mapped file into a frame: each distinct combination of texts is read once, the rest is gathered.

Rows that no slot can speak for - repeated or missing identifiers, days nobody can place, broken rows - are read whole,
one at a time, and stand among the others in the order of the file.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matcher.readers.csv_rows import Row
from matcher.readers.frames.cells import Cells
from matcher.readers.frames.gathering import Gathering
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.frames.piece import whole_piece
from matcher.readers.frames.placing import Placing
from matcher.readers.frames.row_reader import RowReader
from matcher.readers.outcome import Patient, Reject


def read_rows(reader: RowReader, part: Part, cells: Cells, singles: Sequence[Row] = ()) -> FramePart:
    """The patients of a part; ``singles`` are those of its rows that are not in columns."""
    pool = reader.pool()
    placing = Placing(reader, pool, cells)
    alone = (cells.row(number) for number in np.flatnonzero(placing.whole).tolist())
    rows = sorted([*(row for row in alone if row is not None), *singles], key=lambda row: row.line)
    read: list[tuple[Row, Patient]] = []
    rejects: list[Reject] = []
    for row in rows:
        outcome = reader.outcome(row)
        if isinstance(outcome, Patient):
            read.append((row, outcome))
        else:
            rejects.append(outcome)
    kept = np.flatnonzero(~placing.whole)
    lines = np.concatenate((cells.lines[kept], np.array([row.line for row, _ in read], np.intp)))
    order = np.argsort(lines, kind="stable")
    whole = np.zeros((len(read), placing.places.shape[1]), np.int32)
    whole[:, -1] = [pool.add(whole_piece(patient.profile)) for _, patient in read]
    places = np.concatenate((placing.places[kept], whole))[order]
    origin = np.concatenate((kept, -1 - np.arange(len(read))))[order]
    return Gathering(reader, pool, cells, read).part(part, placing, places, origin, rejects)
