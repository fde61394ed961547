"""Exports that have a ready-made mapping, told by their files and columns."""

from __future__ import annotations

from pathlib import Path

from matcher.errors import MatcherError
from matcher.readers.binding import bind
from matcher.readers.csv_rows import open_table
from matcher.readers.export import file_of, own_file
from matcher.readers.mapping import load_mapping, shipped_mappings
from matcher.readers.parquet import is_parquet, open_parquet


def known_export(path: Path) -> str:
    """The ready-made mapping whose files and columns these are; nothing where it is none of them."""
    best, share = "", 0.0
    for name in shipped_mappings():
        marked = load_mapping(Path(name))
        try:
            own = own_file(path, marked)
            table = open_parquet(own) if is_parquet(own) else open_table(own, form=marked.mapping.file)
            same = {name: table.header for name, each in marked.mapping.tables.items() if not each.name}
            bound = bind(marked, table.header, same)
        except (MatcherError, OSError):
            continue
        given = [column for column in table.header if column]
        read = 1 - len(bound.unknown) / len(given) if given else 0.0
        # A list of patients alone says nothing but whose they are: then the tables beside it tell the export.
        beside = path.is_dir() and any(
            file_of(path, each) for each in marked.mapping.tables.values() if each.name
        )
        used = bound.used.union(*(each.used for each in bound.tables.values()))
        if (len(used) > 1 or beside) and used and read > max(share, 0.5):
            best, share = name, read
    return best


def how_to_read(path: Path) -> str:
    """What to do with patients that are not in the documented form, where that is known better than in general."""
    known = known_export(path)
    if known:
        return f"it looks like {load_mapping(Path(known)).mapping.mapping}: add --mapping {known}"
    if path.is_dir():
        return ""
    return (
        f"describe it in a mapping and give that with --mapping; matcher mapping guess {path.name} drafts one"
    )
