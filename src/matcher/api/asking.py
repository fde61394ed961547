"""What may stand behind the question mark of an address. A word that is not known there is refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from matcher.rules.candidate import Availability, CandidateKind
from matcher.service import MatchOptions


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UnknownAsked(_Asked):
    """What is done about a field that does not exist."""

    unknown: Literal["refuse", "report"] = Field(
        "refuse",
        description="A field that does not exist is a fault of the program that sends it: the request is refused, "
        "with all of them at once. `report` reads the rest and names them among the issues.",
    )


def no_number(value: object) -> object:
    """Seconds since 1970 are a way to write a day, but nobody's who asks about a patient."""
    if isinstance(value, int | float) or (isinstance(value, str) and value.strip().lstrip("-+").isdecimal()):
        raise ValueError("write the day as in 2026-01-15")
    return value


class MatchAsked(UnknownAsked):
    """The day, and what is ranked."""

    as_of: Annotated[date | None, BeforeValidator(no_number)] = Field(
        None,
        ge=date(1900, 1, 1),
        le=date(2200, 1, 1),
        description="The day the question is asked for, where the profile has none of its own; today without.",
        examples=["2026-01-15"],
    )
    top: int | None = Field(
        None, ge=1, le=10_000, description="Only the first trials and the first regimens.", examples=[10]
    )
    include_closed: bool = Field(False, description="Rank closed and suspended candidates too.")
    include_deceased: bool = Field(False, description="Rank candidates for deceased patients too.")

    @property
    def options(self) -> MatchOptions:
        return MatchOptions(self.top, self.include_closed, self.include_deceased)


class Stretch(_Asked):
    """A part of a list."""

    limit: int = Field(100, ge=1, le=500, description="How many at once.")
    offset: int = Field(0, ge=0, le=1_000_000, description="How many to pass over.")


class CandidatesAsked(Stretch):
    """Which candidates."""

    kind: CandidateKind | None = Field(None, description="Only trials, or only regimens.")
    availability: Availability | None = Field(None, description="Only these.")


class FeaturesAsked(Stretch):
    """Which features."""

    topic: str | None = Field(None, max_length=200, description="Only the features of one topic.")
