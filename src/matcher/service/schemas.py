"""JSON Schemas for editors and for those who send profiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matcher.domain.wire.model import profile_schema
from matcher.errors import UsageError, nearest
from matcher.rules.schema import RULE_KINDS
from matcher.rules.schema import rule_schema as schema_of_rules

__all__ = ["RULE_KINDS", "profile_schema", "rule_schema"]


def rule_schema(kind: str | None = None, rules: Path | None = None) -> dict[str, Any]:
    """The schema of one kind of rule file, or of any; a kind that does not exist is answered with the nearest.

    With a rulebook it offers the names of its lists, and the facts that it derives.
    """
    if kind is not None and kind not in RULE_KINDS:
        guess = nearest(kind, RULE_KINDS)
        meant = f"did you mean '{guess}'? " if guess else ""
        raise UsageError(
            f"there is no kind of rule file '{kind}'", f"{meant}One of: {', '.join(RULE_KINDS)}."
        )
    if rules is None:
        return schema_of_rules(kind)
    from matcher.rules.derive import DerivationCompiler
    from matcher.service.rulebooks import open_rulebook

    rulebook = open_rulebook(rules)
    formulary = rulebook.formulary
    derived = [DerivationCompiler.word_for(each.document) for each in rulebook.derivations]
    schemes = [each.name for each in formulary.schemes]
    return schema_of_rules(kind, derived, [*formulary.classes, *formulary.agents, *schemes])
