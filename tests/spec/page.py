"""The reference page of the specification, printed from the tables that the tests run."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.spec.table import AS_OF, Row, Section, Table
from tests.spec.tables import SECTIONS

PAGE = "docs/reference/specification.md"

_INTRODUCTION = """\
# Specification

What each word of the rule language says of which patient. This page is printed from the tables that every engine
is tested with. The as-of day is {day} unless a table says otherwise. `platinum`, `checkpoint_inhibitor` and the
other classes are a few agents made up for these tables; the shipped lists hold more.
"""


def specification() -> str:
    return _INTRODUCTION.format(day=AS_OF.isoformat()) + "".join(map(_section, SECTIONS))


def _section(section: Section) -> str:
    return f"\n## {section.title}\n\n{section.text}\n" + "".join(map(_table, section.tables))


def _table(table: Table) -> str:
    return "\n".join(("", *_lines(table), ""))


def _lines(table: Table) -> Iterator[str]:
    yield f"### {table.title}"
    yield ""
    yield table.text
    if table.as_of != AS_OF:
        yield f"The as-of day is {table.as_of.isoformat()}."
    yield ""
    yield "```yaml"
    for derivation in table.derivations:
        yield from (f"{name}: {flow(value)}" for name, value in derivation.items())
        yield "---"
    if table.events:
        yield f"events: {flow(list(table.events))}"
    yield f"when: {flow(table.condition)}"
    yield "```"
    yield ""
    yield "| patient | verdict | |"
    yield "|---|---|---|"
    for row in table.rows:
        yield f"| {_patient(row)} | {row.verdict} | {row.why} |"


def _patient(row: Row) -> str:
    written = ", ".join(f"{name}: {flow(value)}" for name, value in row.patient.items() if value is not None)
    return f"`{written}`".replace("|", "\\|") if written else "no facts"


def flow(value: Any) -> str:
    """A value in YAML's flow style: it reads back as the same value."""
    match value:
        case Mapping():
            inner = (f"{name}: {flow(each)}" for name, each in value.items() if each is not None)
            return "{" + ", ".join(inner) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(flow, value)) + "]"
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case str():
            return _text(value)
        case date():
            return value.isoformat()
    return str(value)


def _text(text: str) -> str:
    plain = text.replace("_", "").replace(" ", "").replace("/", "").replace(".", "").replace("%", "")
    if plain.isalnum() and not _means_something_else(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def _means_something_else(text: str) -> bool:
    """Whether YAML, or the strict reading of it, takes the bare text for no text, or doubts it."""
    words = {"yes", "no", "true", "false", "on", "off", "null", "y", "n"}
    return text.casefold() in words or text[0] in "%." or text.replace(".", "", 1).isdigit()
