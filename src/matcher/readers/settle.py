"""What the records of one patient say of each other: exposure in two lists, judgements, repetition, contradiction.

Everything here happens before any engine looks, and in one way: a record that is only possibly what it names gets
one more possible code, which no filter asks for (``possible.DOUBTS``). So a nivolumab that is also denied is a
possible nivolumab for "prior nivolumab", for "prior checkpoint inhibitor" and for "days since", in every engine,
while carboplatin in the same course stays certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

from matcher.domain.dates import DateSpan
from matcher.domain.possible import (
    COULD_BE_MEANT,
    DENIED,
    DOUBTS,
    YES,
    Codes,
    is_unread,
)
from matcher.domain.record import (
    DENIABLE,
    Absence,
    Alteration,
    Components,
    Condition,
    Course,
    Diagnosis,
    Listing,
    Medication,
    Procedure,
    Radiotherapy,
)
from matcher.domain.source import Source
from matcher.readers.repetition import COUNTED, Entry, each_once, with_components
from matcher.vocabulary import alterations
from matcher.vocabulary.conditions import COULD_BE_MEANT_BY
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.formulary import Formulary

Tables: TypeAlias = dict[str, Listing[Any]]
_E = TypeVar("_E", bound=Entry)
#: lists whose statements of absence speak for each other: both are of exposure to agents
EXPOSURE = ("therapies", "medications")
ANTICANCER = "anticancer"
_MOST_PAIRS = 500_000


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two statements at odds; both stay possible."""

    table: str
    reason: str
    text: str
    source: Source


def settle(tables: Tables, formulary: Formulary, complete: frozenset[str]) -> list[Conflict]:
    """Settle the lists of a patient among each other, in place; the conflicts that are to be shown.

    ``complete`` names the lists of which somebody said that nothing is missing, apart from any "none" in them.
    """
    for name in IMPLYING:
        records, elsewhere = with_implied(name, tables[name].records, formulary)
        tables[name] = replace(tables[name], records=records)
        for table, others in elsewhere.items():
            tables[table] = replace(tables[table], records=(*tables[table].records, *others))
    conflicts: list[Conflict] = []
    stated = {name: listing.absences for name, listing in tables.items()}
    for name, listing in tables.items():
        absences = stated["therapies"] + stated["medications"] if name in EXPOSURE else stated[name]
        if absences:
            denying = _as_one(absences) if _are_many(absences, listing.records) else absences
            records = tuple(_against(each, denying, name, conflicts) for each in listing.records)
            tables[name] = replace(listing, records=records)
    for name in [each for each in tables if stated[each]]:
        beside = [name] if name not in EXPOSURE else list(EXPOSURE)
        denied = [record for table in beside for record in tables[table].records]
        tables[name] = _without_contradicted(tables[name], denied, name in complete)
    for name, listing in tables.items():
        records = listing.records
        # Only a statement that nothing contradicts is somebody's judgement.
        if listing.absences and not _are_many(listing.absences, records):
            records = tuple(_judged(records, listing.absences))
        if len(records) > 1 and name in COUNTED:
            records = tuple(each_once(records))
        if records is not listing.records:
            tables[name] = replace(listing, records=records)
    return conflicts


def _without_contradicted(listing: Listing[Any], records: Iterable[Any], stated: bool) -> Listing[Any]:
    """The list without the statements of absence that a record contradicts: if that is right, they are not.

    A list that was ``stated`` to be complete stays so, whichever of the two is right. One that only "none" made
    complete is open from then on.
    """
    contradicting = [(record, codes) for record in records if (codes := _of_field(record, DENIED))]
    if _are_many(listing.absences, contradicting):
        contradicting = [(None, frozenset().union(*(codes for _, codes in contradicting)))]
    kept: list[Absence] = []
    complete = listing.complete
    for absence in listing.absences:
        against = [codes for record, codes in contradicting if _not_later(record, absence)]
        gone = [name for name in absence.denied if any(codes & name for codes in against)]
        if not gone:
            kept.append(absence)
            continue
        codes = absence.codes.difference(*gone)
        if codes:
            left = tuple(each for each in absence.denied if each not in gone)
            kept.append(replace(absence, codes=codes, names=left))
        else:
            complete = complete and stated
    return replace(listing, absences=tuple(kept), complete=complete)


def _of_field(record: object, doubt: str) -> frozenset[str]:
    """The codes of the parts of a record that have this doubt."""
    found: frozenset[str] = frozenset()
    # A fusion that is denied is so for both its genes.
    parts = (
        [record.genes]
        if isinstance(record, Alteration)
        else [getattr(record, each, None) for each in DENIABLE]
    )
    for held in parts:
        for each in held if isinstance(held, tuple) else (held,):
            if each is not None and doubt in each.members:
                found |= each.members - DOUBTS
    return found


# --- what one record implies in another list ------------------------------------------------------------------


#: lists whose records say something in other words
IMPLYING = ("therapies", "medications", "conditions")


def with_implied(
    name: str, records: tuple[Any, ...], formulary: Formulary
) -> tuple[tuple[Any, ...], dict[str, tuple[Any, ...]]]:
    """The records of a list with what each implies in it, and what they imply in others."""
    own: list[Any] = []
    elsewhere: dict[str, tuple[Any, ...]] = {}
    for record in records:
        own.append(record)
        for table, each in implied(record, formulary):
            if table == name:
                own.append(each)
            else:
                elsewhere[table] = (*elsewhere.get(table, ()), each)
    return tuple(own), elsewhere


def implied(record: object, formulary: Formulary) -> Iterator[tuple[str, Entry]]:
    """The records that this one is in other words: an agent in the other list, a judgement that it could come under."""
    match record:
        case Course(elsewhere=False) if _may_be_medicine(record.components, formulary):
            yield (
                "medications",
                Medication(
                    record.components,
                    None,
                    record.start,
                    record.end,
                    record.ongoing,
                    None,
                    record.label,
                    record.source,
                    elsewhere=True,
                ),
            )
        case Medication(elsewhere=False) if _may_treat_cancer(record.components, formulary):
            yield (
                "therapies",
                Course(
                    record.components,
                    None,
                    record.start,
                    record.end,
                    record.ongoing,
                    label=record.label,
                    source=record.source,
                    elsewhere=True,
                ),
            )
        case Condition(elsewhere=False, code=Codes() as code) if _may_be_active(record):
            for word, diseases in COULD_BE_MEANT_BY.items():
                if code.members & diseases and not code.members <= {word}:
                    yield "conditions", replace(record, code=Codes.of(word, COULD_BE_MEANT), elsewhere=True)


def _may_be_active(condition: Condition) -> bool:
    return condition.status is None or "active" in condition.status.members


def _may_treat_cancer(components: Components, formulary: Formulary) -> bool:
    if not formulary.knows(ANTICANCER):
        return True
    anticancer = formulary.members(ANTICANCER)
    return any(each is None or each.members & anticancer for each in components)


def _may_be_medicine(components: Components, formulary: Formulary) -> bool:
    """Whether any of the agents is something else than a treatment of cancer, or could be."""
    medicines = formulary.medicines(ANTICANCER)
    return any(each is None or each.members & medicines for each in components)


def _judged(records: Iterable[_E], absences: tuple[Absence, ...]) -> Iterator[_E]:
    """Without the judgements that somebody has made: no uncontrolled illness, whatever was recorded."""
    for record in records:
        if not any(is_judged(record, each.codes) and _not_later(record, each) for each in absences):
            yield record


def is_judged(record: object, codes: frozenset[str]) -> bool:
    """Whether the record is a judgement that nobody made, and these codes are denied by somebody."""
    code: Codes | None = getattr(record, "code", None)
    return code is not None and COULD_BE_MEANT in code.members and code.members - DOUBTS <= codes


# --- presence and absence -------------------------------------------------------------------------------------


def _are_many(absences: tuple[Absence, ...], records: Sized) -> bool:
    """Whether to hold each record against each statement would take longer than anybody waits."""
    return len(records) * sum(len(each.denied) + 1 for each in absences) > _MOST_PAIRS


def _as_one(absences: tuple[Absence, ...]) -> tuple[Absence, ...]:
    """One statement without a day that denies whatever any of them does: it leaves open more than they do."""
    codes: frozenset[str] = frozenset().union(*(each.codes for each in absences))
    first = absences[0]
    return (Absence(codes, f"{first.label}, and {len(absences) - 1} other statements", None, first.source),)


def _against(record: _E, absences: tuple[Absence, ...], table: str, conflicts: list[Conflict]) -> _E:
    """The record, only possible as far as a statement of absence denies it that is not older."""
    denying = [each for each in absences if _not_later(record, each)]
    doubted = record
    for absence in denying:
        following = doubted
        for name in (*absence.denied, absence.codes):
            following = denied_by(following, name)
        if following != doubted:
            on = f" of {absence.on}" if absence.on is not None else ""
            reason = f"recorded here, and denied by '{absence.label}'{on} ({absence.source})"
            conflicts.append(Conflict(table, reason, getattr(record, "label", "") or table, record.source))
        doubted = following
    return doubted


def _not_later(record: object, absence: Absence) -> bool:
    began: DateSpan | None = getattr(record, "on", None) or getattr(record, "start", None)
    return began is None or absence.on is None or began.first <= absence.on.last


def denied_by(record: _E, codes: frozenset[str]) -> _E:
    def certain(held: Codes | None) -> bool:
        return held is not None and not held.members & DOUBTS and held.members <= codes

    match record:
        case Course() | Medication():
            components = tuple(
                each.doubted(DENIED) if each is not None and certain(each) else each
                for each in record.components
            )
            if components == record.components:
                return record
            return with_components(record, components, DENIED)
        case Diagnosis(index=index) if certain(record.code):
            assert record.code is not None
            if index == YES:
                # Of the cancer that is to be treated nothing is known any more, neither its kind nor its histology.
                code = Codes(record.code.members | DIAGNOSES.all_leaves | {DENIED})
                return replace(record, code=code, confirmed=Codes.of("yes", "no"))
            return replace(record, code=record.code.doubted(DENIED))
        case Condition() | Procedure() if certain(record.code):
            assert record.code is not None
            return replace(record, code=record.code.doubted(DENIED))
        case Alteration(gene=Codes() as gene) if (
            # A fusion is an alteration of both its genes: where one is denied, the event is.
            certain(gene) or certain(record.partner) or _is_denied(record, codes)
        ):
            return replace(record, gene=gene.doubted(DENIED))
        case Radiotherapy() if certain(record.intent):
            assert record.intent is not None
            return replace(record, intent=record.intent.doubted(DENIED))
    return record


def _is_denied(record: Alteration, codes: frozenset[str]) -> bool:
    """Whether alterations of its kind are denied of its genes, or this very change or fusion."""
    held = [each.members for each in record.genes if each is not None]
    if any(len(each) != 1 for each in held):
        return False
    kinds = record.kind.members if record.kind is not None and not is_unread(record.kind) else None
    changes = record.protein_change.members if record.protein_change is not None else frozenset[str]()
    return alterations.denied(codes, frozenset().union(*held), kinds, changes)
