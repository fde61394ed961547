"""The store: what is kept, for whom, for how long; and its tables, made once whoever comes first."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from matcher.errors import UsageError
from matcher.store import (
    Audit,
    ChangedMeanwhileError,
    Database,
    Jobs,
    JobState,
    Sessions,
    Tokens,
    UnknownSessionError,
    open_database,
)
from matcher.store.schema import METADATA
from tests.postgresql import PostgreSQL

LIFE = timedelta(hours=1)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 15, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, span: timedelta) -> None:
        self.time += span


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a store that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'in' / 'store.sqlite'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.new()


@pytest.fixture
def database(url: str, clock: Clock) -> Iterator[Database]:
    opened = open_database(url, clock)
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    """A store in a file, whose bytes can be looked at."""
    opened = open_database(f"sqlite:///{tmp_path / 'in' / 'store.sqlite'}", clock)
    yield opened
    opened.close()


def held_bytes(tmp_path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in (tmp_path / "in").iterdir())


def test_the_file_is_its_owner_s_alone(file: Database, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "in" / "store.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "in").stat().st_mode) == 0o700


def test_the_steps_lead_to_the_tables_that_are_used(database: Database) -> None:
    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    assert differences == []


def test_two_processes_may_open_a_new_store_at_once(url: str, clock: Clock) -> None:
    probe = (
        "import sys; from datetime import UTC, datetime; from matcher.store import *; "
        "print(Tokens(open_database(sys.argv[1], lambda: datetime.now(UTC))).create('intake')[0].role)"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", probe, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for each in running:
        said, wrong = each.communicate(timeout=60)
        assert (each.returncode, said.strip()) == (0, b"intake"), wrong
    again = open_database(url, clock)
    assert len(Tokens(again).all()) == 4
    again.close()


def test_a_store_of_a_later_version_is_refused(url: str, clock: Clock) -> None:
    database = open_database(url, clock)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(UsageError, match="later version"):
        open_database(url, clock)


@pytest.mark.parametrize(
    "url", ["", "no url", "nosuch://x/y", "sqlite:////proc/none/store.sqlite", "sqlite:////dev/null/x"]
)
def test_a_url_that_leads_nowhere_is_a_usage_error(url: str, clock: Clock) -> None:
    with pytest.raises(UsageError) as caught:
        open_database(url, clock)
    assert caught.value.code == "U055"


def test_a_password_in_the_url_is_not_said(clock: Clock) -> None:
    with pytest.raises(UsageError) as caught:
        open_database("nosuch://me:hunter2@host/x", clock)
    assert "hunter2" not in str(caught.value)


def test_a_session_is_its_owner_s(database: Database) -> None:
    sessions = Sessions(database, LIFE)
    identifier = sessions.create("me", {"age": 61})
    assert sessions.read(identifier, "me").document == {"age": 61}
    for wrong in ((identifier, "you"), (identifier + "x", "me"), ("", "me"), ("../../etc", "me")):
        with pytest.raises(UnknownSessionError):
            sessions.read(*wrong)
        with pytest.raises(UnknownSessionError):
            sessions.write(*wrong, {})
        with pytest.raises(UnknownSessionError):
            sessions.delete(*wrong)
    assert sessions.read(identifier, "me").revision == 1


def test_writing_counts_and_puts_the_end_off(database: Database, clock: Clock) -> None:
    sessions = Sessions(database, LIFE)
    identifier = sessions.create("me", {})
    clock.pass_(LIFE * 0.9)
    assert sessions.write(identifier, "me", {"age": 61}) == 2
    clock.pass_(LIFE * 0.9)
    assert sessions.read(identifier, "me").document == {"age": 61}


def test_a_session_ends_and_is_swept(database: Database, clock: Clock) -> None:
    sessions = Sessions(database, LIFE)
    old = sessions.create("me", {})
    clock.pass_(LIFE / 2)
    young = sessions.create("me", {})
    clock.pass_(LIFE / 2)
    with pytest.raises(UnknownSessionError):
        sessions.read(old, "me")
    assert (sessions.count(), sessions.sweep(), sessions.sweep()) == (1, 1, 0)
    assert sessions.read(young, "me").document == {}


def test_a_write_in_between_is_noticed(database: Database) -> None:
    sessions = Sessions(database, LIFE)
    identifier = sessions.create("me", {})
    read = sessions.read(identifier, "me").revision
    sessions.write(identifier, "me", {"a": 1}, read)
    with pytest.raises(ChangedMeanwhileError):
        sessions.write(identifier, "me", {"b": 1}, read)
    assert sessions.read(identifier, "me").document == {"a": 1}


def test_neither_session_ids_nor_tokens_are_kept(file: Database, tmp_path: Path) -> None:
    identifier = Sessions(file, LIFE).create("me", {})
    _, secret = Tokens(file).create("intake", "ward 3")
    held = held_bytes(tmp_path)
    assert b"ward 3" in held
    assert identifier.encode() not in held
    assert secret.encode() not in held


def test_a_token_lives_until_it_expires_or_is_revoked(database: Database, clock: Clock) -> None:
    tokens = Tokens(database)
    brief, _ = tokens.create("viewer", expires_at=clock() + LIFE)
    lasting, _ = tokens.create("admin")
    assert brief.live(clock())
    clock.pass_(LIFE)
    assert not brief.live(clock())
    assert tokens.revoke(lasting.id)
    assert not tokens.revoke(lasting.id)
    assert not tokens.revoke("none")
    assert [each.live(clock()) for each in tokens.all()] == [False, False]
    assert [each.id for each in tokens.by_hash().values()] == [brief.id]


def test_a_job_is_one_runner_s_until_its_lease_runs_out(database: Database, clock: Clock) -> None:
    jobs = Jobs(database, lease=timedelta(seconds=10))
    first, second = jobs.new_id(), jobs.new_id()
    jobs.create(first, "me", {"n": 1})
    clock.pass_(timedelta(seconds=1))
    jobs.create(second, "you", {"n": 2})
    taken = jobs.claim("A")
    assert taken is not None
    assert (taken.id, taken.state, taken.request) == (first, JobState.RUNNING, {"n": 1})
    other = jobs.claim("B")
    assert other is not None
    assert other.id == second
    assert jobs.claim("C") is None
    clock.pass_(timedelta(seconds=9))
    assert jobs.progress(first, "A", total=10, done=3, rejected=1, rulebook="v")
    clock.pass_(timedelta(seconds=9))
    again = jobs.claim("C")
    assert again is not None
    assert (again.id, again.attempts) == (second, 2)
    assert not jobs.progress(second, "B", total=10, done=3, rejected=1, rulebook="v")
    assert not jobs.finish(second, "B", JobState.DONE)
    assert jobs.finish(first, "A", JobState.DONE)
    done = jobs.read(first, "me")
    assert done is not None
    assert (done.state, done.done, done.rejected, done.finished_at) == (JobState.DONE, 3, 1, clock())


def test_a_job_is_its_owner_s(database: Database) -> None:
    jobs = Jobs(database)
    identifier = jobs.new_id()
    jobs.create(identifier, "me", {})
    assert jobs.read(identifier, "you") is None
    assert jobs.cancel(identifier, "you") is None
    assert not jobs.delete(identifier, "you")
    assert jobs.of("you", 10) == []
    assert [each.id for each in jobs.of("me", 10)] == [identifier]
    assert jobs.delete(identifier, "me")


def test_cancelling_ends_what_waits_and_tells_what_runs(database: Database) -> None:
    jobs = Jobs(database)
    waiting, running = jobs.new_id(), jobs.new_id()
    jobs.create(running, "me", {})
    assert jobs.claim("A") is not None
    jobs.create(waiting, "me", {})
    ended = jobs.cancel(waiting, "me")
    told = jobs.cancel(running, "me")
    assert ended is not None
    assert told is not None
    assert (ended.state, told.state) == (JobState.CANCELLED, JobState.RUNNING)
    assert not jobs.progress(running, "A", total=1, done=0, rejected=0, rulebook="")
    assert jobs.waiting("me") == 1


def test_a_runner_that_keeps_dying_is_not_tried_for_ever(database: Database) -> None:
    jobs = Jobs(database)
    identifier = jobs.new_id()
    jobs.create(identifier, "me", {})
    tries = 0
    while jobs.claim(f"R{tries}") is not None:
        jobs.settle(identifier, f"R{tries}", {"code": "U064", "place": "", "detail": "x"})
        tries += 1
    job = jobs.read(identifier, "me")
    assert job is not None
    assert (job.state, tries) == (JobState.FAILED, 3)


def test_giving_a_job_back_costs_no_attempt(database: Database) -> None:
    jobs = Jobs(database)
    identifier = jobs.new_id()
    jobs.create(identifier, "me", {})
    for number in range(5):
        job = jobs.claim(f"R{number}")
        assert job is not None
        assert job.attempts == 1
        jobs.release(identifier, f"R{number}")


def test_old_jobs_are_removed(database: Database, clock: Clock) -> None:
    jobs = Jobs(database)
    old, open_one = jobs.new_id(), jobs.new_id()
    jobs.create(old, "me", {})
    jobs.cancel(old, "me")
    jobs.create(open_one, "me", {})
    clock.pass_(LIFE)
    assert jobs.delete_finished_before(clock()) == [old]
    assert jobs.ids() == {open_one}
    assert jobs.waiting() == 1


def test_the_audit_says_who_did_what(database: Database, clock: Clock) -> None:
    audit = Audit(database)
    audit.record("me", "job begun", "1")
    audit.record("you", "job deleted", "1")
    assert [(each.actor, each.action, each.at) for each in audit.latest(1)] == [
        ("you", "job deleted", clock())
    ]
