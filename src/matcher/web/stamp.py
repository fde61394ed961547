"""A mark of what the files of pages hold, so that a browser never mixes two versions."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from matcher.service.templating import STATIC

FOLDER = Path(str(files("matcher.web"))) / "static"


@cache
def stamp() -> str:
    found = hashlib.sha256()
    for path in sorted((*FOLDER.iterdir(), *STATIC.iterdir())):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]
