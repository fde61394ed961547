"""What the size of a run decides: the engine, and whether reasons are written."""

from __future__ import annotations

from pathlib import Path

#: from so many patients the columnar engine and its processes pay
COLUMNAR_FROM = 200
#: a file larger than this is not looked into to count its rows
SMALL = 1 << 17
#: up to so many patients every candidate is explained unless asked otherwise
EXPLAINED_UP_TO = 5_000
#: patients a part, explained or not: seconds of work, so that little is lost and every process has some
EXPLAINED_PART, PART = 100, 1 << 15


def is_small(path: Path) -> bool:
    """Whether a file has certainly fewer patients than pay in columns; of a folder of tables, each of them.

    A row is a patient at most, and a file of few bytes can have thousands of them.
    """
    files = path.glob("*") if path.is_dir() else [path]
    return all(_is_short(each) for each in files if each.is_file())


def _is_short(file: Path) -> bool:
    try:
        return file.stat().st_size < SMALL and file.read_bytes().count(b"\n") <= COLUMNAR_FROM
    except OSError:  # who reads it says why it cannot be read
        return True
