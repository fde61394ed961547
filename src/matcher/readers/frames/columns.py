"""What the columns of a frame do not do by themselves: grow at the end, and give any entries in any order."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from matcher.engines.columnar.arrays import Ids, Index
from matcher.engines.columnar.column import (
    CodeColumn,
    Column,
    ComponentColumn,
    MixedColumn,
    NameColumn,
    NumberColumn,
    SpanColumn,
)

T = TypeVar("T")


def joined(first: Column, second: Column) -> Column:
    """One column after another of the same kind."""
    match first, second:
        case NumberColumn(), NumberColumn():
            return NumberColumn(
                np.concatenate((first.low, second.low)),
                np.concatenate((first.high, second.high)),
                np.concatenate((first.low_open, second.low_open)),
                np.concatenate((first.high_open, second.high_open)),
                np.concatenate((first.stated, second.stated)),
            )
        case CodeColumn(), CodeColumn():
            places, sets = _one_dictionary(first.places, first.sets, second.places, second.sets)
            return CodeColumn(places, sets)
        case NameColumn(), NameColumn():
            return NameColumn(*_one_dictionary(first.places, first.names, second.places, second.names))
        case MixedColumn(), MixedColumn():
            numbers, codes = joined(first.numbers, second.numbers), joined(first.codes, second.codes)
            assert isinstance(numbers, NumberColumn)
            assert isinstance(codes, CodeColumn)
            return MixedColumn(numbers, codes)
        case SpanColumn(), SpanColumn():
            return SpanColumn(
                np.concatenate((first.first, second.first)),
                np.concatenate((first.last, second.last)),
                np.concatenate((first.stated, second.stated)),
            )
        case ComponentColumn(), ComponentColumn():
            components = joined(first.components, second.components)
            assert isinstance(components, CodeColumn)
            offsets = np.concatenate((first.offsets, second.offsets[1:] + first.offsets[-1]))
            return ComponentColumn(offsets, components)
    raise TypeError("columns of two kinds")


def _one_dictionary(
    first: Ids, named: tuple[T, ...], second: Ids, others: tuple[T, ...]
) -> tuple[Ids, tuple[T, ...]]:
    distinct = {each: place for place, each in enumerate(named)}
    # The last entry stands for what nobody said.
    moved = np.array([*(distinct.setdefault(each, len(distinct)) for each in others), -1], np.int32)
    return np.concatenate((first, moved[second])), tuple(distinct)


def picked(column: Column, entries: Index) -> Column:
    """The entries in the order asked for, any of them any number of times."""
    if not isinstance(column, ComponentColumn):
        return column[entries]
    starts, sizes = column.offsets[entries], np.diff(column.offsets)[entries]
    members, offsets = stretches(starts, sizes)
    return ComponentColumn(offsets, column.components[members])


def stretches(starts: Index, sizes: Index) -> tuple[Index, Index]:
    """The places in several stretches, one after the other, and where each stretch begins in that order."""
    offsets = np.zeros(len(sizes) + 1, np.intp)
    np.cumsum(sizes, out=offsets[1:])
    places = np.repeat(starts - offsets[:-1], sizes)
    places += np.arange(len(places))
    return places, offsets
