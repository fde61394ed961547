"""What is deleted is gone from the disk, and who was shut out is not let in."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matcher.api.callers import LOCAL, Callers
from matcher.store import (
    Database,
    Jobs,
    JobState,
    Sessions,
    StoreError,
    Tokens,
    TooManyJobsError,
    open_database,
)

CANARY = "Zyxwvut Quastel"
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Database:
    return open_database(f"sqlite:///{tmp_path / 'store.sqlite'}", clock)


def on_disk(folder: Path) -> bool:
    return any(CANARY.encode() in each.read_bytes() for each in folder.iterdir())


@pytest.mark.parametrize("how", ["deleted", "expired"])
def test_a_session_that_is_over_is_nowhere_on_the_disk(
    tmp_path: Path, database: Database, clock: Clock, how: str
) -> None:
    sessions = Sessions(database, timedelta(hours=1))
    kept = sessions.create("local", {"answers": {"a": "other"}})
    identifier = sessions.create("local", {"answers": {"name": CANARY * 500}})
    for _ in range(5):
        sessions.write(identifier, "local", {"answers": {"name": CANARY * 700}})
    assert on_disk(tmp_path)
    if how == "deleted":
        sessions.delete(identifier, "local")
        assert sessions.read(kept, "local").revision == 1
    else:
        clock.now = NOON + timedelta(hours=2)
        assert sessions.sweep() == 2
    assert not on_disk(tmp_path)
    database.close()


def test_revoking_the_last_token_does_not_open_a_server(database: Database, clock: Clock) -> None:
    tokens = Tokens(database)
    assert asyncio.run(Callers(tokens, local=True).find("")) == LOCAL
    token, secret = tokens.create("intake")
    callers = Callers(tokens, local=True)
    assert asyncio.run(callers.find("")) is None
    assert asyncio.run(callers.find(f"Bearer {secret}")) is not None
    tokens.revoke(token.id)
    callers._until = -1.0
    assert asyncio.run(callers.find("")) is None
    assert asyncio.run(Callers(tokens, local=True).find("")) is None
    database.close()


def test_a_job_held_until_a_day_that_no_lease_reaches_is_taken_up(database: Database, clock: Clock) -> None:
    """The clock was a day ahead when the runner took it."""
    jobs = Jobs(database, timedelta(seconds=15))
    clock.now = NOON + timedelta(days=1)
    jobs.create("a" * 32, "local", {})
    assert jobs.claim("first")
    clock.now = NOON
    taken = jobs.claim("second")
    assert taken is not None
    assert jobs.claim("third") is None
    database.close()


def test_a_job_is_kept_for_a_runner_that_takes_long_to_begin_and_for_no_other(
    database: Database, clock: Clock
) -> None:
    jobs = Jobs(database, timedelta(seconds=15))
    job = jobs.create("a" * 32, "local", {})
    assert jobs.claim("first")
    for _ in range(3):
        clock.now += timedelta(seconds=10)
        jobs.keep(job.id, "first")
        assert jobs.claim("second") is None
    jobs.keep(job.id, "second")
    clock.now += timedelta(seconds=15)
    assert jobs.claim("second")
    database.close()


def test_a_cancelled_job_whose_runner_was_ended_is_cancelled(database: Database) -> None:
    jobs = Jobs(database)
    job = jobs.create("a" * 32, "local", {})
    assert jobs.claim("one")
    assert jobs.wanted(job.id, "one")
    jobs.cancel(job.id, "local")
    assert not jobs.wanted(job.id, "one")
    jobs.settle(job.id, "one", {})
    found = jobs.read(job.id, "local")
    assert found is not None
    assert found.state is JobState.CANCELLED
    database.close()


def test_a_store_whose_file_was_taken_away_says_so(tmp_path: Path, database: Database) -> None:
    database.check()
    (tmp_path / "store.sqlite").unlink()
    with pytest.raises(StoreError):
        database.check()
    database.close()


def test_of_jobs_that_are_sent_at_once_no_more_are_taken_than_may_be_open(database: Database) -> None:
    def send(number: int) -> bool:
        try:
            Jobs(database).create(f"{number:032}", "local", {}, most=3)
        except TooManyJobsError:
            return False
        return True

    with ThreadPoolExecutor(8) as several:
        assert sum(several.map(send, range(16))) == 3
    database.close()
