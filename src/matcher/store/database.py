"""One database, opened and brought up to date."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from matcher.errors import UsageError

Clock: TypeAlias = Callable[[], datetime]
"""Gives the time, with its zone. The store is handed one; it never looks at a clock of its own."""

_WAIT_SECONDS = 30
_MIGRATIONS = Path(__file__).with_name("migrations")
_LATEST = max(each.stem for each in (_MIGRATIONS / "versions").glob("step_*.py")).removeprefix("step_")
_LOCK = 7_264_915
"""The number of the advisory lock under which PostgreSQL is migrated; any number nobody else uses."""


class StoreError(UsageError):
    """The store cannot be read or written to. What its driver says is not kept: it may quote a patient."""

    def __init__(self, error: BaseException) -> None:
        kind = type(error).__name__
        super().__init__(f"the store does not answer, or what it holds is damaged ({kind})", code="U055")


@contextmanager
def _discreetly() -> Iterator[None]:
    """A row that cannot be decoded is as much the store's fault as a page that cannot be read."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError, ValueError) as error:
        raise StoreError(error) from None


@dataclass(frozen=True, slots=True)
class Database:
    """Transactions on the store. Writers of SQLite wait for each other from their first statement on.

    What fails in one is a ``StoreError``.
    """

    engine: Engine
    clock: Clock

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with _discreetly(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with _discreetly(), self.engine.connect() as connection:
            connection.execution_options(matcher_writes=True)
            with connection.begin():
                yield connection

    def check(self) -> None:
        """``StoreError`` where it does not answer, or where its file was taken away: what is open still works then."""
        with self.reading() as connection:
            connection.execute(text("SELECT id FROM tokens LIMIT 1")).first()
            path = self.engine.url.database
            if self.engine.dialect.name == "sqlite" and path and not path.startswith((":memory:", "file:")):
                Path(path).stat()

    def forget(self) -> None:
        """After a deletion: what was deleted leaves the log that SQLite writes ahead, as far as no reader needs it."""
        if self.engine.dialect.name != "sqlite":
            return
        with _discreetly(), self.engine.connect() as connection:
            held = connection.connection.dbapi_connection
            assert held is not None
            held.execute("PRAGMA busy_timeout = 1000")
            try:
                held.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                held.execute(f"PRAGMA busy_timeout = {_WAIT_SECONDS * 1000}")

    def close(self) -> None:
        self.engine.dispose()


def default_url() -> str:
    """SQLite in the user's data directory."""
    return f"sqlite:///{user_data_path('trial-matcher', appauthor=False) / 'store.sqlite'}"


def open_database(url: str, clock: Clock) -> Database:
    """The store at a SQLAlchemy URL, its tables made or brought up to date; ``UsageError`` where that fails.

    Processes that open it at the same time wait for each other. A file of SQLite is readable by its owner only.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            _private(parsed.database)
        engine = create_engine(
            parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite", hide_parameters=True
        )
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise UsageError(
            "the store's URL names no database that can be used",
            "write it as in sqlite:////path/store.sqlite, and install its driver",
            "U055",
        ) from None
    except OSError as error:
        raise UsageError(f"the store cannot be made: {error.strerror}", code="U055") from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    database = Database(engine, clock)
    try:
        _bring_up_to_date(database)
    except (StoreError, SQLAlchemyError):
        raise UsageError("the store cannot be opened", code="U055") from None
    return database


def _private(path: str | None) -> None:
    if not path or path == ":memory:" or path.startswith("file:"):
        return
    place = Path(path)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.touch(mode=0o600)


def _prepare_sqlite(engine: Engine) -> None:
    """Transactions begin when they are begun: the driver would put that off until the first write."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_WAIT_SECONDS * 1000}")
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous = NORMAL")
        # What is deleted is written over: without this its page only counts as free.
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("matcher_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """While another process makes the same change SQLite refuses at once, whatever the time it is to wait."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _bring_up_to_date(database: Database) -> None:
    """Leaves no connection open where it fails."""
    try:
        _migrate(database)
    except BaseException:
        database.close()
        raise


def _migrate(database: Database) -> None:
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        if _stands_at(connection) == _LATEST:
            return
        # What migrates takes as long to load as all else of a store, and is needed once in the life of one.
        from matcher.store.migrating import migrate

        migrate(connection, _MIGRATIONS)


def _stands_at(connection: Connection) -> str | None:
    """The last step that was taken, which Alembic writes down; none in a store that was just made."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
