"""Brings a store's tables up to date, in the transaction of whoever opens it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection

from matcher.errors import UsageError


def migrate(connection: Connection, steps: Path) -> None:
    """Takes the steps that were not taken yet; ``UsageError`` where the store knows a step that is not among them."""
    config = Config()
    config.set_main_option("script_location", str(steps).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except (CommandError, ResolutionError):
        raise UsageError(
            "the store was written by a later version of the program", "install that version", "U055"
        ) from None
