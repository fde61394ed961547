"""The page on which a draft is written, as cards and as text: one page with two views."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from matcher.api.visiting import Visitor, page
from matcher.api.workbench.desk import DraftDesk
from matcher.api.workbench.pages import Desk, DraftId, DraftVisitor
from matcher.api.workbench.patients import Patients

router = APIRouter(include_in_schema=False)


@router.get("/drafts/{id}")
def cards(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    return _editor(request, visitor, desk, identifier, "cards")


@router.get("/drafts/{id}/text")
def text(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    return _editor(request, visitor, desk, identifier, "text")


def _editor(request: Request, visitor: Visitor, desk: DraftDesk, identifier: str, view: str) -> Response:
    draft, lists = desk.found(identifier), Patients(desk).worklists()
    return page(
        request, visitor, "draft_edit.html", draft=draft, force=desk.force(draft), view=view, lists=lists
    )
