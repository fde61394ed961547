"""Rows about names: denied, doubted, past, near, unknown, and the names of genes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.spec.border.entry import MET, NOT_MET, UNKNOWN, Entry, Kind, also, entry, row
from tests.spec.border.words import (
    ACTIVE,
    AUTOIMMUNE,
    BRAF,
    BRAF_AMPLIFIED,
    CHECKPOINT,
    FUSION,
    HIV,
    KMT2D,
    MESOTHELIOMA,
    MSI,
    NF2,
    NIVOLUMAB,
    PLATELETS,
    PLATINUM,
    PNEUMONITIS,
    TURNED,
    V600E,
    cancer,
    course,
    gene,
    ill,
    lab,
    platelets,
)


def _absent(text: str, *, by: str = "a statement of absence") -> Entry:
    return entry(f"condition `{text}`", by, HIV, NOT_MET, ill(text))


def _doubted(text: str, by: str = "present or absent") -> Entry:
    return entry(f"condition `{text}`", by, HIV, UNKNOWN, ill(text), complete=["conditions"])


NEGATION = Kind(
    "Negation and exclusion",
    "A mark is only taken off a name that is then known to its last character. What is left over makes the whole not "
    "understood, and never the thing that is denied.",
    (
        *map(_absent, ("HIV-", "HIV (-)", "-HIV", "Ø HIV", "no HIV", "HIV negative", "HIV-negative", "HIV: negative",
                       "denies HIV", "no evidence of HIV", "kein HIV", "HIV ruled out", "HIV excluded", "refuted HIV",
                       "B24 A")),
        entry("pneumonitis, status `ruled out`", "a statement of absence", PNEUMONITIS, NOT_MET,
              ill("pneumonitis", status="ruled out")),
        entry("pneumonitis, status `refuted`", "a statement of absence", PNEUMONITIS, NOT_MET,
              ill("pneumonitis", status="refuted")),
        entry("diagnosis `C45.0 A` (ICD-10-GM: excluded)", "some other cancer", MESOTHELIOMA, NOT_MET, cancer("C45.0 A")),
        entry("diagnosis `C45.0 G` (ICD-10-GM: confirmed)", "pleural mesothelioma", MESOTHELIOMA, MET, cancer("C45.0 G")),
        entry("therapy `no nivolumab`", "a statement of absence", NIVOLUMAB, NOT_MET, course("no nivolumab")),
        entry("condition `no HIV, hepatitis B or hepatitis C`", "three statements of absence", HIV, NOT_MET,
              ill("no HIV, hepatitis B or hepatitis C")),
        entry("condition `HIV - but not really`", "something about HIV that nobody understands", HIV, UNKNOWN,
              ill("HIV - but not really"), complete=["conditions"], issue=True),
    ),
)  # fmt: skip

WIDE = Kind(
    "Names wider than a disease",
    "A name is as wide as whoever writes it may mean: a disease that has its place elsewhere in the vocabulary is not denied by "
    "it, and a narrower one is not said by it.",
    (
        *(entry(f"condition `{text}`, and the list complete", "possibly an autoimmune one", AUTOIMMUNE, UNKNOWN, ill(text),
                complete=["conditions"])
          for text in ("anaemia", "thrombocytopenia", "hyperthyroidism", "thyroiditis", "colitis", "arthritis", "hepatitis",
                       "glomerulonephritis", "paraneoplastic syndrome", "insulin-dependent diabetes", "lung disease",
                       "neurological disorder", "skin disease", "hair loss")),
        *(entry(f"condition `{text}`, and the list complete", "not that disease for certain", {"condition": disease}, UNKNOWN,
                ill(text), complete=["conditions"])
          for text, disease in (("dysphagia", "unable_to_swallow"), ("injury", "major_trauma"),
                                ("infusion reaction", "allergy_monoclonal_antibody"), ("QT prolongation", "long_qt"),
                                ("cerebrovascular disease", "stroke"), ("coagulation disorder", "coagulopathy"))),
        entry("procedure `mastectomy`", "major surgery for one surgeon and not for another", {"procedure": "major_surgery"}, UNKNOWN,
              row("procedures", procedure="mastectomy"), complete=["procedures"]),
        entry("hepatitis B, status `treated`", "under treatment: active, controlled or cured",
              {"condition": {"is": "hepatitis_b", "status": "active"}}, UNKNOWN, ill("hepatitis_b", status="treated"),
              complete=["conditions"]),
        entry("diagnosis `melanoma`", "of the skin, the eye or a mucosa", {"diagnosis": {"is_a": "UM"}}, UNKNOWN, cancer("melanoma")),
    ),
)  # fmt: skip


def _called(text: str, understood: str, asked: str, verdict: str, *, issue: bool = False) -> Entry:
    return entry(
        f"diagnosis `{text}`", understood, {"diagnosis": {"is_a": asked}}, verdict, cancer(text), issue=issue
    )


CANCERS = Kind(
    "Cancers as people call them",
    "A name that leaves the organ or the kind open is any cancer that is called so; a rule has to say which. Words that only tell "
    "more of a cancer do not hide it. What is denied is what the name surely is.",
    (
        *(_called(text, "a carcinoma of whatever organ", "NSCLC", UNKNOWN)
          for text in ("squamous cell carcinoma, NOS", "Adenocarcinoma, NOS", "carcinoma", "large cell neuroendocrine carcinoma",
                       "neuroendocrine tumor, NOS", "small cell carcinoma")),
        _called("adenocarcinoma", "no mesothelioma, of whatever organ it is", "PLMESO", NOT_MET),
        _called("mucinous carcinoma", "not one of the cervix alone", "BREAST", UNKNOWN),
        _called("leiomyosarcoma", "of soft tissue, the womb or elsewhere", "USARC", UNKNOWN),
        _called("liver cancer", "of the liver or its bile ducts", "CHOL", UNKNOWN),
        _called("teratoma", "of testis, ovary or elsewhere", "OVARY", UNKNOWN),
        _called("lymphoma", "of whatever kind", "HL", UNKNOWN),
        _called("cancer", "of whatever organ", "PLMESO", UNKNOWN),
        _called("NHL", "a lymphoma, which myeloma is not", "PCM", NOT_MET),
        also(_called("colorectal cancer", "colon or rectum, not the anus", "COAD", UNKNOWN), {"diagnosis": {"is_a": "ANSC"}},
             NOT_MET),
        *(_called(text, "a colorectal cancer", "colorectal_cancer", MET)
          for text in ("metastatic colorectal cancer", "colorectal ca", "stage IV colorectal cancer", "adenocarcinoma of the colon")),
        also(_called("Epithelioid mesothelioma", "of the pleura or elsewhere", "PLEMESO", UNKNOWN), {"diagnosis": {"is_a": "PLSMESO"}},
             NOT_MET),
        _called("Malignant pleural mesothelioma, epithelioid type", "a mesothelioma of the pleura", "PLMESO", MET),
        *(_called(text, "a breast cancer; its receptors are facts of their own", "BREAST", MET)
          for text in ("HER2+ breast cancer", "ER+/HER2- breast cancer", "TNBC", "HR-positive, HER2-low breast cancer")),
        *(_called(text, "a cancer of the prostate", "PROSTATE", MET)
          for text in ("mCRPC", "castrate-resistant prostate cancer", "prostate ca, hormone-sensitive")),
        *(_called(text, "squamous or small cell: of the lung", "LUNG", MET)
          for text in ("lung SCC", "SCC of the lung", "squamous lung cancer", "NSCLC, non-squamous")),
        *(_called(text, "not small cell", "SCLC", NOT_MET)
          for text in ("squamous NSCLC", "PD-L1 high NSCLC", "EGFR+ NSCLC", "NSCLC- metastatic")),
        *(_called(text, "a cancer of the organ", organ, MET)
          for text, organ in (("cervix cancer", "CERVIX"), ("pancreas ca", "PANCREAS"), ("platinum-resistant ovarian cancer", "OVARY"),
                              ("HPV+ oropharyngeal cancer", "HEAD_NECK"), ("follicular lymphoma grade 3a", "FL"))),
        _called("no HER2+ breast cancer", "denies no other breast cancer", "BREAST", UNKNOWN, issue=True),
        _called("lung + breast cancer", "two, and which is which is not said", "BREAST", UNKNOWN, issue=True),
        _called("secondary lung cancer", "may be a metastasis of any cancer", "LUNG", UNKNOWN, issue=True),
        _called("non-metastatic prostate cancer", "not understood, and no denial of it", "PROSTATE", UNKNOWN, issue=True),
        _called("no sarcoma", "denies nothing that may be called otherwise", "GIST", UNKNOWN, issue=True),
        _called("C17.9", "all that arises in the small bowel, stromal tumours too", "GIST", UNKNOWN),
        _called("C74.9", "all that arises in the adrenal gland", "NBL", UNKNOWN),
        _called("C80.9", "a cancer that nobody has named", "PLMESO", UNKNOWN),
        _called("C83.5", "lymphoblastic, whatever its chapter", "BLL", UNKNOWN),
    ),
)  # fmt: skip

_LISTS = ["conditions", "diagnoses", "procedures", "radiotherapy", "therapies", "medications"]
_NO_RADIOTHERAPY = {"radiotherapy": {"at_most": 0}}
_NO_OTHER = {"other_cancer": {"at_most": 0}}


def _among(text: str, understood: str, asked: Mapping[str, Any], verdict: str, **more: bool) -> Entry:
    """A record among the conditions of somebody of whom every list is complete."""
    return entry(
        f"condition `{text}`, every list complete",
        understood,
        asked,
        verdict,
        row("diagnoses", code="PLMESO"),
        ill(text),
        complete=["conditions", "diagnoses", "procedures", "radiotherapy"],
        issue=more.get("issue", False),
    )


MISPLACED = Kind(
    "In the list of another",
    "Hospitals keep one list of problems and one of treatments. A cancer among the conditions is another cancer, or the index cancer "
    "told again; an operation or radiotherapy was done, in whatever list it stands; a medicine among the conditions was perhaps given; "
    "a condition among the cancers is a condition. A text that is not understood and has the words of another list keeps it open.",
    (
        *(_among(text, "perhaps another cancer", _NO_OTHER, UNKNOWN)
          for text in ("prostate cancer", "C50.9", "history of melanoma", "mesothelioma")),
        _among("lung cancer in 2015", "not understood, and perhaps a cancer", _NO_OTHER, UNKNOWN, issue=True),
        _among("mother: breast cancer", "says nothing about the patient", _NO_OTHER, MET),
        _among("kidney transplant", "an operation", {"procedure": "kidney_transplant"}, MET),
        _among("renal graft 2010", "not understood, and perhaps an operation", {"procedure": "kidney_transplant"}, UNKNOWN,
               issue=True),
        _among("radiotherapy", "radiotherapy", _NO_RADIOTHERAPY, NOT_MET),
        _among("pembrolizumab", "perhaps given, perhaps the cause of something", CHECKPOINT, UNKNOWN),
        _among("chemotherapy in 2019", "not understood, and perhaps a therapy", PLATINUM, UNKNOWN, issue=True),
        *(entry(f"therapy `{text}`, every list complete", understood, asked, verdict, course(text), complete=_LISTS, issue=issue)
          for text, understood, asked, verdict, issue in (
              ("lobectomy", "an operation", {"procedure": "lung_resection"}, MET, False),
              ("radiotherapy", "radiotherapy", _NO_RADIOTHERAPY, NOT_MET, False),
              ("thoracic RT 50 Gy", "not understood, and perhaps radiotherapy", _NO_RADIOTHERAPY, UNKNOWN, True),
              ("atypical resection", "not understood, and perhaps an operation", {"procedure": "lung_resection"}, UNKNOWN, True))),
        entry("procedure `radiotherapy`, every list complete", "radiotherapy", _NO_RADIOTHERAPY, NOT_MET,
              row("procedures", procedure="radiotherapy"), complete=_LISTS),
        entry("diagnosis `HIV`, beside `PLMESO`", "a condition", HIV, MET, row("diagnoses", code="PLMESO"),
              row("diagnoses", code="HIV"), complete=["conditions", "diagnoses"]),
    ),
)  # fmt: skip

DOUBT = Kind(
    "Doubt",
    "What is suspected may be so and may not: it neither proves the disease nor, on a complete list, its absence.",
    (
        *map(_doubted, ("?HIV", "HIV?", "HIV (?)", "susp. HIV", "V.a. HIV", "DD HIV", "possible HIV", "query HIV",
                        "r/o HIV", "HIV suspected", "B24 V", "HIV undetectable", "HIV (nicht nachweisbar)")),
        entry("pneumonitis, status `suspected`", "present or absent", PNEUMONITIS, UNKNOWN,
              ill("pneumonitis", status="suspected")),
        entry("diagnosis `C45.0 V` (ICD-10-GM: suspected)", "possibly pleural mesothelioma", MESOTHELIOMA, UNKNOWN,
              cancer("C45.0 V")),
        entry("index cancer `PLEMESO?`, and `PLMESO`", "the other may be the one that treatment is sought for",
              {"other_cancer": {"at_most": 0}}, UNKNOWN, cancer("PLEMESO?"), row("diagnoses", code="PLMESO"),
              complete=["diagnoses"]),
        entry("therapy `nivolumab?`", "possibly given", NIVOLUMAB, UNKNOWN, course("nivolumab?"), complete=["therapies"]),
        entry("therapy `planned nivolumab`", "not given yet, as far as is said", NIVOLUMAB, UNKNOWN, course("planned nivolumab"),
              complete=["therapies"]),
        entry("none of `hiv?`", "no statement of absence", HIV, UNKNOWN, row("conditions", none_of="hiv?"), issue=True),
        entry("none of `nivolumb`, beside `nivolumab`", "nivolumab may be denied", NIVOLUMAB, UNKNOWN,
              course("nivolumab"), row("therapies", none_of="nivolumb"), issue=True),
        entry("none of `NF2?`", "no statement of absence", NF2, UNKNOWN, row("alterations", none_of="NF2?"), issue=True),
        entry("none of `BAP1, NF2?`, beside a mutation of `NF2`", "NF2 may be denied", NF2, UNKNOWN,
              gene("NF2", kind="mutation"), row("alterations", none_of="BAP1, NF2?"), issue=True),
        entry("gene `NF2`, `wild type?`", "a mutation, or none", NF2, UNKNOWN, gene("NF2", kind="wild type?"), issue=True),
        entry("gene `NF2`, `not detected?`", "an alteration, or none", NF2, UNKNOWN,
              gene("NF2", protein_change="not detected?")),
        entry("microsatellites `negative?`", "a doubted result is none", MSI, UNKNOWN,
              row("biomarkers", marker="msi", category="negative?"), issue=True),
        entry("mesothelin `positive?` by ihc", "a doubted result is none",
              {"biomarker": {"marker": "mesothelin", "status": {"in": ["positive"]}}}, UNKNOWN,
              row("biomarkers", marker="mesothelin", method="ihc", status="positive?"), issue=True),
    ),
)  # fmt: skip

OTHERS = Kind(
    "History, family, status",
    "What is over is not active, what a relative has is not the patient's, and a status nobody knows is any status.",
    (
        also(entry("`history of pneumonitis`", "pneumonitis, in the past", PNEUMONITIS, MET, ill("history of pneumonitis")),
             ACTIVE, UNKNOWN),
        also(entry("`Z.n. pneumonitis`", "pneumonitis, in the past", PNEUMONITIS, MET, ill("Z.n. pneumonitis")),
             ACTIVE, UNKNOWN),
        also(entry("pneumonitis, status `history of`", "pneumonitis, resolved", PNEUMONITIS, MET,
                   ill("pneumonitis", status="history of")), ACTIVE, UNKNOWN),
        also(entry("pneumonitis, status `flaring`", "pneumonitis, of any status", PNEUMONITIS, MET,
                   ill("pneumonitis", status="flaring"), issue=True), ACTIVE, UNKNOWN),
        *(entry(f"`{text}`", "says nothing about the patient", AUTOIMMUNE, UNKNOWN, ill(text))
          for text in ("family history of lupus", "mother: lupus", "lupus in father")),
        entry("`mother: lupus` on a complete list", "says nothing about the patient", AUTOIMMUNE, NOT_MET,
              ill("mother: lupus"), complete=["conditions"]),
    ),
)  # fmt: skip

NAMES = Kind(
    "Near names and unknown ones",
    "One or two letters from a known name may be that name. In a list without an end, such as laboratory tests, another "
    "name is another thing; in one that a rule asks whole, such as conditions and agents, it could be anything.",
    (
        entry("`platlets` 50 after platelets `150`", "perhaps platelets", PLATELETS, UNKNOWN,
              platelets("150", "2026-01-02"), lab("platlets", "50", "10*9/L", "2026-01-12"), issue=True),
        entry("`prealbumin` after albumin `4`", "another test", {"lab": {"test": "albumin", "at_least": "3.5 g/dL"}}, MET,
              lab("albumin", "4", "g/dL", "2026-01-02"), lab("prealbumin", "0.2", "g/dL", "2026-01-12"), issue=True),
        entry("marker `mesotelin` 5 % after mesothelin `40` %", "perhaps mesothelin",
              {"biomarker": {"marker": "mesothelin", "percent_positive": {"at_least": 10}}}, UNKNOWN,
              row("biomarkers", marker="mesothelin", method="ihc", percent_positive="40", date="2025-06-01"),
              row("biomarkers", marker="mesotelin", method="ihc", percent_positive="5", date="2026-01-10"), issue=True),
        entry("condition `pnuemonitis`, the list complete", "could be any condition", PNEUMONITIS, UNKNOWN, ill("pnuemonitis"),
              complete=["conditions"], issue=True),
        entry("condition `qwertosis`, the list complete", "could be any condition", HIV, UNKNOWN, ill("qwertosis"),
              complete=["conditions"], issue=True),
        entry("procedure `qwertectomy`, the list complete", "could be any procedure",
              {"procedure": {"is": "major_surgery"}}, UNKNOWN, row("procedures", procedure="qwertectomy"),
              complete=["procedures"], issue=True),
        entry("event `progresion` on `2026-01-10`", "perhaps progression",
              {"days_since": {"event": "progression", "at_least": "28 days"}}, UNKNOWN,
              row("events", name="progresion", date="2026-01-10"), issue=True),
    ),
)  # fmt: skip

AGENTS = Kind(
    "Agents and regimens",
    "What is understood of a text counts; what is left over could be any agent.",
    (
        also(entry("`ACP-196/Pembrolizumab`, the list complete", "pembrolizumab, and something", CHECKPOINT, MET,
                   course("ACP-196/Pembrolizumab"), complete=["therapies"], issue=True), PLATINUM, UNKNOWN),
        also(entry("`cisplatin + qwertinib`, the list complete", "cisplatin, and something", PLATINUM, MET,
                   course("cisplatin + qwertinib"), complete=["therapies"], issue=True), CHECKPOINT, UNKNOWN),
        entry("regimen `QWERTY-7`, the list complete", "a course of anything", PLATINUM, UNKNOWN, course("QWERTY-7"),
              complete=["therapies"], issue=True),
        entry("`nivolumab or placebo`, the list complete", "still blinded", NIVOLUMAB, UNKNOWN,
              course("nivolumab or placebo"), complete=["therapies"]),
        also(entry("`nivolumab or ipilimumab`", "one of the two", CHECKPOINT, MET, course("nivolumab or ipilimumab")),
             NIVOLUMAB, UNKNOWN),
        entry("`nivolumb`, the list complete", "could be any agent", PLATINUM, UNKNOWN, course("nivolumb"),
              complete=["therapies"], issue=True),
        entry("`Opdivo`", "nivolumab", CHECKPOINT, MET, course("Opdivo")),
    ),
)  # fmt: skip


def change(text: str, understood: str, verdict: str, **more: str) -> Entry:
    return entry(f"BRAF `{text}`, the list complete", understood, V600E, verdict, gene("BRAF", protein_change=text, **more),
                 complete=["alterations"])  # fmt: skip


GENES = Kind(
    "Genes, variants and fusions",
    "Previous symbols and aliases are the gene. A change that is written wider than the rule asks may be the one asked "
    "for. Partners of a fusion have no order.",
    (
        entry("gene `MLL2`", "KMT2D", KMT2D, MET, gene("MLL2", kind="mutation")),
        entry("gene `HER2`", "ERBB2", {"alteration": {"gene": "ERBB2"}}, MET, gene("HER2", kind="amplification")),
        entry("none of `MLL2`", "no alteration of KMT2D", KMT2D, NOT_MET, row("alterations", none_of="MLL2")),
        entry("NF2, kind `qwerty`, the list complete", "perhaps a fusion, with any gene", KMT2D, UNKNOWN,
              gene("NF2", kind="qwerty"), complete=["alterations"], issue=True),
        entry("NF2, deleted, partner `qwerty`, the list complete", "with some gene", KMT2D, UNKNOWN,
              gene("NF2", kind="deletion", partner="qwerty"), complete=["alterations"], issue=True),
        entry("gene `QWERTY`, the list complete", "some gene", KMT2D, UNKNOWN, gene("QWERTY"), complete=["alterations"],
              issue=True),
        *(change(text, "the one change", MET) for text in
          ("V600E", "p.V600E", "p.(V600E)", "p.Val600Glu", "p.(Val600Glu)", "Val600Glu", "BRAF V600E")),
        *(change(text, "any of several changes", UNKNOWN) for text in ("V600", "V600X", "V600E/K")),
        change("V600K", "another change", NOT_MET),
        change("c.1799T>A", "some change of that gene", UNKNOWN),
        also(also(entry("BRAF `V600E` of kind `qwerty`, the list complete", "that change, and something that nobody can read",
                        V600E, UNKNOWN, gene("BRAF", protein_change="V600E", kind="qwerty"), complete=["alterations"],
                        issue=True), BRAF, UNKNOWN), BRAF_AMPLIFIED, UNKNOWN),
        entry("BRAF `V600E` of kind `pathogenic`", "the one change", V600E, MET,
              gene("BRAF", protein_change="V600E", kind="pathogenic")),
        *(also(entry(f"BRAF `{text}`", "that change was not found, and nothing is said of others", V600E, NOT_MET,
                     gene("BRAF", protein_change=text)), BRAF, UNKNOWN)
          for text in ("V600E not detected", "no V600E", "V600E (negative)", "V600 not detected")),
        also(entry("`BRAF V600E not detected`", "that change was not found, and nothing is said of others", V600E, NOT_MET,
                   gene("BRAF V600E not detected")), BRAF, UNKNOWN),
        entry("BRAF `V600K not detected`", "another change", V600E, UNKNOWN, gene("BRAF", protein_change="V600K not detected")),
        entry("BRAF `V600E` beside none of `BRAF V600E`", "found, or not", V600E, UNKNOWN, gene("BRAF", protein_change="V600E"),
              row("alterations", none_of="BRAF V600E"), issue=True),
        entry("fusion of `EML4` with `ALK`", "partners have no order", FUSION, MET, gene("EML4", partner="ALK", kind="fusion")),
        entry("fusion of `ALK` with `EML4`, asked the other way", "partners have no order",
              TURNED, MET,
              gene("ALK", partner="EML4", kind="fusion")),
        entry("fusion of `EML4` with `ALK ?`, the list complete", "EML4 with some gene", FUSION, UNKNOWN,
              gene("EML4", partner="ALK ?", kind="fusion"), complete=["alterations"], issue=True),
        *(also(entry(f"none of `{text}`", "no such fusion, whichever gene stands first", FUSION, NOT_MET,
                     row("alterations", none_of=text)), TURNED, NOT_MET)
          for text in ("ALK", "EML4", "ALK fusion", "EML4-ALK")),
        also(entry("fusion of `EML4` with `ALK` beside none of `ALK`", "found, or not", FUSION, UNKNOWN,
                   gene("EML4", partner="ALK", kind="fusion"), row("alterations", none_of="ALK"), issue=True), TURNED, UNKNOWN),
        entry("`EML4-ALK`, fusion", "one event of two genes", FUSION, MET, gene("EML4-ALK", kind="fusion")),
        entry("fusion of `ALK`, partner not said, the list complete", "of any partner", FUSION, UNKNOWN, gene("ALK", kind="fusion"),
              complete=["alterations"]),
    ),
)  # fmt: skip
