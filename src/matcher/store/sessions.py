"""Intake sessions: a document each, unguessable, owned, gone after a while."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update

from matcher.store.database import Database
from matcher.store.schema import SESSIONS, hashed

DEFAULT_LIFE = timedelta(hours=12)


class UnknownSessionError(LookupError):
    """No session of this owner has this id: it never was, is over, or is another's. Which, is not said."""


class ChangedMeanwhileError(RuntimeError):
    """The document was written by somebody else after it was read."""


@dataclass(frozen=True, slots=True)
class Session:
    """``revision`` counts the writes."""

    document: dict[str, Any]
    revision: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Sessions:
    """Each write puts the end off by ``life``; reading does not. Only a hash of the id is kept."""

    database: Database
    life: timedelta = DEFAULT_LIFE

    def create(self, owner: str, document: Mapping[str, Any]) -> str:
        """The id of a new session; whoever has it and is the owner may read and write."""
        identifier = secrets.token_urlsafe(32)
        now = self.database.clock()
        with self.database.writing() as connection:
            connection.execute(
                insert(SESSIONS).values(
                    hash=hashed(identifier),
                    owner=owner,
                    document=dict(document),
                    revision=1,
                    created_at=now,
                    expires_at=now + self.life,
                )
            )
        return identifier

    def read(self, identifier: str, owner: str) -> Session:
        with self.database.reading() as connection:
            row = connection.execute(
                select(SESSIONS.c.document, SESSIONS.c.revision, SESSIONS.c.expires_at).where(
                    self._mine(identifier, owner)
                )
            ).one_or_none()
        if row is None:
            raise UnknownSessionError
        return Session(row.document, row.revision, row.expires_at)

    def write(
        self, identifier: str, owner: str, document: Mapping[str, Any], revision: int | None = None
    ) -> int:
        """The new revision. With the ``revision`` that was read, a write by somebody else in between is an error."""
        mine = self._mine(identifier, owner)
        with self.database.writing() as connection:
            held = connection.execute(
                select(SESSIONS.c.revision).where(mine).with_for_update()
            ).scalar_one_or_none()
            if held is None:
                raise UnknownSessionError
            if revision is not None and held != revision:
                raise ChangedMeanwhileError
            connection.execute(
                update(SESSIONS)
                .where(mine)
                .values(
                    document=dict(document),
                    revision=held + 1,
                    expires_at=self.database.clock() + self.life,
                )
            )
        return int(held) + 1

    def delete(self, identifier: str, owner: str) -> None:
        with self.database.writing() as connection:
            gone = connection.execute(delete(SESSIONS).where(self._mine(identifier, owner)))
        if not gone.rowcount:
            raise UnknownSessionError
        self.database.forget()

    def sweep(self) -> int:
        """Removes what has expired; how many there were."""
        with self.database.writing() as connection:
            gone = connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= self.database.clock()))
        self.database.forget()
        return gone.rowcount

    def count(self) -> int:
        """Sessions that are not over."""
        with self.database.reading() as connection:
            return int(
                connection.execute(
                    select(func.count())
                    .select_from(SESSIONS)
                    .where(SESSIONS.c.expires_at > self.database.clock())
                ).scalar_one()
            )

    def _mine(self, identifier: str, owner: str) -> ColumnElement[bool]:
        return and_(
            SESSIONS.c.hash == hashed(identifier),
            SESSIONS.c.owner == owner,
            SESSIONS.c.expires_at > self.database.clock(),
        )
