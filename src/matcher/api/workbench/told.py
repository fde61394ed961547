"""What a page says of a draft beside its text: how it differs from the rule in force, and what was approved before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

from matcher.api.workbench.desk import STEP, DraftDesk
from matcher.explanation.amendment import Amendment, amendment
from matcher.service.workbench.checked import check
from matcher.store import Draft, DraftState, Note

_MOST_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Version:
    """An approved text of a rule: by whom, why, and what it asks other than the one before."""

    draft: Draft
    approved: Note
    authors: str
    change: Amendment | None


def versions_of(desk: DraftDesk, name: str) -> list[Version]:
    """Those that went through review here, the last first."""
    ended = (DraftState.APPROVED, DraftState.RETIRED)
    held = [each for each in desk.drafts.all() if each.candidate == name and each.state in ended]
    found: list[tuple[Draft, Note]] = []
    for each in held:
        step = next(
            (one for one in desk.drafts.notes(each.id) if one.kind == STEP and one.about == "approved"), None
        )
        if step is not None:
            found.append((each, step))
    found.sort(key=lambda each: each[1].at)
    books = [check(each.text, each.cases, desk.served.rulebook).ready for each, _ in found]
    versions = []
    for number, (draft, step) in enumerate(found):
        before, after = books[number - 1] if number else None, books[number]
        change = amendment(before, after) if before is not None and after is not None else None
        authors = ", ".join(desk.drafts.contributors(draft.id).values())
        versions.append(Version(draft, step, authors, change))
    return versions[::-1]


def differs(before: str, after: str) -> list[tuple[str, str]]:
    """The lines of a patch, each with its sign."""
    lines = unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
    return list(_signed(lines))[:_MOST_LINES]


def _signed(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if not line.startswith(("---", "+++")):
            yield {"+": "plus", "-": "minus"}.get(line[:1], ""), line
