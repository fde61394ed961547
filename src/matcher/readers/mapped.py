"""The rows of one patient in a mapped file as a wire form, with the place of every value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matcher.domain.dates import DateSpan
from matcher.domain.source import Source
from matcher.readers.bound import Bound, BoundCell, BoundRow
from matcher.readers.cell_text import UNMAPPED
from matcher.readers.converting import DATE_FIELDS, answers, converted, is_blank
from matcher.readers.csv_rows import Row
from matcher.readers.mapped_days import moved, offset, outermost, taken
from matcher.readers.mapping_model import Condition
from matcher.readers.merging import merged
from matcher.readers.outcome import Issue
from matcher.readers.place import Places
from matcher.readers.value import NOT_READ, UnreadableError, read_date

_EARLIEST = "1900-01-01"
_OFFSETS = ("days", "months", "years")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A row with the name of its file."""

    file: str
    row: Row


@dataclass(frozen=True, slots=True)
class Drawn:
    """A patient's wire form, where each part stood, and what could not be taken over."""

    patient: str
    wire: dict[str, Any]
    places: Places
    as_of: DateSpan | None
    issues: tuple[Issue, ...]


def draw(
    bound: Bound,
    row: Row,
    file: str,
    as_of: date | None,
    sheets: Mapping[str, Sequence[Sheet]] | None = None,
) -> Drawn:
    """What the mapping makes of one patient. ``as_of`` serves where the rows have none of their own.

    ``row`` is the first of the patient's own rows; ``sheets`` has all of them under no name,
    and the rows of the tables.
    """
    return Drawing(bound, row, file, sheets or {}).draw(as_of)


def identify(bound: Bound, row: Row) -> str:
    """The patient's identifier, or nothing where it is blank."""
    return Drawing(bound, row, "").identifier()


@dataclass(slots=True)
class Drawing:
    """One patient while it is drawn; ``row`` and ``file`` are those that are read at the moment."""

    bound: Bound
    row: Row
    file: str
    sheets: Mapping[str, Sequence[Sheet]] = field(default_factory=dict)
    #: a row of a table of terms, by the table's name and the key
    term: Callable[[str, str], Mapping[str, str] | None] = lambda _table, _key: None
    wire: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Source] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    index: DateSpan | None = None
    shift: int = 0
    patient: str = ""

    def identifier(self) -> str:
        held = self.first(self.bound.id, "id")
        return str(held[0]).strip() if held is not None else ""

    def draw(self, as_of: date | None) -> Drawn:
        self.patient = self.identifier()
        self.wire["id"] = self.patient
        whole = Source(self.file, self.row.line)
        self.shift = self._days_moved()
        self.index = self._index_day()
        day = self._as_of(as_of)
        today = day.last.isoformat() if day is not None else None
        for name, cells in self.bound.facts:
            self._fact(name, cells, today)
        for bound_row in self.bound.rows:
            for _ in self._each(bound_row.source):
                self.row_of(bound_row, today)
        if self.bound.coded:
            from matcher.readers.coded_rows import draw_coded

            for coded in self.bound.coded:
                for _ in self._each(coded.source):
                    draw_coded(self, coded)
        self._merge()
        self._assume()
        return Drawn(self.patient, self.wire, Places(whole, self.places), day, tuple(self.issues))

    def _each(self, table: str) -> Iterator[None]:
        """Once for every row of a table, or of those that are the patient's own; it is the one that is read then."""
        if not table and not self.sheets.get(table):
            yield
            return
        for sheet in self.sheets.get(table, ()):
            with self.at(sheet):
                yield

    @contextmanager
    def at(self, sheet: Sheet) -> Iterator[None]:
        """The row that is read meanwhile."""
        row, file = self.row, self.file
        self.row, self.file = sheet.row, sheet.file
        yield
        self.row, self.file = row, file

    def _days_moved(self) -> int:
        held = self.first(self.bound.shifted_by, "shifted_by")
        if held is None:
            return 0
        try:
            return int(float(str(held[0])))
        except (ValueError, OverflowError):
            self.issue("P106", "shifted_by", "not a number of days", held[1], held[0])
            return 0

    def _index_day(self) -> DateSpan | None:
        held = self.first(self.bound.index_date, "index_date")
        if held is None:
            return None
        text, month_day = str(held[0]), self.bound.mapping.index_month_day
        try:
            return DateSpan.on(read_date(f"{text}-{month_day}" if month_day else held[0]).first)
        except UnreadableError as error:
            self.issue(error.code, "index_date", error.reason, held[1], text)
            return None

    def _as_of(self, otherwise: date | None) -> DateSpan | None:
        held = self.first(self.bound.as_of, "as_of")
        if held is None:
            return DateSpan.on(otherwise) if otherwise is not None else None
        self.wire["as_of"], self.places["as_of"] = held
        try:
            day = read_date(held[0])
        except UnreadableError:
            # Left as it stands: a patient whose own as-of day cannot be read is not dated by another's.
            return None
        if not day.exact and any(cell.cell.read in ("months", "years") for cell in self.bound.as_of):
            # Offsets in months leave some days open; the record is taken as on the first of them.
            day = DateSpan.on(day.first)
            self.wire["as_of"] = day.first.isoformat()
        return day

    def _fact(self, name: str, cells: tuple[BoundCell, ...], today: str | None) -> None:
        """One fact, or several values of it where the mapping names several columns or the rows of a table."""
        found: list[tuple[Any, Source]] = []
        for cell in cells:
            for _ in self._all(cell):
                held = self.value(cell, name)
                if held is not None:
                    found.append((self._with_date(cell, name, held[0], today), held[1]))
        if not found:
            return
        if name == "complete":
            lists = [each for value, _ in found if value is not NOT_READ for each in _as_list(value)]
            self.wire[name], self.places[name] = list(dict.fromkeys(lists)), found[0][1]
            return
        if self.bound.mapping.several:
            found = list({repr(value): (value, source) for value, source in reversed(found)}.values())[::-1]
        if len(found) == 1 or (name == "age" and not self.bound.mapping.several):
            self.wire[name], self.places[name] = found[0]
            return
        if name in {"birth_date", "diagnosis", "histology", "age"}:
            self.wire[name], self.places[name] = self._one_of(name, found)
            return
        self.wire[name] = [value if isinstance(value, dict) else {"value": value} for value, _ in found]
        self.places.update({f"{name}[{number}]": source for number, (_, source) in enumerate(found)})

    def _one_of(self, name: str, found: Sequence[tuple[Any, Source]]) -> tuple[Any, Source]:
        """What several cells say of a fact that has one value: any of them, where the patient has several rows."""
        if not self.bound.mapping.several or name == "age" or any(value is NOT_READ for value, _ in found):
            return found[0]
        if name == "birth_date":
            first, last = outermost(found, latest=False)[0], outermost(found, latest=True)[0]
            low, high = _span(first), _span(last)
            span = {"from": low.first.isoformat(), "to": high.last.isoformat()} if low and high else NOT_READ
            return span, found[0][1]
        return [value for value, _ in found], found[0][1]

    def _all(self, cell: BoundCell) -> Iterator[None]:
        """Once for every row that a fact may stand on."""
        yield from self._each(cell.table or "")

    def _with_date(self, cell: BoundCell, name: str, value: Any, today: str | None) -> Any:
        unit = self._unit(cell)
        day = self.value(cell.date, f"{name}.date", date_like=True) if cell.date is not None else None
        when: Any = day[0] if day is not None else None
        if when is None and cell.cell.undated == "unknown":
            when = {"from": _EARLIEST, "to": today} if today is not None else None
        if unit is None and when is None and cell.cell.subject is None:
            return value
        row = {"value": value, "unit": unit, "date": when, "subject": cell.cell.subject}
        return {key: held for key, held in row.items() if held is not None}

    def _unit(self, cell: BoundCell) -> str | None:
        stated = self.row.cells.get(cell.unit_column, "") if cell.unit_column else ""
        return stated if stated and not is_blank(self.bound.mapping, stated) else cell.cell.unit

    def row_of(self, bound: BoundRow, today: str | None) -> None:
        """A row of a list, as the mapping makes it of the row that is read."""
        if not self.holds(bound.when):
            return
        row: dict[str, Any] = {}
        sources: dict[str, Source] = {}
        read, issues = False, len(self.issues)
        for name, cells in bound.fields:
            held = self.first(cells, f"{bound.table}.{name}", row_field=name)
            if held is not None:
                row[name], sources[name] = held
                read = read or bool(held[1].column)
        # A row with a value that means nothing is still a row: its list must know that there is one more.
        failed = len(self.issues) > issues
        lacking = any(name not in row for name in bound.part.needs)
        if not failed and (lacking or not (read or bound.part.when)):
            return
        if bound.part.undated == "unknown" and today is not None:
            row.setdefault("date", {"from": _EARLIEST, "to": today})
        spread = bound.part.spread
        several = row.get(spread) if spread is not None else None
        for each in several if isinstance(several, list) else [None]:
            self.add(bound.table, row if each is None else {**row, spread or "": each}, sources)

    def add(self, table: str, row: Any, sources: Mapping[str, Source]) -> None:
        """One more row of a list, with the places of its fields."""
        rows = self.wire.setdefault(table, [])
        path = f"{table}[{len(rows)}]"
        first = next((each for each in sources.values() if each.column), Source(self.file, self.row.line))
        self.places[path] = first
        self.places.update({f"{path}.{name}": source for name, source in sources.items() if source.column})
        rows.append(row)

    def _merge(self) -> None:
        for table, parts in self.bound.mapping.rows.items():
            keys = next((part.together_by for part in parts if part.together_by), None)
            if keys is not None and self.wire.get(table):
                self.wire[table] = merged(table, self.wire[table], keys, self.places)

    def _assume(self) -> None:
        complete: list[str] = []
        because: list[str] = []
        for policy, when in self.bound.policies:
            if policy.complete and self.holds(when):
                complete.extend(policy.complete)
                because.append(
                    f"{', '.join(policy.complete)}: what is not listed is absent ({policy.because})"
                )
        if complete:
            self.wire["complete"] = [*self.wire.get("complete", []), *dict.fromkeys(complete)]
            self.wire["assumptions"] = because

    def first(self, cells: Iterable[BoundCell], fact: str, row_field: str = "") -> tuple[Any, Source] | None:
        """The value of the first cell that says something."""
        for cell in cells:
            held = self._chosen(cell, fact, date_like=row_field in DATE_FIELDS)
            if held is not None:
                return held
        return None

    def _chosen(self, cell: BoundCell, fact: str, *, date_like: bool) -> tuple[Any, Source] | None:
        """The value of a cell; where it is read from all rows of a table, the one that counts."""
        if not cell.table or cell.cell.from_ is None:
            return self.value(cell, fact, date_like=date_like)
        found = [
            held
            for _ in self._each(cell.table)
            if (held := self.value(cell, fact, date_like=date_like)) is not None
        ]
        return taken(found, cell.cell.take) if found else None

    def value(self, bound: BoundCell, fact: str, *, date_like: bool = False) -> tuple[Any, Source] | None:
        """What a cell says in the row that is read, with its place; nothing where it says nothing."""
        if not self.holds(bound.when):
            return None
        cell, here = bound.cell, Source(self.file, self.row.line)
        if cell.name:
            return bound.stem, here
        if cell.row:
            return f"row-{self.row.line}", here
        if cell.index:
            return self._index_value()
        if not bound.columns:
            return (cell.constant, here) if cell.constant is not None else None
        found: list[tuple[Any, Source]] = []
        for column, text in self._texts(bound):
            if is_blank(self.bound.mapping, text, cell.blank):
                continue
            source = Source(self.file, self.row.line, column)
            try:
                value = NOT_READ if bound.doubted else self._read(bound, text, fact, date_like=date_like)
            except UnreadableError as error:
                told = self.row.cells.get(bound.text, "") if bound.text and error.code == UNMAPPED else ""
                self.issue(error.code, fact, error.reason, source, f"{error.text or text} {told}".strip())
                value = NOT_READ
            if value is not None:
                found.append((value, source))
        return taken(found, cell.take) if found else None

    def _texts(self, bound: BoundCell) -> Iterator[tuple[str, str]]:
        """The columns of a cell with their texts; joined ones are one text that ends where the first part is blank."""
        if bound.cell.join is None:
            for column in bound.columns:
                yield column, self.row.cells.get(column, "")
            return
        parts: list[str] = []
        for column in bound.columns:
            text = self.row.cells.get(column, "")
            if is_blank(self.bound.mapping, text, bound.cell.blank):
                break
            parts.append(text)
        yield bound.columns[0], bound.cell.with_.join(parts)

    def _index_value(self) -> tuple[Any, Source] | None:
        if self.index is None:
            return None
        columns = self.bound.index_date[0].columns if self.bound.index_date else ()
        return self.index.first.isoformat(), Source(self.file, self.row.line, "".join(columns[:1]))

    def _read(self, bound: BoundCell, text: str, fact: str, *, date_like: bool) -> Any:
        if (unit := bound.cell.read) not in _OFFSETS:
            value = converted(self.bound, bound, text, fact, date_like=date_like)
            dated = date_like or fact in ("as_of", "index_date", "birth_date") or unit in ("date", "excel")
            return moved(value, self.shift) if dated and self.shift else value
        value = converted(self.bound, bound, text, "", date_like=False)
        if value is None or value is NOT_READ:
            return value
        return offset(self._counted_from(bound, text), str(value), str(unit), bound.cell.plus)

    def _counted_from(self, bound: BoundCell, text: str) -> DateSpan:
        if bound.since is None:
            if self.index is None:
                raise UnreadableError("P106", "there is no index date to count from", text)
            return self.index
        held = self.value(bound.since, "since", date_like=True)
        day = _span(held[0]) if held is not None else None
        if day is None:
            raise UnreadableError("P106", "there is no day to count from", text)
        return day

    def holds(self, conditions: Sequence[tuple[Condition, str]]) -> bool:
        """Whether all conditions hold in the row that is read."""
        cells, mapping = self.row.cells, self.bound.mapping
        return all(answers(mapping, condition, cells.get(column, "")) for condition, column in conditions)

    def issue(self, code: str, fact: str, reason: str, source: Source, text: object) -> None:
        """One more thing that could not be taken over."""
        self.issues.append(Issue.of(code, reason, source=source, patient=self.patient, fact=fact, text=text))


def _span(value: Any) -> DateSpan | None:
    try:
        return read_date(value)
    except UnreadableError:
        return None


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
