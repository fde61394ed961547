"""What the form asks beside a name: the qualities, causes, reasons and days that some rule of the rulebook reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from matcher.features.kind import Ago, Contains, Feature, Is
from matcher.rules.graph import Read
from matcher.rules.rulebook import Rulebook
from matcher.service.intake import fields
from matcher.service.intake.form import Field, Input, InputKind, Shape
from matcher.vocabulary.qualities import QUALITIES

_DAYS = {"stable_since": "Stable since", "free_since": "Free of it since", "start": "Since"}


def asked_details(rulebook: Rulebook) -> frozenset[tuple[str, str]]:
    """Each list with a field of its records that some rule holds against a filter."""
    read = (node.feature for node in rulebook.graph.nodes if isinstance(node, Read))
    return frozenset(each for feature in read for each in _details(feature))


def _details(feature: Feature) -> Iterator[tuple[str, str]]:
    table = getattr(feature.kind, "table", "")
    for each in getattr(feature.kind, "where", ()):
        match each:
            case Contains(field="qualities", codes=asked):
                yield from (
                    (table, quality.name)
                    for quality in QUALITIES[table]
                    if {quality.code, quality.code_of_absence} & asked
                )
            case Contains(field="due_to") | Is(field="reason") | Ago():
                yield table, each.field


def detailed(found: Field, asked: frozenset[tuple[str, str]]) -> Field:
    """The field with an input for each detail of its list that is asked for, behind its own."""
    if found.shape not in (Shape.LIST, Shape.PRESENCE):
        return found
    when = "yes" if found.shape is Shape.PRESENCE else ""
    own = {each.name for each in found.inputs}
    more = tuple(
        replace(each, when=when)
        for each in _inputs(found.table)
        if (found.table, each.name) in asked and each.name not in own
    )
    return replace(found, inputs=found.inputs + more)


def _inputs(table: str) -> Iterator[Input]:
    for each in QUALITIES.get(table, ()):
        yield Input(each.name, InputKind.CHOICE, each.question, fields.YES_NO)
    yield Input("due_to", InputKind.TERMS, "Due to", terms="agents")
    yield Input("reason", InputKind.TERM, "For", terms="conditions")
    yield from (Input(name, InputKind.DATE, title) for name, title in _DAYS.items())
