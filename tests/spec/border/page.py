"""The guide's page on what is understood, printed from the rows that the tests run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.spec.border.entry import Entry, Kind
from tests.spec.border.kinds import KINDS
from tests.spec.page import flow
from tests.written import AS_OF

PAGE = "docs/guide/what-is-understood.md"

_INTRODUCTION = """\
# What is understood, and what stays open

Whatever stands in a record is either understood to its last character, or it stays open as widely as what was understood
allows. It is never as if it had not been written: an unreadable value hides no older one, a doubted disease is neither
there nor absent, and two statements at odds leave both possible. What is not understood is listed as an issue, with its
place and the reason.

Every row below is a test that runs the whole way, from a file to a verdict, through the profiles and through the columns
({count} rows). The as-of day is {day}; *complete* means that the list was said to hold everything. The classes of agents
are a few made up for these tests; the shipped lists hold more.
"""


def border_page() -> str:
    count = sum(len(kind.entries) for kind in KINDS)
    return _INTRODUCTION.format(day=AS_OF.isoformat(), count=count) + "".join(map(_kind, KINDS))


def _kind(kind: Kind) -> str:
    return "\n".join(("", f"## {kind.title}", "", kind.text, "", *_rows(kind.entries), ""))


def _rows(entries: Sequence[Entry]) -> Iterator[str]:
    yield "| written | understood | so |"
    yield "|---|---|---|"
    for each in entries:
        yield f"| {each.written} | {each.understood} | {'; '.join(_answers(each))} |".replace("|---", "|---")


def _answers(entry: Entry) -> Iterator[str]:
    for asked in entry.asks:
        if asked.verdict == "rejected":
            yield "rejected, with the reason"
        else:
            yield f"`{flow(asked.condition)[1:-1]}` is {asked.verdict}"
