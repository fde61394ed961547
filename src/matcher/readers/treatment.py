"""What was done and given: therapies, medicines, procedures, radiotherapy; and conditions and events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matcher.domain.dates import DateSpan
from matcher.domain.possible import NO, YES, Codes
from matcher.domain.record import (
    Condition,
    Course,
    Event,
    Listing,
    Medication,
    Procedure,
    Radiotherapy,
)
from matcher.readers import lookup
from matcher.readers.agents import read_agents
from matcher.readers.context import Context, at
from matcher.readers.rows import TableRow, listing_of, rows_of

_MOST = 1e6


def read_therapies(context: Context, wire: Mapping[str, Any], complete: frozenset[str]) -> Listing[Course]:
    def record(row: TableRow) -> Course:
        if row.fields is None:
            return Course((None,), label=row.text, source=context.source(row.path))
        return _course(context, row.fields, row.path)

    return listing_of(context, "therapies", wire, complete, record, context.formulary_members)


def _course(context: Context, row: Mapping[str, Any], path: str) -> Course:
    agents = read_agents(context, row, path)
    start, end, ongoing = _period(context, row, path)
    progression = context.date(row, "progression_date", path)
    progressed = context.codes(row, "progressed", path, lookup.YES_NO)
    if progression is not None and progressed == NO:
        reason = "a day of progression is given and that there was none"
        context.issue("P111", f"{path}.progressed", reason, row.get("progressed"))
        progressed, progression = None, None
    elif progression is not None and progressed is None:
        progressed = YES
    if progression is not None and progression.last > context.as_of:
        # What comes after the as-of day has not happened yet, and whether it will is not known.
        progressed, progression = None, None
    return Course(
        agents.components,
        # What treats no cancer is no line of therapy, whatever the record calls it.
        agents.kind if agents.harmless or "kind" not in row else _kind(context, row, path),
        start,
        end,
        ongoing,
        context.number(row, "line", path, low=1, high=40),
        context.codes(row, "role", path, lookup.THERAPY_ROLE),
        context.codes(row, "response", path, lookup.RESPONSE),
        progressed,
        progression,
        context.codes(row, "stopped_for", path, lookup.STOP_REASON),
        context.number(row, "cycles", path, high=1000),
        str(row.get("label") or agents.label),
        context.source(at(path, "agents")),
    )


def _kind(context: Context, row: Mapping[str, Any], path: str) -> Codes | None:
    return context.codes(row, "kind", path, lookup.THERAPY_KIND)


def read_medications(
    context: Context, wire: Mapping[str, Any], complete: frozenset[str]
) -> Listing[Medication]:
    def record(row: TableRow) -> Medication:
        if row.fields is None:
            return Medication((None,), label=row.text, source=context.source(row.path))
        fields, path = row.fields, row.path
        agents = read_agents(context, fields, path)
        start, end, ongoing = _period(context, fields, path)
        if end is None and fields.get("ongoing") is None:
            # A list of medicines is of those taken now: what has ended is given its last day.
            ongoing = YES
        return Medication(
            agents.components,
            context.number({**fields, "unit": _daily(fields.get("unit"))}, "dose", path, "mg", high=_MOST),
            start,
            end,
            ongoing,
            context.codes(fields, "route", path, lookup.ROUTE),
            str(fields.get("label") or agents.label),
            context.source(at(path, "agents")),
        )

    return listing_of(context, "medications", wire, complete, record, context.formulary_members)


def _daily(unit: object) -> str:
    """The unit of a daily dose without the day, since that is what doses are given in."""
    text = str(unit or "").strip()
    for ending in ("/d", "/day", " per day", "/24h", " a day", " daily"):
        if text.casefold().endswith(ending):
            return text[: -len(ending)]
    return text


def _period(
    context: Context, row: Mapping[str, Any], path: str
) -> tuple[DateSpan | None, DateSpan | None, Codes | None]:
    """First day, last day and whether it still runs; what contradicts itself is unknown."""
    start = context.date(row, "start", path)
    end = context.date(row, "end", path)
    ongoing = context.codes(row, "ongoing", path, lookup.YES_NO) if "ongoing" in row else None
    if start is not None and end is not None and end.last < start.first:
        context.issue("P115", f"{path}.end", "the end lies before the start", row.get("end"))
        end = None
    if end is None:
        return start, None, ongoing
    if ongoing == YES and end.last <= context.as_of:
        reason = "it is said to be still running and to have ended"
        context.issue("P111", f"{path}.ongoing", reason, row.get("ongoing"))
        return start, None, None
    if end.first > context.as_of:
        return start, end, YES
    return start, end, (NO if end.last <= context.as_of else ongoing)


def read_procedures(
    context: Context, wire: Mapping[str, Any], complete: frozenset[str]
) -> Listing[Procedure]:
    def record(row: TableRow) -> Procedure:
        if row.fields is None:
            return Procedure(None, label=row.text, source=context.source(row.path))
        fields, path = row.fields, row.path
        code = context.codes(fields, "procedure", path, lookup.PROCEDURE)
        start, end = _days(context, fields, path)
        label = str(fields.get("label") or _written(fields.get("procedure")))
        return Procedure(code, start, end, label, context.source(at(path, "procedure")))

    return listing_of(context, "procedures", wire, complete, record, lookup.PROCEDURE.resolve)


def read_conditions(
    context: Context, wire: Mapping[str, Any], complete: frozenset[str]
) -> Listing[Condition]:
    def record(row: TableRow) -> Condition:
        if row.fields is None:
            return Condition(None, label=row.text, source=context.source(row.path))
        fields, path = row.fields, row.path
        code = context.codes(fields, "condition", path, lookup.CONDITION)
        start, end = _days(context, fields, path)
        return Condition(
            code,
            context.codes(fields, "status", path, lookup.CONDITION_STATUS),
            context.number(fields, "grade", path, high=5),
            start,
            end,
            str(fields.get("label") or _written(fields.get("condition"))),
            context.source(at(path, "condition")),
        )

    return listing_of(context, "conditions", wire, complete, record, lookup.CONDITION.resolve)


def read_radiotherapy(
    context: Context, wire: Mapping[str, Any], complete: frozenset[str]
) -> Listing[Radiotherapy]:
    def record(row: TableRow) -> Radiotherapy:
        if row.fields is None:
            return Radiotherapy(source=context.source(row.path))
        fields, path = row.fields, row.path
        start, end, ongoing = _period(context, fields, path)
        return Radiotherapy(
            context.codes(fields, "field", path, lookup.FIELD),
            context.codes(fields, "intent", path, lookup.INTENT),
            context.number(fields, "dose", path, "Gy", high=200),
            start,
            end,
            ongoing,
            context.source(path),
        )

    return listing_of(context, "radiotherapy", wire, complete, record, lookup.NO_RADIOTHERAPY.resolve)


def read_events(context: Context, wire: Mapping[str, Any]) -> Iterator[Event]:
    for row in rows_of(context, "events", wire.get("events")):
        if row.fields is not None and (on := context.date(row.fields, "date", row.path)) is not None:
            name = lookup.event_name(str(row.fields["name"]))
            if name:
                yield Event(name, on, context.source(row.path))


def _days(context: Context, row: Mapping[str, Any], path: str) -> tuple[DateSpan | None, DateSpan | None]:
    start, end = context.date(row, "start", path), context.date(row, "end", path)
    if start is not None and end is not None and end.last < start.first:
        context.issue("P115", f"{path}.end", "the end lies before the start", row.get("end"))
        return start, None
    return start, end


def _written(raw: object) -> str:
    return raw if isinstance(raw, str) else ""
