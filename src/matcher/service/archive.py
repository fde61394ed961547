"""A rulebook's files in one piece, so that what was matched by it can be opened with it when it is long gone."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from matcher.rules.rulebook import Rulebook
from matcher.service.rulebooks import open_rulebook, rules_directory


def packed_rules(given: Path | None) -> bytes:
    """Every YAML file of the folder, cases left out."""
    folder = rules_directory(given)
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.y*ml")):
            if not path.name.endswith(".cases.yaml"):
                archive.write(path, path.relative_to(folder))
    return into.getvalue()


def unpacked_rulebook(files: bytes) -> Rulebook:
    """``RuleError`` where this program no longer reads them."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with zipfile.ZipFile(io.BytesIO(files)) as archive:
            for name in archive.namelist():
                path = (folder / name).resolve()
                if path.is_relative_to(folder.resolve()):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(archive.read(name))
        return open_rulebook(folder)
