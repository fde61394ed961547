"""The words of a mapping file: how the rows and columns of an export become the fields of a profile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Scalar = str | int | float | bool | date | None


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _headers(value: Any) -> Any:
    return (
        [value]
        if isinstance(value, list) and value and all(isinstance(each, str) for each in value)
        else value
    )


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Texts = Annotated[list[str], BeforeValidator(_listed)]


class Condition(_Part):
    """A question to one column of the row; all parts given must hold."""

    column: str = Field(description="The column that is asked.")
    is_: Annotated[list[Scalar], BeforeValidator(_listed)] | None = Field(
        None, alias="is", description="One of these texts, upper or lower case."
    )
    is_not: Annotated[list[Scalar], BeforeValidator(_listed)] | None = Field(
        None, description="None of these texts."
    )
    contains: Texts | None = Field(None, description="One of these texts stands somewhere in it.")
    contains_none: Texts | None = Field(None, description="None of these texts stands anywhere in it.")
    blank: bool | None = Field(None, description="Whether it says nothing.")
    at_least: float | None = Field(None, description="A number of at least so much.")
    at_most: float | None = Field(None, description="A number of at most so much.")


Conditions = Annotated[list[Condition], BeforeValidator(_listed)]


class Pattern(_Part):
    """A text that is recognised by a part of it. Exactly one of `is`, `contains`, `starts` and `matches`."""

    is_: str | None = Field(None, alias="is", description="The whole text.")
    contains: str | None = Field(None, description="A part of the text.")
    starts: str | None = Field(None, description="The beginning of the text.")
    matches: str | None = Field(
        None,
        description="A regular expression (RE2) for the whole text. It takes time in proportion to the text, "
        "whatever it is.",
    )
    means: Any = Field(
        None, description=r"What it means; `\1` is the first group of `matches`, null is unknown."
    )


class Cell(_Part):
    """Where one value comes from and what is done to it on the way.

    ``column`` may begin with ``*``, which stands for the repeated part of the name. ``columns`` takes several,
    by pattern, and ``take`` says which of their values counts; with ``any`` it is one of them, not known which.
    """

    column: str | None = Field(None, description="The column; in a repeated group `*` stands for the group.")
    columns: list[str] | None = Field(None, description="Several columns, by pattern.")
    join: list[str] | None = Field(
        None, description="Columns that are parts of one value, such as year, month and day."
    )
    with_: str = Field("-", alias="with", description="What stands between the parts of `join`.")
    constant: Any = Field(None, description="A fixed value.")
    row: bool = Field(False, description="The number of the row's line: an identifier where a file has none.")
    index: bool = Field(False, description="The index date itself.")
    name: bool = Field(
        False, description="The name of the repeated part itself: the test of a laboratory column."
    )
    from_: str | None = Field(
        None, alias="from", description="The table whose rows are read; without it the patient's own rows."
    )
    take: Literal["first", "latest", "earliest", "any", "narrowest"] = Field(
        "first",
        description="Which of several columns, or of the rows of a table, counts. `narrowest`: any of several cancers, but "
        "for one that is named beside a kind of it.",
    )
    blank: list[str] = Field([], description="Texts that say nothing in this column.")
    values: dict[str, Any] | None = Field(None, description="What each text means; null means unknown.")
    patterns: list[Pattern] = Field(
        [], description="What a text means that `values` does not name; the first that fits."
    )
    otherwise: Literal["issue", "keep", "unknown"] = Field(
        "issue", description="What becomes of a text that neither `values` nor `patterns` knows."
    )
    codes: Texts | None = Field(
        None, description="Code systems in which the text is looked up: our term takes its place."
    )
    text: str | None = Field(
        None, description="The column with the words of a code, for the list of unmapped ones."
    )
    read: (
        Literal["text", "number", "date", "days", "months", "years", "year", "excel", "drug", "t", "n", "m"]
        | None
    ) = Field(
        None,
        alias="as",
        description="How the text is read: a `number`, a `date`, a `year`; `days`, `months` or `years` from the index "
        "date or from `since`; `excel`, the serial number of a day; `drug`, a name with strength, salt and form; "
        "`t`, `n` or `m` of a whole TNM.",
    )
    since: Cell | None = Field(
        None, description="The day that an offset counts from, instead of the index date."
    )
    plus: int = Field(0, ge=-100_000, le=100_000, description="Days added to a date.")
    split: str | None = Field(None, min_length=1, description="What parts several values in one cell.")
    when: Conditions = Field([], description="Only where this holds.")
    unit: str | None = Field(None, description="Unit of a fact; in rows it is a field of its own.")
    unit_column: str | None = Field(None, description="The column with the unit.")
    date: Cell | None = Field(None, description="The day of a fact.")
    subject: str | None = Field(None, description="What a fact is about.")
    undated: Literal["current", "unknown"] = Field(
        "current", description="Whether a value without a day is taken as current, or only shown."
    )


Cells = Annotated[list[Cell], BeforeValidator(_listed)]


class RowPart(_Part):
    """How rows of one list are made: once, or once for each repeated group of columns, or each row of a table.

    ``repeat`` is the common beginning of the columns of a group with ``#`` for its number, ``[-#]`` where the
    first has none; ``each`` names the groups instead. Groups that agree in every field of ``together_by``
    are one record: its agents are joined. ``spread`` names a field whose several values are a row each.
    """

    fields: dict[str, Cells] = Field(description="The fields of a row.")
    from_: str | None = Field(None, alias="from", description="The table of which every row is one here.")
    repeat: str | None = Field(None, description="Groups of columns by number: `#`, or `[-#]`.")
    each: list[str] | Literal["laboratory", "biomarkers", "observations"] | None = Field(
        None, description="Groups of columns by name."
    )
    needs: list[str] = Field([], description="Fields without which there is no row.")
    together_by: list[str] = Field([], description="Rows that agree in these are one record.")
    spread: str | None = Field(None, description="A field whose several values are a row each.")
    when: Conditions = Field([], description="Only where this holds.")
    undated: Literal["current", "unknown"] = Field("current", description="As for a fact.")


RowParts = Annotated[list[RowPart], BeforeValidator(_listed)]


class Through(_Part):
    """A table of terms, such as OMOP's CONCEPT: by the code its code, system and words elsewhere."""

    table: str = Field(description="The table, which has a `key`.")
    code: str = Field(description="Its column with the code.")
    system: str = Field(description="Its column with the system.")
    text: str = Field(description="Its column with the words.")


class CodedPart(_Part):
    """Rows that are sorted by their code: the code system says which list a row belongs to, and what it names."""

    from_: str | None = Field(None, alias="from", description="The table of which every row has a code.")
    code: Cell = Field(description="The code.")
    system: Texts | Cell = Field(description="The code systems it can be of, or the column that says which.")
    text: str | None = Field(None, description="The column with the words of the code.")
    through: Through | None = Field(
        None,
        description="A table of terms that says what the code is in other systems; it is asked where no table has it.",
    )
    lists: dict[str, dict[str, Cells]] = Field(
        description="By the list that a code can lead to (`observations` among them): the other fields of its row."
    )
    unmapped: str | None = Field(
        None,
        description="The list in which a row of an unknown code stands as something that could be anything. Left out, "
        "such rows are counted and belong to no list.",
    )
    when: Conditions = Field([], description="Only where this holds.")


class Policy(_Part):
    """Something taken for granted, said with its reason: a list that is complete, or a plain assumption."""

    because: str = Field(description="The reason, in words.")
    complete: Texts = Field([], description="Lists that hold everything there is.")
    when: Conditions = Field([], description="Only for patients of whom this holds.")


class Ignored(_Part):
    """Columns that are known and not used, with the reason; patterns may hold ``*``."""

    columns: Texts = Field(description="Names or patterns of columns.")
    because: str = Field(description="The reason, in words.")


class FileForm(_Part):
    """How a file is written, where it should not be found out."""

    name: Texts = Field([], description="Names or patterns of the file in a folder; the first that is there.")
    encoding: str | None = Field(None, description="Such as `cp1252`.")
    delimiter: str | None = Field(None, description="One character.")
    comment: str | None = Field(None, min_length=1, description="Lines that begin so are passed over.")
    skip: int = Field(0, ge=0, le=1000, description="Lines above the header.")
    after: int = Field(0, ge=0, le=100, description="Lines between the header and the first row.")
    header: Annotated[list[list[str]], BeforeValidator(_headers)] = Field(
        [],
        description="The names of the columns, where the file has none; of several lists the one as long as its rows.",
    )
    quotes: bool = Field(True, description="Whether quotation marks enclose cells; else they are characters.")
    ragged: bool = Field(False, description="Whether rows may end before the last column.")

    @property
    def plain(self) -> bool:
        """Whether the file is an ordinary one: a header, then rows."""
        return not (self.comment or self.skip or self.after or self.header or self.ragged) and self.quotes


class TableForm(FileForm):
    """A table beside the patients; without a name it is the file of the patients, several rows each."""

    by: Texts = Field(
        [], description="The column with the patient's identifier; of several the first that is there."
    )
    when: Conditions = Field([], description="Only rows of which this holds.")
    key: str | None = Field(
        None, description="The column that rows are looked up by, in a table of terms that names no patients."
    )
    distinct: list[str] = Field([], description="Rows that agree in these columns are one.")
    optional: bool = Field(False, description="Whether an export may lack it.")


class Mapping(_Part):
    """A whole mapping file."""

    mapping: str = Field(description="What is mapped, in words.")
    id: Cells = Field(description="The patient's identifier.")
    file: FileForm = Field(FileForm(), description="The file of the patients.")
    tables: dict[str, TableForm] = Field(
        {}, description="Tables joined to the patients, by a name of your own."
    )
    columns: Literal["required", "optional"] = Field(
        "required", description="Whether a column that is named must be there."
    )
    prefixes: list[str] = Field(
        [],
        description="Beginnings that the names of columns have in some releases of an export and lack in others.",
    )
    blank: list[str] = Field([], description="Texts that say nothing, beside the empty one.")
    decimal: Literal["point", "comma"] | None = Field(
        None,
        description="The decimal mark; the other sign then parts thousands. Undeclared, a comma is refused.",
    )
    dates: Literal["iso", "year_first", "day_first", "month_first"] = Field(
        "year_first",
        description="The order of day, month and year where dates are written in figures; `iso` takes no other form. "
        "Eight digits (20190115) and names of months are read in every order but `iso`.",
    )
    pivot: int | None = Field(
        None,
        ge=0,
        le=99,
        description="Years of two digits up to this one are of this century: 30 makes 31 1931.",
    )
    not_dates: list[str] = Field([], description="Dates that stand for none, as they are written.")
    shifted_by: Cells = Field(
        [], description="The days by which all dates of a patient were moved; they are moved back."
    )
    index_date: Cells = Field([], description="The day that offsets count from.")
    index_month_day: str | None = Field(None, description="MM-DD, where the index date is a year.")
    as_of: Cells = Field([], description="The day that the record describes.")
    codes: Texts = Field(
        [], description="Own tables of codes (CSV: system, code, list, term, text), beside the mapping file."
    )
    facts: dict[str, Cells] = Field({}, description="Single facts by their name in the profile.")
    rows: dict[str, RowParts] = Field({}, description="Lists by their name in the profile.")
    coded: list[CodedPart] = Field([], description="Rows that are sorted by their code.")
    assume: list[Policy] = Field(
        [], description="What is taken for granted; each is listed with every result."
    )
    ignore: list[Ignored] = Field([], description="Columns known and not used.")

    @property
    def by_row(self) -> bool:
        """Whether a row can only be read whole: it takes facts from other rows, or days from other days."""
        if self.tables or self.coded or self.shifted_by or self.not_dates or not self.file.plain:
            return True
        return any(cell.since is not None or cell.text is not None for cell in _every_cell(self))

    @property
    def several(self) -> bool:
        """Whether a patient's facts stand on more than one row."""
        return bool(self.tables)


def _every_cell(mapping: Mapping) -> Iterator[Cell]:
    for cells in mapping.facts.values():
        yield from cells
    for parts in mapping.rows.values():
        for part in parts:
            for cells in part.fields.values():
                yield from cells


def mapping_schema() -> dict[str, Any]:
    """JSON Schema of mapping files."""
    return Mapping.model_json_schema(by_alias=True)
