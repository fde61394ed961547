"""What is approved, into the folder of rules: file, cases and change log together, or none of them.

New contents are written beside the old ones and listed in a journal. The store then says that the draft is approved,
and only after that the files change places. Whoever finds a journal looks the draft up: approved, the change of places
is finished; not approved, what was prepared is removed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from matcher.errors import UsageError
from matcher.rulebook.documents import CASES_SUFFIX
from matcher.service.workbench.begin import NAME, in_force, text_of

CHANGELOG = "CHANGELOG.md"
_HEAD = (
    "# Clinical change log\n\nWhat changed in the rulebook, why, and by whom. The newest entry comes first.\n"
)
_FOLDERS = {"trial": "trials", "regimen": "regimens", "derive": "derivations", "list": "lists"}
_JOURNAL = ".approval-"
_NEW = ".approved"


@dataclass(frozen=True, slots=True)
class Change:
    """A file of the folder: ``after`` is its new content, none where it is to go."""

    path: Path
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Landing:
    """Everything that one approval changes in a folder."""

    root: Path
    changes: tuple[Change, ...]

    @classmethod
    def of_rule(cls, root: Path, kind: str, name: str, contents: tuple[str, str], entry: str) -> Landing:
        """A rule with its cases, where the folder has it or where one of its kind belongs.

        A name that could lead elsewhere is no name of a rule.
        """
        if kind not in _FOLDERS or not NAME.fullmatch(name):
            raise UsageError("the text does not say which rule it is", code="U072")
        held = in_force(name, root)
        own = held.path if held is not None and held.own else root / _FOLDERS[kind] / f"{name}.yaml"
        cases = own.with_name(f"{name}{CASES_SUFFIX}")
        text, of_cases = contents
        changes = [Change(own, text_of(own), text)]
        if of_cases.strip() or cases.is_file():
            changes.append(Change(cases, text_of(cases), of_cases))
        return cls(root, (*changes, _logged(root, entry)))

    @classmethod
    def without_rule(cls, root: Path, name: str, entry: str) -> Landing:
        """The folder without a rule of its own."""
        held = in_force(name, root)
        found = (
            [] if held is None or not held.own else [held.path, held.path.with_name(f"{name}{CASES_SUFFIX}")]
        )
        gone = [Change(each, text_of(each), None) for each in found if each.is_file()]
        return cls(root, (*gone, _logged(root, entry)))

    def patch(self) -> str:
        """The same for a folder that lies elsewhere: ``git apply`` takes it."""
        return "".join(line for each in self.changes for line in self._patched(each))

    def _patched(self, change: Change) -> Iterable[str]:
        name = change.path.relative_to(self.root).as_posix()
        before, after = (
            change.before.splitlines(keepends=True),
            (change.after or "").splitlines(keepends=True),
        )
        old = f"a/{name}" if change.path.is_file() else "/dev/null"
        new = f"b/{name}" if change.after is not None else "/dev/null"
        for line in unified_diff(before, after, old, new):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"

    def prepare(self, draft: str) -> None:
        """Writes everything beside what it is to replace; nothing of it is in force. Undone where it fails."""
        written: list[Path] = []
        try:
            for each in self.changes:
                if each.after is not None:
                    each.path.parent.mkdir(parents=True, exist_ok=True)
                    beside = _beside(each.path, draft)
                    written.append(beside)
                    _write(beside, each.after)
            names = [
                [each.path.relative_to(self.root).as_posix(), each.after is None] for each in self.changes
            ]
            written.append(_journal(self.root, draft))
            _write(written[-1], json.dumps(names))
        except OSError as error:
            for path in written:
                path.unlink(missing_ok=True)
            reason = (error.strerror or "the system refuses").lower()
            raise UsageError(f"the folder of rules cannot be written: {reason}", code="U008") from None


def writable(root: Path | None) -> bool:
    """Whether a folder of rules was named, and what is approved may be written there."""
    return root is not None and os.access(root, os.W_OK | os.X_OK)


def finish(root: Path, draft: str) -> None:
    """What was prepared takes its place. Whoever does this at the same time does the same."""
    journal = _journal(root, draft)
    for path, goes in _listed(root, journal):
        with suppress(FileNotFoundError):
            if goes:
                path.unlink()
            else:
                _beside(path, draft).replace(path)
    journal.unlink(missing_ok=True)


def undo(root: Path, draft: str) -> None:
    journal = _journal(root, draft)
    for path, goes in _listed(root, journal):
        if not goes:
            _beside(path, draft).unlink(missing_ok=True)
    journal.unlink(missing_ok=True)


def recover(root: Path | None, approved: Callable[[str], bool]) -> None:
    """After a server was killed in the middle: finishes what the store knows of, and undoes the rest."""
    if root is None or not writable(root):
        return
    for journal in root.glob(f"{_JOURNAL}*.json"):
        draft = journal.name.removeprefix(_JOURNAL).removesuffix(".json")
        (finish if approved(draft) else undo)(root, draft)


def _listed(root: Path, journal: Path) -> list[tuple[Path, bool]]:
    try:
        found = json.loads(journal.read_text("utf-8"))
        return [(root / name, bool(goes)) for name, goes in found]
    except (OSError, ValueError):
        return []


def _journal(root: Path, draft: str) -> Path:
    return root / f"{_JOURNAL}{draft}.json"


def _beside(path: Path, draft: str) -> Path:
    return path.with_name(f".{path.name}.{draft}{_NEW}")


def _write(path: Path, content: str) -> None:
    with path.open("wb") as stream:
        stream.write(content.encode("utf-8", "surrogatepass"))
        stream.flush()
        os.fsync(stream.fileno())


def _logged(root: Path, entry: str) -> Change:
    """The entry above the others, below the introduction."""
    path = root / CHANGELOG
    held = text_of(path)
    first = held.find("\n## ")
    if not held.strip():
        after = f"{_HEAD}\n{entry}"
    elif first < 0:
        after = f"{held.rstrip()}\n\n{entry}"
    else:
        after = f"{held[: first + 1]}{entry}\n{held[first + 1 :]}"
    return Change(path, held, after)
