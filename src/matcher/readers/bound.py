"""A mapping bound to the columns of one file: every name settled, every missing column said at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from matcher.errors import Diagnostic, nearest
from matcher.readers.mapping import (
    Cell,
    Condition,
    Mapping,
    MappingError,
    MarkedMapping,
    Policy,
    RowPart,
    cells_of,
    numbered_parts,
)
from matcher.rulebook.marked import Location
from matcher.vocabulary.biomarkers import MARKERS
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS


@dataclass(frozen=True, slots=True)
class BoundCell:
    """A cell with the columns of the file it reads; ``when`` pairs each condition with its column."""

    cell: Cell
    columns: tuple[str, ...] = ()
    when: tuple[tuple[Condition, str], ...] = ()
    stem: str = ""
    unit_column: str | None = None
    date: BoundCell | None = None
    #: the column's name, or that of the unit, is only nearly the documented one: what stands there is not believed
    doubted: bool = False

    @property
    def from_column(self) -> bool:
        return bool(self.columns)


@dataclass(frozen=True, slots=True)
class BoundRow:
    """How one possible row of a table is drawn from a row of the file."""

    table: str
    part: RowPart
    fields: tuple[tuple[str, tuple[BoundCell, ...]], ...]
    when: tuple[tuple[Condition, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """A mapping ready to read rows with; ``unknown`` are columns it says nothing about.

    ``nearly`` are columns of the documented form whose name is misspelt, each with the one that is meant: they hold
    something of that fact, and nobody knows what.
    """

    mapping: Mapping
    id: tuple[BoundCell, ...]
    index_date: tuple[BoundCell, ...]
    as_of: tuple[BoundCell, ...]
    facts: tuple[tuple[str, tuple[BoundCell, ...]], ...]
    rows: tuple[BoundRow, ...]
    policies: tuple[tuple[Policy, tuple[tuple[Condition, str], ...]], ...]
    used: frozenset[str]
    unknown: tuple[str, ...]
    nearly: tuple[tuple[str, str], ...] = ()

    @property
    def assumptions(self) -> Iterator[str]:
        """What the mapping takes for granted for every patient of the file."""
        mapping = self.mapping
        for policy in mapping.assume:
            if not policy.complete:
                yield policy.because
            elif not policy.when:
                yield f"{', '.join(policy.complete)}: what is not listed is absent ({policy.because})"
        if self.index_date and not self.index_date[0].columns:
            yield "days count from one day for all patients, by convention: only differences between days are known"
        elif mapping.index_month_day is not None and self.index_date:
            yield (
                f"days count from {mapping.index_month_day} of the year in "
                f"'{self.index_date[0].columns[0]}', by convention: only differences between days are known"
            )
        undated = sorted(
            name
            for name, cells in self.facts
            if name in OBSERVATIONS
            and OBSERVATIONS[name].max_age_days is not None
            and any(cell.date is None and cell.cell.undated == "current" and cell.columns for cell in cells)
        )
        if undated and mapping.columns == "required":
            yield f"without a date in the file and taken as current on the as-of day: {', '.join(undated)}"


def bind(marked: MarkedMapping, header: Iterable[str]) -> Bound:
    """Settle every column name of the mapping; columns the file lacks are one error for all of them."""
    named = tuple(header)
    binding = _Binding(marked, named, {})
    bound = binding.bound()
    nearly = binding.misspelt(bound.unknown) if bound.unknown else {}
    return _Binding(marked, named, nearly).bound() if nearly else bound


class _Binding:
    """``nearly``: by the documented name of a column the misspelt one that the file has in its place."""

    def __init__(self, marked: MarkedMapping, header: tuple[str, ...], nearly: dict[str, str]) -> None:
        self._marked = marked
        self._mapping = marked.mapping
        self._header = header
        self._by_name = {name.casefold(): name for name in reversed(header) if name}
        self._by_name.update(nearly)
        self._nearly = nearly
        self._misspelt = frozenset(nearly.values())
        self._lacking: dict[str, None] = {}
        self._used: set[str] = set()
        self._missing: dict[str, Diagnostic] = {}
        self._locations = {id(cell): location for location, cell in cells_of(marked.mapping)}

    def bound(self) -> Bound:
        mapping = self._mapping
        single = {name: self._cells(getattr(mapping, name)) for name in ("id", "index_date", "as_of")}
        facts = tuple((name, self._cells(cells)) for name, cells in mapping.facts.items())
        rows = tuple(
            row for table, parts in mapping.rows.items() for part in parts for row in self._rows(table, part)
        )
        policies = tuple((policy, self._conditions(policy.when, "", ())) for policy in mapping.assume)
        if not single["id"] and mapping.columns == "optional":
            name = mapping.id[0].column or ""
            self._missing[name] = self._marked.report("U012", ("id",), f"the file has no column '{name}'")
        if self._missing:
            raise MappingError(list(self._missing.values()))
        ignored = {
            name
            for name in self._header
            for each in mapping.ignore
            if any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in each.columns)
        }
        unknown = tuple(name for name in self._header if name and name not in self._used | ignored)
        kept = tuple((name, cells) for name, cells in facts if cells)
        return Bound(
            mapping,
            single["id"],
            single["index_date"],
            single["as_of"],
            kept,
            rows,
            policies,
            frozenset(self._used),
            unknown,
            tuple(
                (column, documented) for documented, column in self._nearly.items() if column in self._used
            ),
        )

    def misspelt(self, unknown: Iterable[str]) -> dict[str, str]:
        """The documented columns that the file lacks and that one of its unknown ones is a slip of the pen from."""
        if self._mapping.columns == "required":
            return {}
        found: dict[str, str] = {}
        for column in list(unknown)[:_MOST_GUESSES]:
            guess = nearest(column.casefold(), [*self._lacking, *self._in_groups(column)])
            if guess is not None and guess not in self._by_name:
                found.setdefault(guess, column)
        return found

    def _in_groups(self, column: str) -> Iterator[str]:
        """The documented columns of a group with the number that the column has."""
        number = _ANY_NUMBER.search(column)
        if number is None:
            return
        for parts in self._mapping.rows.values():
            for part in parts:
                for cells in part.fields.values() if part.repeat is not None else ():
                    stem = (part.repeat or "").replace("#", number[0])
                    yield from (
                        stem + (each.column or "")[1:] for each in cells if (each.column or "")[:1] == "*"
                    )

    def _rows(self, table: str, part: RowPart) -> Iterator[BoundRow]:
        for stem in self._stems(part):
            fields = [(name, self._cells(cells, stem)) for name, cells in part.fields.items()]
            present = tuple((name, cells) for name, cells in fields if cells)
            read = {name for name, cells in present if any(cell.from_column for cell in cells)}
            if stem is not None and (not read or not set(part.needs) <= {name for name, _ in present}):
                continue
            if part.needs and not set(part.needs) <= {name for name, _ in present}:
                continue
            if read or part.when or not part.fields:
                yield BoundRow(table, part, present, self._conditions(part.when, stem or "", ()))

    def _stems(self, part: RowPart) -> list[str | None]:
        if part.repeat is not None:
            return list(self._numbered(part.repeat))
        match part.each:
            case None:
                return [None]
            case list():
                return list(part.each)
        return list(_vocabulary(part.each))

    def _numbered(self, pattern: str) -> list[str]:
        """The beginnings of column names that fit the pattern, in the order of their numbers."""
        before, dashed, after = numbered_parts(pattern.casefold())
        found: dict[str, int] = {}
        for name in (*self._header, *self._nearly):
            fit = _number_in(name.casefold(), before, dashed, after)
            if fit is not None:
                end, number = fit
                rest = name[end:]
                if not rest or not (rest[0].isalnum() or rest[0] == "-"):
                    found[name[:end]] = number
        return sorted(found, key=lambda stem: found[stem])

    def _cells(self, cells: Iterable[Cell], stem: str | None = None) -> tuple[BoundCell, ...]:
        return tuple(bound for cell in cells if (bound := self._cell(cell, stem)) is not None)

    def _cell(self, cell: Cell, stem: str | None) -> BoundCell | None:
        location = self._locations.get(id(cell), ())
        columns: tuple[str, ...] = ()
        if cell.columns is not None:
            columns = tuple(name for pattern in cell.columns for name in self._matching(pattern, location))
        elif cell.column is not None:
            found = self._find(cell.column, stem, location)
            if found is None:
                return None
            columns = (found,)
        if cell.columns is not None and not columns:
            return None
        unit = None if cell.unit_column is None else self._find(cell.unit_column, stem, location)
        return BoundCell(
            cell,
            columns,
            self._conditions(cell.when, stem or "", location),
            stem or "",
            unit,
            None if cell.date is None else self._cell(cell.date, stem),
            doubted=not self._misspelt.isdisjoint((*columns, unit)),
        )

    def _matching(self, pattern: str, location: Location) -> list[str]:
        found = [name for name in self._header if name and fnmatchcase(name.casefold(), pattern.casefold())]
        self._used.update(found)
        if not found and self._mapping.columns == "required":
            self._report(pattern, location)
        return found

    def _find(self, column: str, stem: str | None, location: Location) -> str | None:
        """The column as the file spells it. In a repeated group columns may be missing from some groups."""
        wanted = (stem or "") + column[1:] if column.startswith("*") else column
        found = self._by_name.get(wanted.casefold())
        if found is not None:
            self._used.add(found)
        elif self._mapping.columns == "required" and not column.startswith("*"):
            self._report(column, location)
        elif location[:1] in (("facts",), ("rows",)):
            self._lacking[wanted.casefold()] = None
        return found

    def _report(self, column: str, location: Location) -> None:
        guess = nearest(column, self._header) if len(self._missing) < _MOST_GUESSES else None
        self._missing[column] = self._marked.report(
            "U013",
            location,
            f"the file has no column '{column}'",
            f"did you mean '{guess}'?" if guess else "",
        )

    def _conditions(
        self, conditions: Iterable[Condition], stem: str, location: Location
    ) -> tuple[tuple[Condition, str], ...]:
        found = ((each, self._find(each.column, stem, location)) for each in conditions)
        return tuple((each, column or "") for each, column in found)


_ANY_NUMBER = re.compile(r"\d{1,9}")
_MOST_DIGITS = 9
_MOST_GUESSES = 50
"""So many missing columns are still offered the nearest name: looking for it is what takes time."""


def _number_in(name: str, before: str, dashed: bool, after: str) -> tuple[int, int] | None:
    """Where the beginning of a name ends that fits, and its number: the longest that does."""
    if not name.startswith(before):
        return None
    start = len(before)
    if dashed:
        if name[start : start + 1] != "-":
            return (start + len(after), 1) if name.startswith(after, start) else None
        start += 1
    digits = start
    while digits - start <= _MOST_DIGITS and name[digits : digits + 1].isdecimal():
        digits += 1
    for end in range(min(digits, start + _MOST_DIGITS), start, -1):
        if name.startswith(after, end):
            return end + len(after), int(name[start:end])
    # A dash that no number follows is the rest of a name that has none.
    first = len(before)
    return (first + len(after), 1) if dashed and name.startswith(after, first) else None


def _vocabulary(name: str) -> Iterable[str]:
    match name:
        case "laboratory":
            return LAB_TESTS
        case "biomarkers":
            return MARKERS.codes
    return OBSERVATIONS
