"""Batch jobs: what was asked for, how far it is, and who is at it.

A runner holds a job by a lease that it renews while it works. A job whose lease has run out was dropped by a
runner that is gone, and the next one takes it up again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, delete, func, insert, or_, select, update

from matcher.store.database import Database
from matcher.store.schema import JOBS

MOST_ATTEMPTS = 3


class JobState(StrEnum):
    """Where a job stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        return self not in (JobState.QUEUED, JobState.RUNNING)


class TooManyJobsError(RuntimeError):
    """The owner has as many open jobs as one may have."""


@dataclass(frozen=True, slots=True)
class Job:
    """``total`` is known once the file was looked through; ``done`` counts patients matched or rejected."""

    id: str
    owner: str
    state: JobState
    request: dict[str, Any]
    total: int | None
    done: int
    rejected: int
    rulebook: str
    problem: dict[str, Any] | None
    cancel: bool
    attempts: int
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Jobs:
    """A runner that does not report for as long as ``lease`` has lost its job."""

    database: Database
    lease: timedelta = timedelta(seconds=15)

    @staticmethod
    def new_id() -> str:
        """An identifier nobody can guess, fit for the name of a folder."""
        return secrets.token_hex(16)

    def create(self, identifier: str, owner: str, request: Mapping[str, Any], most: int | None = None) -> Job:
        """A new job; ``TooManyJobsError`` where the owner has ``most`` that are not over.

        Of several that are sent at once each is counted: they are written one after the other.
        """
        with self.database.writing() as connection:
            if most is not None and connection.execute(_open_jobs(owner)).scalar_one() >= most:
                raise TooManyJobsError
            connection.execute(
                insert(JOBS).values(
                    id=identifier,
                    owner=owner,
                    state=JobState.QUEUED,
                    request=dict(request),
                    done=0,
                    rejected=0,
                    rulebook="",
                    cancel=False,
                    attempts=0,
                    runner="",
                    created_at=self.database.clock(),
                )
            )
        found = self.read(identifier, owner)
        assert found is not None
        return found

    def read(self, identifier: str, owner: str) -> Job | None:
        """The job, if there is one and it is this owner's."""
        with self.database.reading() as connection:
            row = (
                connection.execute(select(JOBS).where(JOBS.c.id == identifier, JOBS.c.owner == owner))
                .mappings()
                .one_or_none()
            )
            return None if row is None else _job(row)

    def of(self, owner: str, most: int, offset: int = 0) -> list[Job]:
        """The owner's jobs, newest first."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(JOBS)
                .where(JOBS.c.owner == owner)
                .order_by(JOBS.c.created_at.desc(), JOBS.c.id)
                .limit(most)
                .offset(offset)
            ).mappings()
            return [_job(row) for row in rows]

    def waiting(self, owner: str | None = None) -> int:
        """How many are not over yet."""
        with self.database.reading() as connection:
            return int(connection.execute(_open_jobs(owner)).scalar_one())

    def claim(self, runner: str) -> Job | None:
        """The oldest job that nobody is at, taken; ``None`` where there is none."""
        now = self.database.clock()
        free = or_(
            JOBS.c.state == JobState.QUEUED,
            and_(JOBS.c.state == JobState.RUNNING, JOBS.c.lease_until <= now),
            # The clock was set back since: no lease is that long.
            and_(JOBS.c.state == JobState.RUNNING, JOBS.c.lease_until > now + 2 * self.lease),
        )
        with self.database.reading() as connection:
            if connection.execute(select(JOBS.c.id).where(free).limit(1)).first() is None:
                return None
        with self.database.writing() as connection:
            found = connection.execute(
                select(JOBS.c.id)
                .where(free)
                .order_by(JOBS.c.created_at, JOBS.c.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).scalar_one_or_none()
            if found is None:
                return None
            connection.execute(
                update(JOBS)
                .where(JOBS.c.id == found)
                .values(
                    state=JobState.RUNNING,
                    runner=runner,
                    lease_until=now + self.lease,
                    attempts=JOBS.c.attempts + 1,
                )
            )
            row = connection.execute(select(JOBS).where(JOBS.c.id == found)).mappings().one()
            return _job(row)

    def progress(
        self, identifier: str, runner: str, *, total: int | None, done: int, rejected: int, rulebook: str
    ) -> bool:
        """Says how far the runner is and renews its lease. Whether it should go on.

        It should not where the job was cancelled, deleted, or taken over by another runner.
        """
        held = self._held(identifier, runner)
        with self.database.writing() as connection:
            changed = connection.execute(
                update(JOBS)
                .where(held)
                .values(
                    total=total,
                    done=done,
                    rejected=rejected,
                    rulebook=rulebook,
                    lease_until=self.database.clock() + self.lease,
                )
            )
            if not changed.rowcount:
                return False
            return not connection.execute(select(JOBS.c.cancel).where(held)).scalar_one()

    def keep(self, identifier: str, runner: str) -> None:
        """Renews the lease of a runner that is there and has not said anything yet."""
        with self.database.writing() as connection:
            until = self.database.clock() + self.lease
            connection.execute(update(JOBS).where(self._held(identifier, runner)).values(lease_until=until))

    def wanted(self, identifier: str, runner: str) -> bool:
        """Whether the runner still holds the job, and nobody asked it to stop."""
        with self.database.reading() as connection:
            held = select(JOBS.c.id).where(self._held(identifier, runner), JOBS.c.cancel.is_(False))
            return connection.execute(held).first() is not None

    def finish(
        self, identifier: str, runner: str, state: JobState, problem: Mapping[str, Any] | None = None
    ) -> bool:
        """Whether the runner still held the job."""
        with self.database.writing() as connection:
            changed = connection.execute(
                update(JOBS)
                .where(self._held(identifier, runner))
                .values(
                    state=state,
                    problem=dict(problem) if problem else None,
                    lease_until=None,
                    finished_at=self.database.clock(),
                )
            )
            return changed.rowcount > 0

    def release(self, identifier: str, runner: str) -> None:
        """Gives a job back unfinished, as a server does that is told to stop."""
        with self.database.writing() as connection:
            connection.execute(
                update(JOBS)
                .where(self._held(identifier, runner))
                .values(state=JobState.QUEUED, lease_until=None, runner="", attempts=JOBS.c.attempts - 1)
            )

    def settle(self, identifier: str, runner: str, problem: Mapping[str, Any]) -> None:
        """After a runner that ended without a word: the job waits for another, or has failed too often."""
        with self.database.writing() as connection:
            held = self._held(identifier, runner)
            connection.execute(
                update(JOBS)
                .where(held, JOBS.c.cancel.is_(True))
                .values(state=JobState.CANCELLED, lease_until=None, finished_at=self.database.clock())
            )
            connection.execute(
                update(JOBS)
                .where(held, JOBS.c.attempts >= MOST_ATTEMPTS)
                .values(
                    state=JobState.FAILED,
                    problem=dict(problem),
                    lease_until=None,
                    finished_at=self.database.clock(),
                )
            )
            connection.execute(
                update(JOBS).where(held).values(state=JobState.QUEUED, lease_until=None, runner="")
            )

    def cancel(self, identifier: str, owner: str) -> Job | None:
        """Asks the runner to stop; a job that nobody is at is over at once. A job that is over stays as it is."""
        now = self.database.clock()
        mine = and_(JOBS.c.id == identifier, JOBS.c.owner == owner)
        with self.database.writing() as connection:
            connection.execute(
                update(JOBS)
                .where(mine, JOBS.c.state == JobState.QUEUED)
                .values(state=JobState.CANCELLED, cancel=True, finished_at=now)
            )
            connection.execute(update(JOBS).where(mine, JOBS.c.state == JobState.RUNNING).values(cancel=True))
        return self.read(identifier, owner)

    def delete(self, identifier: str, owner: str) -> bool:
        """What was wrong with a file is forgotten too: it may name a field that was called like a patient."""
        with self.database.writing() as connection:
            gone = connection.execute(delete(JOBS).where(JOBS.c.id == identifier, JOBS.c.owner == owner))
        self.database.forget()
        return gone.rowcount > 0

    def delete_finished_before(self, moment: datetime) -> list[str]:
        """Removes jobs that were over by then; their ids, so that their files can go too."""
        old = and_(JOBS.c.finished_at.is_not(None), JOBS.c.finished_at <= moment)
        with self.database.writing() as connection:
            found = list(connection.execute(select(JOBS.c.id).where(old)).scalars())
            connection.execute(delete(JOBS).where(old))
        if found:
            self.database.forget()
        return found

    def ids(self) -> set[str]:
        with self.database.reading() as connection:
            return set(connection.execute(select(JOBS.c.id)).scalars())

    @staticmethod
    def _held(identifier: str, runner: str) -> ColumnElement[bool]:
        return and_(JOBS.c.id == identifier, JOBS.c.runner == runner, JOBS.c.state == JobState.RUNNING)


def _open_jobs(owner: str | None) -> Select[int]:
    """How many jobs are not over, of one owner or of all."""
    mine: ColumnElement[bool] = JOBS.c.state.in_([JobState.QUEUED, JobState.RUNNING])
    if owner is not None:
        mine = and_(mine, JOBS.c.owner == owner)
    return select(func.count()).select_from(JOBS).where(mine)


def _job(row: RowMapping) -> Job:
    left_out = ("runner", "lease_until")
    fields: dict[str, Any] = {name: value for name, value in row.items() if name not in left_out}
    return Job(**{**fields, "state": JobState(fields["state"])})
