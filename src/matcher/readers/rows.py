"""The tables of a wire profile as rows with their paths, however briefly they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from matcher.domain.record import Absence, Listing, Record
from matcher.domain.wire.model import NAMED_BY, ROWS, AbsenceRow
from matcher.readers.context import ENUMERATED, Context
from matcher.readers.lookup import Lookup
from matcher.readers.outcome import shown
from matcher.readers.shape import checked
from matcher.readers.value import NOT_READ
from matcher.vocabulary.marks import is_everything, is_nothing, marked

R = TypeVar("R", bound=Record)

_KEYED = {"labs": ("test", "value"), "events": ("name", "date")}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; ``fields`` is ``None`` where nothing of it could be read, ``raw`` what was written then."""

    path: str
    fields: dict[str, Any] | None
    text: str = ""
    raw: Mapping[Any, Any] = field(default_factory=dict)


def rows_of(context: Context, table: str, raw: object) -> Iterator[TableRow]:
    """The rows of a table that states presence only."""
    for path, row in _members(table, raw):
        yield _row(context, table, path, row)


def listing_of(
    context: Context,
    table: str,
    wire: Mapping[str, Any],
    complete: frozenset[str],
    record: Callable[[TableRow], R | Absence | None],
    deniable: Lookup,
    everything: frozenset[str],
) -> Listing[R]:
    """A list of presence and absence. A row nobody can read is a member that could be anything.

    ``record`` gives an absence where the row denies what it names, and nothing where that is not the patient's.
    ``deniable`` is what a statement of absence can name; "none" in place of a row denies ``everything`` there is.
    """
    raw = wire.get(table)
    records: list[R] = []
    absences: list[Absence] = []
    readable, nothing = True, False
    for path, row in _members(table, raw):
        if isinstance(row, str) and is_nothing(row):
            absences.append(Absence(everything, row.strip(), source=context.source(path)))
            nothing = True
            continue
        if isinstance(row, Mapping) and "none_of" in row:
            absences.extend(_absence(context, path, row, deniable, everything))
            nothing = nothing or (absences[-1:] != [] and absences[-1].codes == everything)
            continue
        read = _row(context, table, path, row)
        readable = readable and read.fields is not None
        match record(read):
            case None:
                pass
            case Absence() as absence:
                absences.append(absence)
            case found:
                records.append(found)
    said = raw == [] or table in complete or nothing
    return Listing(tuple(records), tuple(absences), said and readable)


def _members(table: str, raw: object) -> Iterator[tuple[str, object]]:
    match raw:
        case None:
            return
        case list() | tuple():
            for number, each in enumerate(raw):
                if each is not None:
                    yield f"{table}[{number}]", each
        case Mapping() if table in _KEYED and not set(raw) & {_KEYED[table][0], "none_of"}:
            name, value = _KEYED[table]
            for key, each in raw.items():
                row = {**each, name: str(key)} if isinstance(each, Mapping) else {name: str(key), value: each}
                yield f"{table}.{key}", row
        case _:
            yield table, raw


def _row(context: Context, table: str, path: str, raw: object) -> TableRow:
    named = NAMED_BY.get(table)
    if named is not None and isinstance(raw, str):
        raw = {named: raw}
    if raw is NOT_READ:
        return TableRow(path, None)
    if not isinstance(raw, Mapping):
        context.issue("P118", path, f"a row of {table} is an object with fields", raw)
        return TableRow(path, None, shown(raw))
    fields = checked(context, ROWS[table], raw, path)
    return TableRow(path, fields, shown(raw.get("label") or raw.get(named or "", "")), raw)


def _absence(
    context: Context, path: str, raw: Mapping[Any, Any], deniable: Lookup, everything: frozenset[str]
) -> Iterator[Absence]:
    row = checked(context, AbsenceRow, raw, path)
    if row is None or row["none_of"] is NOT_READ:
        return
    deniable = replace(deniable, resolve=_or_all(deniable.denied, everything))
    names = [row["none_of"]] if isinstance(row["none_of"], str) else row["none_of"]
    found: set[str] = set()
    denied: list[frozenset[str]] = []
    understood: list[str] = []
    for name in names:
        members = deniable.resolve(name)
        parts = [members] if members else _each_of(name, deniable)
        if parts:
            found |= frozenset().union(*parts)
            denied += parts
            understood.append(name)
            continue
        if doubted := _doubted(name, deniable):
            reason = "this is not said to be absent for certain"
        else:
            guess = deniable.nearest(name) if context.guesses else None
            doubted = [members] if guess is not None and (members := deniable.resolve(guess)) else []
            hint = f"; did you mean '{guess}'?" if guess else ""
            reason = f"what is absent is not a known code, agent or class{hint}"
        context.issue("P105", f"{path}.none_of", reason, name)
        if doubted:
            denied += doubted
            understood.append(name)
    if denied:
        label = str(row.get("label") or ", ".join(understood))
        on, source = context.date(row, "date", path), context.source(path)
        apart = tuple(denied) if len(denied) > 1 or not found else ()
        yield Absence(frozenset(found), label, on, source, apart)


def _or_all(
    resolve: Callable[[str], frozenset[str] | None], everything: frozenset[str]
) -> Callable[[str], frozenset[str] | None]:
    return lambda text: everything if is_everything(text) else resolve(text)


def _each_of(text: str, deniable: Lookup) -> list[frozenset[str]]:
    """What each name of an enumeration denies, "lupus, psoriasis or HIV"; nothing where one of them is not known."""
    parts = [deniable.resolve(part.strip()) for part in ENUMERATED.split(text)]
    return [each for each in parts if each] if len(parts) > 1 and all(parts) else []


def _doubted(text: str, deniable: Lookup) -> list[frozenset[str]]:
    """What a text may deny that is marked, or only partly known: it speaks against that, and closes nothing."""
    whole = _perhaps(text, deniable)
    parts = [whole] if whole else [_perhaps(part.strip(), deniable) for part in ENUMERATED.split(text)]
    return [each for each in parts if each]


def _perhaps(text: str, deniable: Lookup) -> frozenset[str] | None:
    if members := deniable.resolve(text):
        return members
    found = marked(text, lambda name: bool(deniable.resolve(name)))
    return deniable.resolve(found.name) if found is not None else None
