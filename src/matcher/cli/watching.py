"""A command that is run again whenever a rule file is saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from matcher.cli.terminal import Page
from matcher.errors import MatcherError

#: seconds between two looks; a save is noticed before the hand is back on the keyboard
PAUSE = 0.3
_ENDINGS = (".yaml", ".yml")


def again(folder: Path, work: Callable[[], int]) -> int:
    """The work at once and after every save in the folder, until it is interrupted; then 0.

    What is wrong with the files is printed and waited out: half a file is on the disk at any moment.
    """
    page = Page()
    try:
        for _ in changes(folder):
            page.heading(f"{time.strftime('%H:%M:%S')}  (ends with Ctrl+C)")
            try:
                work()
            except MatcherError as error:
                page.line(str(error))
            page.blank()
    except KeyboardInterrupt:
        page.blank()
    return 0


def changes(folder: Path) -> Iterator[None]:
    """Once at the beginning, then once for all that was saved, made or removed since the last look."""
    seen = None
    while True:
        now = _saved(folder)
        if now != seen:
            seen = now
            yield
        time.sleep(PAUSE)


def _saved(folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in _ENDINGS:
            try:
                state = path.stat()
            except OSError:
                # Editors replace a file by removing it; it is there again at the next look.
                continue
            found[str(path)] = (state.st_mtime_ns, state.st_size)
    return found
