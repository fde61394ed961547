"""What a list that is said to be complete says, beside named questions that nobody could answer.

A condition that is "not known" does not become absent because no other illness was found. So a list is complete
only where every question about it has an answer; else everything is absent but what is present and what is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from matcher.vocabulary.conditions import CONDITIONS
from matcher.vocabulary.formulary import Formulary
from matcher.vocabulary.procedures import PROCEDURES
from matcher.vocabulary.resolution import ANYTHING
from matcher.vocabulary.tree import Tree

Leaves: TypeAlias = frozenset[str]


def all_but(
    table: str, rows: list[Mapping[str, Any]], open_codes: list[str], formulary: Formulary
) -> list[str] | None:
    """The codes that are absent: all but those of the rows and the open ones.

    Nothing where that cannot be said: a row that could be anything, or codes that nobody can list, as genes.
    """
    universe, leaves = _vocabulary(table, formulary)
    taken: set[str] = set()
    for row in rows:
        found = leaves(row)
        if found is None:
            return None
        taken |= found
    for code in open_codes:
        found = leaves({"agents": [code], "condition": code, "procedure": code})
        if found is None:
            return None
        taken |= found
    return sorted(universe - taken) or None


def _vocabulary(
    table: str, formulary: Formulary
) -> tuple[Leaves, Callable[[Mapping[str, Any]], Leaves | None]]:
    if table == "conditions":
        return CONDITIONS.all_leaves, _of_tree(CONDITIONS, "condition")
    if table == "procedures":
        return PROCEDURES.all_leaves, _of_tree(PROCEDURES, "procedure")
    if table in ("medications", "therapies"):
        return formulary.all_leaves, lambda row: _of_agents(row.get("agents"), formulary)
    return frozenset(), lambda _: None


def _of_tree(tree: Tree, key: str) -> Callable[[Mapping[str, Any]], Leaves | None]:
    def leaves(row: Mapping[str, Any]) -> Leaves | None:
        code = tree.lookup(row[key]) if isinstance(row.get(key), str) else None
        return tree.leaves(code) if code is not None else None

    return leaves


def _of_agents(raw: object, formulary: Formulary) -> Leaves | None:
    found: set[str] = set()
    for each in raw if isinstance(raw, list) else [raw]:
        if not isinstance(each, str):
            return None
        for component in formulary.resolve(each).components:
            if component is ANYTHING:
                return None
            found |= component
    return frozenset(found) if found else None
