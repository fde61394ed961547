"""What was done and given: therapies, medicines, procedures, radiotherapy; and conditions and events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from matcher.domain.dates import DateSpan
from matcher.domain.possible import NO, SUSPECTED, YES, Codes, Interval
from matcher.domain.record import (
    Absence,
    Components,
    Condition,
    Course,
    Event,
    Listing,
    Medication,
    Procedure,
    Radiotherapy,
)
from matcher.readers import lookup
from matcher.readers.agents import read_agents, read_causes
from matcher.readers.context import Asserted, Context, at, is_unknown
from matcher.readers.misplaced import belongs_elsewhere
from matcher.readers.rows import TableRow, listing_of, rows_of
from matcher.vocabulary.marks import Assertion, assertion_of
from matcher.vocabulary.resolution import PLACEBO

_MOST = 1e6


def read_therapies(context: Context, wire: Mapping[str, Any], complete: frozenset[str]) -> Listing[Course]:
    def record(row: TableRow) -> Course | Absence | None:
        if row.fields is None:
            return Course((None,), label=row.text, source=context.source(row.path))
        if _elsewhere(context, "therapies", "agents", row):
            return None
        return _course(context, row.fields, row.path)

    everything = context.formulary.all_leaves
    return listing_of(context, "therapies", wire, complete, record, context.agent, everything)


def _elsewhere(
    context: Context, table: str, named: str, row: TableRow, said: Assertion | None = None
) -> bool:
    """Whether the row is a record of another list. ``said`` is what its status says."""
    fields, path = row.fields or {}, row.path
    held = fields.get(named)
    text = held[0] if isinstance(held, list) and len(held) == 1 else held
    return belongs_elsewhere(
        context,
        table,
        text,
        lambda: _days(context, fields, path),
        context.source(at(path, named)),
        lambda: said or context.assertion(fields, path),
    )


def _course(context: Context, row: Mapping[str, Any], path: str) -> Course | Absence | None:
    agents = read_agents(context, row, path)
    said = Asserted(None, agents.assertion).said_by(context.assertion(row, path)).assertion
    start, end, ongoing = _period(context, row, path)
    source = context.source(at(path, "agents"))
    components = agents.components
    if said is Assertion.NOT_PATIENTS:
        return None
    if said is Assertion.ABSENT and (known := _all_of(components)) is not None:
        return Absence(known, agents.label, start, source)
    kind = (
        # What treats no cancer is no line of therapy, whatever the record calls it.
        agents.kind
        if agents.harmless or "kind" not in row
        else context.codes(row, "kind", path, lookup.THERAPY_KIND)
    )
    if said is not Assertion.PRESENT:
        components, kind = doubted_components(components, SUSPECTED), kind and kind.doubted(SUSPECTED)
    progressed, progression = _progression(context, row, path)
    return Course(
        components,
        kind,
        start,
        end,
        ongoing,
        context.number(row, "line", path, low=1, high=40, kept=True),
        context.codes(row, "role", path, lookup.THERAPY_ROLE),
        context.codes(row, "response", path, lookup.RESPONSE),
        progressed,
        progression,
        context.codes(row, "stopped_for", path, lookup.STOP_REASON),
        context.number(row, "cycles", path, high=1000),
        str(row.get("label") or agents.label),
        source,
        qualities=context.qualities(row, "therapies", path),
    )


def _progression(context: Context, row: Mapping[str, Any], path: str) -> tuple[Codes | None, DateSpan | None]:
    """Whether the disease progressed on the course, and when. A day, a response or a reason for stopping says so."""
    progressed = context.codes(row, "progressed", path, lookup.YES_NO)
    progression = context.date(row, "progression_date", path)
    if progression is not None and progression.last > context.as_of:
        # What comes after the as-of day has not happened yet, and whether it will is not known.
        return None, None
    stated = progression is not None or any(
        _says(row, name, codes, code)
        for name, codes, code in (
            ("response", lookup.RESPONSE, "progressive_disease"),
            ("stopped_for", lookup.STOP_REASON, "progression"),
        )
    )
    if not stated:
        return progressed, None
    if progressed == NO:
        reason = "it is said that there was no progression, and that there was"
        context.issue("P111", f"{path}.progressed", reason, row.get("progressed"))
        return SUSPECTED_OR_NOT, None
    unread = progression is not None and progression.first == date.min
    return (progressed, progression) if unread else (progressed or YES, progression)


def _says(row: Mapping[str, Any], name: str, codes: lookup.Lookup, code: str) -> bool:
    raw = row.get(name)
    return isinstance(raw, str) and codes.resolve(raw) == frozenset({code})


SUSPECTED_OR_NOT = Codes.of("yes", "no")


def _all_of(components: Components) -> frozenset[str] | None:
    """The leaves of every component; nothing where one of them, denied, could be anything."""
    known = [each.members for each in components if each is not None and each.members != PLACEBO]
    return frozenset().union(*known) if known and len(known) == len(components) else None


def doubted_components(components: Components, why: str) -> Components:
    """Each agent only possibly given; what perhaps was no placebo could be anything."""
    return tuple(
        None if each is None or each.members == PLACEBO else each.doubted(why) for each in components
    )


def read_medications(
    context: Context, wire: Mapping[str, Any], complete: frozenset[str]
) -> Listing[Medication]:
    def record(row: TableRow) -> Medication | Absence | None:
        if row.fields is None:
            return Medication((None,), label=row.text, source=context.source(row.path))
        fields, path = row.fields, row.path
        if _elsewhere(context, "medications", "agents", row):
            return None
        agents = read_agents(context, fields, path)
        said = Asserted(None, agents.assertion).said_by(context.assertion(fields, path)).assertion
        start, end, ongoing = _period(context, fields, path)
        source = context.source(at(path, "agents"))
        if said is Assertion.NOT_PATIENTS:
            return None
        if said is Assertion.ABSENT and (known := _all_of(agents.components)) is not None:
            return Absence(known, agents.label, start, source)
        if end is None and fields.get("ongoing") is None:
            # A list of medicines is of those taken now: what has ended is given its last day.
            ongoing = YES
        return Medication(
            agents.components
            if said is Assertion.PRESENT
            else doubted_components(agents.components, SUSPECTED),
            context.number({**fields, "unit": _daily(fields.get("unit"))}, "dose", path, "mg", high=_MOST),
            start,
            end,
            ongoing,
            context.codes(fields, "route", path, lookup.ROUTE),
            str(fields.get("label") or agents.label),
            source,
            reason=context.codes(fields, "reason", path, lookup.CONDITION),
            qualities=context.qualities(fields, "medications", path),
        )

    everything = context.formulary.all_leaves
    return listing_of(context, "medications", wire, complete, record, context.agent, everything)


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
    start, end = _days(context, row, path)
    ongoing = context.codes(row, "ongoing", path, lookup.YES_NO)
    if end is None:
        return start, None, ongoing
    if ongoing is None and not is_unknown(row.get("ongoing")) and not _is_open(end):
        # What was written there may say that it still runs, which an end in the past contradicts.
        return start, None if end.last <= context.as_of else end, None
    if _is_open(end):
        # An end was written that nobody can read: it may be over, and it may not.
        if ongoing == NO:
            return start, DateSpan(min(end.first, context.as_of), context.as_of), NO
        return start, end, None
    if ongoing == YES and end.last <= context.as_of:
        reason = "it is said to be still running and to have ended"
        context.issue("P111", f"{path}.ongoing", reason, row.get("ongoing"))
        return start, None, None
    if ongoing == NO and end.first > context.as_of:
        reason = "it is said to have stopped, and to end on a day to come"
        context.issue("P111", f"{path}.ongoing", reason, row.get("ongoing"))
        return start, None, None
    if end.first > context.as_of:
        return start, end, YES
    return start, end, (NO if end.last <= context.as_of else ongoing)


def _is_open(span: DateSpan) -> bool:
    return span.last == date.max


def _days(context: Context, row: Mapping[str, Any], path: str) -> tuple[DateSpan | None, DateSpan | None]:
    """First and last day; a last one that nobody can read lies anywhere from the first on."""
    start, end = context.date(row, "start", path), context.date(row, "end", path)
    if end is not None and end.first == date.min:
        return start, DateSpan(date.min if start is None else start.first, date.max)
    if start is not None and end is not None and end.last < start.first:
        context.issue("P115", f"{path}.end", "the end lies before the start", row.get("end"))
        # One of the two days is wrong, and which is not said.
        return DateSpan(date.min, context.as_of), DateSpan(date.min, date.max)
    return start, end


def read_procedures(
    context: Context, wire: Mapping[str, Any], complete: frozenset[str]
) -> Listing[Procedure]:
    def record(row: TableRow) -> Procedure | Absence | None:
        if row.fields is None:
            return Procedure(None, label=row.text, source=context.source(row.path))
        fields, path = row.fields, row.path
        if _elsewhere(context, "procedures", "procedure", row):
            return None
        found = context.asserted(fields, "procedure", path, lookup.PROCEDURE).said_by(
            context.assertion(fields, path)
        )
        start, end = _days(context, fields, path)
        label = str(fields.get("label") or _written(fields.get("procedure")))
        source = context.source(at(path, "procedure"))
        reason = context.codes(fields, "reason", path, lookup.CONDITION)
        qualities = context.qualities(fields, "procedures", path)
        return found.of(
            lambda code: Procedure(code, start, end, label, source, reason, qualities), label, start, source
        )

    return listing_of(
        context, "procedures", wire, complete, record, lookup.PROCEDURE, lookup.PROCEDURE.leaves
    )


def read_conditions(
    context: Context, wire: Mapping[str, Any], complete: frozenset[str]
) -> Listing[Condition]:
    def record(row: TableRow) -> Condition | Absence | None:
        if row.fields is None:
            return Condition(None, label=row.text, source=context.source(row.path))
        fields, path = row.fields, row.path
        status, said = _status(context, fields, path)
        if _elsewhere(context, "conditions", "condition", row, said):
            return None
        found = context.asserted(fields, "condition", path, lookup.CONDITION).said_by(said)
        found = found.said_by(context.assertion(fields, path))
        grade = context.number(fields, "grade", path, high=5)
        if grade == _NO_GRADE:
            # Grade 0 of the CTCAE is that there is none.
            found = found.said_by(Assertion.ABSENT)
        start, end = _days(context, fields, path)
        label = str(fields.get("label") or _written(fields.get("condition")))
        source = context.source(at(path, "condition"))
        due_to = read_causes(context, fields, path)
        stable_since = context.date(fields, "stable_since", path)
        qualities = context.qualities(fields, "conditions", path)
        return found.of(
            lambda code: Condition(
                *(code, status, grade, start, end, label, source),
                due_to=due_to,
                stable_since=stable_since,
                qualities=qualities,
            ),
            *(label, start, source),
        )

    return listing_of(
        context, "conditions", wire, complete, record, lookup.CONDITION, lookup.CONDITION.leaves
    )


_NO_GRADE = Interval(0, 0)


def _status(context: Context, row: Mapping[str, Any], path: str) -> tuple[Codes | None, Assertion | None]:
    """The status of a condition; "ruled out" or "suspected" there is none, but says whether there is a condition."""
    raw = row.get("status")
    if isinstance(raw, str) and lookup.CONDITION_STATUS.resolve(raw) is None:
        said = assertion_of(raw)
        if said is not None:
            return None, said
    return context.codes(row, "status", path, lookup.CONDITION_STATUS), None


def read_radiotherapy(
    context: Context, wire: Mapping[str, Any], complete: frozenset[str]
) -> Listing[Radiotherapy]:
    def record(row: TableRow) -> Radiotherapy | Absence | None:
        if row.fields is None:
            return Radiotherapy(intent=_ANY_INTENT, source=context.source(row.path))
        fields, path = row.fields, row.path
        start, end, ongoing = _period(context, fields, path)
        found = Asserted(context.codes(fields, "intent", path, lookup.INTENT) or _ANY_INTENT)
        return found.said_by(context.assertion(fields, path)).of(
            lambda intent: Radiotherapy(
                context.codes(fields, "field", path, lookup.FIELD),
                intent,
                context.number(fields, "dose", path, "Gy", high=200),
                start,
                end,
                ongoing,
                context.source(path),
                context.qualities(fields, "radiotherapy", path),
            ),
            "radiotherapy",
            start,
            context.source(path),
        )

    return listing_of(
        context,
        "radiotherapy",
        wire,
        complete,
        record,
        lookup.NO_RADIOTHERAPY,
        lookup.INTENT.leaves,
    )


_ANY_INTENT = Codes(lookup.INTENT.leaves)


def read_events(context: Context, wire: Mapping[str, Any]) -> Iterator[Event]:
    """Days of events. One that nobody can read is any day: the event may be over, and may be to come.

    An event that is doubted, or nearly named, may have been on its day and may be yet to come.
    """
    for row in rows_of(context, "events", wire.get("events")):
        if row.fields is not None and (on := context.date(row.fields, "date", row.path)) is not None:
            name, said = lookup.event_said(str(row.fields["name"]))
            if not name or said in (Assertion.ABSENT, Assertion.NOT_PATIENTS):
                continue
            if said is Assertion.SUSPECTED:
                reason = f"in doubt, or not quite the name of an event: perhaps '{name}'"
                context.issue("P105", f"{row.path}.name", reason, row.fields["name"])
                on = DateSpan(min(on.first, context.as_of), date.max)
            elif on.first == date.min:
                on = DateSpan(on.first, date.max)
            yield Event(name, on, context.source(row.path))


def _written(raw: object) -> str:
    return raw if isinstance(raw, str) else ""
