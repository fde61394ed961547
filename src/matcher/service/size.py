"""What the size of a run decides: the engine, and whether reasons are written."""

from __future__ import annotations

from pathlib import Path

#: from so many patients the columnar engine and its processes pay
COLUMNAR_FROM = 200
#: a file smaller than this has fewer patients than that, or so few more that nobody waits for them
SMALL = 1 << 17
#: up to so many patients every candidate is explained unless asked otherwise
EXPLAINED_UP_TO = 5_000
#: patients a part, explained or not: seconds of work, so that little is lost and every process has some
EXPLAINED_PART, PART = 100, 1 << 15


def is_small(path: Path) -> bool:
    """Told without reading: a folder of tables by the largest of them."""
    files = path.glob("*") if path.is_dir() else [path]
    return max((each.stat().st_size for each in files), default=0) < SMALL
