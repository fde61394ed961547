"""Nodes of OncoTree that are no words of ours: each lies below one that is.

Codes and names of OncoTree 2025-10-03 (CC BY 4.0), and some of earlier editions. A patient with such a cancer has some
cancer of the node above. A rule that asks for one of them asks for less than that node, so it must not take it instead.
"""

from __future__ import annotations

from functools import cache

from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.tables import rows


def at_or_below(text: str) -> str | None:
    """Our diagnosis that a code or name of OncoTree means, or that it lies below."""
    return DIAGNOSES.lookup(text) or _below().get(text.strip().casefold())


@cache
def _below() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows("oncotree.csv"):
        for name in (row["code"], row["name"]):
            if name:
                found.setdefault(name.casefold(), row["term"])
    return found
