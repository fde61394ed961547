"""Progression on a regimen's own agents, or on others of their class: one criterion, made for every regimen.

A treatment that has failed is not offered again as if it had not. Which classes count as one agent, and where that
comes from, stands in the rulebook.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matcher.rules.candidate import Criterion, Role
from matcher.rules.condition import Condition, Problem
from matcher.rules.graph import GraphBuilder
from matcher.rules.parse import ConditionReader
from matcher.rules.syntax import PolicyDocument, RegimenDocument
from matcher.vocabulary.formulary import Formulary


@dataclass(frozen=True, slots=True)
class OwnAgents:
    """The policy of a rulebook, with the formulary its names come from."""

    document: PolicyDocument
    formulary: Formulary

    def problems(self) -> list[Problem]:
        """Classes that no list has."""
        return [
            Problem(("classes", index), "R024", f"no list is called '{name}'")
            for index, name in enumerate(self.document.classes)
            if not self.formulary.is_class(name)
        ]

    def criterion(
        self,
        regimen: RegimenDocument,
        reader: ConditionReader,
        lowered: Callable[[Condition], Condition],
        builder: GraphBuilder,
    ) -> Criterion | None:
        """The criterion of one regimen; nothing for one that names no agent."""
        failed = self.failing(regimen)
        asked = [{"progressed": each} for each in failed]
        condition = reader.read({"any": asked}, ("agents",)) if asked else None
        if condition is None:
            return None
        document = self.document
        role = Role.EXCLUSION if regimen.progressed_on_own_agents == "excludes" else Role.CAUTION
        condition = lowered(condition)
        node = condition.node
        satisfied = builder.negate(node) if role is Role.EXCLUSION else node
        named = ", ".join(self.formulary.title(each) for each in failed)
        return Criterion(
            f"{role.value[0].upper()}-{document.criterion}",
            role,
            f"{document.text}: {named}",
            condition,
            node,
            satisfied,
            satisfied,
            satisfied,
            citation=document.source,
            assumption=document.assumption,
            general=True,
        )

    def failing(self, regimen: RegimenDocument) -> tuple[str, ...]:
        """What counts as the regimen's own: for each agent its class, where that counts as one, or itself."""
        known = [code for each in regimen.agents if (code := self.formulary.lookup(each)) is not None]
        return tuple(dict.fromkeys(self._whole(code) for code in known))

    def _whole(self, code: str) -> str:
        leaves = self.formulary.members(code)
        for each in self.document.classes:
            if self.formulary.knows(each) and leaves <= self.formulary.members(each):
                return self.formulary.lookup(each) or each
        return code
