"""Rulebooks, compiled once: kept in the user's cache directory and read back while nothing changed.

What is kept belongs to one directory of rules, to every byte of its files, and to the very program that compiled them.
Anything else found there, or anything damaged, is as good as nothing: the rulebook is compiled and kept anew.
"""

from __future__ import annotations

import atexit
import gc
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pydantic
from platformdirs import user_cache_path

from matcher.rules.candidate import Candidate, Criterion
from matcher.rules.condition import Condition
from matcher.rules.rulebook import Rulebook

# What is kept is a pickle, and a pickle runs what it names. It is therefore read only from a file of the user's own,
# after its digest, with an unpickler that knows the classes of this package and a handful of plain ones and nothing
# callable besides. The key holds the program's own bytes: a class that gained a field reads nothing that an older one
# wrote.
#: fewer files than this are compiled in a blink, which is not worth a copy on disk for each folder somebody tries
FEW = 20
_HEAD = b"trial-matcher compiled rulebook\n"
_DIGEST = hashlib.sha256().digest_size
#: what a compiled rulebook is made of besides the classes of this package
_PLAIN = {
    ("builtins", "frozenset"),
    ("builtins", "set"),
    ("datetime", "date"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a rulebook is kept, and what its content has to have come from."""

    path: Path
    key: bytes

    @classmethod
    def of(cls, root: Path, version: str, directory: Path | None = None) -> Kept:
        """``version`` is the hash of the rule files. File names in messages are as ``root`` was given."""
        directory = directory or user_cache_path("trial-matcher", appauthor=False) / "rulebooks"
        place = f"{root.resolve().as_posix()}\0{root.as_posix()}"
        made_from = f"{place}\0{version}\0{_program()}"
        name = hashlib.sha256(place.encode()).hexdigest()[:32]
        return cls(directory / f"{name}.compiled", hashlib.sha256(made_from.encode()).digest())

    def read(self) -> Rulebook | None:
        """What was kept, if it is whole, of this key, and written by nobody else."""
        try:
            with self.path.open("rb") as file:
                if not _is_ours(os.fstat(file.fileno())):
                    return None
                head = file.read(len(_HEAD) + 2 * _DIGEST)
                content = file.read() if head.startswith(_HEAD + self.key) else b""
        except OSError:
            return None
        if not content or hashlib.sha256(content).digest() != head[-_DIGEST:]:
            return None
        try:
            with uncollected():
                found = _Reader(BytesIO(content)).load()
        except (pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError, EOFError):
            return None
        return found if isinstance(found, Rulebook) else None

    def write(self, rulebook: Rulebook) -> None:
        """All or nothing, and no matter if it cannot be: the rulebook is there without it."""
        held = BytesIO()
        _Writer(held, protocol=5).dump(rulebook)
        content = held.getvalue()
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=self.path.parent, suffix=".part")
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(_HEAD + self.key + hashlib.sha256(content).digest() + content)
                Path(name).replace(self.path)
            except OSError:
                Path(name).unlink(missing_ok=True)


def sharing(rulebook: Rulebook) -> Rulebook:
    """The same rulebook with each distinct condition once: most trials ask what others ask.

    Where a condition stands in its file is that of the first one then, so this is for matching, not for linting.
    """
    known: dict[Condition, Condition] = {}

    def once(criteria: tuple[Criterion, ...]) -> tuple[Criterion, ...]:
        return tuple(
            replace(each, condition=known.setdefault(each.condition, each.condition)) for each in criteria
        )

    def rewritten(candidate: Candidate) -> Candidate:
        cohorts = tuple(replace(each, criteria=once(each.criteria)) for each in candidate.cohorts)
        criteria, cautions = once(candidate.criteria), once(candidate.cautions)
        return replace(candidate, criteria=criteria, cautions=cautions, cohorts=cohorts)

    return replace(rulebook, candidates=tuple(rewritten(each) for each in rulebook.candidates))


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for garbage among millions of objects that all stay."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def leave_at_once() -> None:
    """The process, which is ours alone, ends without one more look for garbage, through every object of the rulebook.

    That takes a second, of a command of four. In a program of others it is theirs to say: libraries that count what
    they made would report it as lost.
    """
    atexit.register(gc.freeze)


def _program() -> str:
    """The version of everything that compiles: the source of this package, pydantic and Python."""
    digest = hashlib.sha256(f"{sys.version}\0{pydantic.VERSION}".encode())
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*")):
        if path.suffix in (".py", ".csv", ".yaml"):
            digest.update(path.relative_to(package).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _is_ours(found: os.stat_result) -> bool:
    """Of this user, and writable by nobody else; systems without users have one."""
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)


class _Writer(pickle.Pickler):
    """Records by their class and fields: read back several times as fast as by their state."""

    def reducer_override(self, held: Any) -> Any:
        if is_dataclass(held) and not isinstance(held, type):
            return type(held), tuple(getattr(held, each.name) for each in fields(held) if each.init)
        return NotImplemented


class _Reader(pickle.Unpickler):
    """Makes nothing but records of this package and plain collections."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.startswith("matcher.") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__.startswith("matcher."):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a rulebook")
