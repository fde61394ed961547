"""A patient, as the engines see one: frozen records, possible values, nothing resolved by guessing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from matcher.domain.dates import DateSpan
from matcher.domain.judgement import Judgement
from matcher.domain.record import (
    Alteration,
    Biomarker,
    Condition,
    Course,
    Diagnosis,
    Event,
    Laboratory,
    Listing,
    Medication,
    Observation,
    Procedure,
    Radiotherapy,
    Record,
    Staging,
)
from matcher.domain.source import UNSTATED, Source


@dataclass(frozen=True, slots=True)
class Profile:
    """One patient. Tables that can be complete are listings; the others only ever state presence."""

    id: str
    as_of: date
    birth: DateSpan | None = None
    birth_source: Source = UNSTATED
    observations: tuple[Observation, ...] = ()
    diagnoses: Listing[Diagnosis] = field(default_factory=Listing)
    staging: tuple[Staging, ...] = ()
    labs: tuple[Laboratory, ...] = ()
    biomarkers: tuple[Biomarker, ...] = ()
    alterations: Listing[Alteration] = field(default_factory=Listing)
    therapies: Listing[Course] = field(default_factory=Listing)
    procedures: Listing[Procedure] = field(default_factory=Listing)
    radiotherapy: Listing[Radiotherapy] = field(default_factory=Listing)
    conditions: Listing[Condition] = field(default_factory=Listing)
    medications: Listing[Medication] = field(default_factory=Listing)
    events: tuple[Event, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def birth_record(self) -> Event:
        """The birth as a record, so that an age can cite where it comes from."""
        if self.birth is None:
            raise ValueError("no birth date is known")
        return Event("birth", self.birth, self.birth_source)

    def table(self, name: str, _where: tuple[object, ...] = ()) -> tuple[Record, ...]:
        """The records of a table by its name in the feature catalogue.

        ``_where`` are the filters they will be held against: a profile that is sorted by them may leave out records
        that certainly do not pass.
        """
        held = getattr(self, name)
        return held.records if isinstance(held, Listing) else held

    def listing(self, name: str, _where: tuple[object, ...] = ()) -> Listing[Record]:
        """A table with its statements of absence; one that only states presence is hardly ever complete."""
        held = getattr(self, name)
        return held if isinstance(held, Listing) else Listing(records=held, complete=name in STATED_WHOLE)


LISTS = ("diagnoses", "alterations", "therapies", "procedures", "radiotherapy", "conditions", "medications")
#: tables that hold all there is of their kind: what nobody judged has not been judged
STATED_WHOLE = frozenset({"judgements"})
