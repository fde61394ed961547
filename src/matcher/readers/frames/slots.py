"""A bound mapping cut into slots: the parts of a patient that can be read without the rest of the row.

What a slot gives depends on the texts of its columns, on the as-of day, and for staging on the organ of the index
cancer. Days matter in two ways. Where nothing is asked of a day but whether it lies before, on or after the other
days of the slot and the as-of day, the slot names its column under ``days``; every other column is under ``columns``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from matcher.readers.bound import Bound, BoundCell, BoundRow
from matcher.readers.converting import DATE_FIELDS
from matcher.readers.mapping_model import Condition
from matcher.vocabulary.observations import OBSERVATIONS

STAGING = ("staging", "tnm", "stage")
#: what slots give beside tables: the as-of day, the birth, the birth that the age alone tells, what is complete
AS_OF, BIRTH, AGED, SAID = "as_of", "birth", "age", "complete"
_DIAGNOSES = "diagnoses"


@dataclass(frozen=True, slots=True)
class Slot:
    """``bound`` is the mapping with nothing else in it; ``table`` is the table of the frame it fills.

    ``ranked`` says that of its days and the as-of day only the order matters. ``order`` is the place of its records
    among those of the table, ``drawn`` its place in the mapping.
    """

    number: int
    bound: Bound
    table: str
    columns: tuple[str, ...]
    days: tuple[str, ...]
    ranked: bool = False
    order: int = 0
    drawn: tuple[int, ...] = ()
    #: the column of the only measured value, where it is that column's plain text and no other part looks at it
    measured: str | None = None


def slots_of(bound: Bound) -> tuple[Slot, ...] | None:
    """The slots of a mapping; nothing where a patient can only be read whole.

    That is so where days count from another column, and where a fact is the number of its line.
    """
    cells = [cell for _, several in _all_cells(replace(bound, id=())) for cell in several]
    if bound.index_date or any(cell.cell.row or cell.cell.index for cell in cells):
        return None
    # The tables of the mapping are looked through for groups to be merged, which only one kind of slot has.
    mapping = bound.mapping.model_copy(update={"rows": {}})
    nothing = replace(bound, mapping=mapping, id=(), as_of=(), index_date=(), facts=(), rows=(), policies=())
    slots = _Slots()
    slots.add(replace(nothing, as_of=bound.as_of), AS_OF, ranked=False)
    birth = {name: cells for name, cells in bound.facts if name in ("age", "birth_date")}
    slots.add(replace(nothing, facts=tuple(birth.items())), BIRTH, ranked=False)
    if "age" in birth:
        slots.add(replace(nothing, facts=(("age", birth["age"]),)), AGED, ranked=False)
    diagnoses = tuple(each for each in bound.facts if each[0] in ("diagnosis", "histology"))
    cancers = tuple(row for row in bound.rows if row.table == _DIAGNOSES)
    slots.add(
        replace(nothing, mapping=bound.mapping, facts=diagnoses, rows=cancers),
        _DIAGNOSES,
        ranked=not any(row.part.together_by for row in cancers),
    )
    for number, (name, several) in enumerate(bound.facts):
        if name == "complete":
            for place, cell in enumerate(several):
                slots.add(replace(nothing, facts=((name, (cell,)),)), SAID, drawn=(0, number, place))
        elif name in OBSERVATIONS:
            order = list(OBSERVATIONS).index(name)
            facts = replace(nothing, facts=((name, several),))
            slots.add(facts, "observations", order=order, drawn=(0, number))
    for policy in bound.policies:
        slots.add(replace(nothing, policies=(policy,)), SAID)
    _add_rows(slots, nothing, bound)
    return tuple(slots.found)


def _add_rows(slots: _Slots, nothing: Bound, bound: Bound) -> None:
    rows = bound.rows
    merged = {table for table, parts in bound.mapping.rows.items() if any(part.together_by for part in parts)}
    for number, row in enumerate(rows):
        if row.table == _DIAGNOSES:
            continue
        table = "staging" if row.table in STAGING else row.table
        order = number + len(rows) * (STAGING.index(row.table) if row.table in STAGING else 0)
        if row.table not in merged:
            slots.add(replace(nothing, rows=(row,)), table, order=order, drawn=(1, number))
        elif row is next(each for each in rows if each.table == row.table):
            together = tuple(each for each in rows if each.table == row.table)
            whole = replace(nothing, mapping=bound.mapping, rows=together)
            slots.add(whole, table, order=order, drawn=(1, number), ranked=False)


class _Slots:
    def __init__(self) -> None:
        self.found: list[Slot] = []

    def add(
        self, bound: Bound, table: str, *, order: int = 0, drawn: tuple[int, ...] = (), ranked: bool = True
    ) -> None:
        if not (bound.as_of or bound.facts or bound.rows or bound.policies):
            return
        days = _days(bound) if ranked and not _counts_time(bound) else None
        used = dict.fromkeys(column for column in columns_of(bound) if column)
        self.found.append(
            Slot(
                len(self.found),
                bound,
                table,
                tuple(each for each in used if each not in (days or ())),
                tuple(each for each in used if each in (days or ())),
                days is not None,
                order,
                drawn,
                _measured(bound) if days is not None else None,
            )
        )


def _measured(bound: Bound) -> str | None:
    """The column of the value of a slot that is one row of laboratory values."""
    if len(bound.rows) != 1 or bound.rows[0].table != "labs" or bound.mapping.decimal == "comma":
        return None
    cells = dict(bound.rows[0].fields).get("value", ())
    if len(cells) != 1 or len(cells[0].columns) != 1 or cells[0].doubted:
        return None
    told = cells[0].cell.model_dump(exclude_defaults=True, exclude={"column", "read", "unit", "unit_column"})
    column = cells[0].columns[0]
    other = [cell for name, held in bound.rows[0].fields for cell in held if name != "value"]
    elsewhere = {*_used_by(other), *_asked((), bound.rows), cells[0].unit_column}
    plain = not told and cells[0].cell.read in (None, "number")
    return column if plain and column not in elsewhere else None


def birthday_column(slots: Iterable[Slot]) -> str | None:
    """The column of the day of birth, where it is the plain text of a column that holds nothing else."""
    for slot in slots:
        facts = dict(slot.bound.facts)
        if slot.table == BIRTH and "birth_date" in facts:
            cells = facts["birth_date"]
            column = "".join(cells[0].columns)
            alone = (
                len(cells) == 1 and not cells[0].when and column not in set(_used_by(facts.get("age", ())))
            )
            return column if alone and _is_plain(cells[0]) else None
    return None


def age_column(slots: Iterable[Slot]) -> str | None:
    """The column of the age, where that is a number alone and all there is of the birth."""
    for slot in slots:
        if slot.table == BIRTH:
            cells = dict(slot.bound.facts).get("age", ())
            alone = (
                len(cells) == 1
                and not cells[0].doubted
                and slot.columns == cells[0].columns
                and len(slot.columns) == 1
            )
            told = (
                cells[0].cell.model_dump(exclude_defaults=True, exclude={"column", "read"}) if alone else {}
            )
            return slot.columns[0] if alone and not told and cells[0].cell.read in (None, "number") else None
    return None


def _used_by(cells: Iterable[BoundCell]) -> Iterator[str]:
    for cell in cells:
        yield from _columns_of_cell(cell)


def _counts_time(bound: Bound) -> bool:
    """Whether a fact is a length of time from its day on."""
    return any(OBSERVATIONS[name].unit == "wk" for name, _ in bound.facts if name in OBSERVATIONS)


def columns_of(bound: Bound) -> Iterator[str]:
    """Every column that the mapping reads, those of conditions and units included."""
    for conditions, cells in _all_cells(bound):
        yield from (column for _, column in conditions)
        for cell in cells:
            yield from _columns_of_cell(cell)


def _all_cells(bound: Bound) -> Iterator[tuple[Sequence[tuple[Condition, str]], Sequence[BoundCell]]]:
    yield (), (*bound.id, *bound.as_of, *bound.index_date)
    for _, cells in bound.facts:
        yield (), cells
        yield (), [cell.date for cell in cells if cell.date is not None]
    for row in bound.rows:
        yield row.when, [cell for _, cells in row.fields for cell in cells]
    for _, conditions in bound.policies:
        yield conditions, ()


def _columns_of_cell(cell: BoundCell) -> Iterator[str]:
    yield from cell.columns
    yield from (column for _, column in cell.when)
    if cell.unit_column:
        yield cell.unit_column
    if cell.date is not None:
        yield from _columns_of_cell(cell.date)


def _days(bound: Bound) -> set[str] | None:
    """The columns of days, where every day of the slot is the plain text of a column that holds nothing else."""
    dated: list[BoundCell] = [
        cell.date for _, cells in bound.facts for cell in cells if cell.date is not None
    ]
    other: list[BoundCell] = [replace(cell, date=None) for _, cells in bound.facts for cell in cells]
    for row in bound.rows:
        for name, cells in row.fields:
            (dated if name in DATE_FIELDS else other).extend(cells)
    if not all(_is_plain(cell) for cell in dated):
        return None
    days = {column for cell in dated for column in cell.columns}
    elsewhere = {column for cell in other for column in _columns_of_cell(cell)}
    elsewhere |= set(_asked(dated, bound.rows))
    return None if days & elsewhere else days


def _is_plain(cell: BoundCell) -> bool:
    read = cell.cell
    return (
        len(cell.columns) == 1
        and not cell.doubted
        and read.values is None
        and not read.patterns
        and not read.blank
        and read.join is None
        and read.split is None
        and not read.plus
        and read.read in (None, "date")
    )


def _asked(dated: Iterable[BoundCell], rows: Iterable[BoundRow]) -> Iterator[str]:
    """Columns of which a condition asks more than whether they are blank."""
    conditions = [each for cell in dated for each in cell.when] + [each for row in rows for each in row.when]
    for condition, column in conditions:
        if condition.model_dump(exclude={"column", "blank"}, exclude_defaults=True):
            yield column
