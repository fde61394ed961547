"""The parts of a run that are done, kept beside its files until all of them are: what ``--resume`` goes on from."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from matcher.errors import UsageError
from matcher.readers.outcome import Issue, Reading, Reject
from matcher.service.bulk.counts import Counts
from matcher.service.bulk.job import DIFFERENCES, Job
from matcher.service.landing import writing

NAME = ".matcher-run"
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class PartAccount:
    """What a part gave, without its rows: of these there are ``rows`` in a file with this ``digest``."""

    number: int
    patients: int
    reading: Reading
    rejects: tuple[Reject, ...]
    issues: tuple[Issue, ...]
    counts: Counts
    cohort: dict[str, Any]
    rows: int
    digest: str = ""


_ACCOUNT = TypeAdapter(PartAccount)


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A hidden folder where the files are to go.

    A part is done when its account is there: rows come before it, and both are written aside, brought to the disk
    and renamed. So whatever stops a run, what stands here under its name is whole.
    """

    path: Path
    #: folders that were made for it
    made: tuple[Path, ...] = ()

    def rows(self, number: int) -> Path:
        return self.path / f"{number:06}.rows"

    def account(self, number: int) -> Path:
        return self.path / f"{number:06}.json"

    def done(self, number: int) -> PartAccount | None:
        """The account of a part, if it is whole."""
        try:
            digest, content = self.account(number).read_bytes().split(b"\n", 1)
            if hashlib.sha256(content).hexdigest().encode() != digest:
                return None
            found: PartAccount = _ACCOUNT.validate_json(content)
            return found if found.number == number and _digest(self.rows(number)) == found.digest else None
        except (OSError, ValueError):
            return None

    def keep(self, account: PartAccount, write: Callable[[Path], None]) -> PartAccount:
        """Keeps a part: its rows, written by ``write``, and then its account."""
        with writing(self.path.parent):
            with aside(self.rows(account.number)) as path:
                write(path)
            kept = replace(account, digest=_digest(self.rows(account.number)))
            content = _ACCOUNT.dump_json(kept)
            with aside(self.account(account.number)) as path:
                path.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        return kept

    def parts_done(self) -> int:
        return sum(1 for each in self.path.glob("*.json") if each.stem.isdigit())

    def remove(self) -> None:
        """Takes the folder away: first what makes it a run, so that half of it is nothing to go on from."""
        with suppress(OSError):
            (self.path / _MANIFEST).unlink()
        shutil.rmtree(self.path, ignore_errors=True)

    def give_up(self) -> None:
        """Takes it away as if it had never been begun."""
        self.remove()
        for folder in self.made:
            if any(folder.iterdir()):
                break
            folder.rmdir()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """A path to write to; what is there at the end is brought to the disk and takes the name."""
    written = path.with_name(f"{path.name}.{platform.node()}.{os.getpid()}.part")
    try:
        yield written
        with written.open("rb+") as stream:
            os.fsync(stream.fileno())
        written.replace(path)
    finally:
        written.unlink(missing_ok=True)


def unfinished(out: Path) -> dict[str, Any] | None:
    """What the unfinished run in a folder was asked for, if there is one."""
    try:
        found = json.loads((out / NAME / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def day_of_unfinished(out: Path) -> date | None:
    """The day on which the unfinished run took patients to be seen who have no day of their own."""
    found = (unfinished(out) or {}).get("today")
    return date.fromisoformat(found) if isinstance(found, str) else None


@contextmanager
def run_folder(out: Path, job: Job, *, resume: bool) -> Iterator[RunFolder]:
    """The folder of the parts; it stays unless the run ends well."""
    path, asked = out / NAME, json.loads(json.dumps(job.manifest()))
    with writing(out):
        made = tuple(each for each in (out, *out.parents) if not each.exists())
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Before anything is said of what lies there: of a run that still goes on nothing may be deleted.
        with _alone(path):
            held = unfinished(out)
            if held is None:
                _begin(path, asked)
            elif not resume:
                raise UsageError(f"{path} holds a run that was not finished", code="U041")
            elif held != asked:
                differing = [words for name, words in DIFFERENCES.items() if held.get(name) != asked[name]]
                raise UsageError(f"the run in {path} was begun with {', '.join(differing)}", code="U042")
            yield RunFolder(path, made)


def _begin(path: Path, asked: dict[str, Any]) -> None:
    for each in path.iterdir():
        if each.name != _LOCK:
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    with aside(path / _MANIFEST) as manifest:
        manifest.write_text(json.dumps(asked, indent=1) + "\n", "utf-8")


_LOCK = "lock"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Holds the folder against another run, where the system can; a run that was killed holds nothing."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (path / _LOCK).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(f"another run is writing to {path.parent}", code="U045") from None
        yield
