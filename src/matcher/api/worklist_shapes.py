"""The shapes of worklists for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.explanation.answer import PatientShown


class RunShown(BaseModel):
    """One file of a worklist. ``state`` is checking, checked, matching, done or failed."""

    number: int
    state: str
    patients: int
    rejected: int
    done: int = Field(0, description="Patients that are looked through or matched so far.")
    problems: int = 0
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="What each column of the file was taken for; empty where it is not read.",
    )
    rulebook: str
    created_at: datetime


class WorklistShown(BaseModel):
    """A worklist of the caller's team, its files the newest first."""

    id: str
    title: str
    created_at: datetime
    expires_at: datetime
    runs: list[RunShown]


class WorklistPage(BaseModel):
    """The worklists of the caller's team."""

    items: list[WorklistShown] = Field(description="The newest first.")


class StatusShown(BaseModel):
    """What was done about a patient and a trial. ``revision`` goes with the next change."""

    patient: str
    trial: str
    status: str
    owner: str
    note: str
    reason: str
    by: str
    at: datetime | None
    revision: int


class PatientListed(BaseModel):
    """A line of the table. ``missing`` are criteria of ``trial`` that are unknown."""

    number: int
    patient: str
    trial: str
    standing: str
    availability: str
    missing: list[str]
    changes: list[str]
    status: StatusShown


class PatientPage(BaseModel):
    """A stretch of the patients that are asked for; ``total`` is how many there are."""

    total: int
    offset: int
    items: list[PatientListed]


class JudgementShown(BaseModel):
    """A person's verdict on a criterion, beside the computed one. ``force`` is in force, stale or replaced."""

    candidate: str
    criterion: str
    verdict: str
    computed: str
    person: str
    day: str
    reason: str
    source: str
    force: str
    entered_by: str
    entered_at: datetime


class PatientWhole(BaseModel):
    """One patient: both rankings with every criterion, what was done, and what people judged."""

    number: int
    rulebook: str
    patient: PatientShown
    statuses: list[StatusShown]
    judgements: list[JudgementShown]


class StatusAsked(BaseModel):
    """What is to be set; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    patient: str = Field(max_length=200)
    trial: str = Field(max_length=200)
    revision: int = Field(0, ge=0, description="Of the status that was seen; 0 where there was none.")
    status: str | None = Field(None, max_length=20)
    owner: str | None = Field(None, max_length=50)
    note: str | None = Field(None, max_length=2_000)
    reason: str | None = Field(None, max_length=2_000)


class StatusesAsked(BaseModel):
    """Changes that are taken together, each by itself."""

    model_config = ConfigDict(extra="forbid")

    changes: list[StatusAsked] = Field(min_length=1, max_length=1_000)


class StatusAnswered(BaseModel):
    """``set`` is false where somebody changed it meanwhile: ``now`` is what stands there."""

    set: bool
    now: StatusShown


class StatusesAnswered(BaseModel):
    """In the order of the changes."""

    items: list[StatusAnswered]


class JudgementAsked(BaseModel):
    """A verdict in the words of the criterion: met, not met or unknown; of an exclusion, applies or does not apply."""

    model_config = ConfigDict(extra="forbid")

    candidate: str = Field(max_length=200)
    criterion: str = Field(max_length=40)
    verdict: str = Field(max_length=20)
    reason: str = Field(min_length=1, max_length=2_000)
    source: str = Field("", max_length=500)
    of: str = Field(
        "", max_length=40, description="The version of the criterion that was seen, if it is to be compared."
    )

    patient: str = Field(
        "",
        max_length=200,
        description="Whom the verdict is about; refused where the number is another's, as of a later file it may be.",
    )

    def said(self) -> dict[str, Any]:
        return self.model_dump(include={"verdict", "reason", "source", "of"})
