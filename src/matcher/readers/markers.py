"""The markers of tumour and blood, each result as a laboratory wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from matcher.domain.possible import (
    DOUBTS,
    NEARLY,
    NOT_UNDERSTOOD,
    SUSPECTED,
    UNREAD,
    Codes,
    Interval,
    Possible,
    agree,
    is_unread,
)
from matcher.domain.record import Biomarker
from matcher.readers import lookup
from matcher.readers.context import Context, is_unknown
from matcher.readers.results import Result, named, result, test_named
from matcher.readers.rows import rows_of
from matcher.readers.value import NOT_READ, UnreadableError, read_number
from matcher.vocabulary.biomarkers import CATEGORIES, MARKER, MARKERS, STATUS, MarkerKind, speaks_for_tumour
from matcher.vocabulary.marks import Assertion, marked
from matcher.vocabulary.units import round9


def read_biomarkers(context: Context, wire: Mapping[str, Any]) -> Iterator[Biomarker]:
    for row in rows_of(context, "biomarkers", wire.get("biomarkers")):
        if row.fields is None:
            continue
        for fields in _of_each_test(context, _with_named(dict(row.fields)), row.path):
            found = _biomarker(context, fields, row.path)
            if found is not None:
                yield found


def _of_each_test(context: Context, row: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    """The row, or one for each test that its result names: ``dMMR`` under "msi", ``MSI-H/dMMR``.

    Mismatch repair and microsatellites nearly always agree, and are two tests: what one shows leaves the other open.
    """
    raw = row.get("marker")
    own = MARKERS.lookup(raw) if isinstance(raw, str) else None
    field = next((name for name in ("category", "status") if isinstance(row.get(name), str)), "")
    parts = [each.strip() for each in _BOTH.split(" ".join(str(row.get(field, "")).split()))]
    tests = [test_named(part) for part in parts]
    if own not in CATEGORIES or set(tests) <= {own, ""} or not all(tests):
        yield row
        return
    found = [(test, part) for test, part in zip(tests, parts, strict=True) if result(part, test) is not None]
    if len(found) < len(parts) or len(set(tests)) < len(tests):
        yield row
        return
    for test, part in found:
        yield {**row, "marker": test, field: part}
    if own not in tests:
        reason = f"a state of {tests[0]}: what it means for {own} stays open"
        context.issue("P105", f"{path}.{field}", reason, row[field])
        yield {**row, "category": NOT_READ, "status": None}


def _biomarker(context: Context, row: dict[str, Any], path: str) -> Biomarker | None:
    marker = _named_marker(context, row, path)
    if marker is None:
        return None
    method = context.codes(row, "method", path, lookup.METHOD)
    specimen = context.codes(row, "specimen", path, lookup.SPECIMEN)
    if not _speaks_for(marker, method, specimen):
        reason = (
            "a level in blood says nothing about expression on the tumour: enter it as a laboratory value"
        )
        context.issue("P113", path, reason, row.get("method") or row.get("specimen"))
        return None
    meant = marker.members - DOUBTS
    code = next(iter(meant)) if len(meant) == 1 else ""
    _without_percent(row)
    unread = _route(row, code) if code else False
    percent = _percents(context, row, path)
    intensity = context.number(row, "intensity", path, high=3, kept=True)
    if intensity == Interval(0, 0):
        percent = [Interval(0, 0) if each is None else each for each in percent]
    status = context.codes(row, "status", path, lookup.STATUS, kept=True)
    score = context.number(row, "score", path, high=300, kept=True)
    number = context.number(row, "number", path, kept=True)
    category = context.codes(row, "category", path, lookup.category_of(code), kept=True)
    numbers = [*percent, intensity, score, number]
    unread = unread or (code in CATEGORIES and status is not None and category is None)
    if unread or any(each is not None and is_unread(each) for each in (status, category, *numbers)):
        # What was written and is not understood may be any of them: no older result steps in for it.
        numbers = [UNREAD if each is None else each for each in numbers]
        status = status or Codes(lookup.STATUS.leaves | {NOT_UNDERSTOOD})
        states = CATEGORIES[code].all_leaves if code in CATEGORIES else frozenset[str]()
        category = category or Codes(states | {NOT_UNDERSTOOD})
    percent_1, percent_2, percent_3, intensity, score, number = numbers
    return Biomarker(
        marker,
        method,
        specimen,
        status or _carried(code),
        percent_1,
        percent_2,
        percent_3,
        intensity,
        score,
        context.codes(row, "score_type", path, lookup.SCORE_TYPE),
        number,
        category,
        context.date(row, "date", path),
        context.source(path),
    )


def _named_marker(context: Context, row: Mapping[str, Any], path: str) -> Codes | None:
    """The marker, only perhaps where its name is doubted or misspelt; any other name is that of another marker."""
    raw = row.get("marker")
    if not isinstance(raw, str) or is_unknown(raw) or lookup.MARKER.resolve(raw):
        return context.codes(row, "marker", path, lookup.MARKER)
    said = marked(raw, lambda name: bool(lookup.MARKER.resolve(name)))
    if said is not None and (meant := lookup.MARKER.resolve(said.name)):
        if said.assertion in (Assertion.ABSENT, Assertion.NOT_PATIENTS):
            context.issue(
                "P105", f"{path}.marker", "what is not there, a marker or a result, is not said", raw
            )
            return Codes(meant | {SUSPECTED})
        if said.assertion is Assertion.PRESENT:
            return Codes(meant)
        context.issue("P105", f"{path}.marker", f"in doubt: perhaps '{said.name}'", raw)
        return Codes(meant | {SUSPECTED})
    guess = lookup.MARKER.nearest(raw) if context.guesses else None
    if guess is None:
        return context.codes(row, "marker", path, lookup.MARKER)
    context.issue("P105", f"{path}.marker", f"not a known biomarker; perhaps '{guess}'", raw)
    return Codes.of(guess, NEARLY)


def _with_named(row: dict[str, Any]) -> dict[str, Any]:
    """The row with a result that stands behind the marker's name put where it belongs: ``HER2 3+``."""
    raw = row.get("marker")
    if not isinstance(raw, str) or lookup.MARKER.resolve(raw):
        return row
    marker, behind = named(raw)
    if not marker or any(not is_unknown(row.get(name)) for name in _FIELDS):
        return row
    return {**row, "marker": marker, "status": behind}


def _without_percent(row: dict[str, Any]) -> None:
    """A tumour proportion score and an immune cell score are percentages: "50 %" is 50."""
    kind, score = row.get("score_type"), row.get("score")
    if isinstance(kind, str) and isinstance(score, str) and lookup.SCORE_TYPE.resolve(kind) in _PERCENTAGES:
        row["score"] = score.strip().removesuffix("%").strip()


_BOTH = re.compile(r"[/,;|+&]|\sand\s", re.IGNORECASE)
_PERCENTAGES = (frozenset({"tps"}), frozenset({"ic"}))
#: the fields of a result, each with the part of a text that is about it
_FIELDS = {
    "status": "status",
    "percent_positive": "percent",
    "intensity": "intensity",
    "score": "score",
    "number": "number",
    "category": "category",
}


def _route(row: dict[str, Any], marker: str) -> bool:
    """Put what each cell says where it belongs, if nothing is lost by it; whether anything is left open.

    A cell that is plainly of its own field stays; so does one that nobody understands, to be reported there.
    """
    opened = False
    moved: dict[str, Result] = {}
    for name, part in _FIELDS.items():
        raw = row.get(name)
        if isinstance(raw, str) and not is_unknown(raw) and not _fits(name, raw, marker):
            said = result(raw, marker)
            others = [
                each for each in _FIELDS if said is not None and getattr(said, _FIELDS[each]) is not None
            ]
            taken = [each for each in others if each != name and not is_unknown(row.get(each))]
            if (
                said is not None
                and not taken
                and not (said.score_type and not is_unknown(row.get("score_type")))
            ):
                moved[name] = said
                opened = opened or said.open or getattr(said, part) is None
    for name, said in moved.items():
        row[name] = None
        for target, part in _FIELDS.items():
            value = getattr(said, part)
            if value is not None:
                row[target] = _written(value)
        if said.score_type is not None:
            row["score_type"] = said.score_type
        if said.percent is not None and said.intensity is not None:
            # "3+ (80 %)": so many are stained at least; how many at each intensity is not said.
            row["percent_positive"] = None
            row["percent_at_least_1"] = f"[{said.percent.low!r}, 100]"
    return opened


def _fits(name: str, raw: str, marker: str) -> bool:
    """Whether the field reads the text by itself."""
    if name == "status":
        return marker not in CATEGORIES and raw.strip() in STATUS.codes
    if name == "category":
        plain = MarkerKind.NUMERIC not in MARKER[marker].kinds if marker not in CATEGORIES else False
        return plain or (marker in CATEGORIES and bool(lookup.category_of(marker).resolve(raw)))
    try:
        _value, unit = read_number(raw)
    except UnreadableError:
        return False
    return not unit or (unit == "%" and name == "percent_positive")


def _written(value: Interval | frozenset[str]) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if value.exact:
        return value.low
    left, right = "(" if value.low_open else "[", ")" if value.high_open else "]"
    return f"{left}{value.low!r}, {value.high!r}{right}"


def _carried(marker: str) -> Codes | None:
    """An HLA allele that is written down is one the patient carries."""
    return Codes.of("positive") if marker.startswith("hla_") else None


def _speaks_for(marker: Codes, method: Codes | None, specimen: Codes | None) -> bool:
    """Whether the result may be one of the marker where it belongs: on tumour, for a marker of the tumour."""
    methods: list[str | None] = [*method.members] if method is not None else [None]
    specimens: list[str | None] = [*specimen.members] if specimen is not None else [None]
    return any(
        MARKER[each].specimen != "tumour" or speaks_for_tumour(each, how, where)
        for each in marker.members - DOUBTS
        for how in methods
        for where in specimens
    )


def _percents(context: Context, row: Mapping[str, Any], path: str) -> list[Interval | None]:
    """The share of cells at each intensity or more, as far as what was said settles it.

    Pathologists report the cells at 2+ and the cells at 3+: those at 2+ or more are both together. Fewer cells stain
    strongly than stain at all: 45 % at 2+ or more is at least 45 % at 1+ or more and at most 45 % at 3+. A status
    of *negative* is no percentage: its cut-off is the laboratory's.
    """

    def share(name: str) -> Interval | None:
        return context.number(row, name, path, "%", high=100, kept=True)

    at_each = [share(f"percent_{level}") for level in _LEVELS]
    stated = [(share(f"percent_at_least_{level}"), level) for level in _LEVELS]
    level = context.number(row, "intensity_at_least", path, low=1, high=3)
    unreadable = level is None and not is_unknown(row.get("intensity_at_least"))
    counted = 0 if unreadable else 1 if level is None else int(level.low) if level.exact else 0
    stated.append((share("percent_positive"), counted))
    said = [(each, from_level) for each, from_level in stated if each is not None]
    if any(each is not None and is_unread(each) for each in (*at_each, *(each for each, _ in said))):
        return [UNREAD, UNREAD, UNREAD]
    if sum(each.low for each in at_each if each is not None) > 100:
        written = next((row.get(f"percent_{each}") for each in (2, 3) if at_each[each - 1] is not None), None)
        context.issue("P102", f"{path}.percent_2", "more than all cells, with those at 1+ and 3+", written)
        return [UNREAD, UNREAD, UNREAD]
    found: list[Interval | None] = []
    for each in _LEVELS:
        implied = [_implied(value, each, from_level) for value, from_level in said]
        together: list[Possible] = [value for value in (_added(at_each, each), *implied) if value is not None]
        # Two that exclude each other are both possible.
        agreed = agree(together)[0] if together else None
        found.append(agreed if isinstance(agreed, Interval) else None)
    return found


_LEVELS = (1, 2, 3)


def _added(at_each: list[Interval | None], level: int) -> Interval | None:
    """Those at this intensity or more, from those at each one: what was not reported leaves room."""
    if all(each is None for each in at_each):
        return None
    weaker, stronger = at_each[: level - 1], at_each[level - 1 :]
    low = round9(sum(each.low for each in stronger if each is not None))
    room = 100.0 - sum(each.low for each in weaker if each is not None)
    high = room if None in stronger else min(room, sum(each.high for each in stronger if each is not None))
    return Interval(low, max(low, round9(high)))


def _implied(stated: Interval, level: int, counted: int) -> Interval | None:
    if not counted:
        return None
    if level == counted:
        return stated
    if level < counted:
        return Interval(stated.low, 100.0, stated.low_open and stated.low < 100)
    return Interval(0.0, stated.high, False, stated.high_open and stated.high > 0)
