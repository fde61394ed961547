"""A trace on a terminal: a tree whose every line is one node, narrow enough for eighty columns."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.cli.terminal import VERDICT_MARKS, Page
from matcher.explanation.trace import Step

_INDENT = 2


def print_trace(page: Page, steps: Iterable[Step]) -> None:
    """Each step under the one it was computed for; what a comparison read stands below it, and the cell last."""
    for step in steps:
        page.blank()
        _print(page, step, 0)


def _print(page: Page, step: Step, depth: int) -> None:
    indent = depth * _INDENT
    if step.verdict:
        mark = page.mark(VERDICT_MARKS, step.verdict, step.outcome)
        page.line(mark, f"  {step.text}", indent=indent, hang=4)
    else:
        page.line((f"{step.text}: ", "dim"), step.outcome, indent=indent, hang=4)
    for each in step.below:
        _print(page, each, depth + 1)
