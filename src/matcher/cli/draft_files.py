"""What ``matcher rules export`` and ``matcher rules import drafts`` do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from matcher.cli.terminal import Page
from matcher.service.workbench.files import Moved, read_drafts, write_drafts
from matcher.store import Drafts, Who, default_url, open_database


def export_drafts(folder: Path, store: str) -> None:
    database = open_database(store or default_url(), lambda: datetime.now(UTC))
    try:
        if not _tell(write_drafts(Drafts(database), folder)):
            Page().line("The store holds no drafts.")
    finally:
        database.close()


def import_drafts(folder: Path, store: str, by: str) -> None:
    name = " ".join(by.split())[:50] or "import"
    database = open_database(store or default_url(), lambda: datetime.now(UTC))
    try:
        _tell(read_drafts(Drafts(database), folder, Who(f"person:{name.casefold()}", name)))
    finally:
        database.close()


def _tell(moved: Iterable[Moved]) -> int:
    page = Page()
    told = [page.line(f"{each.name}: {each.said}") for each in moved]
    return len(told)
