"""Tables of a DuckDB database as the files of an export: those that a mapping names, put aside while they are read."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import weakref
from importlib.util import find_spec
from pathlib import Path

from matcher.errors import UsageError
from matcher.readers.aside import folder_aside
from matcher.readers.export import Export
from matcher.readers.mapping import MarkedMapping

_MARK = b"DUCK"
_COPY = """
import json, sys
import duckdb
path, folder, wanted = json.load(sys.stdin)
try:
    with duckdb.connect(path, read_only=True) as database:
        rows = database.execute("select table_schema, table_name from information_schema.tables").fetchall()
        for schema, name in rows:
            if name.casefold() in wanted:
                table = ".".join('"' + each.replace('"', '""') + '"' for each in (schema, name))
                target = f"{folder}/{name.casefold()}.parquet".replace("'", "''")
                database.execute(f"copy (select * from {table}) to '{target}' (format parquet)")
except duckdb.Error as error:
    sys.exit(str(error).splitlines()[0])
"""


def is_duckdb(path: Path) -> bool:
    """By the mark behind the checksum of its first block."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            return stream.read(12)[8:] == _MARK
    except OSError:
        return False


def export_of(path: Path, marked: MarkedMapping) -> Export:
    """The patients of a database by a mapping of several tables. The database is opened for reading alone."""
    if find_spec("duckdb") is None:
        message = f"{path.name} is a DuckDB database, and the package duckdb is not installed"
        raise UsageError(message, "pip install 'trial-matcher[duckdb]', or export the tables", code="U011")
    folder = folder_aside()
    try:
        _copy(path, folder, _stems(marked))
        export = Export(folder, marked)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(export, shutil.rmtree, folder, ignore_errors=True)
    return export


def _copy(path: Path, folder: Path, wanted: set[str]) -> None:
    """The tables as Parquet, written by a process of their own: what the database takes of memory goes with it."""
    asked = json.dumps([str(path), str(folder), sorted(wanted)])
    run = subprocess.run(  # noqa: S603 - the words are ours, and the names go by standard input
        [sys.executable, "-c", _COPY], input=asked, capture_output=True, text=True, check=False
    )
    if run.returncode:
        lines = run.stderr.strip().splitlines() or ["it ended without a word"]
        raise UsageError(f"{path.name} cannot be read as a DuckDB database: {lines[-1]}", code="U011")
    if not any(folder.iterdir()):
        raise UsageError(f"{path.name} has none of the tables {', '.join(sorted(wanted))}", code="U004")


def _stems(marked: MarkedMapping) -> set[str]:
    """The names of the tables, as those of the files without their endings."""
    forms = [marked.mapping.file, *marked.mapping.tables.values()]
    return {Path(name).stem.casefold() for form in forms for name in form.name}
