"""The shapes of drafts for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from matcher.api.shapes import Finding


class Asked(BaseModel):
    """What a program sends."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class DraftAsked(Asked):
    """How a draft begins."""

    begins: Literal["blank", "copy", "file", "record", "sentences"] = Field(alias="from")
    candidate: str = Field("", max_length=100, description="The name of the rule: blank, sentences, copy.")
    of: str = Field("", max_length=200, description="The rule in force that is copied.")
    title: str = Field("", max_length=400)
    text: str = Field(
        "", description="A rule file, a record of ClinicalTrials.gov, or the protocol's criteria."
    )
    cases: str = Field("", description="The cases of a rule file.")
    document: str = Field(
        "", max_length=400, description="What pasted text was taken from, as rules are to cite it."
    )
    address: str = Field("", max_length=400, description="Where that stands on the web.")


class TextAsked(Asked):
    """``revision`` is that of the draft which was written on."""

    text: str
    revision: int = Field(ge=0)


class CasesAsked(Asked):
    """``revision`` is that of the draft which was written on."""

    cases: str
    revision: int = Field(ge=0)


class StepAsked(Asked):
    """``revision`` is the one that was read."""

    revision: int = Field(ge=1)
    reason: str = Field("", max_length=4_000)


class ReasonAsked(Asked):
    """Why."""

    reason: str = Field("", max_length=4_000)


class CommentAsked(Asked):
    """``about`` is a criterion, where it is about one."""

    body: str = Field(max_length=4_000)
    about: str = Field("", max_length=200)


class ExcuseAsked(Asked):
    """``about`` is the key of a missing cell, or the message of a warning."""

    about: str = Field(max_length=500)
    reason: str = Field(max_length=4_000)


class CaseAsked(Asked):
    """A case with what its author says must come out."""

    name: str = Field(max_length=200)
    as_of: date
    patient: dict[str, Any]
    expect: dict[str, Any] = Field(min_length=1)
    revision: int = Field(ge=0)


class CohortAsked(Asked):
    """Whom to try it on: a worklist of the caller's team, or the invented patients of the rulebook's cases."""

    worklist: str = Field("", max_length=16, description="Empty for the invented patients.")


class Saved(BaseModel):
    """A save that was taken."""

    revision: int


class DraftListed(BaseModel):
    """A draft in a list."""

    id: str
    candidate: str
    kind: str
    state: str
    force: str = Field(
        description="Of an approved one: in force, not yet in force (a patch waits), or replaced since."
    )
    revision: int
    made_by: str
    contributors: list[str]
    created_at: datetime
    changed_at: datetime


class DraftPage(BaseModel):
    """Drafts, the one changed last first."""

    items: list[DraftListed]


class NoteShown(BaseModel):
    """A comment, an excuse, a step, or a look at the impact. ``resolved_by``: who saw to a comment."""

    id: int
    kind: str
    about: str
    body: str
    revision: int
    by: str
    at: datetime
    resolved_by: str = ""


class AsideShown(BaseModel):
    """What somebody wrote while another one saved."""

    part: str
    content: str
    revision: int
    by: str
    at: datetime


class ConditionShown(BaseModel):
    """One demand of an approval. ``page`` is where one sees to it."""

    name: str
    met: bool
    said: str
    page: str


class DraftWhole(DraftListed):
    """A draft with all that was said about it."""

    text: str
    cases: str
    text_revision: int
    cases_revision: int
    protocol: str
    notes: list[NoteShown]
    asides: list[AsideShown]
    changed_meanwhile: bool = Field(description="The rule in force is another than the draft began with.")


class RevisionShown(BaseModel):
    """One save."""

    number: int
    part: str
    by: str
    at: datetime


class RevisionPage(BaseModel):
    """Every save, the last first."""

    items: list[RevisionShown]


class RevisionWhole(BaseModel):
    """What the draft held at a revision."""

    number: int
    text: str
    cases: str


class ReviewShown(BaseModel):
    """What an approval by the caller would want, and whether it is so."""

    revision: int
    state: str
    ready: bool
    conditions: list[ConditionShown]


class ColumnShown(BaseModel):
    """A criterion."""

    id: str
    text: str
    asks: str
    verdicts: list[str]


class CellShown(BaseModel):
    """What a case expects, and what comes out; nothing where the case says nothing."""

    column: str
    expected: str
    actual: str
    red: bool


class RowShown(BaseModel):
    """A case."""

    index: int
    name: str
    as_of: str
    line: int | None
    cells: list[CellShown]
    failures: list[str]


class MissingShown(BaseModel):
    """An empty cell; ``key`` asks for its proposal, or excuses it."""

    key: str
    column: str
    verdict: str
    said: str
    hint: str
    excused: str


class GridShown(BaseModel):
    """Cases by criteria."""

    revision: int
    columns: list[ColumnShown]
    rows: list[RowShown]
    missing: list[MissingShown]
    problems: list[Finding]
    exercised: int
    wanted: int
    red: int


class CaseProposed(BaseModel):
    """A case to begin with. What must come out is for its author to say."""

    name: str
    as_of: date
    patient: dict[str, Any]
    verdicts: dict[str, list[str]]
    said: str


class TriedShown(BaseModel):
    """What a draft says of a cohort."""

    cohort: str
    patients: int
    left_out: int
    standings: dict[str, int]
    criteria: dict[str, dict[str, int]]


class ChangeShown(BaseModel):
    """One patient's standing, before and after."""

    patient: str
    before: str
    after: str
    because: list[str]


class CriterionCompared(BaseModel):
    """A criterion on both sides, in sentences; ``meaning`` where another thing is asked."""

    id: str
    change: str
    meaning: bool
    before: str
    after: str
    names: str


class ImpactShown(BaseModel):
    """Whom a draft touches. To have read it is noted, at this revision."""

    revision: int
    cohort: str
    patients: int
    rejected: int
    left_out: int
    touched: int
    changed: list[ChangeShown]
    criteria: list[CriterionCompared]
    lines: list[str]


class ApprovedShown(BaseModel):
    """``rulebook`` is in force now; ``patch`` is the change where the folder of rules cannot be written."""

    id: str
    state: str
    rulebook: str
    patch: str
    waits: str


class StretchShown(BaseModel):
    """Lines on which the three agree, or by whom they were changed."""

    changed: str
    base: str
    mine: str
    theirs: str


class ThreeWay(BaseModel):
    """The draft, the file in force now, and what both began with."""

    base: str
    mine: str
    theirs: str
    merged: str
    conflicts: int
    stretches: list[StretchShown]


class MergeAsked(Asked):
    """The text that is to go on, chosen by a person who saw all three."""

    text: str
    cases: str
    revision: int = Field(ge=0)
