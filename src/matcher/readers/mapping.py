"""Mapping files: how the columns of any export become the fields of a profile.

A mapping says everything that is taken for granted; nothing about a file is known elsewhere. The documented wide
CSV is itself such a mapping, shipped with the package.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Map
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from matcher.domain.wire.model import LISTS, ROWS, AbsenceRow, ObservationRow
from matcher.errors import Diagnostic, UsageError, in_order, nearest
from matcher.readers.code_systems import BUILT_IN, SYSTEMS, CodeTableError, CodeTables, system_of
from matcher.readers.mapping_model import Cell, Mapping, RowPart
from matcher.rulebook.marked import Location, Marked
from matcher.rulebook.strict_yaml import load_yaml
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.qualities import QUALITIES

OBSERVATION_ROWS = "observations"
"""The name of single facts among the lists that a code can lead to."""
MOST_PLACES = 20_000
"""Cells of a mapping, those of a group counted for each name the group is made for, and patterns of columns."""
_NUMBER, _DASHED_NUMBER = "#", "[-#]"


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


class MarkedMapping:
    """A mapping that remembers its file, so that what is wrong with it can be shown in place."""

    def __init__(self, mapping: Mapping, marked: Marked, codes: CodeTables = BUILT_IN) -> None:
        self.mapping = mapping
        self.marked = marked
        self.codes = codes

    def report(self, code: str, location: Location, message: str, hint: str = "") -> Diagnostic:
        return self.marked.report(code, location, message, hint)


def load_mapping(path: Path) -> MarkedMapping:
    """The mapping of a file, or a ready-made one by its name; everything wrong with it at once, with its line."""
    if not path.is_file() and path.name == str(path):
        shipped = shipped_mappings()
        if path.name in shipped:
            return _read(shipped[path.name], f"{path.name}.yaml")
        if not path.suffix:
            guess = nearest(path.name, sorted(shipped))
            hint = f"; did you mean '{guess}'?" if guess else ""
            message = f"there is no mapping '{path.name}'; ready-made are {', '.join(shipped)}{hint}"
            raise UsageError(message, code="U002")
    if not path.is_file():
        raise UsageError(f"there is no mapping file {path}", code="U002")
    return _read(path, path.as_posix())


def mapping_file(named: Path) -> Path:
    """The file of a mapping; a ready-made one may be given by its name alone."""
    if named.exists() or named.name != str(named):
        return named
    return shipped_mappings().get(named.name, named)


def shipped_mappings() -> Map[str, Path]:
    """The ready-made mappings of well-known exports, by name."""
    folder = Path(str(resources.files("matcher.readers") / "mappings"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


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
    codes = BUILT_IN
    for number, name in enumerate(mapping.codes):
        try:
            codes = codes.extended_by(path.parent / name)
        except CodeTableError as error:
            diagnostics.append(marked.report("U015", ("codes", number), str(error)))
    if diagnostics:
        raise MappingError(diagnostics)
    return MarkedMapping(mapping, marked, codes)


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
    for number, coded in enumerate(mapping.coded):
        for table, named in coded.lists.items():
            place: Location = ("coded", number, "lists", table)
            if table != OBSERVATION_ROWS and table not in ROWS:
                unknown(place, table, {*ROWS, OBSERVATION_ROWS})
                continue
            allowed = fields_of(table)
            for name in named:
                if name not in allowed:
                    unknown((*place, name), name, allowed)
        if coded.unmapped is not None and coded.unmapped not in LISTS:
            unknown(("coded", number, "unmapped"), coded.unmapped, LISTS)
    for location, cell in cells_of(mapping):
        found += _cell_checked(cell, location, marked)
    for location, table_name in _tables_named(mapping):
        if table_name not in mapping.tables:
            guess = nearest(table_name, sorted(mapping.tables))
            hint = f"did you mean '{guess}'?" if guess else "name it under 'tables'"
            found.append(marked.report("U015", location, f"there is no table '{table_name}'", hint))
    for name, form in mapping.tables.items():
        if not form.by and not form.key:
            message = "a table needs 'by', the column with the patient's identifier, or 'key'"
            found.append(marked.report("U015", ("tables", name), message))
    return found


def _cell_checked(cell: Cell, location: Location, marked: Marked) -> Iterator[Diagnostic]:
    sources = [
        cell.column is not None,
        cell.columns is not None,
        cell.join is not None,
        cell.constant is not None,
        cell.index,
        cell.name,
        cell.row,
    ]
    if sum(sources) != 1:
        message = "a value comes from one of column, columns, join, constant, index, name and row"
        yield marked.report("U015", location, message)
    for number, pattern in enumerate(cell.patterns):
        place: Location = (*location, "patterns", number)
        said = [
            each
            for each in (pattern.is_, pattern.contains, pattern.starts, pattern.matches)
            if each is not None
        ]
        if len(said) != 1:
            yield marked.report("U015", place, "a pattern is one of is, contains, starts and matches")
        if pattern.matches is not None and (fault := _fault_of(pattern.matches)):
            yield marked.report("U015", (*place, "matches"), f"not a regular expression: {fault}")
    for number, system in enumerate(cell.codes or ()):
        if system_of(system) is None:
            yield _strange_system(system, (*location, "codes", number), marked)


def _strange_system(system: str, location: Location, marked: Marked) -> Diagnostic:
    guess = nearest(system, SYSTEMS)
    hint = f"did you mean '{guess}'?" if guess else f"the systems are {', '.join(SYSTEMS)}"
    return marked.report("U015", location, f"there is no code system '{system}'", hint)


def _fault_of(pattern: str) -> str:
    """What is wrong with a regular expression, as the engine that will run it sees it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        return str(error).partition(": ")[2] or str(error)
    return ""


def _tables_named(mapping: Mapping) -> Iterator[tuple[Location, str]]:
    for location, cell in cells_of(mapping):
        if cell.from_ is not None:
            yield (*location, "from"), cell.from_
    for table, parts in mapping.rows.items():
        for number, part in enumerate(parts):
            if part.from_ is not None:
                yield ("rows", table, number, "from"), part.from_
    for number, coded in enumerate(mapping.coded):
        if coded.from_ is not None:
            yield ("coded", number, "from"), coded.from_
        if coded.through is not None:
            yield ("coded", number, "through", "table"), coded.through.table


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
    if table == OBSERVATION_ROWS:
        return set(ObservationRow.model_fields)
    absence = set(AbsenceRow.model_fields) if table in LISTS else set()
    return set(ROWS[table].model_fields) | absence


def cells_of(mapping: Mapping) -> Iterator[tuple[Location, Cell]]:
    """Every cell of the mapping with its place, those nested in others included."""
    roots: list[tuple[Location, list[Cell]]] = [
        (("id",), mapping.id),
        (("index_date",), mapping.index_date),
        (("as_of",), mapping.as_of),
        (("shifted_by",), mapping.shifted_by),
        *((("facts", name), cells) for name, cells in mapping.facts.items()),
        *(
            (("rows", table, number, "fields", name), cells)
            for table, parts in mapping.rows.items()
            for number, part in enumerate(parts)
            for name, cells in part.fields.items()
        ),
        *(
            (("coded", number, "lists", table, name), cells)
            for number, coded in enumerate(mapping.coded)
            for table, fields in coded.lists.items()
            for name, cells in fields.items()
        ),
        *((("coded", number, "code"), [coded.code]) for number, coded in enumerate(mapping.coded)),
        *(
            (("coded", number, "system"), [coded.system])
            for number, coded in enumerate(mapping.coded)
            if isinstance(coded.system, Cell)
        ),
    ]
    for location, cells in roots:
        for number, cell in enumerate(cells):
            # A value that stands without a list has its number passed over when its place is looked up.
            yield (*location, number), cell
            for name, inner in (("date", cell.date), ("since", cell.since)):
                if inner is not None:
                    yield (*location, number, name), inner
