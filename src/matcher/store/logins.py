"""Logins: people who showed their token once, and whose browser has a cookie since."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select

from matcher.store.database import Database
from matcher.store.schema import LOGINS, hashed

LOGIN_LIFE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Logins:
    """Of each login a hash is kept, and the token it was made with: one that is revoked ends its logins."""

    database: Database
    life: timedelta = LOGIN_LIFE

    def begin(self, token: str) -> str:
        """The secret of a new login. None is ever taken over from the browser: that somebody could have planted."""
        secret = secrets.token_urlsafe(32)
        now = self.database.clock()
        with self.database.writing() as connection:
            connection.execute(delete(LOGINS).where(LOGINS.c.expires_at <= now))
            connection.execute(
                insert(LOGINS).values(
                    hash=hashed(secret), token=token, created_at=now, expires_at=now + self.life
                )
            )
        return secret

    def token_of(self, secret: str) -> str | None:
        """The identifier of the token behind a login that is not over."""
        with self.database.reading() as connection:
            found = connection.execute(
                select(LOGINS.c.token).where(
                    LOGINS.c.hash == hashed(secret), LOGINS.c.expires_at > self.database.clock()
                )
            ).scalar_one_or_none()
            return None if found is None else str(found)

    def end(self, secret: str) -> None:
        with self.database.writing() as connection:
            connection.execute(delete(LOGINS).where(LOGINS.c.hash == hashed(secret)))
