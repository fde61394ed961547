"""The files of a run, written aside and put in place together at the end."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from matcher.errors import UsageError
from matcher.readers.aside import folder_aside
from matcher.service.ownership import LAST, Owned, brought_to_disk, held_alone


class Landing:
    """A folder that a run's files land in together, or not at all.

    They are written to a hidden folder inside it and moved into place by ``land``: first all of an earlier run go,
    ``run.json`` before the others, then the new ones come, and ``run.json`` last. So a folder that has one holds a
    whole run, and files of two runs never lie beside each other, whenever the process is killed or the power fails.
    Files of an earlier run are put back when a move fails.
    """

    def __init__(
        self,
        folder: Path,
        names: Iterable[str],
        inputs: Iterable[Path] = (),
        aside: Path | None = None,
        *,
        private: bool = True,
    ) -> None:
        """``aside`` is a folder to write to that somebody else takes away, should this process be killed.

        What is ``private`` only its owner may read.
        """
        self._private = private
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
                self._aside.mkdir(mode=0o700)
            self._staging = self._aside or folder_aside(self.folder, ".matcher-")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in self._open:
            # On a full disk what was still to be written cannot be; it is about to be removed.
            with suppress(OSError):
                stream.close()
        if self._staging is not None:
            shutil.rmtree(self._staging, ignore_errors=True)
        for folder in self._made:
            if any(folder.iterdir()):
                break
            folder.rmdir()

    def open(self, name: str, *, newline: str | None = "\n") -> IO[str]:
        """A file that will land under this name, or that is only needed on the way there."""
        stream: IO[str] = open(  # noqa: SIM115 - it is closed at the end
            self._staged / name, "w+", encoding="utf-8", newline=newline, opener=self._made_for
        )
        self._open.append(stream)
        return stream

    def _made_for(self, path: str, flags: int) -> int:
        return os.open(path, flags, 0o600 if self._private else 0o666)

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
                if self._private:
                    path.chmod(0o600)
            with held_alone(self.folder):
                self._move()
        return tuple(self.folder / name for name in self.names)

    def _move(self) -> None:
        previous = self._staged / "previous"
        previous.mkdir()
        owned = Owned.of(self.folder)
        aside: list[str] = []
        landed: list[str] = []
        try:
            # Should the process be killed from here on, the next run knows by this what to take away.
            owned.note(owned.names, self._staged)
            for name in dict.fromkeys((LAST, *self.names, *owned.present())):
                if os.path.lexists(self.folder / name):
                    (self.folder / name).replace(previous / name)
                    aside.append(name)
            owned.note({*owned.names, *self.names}, self._staged)
            for name in self.names:
                if name == LAST:
                    brought_to_disk(self.folder)
                (self._staged / name).replace(self.folder / name)
                landed.append(name)
            brought_to_disk(self.folder)
        except BaseException:
            for name in reversed(landed):
                (self.folder / name).unlink()
            for name in reversed(aside):
                (previous / name).replace(self.folder / name)
            owned.note(owned.noted, self._staged)
            raise
        owned.note((), self._staged)

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
