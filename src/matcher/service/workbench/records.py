"""One record that a count over a list asks for: the thing itself, with everything that is asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from math import isfinite
from typing import Any

from matcher.features.kind import Ago, Contains, Count, Filter, Is, Recent, Within
from matcher.vocabulary.qualities import QUALITIES

#: the field in which a row of a list says what it is, where that is not called as in the rules
_NAMED = {
    ("conditions", "code"): "condition",
    ("procedures", "code"): "procedure",
    ("diagnoses", "start"): "date",
    ("medications", "components"): "agents",
    ("therapies", "components"): "agents",
}
#: fields that hold several names
_SEVERAL = frozenset({"agents", "due_to"})
_FEW = 3
_YES, _NO = "yes", "no"


def records_of(
    kind: Count, names: Sequence[str], today: date, known: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Rows that pass every filter of a count, as far as a row can say it.

    ``names`` are what it is called in the rule, which may stand for many; of codes those in ``known`` come first.
    """
    for which in range(_FEW):
        row: dict[str, Any] = {}
        for each in kind.where:
            row.update(_said(kind.table, each, names, known, which, today))
        yield row


def _said(
    table: str, asked: Filter, names: Sequence[str], known: Sequence[str], which: int, today: date
) -> dict[str, Any]:
    match asked:
        case Contains("qualities", codes):
            return {
                each.name: each.code in codes
                for each in QUALITIES.get(table, ())
                if codes & {each.code, each.code_of_absence}
            }
        case Is(field, codes) if (bare := {each.rpartition(".")[2] for each in codes}) <= {_YES, _NO}:
            return {field: _YES in bare}
        case Is(field, codes) | Contains(field, codes):
            name = _NAMED.get((table, field), field)
            thing = _one(codes, names if (table, field) in _NAMED else (), known, which)
            return {name: [thing] if name in _SEVERAL else thing}
        case Within(field, interval):
            inside = interval.low if isfinite(interval.low) else interval.high
            return {_NAMED.get((table, field), field): inside} if isfinite(inside) else {}
        case Recent(field):
            return {_NAMED.get((table, field), field): today.isoformat()}
        case Ago(field, span, less=less):
            return {_NAMED.get((table, field), field): (today if less else span.before(today)).isoformat()}
    return {}


def _one(codes: frozenset[str], names: Sequence[str], known: Sequence[str], which: int) -> str:
    held = [*names, *(each for each in known if each in codes), *sorted(codes - set(known))]
    return held[min(which, len(held) - 1)].rpartition(".")[2]
