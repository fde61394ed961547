"""A row of a mapped file as the wire form of one patient, with the place of every value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from matcher.domain.dates import DateSpan
from matcher.domain.source import Source
from matcher.readers.bound import Bound, BoundCell, BoundRow
from matcher.readers.csv_rows import Row
from matcher.readers.mapped_days import outermost, year_first
from matcher.readers.mapping import Condition
from matcher.readers.outcome import Issue
from matcher.readers.place import Places
from matcher.readers.value import NOT_READ, UnreadableError, read_date, with_point
from matcher.vocabulary.observations import OBSERVATIONS

DATE_FIELDS = frozenset({"date", "start", "end", "day", "birth_date", "progression_date"})
_NUMBER_FIELDS = frozenset(
    [
        "age",
        "value",
        "uln",
        "lln",
        "percent_positive",
        "percent_1",
        "percent_2",
        "percent_3",
        "percent_at_least_1",
        "percent_at_least_2",
        "percent_at_least_3",
        "intensity",
        "score",
        "number",
        "dose",
        "copy_number",
        "line",
        "cycles",
        "grade",
    ]
)
_DAYS = frozenset({"as_of", "index_date"})
_EARLIEST = "1900-01-01"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A patient's wire form, where each part stood, and what could not be taken over."""

    patient: str
    wire: dict[str, Any]
    places: Places
    as_of: DateSpan | None
    issues: tuple[Issue, ...]


def draw(bound: Bound, row: Row, file: str, as_of: date | None) -> Drawn:
    """What the mapping makes of one row. ``as_of`` serves where the row has none of its own."""
    return _Drawing(bound, row, file).draw(as_of)


def identify(bound: Bound, row: Row) -> str:
    """The patient's identifier, or nothing where it is blank."""
    return _Drawing(bound, row, "").identifier()


@dataclass(slots=True)
class _Drawing:
    bound: Bound
    row: Row
    file: str
    wire: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Source] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    index: date | None = None
    patient: str = ""

    def identifier(self) -> str:
        held = self._first(self.bound.id, "id")
        return str(held[0]).strip() if held is not None else ""

    def draw(self, as_of: date | None) -> Drawn:
        self.patient = self.identifier()
        self.wire["id"] = self.patient
        self.index = self._index_day()
        day = self._as_of(as_of)
        today = day.last.isoformat() if day is not None else None
        for name, cells in self.bound.facts:
            self._fact(name, cells, today)
        for bound_row in self.bound.rows:
            self._row(bound_row, today)
        self._merge()
        self._assume()
        whole = Source(self.file, self.row.line)
        return Drawn(self.patient, self.wire, Places(whole, self.places), day, tuple(self.issues))

    def _index_day(self) -> date | None:
        held = self._first(self.bound.index_date, "index_date")
        if held is None:
            return None
        text, month_day = str(held[0]), self.bound.mapping.index_month_day
        try:
            return read_date(f"{text}-{month_day}" if month_day else text).first
        except UnreadableError as error:
            self._issue(error.code, "index_date", error.reason, held[1], text)
            return None

    def _as_of(self, otherwise: date | None) -> DateSpan | None:
        held = self._first(self.bound.as_of, "as_of")
        if held is None:
            return DateSpan.on(otherwise) if otherwise is not None else None
        self.wire["as_of"], self.places["as_of"] = held
        try:
            day = read_date(held[0])
        except UnreadableError:
            # Left as it stands: a patient whose own as-of day cannot be read is not dated by another's.
            return None
        return day

    def _fact(self, name: str, cells: tuple[BoundCell, ...], today: str | None) -> None:
        """One fact, or several values of it where the mapping names several columns."""
        found: list[tuple[Any, Source]] = []
        for cell in cells:
            held = self._value(cell, name)
            if held is not None:
                found.append((self._with_date(cell, name, held[0], today), held[1]))
        if not found:
            return
        if name == "complete":
            lists = [each for value, _ in found if value is not NOT_READ for each in _as_list(value)]
            self.wire[name], self.places[name] = list(dict.fromkeys(lists)), found[0][1]
            return
        if len(found) == 1 or name in {"birth_date", "diagnosis", "histology", "age"}:
            self.wire[name], self.places[name] = found[0]
            return
        self.wire[name] = [value if isinstance(value, dict) else {"value": value} for value, _ in found]
        self.places.update({f"{name}[{number}]": source for number, (_, source) in enumerate(found)})

    def _with_date(self, cell: BoundCell, name: str, value: Any, today: str | None) -> Any:
        unit = self._unit(cell)
        day = self._value(cell.date, f"{name}.date", date_like=True) if cell.date is not None else None
        when: Any = day[0] if day is not None else None
        if when is None and cell.cell.undated == "unknown":
            when = {"from": _EARLIEST, "to": today} if today is not None else None
        if unit is None and when is None and cell.cell.subject is None:
            return value
        row = {"value": value, "unit": unit, "date": when, "subject": cell.cell.subject}
        return {key: held for key, held in row.items() if held is not None}

    def _unit(self, cell: BoundCell) -> str | None:
        stated = self.row.cells.get(cell.unit_column, "") if cell.unit_column else ""
        return stated if stated and not self._is_blank(stated) else cell.cell.unit

    def _row(self, bound: BoundRow, today: str | None) -> None:
        if not self._holds(bound.when):
            return
        row: dict[str, Any] = {}
        sources: dict[str, Source] = {}
        read, issues = False, len(self.issues)
        for name, cells in bound.fields:
            held = self._first(cells, f"{bound.table}.{name}", row_field=name)
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
            self._add(bound.table, row if each is None else {**row, spread or "": each}, sources)

    def _add(self, table: str, row: dict[str, Any], sources: dict[str, Source]) -> None:
        rows = self.wire.setdefault(table, [])
        path = f"{table}[{len(rows)}]"
        first = next((each for each in sources.values() if each.column), Source(self.file, self.row.line))
        self.places[path] = first
        self.places.update({f"{path}.{name}": source for name, source in sources.items() if source.column})
        rows.append(row)

    def _merge(self) -> None:
        """Groups that the mapping calls one record where they agree: the drugs of one combination."""
        for table, parts in self.bound.mapping.rows.items():
            keys = next((part.together_by for part in parts if part.together_by), None)
            rows = self.wire.get(table)
            if keys is None or not rows:
                continue
            kept: list[dict[str, Any]] = []
            moved: dict[int, int] = {}
            seen: dict[tuple[str, ...], int] = {}
            for number, row in enumerate(rows):
                identity = tuple(str(row.get(key, "")) for key in keys)
                if all(identity) and identity in seen and "none_of" not in row:
                    kept[seen[identity]] = _joined(kept[seen[identity]], row)
                    continue
                if all(identity):
                    seen[identity] = len(kept)
                moved[number] = len(kept)
                kept.append(row)
            self.wire[table] = kept
            self._renumber(table, moved)

    def _renumber(self, table: str, moved: dict[int, int]) -> None:
        pattern = re.compile(rf"{table}\[(\d+)\](.*)")
        for path in list(self.places):
            if found := pattern.fullmatch(path):
                source = self.places.pop(path)
                if (number := moved.get(int(found[1]))) is not None:
                    self.places[f"{table}[{number}]{found[2]}"] = source

    def _assume(self) -> None:
        complete: list[str] = []
        because: list[str] = []
        for policy, when in self.bound.policies:
            if policy.complete and self._holds(when):
                complete.extend(policy.complete)
                because.append(
                    f"{', '.join(policy.complete)}: what is not listed is absent ({policy.because})"
                )
        if complete:
            self.wire["complete"] = [*self.wire.get("complete", []), *dict.fromkeys(complete)]
            self.wire["assumptions"] = because

    def _first(self, cells: Iterable[BoundCell], fact: str, row_field: str = "") -> tuple[Any, Source] | None:
        for cell in cells:
            held = self._value(cell, fact, date_like=row_field in DATE_FIELDS)
            if held is not None:
                return held
        return None

    def _value(self, bound: BoundCell, fact: str, *, date_like: bool = False) -> tuple[Any, Source] | None:
        if not self._holds(bound.when):
            return None
        cell = bound.cell
        if cell.name:
            return bound.stem, Source(self.file, self.row.line)
        if cell.row:
            return f"row-{self.row.line}", Source(self.file, self.row.line)
        if cell.index:
            return self._index_value()
        if not bound.columns:
            return (cell.constant, Source(self.file, self.row.line)) if cell.constant is not None else None
        found: list[tuple[Any, Source]] = []
        for column in bound.columns:
            text = self.row.cells.get(column, "")
            if self._is_blank(text):
                continue
            source = Source(self.file, self.row.line, column)
            try:
                value = NOT_READ if bound.doubted else self._converted(bound, text, fact, date_like=date_like)
            except UnreadableError as error:
                self._issue(error.code, fact, error.reason, source, text)
                value = NOT_READ
            if value is not None:
                found.append((value, source))
        if not found:
            return None
        match cell.take:
            case "first":
                return found[0]
            case "any" if any(value is NOT_READ for value, _ in found):
                return NOT_READ, found[0][1]
            case "any":
                distinct = list(dict.fromkeys(str(value) for value, _ in found))
                return (distinct if len(distinct) > 1 else distinct[0]), found[0][1]
        return outermost(found, latest=cell.take == "latest")

    def _index_value(self) -> tuple[Any, Source] | None:
        if self.index is None:
            return None
        columns = self.bound.index_date[0].columns if self.bound.index_date else ()
        return self.index.isoformat(), Source(self.file, self.row.line, "".join(columns[:1]))

    def _converted(self, bound: BoundCell, text: str, fact: str, *, date_like: bool) -> Any:
        cell = bound.cell
        if cell.split is not None:
            parts = [part.strip() for part in text.split(cell.split)]
            mapped = [self._translated(bound, part) for part in parts if part]
            return [each for each in mapped if each is not None] or None
        value = self._translated(bound, text)
        if not isinstance(value, str):
            return value
        leaf = fact.rpartition(".")[2]
        if cell.read == "days":
            return self._day(value, cell.plus)
        if date_like or cell.read == "date" or leaf in DATE_FIELDS or fact in _DAYS:
            return self._dated(value, cell.plus)
        if cell.read == "number" or leaf in _NUMBER_FIELDS or fact in OBSERVATIONS:
            return self._decimal(value)
        return value

    def _translated(self, bound: BoundCell, text: str) -> Any:
        values = bound.cell.values
        if values is None:
            return text
        for written, meant in values.items():
            if written.casefold().strip() == text.casefold():
                return meant
        if bound.cell.otherwise != "issue":
            return text if bound.cell.otherwise == "keep" else None
        raise UnreadableError("P105", "the mapping does not say what this value means", text)

    def _day(self, text: str, plus: int) -> str:
        if self.index is None:
            raise UnreadableError("P106", "there is no index date to count the days from", text)
        try:
            number = float(text)
            return (self.index + timedelta(days=int(number) + plus)).isoformat()
        except (ValueError, OverflowError):
            raise UnreadableError("P106", "not a number of days", text) from None

    def _dated(self, text: str, plus: int) -> str:
        text = year_first(self.bound.mapping, text)
        if not plus:
            return text
        return (read_date(text).last + timedelta(days=plus)).isoformat()

    def _decimal(self, text: str) -> str:
        decimal = self.bound.mapping.decimal
        return text if decimal is None else with_point(text, decimal)

    def _holds(self, conditions: Sequence[tuple[Condition, str]]) -> bool:
        return all(self._answers(condition, column) for condition, column in conditions)

    def _answers(self, condition: Condition, column: str) -> bool:
        text = self.row.cells.get(column, "")
        blank = self._is_blank(text)
        if condition.blank is not None and blank is not condition.blank:
            return False
        plain = text.casefold()
        if condition.is_ is not None and (blank or plain not in _texts(condition.is_)):
            return False
        if condition.is_not is not None and not blank and plain in _texts(condition.is_not):
            return False
        if condition.at_least is None and condition.at_most is None:
            return True
        try:
            number = float(self._decimal(text))
        except (ValueError, UnreadableError):
            return False
        low, high = condition.at_least, condition.at_most
        return (low is None or number >= low) and (high is None or number <= high)

    def _is_blank(self, text: str) -> bool:
        return not text or any(text.casefold() == each.casefold() for each in self.bound.mapping.blank)

    def _issue(self, code: str, fact: str, reason: str, source: Source, text: object) -> None:
        self.issues.append(Issue.of(code, reason, source=source, patient=self.patient, fact=fact, text=text))


def _texts(values: Iterable[object]) -> set[str]:
    return {str(value).casefold() for value in values}


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two groups of one record: agents together; of fields that disagree neither is believed."""
    joined: dict[str, Any] = {}
    for key in {**first, **second}:
        one, other = first.get(key), second.get(key)
        if key == "agents":
            joined[key] = [*_as_list(one), *_as_list(other)]
        elif one is None or other is None or one == other:
            joined[key] = other if one is None else one
        elif key != "label":
            joined[key] = NOT_READ
    return joined


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
