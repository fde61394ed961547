"""Drafts as files of a folder, for git, and back.

Each has a folder of its own: the rule, its cases, and what was said about it. An approval is not carried over: whoever
takes a draft in gives it to review again, and those who wrote it stay those who may not approve it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.errors import UsageError
from matcher.rulebook.documents import CASES_SUFFIX
from matcher.service.workbench.begin import NAME, text_of
from matcher.service.workbench.checked import identity_of
from matcher.store import Draft, Drafts, DraftState, Who

ABOUT = "draft.json"


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one draft: written, taken in, unchanged, or left, with the reason."""

    name: str
    said: str


def write_drafts(drafts: Drafts, folder: Path) -> Iterator[Moved]:
    """Every draft that is not put away. What has not changed is not written, so that git shows what has."""
    for draft in drafts.all():
        if draft.state is DraftState.RETIRED:
            continue
        name = draft.candidate if NAME.fullmatch(draft.candidate) else "draft"
        into = folder / f"{name}-{draft.id}"
        contents = {
            f"{name}.yaml": draft.text,
            f"{name}{CASES_SUFFIX}": draft.cases,
            ABOUT: json.dumps(_about(drafts, draft), ensure_ascii=False, indent=2) + "\n",
        }
        try:
            changed = [each for each, content in contents.items() if text_of(into / each) != content]
            into.mkdir(parents=True, exist_ok=True)
            for each in changed:
                (into / each).write_bytes(contents[each].encode("utf-8", "surrogatepass"))
        except OSError as error:
            raise UsageError(f"{into} cannot be written: {error.strerror}", code="U008") from None
        yield Moved(into.name, f"{draft.state}, {'written' if changed else 'unchanged'}")


def _about(drafts: Drafts, draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "candidate": draft.candidate,
        "kind": draft.kind,
        "state": draft.state.value,
        "revision": draft.revision,
        "contributors": drafts.contributors(draft.id),
        "origin": draft.origin,
        "notes": [
            {
                "kind": each.kind,
                "about": each.about,
                "body": each.body,
                "revision": each.revision,
                "by": each.by,
                "at": each.at.isoformat(),
            }
            for each in drafts.notes(draft.id)
        ],
    }


def read_drafts(drafts: Drafts, folder: Path, who: Who) -> Iterator[Moved]:
    """One that the store knows by its identifier gets what differs as a new save; any other is a new draft."""
    found = sorted(folder.glob(f"*/{ABOUT}"))
    if not found:
        raise UsageError(f"{folder} holds no drafts", "'matcher rules export' writes them", "U072")
    for path in found:
        yield Moved(path.parent.name, _taken(drafts, path, who))


def _taken(drafts: Drafts, path: Path, who: Who) -> str:
    try:
        about = json.loads(path.read_text("utf-8"))
        contributors = {str(key): str(value) for key, value in about["contributors"].items()}
        origin = dict(about["origin"])
        identifier = str(about["id"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return "left: its draft.json cannot be read"
    rules = [each for each in path.parent.glob("*.yaml") if not each.name.endswith(CASES_SUFFIX)]
    if len(rules) != 1:
        return "left: one rule file is wanted beside draft.json"
    text, cases = text_of(rules[0]), text_of(rules[0].with_name(f"{rules[0].stem}{CASES_SUFFIX}"))
    held = drafts.read(identifier)
    if held is None:
        identity = identity_of(text)
        taken = {**origin, "contributors": contributors}
        made = drafts.create(identity.name, identity.kind, text, cases, taken, who)
        return f"taken in as draft {made.id}"
    return _onto(drafts, held, (text, cases), who)


def _onto(drafts: Drafts, held: Draft, contents: tuple[str, str], who: Who) -> str:
    if (held.text, held.cases) == contents:
        return "unchanged"
    if held.state in (DraftState.APPROVED, DraftState.RETIRED):
        return f"left: it is {held.state}"
    drafts.save(held.id, "text", contents[0], held.revision, who)
    now = drafts.read(held.id)
    assert now is not None
    drafts.save(held.id, "cases", contents[1], now.revision, who)
    return "saved as a new revision"
