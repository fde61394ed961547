"""What people did about a patient and a trial, with its history; and what they judged.

Kept by the patient's identifier, so that the next file of the worklist finds it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from matcher.store.database import Database
from matcher.store.entries import NEW
from matcher.store.worklist_schema import FILTERS, JUDGEMENTS, STATUS_HISTORY, STATUSES, WORKLISTS

STATUS_TEXT: Mapping[str, str] = {
    NEW: "New",
    "reviewing": "Reviewing",
    "contacted": "Contacted",
    "consented": "Consented",
    "enrolled": "Enrolled",
    "declined": "Declined",
    "screen_failure": "Screen failure",
    "not_suitable": "Not suitable",
}
NEGATIVE = frozenset({"declined", "screen_failure", "not_suitable"})
"""Wants a reason."""


@dataclass(frozen=True, slots=True)
class Status:
    """``revision`` counts the changes: 0 where there was none."""

    patient: str
    trial: str
    status: str = NEW
    owner: str = ""
    note: str = ""
    reason: str = ""
    by: str = ""
    at: datetime | None = None
    revision: int = 0

    @property
    def text(self) -> str:
        return STATUS_TEXT[self.status]


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be set, by whom; ``None`` leaves as it was. ``revision`` is that of the status that was seen."""

    patient: str
    trial: str
    revision: int
    status: str | None = None
    owner: str | None = None
    note: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one change: ``done``, or the status that somebody else has set meanwhile."""

    change: Change
    done: bool
    now: Status


@dataclass(frozen=True, slots=True)
class JudgementHeld:
    """A judgement as profiles write it, and who entered it when."""

    id: int
    patient: str
    record: dict[str, Any]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Statuses:
    """Of one worklist."""

    database: Database
    worklist: str

    def of(self, patients: Iterable[str]) -> dict[tuple[str, str], Status]:
        """By patient and trial, where any was set."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(STATUSES).where(
                    STATUSES.c.worklist == self.worklist, STATUSES.c.patient.in_(list(patients))
                )
            ).mappings()
            return {(row["patient"], row["trial"]): _status(row) for row in rows}

    def change(self, changes: Sequence[Change], by: str) -> list[Answered]:
        """All in one transaction, each by itself: one that somebody changed meanwhile is left as it is now.

        A server killed in between has changed none; two at once wait for each other. Of a worklist that was
        deleted meanwhile nothing is kept.
        """
        with self.database.writing() as connection:
            held = select(WORKLISTS.c.id).where(WORKLISTS.c.id == self.worklist).with_for_update()
            if connection.execute(held).first() is None:
                return []
            return [self._change(connection, each, by) for each in changes]

    def _change(self, connection: Connection, change: Change, by: str) -> Answered:
        mine = and_(
            STATUSES.c.worklist == self.worklist,
            STATUSES.c.patient == change.patient,
            STATUSES.c.trial == change.trial,
        )
        row = connection.execute(select(STATUSES).where(mine).with_for_update()).mappings().one_or_none()
        held = Status(change.patient, change.trial) if row is None else _status(row)
        if held.revision != change.revision:
            return Answered(change, False, held)
        said = {
            name: getattr(held, name) if getattr(change, name) is None else getattr(change, name)
            for name in ("status", "owner", "note", "reason")
        }
        values = {**said, "by": by, "at": self.database.clock()}
        key = {"worklist": self.worklist, "patient": change.patient, "trial": change.trial}
        if row is None:
            connection.execute(insert(STATUSES).values(**key, **values, revision=1))
        else:
            connection.execute(update(STATUSES).where(mine).values(**values, revision=held.revision + 1))
        connection.execute(insert(STATUS_HISTORY).values(**key, **values))
        return Answered(
            change, True, Status(change.patient, change.trial, **values, revision=held.revision + 1)
        )

    def history(self, patient: str) -> list[Status]:
        """Every change of a patient, the latest first."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(STATUS_HISTORY)
                .where(STATUS_HISTORY.c.worklist == self.worklist, STATUS_HISTORY.c.patient == patient)
                .order_by(STATUS_HISTORY.c.id.desc())
            ).mappings()
            return [_status(each) for each in rows]

    def owners(self) -> list[str]:
        with self.database.reading() as connection:
            found = connection.execute(
                select(STATUSES.c.owner)
                .where(STATUSES.c.worklist == self.worklist, STATUSES.c.owner != "")
                .distinct()
                .order_by(STATUSES.c.owner)
            )
            return [str(each) for each in found.scalars()]

    def judge(self, patient: str, record: Mapping[str, Any], by: str) -> None:
        """Only ever added to: a later judgement replaces an earlier one, and both are read."""
        with self.database.writing() as connection:
            connection.execute(
                insert(JUDGEMENTS).values(
                    worklist=self.worklist,
                    patient=patient,
                    record=dict(record),
                    by=by,
                    at=self.database.clock(),
                )
            )

    def judged(self, patients: Iterable[str] | None = None) -> dict[str, list[JudgementHeld]]:
        """What was judged, the earliest first, by patient; of everybody where none are named."""
        query = select(JUDGEMENTS).where(JUDGEMENTS.c.worklist == self.worklist).order_by(JUDGEMENTS.c.id)
        if patients is not None:
            query = query.where(JUDGEMENTS.c.patient.in_(list(patients)))
        found: dict[str, list[JudgementHeld]] = {}
        with self.database.reading() as connection:
            for row in connection.execute(query):
                held = JudgementHeld(row.id, row.patient, row.record, row.by, row.at)
                found.setdefault(row.patient, []).append(held)
        return found

    def keep_filter(self, name: str, asked: Mapping[str, Any], by: str) -> None:
        with self.database.writing() as connection:
            mine = and_(FILTERS.c.worklist == self.worklist, FILTERS.c.name == name)
            connection.execute(delete(FILTERS).where(mine))
            connection.execute(
                insert(FILTERS).values(
                    worklist=self.worklist, name=name, asked=dict(asked), by=by, at=self.database.clock()
                )
            )

    def drop_filter(self, name: str) -> None:
        with self.database.writing() as connection:
            connection.execute(
                delete(FILTERS).where(FILTERS.c.worklist == self.worklist, FILTERS.c.name == name)
            )

    def filters(self) -> dict[str, dict[str, Any]]:
        with self.database.reading() as connection:
            rows = connection.execute(
                select(FILTERS.c.name, FILTERS.c.asked)
                .where(FILTERS.c.worklist == self.worklist)
                .order_by(FILTERS.c.name)
            )
            return {str(name): asked for name, asked in rows}


def _status(row: Mapping[Any, Any]) -> Status:
    left_out = ("worklist", "id")
    return Status(**{str(name): value for name, value in row.items() if name not in left_out})
