"""What a sentence of a protocol is proposed as: the forms that protocols use, and what is left to a person."""

from __future__ import annotations

from typing import Any

import pytest

from matcher.authoring.plain import plain
from matcher.authoring.proposals import proposal
from matcher.rules.rulebook import Rulebook


def _age(**limits: int) -> dict[str, Any]:
    return {"age": {sign: f"{years} years" for sign, years in limits.items()}}


def _either(*codes: str, **asked: Any) -> dict[str, Any]:
    return {"any": [{"condition": {"is": each, **asked} if asked else each} for each in codes]}


SCALES = [
    ("inclusion", "ECOG 0-1", {"ecog": {"at_most": 1}}),
    ("inclusion", "Eastern Cooperative Oncology Group (ECOG) performance status (PS) of 0, 1, or 2", {"ecog": {"at_most": 2}}),
    ("inclusion", "Has an ECOG performance status of either 0 or 1, as assessed within 7 days of treatment initiation.",
     {"ecog": {"at_most": 1, "within": "7 days"}}),
    ("inclusion", "ECOG score is 0~2;", {"ecog": {"at_most": 2}}),
    ("inclusion", "Minimum life expectancy of 3 months", {"life_expectancy": {"at_least": "3 months"}}),
    ("inclusion", "Age: \u226518 years old, male or female;", _age(at_least=18)),
    ("inclusion", "WHO performance status < 2", {"ecog": {"below": 2}}),
    ("exclusion", "Performance status according to ECOG classification 2-4", {"ecog": {"at_least": 2}}),
    ("inclusion", "Karnofsky Performance Status (KPS) of 70% or higher", {"karnofsky": {"at_least": 70}}),
    ("inclusion", "Life expectancy of at least three months", {"life_expectancy": {"at_least": "3 months"}}),
    ("inclusion", "Life expectancy greater than or equal to 12 weeks", {"life_expectancy": {"at_least": "12 weeks"}}),
    ("exclusion", "Life expectancy < 1 year", {"life_expectancy": {"below": "1 year"}}),
    ("inclusion", "Male or female, aged 18-75 years (both inclusive) at the time of signing informed consent",
     _age(at_least=18, at_most=75)),
    ("inclusion", "Minimum age of 18 years", _age(at_least=18)),
    ("inclusion", "Females aged 50 years or older", {"all": [{"sex": "female"}, _age(at_least=50)]}),
    ("exclusion", "Age < 18 years or > 75 years", {"any": [_age(below=18), _age(above=75)]}),
    ("inclusion", "HbA1c between 7.0% and 10.0%, inclusive", {"lab": {"test": "hba1c", "at_least": "7.0 %", "at_most": "10.0 %"}}),
    ("inclusion", "Body mass index (BMI) 18.5-30 kg/m\\^2 at screening", {"bmi": {"at_least": "18.5 kg/m2", "at_most": "30 kg/m2"}}),
    ("exclusion", "Have hemoglobin <9.0 grams per deciliter (g/dL)", {"lab": {"test": "haemoglobin", "below": "9.0 g/dL"}}),
    ("exclusion", "Alanine aminotransferase (ALT) > 2.5 times the institutional upper limit of normal (ULN)",
     {"lab": {"test": "alt", "above": "2.5 x ULN"}}),
    ("inclusion", "Creatinine clearance of at least 60 mL/min", {"creatinine_clearance": {"at_least": "60 mL/min"}}),
    ("inclusion", "Neutrophils of at least 1500 per microlitre, not older than 10 days",
     {"lab": {"test": "anc", "at_least": "1500 /uL", "within": "10 days"}}),
    # Nobody asks for a bad state, or excludes the best; a gap, or a figure that reads in two ways, is asked about.
    ("exclusion", "ECOG 0-1", None),
    ("inclusion", "ECOG performance status 0 or 2", None),
    ("inclusion", "Life expectancy of less than 1 year", None),
    ("inclusion", "At least 2 years", None),
    ("inclusion", "Diagnosed at age 18 years or older", None),
    ("inclusion", "Post-menopausal women over 50 years", None),
    ("exclusion", "Platelet count < 150.000/\u00b5L", None),
    ("exclusion", "Creatinine > 1.2 times above the upper limit of normal", None),
    ("exclusion", "Total bilirubin > 2 x ULN (except known Gilbert's disease)", None),
    ("inclusion", "HbA1c > 7.0 % to = 9.0 %", None),
    ("exclusion", "HbA1c > 10 % in the previous 6 months and at screening", None),
    ("inclusion", "Estimated glomerular filtration rate \u2265 30 mL/min", None),
    ("exclusion", "Major surgery within three (4) weeks", None),
]  # fmt: skip
TIMES = [
    # What happens on a day began then; what lasts was there at any time within it.
    ("exclusion", "Myocardial infarction (MI) within the past six (6) months prior to randomization",
     {"condition": {"is": "myocardial_infarction", "within": "6 months"}}),
    ("exclusion", "History of drug or alcohol abuse within the last year",
     _either("drug_abuse", "alcohol_abuse", present_within="1 year")),
    ("inclusion", "Diagnosed with type 2 diabetes within the past 10 years",
     {"condition": {"is": "type_2_diabetes", "within": "10 years"}}),
    ("exclusion", "Active tuberculosis requiring treatment within 12 months prior to Visit 1",
     {"condition": {"is": "tuberculosis", "needs_treatment": True, "present_within": "12 months"}}),
    ("exclusion", "Use of any investigational drug within 30 days before the first dose of study drug",
     {"prior": {"therapy": "any", "investigational": True, "within": "30 days"}}),
    ("exclusion", "Major surgery within 4 weeks of leukapheresis", None),
    ("exclusion", "Severe asthma or COPD within 6 months", None),
    ("exclusion", "Participation in another clinical trial within 30 days", None),
    ("exclusion", "Treatment with insulin", None),
]  # fmt: skip
NAMES = [
    ("exclusion", "Active hepatitis B or C", _either("hepatitis_b", "hepatitis_c", status="active")),
    ("exclusion", "Pulmonary, hepatic, or renal disease", _either("lung_disease", "liver_disease", "kidney_disease")),
    ("exclusion", "Untreated or symptomatic brain metastases",
     {"any": [{"condition": {"is": "metastasis_brain", said: held}} for said, held in (("treated", False), ("symptomatic", True))]}),
    ("exclusion", "Brain metastases unless treated and stable for at least 4 weeks",
     {"all": [{"condition": "metastasis_brain"},
              {"not": {"condition": {"is": "metastasis_brain", "treated": True, "stable_for": "4 weeks"}}}]}),
    ("exclusion", "Has an active infection requiring systemic therapy.",
     {"condition": {"is": "infection", "needs_treatment": True, "status": "active"}}),
    ("exclusion", "Active tuberculosis", {"condition": {"is": "tuberculosis", "status": "active"}}),
    ("exclusion", "Hepatitis B surface antigen (HBsAg) positive", {"hbsag": "positive"}),
    ("exclusion", "Pregnancy and lactation", {"any": [{"pregnant": True}, {"breastfeeding": True}]}),
    ("exclusion", "Pregnant, breast-feeding or planning to become pregnant",
     {"any": [{"pregnant": True}, {"breastfeeding": True}, {"conception_intended": True}]}),
    ("inclusion", "Written informed consent obtained before any trial-related activities", {"consent": True}),
    ("inclusion", "Metastatic pancreatic cancer", {"all": [{"diagnosis": {"is_a": "PANCREAS"}}, {"extent": "metastatic"}]}),
    ("inclusion", "HER2 positive", {"biomarker": {"marker": "her2", "status": "positive"}}),
    ("exclusion", "Known Hepatitis B or C infection", _either("hepatitis_b", "hepatitis_c")),
    ("inclusion", "Other", None),
    ("exclusion", "Known hepatitis", None),
    ("exclusion", "Brain metastases unless treated", None),
    ("exclusion", "Active infection requiring antibiotics or antifungals", None),
    ("inclusion", "Relapsed or refractory multiple myeloma", None),
    ("inclusion", "Histologically or cytologically confirmed pancreatic cancer", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("section", "sentence", "when"),
    [
        (
            "exclusion",
            "Prior treatment with a PD-1 or PD-L1 inhibitor",
            {"any": [{"prior": "pd1"}, {"prior": "pd_l1"}]},
        ),
        ("exclusion", "Known HIV infection", {"condition": "hiv"}),
        (
            "exclusion",
            "Chemotherapy within 28 days",
            {"prior": {"therapy": "chemotherapy", "within": "28 days"}},
        ),
        (
            "exclusion",
            "Symptomatic brain metastases",
            {"condition": {"is": "metastasis_brain", "symptomatic": True}},
        ),
        ("inclusion", "Measurable disease per modified RECIST", {"measurable_disease": {"criteria": "mrecist", "is": True}}),
        ("inclusion", "At least one measurable lesion", {"measurable_disease": True}),
        *SCALES,
        *TIMES,
        *NAMES,
        ("inclusion", "No prior chemotherapy", {"not": {"prior": "chemotherapy"}}),
        (
            "inclusion",
            "Histologically confirmed malignant pleural mesothelioma",
            {"all": [{"histologically_confirmed": True}, {"diagnosis": {"is_a": "PLMESO"}}]},
        ),
        ("exclusion", "ALT or AST > 3 x ULN", {"any": [{"lab": {"test": t, "above": "3 x ULN"}} for t in ("alt", "ast")]}),
        ("exclusion", "ALT/AST > 3 x ULN", {"any": [{"lab": {"test": t, "above": "3 x ULN"}} for t in ("alt", "ast")]}),
        ("inclusion", "ALT and AST < 3 x ULN", {"all": [{"lab": {"test": t, "below": "3 x ULN"}} for t in ("alt", "ast")]}),
        ("inclusion", "Age \u226550 and \u226490 years", {"age": {"at_least": "50 years", "at_most": "90 years"}}),
        ("inclusion", "ASA physical status I - II", {"asa_class": {"at_most": 2}}),
        ("exclusion", "NYHA class III or IV", {"nyha": {"at_least": 3}}),
        ("inclusion", "Not pregnant or breast-feeding", {"not": {"any": [{"pregnant": True}, {"breastfeeding": True}]}}),
        ("exclusion", "Known allergy to cisplatin", {"allergy": "cisplatin"}),
        ("inclusion", "Willing and able to give informed consent", {"consent": True}),
        ("exclusion", "Evidence of parkinsonism", {"condition": "parkinsonism"}),
        ("inclusion", "Diagnosis of NASH", {"condition": "steatohepatitis"}),
        # One that could be read in two ways, or that nothing can fulfil, is none either.
        ("exclusion", "ALT and AST > 3 x ULN", None),
        ("inclusion", "ALT or AST < 3 x ULN", None),
        ("inclusion", "Age: <= 65 years and >= 75 years", None),
        ("inclusion", "HbA1c \u22657 % (\u226560 mmol/mol)", None),
        ("inclusion", "No HIV infection and hepatitis B", None),
        ("exclusion", "ASA class I or III", None),
        ("exclusion", "History of pregnancy", None),
        # What is not understood to its last word is no proposal.
        ("inclusion", "Cytologically confirmed malignant pleural mesothelioma", None),
        ("exclusion", "Active infection requiring antibiotics", None),
        ("exclusion", "Known active hepatitis B or hepatitis C", None),
        ("exclusion", "HIV and hepatitis B", None),
        ("exclusion", "No HIV infection", None),
        ("exclusion", "Prior bevacizumab or another anti-VEGF therapy", None),
        ("exclusion", "Family history of diabetes", None),
    ],
)  # fmt: skip
def test_a_sentence_is_proposed_where_every_word_is_known(
    book: Rulebook, section: str, sentence: str, when: object
) -> None:
    assert proposal(sentence, section, book) == when


@pytest.mark.parametrize(
    ("sentence", "without"),
    [
        ("Type 2 diabetes mellitus (DM1)", "Type 2 diabetes mellitus (DM1)"),
        (
            "Left ventricular ejection fraction (LVEF) \u2265 50 %",
            "Left ventricular ejection fraction \u2265 50 %",
        ),
        ("A cancer (treated)", "A cancer (treated)"),
        ("Pregnancy at screening", "Pregnancy at screening"),
        ("three (4) weeks", "three (4) weeks"),
    ],
)
def test_nothing_is_taken_away_that_says_something(sentence: str, without: str) -> None:
    assert plain(sentence) == without


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ("Major surgery within 4 weeks prior to the first dose of study drug", "treatment_start"),
        ("Major surgery within 28 days of start of study treatment", "treatment_start"),
        ("Major surgery within 4 weeks before treatment", "treatment_start"),
        ("Major surgery within 4 weeks prior to enrolment", None),
        ("Major surgery within 4 weeks", None),
    ],
)
def test_days_before_treatment_are_counted_back_from_its_start(
    book: Rulebook, sentence: str, event: str | None
) -> None:
    (asked,) = (proposal(sentence, "exclusion", book, ("treatment_start",)) or {}).values()
    assert asked.get("before") == event
    # A rule without the event counts from the day of matching.
    (asked,) = (proposal(sentence, "exclusion", book) or {}).values()
    assert "before" not in asked
