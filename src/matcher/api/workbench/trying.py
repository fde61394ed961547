"""Drafts on patients, for programs: the grid of cases, a cohort, and whom a draft touches."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from matcher.api.problems import Problem
from matcher.api.shapes import Finding
from matcher.api.workbench import shapes
from matcher.api.workbench.desk import DraftDesk, excuses_of
from matcher.api.workbench.drafts import DRAFT, WRITES, Desk, DraftId, saved_or_theirs
from matcher.api.workbench.patients import Patients
from matcher.errors import CODES, Diagnostic
from matcher.explanation.amendment import CriterionChanged
from matcher.service.workbench.casefile import CaseWritten, added
from matcher.service.workbench.grid import Grid, grid_of, words_of
from matcher.service.workbench.proposal import Proposal, proposal
from matcher.store import Draft

router = APIRouter(tags=["drafts"])
_SHOWN = 200


@router.get("/v1/drafts/{id}/cases", summary="Cases by criteria", responses=DRAFT)
def cases(desk: Desk, identifier: DraftId) -> shapes.GridShown:
    """Expected beside actual; the empty cells are what no case shows yet."""
    draft = desk.found(identifier)
    return grid_shown(desk, draft, grid_of(desk.checked(draft)))


@router.get("/v1/drafts/{id}/proposal", summary="A case for an empty cell", responses=DRAFT)
def proposed(
    desk: Desk, identifier: DraftId, key: Annotated[str, Query(max_length=500)]
) -> shapes.CaseProposed:
    """Prefilled on the limit, beside it, or without the fact. What must come out is for the author to say."""
    draft = desk.found(identifier)
    return _proposed(desk, draft, proposal_of(desk, draft, key))


def proposal_of(desk: DraftDesk, draft: Draft, key: str) -> Proposal:
    checked = desk.checked(draft)
    wanted = next((each for each in grid_of(checked).missing if each.key == key), None)
    found = proposal(checked, wanted, date.today()) if wanted is not None else None
    if found is None:
        raise Problem(404, "U058", "no empty cell of the draft has this key", place="query.key")
    return found


@router.post("/v1/drafts/{id}/cases", summary="Add a case", responses=WRITES, response_model=shapes.Saved)
def add_case(desk: Desk, identifier: DraftId, asked: shapes.CaseAsked) -> Any:
    """At the end of the file of cases, with what its author says must come out."""
    draft = desk.found(identifier)
    one = CaseWritten(asked.name, asked.as_of, asked.patient, asked.expect)
    return saved_or_theirs(desk.save(draft.id, "cases", added(draft.cases, one), asked.revision), "cases")


@router.get(
    "/v1/drafts/{id}/from-patient/{worklist}/{n}",
    summary="A patient of a worklist as a case",
    responses=DRAFT,
)
def from_patient(
    desk: Desk,
    identifier: DraftId,
    worklist: Annotated[str, InPath(max_length=16)],
    number: Annotated[int, InPath(alias="n", ge=1, le=10_000_000)],
) -> shapes.CaseProposed:
    """With another identifier, moved days, and only what the rule reads. Nothing is saved by it."""
    draft = desk.found(identifier)
    case = Patients(desk).case(draft, worklist, number)
    return _proposed(
        desk, draft, Proposal(case, "Read it through: nothing in it may tell who the patient is.")
    )


@router.post("/v1/drafts/{id}/try", summary="Try a draft on patients", responses=WRITES)
def try_on(desk: Desk, identifier: DraftId, asked: shapes.CohortAsked) -> shapes.TriedShown:
    found = Patients(desk).tried(desk.found(identifier), asked.worklist)
    return shapes.TriedShown(
        cohort=found.cohort,
        patients=found.patients,
        left_out=found.left_out,
        standings=dict(found.standings.most_common()),
        criteria={name: dict(each) for name, each in found.criteria.items()},
    )


@router.get("/v1/drafts/{id}/impact", summary="Whom a draft touches", responses=DRAFT)
def impact(
    desk: Desk, identifier: DraftId, worklist: Annotated[str, Query(max_length=16)] = ""
) -> shapes.ImpactShown:
    """What it asks other than the rule in force, and whose standing changes by it. That it was read is noted."""
    weighed = Patients(desk).weigh(desk.found(identifier), worklist)
    found = weighed.impact
    return shapes.ImpactShown(
        revision=weighed.draft.revision,
        cohort=weighed.cohort.title,
        patients=found.patients,
        rejected=found.rejected,
        left_out=weighed.cohort.left_out,
        touched=found.touched,
        changed=[
            shapes.ChangeShown(
                patient=each.patient, before=each.before, after=each.after, because=list(each.because)
            )
            for each in found.changed[:_SHOWN]
        ],
        criteria=[_compared(each) for rule in weighed.change.rules for each in rule.criteria],
        lines=[
            f"{line.what}: {line.before or 'nothing'} -> {line.after or 'nothing'}"
            for rule in weighed.change.rules
            for line in rule.lines
        ],
    )


def _compared(each: CriterionChanged) -> shapes.CriterionCompared:
    sides = [side.asks or side.text if side is not None else "" for side in (each.before, each.after)]
    return shapes.CriterionCompared(
        id=each.id,
        change=each.change,
        meaning=each.meaning,
        before=sides[0],
        after=sides[1],
        names=each.names,
    )


def grid_shown(desk: DraftDesk, draft: Draft, grid: Grid) -> shapes.GridShown:
    excuses = excuses_of(desk.drafts.notes(draft.id))
    return shapes.GridShown(
        revision=draft.revision,
        columns=[
            shapes.ColumnShown(id=each.id, text=each.text, asks=each.asks, verdicts=list(each.verdicts))
            for each in grid.columns
        ],
        rows=[
            shapes.RowShown(
                index=each.index,
                name=each.name,
                as_of=each.as_of,
                line=each.line,
                cells=[
                    shapes.CellShown(
                        column=cell.column, expected=cell.expected, actual=cell.actual, red=cell.red
                    )
                    for cell in each.cells
                ],
                failures=list(each.failures),
            )
            for each in grid.rows
        ],
        missing=[
            shapes.MissingShown(
                key=each.key,
                column=each.column,
                verdict=each.verdict,
                said=each.said,
                hint=each.hint,
                excused=excuses.get(each.key, ""),
            )
            for each in grid.missing
        ],
        problems=[_finding(each) for each in grid.problems],
        exercised=grid.exercised,
        wanted=grid.wanted,
        red=grid.red,
    )


def _finding(each: Diagnostic) -> Finding:
    remedy = each.hint or CODES[each.code].remedy
    return Finding(code=each.code, place=each.place, message=each.message, remedy=remedy)


def _proposed(desk: DraftDesk, draft: Draft, found: Proposal) -> shapes.CaseProposed:
    candidate = desk.checked(draft).candidate
    criteria = candidate.every_criterion if candidate is not None else ()
    return shapes.CaseProposed(
        name=found.case.name,
        as_of=found.case.as_of,
        patient=dict(found.case.patient),
        verdicts={each.id: list(words_of(each.role)) for each in criteria},
        said=found.said,
    )
