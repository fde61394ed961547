"""A real PostgreSQL for tests, in a folder of its own, reached through a socket in that folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine, text

_INSTALLED = Path("/usr/lib/postgresql")


def program(name: str) -> str | None:
    """Where a program of PostgreSQL is; Debian keeps those of the server off the path."""
    found = sorted(_INSTALLED.glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A server that runs; ``url`` has a place for the name of a database."""

    url: str

    def new(self) -> str:
        """The URL of a database that nobody has used."""
        name = f"d{uuid.uuid4().hex}"
        server = create_engine(self.url.format("postgres"), isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        server.dispose()
        return self.url.format(name)


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """Stopped and gone afterwards."""
    # PostgreSQL refuses to be run by root, and its own user has to reach the folder; pytest's are closed to others.
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="matcher-") as place:
        folder = Path(place)
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        _run(user, "initdb", "--pgdata", data, "--username", "matcher", "--auth", "trust", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        log = folder / "log"
        _run(user, "pg_ctl", "start", "--wait", "--pgdata", data, "--log", log, "--options", options)
        try:
            yield PostgreSQL(f"postgresql+psycopg://matcher@/{{}}?host={quote(place, safe='')}")
        finally:
            _run(user, "pg_ctl", "stop", "--wait", "--pgdata", data, "--mode", "fast")


def _run(user: str | None, name: str, *arguments: object) -> None:
    path = program(name)
    assert path is not None
    done = subprocess.run(
        [path, *map(str, arguments)],
        user=user,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()
