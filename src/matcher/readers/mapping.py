"""Mapping files: how the columns of any export become the fields of a profile.

A mapping says everything that is taken for granted; nothing about a file is known elsewhere. The documented wide
CSV is itself such a mapping, shipped with the package.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from matcher.domain.wire.model import LISTS, ROWS, AbsenceRow
from matcher.errors import Diagnostic, UsageError, in_order, nearest
from matcher.rulebook.marked import Location, Marked
from matcher.rulebook.strict_yaml import load_yaml
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.qualities import QUALITIES

MOST_PLACES = 20_000
"""Cells of a mapping, those of a group counted for each name the group is made for, and patterns of columns."""
_NUMBER, _DASHED_NUMBER = "#", "[-#]"
Scalar = str | int | float | bool | date | None


class MappingError(UsageError):
    """The mapping cannot be used; everything wrong with it is said at once."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        self.diagnostics = tuple(in_order(diagnostics))
        super().__init__(
            "\n".join(each.render() for each in self.diagnostics), code=_usage_code(self.diagnostics)
        )

    def __str__(self) -> str:
        return self.message


def _usage_code(diagnostics: tuple[Diagnostic, ...]) -> str:
    return next((each.code for each in diagnostics if each.code.startswith("U")), "U015")


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Condition(_Part):
    """A question to one column of the row; all parts given must hold."""

    column: str
    is_: Annotated[list[Scalar], BeforeValidator(_listed)] | None = Field(None, alias="is")
    is_not: Annotated[list[Scalar], BeforeValidator(_listed)] | None = None
    blank: bool | None = None
    at_least: float | None = None
    at_most: float | None = None


Conditions = Annotated[list[Condition], BeforeValidator(_listed)]


class Cell(_Part):
    """Where one value comes from and what is done to it on the way.

    ``column`` may begin with ``*``, which stands for the repeated part of the name. ``columns`` takes several,
    by pattern, and ``take`` says which of their values counts; with ``any`` it is one of them, not known which.
    """

    column: str | None = None
    columns: list[str] | None = None
    constant: Any = None
    row: bool = Field(False, description="The number of the row's line: an identifier where a file has none.")
    index: bool = Field(False, description="The index date itself.")
    name: bool = Field(
        False, description="The name of the repeated part itself: the test of a laboratory column."
    )
    take: Literal["first", "latest", "earliest", "any"] = "first"
    values: dict[str, Any] | None = Field(None, description="What each text means; null means unknown.")
    otherwise: Literal["issue", "keep", "unknown"] = Field(
        "issue", description="What becomes of a text that `values` does not name."
    )
    read: Literal["text", "number", "date", "days", "year"] | None = Field(None, alias="as")
    plus: int = Field(0, ge=-100_000, le=100_000, description="Days added to a date.")
    split: str | None = Field(None, min_length=1, description="What parts several values in one cell.")
    when: Conditions = []
    unit: str | None = Field(None, description="Unit of a fact; in rows it is a field of its own.")
    unit_column: str | None = None
    date: Cell | None = None
    subject: str | None = None
    undated: Literal["current", "unknown"] = "current"


Cells = Annotated[list[Cell], BeforeValidator(_listed)]


class RowPart(_Part):
    """How rows of one table are made: once, or once for each repeated group of columns.

    ``repeat`` is the common beginning of the columns of a group with ``#`` for its number, ``[-#]`` where the
    first has none; ``each`` names the groups instead. Groups that agree in every field of ``together_by``
    are one record: its agents are joined. ``spread`` names a field whose several values are a row each.
    """

    fields: dict[str, Cells]
    repeat: str | None = None
    each: list[str] | Literal["laboratory", "biomarkers", "observations"] | None = None
    needs: list[str] = []
    together_by: list[str] = []
    spread: str | None = None
    when: Conditions = []
    undated: Literal["current", "unknown"] = "current"


RowParts = Annotated[list[RowPart], BeforeValidator(_listed)]


class Policy(_Part):
    """Something taken for granted, said with its reason: a list that is complete, or a plain assumption."""

    because: str
    complete: Annotated[list[str], BeforeValidator(_listed)] = []
    when: Conditions = []


class Ignored(_Part):
    """Columns that are known and not used, with the reason; patterns may hold ``*``."""

    columns: Annotated[list[str], BeforeValidator(_listed)]
    because: str


class FileForm(_Part):
    """The encoding and the delimiter, where they should not be found out."""

    encoding: str | None = None
    delimiter: str | None = None


class Mapping(_Part):
    """A whole mapping file."""

    mapping: str = Field(description="What is mapped, in words.")
    id: Cells
    file: FileForm = FileForm()
    columns: Literal["required", "optional"] = "required"
    blank: list[str] = Field([], description="Texts that say nothing, beside the empty one.")
    decimal: Literal["point", "comma"] | None = Field(
        None,
        description="The decimal mark; the other sign then parts thousands. Undeclared, a comma is refused.",
    )
    dates: Literal["year_first", "day_first", "month_first"] = "year_first"
    index_date: Cells = []
    index_month_day: str | None = Field(None, description="MM-DD, where the index date is a year.")
    as_of: Cells = []
    facts: dict[str, Cells] = {}
    rows: dict[str, RowParts] = {}
    assume: list[Policy] = []
    ignore: list[Ignored] = []


class MarkedMapping:
    """A mapping that remembers its file, so that what is wrong with it can be shown in place."""

    def __init__(self, mapping: Mapping, marked: Marked) -> None:
        self.mapping = mapping
        self.marked = marked

    def report(self, code: str, location: Location, message: str, hint: str = "") -> Diagnostic:
        return self.marked.report(code, location, message, hint)


def load_mapping(path: Path) -> MarkedMapping:
    """The mapping of a file; everything wrong with it at once, each with line and column."""
    if not path.is_file():
        raise UsageError(f"there is no mapping file {path}", code="U002")
    return _read(path, path.as_posix())


@cache
def wide_mapping() -> MarkedMapping:
    """The mapping of the documented wide CSV: it never changes, and reading it takes longer than a small file."""
    with resources.as_file(resources.files("matcher.readers") / "wide.yaml") as path:
        read = _read(path, "wide.yaml")
    return MarkedMapping(_with_vocabularies(read.mapping), read.marked)


def _with_vocabularies(mapping: Mapping) -> Mapping:
    """The columns that follow from a row of a vocabulary: one for each single fact, and one for each quality."""
    facts = {
        name: [
            Cell(
                column=name,
                unit_column=f"{name}_unit" if kind.is_number and kind.unit not in ("", "%") else None,
                date=Cell(column=f"{name}_date"),
            )
        ]
        for name, kind in OBSERVATIONS.items()
        if kind.subject in ("", "criteria")
    }
    rows = {
        table: [_with_qualities(part, table) if part.repeat else part for part in parts]
        for table, parts in mapping.rows.items()
    }
    return mapping.model_copy(update={"facts": {**mapping.facts, **facts}, "rows": rows})


def _with_qualities(part: RowPart, table: str) -> RowPart:
    cells = {each.name: [Cell(column=f"*_{each.name}")] for each in QUALITIES.get(table, ())}
    return part.model_copy(update={"fields": {**part.fields, **cells}})


def _read(path: Path, shown: str) -> MarkedMapping:
    marked, diagnostics = load_yaml(path, shown)
    if marked is None:
        raise MappingError(diagnostics)
    try:
        mapping = Mapping.model_validate(marked.data)
    except ValidationError as error:
        raise MappingError(diagnostics + [_reported(marked, each) for each in error.errors()]) from None
    diagnostics += _fields_checked(mapping, marked)
    diagnostics += _bounds_checked(mapping, marked)
    if diagnostics:
        raise MappingError(diagnostics)
    return MarkedMapping(mapping, marked)


def _reported(marked: Marked, error: Any) -> Diagnostic:
    location: Location = error["loc"]
    name = location[-1] if location else ""
    match error["type"]:
        case "missing":
            return marked.report("R010", location, f"'{name}' is missing")
        case "extra_forbidden":
            return marked.report(
                "R011", location, f"'{name}' is not a word of mapping files here", on_key=True
            )
    return marked.report("U015", location, error["msg"])


def _fields_checked(mapping: Mapping, marked: Marked) -> list[Diagnostic]:
    found: list[Diagnostic] = []

    def unknown(location: Location, name: str, allowed: frozenset[str] | set[str]) -> None:
        guess = nearest(name, sorted(allowed))
        hint = f"did you mean '{guess}'?" if guess else ""
        found.append(marked.report("U014", location, f"profiles have no '{name}' here", hint, on_key=True))

    single = frozenset({"age", "birth_date", "complete", "diagnosis", "histology", *OBSERVATIONS})
    for name in mapping.facts:
        if name not in single:
            unknown(("facts", name), name, single)
    for table, parts in mapping.rows.items():
        if table not in ROWS:
            unknown(("rows", table), table, set(ROWS))
            continue
        fields = fields_of(table)
        for number, part in enumerate(parts):
            for name in [
                *part.fields,
                *part.needs,
                *part.together_by,
                *([part.spread] if part.spread else []),
            ]:
                if name not in fields:
                    unknown(("rows", table, number, "fields", name), name, fields)
            if part.repeat is not None and part.each is not None:
                found.append(
                    marked.report("U015", ("rows", table, number), "'repeat' and 'each' exclude each other")
                )
    for number, policy in enumerate(mapping.assume):
        for name in policy.complete:
            if name not in LISTS:
                unknown(("assume", number, "complete"), name, LISTS)
    for location, cell in cells_of(mapping):
        sources = [
            cell.column is not None,
            cell.columns is not None,
            cell.constant is not None,
            cell.index,
            cell.name,
            cell.row,
        ]
        if sum(sources) != 1:
            message = "a value comes from one of column, columns, constant, index, name and row"
            found.append(marked.report("U015", location, message))
    return found


def numbered_parts(pattern: str) -> tuple[str, bool, str]:
    """What stands before and behind the number of a ``repeat``, and whether the first group may have none."""
    dashed = _DASHED_NUMBER in pattern
    before, _, after = pattern.partition(_DASHED_NUMBER if dashed else _NUMBER)
    return before, dashed, after


def _bounds_checked(mapping: Mapping, marked: Marked) -> Iterator[Diagnostic]:
    """What a mapping asks for is done for every file and row, so it has bounds of its own."""
    places = sum(1 for _ in cells_of(mapping)) + sum(len(each.columns) for each in mapping.ignore)
    for table, parts in mapping.rows.items():
        for number, part in enumerate(parts):
            location: Location = ("rows", table, number)
            if part.repeat is not None and part.repeat.count(_NUMBER) != 1:
                message = "'repeat' holds one '#', for the number of the group"
                yield marked.report("U015", (*location, "repeat"), message)
            if isinstance(part.each, list):
                places += len(part.each) * max(1, sum(map(len, part.fields.values())))
    places += sum(len(cell.columns or ()) + len(cell.when) for _, cell in cells_of(mapping))
    if places > MOST_PLACES:
        yield marked.report("U015", (), f"the mapping names more than {MOST_PLACES} columns")


def fields_of(table: str) -> set[str]:
    """What a row of the table may hold, a statement of absence included."""
    absence = set(AbsenceRow.model_fields) if table in LISTS else set()
    return set(ROWS[table].model_fields) | absence


def cells_of(mapping: Mapping) -> Iterator[tuple[Location, Cell]]:
    """Every cell of the mapping with its place, those nested in others included."""
    roots: list[tuple[Location, list[Cell]]] = [
        (("id",), mapping.id),
        (("index_date",), mapping.index_date),
        (("as_of",), mapping.as_of),
        *((("facts", name), cells) for name, cells in mapping.facts.items()),
        *(
            (("rows", table, number, "fields", name), cells)
            for table, parts in mapping.rows.items()
            for number, part in enumerate(parts)
            for name, cells in part.fields.items()
        ),
    ]
    for location, cells in roots:
        for number, cell in enumerate(cells):
            # A value that stands without a list has its number passed over when its place is looked up.
            yield (*location, number), cell
            if cell.date is not None:
                yield (*location, number, "date"), cell.date
