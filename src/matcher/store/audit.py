"""Who did what: actions and identifiers, never values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from matcher.store.database import Database
from matcher.store.schema import AUDIT


@dataclass(frozen=True, slots=True)
class Entry:
    """``actor`` is an owner; ``subject`` what it was done to, by its identifier."""

    at: datetime
    actor: str
    action: str
    subject: str


@dataclass(frozen=True, slots=True)
class Audit:
    """Only ever added to."""

    database: Database

    def record(self, actor: str, action: str, subject: str = "") -> None:
        with self.database.writing() as connection:
            connection.execute(
                insert(AUDIT).values(at=self.database.clock(), actor=actor, action=action, subject=subject)
            )

    def latest(self, most: int = 100) -> list[Entry]:
        """The newest first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(AUDIT).order_by(AUDIT.c.number.desc()).limit(most))
            return [Entry(row.at, row.actor, row.action, row.subject) for row in rows]
