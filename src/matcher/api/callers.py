"""Who calls: the holder of a token, or the user of this machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

from anyio import to_thread

from matcher.store import Role, Token, Tokens
from matcher.store.schema import hashed

_FRESH_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Caller:
    """``owner`` is what jobs and sessions are owned by."""

    owner: str
    role: Role


LOCAL = Caller("local", "admin")


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

    async def find(self, authorization: str) -> Caller | None:
        if monotonic() >= self._until:
            self._held = await to_thread.run_sync(self.tokens.by_hash)
            if not self._guarded:
                self._guarded = bool(self._held) or await to_thread.run_sync(self.tokens.any_ever)
            self._until = monotonic() + _FRESH_SECONDS
        if self.local and not self._guarded:
            return LOCAL
        scheme, _, secret = authorization.partition(" ")
        if scheme.casefold() != "bearer":
            return None
        token = self._held.get(hashed(secret.strip()))
        if token is None or not token.live(datetime.now(UTC)):
            return None
        return Caller(f"token:{token.id}", token.role)
