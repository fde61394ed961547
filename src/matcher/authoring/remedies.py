"""What one click mends: the remedy of a finding as an edit, offered only where the finding is then gone."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from matcher.authoring.edits import Edit, EditError, edited, typed
from matcher.errors import Diagnostic
from matcher.rulebook.marked import Location
from matcher.rulebook.one_file import check_one
from matcher.rulebook.spans import Located
from matcher.rules.rulebook import Rulebook

_MOST = 8
"""Remedies tried of one text: each is the whole text once more."""
_OFFERED = re.compile(r"'([^']+)'")
#: a word alone, and one that names what the wrong word named: ``lab: {test: platelets, ...}``
_WORD = re.compile(r"([a-z][a-z0-9_]*)(?:: \.\.\.)?")
_NAMED = re.compile(r"(?<![a-z0-9_])([a-z][a-z0-9_]*): \{([a-z_]+): ([a-z0-9_]+), \.\.\.\}")
_WRITE = re.compile(r"write (-?\d+(?:\.\d+)?)(?: alone)?$")


@dataclass(frozen=True, slots=True)
class Remedy:
    """``label`` is what the button says."""

    label: str
    edit: Edit


def remedies(
    held: Located, name: str, book: Rulebook, found: list[tuple[Diagnostic, Location]]
) -> dict[int, Remedy]:
    """By the place of a finding in the list: what mends it and breaks nothing else."""
    made: dict[int, Remedy] = {}
    tried = 0
    diagnostics = [each for each, _ in found]
    of_lint = not _errors(diagnostics, of_lint=False)
    before = _errors(diagnostics, of_lint=of_lint)
    for place, (finding, path) in enumerate(found):
        if finding.severity != "error" or not path:
            continue
        for remedy in _meant(finding, path, held):
            if tried >= _MOST:
                return made
            tried += 1
            try:
                after = edited(held.text, remedy.edit)
            except EditError:
                continue
            if _errors(check_one(after, name, book).diagnostics, of_lint=of_lint) < before:
                made[place] = remedy
                break
    return made


def _errors(found: list[Diagnostic], *, of_lint: bool) -> int:
    """Lint speaks of a file that can be loaded: what it says once that is so is nothing that an edit broke."""
    return sum(each.severity == "error" and (of_lint or not each.code.startswith("L")) for each in found)


def _meant(finding: Diagnostic, path: Location, held: Located) -> Iterator[Remedy]:
    """The words in quotes of a remedy, as the key or the value that they are meant for."""
    offered = [*_OFFERED.findall(finding.hint), *_WRITE.findall(finding.hint)]
    span = held.at(path)
    on_key = (
        span is not None
        and span.key is not None
        and _starts(held, span.key[0]) == (finding.line, finding.column)
    )
    for each in offered[:2]:
        if not on_key:
            if ":" not in each:
                yield Remedy(f"Make it {each}", Edit("set", path, typed(each)))
        elif found := _WORD.fullmatch(each):
            yield Remedy(f"Make it '{found[1]}'", Edit("rename", path, key=found[1]))
        elif found := _NAMED.fullmatch(each):
            asked = held.value(path)
            if isinstance(asked, dict):
                condition = {found[1]: {found[2]: found[3], **asked}}
                yield Remedy(f"Make it '{found[1]}'", Edit("set", path[:-1], condition))


def _starts(held: Located, offset: int) -> tuple[int, int]:
    line = bisect_right(held.starts, offset)
    return line, offset - held.starts[line - 1] + 1
