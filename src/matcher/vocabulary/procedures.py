"""Operations and other procedures that criteria ask about."""

from __future__ import annotations

from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.tree import Node, Tree

PROCEDURES = Tree(
    "procedures",
    (
        Node(row["code"], row["title"], row["parent"] or None, listed(row["synonyms"]))
        for row in rows("procedures.csv")
    ),
)
