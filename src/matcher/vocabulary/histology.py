"""Histological types, in families. The root is "not otherwise specified": any of them.

Desmoplastic is a subtype of sarcomatoid mesothelioma (WHO classification, Travis 2004), so sarcomatoid alone
may be desmoplastic. Signet ring carcinoma lies under the diffuse, tubular and papillary under the intestinal
type (Laurén); "mucinous" alone may be intestinal or not.
"""

from __future__ import annotations

from matcher.vocabulary.tree import Group, Node, Tree

_NODES = (
    Node(
        "any_histology",
        "Not otherwise specified",
        None,
        ("NOS", "histology not otherwise specified", "unspecified"),
    ),
    Node(
        "mesothelioma_type",
        "Mesothelioma, type not otherwise specified",
        "any_histology",
        (
            "mesothelioma NOS",
            "mesothelioma",
            "malignant mesothelioma",
            "malignant mesothelioma NOS",
            "diffuse malignant mesothelioma",
            "diffuse malignant mesothelioma - NOS",
        ),
    ),
    Node(
        "epithelioid",
        "Epithelioid",
        "mesothelioma_type",
        (
            "epithelial",
            "epithelioid mesothelioma",
            "epithelial mesothelioma",
            "epithelioid type",
            "malignant epithelioid mesothelioma",
            "diffuse malignant mesothelioma - epithelioid",
        ),
    ),
    Node(
        "biphasic",
        "Biphasic",
        "mesothelioma_type",
        (
            "mixed",
            "biphasic mesothelioma",
            "mixed mesothelioma",
            "biphasic type",
            "mixed epithelioid and sarcomatoid",
            "malignant biphasic mesothelioma",
            "diffuse malignant mesothelioma - biphasic",
        ),
    ),
    Node(
        "sarcomatoid",
        "Sarcomatoid",
        "mesothelioma_type",
        (
            "sarcomatous",
            "sarcomatoid mesothelioma",
            "sarcomatous mesothelioma",
            "fibrous mesothelioma",
            "sarcomatoid type",
            "malignant sarcomatoid mesothelioma",
            "diffuse malignant mesothelioma - sarcomatoid",
        ),
    ),
    Node("desmoplastic", "Desmoplastic", "sarcomatoid", ("desmoplastic mesothelioma", "desmoplastic type")),
    Node(
        "well_differentiated_papillary",
        "Well-differentiated papillary mesothelial tumour",
        "mesothelioma_type",
        ("well-differentiated papillary mesothelioma", "WDPM", "WDPMT"),
    ),
    Node(
        "multicystic",
        "Multicystic mesothelial tumour",
        "mesothelioma_type",
        ("multicystic mesothelioma", "multicystic peritoneal mesothelioma"),
    ),
    Node(
        "carcinoma_type",
        "Carcinoma, type not otherwise specified",
        "any_histology",
        ("carcinoma", "carcinoma NOS"),
    ),
    Node(
        "adenocarcinoma",
        "Adenocarcinoma",
        "carcinoma_type",
        (
            "adenocarcinoma NOS",
            "stomach adenocarcinoma not otherwise specified (nos)",
        ),
    ),
    Node(
        "intestinal",
        "Intestinal type",
        "adenocarcinoma",
        (
            "intestinal adenocarcinoma",
            "adenocarcinoma, intestinal type",
            "stomach intestinal adenocarcinoma not otherwise specified (nos)",
        ),
    ),
    Node(
        "tubular",
        "Tubular",
        "intestinal",
        ("tubular adenocarcinoma", "stomach intestinal adenocarcinoma tubular type"),
    ),
    Node(
        "papillary",
        "Papillary",
        "intestinal",
        ("papillary adenocarcinoma", "stomach intestinal adenocarcinoma papillary type"),
    ),
    Node(
        "intestinal_mucinous",
        "Intestinal type, mucinous",
        "intestinal",
        ("stomach intestinal adenocarcinoma mucinous type",),
    ),
    Node(
        "diffuse_type",
        "Diffuse type",
        "adenocarcinoma",
        (
            "diffuse",
            "diffuse adenocarcinoma",
            "carcinoma, diffuse type",
            "poorly cohesive",
            "stomach adenocarcinoma diffuse type",
        ),
    ),
    Node(
        "signet_ring",
        "Signet ring cell",
        "diffuse_type",
        (
            "signet ring",
            "signet ring cell carcinoma",
            "signet ring type",
            "stomach adenocarcinoma signet ring type",
        ),
    ),
    Node(
        "mixed_type",
        "Mixed intestinal and diffuse type",
        "adenocarcinoma",
        ("adenocarcinoma with mixed subtypes", "mixed adenocarcinoma"),
    ),
    Node("mucinous_not_intestinal", "Mucinous, not of intestinal type", "adenocarcinoma"),
    Node("squamous", "Squamous cell", "carcinoma_type", ("squamous cell carcinoma", "squamous carcinoma")),
    Node("adenosquamous", "Adenosquamous", "carcinoma_type", ("adenosquamous carcinoma",)),
    Node("small_cell", "Small cell", "carcinoma_type", ("small cell carcinoma",)),
    Node("large_cell", "Large cell", "carcinoma_type", ("large cell carcinoma",)),
    Node(
        "neuroendocrine",
        "Neuroendocrine",
        "carcinoma_type",
        ("neuroendocrine carcinoma", "neuroendocrine tumour"),
    ),
    Node("ductal", "Ductal", "carcinoma_type", ("ductal carcinoma", "infiltrating duct carcinoma")),
    Node("lobular", "Lobular", "carcinoma_type", ("lobular carcinoma",)),
    Node("serous", "Serous", "carcinoma_type", ("serous carcinoma",)),
    Node("undifferentiated", "Undifferentiated", "carcinoma_type", ("undifferentiated carcinoma",)),
)

GROUPS = (
    Group(
        "non_epithelioid",
        "Non-epithelioid mesothelioma",
        ("biphasic", "sarcomatoid"),
        ("non-epithelioid", "nonepithelioid", "non-epithelial", "not epithelioid"),
    ),
    Group(
        "mucinous",
        "Mucinous",
        ("intestinal_mucinous", "mucinous_not_intestinal"),
        ("mucinous adenocarcinoma", "colloid carcinoma"),
    ),
)

HISTOLOGY = Tree("histology", _NODES, GROUPS)
