"""Arrow tables into frames: the batches of a Parquet file, and those that a cluster hands over."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from matcher.readers.coded import Coded
from matcher.readers.csv_rows import Row
from matcher.readers.frames.cells import Cells, filled
from matcher.readers.frames.part import FramePart, Part
from matcher.readers.frames.reading import read_rows
from matcher.readers.frames.row_reader import RowReader
from matcher.readers.parquet import row_of


def frames_of(reader: RowReader, batch: pa.RecordBatch | pa.Table, part: Part | None = None) -> FramePart:
    """The patients of a batch that has the columns the reader was made for.

    Rows are numbered from ``part.line``, from 1 without a part. Identifiers that stand in several batches must be
    known to the reader: it does not see the others.
    """
    cells = cells_of(reader, batch, part.line if part is not None else 1)
    return read_rows(reader, part or Part(0, 0, len(cells)), cells)


def cells_of(reader: RowReader, batch: pa.RecordBatch | pa.Table, first: int = 1) -> Cells:
    """The rows of a batch in columns, without the blank ones."""
    names = [name for name in batch.schema.names if name in reader.bound.used]
    held = {name: Coded.of(_whole(batch.column(name))) for name in names}
    places = filled(held, batch.num_rows)
    if len(places) < batch.num_rows:
        held = {name: column[places] for name, column in held.items()}
    lines = places + first
    if reader.id_column is None:
        ids = reader.identities(held, lines)
    else:
        column = held[reader.id_column]
        ids = [column.texts[place] for place in column.places.tolist()]

    def row(number: int) -> Row | None:
        return row_of(int(lines[number]), {name: held[name].text(number) for name in names})

    return Cells(ids, np.asarray(lines, np.intp), held, row)


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return column
