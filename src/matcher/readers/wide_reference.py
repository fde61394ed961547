"""The reference page of the wide CSV, written from its mapping, so that page and program cannot differ."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.domain.wire.model import ROWS, AbsenceRow, wire_profile
from matcher.readers.mapping import wide_mapping
from matcher.readers.mapping_model import Cell, RowPart
from matcher.vocabulary.biomarkers import MARKERS
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS

WIDE_PAGE = "docs/reference/patient-csv.md"

_TITLES = {"tnm": "TNM classification", "labs": "Laboratory values", "biomarkers": "Markers"}

_INTRODUCTION = """\
# The wide CSV

<!-- Written by scripts/docs.py from src/matcher/readers/wide.yaml and the wire profile; edit those. -->

One row a patient. Every column but `patient_id` may be left out, and a blank cell means that nothing is known.
`#` is a number: 1, 2, 3 and so on. How values, dates and units are written is said in the
[guide](../guide/patient-data.md).
"""


def wide_reference() -> str:
    """The page as Markdown."""
    return "\n".join([_INTRODUCTION, *_person(), *_tables(), *_vocabulary()])


def _person() -> Iterator[str]:
    mapping = wide_mapping().mapping
    profile = wire_profile().model_fields
    yield "## Person and disease\n"
    yield "| column | what it holds |\n|---|---|"
    identifier, *others = (cell.column for cell in mapping.id)
    also = ", ".join(f"`{name}`" for name in others)
    yield f"| `{identifier}` | Identifier of the patient. A file without it may call it {also}; the first counts. |"
    yield f"| `as_of` | {profile['as_of'].description} |"
    for name, cells in mapping.facts.items():
        first = cells[0]
        beside = [first.unit_column, first.date.column if first.date else None]
        more = "".join(f", `{column}`" for column in beside if column)
        text = profile[name].description
        if name == "complete":
            text = f"{text} Several are parted by `;`."
        yield f"| `{first.column}`{more} | {text} |"


def _tables() -> Iterator[str]:
    for table, parts in wide_mapping().mapping.rows.items():
        yield f"\n## {_TITLES.get(table, table.capitalize())}\n"
        yield "| column | what it holds |\n|---|---|"
        for part in parts:
            for name, cells in part.fields.items():
                for cell in cells:
                    if cell.column is not None:
                        yield f"| `{_column(part, cell)}` | {_meaning(table, part, name, cell)} |"


def _column(part: RowPart, cell: Cell) -> str:
    stem = part.repeat or (f"<{part.each}>" if isinstance(part.each, str) else "<event>")
    column = cell.column or ""
    return (
        (stem + column[1:]).replace("<laboratory>", "<test>").replace("<biomarkers>", "<marker>")
        if (column.startswith("*"))
        else column
    )


def _meaning(table: str, part: RowPart, name: str, cell: Cell) -> str:
    fields = {**AbsenceRow.model_fields, **ROWS[table].model_fields}
    text = fields[name].description or ""
    if cell.split is not None:
        text += f" Several are parted by `{cell.split}`."
    if cell.values and "none" in cell.values:
        text += " `none`: asked, and there are none."
    if isinstance(part.each, list) and name == "date":
        text += f" Events: {', '.join(f'`{each}`' for each in part.each)}."
    return text


def _vocabulary() -> Iterator[str]:
    yield "\n## Names of laboratory tests\n"
    yield "| `<test>` | test | unit | plausible |\n|---|---|---|---|"
    for test in LAB_TESTS.values():
        yield f"| `{test.code}` | {test.title} | {test.unit} | {test.low:.9g} to {test.high:.9g} |"
    yield "\n## Names of markers\n"
    yield "| `<marker>` | marker |\n|---|---|"
    for code in MARKERS.codes:
        yield f"| `{code}` | {MARKERS.title(code)} |"
    yield "\n## Names of single facts\n"
    yield "| column | fact | unit or values |\n|---|---|---|"
    for kind in OBSERVATIONS.values():
        held = ", ".join(kind.codes) or f"{kind.unit} ({kind.low:g} to {kind.high:g})".strip()
        yield f"| `{kind.name}` | {kind.title} | {held} |"
    yield ""
