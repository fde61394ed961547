"""A rulebook as what is kept for it is found by."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Known:
    """A rulebook told by its version."""

    rulebook: Rulebook

    def __hash__(self) -> int:
        return hash(self.rulebook.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known) and other.rulebook.version == self.rulebook.version
