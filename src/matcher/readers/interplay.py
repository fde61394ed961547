"""Whether parts of a patient that are read apart, the slots of a row, have to be settled together."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from itertools import product
from typing import Any

from matcher.domain.record import Absence
from matcher.readers.repetition import COUNTED, DAYS, NOT_SAID, may_be_same
from matcher.readers.settle import EXPOSURE, Tables, denied_by, is_judged

#: lists of which no two are settled together
TOGETHER = (EXPOSURE, ("conditions",), ("procedures",), ("radiotherapy",), ("alterations",), ("diagnoses",))


class Interplay(IntEnum):
    """What the records of two parts of a patient have to do with each other."""

    NONE = 0
    IF_OF_ONE_DAY = 1
    SOME = 2


def interplay(one: Tables, other: Tables) -> Interplay:
    """Whether two parts have to be settled together. Days may be stand-ins: only that some are given is looked at."""
    for first, second in ((one, other), (other, one)):
        for name, listing in first.items():
            for table in EXPOSURE if name in EXPOSURE else (name,):
                known = second.get(table)
                if known is not None and _denies(listing.absences, known.records):
                    return Interplay.SOME
    besides = NOT_SAID | DAYS
    for name in COUNTED:
        if name in one and name in other:
            pairs = product(one[name].records, other[name].records)
            if any(may_be_same(record, each, besides) for record, each in pairs):
                return Interplay.IF_OF_ONE_DAY
    return Interplay.NONE


def _denies(absences: Iterable[Absence], records: Iterable[Any]) -> bool:
    return any(
        is_judged(record, name) or denied_by(record, name) != record
        for absence in absences
        for name in (absence.codes, *absence.denied)
        for record in records
    )
