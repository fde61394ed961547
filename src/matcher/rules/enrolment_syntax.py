"""What a trial's file holds of its recruitment, its contacts and its sites."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from matcher.rules.document import Document, Source, Text

Status = Literal["recruiting", "not_yet_recruiting", "suspended", "closed", "completed", "unknown"]


class KnownDocument(Document):
    """A status of the recruitment on an earlier day: `as_of` a day it was so, or `since` the day it came into force."""

    status: Status
    as_of: date | None = None
    since: date | None = None
    source: Source | None = None
    assumption: Text | None = None

    @property
    def day(self) -> date:
        """That of the status; of an entry without one, which is refused, the first there is."""
        return self.as_of or self.since or date.min


class Recruitment(Document):
    """Whether the trial takes patients, as known on a day, and what was known of earlier days.

    A patient is judged by what is known of the as-of day. Between two days with different statuses nothing is
    known, unless the later one says `since`.
    """

    status: Status
    as_of: date
    since: date | None = Field(None, description="The day it came into force, where a source says it.")
    source: Source | None = None
    assumption: Text | None = Field(
        None, description="Why it is taken so, where none of the sources says it; listed with every answer."
    )
    history: list[KnownDocument] = Field([], description="What was known of earlier days, oldest first.")


class ContactDocument(Document):
    """Whom to ask about a trial, exactly as the source writes it."""

    name: Text
    phone: Text | None = None
    email: Text | None = None


class TrialContactDocument(ContactDocument):
    """Whom to ask about the whole trial, as known on a day."""

    as_of: date
    source: Source


class Point(Document):
    """A place on the earth, in degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class SiteDocument(Document):
    """A place where the trial takes, took or will take patients, as known on a day."""

    name: Text
    city: Text | None = None
    region: Text | None = None
    country: Text | None = None
    at: Point | None = None
    status: Status = Field(
        "unknown",
        description="Whether this site takes patients. What holds for the trial is not taken to hold for it.",
    )
    contacts: list[ContactDocument] = Field([])
    as_of: date
    source: Source
