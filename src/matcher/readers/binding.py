"""Binding a mapping to the columns of its files: every missing column is said at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase

from matcher.errors import Diagnostic, nearest
from matcher.readers.bound import Bound, BoundCell, BoundCoded, BoundRow, BoundTable
from matcher.readers.mapping import MappingError, MarkedMapping, cells_of, numbered_parts
from matcher.readers.mapping_model import Cell, CodedPart, Condition, RowPart
from matcher.rulebook.marked import Location
from matcher.vocabulary.biomarkers import MARKERS
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS


def bind(
    marked: MarkedMapping, header: Iterable[str], tables: Mapping[str, Sequence[str]] | None = None
) -> Bound:
    """Settle every column name of the mapping; columns the file lacks are one error for all of them.

    ``tables`` are the headers of the tables that are there; what reads another table is left out.
    """
    named, held = tuple(header), tables or {}
    binding = _Binding(marked, named, {}, held)
    bound = binding.bound()
    nearly = binding.misspelt(bound.unknown) if bound.unknown and not marked.mapping.several else {}
    return _Binding(marked, named, nearly, held).bound() if nearly else bound


class _Binding:
    """``nearly``: by the documented name of a column the misspelt one that the file has in its place."""

    def __init__(
        self,
        marked: MarkedMapping,
        header: tuple[str, ...],
        nearly: dict[str, str],
        tables: Mapping[str, Sequence[str]],
    ) -> None:
        self._marked = marked
        self._mapping = marked.mapping
        self._headers: dict[str, tuple[str, ...]] = {"": header} | {
            name: tuple(held) for name, held in tables.items()
        }
        self._names: dict[str, dict[str, str]] = {
            table: {name.casefold(): name for name in reversed(held) if name}
            for table, held in self._headers.items()
        }
        self._names[""].update(nearly)
        self._table = ""
        self._nearly = nearly
        self._misspelt = frozenset(nearly.values())
        self._lacking: dict[str, None] = {}
        self._used_by: dict[str, set[str]] = {table: set() for table in self._headers}
        self._missing: dict[str, Diagnostic] = {}
        self._locations = {id(cell): location for location, cell in cells_of(marked.mapping)}

    @property
    def _header(self) -> tuple[str, ...]:
        return self._headers[self._table]

    @property
    def _by_name(self) -> dict[str, str]:
        return self._names[self._table]

    @property
    def _used(self) -> set[str]:
        return self._used_by[self._table]

    @contextmanager
    def _in(self, table: str | None) -> Iterator[bool]:
        """Columns are those of this table meanwhile; gives whether it is there."""
        before, self._table = self._table, table or self._table
        there = self._table in self._headers
        if not there:
            self._table = before
        yield there
        self._table = before

    def bound(self) -> Bound:
        mapping = self._mapping
        single = {
            name: self._cells(getattr(mapping, name)) for name in ("id", "index_date", "as_of", "shifted_by")
        }
        facts = tuple((name, self._cells(cells)) for name, cells in mapping.facts.items())
        rows = tuple(
            row for table, parts in mapping.rows.items() for part in parts for row in self._rows(table, part)
        )
        policies = tuple((policy, self._conditions(policy.when, "", ())) for policy in mapping.assume)
        coded = tuple(each for part in mapping.coded if (each := self._coded(part)) is not None)
        tables = {name: self._joined(name) for name in self._headers if name}
        if not single["id"] and mapping.columns == "optional":
            name = mapping.id[0].column or ""
            self._missing[name] = self._marked.report("U012", ("id",), f"the file has no column '{name}'")
        if self._missing:
            raise MappingError(list(self._missing.values()))
        unknown = self._unknown("")
        tables = {
            name: replace(each, unknown=self._unknown(name), used=frozenset(self._used_by[name]))
            for name, each in tables.items()
        }
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
            coded,
            tables,
            single["shifted_by"],
            self._marked.codes,
        )

    def _unknown(self, table: str) -> tuple[str, ...]:
        """The columns of a table that nothing reads and nothing names as known."""
        patterns = [pattern.casefold() for each in self._mapping.ignore for pattern in each.columns]
        used = set(self._used_by[table])
        form = self._mapping.tables.get(table)
        if not table or (form is not None and not form.name):
            # One file that is read as several tables: what any of them reads is read.
            used = used.union(*(self._used_by[each] for each in self._headers if self._is_own(each)))
        # What is known with a beginning that may be left out is known without it.
        beginnings = ("", *(each.casefold() for each in self._mapping.prefixes))
        return tuple(
            name
            for name in self._headers[table]
            if name
            and name not in used
            and not any(
                fnmatchcase(first + name.casefold(), each) for each in patterns for first in beginnings
            )
        )

    def _is_own(self, table: str) -> bool:
        return not table or not self._mapping.tables[table].name

    def _joined(self, table: str) -> BoundTable:
        form = self._mapping.tables[table]
        with self._in(table):
            if form.key is not None:
                return self._terms(table)
            given = [each for each in form.by if self._named(each) is not None] or form.by[:1]
            by = self._find(given[0], None, ("tables", table, "by"))
            if by is None:
                self._report(given[0], ("tables", table, "by"))
            distinct = (self._find(each, None, ("tables", table, "distinct")) for each in form.distinct)
            return BoundTable(
                by or "", tuple(each for each in distinct if each), self._conditions(form.when, "", ())
            )

    def _terms(self, table: str) -> BoundTable:
        """A table of terms: the columns that say what a code is elsewhere are all that is read of it."""
        form = self._mapping.tables[table]
        for part in self._mapping.coded:
            if part.through is not None and part.through.table == table:
                for column in (form.key or "", part.through.code, part.through.system, part.through.text):
                    if self._find(column, None, ("tables", table)) is None:
                        self._report(column, ("tables", table, "key"))
        return BoundTable("", (), self._conditions(form.when, "", ()), used=frozenset(self._used))

    def _coded(self, part: CodedPart) -> BoundCoded | None:
        with self._in(part.from_) as there:
            code = self._cell(part.code, None) if there else None
            if code is None:
                return None
            lists = tuple(
                (table, tuple((name, held) for name, cells in fields.items() if (held := self._cells(cells))))
                for table, fields in part.lists.items()
            )
            system = part.system if isinstance(part.system, Cell) else None
            return BoundCoded(
                part,
                code,
                tuple(part.system) if not isinstance(part.system, Cell) else (),
                self._cell(system, None) if system is not None else None,
                self._find(part.text, None, ()) if part.text else None,
                lists,
                self._conditions(part.when, "", ()),
                part.from_ or "",
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
        with self._in(part.from_) as there:
            yield from list(self._rows_here(table, part)) if there else ()

    def _rows_here(self, table: str, part: RowPart) -> Iterator[BoundRow]:
        for stem in self._stems(part):
            fields = [(name, self._cells(cells, stem)) for name, cells in part.fields.items()]
            present = tuple((name, cells) for name, cells in fields if cells)
            read = {name for name, cells in present if any(cell.from_column for cell in cells)}
            if stem is not None and (not read or not set(part.needs) <= {name for name, _ in present}):
                continue
            if part.needs and not set(part.needs) <= {name for name, _ in present}:
                continue
            if read or part.when or not part.fields:
                when = self._conditions(part.when, stem or "", ())
                yield BoundRow(table, part, present, when, part.from_ or "")

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
        with self._in(cell.from_) as there:
            return self._cell_here(cell, stem) if there else None

    def _cell_here(self, cell: Cell, stem: str | None) -> BoundCell | None:
        location = self._locations.get(id(cell), ())
        columns: tuple[str, ...] = ()
        if cell.columns is not None:
            columns = tuple(name for pattern in cell.columns for name in self._matching(pattern, location))
        elif cell.column is not None:
            found = self._find(cell.column, stem, location)
            if found is None:
                return None
            columns = (found,)
        elif cell.join is not None:
            parts = [self._find(each, stem, location) for each in cell.join]
            columns = tuple(each for each in parts if each is not None)
            if len(columns) < len(parts):
                return None
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
            self._table,
            None if cell.since is None else self._cell(cell.since, stem),
            None if cell.text is None else self._find(cell.text, stem, location),
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
        found = self._named(wanted)
        if found is not None:
            self._used.add(found)
        elif self._mapping.columns == "required" and not column.startswith("*"):
            self._report(column, location)
        elif location[:1] in (("facts",), ("rows",)):
            self._lacking[wanted.casefold()] = None
        return found

    def _named(self, wanted: str) -> str | None:
        """The column of that name, upper or lower case; else the one without a beginning that may be left out."""
        name = wanted.casefold()
        shorter = [
            name.removeprefix(each.casefold())
            for each in self._mapping.prefixes
            if name.startswith(each.casefold())
        ]
        return next((self._by_name[each] for each in (name, *shorter) if each in self._by_name), None)

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
