"""What a large run was asked for, in a form that another process and a later day can go by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from matcher import program_version
from matcher.readers.mapping import mapping_file
from matcher.standing.standing import StandingKind

#: what is read of a file to know it again, at either end
_ENDS = 1 << 16
#: the form in which parts are kept; one of another form cannot be gone on with
_KEPT = 2


@dataclass(frozen=True, slots=True)
class Job:
    """The input, the day and the options that the rows of a run depend on.

    ``part`` is how many patients are taken at a time.
    """

    patients: Path
    mapping: Path | None
    rulebook: str
    as_of: date | None
    today: date
    part: int
    top: int | None = None
    standings: tuple[StandingKind, ...] = ()
    include_closed: bool = False
    include_deceased: bool = False
    form: str = "csv"
    explained: bool = False

    def manifest(self) -> dict[str, Any]:
        """What has to be the same for a run to be gone on with: the content of the input, and what was asked."""
        return {
            "program": program_version(),
            "input": identity(self.patients),
            "mapping": identity(mapping_file(self.mapping)) if self.mapping else None,
            "rulebook": self.rulebook,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "today": self.today.isoformat(),
            "options": {
                "top": self.top,
                "standing": [each.value for each in self.standings],
                "include_closed": self.include_closed,
                "include_deceased": self.include_deceased,
                "format": self.form,
                "explanations": self.explained,
            },
            "part": self.part,
            "kept": _KEPT,
        }


def identity(path: Path) -> dict[str, Any]:
    """Name, size, time and both ends of a file, or of every file of a folder."""
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    return {str(each.relative_to(path.parent)): _of_file(each) for each in files}


def _of_file(path: Path) -> list[Any]:
    found = path.stat()
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        digest.update(stream.read(_ENDS))
        stream.seek(max(0, found.st_size - _ENDS))
        digest.update(stream.read(_ENDS))
    return [found.st_size, found.st_mtime_ns, digest.hexdigest()]


#: words for what differs between two manifests
DIFFERENCES: Mapping[str, str] = {
    "program": "another version of the program",
    "input": "other patients, or a file that has changed since",
    "mapping": "another mapping",
    "rulebook": "another rulebook",
    "as_of": "another --as-of",
    "today": "another day",
    "options": "other options",
    "part": "another number of patients a part",
    "kept": "parts in a form of another version",
}
