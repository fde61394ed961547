"""Ways of writing down one fact that a criterion asks for. Each is only a guess: whoever takes one has to try it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import floor, log10
from typing import Any

from matcher.cases.limits import reach
from matcher.domain.judgement import words_of
from matcher.domain.possible import Codes, Interval, test
from matcher.domain.verdict import Verdict
from matcher.explanation.wording import is_presence
from matcher.features.kind import Contains, Count, Since
from matcher.rules.condition import Comparison
from matcher.service.workbench.records import records_of
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS
from matcher.vocabulary.units import round9

Wire = dict[str, Any]
#: what is asked of a list by a name that stands in its rows
_LISTED = frozenset({"condition", "procedure", "medication", "therapy"})
#: well-known agents first: a case is to be read by people
_KNOWN = (
    "cisplatin",
    "carboplatin",
    "nivolumab",
    "pembrolizumab",
    "bevacizumab",
    "trastuzumab",
    "prednisone",
)
_FEW = 4
#: a limit of normal to write multiples of, in whatever unit
_NORMAL = 40.0


def of_value(comparison: Comparison, value: float, today: date) -> Iterator[Wire]:
    """A number as the fact that is asked for."""
    feature = comparison.feature
    if feature is None:
        return
    kind, _, name = feature.topic.partition(":")
    number: float | int = int(value) if value == int(value) else value
    day = today.isoformat()
    match kind:
        case "age":
            yield {"age": number}
        case "lab" if name in LAB_TESTS:
            # Before an event that is yet to come the record of today counts.
            planned = _planned(getattr(feature.kind, "events", ()), today + timedelta(days=1))
            unit = LAB_TESTS[name].unit
            yield {"labs": [{"test": name, "value": number, "unit": unit, "date": day}], **planned}
            times = round9(value * _NORMAL)
            row = {"test": name, "value": times, "unit": unit, "date": day}
            for limit in ("uln", "lln"):
                yield {"labs": [{**row, limit: _NORMAL}], **planned}
        case "biomarker":
            for field in ("percent_positive", "value", "score"):
                for method in ({"method": "ihc"}, {}):
                    yield {"biomarkers": [{"marker": name, **method, field: number, "date": day}]}
        case "lines_of_therapy":
            agent = name or _KNOWN[0]
            rows = [{"agents": [agent], "line": line + 1} for line in range(int(value))]
            yield {"therapies": rows, "complete": ["therapies"]}
        case _ if isinstance(feature.kind, Since):
            yield from _washouts(feature.kind, int(value), today)
        case _ if kind in OBSERVATIONS:
            # A part of a week is days.
            days = round(value * 7)
            if OBSERVATIONS[kind].unit == "wk" and number != int(number) and round9(days / 7) == value:
                yield {kind: f"{days} days"}
            yield {kind: number}
            yield {kind: {"value": number, "date": day}}


def _washouts(kind: Since, span: int, today: date) -> Iterator[Wire]:
    """The last dose so many days before today, or before a planned event a few days from now."""
    counted = today + timedelta(days=1) if kind.events else today
    day = (counted - timedelta(days=span)).isoformat()
    events = _planned(kind.events, counted)
    match kind.table:
        case "therapies" | "medications":
            codes = next((each.codes for each in kind.where if isinstance(each, Contains)), frozenset())
            for agent in _agents(codes):
                row = {"agents": [agent], "start": day, "end": day}
                yield {kind.table: [row], "complete": [kind.table], **events}
        case "radiotherapy":
            for intent in ({}, {"intent": "palliative"}, {"intent": "curative"}):
                yield {"radiotherapy": [{**intent, "end": day}], "complete": ["radiotherapy"], **events}
        case "procedures" | "conditions":
            codes = next((each.codes for each in kind.where if hasattr(each, "codes")), frozenset())
            field = kind.table.removesuffix("s")
            for code in sorted(codes)[:_FEW]:
                yield {kind.table: [{field: code, "date": day, "start": day}], **events}
                yield {kind.table: [{field: code, "date": day}], "complete": [kind.table], **events}


def _planned(events: tuple[str, ...], day: date) -> Wire:
    """The event that is counted to, which is named last."""
    return {"events": [{"name": events[-1], "date": day.isoformat()}]} if events else {}


def _agents(codes: frozenset[str]) -> list[str]:
    known = [each for each in _KNOWN if each in codes]
    return [*known, *sorted(codes - set(known))][:_FEW]


def step_beside(comparison: Comparison, limit: float) -> float:
    """A round step that stays beside the limit: 34 beside a body mass index of 35, 1.4 beside a count of 1.5."""
    furthest = reach(comparison, limit)
    return round9(10.0 ** floor(log10(furthest))) if furthest > 0 else furthest


def of_side(comparison: Comparison, today: date, *, passes: bool) -> Iterator[Wire]:
    """Any fact on the side that passes, or on the other."""
    feature = comparison.feature
    if feature is None:
        return
    kind, _, name = feature.topic.partition(":")
    if isinstance(feature.kind, Count) and is_presence(comparison):
        yield from _present(feature.kind, kind, name, today) if passes else _absent(feature.kind, kind, name)
        return
    for limit in (each.limit for each in comparison.bounds):
        if isinstance(limit, frozenset):
            yield from _coded(comparison, kind, name, limit, passes=passes)
        elif isinstance(limit, float):
            step = step_beside(comparison, limit)
            for value in (limit, round9(limit + step), round9(limit - step)):
                if does_pass(comparison, value) is passes:
                    yield from of_value(comparison, value, today)


def _present(count: Count, kind: str, name: str, today: date) -> Iterator[Wire]:
    names = [name] if name and kind in _LISTED else []
    for record in records_of(count, names, today, _KNOWN):
        yield {count.table: [record]}


def _absent(count: Count, kind: str, name: str) -> Iterator[Wire]:
    if name and kind in _LISTED:
        yield {count.table: [{"none_of": [name]}]}
    yield {count.table: []}
    yield {"complete": [count.table]}


def _coded(
    comparison: Comparison, kind: str, name: str, limit: frozenset[str], *, passes: bool
) -> Iterator[Wire]:
    assert comparison.feature is not None
    domain: frozenset[str] = getattr(comparison.feature.domain, "codes", frozenset())
    codes = sorted(limit if passes else domain - limit)[: _FEW * 2]
    for code in codes:
        bare = code.rpartition(".")[2]
        said: Any = {"yes": True, "no": False}.get(bare, bare)
        match kind:
            case "diagnosis":
                yield {"diagnosis": bare}
            case "histology":
                yield {"histology": bare}
            case "biomarker":
                yield {"biomarkers": [{"marker": name, "status": bare}]}
            case "stage":
                yield {"staging": [{"scheme": name, "stage": bare}]}
            case "judgement":
                rule, _, criterion = name.partition(":")
                verdict = words_of(criterion, Codes(frozenset({code})))
                yield {"judgements": [{"candidate": rule, "criterion": criterion, "verdict": verdict}]}
            case _ if kind in OBSERVATIONS and name:
                yield {kind: [{"subject": name, "value": said}]}
            case _ if kind in OBSERVATIONS:
                yield {kind: said}


def does_pass(comparison: Comparison, value: float) -> bool:
    """Whether a number passes every bound that is a number."""
    held = Interval.exactly(value)
    return all(
        test(held, each.op, each.limit) is Verdict.MET
        for each in comparison.bounds
        if isinstance(each.limit, float)
    )
