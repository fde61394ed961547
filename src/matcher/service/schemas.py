"""JSON Schemas for editors and for those who send profiles."""

from __future__ import annotations

from typing import Any

from matcher.domain.wire.model import profile_schema
from matcher.errors import UsageError, nearest
from matcher.rules.schema import RULE_KINDS
from matcher.rules.schema import rule_schema as schema_of_rules

__all__ = ["RULE_KINDS", "profile_schema", "rule_schema"]


def rule_schema(kind: str | None = None) -> dict[str, Any]:
    """The schema of one kind of rule file, or of any; a kind that does not exist is answered with the nearest."""
    if kind is not None and kind not in RULE_KINDS:
        guess = nearest(kind, RULE_KINDS)
        meant = f"did you mean '{guess}'? " if guess else ""
        raise UsageError(
            f"there is no kind of rule file '{kind}'", f"{meant}One of: {', '.join(RULE_KINDS)}."
        )
    return schema_of_rules(kind)
