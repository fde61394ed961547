"""What people call a word of the rule language, where it is another name than its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

EVERYDAY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "age": ("years old",),
        "alteration": ("mutation", "variant", "fusion", "gene"),
        "allergy": ("hypersensitivity",),
        "asa_class": (
            "ASA",
            "ASA physical status",
            "ASA class",
            "ASA grade",
            "American Society of Anesthesiologists",
        ),
        "best_response": ("response",),
        "biomarker": ("marker", "expression"),
        "breastfeeding": ("lactation", "lactating", "nursing"),
        "childbearing_potential": ("WOCBP", "women of childbearing potential", "reproductive potential"),
        "condition": ("comorbidity", "disease", "history of", "illness"),
        "contraception": ("birth control",),
        "consent": ("informed consent",),
        "creatinine_clearance": ("CrCl", "clearance"),
        "daily_dose": ("dose",),
        "days_since": ("washout", "time since", "last dose"),
        "diagnosis": ("cancer", "tumour type", "tumor type"),
        "diastolic": ("diastolic blood pressure",),
        "ecog": ("performance status", "ECOG PS", "PS", "WHO performance status", "zubrod"),
        "egfr": ("glomerular filtration rate", "GFR"),
        "histology": ("histological type",),
        "in_another_trial": ("another trial", "clinical trial participation"),
        "karnofsky": ("KPS", "karnofsky score"),
        "lab": ("laboratory", "blood test", "laboratory value", "labs"),
        "lines_of_therapy": ("prior lines", "lines", "previous lines", "prior regimens"),
        "lvef": ("ejection fraction", "LVEF", "EF"),
        "life_expectancy": ("survival expectation", "expected survival"),
        "medication": ("concomitant medication", "comedication", "drug"),
        "other_cancer": (
            "history of cancer",
            "second malignancy",
            "other malignancy",
            "prior malignancy",
            "second cancer",
        ),
        "planned": ("anticipated", "expected therapy", "scheduled"),
        "pregnant": ("pregnancy", "pregnancy test"),
        "nyha": ("NYHA class", "New York Heart Association"),
        "prior": ("previous therapy", "prior therapy", "pretreated", "previous treatment"),
        "procedure": ("operation", "intervention"),
        "radiotherapy": ("radiation", "irradiation", "RT"),
        "sex": ("gender",),
        "stage": ("staging", "tumour stage"),
        "standard_therapy": ("standard of care", "no standard therapy"),
        "systolic": ("systolic blood pressure", "blood pressure", "BP"),
        "weight": ("body weight",),
        "worst_grade": ("CTCAE grade", "toxicity grade"),
    }
)
