"""The single-valued facts about a person and a disease, each with its unit or codes and how long it holds.

Laboratory values, biomarkers and lists have tables of their own; what remains is here, so that a form, a
CSV and a rule mean the same thing by the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.vocabulary.codes import RESPONSE_CRITERIA
from matcher.vocabulary.tree import Tree

YES_NO = ("yes", "no")
SEROLOGY = ("positive", "negative", "equivocal")


@dataclass(frozen=True, slots=True)
class ObservationType:
    """A number with ``unit`` and plausible bounds, or one of ``codes``. ``max_age_days``: None never ages."""

    name: str
    title: str
    section: str
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    integer: bool = False
    codes: tuple[str, ...] = ()
    max_age_days: int | None = None
    subject: str = ""
    question: str = ""

    @property
    def is_number(self) -> bool:
        return not self.codes


def _number(
    name: str,
    title: str,
    section: str,
    unit: str,
    bounds: tuple[float, float],
    age: int | None,
    question: str,
) -> ObservationType:
    low, high = bounds
    return ObservationType(name, title, section, unit, low, high, max_age_days=age, question=question)


def _score(name: str, title: str, high: float, age: int | None, question: str) -> ObservationType:
    return ObservationType(
        name, title, "person", "", 0, high, integer=True, max_age_days=age, question=question
    )


def _one_of(
    name: str,
    title: str,
    section: str,
    codes: tuple[str, ...],
    question: str,
    *,
    age: int | None = None,
    subject: str = "",
) -> ObservationType:
    return ObservationType(
        name, title, section, codes=codes, max_age_days=age, subject=subject, question=question
    )


_TYPES = (
    _score("ecog", "ECOG performance status", 4, 60, "What is the ECOG performance status (0 to 4)?"),
    _score("karnofsky", "Karnofsky performance status", 100, 60, "What is the Karnofsky performance status?"),
    _one_of("sex", "Sex", "person", ("female", "male"), "What is the patient's sex?"),
    _one_of("vital_status", "Vital status", "person", ("alive", "deceased"), "Is the patient alive?"),
    _number("weight", "Weight", "person", "kg", (1, 400), 90, "What does the patient weigh?"),
    _number("height", "Height", "person", "cm", (40, 260), None, "How tall is the patient?"),
    _number(
        "life_expectancy",
        "Life expectancy",
        "person",
        "wk",
        (0, 5200),
        90,
        "What is the estimated life expectancy?",
    ),
    _one_of("consent", "Informed consent", "person", YES_NO, "Has the patient given informed consent?"),
    _one_of(
        "contraception", "Contraception agreed", "person", YES_NO, "Does the patient agree to contraception?"
    ),
    _one_of("pregnant", "Pregnancy", "person", YES_NO, "Is the patient pregnant (test result)?", age=28),
    _one_of("breastfeeding", "Breast-feeding", "person", YES_NO, "Is the patient breast-feeding?", age=90),
    _one_of(
        "histologically_confirmed",
        "Histological confirmation",
        "disease",
        YES_NO,
        "Is the diagnosis confirmed by histology?",
    ),
    _one_of(
        "central_review",
        "Histology on central review",
        "disease",
        ("confirmed", "not_confirmed"),
        "Did a central pathology review confirm the histology?",
    ),
    _one_of(
        "primary_site",
        "Primary site",
        "disease",
        ("pleura", "peritoneum", "pericardium", "tunica_vaginalis", "other_site"),
        "Where did the tumour arise?",
    ),
    _one_of(
        "growth_pattern",
        "Growth pattern",
        "disease",
        ("diffuse", "localised"),
        "Is the mesothelioma diffuse or a solitary localised tumour?",
    ),
    _one_of(
        "extent",
        "Extent of disease",
        "disease",
        ("localised", "locally_advanced", "metastatic"),
        "Is the disease localised, locally advanced or metastatic?",
    ),
    _one_of(
        "course_of_disease",
        "Course of the disease",
        "disease",
        ("newly_diagnosed", "responding", "stable", "recurrent", "refractory", "remission"),
        "Is the disease newly diagnosed, responding, stable, recurrent or refractory?",
    ),
    _one_of(
        "resectability",
        "Resectability",
        "disease",
        ("resectable", "unresectable"),
        "Did the multidisciplinary team call the tumour resectable or unresectable?",
    ),
    _one_of(
        "surgical_candidate",
        "Fit for radical surgery",
        "disease",
        YES_NO,
        "Is the patient fit for radical surgery?",
    ),
    _one_of(
        "complete_cytoreduction_expected",
        "Complete cytoreduction expected",
        "disease",
        YES_NO,
        "Is a complete cytoreduction expected?",
    ),
    _one_of(
        "measurable_disease",
        "Measurable disease",
        "disease",
        YES_NO,
        "Is there measurable disease {criteria}?",
        subject="criteria",
    ),
    _one_of("evaluable_disease", "Evaluable disease", "disease", YES_NO, "Is there evaluable disease?"),
    _one_of(
        "extrathoracic_spread",
        "Spread outside the chest",
        "disease",
        YES_NO,
        "Has it spread outside the chest?",
    ),
    _one_of(
        "extraperitoneal_spread",
        "Spread outside the peritoneum",
        "disease",
        YES_NO,
        "Has it spread outside the peritoneum?",
    ),
    _one_of(
        "pleural_involvement_imaging",
        "Pleural involvement on imaging",
        "disease",
        YES_NO,
        "Is the pleura involved on imaging?",
    ),
    _one_of(
        "pleural_involvement_pathology",
        "Pleural involvement on pathology",
        "disease",
        YES_NO,
        "Is the pleura involved on pathology?",
    ),
    _one_of(
        "tissue_available",
        "Tumour tissue available",
        "disease",
        YES_NO,
        "Is archived or fresh tumour tissue available?",
    ),
    _one_of(
        "biopsy_type",
        "How the diagnosis was made",
        "disease",
        ("core_biopsy", "open_biopsy", "resection", "needle_aspirate", "cytology"),
        "Was the diagnosis made on core or open biopsy, or on cytology alone?",
    ),
    _one_of(
        "suitable_for",
        "Suitable for",
        "therapy",
        YES_NO,
        "Is the patient suitable for {therapy}?",
        subject="therapy",
    ),
    _one_of(
        "adequate_organ_function",
        "Adequate organ function, as judged",
        "organ_function",
        YES_NO,
        "Is organ function judged adequate?",
        age=28,
    ),
    _number(
        "lvef", "Left ventricular ejection fraction", "organ_function", "%", (5, 90), 180, "What is the LVEF?"
    ),
    _number(
        "spo2", "Oxygen saturation on room air", "organ_function", "%", (40, 100), 30, "What is the SpO2?"
    ),
    _number("fev1", "FEV1, percent of predicted", "organ_function", "%", (5, 200), 180, "What is the FEV1?"),
    _number("dlco", "DLCO, percent of predicted", "organ_function", "%", (5, 200), 180, "What is the DLCO?"),
    _number("qtc", "QTc interval", "organ_function", "ms", (250, 800), 90, "What is the QTc interval?"),
    _number(
        "systolic",
        "Systolic blood pressure",
        "organ_function",
        "mm[Hg]",
        (40, 300),
        30,
        "What is the systolic pressure?",
    ),
    _number(
        "diastolic",
        "Diastolic blood pressure",
        "organ_function",
        "mm[Hg]",
        (20, 200),
        30,
        "What is the diastolic pressure?",
    ),
    _one_of(
        "hbsag",
        "Hepatitis B surface antigen (HBsAg)",
        "laboratory",
        SEROLOGY,
        "Is HBsAg positive or negative?",
        age=180,
    ),
    _one_of(
        "hbeag",
        "Hepatitis B e antigen (HBeAg)",
        "laboratory",
        SEROLOGY,
        "Is HBeAg positive or negative?",
        age=180,
    ),
    _one_of(
        "anti_hbc",
        "Antibodies against the hepatitis B core (anti-HBc)",
        "laboratory",
        SEROLOGY,
        "Is anti-HBc positive or negative?",
        age=180,
    ),
    ObservationType(
        "nyha",
        "NYHA class",
        "organ_function",
        "",
        1,
        4,
        True,
        max_age_days=180,
        question="What is the NYHA class?",
    ),
)

OBSERVATIONS: Mapping[str, ObservationType] = {each.name: each for each in _TYPES}

#: what the subject of an observation is looked up in, by what it is called; others are free words
SUBJECTS: Mapping[str, Tree] = {"criteria": RESPONSE_CRITERIA}
