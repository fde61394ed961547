"""The lists of a rulebook as pydantic models: agents, names for several of them, and classes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from matcher.rules.document import Document, Name, Source, Text, Texts


class HalfLife(Document):
    """How long it takes until half of an agent is gone, as a source says."""

    value: Text = Field(description="As '48 hours' or '2 days'; of a range the longest.")
    source: Source


class AgentDocument(Document):
    """One agent and the other names records use for it."""

    synonyms: list[Text] = []
    half_life: HalfLife | None = Field(
        None, description="What `5 half_lives` of this agent count, where the rule does not say."
    )
    note: Text | None = None


class CombinationDocument(Document):
    """A name for several agents given together: a scheme or a combined brand."""

    agents: Annotated[Texts, Field(min_length=1)]
    synonyms: Texts = []
    note: Text | None = None


class AgentsDocument(Document):
    """Agents by their generic names, and names for several of them together."""

    agents: dict[Text, AgentDocument]
    combinations: dict[Text, CombinationDocument] = {}
    title: Text
    replaces: Literal["shipped"] | None = Field(
        None,
        description="In a rulebook that extends the shipped one: this stands in the place of the shipped list.",
    )
    source: Source
    as_of: date


class ListDocument(Document):
    """A class of agents: members are agents or other lists."""

    list: Name
    title: Text
    members: Annotated[Texts, Field(min_length=1)]
    synonyms: Texts = []
    kind: Literal["class", "not_anticancer", "unresolvable"] = "class"
    offered: bool = Field(
        False, description="Kept for authors although no rule of this rulebook uses it yet."
    )
    replaces: Literal["shipped"] | None = Field(
        None,
        description="In a rulebook that extends the shipped one: this stands in the place of the shipped list.",
    )
    source: Source
    as_of: date
