"""Who did what: actions and identifiers, never values of a patient. Each entry is sealed to the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from matcher.store.chain import GENESIS, link
from matcher.store.database import Database
from matcher.store.schema import AUDIT, AUDIT_HEAD

_TOGETHER = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """``actor`` is an owner; ``subject`` what it was done to, by its identifier; ``detail`` how it was said."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: str = ""
    number: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """What going through the chain found: ``broken`` are the entries that are not sealed to what is before them.

    That one was changed, or one before it taken out. ``missing``: entries at the end were.
    """

    entries: int
    head: str
    broken: tuple[int, ...] = ()
    missing: bool = False

    @property
    def sound(self) -> bool:
        return not self.broken and not self.missing


@dataclass(frozen=True, slots=True)
class Audit:
    """Only ever added to."""

    database: Database

    def record(self, actor: str, action: str, subject: str = "", detail: str = "") -> None:
        with self.database.writing() as connection:
            self.add(connection, actor, action, subject, detail)

    def add(
        self, connection: Connection, actor: str, action: str, subject: str = "", detail: str = ""
    ) -> None:
        """In the transaction of what was done, so that neither is without the other. Writers wait at the head."""
        head = connection.execute(select(AUDIT_HEAD).with_for_update()).one()
        number, at = head.number + 1, self.database.clock()
        seal = link(head.hash, number, at, actor, action, subject, detail)
        connection.execute(
            insert(AUDIT).values(
                number=number, at=at, actor=actor, action=action, subject=subject, detail=detail, hash=seal
            )
        )
        connection.execute(update(AUDIT_HEAD).values(number=number, hash=seal))

    def latest(self, most: int = 100, subject: str = "") -> list[Entry]:
        """The newest first; with a subject what was done to that."""
        query = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(most)
        if subject:
            query = query.where(AUDIT.c.subject == subject)
        with self.database.reading() as connection:
            return [Entry(**each) for each in connection.execute(query).mappings()]

    def verify(self) -> Verified:
        """Goes through the whole chain.

        Whoever writes the whole chain anew is found out by a head that was noted elsewhere, and by nothing else.
        """
        broken: list[int] = []
        before, number = GENESIS, 0
        with self.database.reading() as connection:
            head = connection.execute(select(AUDIT_HEAD)).one_or_none()
            for each in self._all(connection):
                seal = link(before, each.number, each.at, each.actor, each.action, each.subject, each.detail)
                if seal != each.hash:
                    broken.append(each.number)
                before, number = each.hash, each.number
        missing = head is None or (head.number, head.hash) != (number, before)
        return Verified(number, before, tuple(broken), missing)

    def has(self, seal: str) -> bool:
        """Whether an entry has this seal, or this beginning of one."""
        query = select(AUDIT.c.number).where(AUDIT.c.hash.startswith(seal, autoescape=True)).limit(1)
        with self.database.reading() as connection:
            return connection.execute(query).first() is not None

    @staticmethod
    def _all(connection: Connection) -> Iterator[Entry]:
        last = 0
        while True:
            query = select(AUDIT).where(AUDIT.c.number > last).order_by(AUDIT.c.number).limit(_TOGETHER)
            rows = [Entry(**each) for each in connection.execute(query).mappings()]
            if not rows:
                return
            yield from rows
            last = rows[-1].number
