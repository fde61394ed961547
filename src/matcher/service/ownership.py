"""Which files of a folder are an earlier run's, so that they can go when another run's files come."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from matcher import DISTRIBUTION

LAST = "run.json"
NOTE = ".matcher-files"
"""What a landing that was killed leaves: the names of the files it was moving."""
_NAMES = re.compile(
    r"matches\.[a-z]{1,12}|cohort_[a-z_]{1,30}\.csv|explanations\.jsonl|rulebook\.json|(rejects|issues)\.csv|report\.html"
)
"""Every name that this program, or an earlier version of it, gives to a file of a run."""


@dataclass(frozen=True, slots=True)
class Owned:
    """The names of an earlier run's files: those that its account says it wrote, and those of a killed landing.

    Whoever puts a file of theirs into the folder keeps it. A name alone proves nothing: it has to be one that a run
    gives, *and* a run has to say that it gave it.
    """

    folder: Path
    names: frozenset[str]
    noted: frozenset[str]

    @classmethod
    def of(cls, folder: Path) -> Self:
        account, note = _read(folder / LAST), _read(folder / NOTE)
        noted = _names(note)
        program = account.get("program")
        ours = isinstance(program, dict) and program.get("name") == DISTRIBUTION
        return cls(folder, noted | (_names(account) if ours else frozenset()), noted)

    def present(self) -> list[str]:
        """Those that are there; a folder or a link that has taken the name is somebody's own."""
        return sorted(
            name
            for name in self.names
            if (self.folder / name).is_file() and not (self.folder / name).is_symlink()
        )

    def note(self, names: Collection[str], staging: Path) -> None:
        """Writes down whose files these are until the landing is over; of no names, that it is."""
        if not names:
            (self.folder / NOTE).unlink(missing_ok=True)
            return
        with (staging / NOTE).open("w", encoding="utf-8") as stream:
            json.dump({"files": sorted(names)}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        (staging / NOTE).replace(self.folder / NOTE)
        brought_to_disk(self.folder)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _names(document: dict[str, Any]) -> frozenset[str]:
    files = document.get("files")
    return frozenset(
        name
        for name in (files if isinstance(files, list) else ())
        if isinstance(name, str) and _NAMES.fullmatch(name)
    )


def brought_to_disk(folder: Path) -> None:
    """The names in a folder, so that a power cut leaves them as they were given; not every system can."""
    with suppress(OSError), _opened(folder) as number:
        os.fsync(number)


@contextmanager
def held_alone(folder: Path) -> Iterator[None]:
    """While files are moved: of two runs that end at one moment the later one takes the earlier one's files away."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with _opened(folder) as number:
        with suppress(OSError):  # a file system that cannot
            fcntl.flock(number, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    number = os.open(folder, os.O_RDONLY)
    try:
        yield number
    finally:
        os.close(number)
