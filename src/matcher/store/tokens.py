"""Tokens: who may call a server that others can reach."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, get_args

from sqlalchemy import RowMapping, insert, select, update

from matcher.store.database import Database
from matcher.store.schema import TOKENS, hashed

Role: TypeAlias = Literal["intake", "coordinator", "viewer", "author", "approver", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
_PREFIX = "mt_"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept: everything but the secret.

    ``person`` is who holds it, where that is one person and no program; ``team`` whose worklists they share.
    """

    id: str
    role: Role
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    person: str = ""
    team: str = ""

    def live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Of each token a hash is kept, and whose it is."""

    database: Database

    def create(
        self,
        role: Role,
        name: str = "",
        expires_at: datetime | None = None,
        *,
        person: str = "",
        team: str = "",
    ) -> tuple[Token, str]:
        """A new token and its secret, which is nowhere kept and cannot be shown again."""
        secret = _PREFIX + secrets.token_urlsafe(32)
        token = Token(secrets.token_hex(6), role, name, self.database.clock(), expires_at, None, person, team)
        with self.database.writing() as connection:
            connection.execute(
                insert(TOKENS).values(
                    id=token.id,
                    hash=hashed(secret),
                    role=role,
                    name=name,
                    person=person,
                    team=team,
                    created_at=token.created_at,
                    expires_at=expires_at,
                )
            )
        return token, secret

    def all(self) -> list[Token]:
        """Every token there ever was, oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(TOKENS).order_by(TOKENS.c.created_at, TOKENS.c.id)).mappings()
            return [_token(row) for row in rows]

    def by_hash(self) -> dict[str, Token]:
        """The tokens that are not revoked, by the hash of their secret."""
        with self.database.reading() as connection:
            rows = connection.execute(select(TOKENS).where(TOKENS.c.revoked_at.is_(None))).mappings()
            return {str(row["hash"]): _token(row) for row in rows}

    def any_ever(self) -> bool:
        """Whether there was ever a token, in force or not."""
        with self.database.reading() as connection:
            return connection.execute(select(TOKENS.c.id).limit(1)).first() is not None

    def revoke(self, identifier: str) -> bool:
        """Whether there was such a token, and it was not revoked before."""
        with self.database.writing() as connection:
            changed = connection.execute(
                update(TOKENS)
                .where(TOKENS.c.id == identifier, TOKENS.c.revoked_at.is_(None))
                .values(revoked_at=self.database.clock())
            )
            return changed.rowcount > 0


def _token(row: RowMapping) -> Token:
    fields: dict[str, Any] = {name: value for name, value in row.items() if name != "hash"}
    return Token(**fields)
