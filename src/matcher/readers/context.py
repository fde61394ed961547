"""What every part of an assembly shares: the day, the places, and one way to say that a fact is unreadable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError

from matcher.domain.dates import DateSpan
from matcher.domain.possible import Codes, Interval
from matcher.domain.record import Source
from matcher.errors import nearest
from matcher.readers.lookup import Lookup
from matcher.readers.outcome import LONGEST_TEXT, Issue
from matcher.readers.place import Places
from matcher.readers.value import UnreadableError, bounded, read_date, read_number
from matcher.vocabulary import units
from matcher.vocabulary.formulary import Formulary

_ALTERNATIVES = re.compile(r"\s+or\s+|\s*\|\s*|\s*/\s*", re.IGNORECASE)
MOST_GUESSES = 50
"""So many findings about one patient still offer the nearest name: looking for it is what takes time."""
_UNKNOWN = frozenset({"unknown", "not known", "not stated", "not available", "n/a", "na", "?", ""})


@dataclass(slots=True)
class Context:
    """One assembly: facts that cannot be read become issues here, and ``None`` where they were asked for."""

    as_of: date
    formulary: Formulary
    places: Places
    patient: str = ""
    index: date | None = None
    issues: list[Issue] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)

    @property
    def guesses(self) -> bool:
        """Whether the nearest name is still looked for."""
        return len(self.issues) < MOST_GUESSES

    def source(self, path: str) -> Source:
        return self.places.of(path)

    def issue(self, code: str, path: str, reason: str, text: object = "") -> None:
        self.issues.append(
            Issue.of(code, reason, source=self.source(path), patient=self.patient, fact=path, text=text)
        )

    def refuse(self, path: str, error: UnreadableError, raw: object) -> None:
        self.issue(error.code, path, error.reason, error.text or raw)

    def assume(self, text: str) -> None:
        if text not in self.assumptions:
            self.assumptions.append(text)

    def formulary_members(self, name: str) -> frozenset[str] | None:
        """The agents of a class or name, or a leaf such as ``platinum_other`` itself."""
        if name in self.formulary.all_leaves:
            return frozenset({name})
        return self.formulary.members(name) if self.formulary.knows(name) else None

    def date(self, row: Mapping[str, Any], name: str, path: str) -> DateSpan | None:
        raw = row.get(name)
        if is_unknown(raw):
            return None
        try:
            return read_date(raw, self.index)
        except UnreadableError as error:
            self.refuse(at(path, name), error, raw)
            return None

    def codes(self, row: Mapping[str, Any], name: str, path: str, lookup: Lookup) -> Codes | None:
        raw = row.get(name)
        if is_unknown(raw):
            return None
        try:
            return read_codes(raw, lookup if self.guesses else replace(lookup, suggest=None))
        except UnreadableError as error:
            self.refuse(at(path, name), error, raw)
            return None

    def number(
        self,
        row: Mapping[str, Any],
        name: str,
        path: str,
        unit: str = "",
        low: float = 0.0,
        high: float = 1e12,
    ) -> Interval | None:
        """A number in ``unit`` inside its bounds; a stated unit (``unit`` of the row) is converted from."""
        raw = row.get(name)
        if is_unknown(raw):
            return None
        try:
            value, written = read_number(raw)
            written = written or (str(row.get("unit") or "") if unit else "")
            return bounded(converted(value, written, unit), low, high, name=name, text=raw)
        except UnreadableError as error:
            self.refuse(at(path, name), error, raw)
            return None


def at(path: str, name: str) -> str:
    """The path of a field of a row, or of the profile itself."""
    return f"{path}.{name}" if path else name


def is_unknown(raw: object) -> bool:
    """Whether the value says in words that nothing is known, which is no mistake."""
    return raw is None or (isinstance(raw, str) and raw.strip().casefold() in _UNKNOWN)


def read_codes(raw: object, lookup: Lookup) -> Codes:
    """The leaves a value could be: a code, a name, several with "or" between them, or a list."""
    match raw:
        case bool():
            return read_codes("yes" if raw else "no", lookup)
        case int() | float():
            return read_codes(f"{raw:g}" if abs(raw) < 1e9 else str(raw), lookup)
        case str() if len(raw) > LONGEST_TEXT:
            raise UnreadableError("P120", f"a long text stands where {lookup.title} is expected", raw)
        case str():
            return Codes(_leaves(raw.strip(), lookup))
        case [_, *_]:
            return Codes(frozenset().union(*(read_codes(each, lookup).members for each in raw)))
    raise UnreadableError("P110", f"not {lookup.title}", raw)


def _leaves(text: str, lookup: Lookup) -> frozenset[str]:
    whole = lookup.resolve(text)
    if whole:
        return whole
    parts = [lookup.resolve(part) for part in _ALTERNATIVES.split(text) if part]
    if len(parts) > 1 and all(parts):
        return frozenset().union(*(part for part in parts if part))
    guess = lookup.nearest(text)
    raise UnreadableError(
        "P105", f"not {lookup.title}" + (f"; did you mean '{guess}'?" if guess else ""), text
    )


def converted(value: Interval, written: str, unit: str) -> Interval:
    """The interval in another unit; without a written one it is in that unit already."""
    if not written:
        return value
    try:
        if not unit and units.ucum(written) not in ("", "1"):
            raise UnreadableError(
                "P104", f"a unit ('{written}') stands behind a number that has none", written
            )
        return Interval(
            units.convert(value.low, written, unit),
            units.convert(value.high, written, unit),
            value.low_open,
            value.high_open,
        )
    except units.UnitError as error:
        raise unit_refused(error) from None
    except ValueError:
        raise UnreadableError("P115", "the interval holds nothing", written) from None


def unit_refused(error: units.UnitError) -> UnreadableError:
    code = "P104" if error.fault is units.UnitFault.DIMENSION else "P103"
    hint = f"; did you mean '{error.suggestion}'?" if error.suggestion else ""
    return UnreadableError(code, error.message + hint, error.unit)


def checked(
    context: Context, model: type[BaseModel], raw: Mapping[Any, Any], path: str
) -> dict[str, Any] | None:
    """The fields of a row that have the right shape; the others are issues. Nothing without a required one."""
    fields = {str(name): value for name, value in raw.items() if value is not None}
    usable = True
    for error in _faults(model, fields):
        name = str(error["loc"][0]) if error["loc"] else ""
        if error["type"] == "missing":
            context.issue("P118", path, f"the row has no '{name}'")
            usable = False
        elif error["type"] == "extra_forbidden":
            guess = nearest(name, model.model_fields) if context.guesses else None
            hint = f"; did you mean '{guess}'?" if guess else ""
            context.issue(
                "P109", f"{path}.{name}", f"there is no field '{name}' here{hint}", fields.pop(name, "")
            )
        elif name in fields:
            code = "P110" if name not in _DATES else "P106"
            context.issue(code, f"{path}.{name}", error["msg"], fields.pop(name))
            usable = usable and not model.model_fields[name].is_required()
    return fields if usable else None


_DATES = frozenset({"date", "start", "end", "progression_date"})


def _faults(model: type[BaseModel], fields: Mapping[str, Any]) -> Iterable[Any]:
    try:
        model.model_validate(fields)
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False)
    return ()
