"""Nodes of OncoTree that are no words of ours: each lies below one that is.

Codes and names of OncoTree 2025-10-03 (CC BY 4.0), and some of earlier editions. A patient with such a cancer has some
cancer of the node above. A rule that asks for one of them asks for less than that node, so it must not take it instead.
"""

from __future__ import annotations

from functools import cache

from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.tables import rows
from matcher.vocabulary.text import key


def at_or_below(text: str) -> str | None:
    """Our diagnosis that a code or name of OncoTree means, or that it lies below."""
    return DIAGNOSES.lookup(text) or _codes().get(text.strip().casefold()) or _names().get(key(text))


def named_below(text: str) -> str | None:
    """The diagnosis above the cancer that a name means to whoever has never heard of OncoTree.

    *Granular cell tumour* is one of the pituitary there, and *mucinous carcinoma* one of the cervix: such names
    (``name_alone``: no) say nothing of the organ.
    """
    return _names(alone=True).get(key(text))


@cache
def _codes() -> dict[str, str]:
    return {row["code"].casefold(): row["term"] for row in rows("oncotree.csv") if row["code"]}


@cache
def _names(*, alone: bool = False) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows("oncotree.csv"):
        if row["name"] and not (alone and row["name_alone"]):
            found.setdefault(key(row["name"]), row["term"])
    return found
