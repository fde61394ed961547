"""Cancers: the branches of OncoTree that the rules touch, and one node for every other tissue.

Codes, names and parents are OncoTree's (cBioPortal / Memorial Sloan Kettering Cancer Center, version
2025-10-03, CC BY 4.0). Rows of ours are marked ``matcher`` in ``diagnoses.csv``: ``SOLID`` and ``LIQUID``
above the tissues, and lower-case codes for entities that trials name and OncoTree lacks. Lymphoid, myeloid
and plasma-cell cancers are ``LIQUID``, as in OncoTree's own tissues: testicular lymphoma stays with testis.
"""

from __future__ import annotations

from collections.abc import Mapping

from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.tree import Group, Node, Tree

#: what OncoTree has no node for. Gastric cancer is every stomach tumour but the pure gullet entities, as in ICD-10 C16:
#: it keeps the signet ring and the poorly differentiated type beside STAD, and GIST and leiomyosarcoma in soft tissue.
#: A name of a group ``records_only`` is said of patients by people who leave the site or the kind open.
GROUPS = tuple(
    Group(
        row["code"], row["title"], listed(row["members"]), listed(row["synonyms"]), bool(row["records_only"])
    )
    for row in rows("diagnosis_groups.csv")
)

# OncoTree calls every cancer solid or blood-borne by its tissue: nothing lies outside the two.
_CLOSED = frozenset({"TISSUE"})
_ABOVE_TISSUES = frozenset({"SOLID", "LIQUID"})


def _read(row: Mapping[str, str]) -> Node:
    synonyms, parent = listed(row["synonyms"]), row["parent"] or None
    # OncoTree calls all cancers of an organ by the organ. The first other name is the cancer's.
    called = synonyms[0][:1].upper() + synonyms[0][1:] if parent in _ABOVE_TISSUES else ""
    return Node(row["code"], row["title"], parent, synonyms, row["code"] in _CLOSED, called)


_SITE = "_site"
_ORGANS = {
    row["organ"].lower().removesuffix("_cancer_unspecified") + _SITE: (row["organ"], *listed(row["also"]))
    for row in rows("diagnosis_sites.csv")
}
_NODES = tuple(map(_read, rows("diagnoses.csv")))
_CALLED = {each.code: each.called for each in _NODES} | {each.code: each.title for each in GROUPS}
#: what a code of a site stands for: whatever arises there
SITES = tuple(
    Group(code, f"{_CALLED[members[0]]}, or another that arises there", members, records_only=True)
    for code, members in _ORGANS.items()
)

DIAGNOSES = Tree("diagnoses", _NODES, (*GROUPS, *SITES))


def organ_of(code: str | None) -> str | None:
    """Where carcinomas of a site have their place; any other code is its own."""
    return _ORGANS[code][0] if code in _ORGANS else code
