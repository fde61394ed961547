"""Who calls: the holder of a token, or the user of this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Self

from anyio import to_thread

from matcher.store import Logins, Role, Token, Tokens
from matcher.store.schema import hashed

_FRESH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Caller:
    """``owner`` is what jobs and sessions are owned by; ``name`` what others read of who did something.

    All tokens of one person own the same. ``team`` is whose worklists the caller works on.
    """

    owner: str
    role: Role
    name: str = ""
    team: str = ""

    @classmethod
    def of(cls, token: Token) -> Self:
        owner = f"person:{token.person.casefold()}" if token.person else f"token:{token.id}"
        return cls(owner, token.role, token.person or token.name[:50] or token.id, token.team)


LOCAL = Caller("local", "admin", "this computer")


@dataclass
class Callers:
    """Looks tokens up; what was looked up serves for two seconds, so a token revoked is one refused soon.

    A server that only its own machine can reach takes its user's word until the first token is made. From then on it
    asks for one, also after the last was revoked: to close a door must not open it.
    """

    tokens: Tokens
    local: bool
    _held: dict[str, Token] = field(default_factory=dict, init=False)
    _guarded: bool = field(default=False, init=False)
    _until: float = field(default=-1.0, init=False)

    async def find(self, authorization: str, cookie: str = "") -> Caller | None:
        """Who has the token of the header ``authorization``, or is signed in by the cookie where there is no such."""
        await self._look()
        if self.local and not self._guarded:
            return LOCAL
        if authorization:
            scheme, _, secret = authorization.partition(" ")
            return self.with_secret(secret) if scheme.casefold() == "bearer" else None
        if not cookie:
            return None
        identifier = await to_thread.run_sync(self.logins.token_of, cookie)
        return self._caller(next((each for each in self._held.values() if each.id == identifier), None))

    @property
    def logins(self) -> Logins:
        return Logins(self.tokens.database)

    @property
    def guarded(self) -> bool:
        """Whether callers sign in; known once anybody was looked for."""
        return self._guarded or not self.local

    def token_with(self, secret: str) -> Token | None:
        """The token of this secret, if it is in force."""
        token = self._held.get(hashed(secret.strip()))
        return token if token is not None and token.live(datetime.now(UTC)) else None

    def with_secret(self, secret: str) -> Caller | None:
        return self._caller(self.token_with(secret))

    @staticmethod
    def _caller(token: Token | None) -> Caller | None:
        return Caller.of(token) if token is not None and token.live(datetime.now(UTC)) else None

    async def _look(self) -> None:
        if monotonic() >= self._until:
            self._held = await to_thread.run_sync(self.tokens.by_hash)
            if not self._guarded:
                self._guarded = bool(self._held) or await to_thread.run_sync(self.tokens.any_ever)
            self._until = monotonic() + _FRESH_SECONDS
