"""Cancers: the branches of OncoTree that the rules touch, and one node for every other tissue.

Codes, names and parents are OncoTree's (cBioPortal / Memorial Sloan Kettering Cancer Center, version
2025-10-03, CC BY 4.0). Rows of ours are marked ``matcher`` in ``diagnoses.csv``: ``SOLID`` and ``LIQUID``
above the tissues, and lower-case codes for entities that trials name and OncoTree lacks. Lymphoid, myeloid
and plasma-cell cancers are ``LIQUID``, as in OncoTree's own tissues: testicular lymphoma stays with testis.
"""

from __future__ import annotations

from matcher.vocabulary.tables import listed, rows
from matcher.vocabulary.tree import Group, Node, Tree

# Every stomach tumour but the pure gullet entities: what "gastric cancer" and ICD-10 C16 can mean.
# GIST and leiomyosarcoma are soft tissue in OncoTree and coded by organ in ICD-10.
_GASTRIC = (
    "STAD",
    "STAS",
    "STSC",
    "GRC",
    "USTAD",
    "EGC_other",
    "SWDNET",
    "HGNES",
    "GINETES_other",
    "SMN",
    "STOMACH_other",
    "GIST",
    "LMS",
)

GROUPS = (
    Group(
        "mesothelioma",
        "Mesothelioma, site not stated",
        ("PLMESO", "PEMESO", "TMESO", "pericardial_mesothelioma", "mesothelioma_other_site"),
        (
            "malignant mesothelioma",
            "mesothelioma, malignant",
            "mesothelioma NOS",
            "mesothelioma of any site",
            "malignant mesothelioma, site not stated",
            "diffuse malignant mesothelioma",
        ),
    ),
    Group(
        "mesothelioma_elsewhere",
        "Mesothelioma outside pleura, peritoneum and pericardium",
        ("TMESO", "mesothelioma_other_site"),
    ),
    Group(
        "gastric_cancer",
        "Gastric cancer, type not stated",
        _GASTRIC,
        ("stomach cancer", "cancer of stomach", "gastric carcinoma", "malignant neoplasm of stomach"),
    ),
    Group(
        "cardia_cancer",
        "Cancer of the cardia or gastro-oesophageal junction, type not stated",
        (*_GASTRIC, "GEJ", "ESCA"),
        ("cancer of the cardia", "gastro-oesophageal junction cancer", "GEJ cancer", "GOJ cancer"),
    ),
    Group(
        # OncoTree keeps the signet ring and the poorly differentiated type beside STAD, not below it.
        "gastric_adenocarcinoma",
        "Adenocarcinoma of the stomach",
        ("STAD", "GRC", "USTAD", "EGC_other"),
        ("gastric adenocarcinoma", "stomach adenocarcinoma, NOS", "adenocarcinoma of stomach"),
    ),
    Group(
        "gastric_or_gej_adenocarcinoma",
        "Adenocarcinoma of the stomach or gastro-oesophageal junction",
        ("STAD", "GRC", "USTAD", "EGC_other", "GEJ"),
        ("gastric or GEJ adenocarcinoma", "gastric/GEJ adenocarcinoma", "G/GEJ adenocarcinoma"),
    ),
    Group(
        "oesophageal_cancer",
        "Oesophageal cancer, type not stated",
        (
            "ESCA",
            "EPDCA",
            "ESCC",
            "ESMM",
            "HGNEE",
            "GINETES_other",
            "EGC_other",
            "SMN",
            "STOMACH_other",
            "GIST",
            "LMS",
        ),
        ("esophageal cancer", "cancer of oesophagus", "oesophageal carcinoma"),
    ),
    Group(
        "non_melanoma_skin_cancer",
        "Basal or squamous cell carcinoma of the skin",
        ("BCC", "CSCC", "skin_squamous_in_situ"),
        ("non-melanoma skin cancer", "nonmelanoma skin cancer", "basal or squamous cell skin cancer"),
    ),
    Group(
        "cervix_in_situ",
        "Carcinoma in situ of the cervix",
        ("cervix_squamous_in_situ", "CEAIS"),
        ("in situ cervical cancer", "carcinoma in situ of cervix", "cervical carcinoma in situ"),
    ),
    Group(
        "breast_in_situ",
        "Carcinoma in situ of the breast",
        ("DCIS", "LCIS"),
        ("in situ breast cancer", "breast carcinoma in situ"),
    ),
    Group(
        "carcinoma_in_situ",
        "Carcinoma in situ of any site",
        (
            "cervix_squamous_in_situ",
            "CEAIS",
            "DCIS",
            "LCIS",
            "CAIS",
            "LAIS",
            "AIS",
            "skin_squamous_in_situ",
            "melanoma_in_situ",
            "in_situ_other_site",
        ),
        ("in situ carcinoma", "cancer in situ", "carcinoma in situ, any site"),
    ),
    Group(
        "melanoma_any_site",
        "Melanoma of skin, eye or mucosa",
        ("MEL", "OM", "HNMUCM", "ESMM", "ARMM", "VMM", "URMM", "PCNSMT"),
        ("malignant melanoma",),
    ),
    Group(
        "plasmacytoma",
        "Plasmacytoma, of bone or soft tissue",
        ("SPB", "EP"),
        ("solitary plasmacytoma", "extramedullary or solitary plasmacytoma"),
    ),
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
