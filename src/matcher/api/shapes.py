"""The shapes of answers: what the routes write and the client reads."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from matcher.explanation.answer import CandidateShown
from matcher.service.catalogue import CandidateListed, Description, FeatureListed
from matcher.service.intake.form import Section, Term
from matcher.service.intake.live import MissingField
from matcher.store.jobs import JobState


class Finding(BaseModel):
    """One thing that is wrong: where, what, and what to do."""

    code: str = Field(examples=["P005"])
    place: str = Field(examples=["query.top"])
    message: str
    remedy: str


class ProblemDetail(BaseModel):
    """What was refused and why."""

    type: str = Field(description="Address of the code's explanation.", examples=["/v1/errors/U057"])
    title: str = Field(examples=["Request that cannot be understood"])
    status: int = Field(examples=[422])
    detail: str
    code: str = Field(examples=["U057"])
    place: str = Field("", description="Where in the request; empty where it is the whole.")
    remedy: str
    request_id: str = ""
    findings: list[Finding] = Field(default_factory=list, description="Everything that is wrong.")


class JobProblem(BaseModel):
    """Why a job failed: a code of the command line, with place and remedy."""

    type: str
    code: str
    title: str
    place: str
    detail: str
    remedy: str


class ResultFile(BaseModel):
    """A file of the finished run."""

    name: str
    about: str
    bytes: int
    href: str


class JobShown(BaseModel):
    """A job. ``total`` is known once the file was looked through; ``done`` counts matched and rejected."""

    id: str
    state: JobState
    total: int | None
    done: int
    rejected: int
    rulebook: str = Field(description="Version the results are made from; empty before the job begins.")
    created_at: datetime
    finished_at: datetime | None
    problem: JobProblem | None
    files: list[ResultFile]


class JobPage(BaseModel):
    """A stretch of the caller's jobs, newest first."""

    offset: int
    items: list[JobShown]


class CandidatePage(BaseModel):
    """A stretch of the candidates; ``total`` is how many there are in all."""

    rulebook: str
    total: int
    offset: int
    items: list[CandidateListed]


class FeaturePage(BaseModel):
    """A stretch of the features; ``total`` is how many there are in all."""

    rulebook: str
    total: int
    offset: int
    items: list[FeatureListed]


class CandidateShownWhole(BaseModel):
    """One candidate in plain words: criteria with limits and sources, cautions, evidence."""

    rulebook: str
    listed: CandidateListed
    description: Description


class DerivedListed(BaseModel):
    """A fact the rulebook works out from others: a stage, a prognostic index."""

    name: str
    title: str
    values: list[str]


class RulebookShown(BaseModel):
    """The rulebook in force. ``known_until`` is how late each document behind it is."""

    version: str
    short: str
    program: str
    trials: int
    regimens: int
    features: int
    derived: list[DerivedListed]
    files: list[str]
    known_until: dict[str, date] = Field(description="Document to the day it is known until.")


class FormShown(BaseModel):
    """The form: its sections, their fields, and what each may be answered with."""

    rulebook: str
    sections: tuple[Section, ...]


class TermsShown(BaseModel):
    """Names to complete typed words to, by the list an input names."""

    rulebook: str
    terms: dict[str, tuple[Term, ...]]


class CandidateInSession(BaseModel):
    """One candidate of an intake, criterion by criterion."""

    rulebook: str
    revision: int
    candidate: CandidateShown
    missing: tuple[MissingField, ...] = Field(
        description="The fields of the form that its unknown criteria wait for."
    )
