"""What ICD-10 and ICD-O-3 codes say about the cancer, as far as they say it.

A site code names an organ, not a tumour type: it maps to everything that arises there, sarcomas too, which
OncoTree has in a tissue of their own (``diagnosis_sites.csv``). ICD-O morphology with
topography names both. Each table maps to one node or group of ``DIAGNOSES`` or ``HISTOLOGY``; a code that is
not here says nothing. Sources: WHO ICD-10 (2019), chapter II; WHO ICD-O-3.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from matcher.vocabulary.diagnoses import organ_of

# The longest prefix that fits decides.
ICD10_DIAGNOSIS: Mapping[str, str] = {
    **dict.fromkeys((f"C{number:02}" for number in range(15)), "head_neck_site"),
    "C15": "oesophageal_cancer",
    "C16": "gastric_cancer",
    "C16.0": "cardia_cancer",
    **dict.fromkeys(("C17", "C18", "C19", "C20", "C21"), "bowel_site"),
    "C22": "liver_site",
    "C22.1": "BILIARY_TRACT",
    **dict.fromkeys(("C23", "C24"), "biliary_tract_site"),
    "C24.1": "AMPULLA_OF_VATER",
    "C25": "pancreas_site",
    **dict.fromkeys(("C30", "C31", "C32"), "head_neck_site"),
    "C34": "lung_site",
    "C37": "thymus_site",
    # ICD-10 excludes mesothelioma here, registries code it nevertheless: anything of the pleura.
    "C38.4": "pleura_site",
    **dict.fromkeys(("C40", "C41"), "bone_site"),
    "C43": "MEL",
    "C44": "skin_site",
    "C45": "mesothelioma",
    "C45.0": "PLMESO",
    "C45.1": "PEMESO",
    "C45.2": "pericardial_mesothelioma",
    "C45.7": "mesothelioma_elsewhere",
    "C45.9": "mesothelioma",
    "C48.1": "peritoneum_site",
    "C48.2": "peritoneum_site",
    "C49": "soft_tissue_site",
    "C50": "breast_site",
    **dict.fromkeys(("C51", "C52"), "vulva_site"),
    "C53": "cervix_site",
    **dict.fromkeys(("C54", "C55"), "uterus_site"),
    "C56": "ovary_site",
    "C57.0": "ovary_site",
    "C60": "penis_site",
    "C61": "prostate_site",
    "C62": "testis_site",
    "C64": "kidney_site",
    **dict.fromkeys(("C65", "C66", "C67", "C68"), "bladder_site"),
    "C69": "eye_site",
    **dict.fromkeys(("C70", "C71", "C72"), "brain_site"),
    "C73": "thyroid_site",
    "C74": "adrenal_gland_site",
    # Unspecified, disseminated, or unknown: the editions differ, and the code stands for what nobody has said.
    "C80": "TISSUE",
    "C81": "HL",
    **dict.fromkeys(("C82", "C84", "C85", "C86"), "non_hodgkin_lymphoma"),
    # C83.5 is lymphoblastic, which OncoTree has beside the others.
    "C83": "lymphoma_unspecified",
    **dict.fromkeys((f"C83.{number}" for number in (0, 1, 2, 3, 4, 6, 7, 8)), "non_hodgkin_lymphoma"),
    "C83.5": "acute_lymphoblastic_leukaemia",
    "C86.4": "BPDCN",
    "C88": "LYMPH",
    "C90.0": "PCM",
    "C90.1": "LYMPH",
    "C90.2": "EP",
    "C90.3": "plasmacytoma",
    "C91": "LYMPH",
    **dict.fromkeys(("C92", "C93"), "MYELOID"),
    **dict.fromkeys(("C94", "C95", "C96"), "LIQUID"),
    "D03": "melanoma_in_situ",
    "D04": "skin_squamous_in_situ",
    "D05": "breast_in_situ",
    "D06": "cervix_in_situ",
    "D46": "MDS",
    "D47.2": "MGUS",
}

# Morphology, topography prefix, diagnosis: the first row that fits. An empty prefix is any site, or none given.
ICDO_DIAGNOSIS: tuple[tuple[str, str, str], ...] = (
    ("9050/3", "C38.4", "PLMESO"),
    ("9051/3", "C38.4", "PLSMESO"),
    ("9052/3", "C38.4", "PLEMESO"),
    ("9053/3", "C38.4", "PLBMESO"),
    *(
        (morphology, topography, diagnosis)
        for morphology in ("9050/3", "9051/3", "9052/3", "9053/3")
        for topography, diagnosis in (
            ("C48.1", "PEMESO"),
            ("C48.2", "PEMESO"),
            ("C38.0", "pericardial_mesothelioma"),
            ("C63.7", "mesothelioma_elsewhere"),
            ("", "mesothelioma"),
        )
    ),
    # The cardia may be stomach or junction; nothing finer is known of it than adenocarcinoma.
    *(
        (morphology, "C16.0", "gastric_or_gej_adenocarcinoma")
        for morphology in ("8140/3", "8144/3", "8145/3", "8211/3", "8255/3", "8260/3", "8480/3", "8490/3")
    ),
    ("8140/3", "C16", "gastric_adenocarcinoma"),
    ("8255/3", "C16", "gastric_adenocarcinoma"),
    ("8144/3", "C16", "ISTAD"),
    ("8145/3", "C16", "DSTAD"),
    ("8211/3", "C16", "TSTAD"),
    ("8260/3", "C16", "PSTAD"),
    ("8480/3", "C16", "MSTAD"),
    ("8490/3", "C16", "SSRCC"),
    ("8560/3", "C16", "STAS"),
    ("8140/3", "C15", "ESCA"),
    ("8070/3", "C15", "ESCC"),
    ("8140/3", "C34", "LUAD"),
    ("8070/3", "C34", "LUSC"),
    ("8046/3", "C34", "NSCLC"),
    ("8041/3", "C34", "SCLC"),
    ("8500/3", "C50", "IDC"),
    ("8520/3", "C50", "ILC"),
    ("8140/3", "C25", "PAAD"),
    ("8500/3", "C25", "PAAD"),
    ("8140/3", "C18", "COAD"),
    ("8140/3", "C20", "READ"),
    ("8140/3", "C19", "COADREAD"),
    *(("8480/3", site, "MACR") for site in ("C18", "C19", "C20")),
    *(("8490/3", site, "SRCCR") for site in ("C18", "C19", "C20")),
    ("8246/3", "C25", "PANET"),
    ("8020/3", "C25", "UCP"),
    ("8461/3", "C56", "HGSOC"),
    ("8441/3", "C56", "SOC"),
    ("8140/3", "C61", "PRAD"),
    ("8720/3", "C44", "MEL"),
    ("8090/3", "C44", "BCC"),
    ("8070/3", "C44", "CSCC"),
    ("9732/3", "", "PCM"),
)

ICDO_HISTOLOGY: Mapping[str, str] = {
    "9050/3": "mesothelioma_type",
    "9051/3": "sarcomatoid",
    "9052/3": "epithelioid",
    "9053/3": "biphasic",
    "8140/3": "adenocarcinoma",
    "8144/3": "intestinal",
    "8145/3": "diffuse_type",
    "8211/3": "tubular",
    "8255/3": "mixed_type",
    "8260/3": "papillary",
    "8480/3": "mucinous",
    "8490/3": "signet_ring",
    "8560/3": "adenosquamous",
    "8070/3": "squamous",
    "8041/3": "small_cell",
    "8012/3": "large_cell",
    "8500/3": "ductal",
    "8520/3": "lobular",
    "8441/3": "serous",
    "8461/3": "serous",
}


def diagnosis_of_icd10(text: str) -> str | None:
    """The cancer of an ICD-10 (or ICD-10-CM) code: ``c45.0``, ``C34.90``, ``C450``."""
    code = icd10_code(text) or ""
    for length in range(len(code), 2, -1):
        if (found := ICD10_DIAGNOSIS.get(code[:length].rstrip("."))) is not None:
            return found
    return None


# "C45.-" is the category whatever follows; dagger, asterisk and exclamation mark say how a code is used.
_ICD10 = re.compile(r"([A-Z]\d[0-9A-Z])(?:\.?([0-9A-Z]{1,4})|\.?-)?[+*!\u2020]?")
# A letter behind digits alone is the mark of ICD-10-GM (ruled out, confirmed, suspected, past), which is no code.
_MARKED = re.compile(r"[A-Z]\d\d\.?\d{0,3}[AGVZ]")


def icd10_code(text: str) -> str | None:
    """A code of ICD-10 with its point, where the text is one to its last character."""
    written = text.strip().upper()
    found = _ICD10.fullmatch(written) if len(written) <= 10 and not _MARKED.fullmatch(written) else None
    if found is None:
        return None
    return f"{found[1]}.{found[2]}" if found[2] else found[1]


def diagnosis_of_icdo(morphology: str, topography: str = "") -> str | None:
    """The cancer of an ICD-O-3 morphology and, where given, topography code."""
    kind, site = _morphology(morphology), _dotted(topography)
    return next(
        (
            diagnosis
            for row_kind, row_site, diagnosis in ICDO_DIAGNOSIS
            if row_kind == kind and site.startswith(row_site)
        ),
        None,
    )


# Carcinomas and their kinds: of these the organ they arise in is the cancer's tissue. Melanoma, sarcoma, germ-cell
# tumours and those of the blood have a tissue of their own, whatever organ they are found in.
_FIRST_CARCINOMA, _LAST_CARCINOMA = 8010, 8589


def organ_of_icdo(morphology: str, topography: str) -> str | None:
    """The tissue of a malignant carcinoma with a topography code, where nothing finer is known of the pair."""
    kind, site = _morphology(morphology), _dotted(topography)
    if not kind.endswith("/3") or not site or not _FIRST_CARCINOMA <= int(kind[:4]) <= _LAST_CARCINOMA:
        return None
    return organ_of(diagnosis_of_icd10(site))


def histology_of_icdo(morphology: str) -> str | None:
    """The histological type of an ICD-O-3 morphology code: ``9052/3`` is epithelioid."""
    return ICDO_HISTOLOGY.get(_morphology(morphology))


def _dotted(text: str) -> str:
    code = re.sub(r"[^A-Z0-9]", "", text.upper())
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


_MORPHOLOGY = re.compile(r"M?-?(\d{4})\s?/?\s?(\d)")


def _morphology(text: str) -> str:
    found = _MORPHOLOGY.fullmatch(text.strip().upper())
    return f"{found[1]}/{found[2]}" if found else ""
