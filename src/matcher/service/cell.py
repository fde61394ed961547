"""One value as one cell of a table."""

from __future__ import annotations

#: what spreadsheet programs take for the start of a formula; the last four are the full-width signs
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell(value: object) -> str:
    """A value as a cell that no spreadsheet program takes for a formula.

    Text that begins like one gets an apostrophe in front, which those programs do not show.
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
