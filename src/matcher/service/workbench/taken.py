"""A patient of a worklist as a case: another identifier, other days, and nothing but what the rule reads.

What is left is found by trying: a fact is taken out, and stays out where no value that the rule reads is another. All
days move by the same number, so that every interval stays; where a calendar makes a difference another number is tried.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from matcher.domain.possible import Possible
from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.domain.wire.dump import dump
from matcher.engines.base import VerdictTable
from matcher.engines.planes.single import SingleEngine
from matcher.errors import UsageError
from matcher.readers.assemble import assemble
from matcher.rules.candidate import Candidate
from matcher.rules.graph import NodeId
from matcher.rules.rulebook import Rulebook
from matcher.service.workbench.casefile import CaseWritten

_TRIES = 40
_FEWEST, _MOST = 30, 330
#: what a case has in other places, or must not have at all
_NOT_OF_A_CASE = frozenset({"id", "as_of", "judgements", "assumptions"})
Wire = dict[str, Any]
Seen = tuple[dict[NodeId, Verdict], dict[NodeId, Possible]]


@dataclass(frozen=True)
class _Trial:
    """A rule and what it says of a patient as written."""

    candidate: Candidate
    book: Rulebook

    def seen(self, wire: Mapping[str, Any], as_of: date) -> Seen | None:
        """Every verdict and every value behind one; none where the patient cannot be read as it is."""
        read = assemble({"id": "case", **wire}, as_of=as_of, formulary=self.book.formulary)
        if read.profile is None or any(each.code != "P108" for each in read.issues):
            return None
        engine = SingleEngine()
        table = engine.evaluate(self.book.graph, (read.profile,), roots=self.candidate.root_nodes())
        return _held(table)


def case_of(profile: Profile, name: str, candidate: Candidate, book: Rulebook) -> CaseWritten:
    """Without any expectation: that is the author's to state."""
    wire = {key: value for key, value in _plain(dump(profile)).items() if key not in _NOT_OF_A_CASE}
    trial = _Trial(candidate, book)
    wanted = trial.seen(wire, profile.as_of)
    if wanted is None:
        raise UsageError(
            "the patient's record holds something that a case cannot say", "write the case by hand", "U072"
        )
    kept = _pruned(wire, lambda each: trial.seen(each, profile.as_of) == wanted)
    for _ in range(_TRIES):
        span = timedelta(days=_FEWEST + secrets.randbelow(_MOST))
        moved = _moved(kept, span)
        if trial.seen(moved, profile.as_of - span) == wanted:
            return CaseWritten(name, profile.as_of - span, moved)
    raise UsageError("the patient's days cannot be moved", "write the case by hand", "U072")


def _held(table: VerdictTable) -> Seen:
    return dict(table.verdicts[0]), {node: each.value for node, each in table.findings[0].items()}


def _plain(wire: Mapping[str, Any]) -> Wire:
    """Without what is not stated."""
    return {key: _bare(value) for key, value in wire.items() if value is not None}


def _bare(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _bare(held) for key, held in value.items() if held is not None}
        case list():
            return [_bare(each) for each in value]
    return value


def _pruned(wire: Wire, same: Callable[[Wire], bool]) -> Wire:
    """Whole fields first, then rows of lists, then fields of rows."""
    for key in list(wire):
        without = {name: value for name, value in wire.items() if name != key}
        if same(without):
            wire = without
    for path in [*_rows(wire)][::-1]:
        without = _without(wire, path)
        if same(without):
            wire = without
    for path in [*_fields(wire)][::-1]:
        without = _without(wire, path)
        if same(without):
            wire = without
    return wire


def _rows(wire: Wire) -> Iterator[tuple[str | int, ...]]:
    for key, value in wire.items():
        if isinstance(value, list):
            yield from ((key, number) for number in range(len(value)))


def _fields(wire: Wire) -> Iterator[tuple[str | int, ...]]:
    for key, value in wire.items():
        rows = value if isinstance(value, list) else []
        for number, row in enumerate(rows):
            if isinstance(row, dict):
                yield from ((key, number, name) for name in row)


def _without(wire: Wire, path: tuple[str | int, ...]) -> Wire:
    found = deepcopy(wire)
    held: Any = found
    for step in path[:-1]:
        held = held[step]
    del held[path[-1]]
    return found


def _moved(value: Any, span: timedelta) -> Any:
    """Every day in it that much earlier; a month or a year that has no day moves with its first."""
    match value:
        case Mapping():
            return {key: _moved(held, span) for key, held in value.items()}
        case list():
            return [_moved(each, span) for each in value]
        case str():
            return _day(value, span)
    return value


def _day(text: str, span: timedelta) -> str:
    try:
        return (date.fromisoformat(text) - span).isoformat() if len(text) == len("2026-01-15") else text
    except (ValueError, OverflowError):
        return text
