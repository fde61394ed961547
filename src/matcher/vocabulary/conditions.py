"""Diseases and findings beside the index cancer, with their place in one tree each.

CNS metastasis lies under metastasis; ``cns_disease`` groups it with other disorders of the nervous system.
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

GROUPS = (
    Group(
        "cns_disease",
        "CNS metastasis or disorder",
        ("metastasis_cns", "cns_disorder"),
        ("central nervous system disease",),
    ),
    Group(
        "cerebrovascular_event",
        "Stroke or transient ischaemic attack",
        ("stroke", "tia"),
        ("cerebrovascular disease", "stroke or TIA"),
    ),
    Group(
        "cardiac_event",
        "Myocardial infarction, unstable angina or heart failure",
        ("myocardial_infarction", "unstable_angina", "heart_failure"),
        ("cardiac events",),
    ),
    Group("hypothyroidism", "Hypothyroidism", ("hypothyroidism_autoimmune", "hypothyroidism_other_cause")),
    Group(
        "diabetes",
        "Diabetes mellitus",
        ("type_1_diabetes", "type_2_diabetes", "diabetes_other"),
        ("diabetes mellitus", "DM"),
    ),
    Group(
        "thrombosis_or_bleeding",
        "Thrombosis or bleeding",
        ("thromboembolism", "arterial_thrombosis", "bleeding"),
    ),
    Group(
        "ild_or_pneumonitis",
        "Interstitial lung disease or pneumonitis",
        ("interstitial_lung_disease",),
        ("ILD/pneumonitis", "interstitial lung disease or pneumonitis"),
    ),
)

_TOP = "any_condition"

CONDITIONS = Tree(
    "conditions",
    (
        Node(_TOP, "Condition"),
        Node(f"{_TOP}_other", "another condition", _TOP),
        *(Node(row["code"], row["title"], row["parent"] or _TOP, listed(row["synonyms"])) for row in _ROWS),
    ),
    GROUPS,
)

ICD10_CONDITION: Mapping[str, str] = MappingProxyType(
    {code: row["code"] for row in _ROWS for code in listed(row["icd10"])}
)
SNOMED_CONDITION: Mapping[str, str] = MappingProxyType(
    {code: row["code"] for row in _ROWS for code in listed(row["snomed"])}
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
