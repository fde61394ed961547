"""Worklists: a team's patients, matched again with each file that is sent, until the list expires or is deleted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update

from matcher.store.database import Database
from matcher.store.worklist_schema import (
    ENTRIES,
    FILTERS,
    JUDGEMENTS,
    PAIRS,
    RULEBOOKS,
    RUNS,
    STATUS_HISTORY,
    STATUSES,
    WORKLISTS,
)

WORKLIST_LIFE = timedelta(days=180)


class RunState(StrEnum):
    """Where a run stands. Between *checked* and *matching* somebody looks at what the columns were taken for."""

    CHECKING = "checking"
    CHECKED = "checked"
    MATCHING = "matching"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Worklist:
    """``expires_at`` is put off by every file that is sent."""

    id: str
    team: str
    title: str
    made_by: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One file of a worklist. ``job`` is what is at it; ``summary`` what looking through the file found."""

    id: str
    worklist: str
    number: int
    state: RunState
    job: str
    request: dict[str, Any]
    rulebook: str
    patients: int
    rejected: int
    summary: dict[str, Any]
    made_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Worklists:
    """A team sees its own worklists; those of another do not exist for it."""

    database: Database
    life: timedelta = WORKLIST_LIFE

    def create(self, team: str, title: str, made_by: str) -> Worklist:
        now = self.database.clock()
        made = Worklist(secrets.token_hex(8), team, title, made_by, now, now + self.life)
        with self.database.writing() as connection:
            connection.execute(
                insert(WORKLISTS).values(
                    id=made.id,
                    team=team,
                    title=title,
                    made_by=made_by,
                    created_at=now,
                    expires_at=made.expires_at,
                )
            )
        return made

    def read(self, identifier: str, team: str) -> Worklist | None:
        with self.database.reading() as connection:
            row = (
                connection.execute(
                    select(WORKLISTS).where(WORKLISTS.c.id == identifier, WORKLISTS.c.team == team)
                )
                .mappings()
                .one_or_none()
            )
            return None if row is None else Worklist(**row)

    def of(self, team: str) -> list[Worklist]:
        """The team's worklists, the newest first."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(WORKLISTS).where(WORKLISTS.c.team == team).order_by(WORKLISTS.c.created_at.desc())
            ).mappings()
            return [Worklist(**each) for each in rows]

    def add_run(self, identifier: str, worklist: str, job: str, request: Mapping[str, Any], by: str) -> Run:
        """The next file of a worklist, to be looked through by ``job``."""
        now = self.database.clock()
        with self.database.writing() as connection:
            connection.execute(
                update(WORKLISTS).where(WORKLISTS.c.id == worklist).values(expires_at=now + self.life)
            )
            last = connection.execute(
                select(func.max(RUNS.c.number)).where(RUNS.c.worklist == worklist)
            ).scalar_one()
            connection.execute(
                insert(RUNS).values(
                    id=identifier,
                    worklist=worklist,
                    number=(last or 0) + 1,
                    state=RunState.CHECKING,
                    job=job,
                    request=dict(request),
                    rulebook="",
                    patients=0,
                    rejected=0,
                    summary={},
                    made_by=by,
                    created_at=now,
                )
            )
        found = self.run(identifier)
        assert found is not None
        return found

    def run(self, identifier: str) -> Run | None:
        with self.database.reading() as connection:
            row = connection.execute(select(RUNS).where(RUNS.c.id == identifier)).mappings().one_or_none()
            return None if row is None else _run(row)

    def runs(self, worklist: str) -> list[Run]:
        """The newest first."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(RUNS).where(RUNS.c.worklist == worklist).order_by(RUNS.c.number.desc())
            ).mappings()
            return [_run(each) for each in rows]

    def note(self, run: str, was: RunState, **values: Any) -> bool:
        """Writes what became of a run that stands so; whether it did. Of two who say so at once one is heard."""
        with self.database.writing() as connection:
            changed = connection.execute(
                update(RUNS).where(RUNS.c.id == run, RUNS.c.state == was).values(**values)
            )
            return changed.rowcount > 0

    def run_ids(self) -> set[str]:
        with self.database.reading() as connection:
            return set(connection.execute(select(RUNS.c.id)).scalars())

    def drop_run(self, run: str) -> None:
        """A run that nobody wants matched."""
        with self.database.writing() as connection:
            for table in (PAIRS, ENTRIES):
                connection.execute(delete(table).where(table.c.run == run))
            connection.execute(delete(RUNS).where(RUNS.c.id == run))
        self.database.forget()

    def delete(self, worklist: str) -> list[str]:
        """Everything that hangs on a worklist; the runs that it had, whose files are to go too."""
        with self.database.writing() as connection:
            runs = list(connection.execute(select(RUNS.c.id).where(RUNS.c.worklist == worklist)).scalars())
            for table in (PAIRS, ENTRIES):
                connection.execute(delete(table).where(table.c.run.in_(runs)))
            for held in (RUNS, STATUSES, STATUS_HISTORY, JUDGEMENTS, FILTERS):
                connection.execute(delete(held).where(held.c.worklist == worklist))
            connection.execute(delete(WORKLISTS).where(WORKLISTS.c.id == worklist))
            connection.execute(delete(RULEBOOKS).where(RULEBOOKS.c.version.not_in(select(RUNS.c.rulebook))))
        self.database.forget()
        return runs

    def delete_expired(self) -> list[str]:
        """The runs of worklists that have expired, which are gone."""
        with self.database.reading() as connection:
            over = connection.execute(
                select(WORKLISTS.c.id).where(WORKLISTS.c.expires_at <= self.database.clock())
            ).scalars()
            found = list(over)
        return [run for each in found for run in self.delete(each)]

    def keep_rulebook(self, version: str, files: bytes) -> None:
        """The files of a rulebook that a run was matched by, so that it can be opened with it later."""
        with self.database.writing() as connection:
            held = connection.execute(select(RULEBOOKS.c.version).where(RULEBOOKS.c.version == version))
            if held.first() is None:
                connection.execute(
                    insert(RULEBOOKS).values(version=version, files=files, kept_at=self.database.clock())
                )

    def rulebook(self, version: str) -> bytes | None:
        with self.database.reading() as connection:
            found = connection.execute(
                select(RULEBOOKS.c.files).where(RULEBOOKS.c.version == version)
            ).scalar_one_or_none()
            return None if found is None else bytes(found)


def _run(row: RowMapping) -> Run:
    return Run(**{**row, "state": RunState(row["state"])})
