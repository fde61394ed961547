"""A column of texts from Arrow, every distinct text held once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Places = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Coded:
    """The place of each row's text in ``texts``, which are stripped."""

    places: Places
    texts: Sequence[str]

    @classmethod
    def of(cls, column: pa.Array) -> Coded:
        """Texts, numbers, truths or days as the CSV writes them; what is null or no number is blank."""
        if _is_list(column.type):
            column = pa.array(["; ".join(map(str, each)) if each else None for each in column.to_pylist()])
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        texts = _texts(column.dictionary)
        places = column.indices
        if places.null_count:
            places = places.fill_null(len(texts))
            texts.append("")
        return cls(places.to_numpy(zero_copy_only=False).astype(np.int32, copy=False), texts)

    @classmethod
    def blank(cls, rows: int) -> Coded:
        return cls(np.zeros(rows, np.int32), ("",))

    def __getitem__(self, rows: npt.NDArray[np.integer] | slice) -> Coded:
        return Coded(self.places[rows], self.texts)

    def text(self, row: int) -> str:
        return self.texts[int(self.places[row])]


def _texts(values: pa.Array) -> list[str]:
    kind = values.type
    if pa.types.is_boolean(kind):
        return ["" if each is None else "yes" if each else "no" for each in values.to_pylist()]
    if pa.types.is_null(kind):
        return [""] * len(values)
    if pa.types.is_floating(kind):
        return ["" if each is None or each != each else _number(each) for each in values.to_pylist()]  # noqa: PLR0124 NaN alone differs from itself
    texts = values if pa.types.is_string(kind) else values.cast(pa.string())
    return [str(each or "").strip() for each in texts.to_pylist()]


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def has_texts(kind: pa.DataType) -> bool:
    """Whether the type holds what a cell of a table can, or a list of it: no records, no bytes."""
    if _is_list(kind):
        return has_texts(kind.value_type) and not _is_list(kind.value_type)
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
