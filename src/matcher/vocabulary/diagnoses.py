"""Cancers: the branches of OncoTree that the rules touch, and one node for every other tissue.

Codes, names and parents are OncoTree's (cBioPortal / Memorial Sloan Kettering Cancer Center, version
2025-10-03, CC BY 4.0). Rows of ours are marked ``matcher`` in ``diagnoses.csv``: ``SOLID`` and ``LIQUID``
above the tissues, and lower-case codes for entities that trials name and OncoTree lacks. Lymphoid, myeloid
and plasma-cell cancers are ``LIQUID``, as in OncoTree's own tissues: testicular lymphoma stays with testis.
"""

from __future__ import annotations

from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.tree import Group, Node, Tree

#: what OncoTree has no node for. Gastric cancer is every stomach tumour but the pure gullet entities, as in ICD-10 C16:
#: it keeps the signet ring and the poorly differentiated type beside STAD, and GIST and leiomyosarcoma in soft tissue.
GROUPS = tuple(
    Group(row["code"], row["title"], listed(row["members"]), listed(row["synonyms"]))
    for row in rows("diagnosis_groups.csv")
)

# OncoTree calls every cancer solid or blood-borne by its tissue: nothing lies outside the two.
_CLOSED = frozenset({"TISSUE"})

DIAGNOSES = Tree(
    "diagnoses",
    (
        Node(
            row["code"], row["title"], row["parent"] or None, listed(row["synonyms"]), row["code"] in _CLOSED
        )
        for row in rows("diagnoses.csv")
    ),
    GROUPS,
)
