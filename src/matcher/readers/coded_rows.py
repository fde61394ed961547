"""Rows of a table whose code says which list of the profile they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from matcher.domain.source import Source
from matcher.domain.wire.model import NAMED_BY
from matcher.readers.bound import BoundCell, BoundCoded
from matcher.readers.cell_text import UNMAPPED, other_of, substances_of
from matcher.readers.code_systems import OTHER, Meaning, system_of
from matcher.readers.converting import is_blank
from matcher.readers.mapped import Drawing
from matcher.readers.mapping import OBSERVATION_ROWS
from matcher.readers.mapping_model import Through
from matcher.readers.value import NOT_READ
from matcher.vocabulary.cancers_said import cancer_said
from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.laboratory import lab_test
from matcher.vocabulary.procedures import PROCEDURES

# The kind of thing that SNOMED CT puts behind a name; it is no part of it.
_SEMANTIC_TAG = re.compile(
    r"\s\((?:disorder|finding|procedure|situation|regime/therapy|morphologic abnormality|substance|"
    r"physical object|observable entity|organism|product|qualifier value|morphology|tumor staging)\)$",
    re.IGNORECASE,
)
_AGENTS = frozenset({"medications", "therapies"})


def _lab(text: str) -> str | None:
    found = lab_test(text)
    return found.code if found is not None else None


_BY_NAME: Mapping[str, Callable[[str], str | None]] = {
    "diagnoses": cancer_said,
    "conditions": CONDITIONS.lookup,
    "labs": _lab,
    "procedures": PROCEDURES.lookup,
}


def draw_coded(drawing: Drawing, coded: BoundCoded) -> None:
    """Adds the row that is read to the list its code leads to; a code that no table has is counted, never guessed."""
    if not drawing.holds(coded.when):
        return
    held = drawing.value(coded.code, "code")
    told = drawing.row.cells.get(coded.text, "").strip() if coded.text else ""
    words = "" if is_blank(drawing.bound.mapping, told) else without_tag(told)
    code = str(held[0]) if held is not None and held[0] is not NOT_READ else ""
    source = held[1] if held is not None else Source(drawing.file, drawing.row.line, coded.text or "")
    lists = dict(coded.lists)
    meaning = drawing.bound.codes.find(_systems(drawing, coded), code)
    if (
        meaning is None
        and coded.part.through is not None
        and coded.part.through.table in drawing.bound.tables
    ):
        meaning, words = _through(drawing, coded.part.through, code, words)
    meaning = meaning or by_name(words, lists)
    if meaning is None and coded.part.unmapped in _AGENTS and words:
        _add(drawing, coded.part.unmapped or "", substances_of(words), lists, source)
        return
    if meaning is not None and not meaning.list:
        return
    if meaning is not None and meaning.list in lists:
        _add(drawing, meaning.list, _term(meaning), lists, source)
        return
    reason = (
        "no table has this code" if meaning is None else f"a code of {meaning.list}, which are not read here"
    )
    # A row without a code, or with the code for "no matching concept", says that there was something all the same.
    drawing.issue(
        UNMAPPED, coded.part.unmapped or "code", reason, source, f"{code} {words}".strip() or "no code"
    )
    if coded.part.unmapped is not None:
        _add(drawing, coded.part.unmapped, NOT_READ, lists, source)


def _systems(drawing: Drawing, coded: BoundCoded) -> list[str]:
    """The code systems of the row, those that nobody knows left out."""
    named = coded.systems
    if coded.system is not None:
        held = drawing.value(coded.system, "system")
        named = tuple(str(held[0]).split("|")) if held is not None else ()
    return [system for name in named if (system := system_of(name)) is not None]


def _through(drawing: Drawing, through: Through, code: str, words: str) -> tuple[Meaning | None, str]:
    """What a table of terms says of the code: its meaning in another system, and its words."""
    row = drawing.term(through.table, code) or {}
    named = system_of(row.get(through.system, ""))
    found = drawing.bound.codes.find([named] if named else [], row.get(through.code, ""))
    return found, words or without_tag(row.get(through.text, ""))


def without_tag(words: str) -> str:
    """A name of SNOMED CT without the kind of thing behind it."""
    return _SEMANTIC_TAG.sub("", words).rstrip()


def by_name(words: str, lists: Iterable[str]) -> Meaning | None:
    """What the words beside the code say, where a vocabulary knows them whole and as one thing."""
    found = [Meaning(table, term) for table in lists if words and (term := _named(table, words)) is not None]
    return found[0] if len(found) == 1 else None


def _named(table: str, words: str) -> str | None:
    look = _BY_NAME.get(table)
    return look(words) if look is not None else None


def _term(meaning: Meaning) -> str | list[str]:
    if meaning.term == OTHER:
        return other_of(meaning.list)
    return meaning.term.split("+") if meaning.term and meaning.list in _AGENTS else meaning.term


def _add(
    drawing: Drawing,
    table: str,
    term: Any,
    lists: Mapping[str, tuple[tuple[str, tuple[BoundCell, ...]], ...]],
    source: Source,
) -> None:
    row: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for name, cells in lists.get(table, ()):
        held = drawing.first(cells, f"{table}.{name}", row_field=name)
        if held is not None:
            row[name], sources[name] = held
    if table == OBSERVATION_ROWS:
        _observe(drawing, str(term), row, sources or {"value": source})
        return
    if table == "labs" and "value" not in row:
        return
    named = NAMED_BY[table]
    called = {named: term} if term or term is NOT_READ else {}
    drawing.add(table, {**called, **row}, {named: source, **sources})


def _observe(drawing: Drawing, name: str, row: dict[str, Any], sources: Mapping[str, Source]) -> None:
    if "value" not in row:
        return
    held = drawing.wire.get(name)
    rows = held if isinstance(held, list) else [] if held is None else [held]
    rows = [each if isinstance(each, dict) else {"value": each} for each in rows]
    drawing.places[f"{name}[{len(rows)}]"] = sources.get("value") or next(iter(sources.values()))
    drawing.wire[name] = [*rows, row]
