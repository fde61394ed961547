"""What every rule file is made of: texts, names, conditions, and what a criterion asks.

Conditions (``when``) stay plain data here; ``parse`` reads them against the catalogue.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

Pair = Annotated[list[float | None], Field(min_length=2, max_length=2)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Texts = list[Text]
CriterionId = Annotated[str, StringConstraints(pattern=r"^[IEC]-[0-9]{2}[a-z]?$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
CohortId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
TrialId = Annotated[str, StringConstraints(pattern=r"^(NCT[0-9]{8}|[A-Za-z][A-Za-z0-9_-]+)$")]
When = Annotated[dict[str, Any], Field(description="A condition; see the reference of the rule language.")]


class Document(BaseModel):
    """Base of everything in a rule file: unknown fields are errors, values are taken as written."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


_CONDITION = {"type": "object", "description": "A condition; see the reference of the rule language."}


def _one_of_both(when: dict[str, Any] | None, held: ValidationInfo) -> dict[str, Any] | None:
    if when is not None and held.data.get("judgement"):
        raise PydanticCustomError(
            "judgement_with_condition", "what is left to a person has no condition of its own"
        )
    return when


class Asked(Document):
    """What is asked: a condition, or, where the protocol leaves it to a person, the text alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["when"], "properties": {"judgement": {"const": False}}},
                {"required": ["judgement"], "properties": {"judgement": {"const": True}, "when": False}},
            ]
        }
    )

    text: Text
    judgement: bool = Field(
        False, description="Left to a person: unknown until somebody has judged it. It has no `when`."
    )
    when: Annotated[When | None, WithJsonSchema(_CONDITION)] = Field(None, validate_default=True)

    @field_validator("when")
    @classmethod
    def _is_asked(cls, when: dict[str, Any] | None, held: ValidationInfo) -> dict[str, Any] | None:
        if when is None and not held.data.get("judgement"):
            raise PydanticCustomError("missing", "Field required")
        return _one_of_both(when, held)


class VersionCriterion(Document):
    """What a criterion asked for in an earlier version; without ``when`` it was not part of that one."""

    text: Text
    judgement: bool = Field(False, description="That version left it to a person.")
    when: When | None = None

    @field_validator("when")
    @classmethod
    def _is_asked(cls, when: dict[str, Any] | None, held: ValidationInfo) -> dict[str, Any] | None:
        return _one_of_both(when, held)


class RulebookDocument(Document):
    """What a directory of rules is called, and whether it stands alone.

    Of a rulebook that extends the shipped one, a file of the same name stands in the place of a shipped file.
    """

    rulebook: Text
    extends: Literal["shipped", "none"] = Field(
        "shipped",
        description="`shipped`: its rules, lists and derivations are in force beside one's own; `none`: one's own alone.",
    )


class Citation(Document):
    """Where a statement comes from: a document and its section, or a named source of the same file."""

    document: Text
    section: Text
    as_of: date | None = None
    address: Text | None = None
    note: Text | None = None


Source = Citation | Text
