"""Folders for what is only needed while a program runs, and may hold rows of patients: nobody else's, and gone after.

A process that is killed takes nothing along. So a folder carries the machine and the process it belongs to, and
whoever makes the next one beside it removes those whose process is no more.
"""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path


def folder_aside(parent: Path | None = None, prefix: str = "matcher-") -> Path:
    """A new folder, readable by its owner only, where temporary files go or in ``parent``."""
    place = parent or Path(tempfile.gettempdir())
    remove_left_over(place, prefix)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{platform.node()}-{os.getpid()}-", dir=place))


def remove_left_over(place: Path, prefix: str = "matcher-") -> None:
    """Removes folders of this user whose process was ended before it could do so."""
    with suppress(OSError):
        for each in place.glob(f"{prefix}*"):
            machine, _, rest = each.name.removeprefix(prefix).rpartition("-")[0].rpartition("-")
            with suppress(OSError):
                ours = not hasattr(os, "getuid") or each.lstat().st_uid == os.getuid()
                if machine == platform.node() and rest.isdecimal() and ours and not _lives(int(rest)):
                    shutil.rmtree(each, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
