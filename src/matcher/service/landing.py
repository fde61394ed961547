"""The files of a run, written aside and put in place together at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from matcher.errors import UsageError

LAST = "run.json"


class Landing:
    """A folder that a run's files land in together, or not at all.

    They are written to a hidden folder inside it and moved into place by ``land``. ``run.json`` goes first and
    comes last, so a folder that has one holds a whole run, even after a power cut between two moves. Files of
    an earlier run are put back when a move fails.
    """

    def __init__(
        self, folder: Path, names: Iterable[str], inputs: Iterable[Path] = (), aside: Path | None = None
    ) -> None:
        """``aside`` is a folder to write to that somebody else takes away, should this process be killed."""
        self.folder = folder
        self._aside = aside
        self.names = tuple(sorted(names, key=lambda name: name == LAST))
        self._inputs = tuple(inputs)
        self._made: list[Path] = []
        self._open: list[IO[str]] = []
        self._others: list[Path] = []
        self._staging: Path | None = None

    def __enter__(self) -> Self:
        self._refuse_what_would_be_lost()
        with writing(self.folder):
            missing = [each for each in (self.folder, *self.folder.parents) if not each.exists()]
            self.folder.mkdir(parents=True, exist_ok=True)
            self._made = [each for each in missing if each.exists()]
            if self._aside is not None:
                shutil.rmtree(self._aside, ignore_errors=True)
                self._aside.mkdir()
            self._staging = self._aside or Path(tempfile.mkdtemp(prefix=".matcher-", dir=self.folder))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in self._open:
            stream.close()
        if self._staging is not None:
            shutil.rmtree(self._staging, ignore_errors=True)
        for folder in self._made:
            if any(folder.iterdir()):
                break
            folder.rmdir()

    def open(self, name: str, *, newline: str | None = "\n") -> IO[str]:
        """A file that will land under this name, or that is only needed on the way there."""
        stream = (self._staged / name).open("w+", encoding="utf-8", newline=newline)
        self._open.append(stream)
        return stream

    def path(self, name: str) -> Path:
        """The same for a file that somebody else opens and closes."""
        self._others.append(self._staged / name)
        return self._others[-1]

    def land(self) -> tuple[Path, ...]:
        """Puts every file in place."""
        with writing(self.folder):
            for stream in self._open:
                if not stream.closed:
                    stream.flush()
                    os.fsync(stream.fileno())
                    stream.close()
            for path in self._others:
                with path.open("rb+") as written:
                    os.fsync(written.fileno())
            self._move()
        return tuple(self.folder / name for name in self.names)

    def _move(self) -> None:
        previous = self._staged / "previous"
        previous.mkdir()
        aside: list[str] = []
        landed: list[str] = []
        try:
            for name in reversed(self.names):
                if (self.folder / name).exists():
                    (self.folder / name).replace(previous / name)
                    aside.append(name)
            for name in self.names:
                (self._staged / name).replace(self.folder / name)
                landed.append(name)
        except BaseException:
            for name in landed:
                (self.folder / name).unlink()
            for name in reversed(aside):
                (previous / name).replace(self.folder / name)
            raise

    @property
    def _staged(self) -> Path:
        assert self._staging is not None
        return self._staging

    def _refuse_what_would_be_lost(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise UsageError(f"{self.folder} is a file", "give a directory with --out", "U003")
        held = {each.resolve() for each in self._inputs}
        for name in self.names:
            path = self.folder / name
            if path.is_dir():
                raise UsageError(
                    f"{path} is a directory, and a file of that name is to be written", code="U008"
                )
            if path.resolve() in held:
                raise UsageError(f"{path} is read by this run and would be overwritten", code="U008")


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """What the system says against writing, as an error of the command."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        raise UsageError(f"{folder} cannot be written to: {reason}", code="U008") from None
