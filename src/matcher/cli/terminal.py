"""Text for a terminal: wrapped and coloured there, plain lines where the output goes elsewhere."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

STANDING_MARKS = {
    "eligible": ("●", "+", "bold green"),
    "eligible_pending_screening": ("◐", "+", "green"),
    "meets_known_criteria": ("◉", "+", "bold blue"),
    "possible": ("?", "?", "yellow"),
    "not_yet": ("◔", "~", "magenta"),
    "needs_waiver": ("◇", "!", "magenta"),
    "ineligible": ("✕", "x", "dim"),
}
VERDICT_MARKS = {
    "met": ("✓", "+", "green"),
    "not met": ("✕", "x", "red"),
    "unknown": ("?", "?", "yellow"),
    "caution": ("△", "!", "yellow"),
}
_WIDEST = 110
#: of pages that are laid out wherever they go
_LAID_OUT = 99
#: what two columns are too narrow for
_NARROW = 60


class Page:
    """Lines on standard output, indented, with the following lines of a paragraph under the first.

    One that is ``laid_out`` has lines of under 100 characters in a file too.
    """

    def __init__(self, *, laid_out: bool = False) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._wraps = self._console.is_terminal or laid_out
        if self._wraps:
            widest = _LAID_OUT if laid_out else _WIDEST
            told = self._console.is_terminal or "COLUMNS" in os.environ
            self._console.width = min(self._console.width, widest) if told else widest
        self._plain_marks = not _can_print("●◐◉◔◇✕✓△")

    @property
    def wraps(self) -> bool:
        """Whether somebody reads it on a screen of some width."""
        return self._wraps

    def line(self, *parts: str | tuple[str, str] | Text, indent: int = 0, hang: int = 0) -> None:
        """One paragraph; a part is text, or text with a style."""
        text = Text()
        for part in parts:
            match part:
                case Text():
                    text.append_text(part)
                case str():
                    text.append(printable(part))
                case (words, style):
                    text.append(printable(words), style)
        if not self._wraps:
            self._printed(Text(" " * indent) + text)
            return
        first, *rest = self._wrapped(text, self._console.width - indent - hang)
        self._printed(Text(" " * indent) + first)
        for each in rest:
            self._printed(Text(" " * (indent + hang)) + each)

    def beside(
        self, label: Text, left: Text, right: Sequence[tuple[int, Text]], *, indent: int, share: float
    ) -> None:
        """A labelled paragraph, and beside it lines, indented each by its own; below it on a narrow page.

        ``share`` is the part of the line that label and paragraph have.
        """
        whole, hang = self._console.width if self._wraps else _LAID_OUT, label.cell_len
        if whole < _NARROW:
            self.line(label, left, indent=indent, hang=hang)
            for depth, text in right:
                self.line(text, indent=indent + hang + depth, hang=2)
            return
        column = int((whole - indent) * share)
        first, *rest = self._wrapped(left, column - hang - 2)
        told = [label + first, *(Text(" " * hang) + each for each in rest)]
        for each in told:
            each.pad_right(column - each.cell_len)
        shown = []
        for depth, text in right:
            first, *rest = self._wrapped(text, whole - indent - column - depth - 2)
            shown.append(Text(" " * depth) + first)
            shown += [Text(" " * (depth + 2)) + each for each in rest]
        for one, other in zip_longest(told, shown, fillvalue=None):
            self._printed(Text(" " * indent) + (one or Text(" " * column)) + (other or Text()))

    def _wrapped(self, text: Text, width: int) -> list[Text]:
        return list(text.wrap(self._console, max(20, width))) or [Text()]

    def _printed(self, text: Text) -> None:
        text.rstrip()
        self._console.print(text, soft_wrap=True)

    def blank(self) -> None:
        self._console.print()

    def heading(self, text: str) -> None:
        self.line((text, "bold"))

    def mark(self, marks: dict[str, tuple[str, str, str]], name: str, words: str) -> Text:
        glyph, plain, style = marks[name]
        return Text(f"{plain if self._plain_marks else glyph} {words}", style)

    def standing(self, name: str, words: str) -> Text:
        return self.mark(STANDING_MARKS, name, words)

    def verdict(self, role: str, verdict: str, satisfied: str) -> Text:
        if role == "caution":
            name = {"applies": "caution", "does not apply": "met"}.get(verdict, "unknown")
        else:
            name = satisfied
        return self.mark(VERDICT_MARKS, name, verdict)

    def columns(self, rows: Sequence[tuple[str, ...]], *, indent: int = 0, gap: int = 2) -> None:
        """Rows under each other; the last column takes what is left of the line."""
        if not rows:
            return
        widths = [
            max(len(printable(cell)) for cell in column) for column in list(zip(*rows, strict=True))[:-1]
        ]
        hang = sum(widths) + gap * len(widths)
        for row in rows:
            cells = [printable(cell).ljust(width + gap) for cell, width in zip(row, widths, strict=False)]
            self.line("".join(cells) + printable(row[-1]), indent=indent, hang=hang)


def printable(text: str) -> str:
    """The text without what could move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def print_json(document: Any) -> None:
    """One document, whole."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


@contextmanager
def progress(total: int, *, wanted: bool) -> Iterator[Any]:
    """A function to call with a number of patients; a bar on the terminal where the work is long enough to watch."""
    if not wanted or total < 20 or not sys.stderr.isatty():
        yield lambda _=1: None
        return
    bar = Progress(
        TextColumn("Matching"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        speed_estimate_period=300,
    )
    with bar:
        task = bar.add_task("match", total=total)
        yield lambda patients=1: bar.advance(task, patients)


class _Rate(ProgressColumn):
    """Patients a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} patients/s" if task.speed else "")


def _can_print(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
