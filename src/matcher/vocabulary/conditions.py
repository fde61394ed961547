"""Diseases and findings beside the index cancer, with their place in one tree each.

CNS metastasis lies under metastasis; ``cns_disease`` groups it with other disorders of the nervous system. What has its
place in one tree and is another thing too (pernicious anaemia, an autoimmune disease) is in ``condition_members.csv``.
Second cancers are diagnoses, pregnancy and blood pressure are observations, transplants are procedures.
Codes of ICD-10 (WHO 2019, and ICD-10-CM where finer) and SNOMED CT stand only where they mean exactly this
condition or part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from matcher.vocabulary.icd import icd10_code
from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.tree import Group, Node, Tree

_ROWS = rows("conditions.csv")

_GROUP_ROWS = rows("condition_groups.csv")

_ALSO = {row["code"]: listed(row["also"]) for row in rows("condition_members.csv")}

#: what has more than one place: a named set of conditions that is no condition of the tree itself
GROUPS = tuple(
    Group(row["code"], row["title"], listed(row["members"]), listed(row["synonyms"])) for row in _GROUP_ROWS
)

_TOP = "any_condition"

CONDITIONS = Tree(
    "conditions",
    (
        Node(_TOP, "Condition"),
        Node(f"{_TOP}_other", "another condition", _TOP),
        *(
            Node(
                row["code"],
                row["title"],
                row["parent"] or _TOP,
                listed(row["synonyms"]),
                also=_ALSO.get(row["code"], ()),
            )
            for row in _ROWS
        ),
    ),
    GROUPS,
)

ICD10_CONDITION: Mapping[str, str] = MappingProxyType(
    {code: row["code"] for row in (*_ROWS, *_GROUP_ROWS) for code in listed(row["icd10"])}
)
SNOMED_CONDITION: Mapping[str, str] = MappingProxyType(
    {code: row["code"] for row in (*_ROWS, *_GROUP_ROWS) for code in listed(row["snomed"])}
)


def condition_of_icd10(text: str) -> str | None:
    """The condition of an ICD-10 (or ICD-10-CM) code, by its longest prefix in the table."""
    code = icd10_code(text) or ""
    return next(
        (
            ICD10_CONDITION[prefix]
            for length in range(len(code), 2, -1)
            if (prefix := code[:length].rstrip(".")) in ICD10_CONDITION
        ),
        None,
    )


def condition_of_snomed(code: str) -> str | None:
    return SNOMED_CONDITION.get(code.strip())


def _except(*codes: str) -> frozenset[str]:
    return CONDITIONS.all_leaves - CONDITIONS.expand(codes)


#: words that judge a disease rather than name one, and the diseases that each could be said of
COULD_BE_MEANT_BY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "active_infection": CONDITIONS.leaves("infection") - {"active_infection"},
        "hypertension_uncontrolled": CONDITIONS.leaves("hypertension") - {"hypertension_uncontrolled"},
        "uncontrolled_illness": _except("metastasis", "uncontrolled_illness"),
        "toxicity": _except(
            *("metastasis", "toxicity", "allergy", "copd", "asthma", "asbestosis", "hiv", "hepatitis_b"),
            *("hepatitis_c", "syphilis", "tuberculosis", "gilbert_syndrome", "fracture", "dementia"),
            *("parkinson_disease", "substance_abuse", "amyloidosis", "poems_syndrome", "bap1_syndrome"),
            *("plasma_cell_leukaemia", "extramedullary_disease"),
        ),
    }
)
