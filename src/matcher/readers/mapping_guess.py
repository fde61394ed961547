"""A first mapping for an export nobody has described: its columns by name and by what stands in them.

What is sure is written out; what is not carries the word TODO, and is left for a person. Nothing is guessed silently:
the draft is a file to read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from matcher.errors import UsageError
from matcher.readers.csv_rows import Table, open_table
from matcher.readers.known_export import known_export
from matcher.readers.lookup import DIAGNOSIS
from matcher.readers.mapping import load_mapping, shipped_mappings
from matcher.readers.mapping_model import FileForm
from matcher.readers.parquet import ParquetTable, is_parquet, open_parquet
from matcher.vocabulary.codes import SEX
from matcher.vocabulary.icd import icd10_code
from matcher.vocabulary.laboratory import LAB_TESTS, lab_test
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.text import words
from matcher.vocabulary.units import UnitError, ucum

SAMPLE = 2000
_MOST_VALUES = 40
_NULLS = frozenset(
    [
        "na",
        "n/a",
        "n.a.",
        "null",
        "none",
        "nan",
        "nil",
        "unknown",
        "unk",
        "not known",
        "not available",
        "not reported",
        "not recorded",
        "-",
        "--",
        "---",
        ".",
        "?",
        "'--",
        "k.a.",
        "k. a.",
        "unbekannt",
        "keine angabe",
        "[not available]",
        "[unknown]",
        "[not applicable]",
        "missing",
        "#n/a",
    ]
)
_IDENTIFIER = re.compile(
    r"^(?:patient|pat|case|subject|person|record|study)?[ _.-]?(?:id|nr|no|number|identifier|submitter id|mrn|pid|key)$"
    r"|^(?:mrn|pid|patnr|patid|patientid|fallnummer|case)$"
)
_PERSON = re.compile(r"patient|pat|subject|case|person|mrn|pid|barcode|fall")
#: so few rows may be those of one patient
_FEW_ROWS = 10
_SLASHED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})(?:\D.*)?")
_ISO = re.compile(r"\d{4}-\d{1,2}(?:-\d{1,2})?(?:[T ].*)?")
_COMMA_NUMBER = re.compile(r"[<>]?\s?-?\d+(?:\.\d{3})*,\d{1,2}|[<>]?\s?-?\d+,\d{4,}")
_POINT_NUMBER = re.compile(r"[<>]?\s?-?\d+(?:,\d{3})*\.\d+")
_UNIT_IN_NAME = re.compile(r"[\[(]([^\[\]()]{1,20})[\])]\s*$")
_SINGLE = {
    "birth_date": ("birth date", "date of birth", "dob", "birthdate", "geburtsdatum", "born", "birthday"),
    "age": ("age", "alter", "age years", "age at visit"),
    "sex": ("sex", "gender", "geschlecht", "sexe", "biological sex"),
    "diagnosis": (
        "diagnosis",
        "diagnose",
        "icd",
        "icd10",
        "icd 10",
        "icd code",
        "oncotree",
        "oncotree code",
        "tumour type",
    ),
    "histology": ("histology", "histologie", "histological type"),
    "ecog": ("ecog", "ecog ps", "performance status ecog", "ecog performance status"),
    "karnofsky": ("karnofsky", "kps", "karnofsky index"),
    "weight": ("weight", "gewicht", "body weight", "weight kg"),
    "height": ("height", "groesse", "größe", "body height", "height cm"),
}
_AS_OF = (
    "as of",
    "visit",
    "visit date",
    "date of visit",
    "last visit",
    "last contact",
    "besuch",
    "datum",
    "date",
    "snapshot date",
)
_AGENTS = (
    "drug",
    "drugs",
    "agent",
    "agents",
    "substance",
    "medication",
    "medikament",
    "wirkstoff",
    "regimen",
    "therapy",
)
_TODO_IGNORED = "TODO say why, or map them"


@dataclass(slots=True)
class _Column:
    name: str
    values: Counter[str] = field(default_factory=Counter)
    filled: int = 0

    def share(self, pattern: re.Pattern[str]) -> float:
        seen = self.values.total()
        return sum(n for text, n in self.values.items() if pattern.fullmatch(text)) / seen if seen else 0.0

    @property
    def plain(self) -> str:
        return words(_UNIT_IN_NAME.sub("", self.name).replace(".", " ").replace("_", " "))


@dataclass(frozen=True, slots=True)
class Guess:
    """``shipped`` is the ready-made mapping that fits; else ``text`` is a draft, with ``todos`` places to fill in."""

    text: str
    shipped: str = ""

    @property
    def todos(self) -> int:
        return self.text.count("TODO")


def guess_mapping(path: Path) -> Guess:
    """The ready-made mapping of a known export, or a draft for the file."""
    known = known_export(path)
    if known:
        return Guess(f"# This is {load_mapping(Path(known)).mapping.mapping}.\n", known)
    if path.is_dir():
        raise UsageError(
            f"{path.name} is none of the exports that are known by their files",
            f"give one file, or write 'tables'; known are {', '.join(shipped_mappings())}",
            code="U012",
        )
    table = open_parquet(path) if is_parquet(path) else open_table(path, form=_form(path))
    return Guess("\n".join(_draft(table)) + "\n")


def _form(path: Path) -> FileForm:
    """Comment lines are passed over where the file begins with one and goes on without."""
    with path.open("rb") as stream:
        lines = [stream.readline(1 << 16) for _ in range(20)]
    comments = [line.startswith(b"#") for line in lines if line]
    return FileForm(comment="#") if comments and comments[0] and not all(comments) else FileForm()


def _columns(table: Table | ParquetTable) -> tuple[list[_Column], int]:
    found = {name: _Column(name) for name in table.header if name}
    rows = 0
    for row in islice((row for row in table.rows() if row.problem is None), SAMPLE):
        rows += 1
        for name, text in row.cells.items():
            if text and name in found:
                found[name].filled += 1
                found[name].values[text[:80]] += 1
    return list(found.values()), rows


def _draft(table: Table | ParquetTable) -> Iterator[str]:
    columns, rows = _columns(table)
    nulls = sorted({text for each in columns for text in each.values if text.casefold() in _NULLS})
    for each in columns:
        for text in nulls:
            each.filled -= each.values.pop(text, 0)
    identifier = _identifier(columns, rows)
    yield f"# A draft from {rows} rows of {table.path.name}. Read it; every TODO needs a person."
    yield f"mapping: {_quoted(table.path.name)}"
    several = identifier is not None and max(identifier.values.values(), default=1) > 1
    name = identifier.name if identifier is not None else "TODO the column with the patient's identifier"
    yield f"id: {{column: {_quoted(name)}}}"
    yield from _form_lines(table)
    if several:
        yield f"# {name} stands on several rows: each is read as a row of this table."
        yield f"tables: {{rows: {{by: {_quoted(name)}}}}}"
    if nulls:
        yield f"blank: [{', '.join(map(_quoted, nulls))}]"
    if any(each.share(_COMMA_NUMBER) > 0.5 for each in columns):
        yield "decimal: comma"
    elif any(each.share(_POINT_NUMBER) > 0.5 for each in columns):
        yield "decimal: point"
    yield from _dates(columns)
    rest = [each for each in columns if each is not identifier]
    yield from _mapped(rest, several=several)


def _identifier(columns: Sequence[_Column], rows: int) -> _Column | None:
    """Whose a row is. Of columns that are named so, one of persons before one of studies or records.

    What is the same on every row names the study or the hospital: it would make one patient of all.
    """
    named = [
        each
        for each in columns
        if _IDENTIFIER.fullmatch(each.plain) or _IDENTIFIER.fullmatch(each.name.casefold())
    ]
    told = [
        each for each in columns if each.filled == rows == len(each.values) and _PERSON.search(each.plain)
    ]
    found = [each for each in named if len(each.values) > 1 or rows < _FEW_ROWS] or told
    return min(found, key=lambda each: (each.filled < rows, not _PERSON.search(each.plain)), default=None)


def _form_lines(table: Table | ParquetTable) -> Iterator[str]:
    if isinstance(table, Table):
        said = [f"delimiter: {_quoted(table.delimiter)}"] if table.delimiter != "," else []
        said += [f"comment: {_quoted(table.form.comment)}"] if table.form.comment else []
        if said:
            yield f"file: {{{', '.join(said)}}}"


def _dates(columns: Sequence[_Column]) -> Iterator[str]:
    first = second = short = 0
    for each in columns:
        if each.share(_SLASHED) > 0.8:
            for text in each.values:
                if (found := _SLASHED.fullmatch(text)) is not None:
                    first, second = max(first, int(found[1])), max(second, int(found[2]))
                    short += len(found[3]) == 2
    if not first:
        return
    if first > 12 >= second:
        yield "dates: day_first"
    elif second > 12 >= first:
        yield "dates: month_first"
    else:
        yield "dates: day_first  # TODO day or month first: the dates can be read in both orders"
    if short:
        yield "pivot: 30  # TODO years of two digits up to this one are of this century"


def _mapped(columns: Sequence[_Column], *, several: bool) -> Iterator[str]:
    facts: list[str] = []
    labs: list[str] = []
    drugs: list[_Column] = []
    as_of: str | None = None
    left: list[str] = []
    source = "from: rows, " if several else ""
    day = next((each for each in columns if each.plain in _AS_OF and _is_dates(each)), None)
    for each in columns:
        fact = _fact_of(each)
        test = lab_test(_UNIT_IN_NAME.sub("", each.name).strip()) or lab_test(each.plain)
        if each is day:
            as_of = each.name
        elif fact is not None and not any(line.startswith(f"  {fact}:") for line in facts):
            facts.append(
                f"  {fact}: {{{source if fact in OBSERVATIONS else ''}column: {_quoted(each.name)}{_reading(each, fact)}}}"
            )
        elif test is not None:
            labs += _lab_lines(each, test.code, source, day)
        elif each.plain in _AGENTS:
            drugs.append(each)
        else:
            left.append(each.name)
    if as_of is not None:
        yield f"as_of: {{{source}column: {_quoted(as_of)}{', take: latest' if several else ''}}}"
    else:
        yield "# No column was taken for the day that a record describes: give it with --as-of."
    if facts:
        yield "facts:"
        yield from facts
    if labs or drugs:
        yield "rows:"
    if labs:
        yield "  labs:"
        yield from labs
    if drugs:
        yield "  therapies:"
        for each in drugs:
            yield f"    - {source.replace('from: rows, ', 'from: rows' + chr(10) + '      ')}fields:"
            yield f"        agents: {{column: {_quoted(each.name)}, as: drug}}"
    if left:
        yield "ignore:"
        yield f"  - columns: [{', '.join(map(_quoted, left))}]"
        yield f"    because: {_TODO_IGNORED}"


def _fact_of(column: _Column) -> str | None:
    for fact, names in _SINGLE.items():
        if column.plain in names:
            return fact
    if column.plain.replace(" ", "_") in OBSERVATIONS:
        return column.plain.replace(" ", "_")
    texts = set(column.values)
    if texts and len(texts) <= 6 and all(SEX.lookup(text) is not None for text in texts):
        return "sex"
    codes = sum(n for text, n in column.values.items() if icd10_code(text) is not None and text[:1] in "CD")
    if column.filled and codes / column.filled > 0.8:
        return "diagnosis"
    return None


def _reading(column: _Column, fact: str) -> str:
    """How the values are read; those that nobody knows are a value map to fill in."""
    if fact == "birth_date":
        return ", as: date"
    look = {"sex": SEX.lookup, "diagnosis": DIAGNOSIS.resolve}.get(fact)
    if fact == "ecog" and not all(text in "01234" for text in column.values):
        return r", patterns: [{matches: '(?:ECOG\s*)?([0-4])(?:\D.*)?', means: '\1'}], otherwise: issue"
    if look is None:
        unit = OBSERVATIONS[fact].unit if fact in OBSERVATIONS else ""
        return f", unit: {_quoted(unit)}" if unit and fact in ("weight", "height") else ""
    strange = [text for text, _ in column.values.most_common(_MOST_VALUES) if look(text) is None]
    if not strange:
        return ""
    pairs = ", ".join(f"{_quoted(text)}: null" for text in strange)
    return f", otherwise: keep, values: {{{pairs}}}"


def _lab_lines(column: _Column, test: str, source: str, day: _Column | None) -> Iterator[str]:
    unit = _UNIT_IN_NAME.search(column.name)
    said = (
        unit[1]
        if unit is not None and _is_unit(unit[1])
        else f"TODO one of {', '.join(LAB_TESTS[test].usual_units) or 'none'}"
    )
    yield "    - needs: [value]"
    if source:
        yield "      from: rows"
    yield "      fields:"
    yield f"        test: {{constant: {test}}}"
    yield f"        value: {{column: {_quoted(column.name)}}}"
    yield f"        unit: {{constant: {_quoted(said)}}}"
    if day is not None:
        yield f"        date: {{column: {_quoted(day.name)}, as: date}}"


def _is_unit(text: str) -> bool:
    try:
        return bool(ucum(text))
    except UnitError:
        return False


def _is_dates(column: _Column) -> bool:
    return column.share(_ISO) > 0.8 or column.share(_SLASHED) > 0.8


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if "\t" not in text else '"\\t"'
