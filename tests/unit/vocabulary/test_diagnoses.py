import json

import pytest

from matcher.explanation.names import names as known_names
from matcher.rules.named import unknown_name
from matcher.vocabulary.cancers_said import cancer_said
from matcher.vocabulary.diagnoses import DIAGNOSES
from matcher.vocabulary.histology import HISTOLOGY
from matcher.vocabulary.icd import (
    ICD10_DIAGNOSIS,
    ICDO_DIAGNOSIS,
    ICDO_HISTOLOGY,
    diagnosis_of_icd10,
    diagnosis_of_icdo,
    histology_of_icdo,
    organ_of_icdo,
)
from matcher.vocabulary.tables import rows
from tests.small_formulary import SMALL_FORMULARY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PLMESO", "PLMESO"),
        ("plmeso", "PLMESO"),
        ("Malignant pleural mesothelioma", "PLMESO"),
        ("MPM", "PLMESO"),
        ("peritoneal mesothelioma", "PEMESO"),
        ("malignant mesothelioma, site not stated", "mesothelioma"),
        ("Malignant Mesothelioma", "mesothelioma"),
        ("GEJ adenocarcinoma", "GEJ"),
        ("gastric adenocarcinoma", "gastric_adenocarcinoma"),
        ("multiple myeloma", "PCM"),
        ("Non-small cell lung cancer", "NSCLC"),
        ("breast cancer", "BREAST"),
        ("basal cell carcinoma", "BCC"),
        ("_SOLID_", "SOLID"),
        ("_LIQUID_", "LIQUID"),
        ("Merkel Cell Carcinoma", "MCC"),
    ],
)
def test_diagnoses_are_found_by_code_name_and_synonym(text, code):
    assert DIAGNOSES.lookup(text) == code


@pytest.mark.parametrize(
    ("code", "ancestor"),
    [
        ("PLEMESO", "PLMESO"),
        ("PLMESO", "PLEURA"),
        ("PEMESO", "PERITONEUM"),
        ("PLMESO", "SOLID"),
        ("GEJ", "EGC"),
        ("GEJ", "gastric_or_gej_adenocarcinoma"),
        ("gastric_adenocarcinoma", "gastric_or_gej_adenocarcinoma"),
        ("gastric_adenocarcinoma", "gastric_cancer"),
        ("PCM", "LIQUID"),
        ("AML", "LIQUID"),
        ("PLMESO", "mesothelioma"),
        ("PEMESO", "mesothelioma"),
        ("BCC", "non_melanoma_skin_cancer"),
        ("cervix_in_situ", "carcinoma_in_situ"),
        ("LUAD", "NSCLC"),
    ],
)
def test_what_lies_below_what(code, ancestor):
    assert DIAGNOSES.is_below(code, ancestor)


def test_melanoma_may_be_one_of_the_skin_and_may_not():
    leaves = DIAGNOSES.leaves(DIAGNOSES.lookup("melanoma") or "")
    assert leaves & DIAGNOSES.leaves("MEL")
    assert leaves & DIAGNOSES.leaves("UM")
    assert DIAGNOSES.lookup("MEL") == "MEL"


def test_mesothelioma_of_unknown_site_is_neither_pleural_nor_not():
    leaves = DIAGNOSES.leaves("mesothelioma")
    pleural = DIAGNOSES.leaves("PLMESO")
    assert leaves & pleural
    assert leaves - pleural
    assert "pericardial_mesothelioma" in leaves
    assert "TMESO" in leaves


def test_every_cancer_is_solid_or_blood_borne_and_never_both():
    solid, liquid = DIAGNOSES.leaves("SOLID"), DIAGNOSES.leaves("LIQUID")
    assert solid | liquid == DIAGNOSES.all_leaves
    assert not solid & liquid


def test_pleural_mesothelioma_not_otherwise_specified_could_be_any_type():
    assert DIAGNOSES.leaves("PLMESO") == {"PLBMESO", "PLEMESO", "PLSMESO", "PLMESO_other"}


def test_every_oncotree_row_has_the_code_name_and_parent_of_oncotree(real_data):
    tree = json.loads((real_data / "vocab" / "oncotree_2025_10_03.json").read_text(encoding="utf-8"))
    official: dict[str, tuple[str, str | None]] = {}
    waiting = [tree["TISSUE"]]
    while waiting:
        node = waiting.pop()
        official[node["code"]] = (node["name"].strip(), node["parent"])
        waiting.extend(node["children"].values())
    added = {row["code"] for row in rows("diagnoses.csv") if row["origin"] == "matcher"}
    groups = {group.code for group in DIAGNOSES.groups}
    ours = {code for code in DIAGNOSES.codes if code not in groups and not code.endswith("_other")} - added
    assert len(ours) > 250
    assert not added & official.keys()
    for code in ours:
        parent = DIAGNOSES.parent(code)
        assert (DIAGNOSES.title(code), "TISSUE" if parent in {"SOLID", "LIQUID"} else parent) == official[
            code
        ]
    tissues = {code for code, (_, parent) in official.items() if parent == "TISSUE"}
    assert tissues <= ours
    assert {code for code in official if DIAGNOSES.has(code) and DIAGNOSES.is_below(code, "LIQUID")} <= {
        code for code in official if _tissue(code, official) in {"LYMPH", "MYELOID"}
    }


def _tissue(code, official):
    while official[code][1] not in {"TISSUE", None}:
        code = official[code][1]
    return code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("c45.0", "PLMESO"),
        ("C450", "PLMESO"),
        ("C45.1", "PEMESO"),
        ("C45.2", "pericardial_mesothelioma"),
        ("C45.7", "mesothelioma_elsewhere"),
        ("C45.9", "mesothelioma"),
        ("C45", "mesothelioma"),
        ("c38.4", "pleura_site"),
        ("c34.90", "lung_site"),
        ("C34.11", "lung_site"),
        ("c16.3", "gastric_cancer"),
        ("c16.0", "cardia_cancer"),
        ("C90.00", "PCM"),
        ("D06.9", "cervix_in_situ"),
        ("I10", None),
        ("", None),
    ],
)
def test_icd10_says_the_organ_and_mesothelioma_where_it_names_it(text, code):
    assert diagnosis_of_icd10(text) == code


@pytest.mark.parametrize(
    ("morphology", "topography", "diagnosis", "histology"),
    [
        ("9052/3", "c38.4", "PLEMESO", "epithelioid"),
        ("9053/3", "C38.4", "PLBMESO", "biphasic"),
        ("9051/3", "C38.4", "PLSMESO", "sarcomatoid"),
        ("9050/3", "C38.4", "PLMESO", "mesothelioma_type"),
        ("9052/3", "C48.2", "PEMESO", "epithelioid"),
        ("9052/3", "c34.9", "mesothelioma", "epithelioid"),
        ("9052/3", "", "mesothelioma", "epithelioid"),
        ("8145/3", "C16.3", "DSTAD", "diffuse_type"),
        ("8140/3", "C16.0", "gastric_or_gej_adenocarcinoma", "adenocarcinoma"),
        ("8140/3", "C16.9", "gastric_adenocarcinoma", "adenocarcinoma"),
        ("8140/3", "C34.1", "LUAD", "adenocarcinoma"),
        ("8140/3", "", None, "adenocarcinoma"),
        ("9732/3", "", "PCM", None),
        ("9052/0", "C48.2", None, None),
        ("nonsense", "C38.4", None, None),
    ],
)
def test_icdo_morphology_and_topography_together_name_the_cancer(
    morphology, topography, diagnosis, histology
):
    assert diagnosis_of_icdo(morphology, topography) == diagnosis
    assert histology_of_icdo(morphology) == histology


def test_every_mapped_code_exists():
    for code in (*ICD10_DIAGNOSIS.values(), *(row[2] for row in ICDO_DIAGNOSIS)):
        assert DIAGNOSES.has(code)
    for code in ICDO_HISTOLOGY.values():
        assert HISTOLOGY.has(code)


def test_a_record_may_be_all_that_a_rule_means_by_its_name():
    """A rule that asks by the very name that a record has is never definitely not met."""
    entries = [*(code for code in DIAGNOSES.codes if DIAGNOSES.has(code))]
    names = {name for code in entries for name in (code, DIAGNOSES.title(code), *DIAGNOSES.synonyms(code))}
    assert len(names) > 700
    for name in names:
        asked, said = DIAGNOSES.lookup(name), DIAGNOSES.said(name)
        assert said is not None or asked is None, name
        assert asked is None or DIAGNOSES.leaves(asked) <= DIAGNOSES.leaves(said or ""), name


def test_no_rule_asks_by_a_name_that_leaves_the_organ_open():
    for name in ("adenocarcinoma", "lymphoma", "leukaemia", "sarcoma", "glioblastoma", "lung_site"):
        assert DIAGNOSES.lookup(name) is None or name == "lung_site", name
    assert "kind open" in unknown_name("lymphoma", None, tree=DIAGNOSES)
    assert not any(
        DIAGNOSES.is_open(each.code) for each in known_names(SMALL_FORMULARY) if each.kind == "diagnosis"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("glioblastoma multiforme", "DIFG"),
        ("recurrent GBM", "diffuse_glioma_kind"),
        ("Ca. of the left breast", "BREAST"),
        ("NSCLC, stage IIIB", "NSCLC"),
        ("relapsed/refractory multiple myeloma", "PCM"),
        ("renal cell cancer", "RCC"),
        ("squamous cell carcinoma of the larynx", "LXSC"),
        ("Mycosis fungoides", "MTNN"),
        ("smoldering multiple myeloma", "smouldering_myeloma"),
        ("malignant tumor", "cancer_unspecified"),
        # OncoTree means one of the pituitary, of the cervix, of the kidney.
        ("granular cell tumor", None),
        ("mesonephric carcinoma", None),
        ("rhabdoid cancer", None),
        ("metastases of lung cancer", None),
        ("non-invasive breast cancer", None),
        ("lung cancer?", None),
        ("recurrent", None),
        ("stage IV", None),
    ],
)
def test_cancers_as_people_write_them(text, code):
    assert cancer_said(text) == code


def test_the_name_of_a_site_is_its_organ_for_a_carcinoma():
    assert organ_of_icdo("8010/3", "C34.1") == "LUNG"
    assert organ_of_icdo("8010/3", "C22.0") == "liver_cancer_unspecified"
    assert organ_of_icdo("8801/3", "C34.1") is None
