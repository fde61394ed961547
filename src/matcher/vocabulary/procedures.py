"""Operations and other procedures that criteria ask about, and radiotherapy beside them as what can be planned."""

from __future__ import annotations

from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.tree import Node, Tree

#: operations that one surgeon calls major and another does not, as may be "another major operation"
_ALSO = {row["code"]: listed(row["also"]) for row in rows("procedure_members.csv")}

_NODES = tuple(
    Node(
        row["code"],
        row["title"],
        row["parent"] or None,
        listed(row["synonyms"]),
        also=_ALSO.get(row["code"], ()),
    )
    for row in rows("procedures.csv")
)

PROCEDURES = Tree("procedures", _NODES)

#: what is no medicine and can be planned, be suitable, or be the cause of something
TREATMENTS = Tree(
    "procedures and radiotherapy",
    (*_NODES, Node("radiotherapy", "Radiotherapy", None, ("radiation", "radiation therapy", "irradiation"))),
)
