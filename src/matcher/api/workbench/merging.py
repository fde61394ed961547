"""Where the rule in force was changed while a draft was written: three texts side by side, and a person's choice."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from matcher.api.workbench import shapes
from matcher.api.workbench.desk import DraftDesk
from matcher.api.workbench.drafts import DRAFT, WRITES, Desk, DraftId, saved_or_theirs
from matcher.service.workbench import begin
from matcher.service.workbench.threeway import Stretch, merged, stretches
from matcher.store import Draft

router = APIRouter(tags=["drafts"])


@router.get(
    "/v1/drafts/{id}/three", summary="A draft, the rule in force, and what both began with", responses=DRAFT
)
def three(desk: Desk, identifier: DraftId) -> shapes.ThreeWay:
    """Of the rule itself; `merged` has both changes, with marks where they are at odds."""
    draft = desk.found(identifier)
    base, theirs = sides(desk, draft)
    text, conflicts = merged(base, draft.text, theirs)
    return shapes.ThreeWay(
        base=base,
        mine=draft.text,
        theirs=theirs,
        merged=text,
        conflicts=conflicts,
        stretches=[_shown(each) for each in stretches(base, draft.text, theirs)],
    )


@router.post(
    "/v1/drafts/{id}/merge",
    summary="Go on from the rule in force",
    responses=WRITES,
    response_model=shapes.Saved,
)
def merge(desk: Desk, identifier: DraftId, asked: shapes.MergeAsked) -> Any:
    """The text that a person chose, who saw all three. From now on the draft is a change of the rule as it is now."""
    return saved_or_theirs(chosen(desk, desk.found(identifier), asked), "text")


def sides(desk: DraftDesk, draft: Draft) -> tuple[str, str]:
    """What the draft began with, and what lies in the folder now."""
    held = begin.in_force(draft.candidate, desk.rules)
    return draft.origin.get("base", ""), held.text if held is not None else ""


def chosen(desk: DraftDesk, draft: Draft, asked: shapes.MergeAsked) -> Any:
    held = begin.in_force(draft.candidate, desk.rules)
    now = (
        {"base": held.text, "base_cases": held.cases} if held is not None else {"base": "", "base_cases": ""}
    )
    saved = desk.save(draft.id, "text", asked.text, asked.revision, {**draft.origin, **now})
    if saved.done and asked.cases:
        return desk.save(draft.id, "cases", asked.cases, saved.draft.revision)
    return saved


def _shown(each: Stretch) -> shapes.StretchShown:
    texts = ("".join(lines) for lines in (each.base, each.mine, each.theirs))
    return shapes.StretchShown(
        changed=each.changed, **dict(zip(("base", "mine", "theirs"), texts, strict=True))
    )
