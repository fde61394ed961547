"""The page on which a draft is written, as cards and as text: one page with two views."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from matcher.api.visiting import page
from matcher.api.workbench.pages import Desk, DraftId, DraftVisitor

router = APIRouter(include_in_schema=False)


@router.get("/drafts/{id}")
def cards(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    return page(request, visitor, "draft_edit.html", draft=desk.found(identifier), view="cards")


@router.get("/drafts/{id}/text")
def text(request: Request, visitor: DraftVisitor, desk: Desk, identifier: DraftId) -> Response:
    return page(request, visitor, "draft_edit.html", draft=desk.found(identifier), view="text")
