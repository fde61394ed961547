"""Laboratory values: units, multiples of normal limits, formulas, limits with two branches."""

from tests.spec.table import MET, NOT_MET, UNKNOWN, Section, Table, row

_ALT = {"lab": {"test": "alt", "at_most": "5 x ULN"}}
_STRICTER = {"lab": {"test": "alt", "at_most": "2.5 x ULN"}}
_LIVER = {"condition": "liver_metastasis"}


def _alt(value: float) -> dict[str, object]:
    return {"alt": {"value": value, "unit": "U/L", "uln": 40}}


LABORATORY = Section(
    "Laboratory values",
    "Values and limits are converted into one unit and rounded to nine digits before they are compared.",
    (
        Table(
            "Grams per litre and per decilitre",
            "90 g/L and 9.0 g/dL are the same value.",
            {"lab": {"test": "haemoglobin", "at_least": "9.0 g/dL"}},
            (
                row(MET, labs={"haemoglobin": "90 g/L"}),
                row(MET, labs={"haemoglobin": "9.0 g/dL"}),
                row(MET, labs=[{"test": "Hb", "value": 9, "unit": "g/dL"}]),
                row(NOT_MET, labs={"haemoglobin": "89.9 g/L"}),
                row(NOT_MET, labs={"haemoglobin": "<9 g/dL"}),
                row(UNKNOWN, "a value without a unit says nothing", unreadable=True, labs={"haemoglobin": 9}),
                row(UNKNOWN, "no patient has this", unreadable=True, labs={"haemoglobin": "140 g/dL"}),
                row(UNKNOWN),
            ),
        ),
        Table(
            "A viral load that is undetectable",
            "Laboratories say in words that no virus was found. Below a number there may be some or none.",
            {"lab": {"test": "hbv_dna", "is": "undetectable"}},
            (
                row(MET, labs={"hbv_dna": "undetectable"}),
                row(MET, labs={"hbv_dna": "not detected"}),
                row(MET, labs={"HBV DNA": "negative"}),
                row(MET, labs={"hbv_dna": "<10 IU/mL, not detected"}),
                row(MET, labs={"hbv_dna": "0 IU/mL"}),
                row(UNKNOWN, labs={"hbv_dna": "<10 IU/mL"}),
                row(NOT_MET, labs={"hbv_dna": "detected"}),
                row(NOT_MET, labs={"hbv_dna": "<10 IU/mL (detected)"}),
                row(NOT_MET, labs={"hbv_dna": "20 IU/mL"}),
                row(UNKNOWN, "no word of a viral load", unreadable=True, labs={"hbv_dna": "low"}),
                row(UNKNOWN),
            ),
        ),
        Table(
            "A viral load within a limit",
            "What is undetectable is within every limit; what is below a number is within a higher one.",
            {"lab": {"test": "hbv_dna", "at_most": "2000 IU/mL"}},
            (
                row(MET, labs={"hbv_dna": "undetectable"}),
                row(MET, labs={"hbv_dna": "<10 IU/mL"}),
                row(UNKNOWN, labs={"hbv_dna": "positive"}),
                row(NOT_MET, labs={"hbv_dna": "2001 IU/mL"}),
            ),
        ),
        Table(
            "The limit in the other unit",
            "A rule and a record may use different units.",
            {"lab": {"test": "haemoglobin", "at_least": "90 g/L"}},
            (row(MET, labs={"haemoglobin": "9.0 g/dL"}), row(NOT_MET, labs={"haemoglobin": "8.99 g/dL"})),
        ),
        Table(
            "Amount and mass",
            "Creatinine of 1.5 mg/dL is 132.6 umol/L, by its molar mass of 113.12 g/mol.",
            {"lab": {"test": "creatinine", "at_most": "1.5 mg/dL"}},
            (
                row(MET, labs={"creatinine": "132.6 umol/L"}),
                row(NOT_MET, labs={"creatinine": "132.7 umol/L"}),
                row(MET, labs={"creatinine": "1.5 mg/dL"}),
                row(NOT_MET, labs={"creatinine": "1.51 mg/dL"}),
            ),
        ),
        Table(
            "The limit as an amount",
            "The same in the other direction, exactly on the limit.",
            {"lab": {"test": "creatinine", "at_most": "150 umol/L"}},
            (
                row(MET, labs={"creatinine": "150 umol/L"}),
                row(NOT_MET, labs={"creatinine": "150.1 umol/L"}),
                row(MET, labs={"creatinine": "1.69 mg/dL"}),
                row(NOT_MET, labs={"creatinine": "1.70 mg/dL"}),
            ),
        ),
        Table(
            "Exactly on a multiple of the upper limit",
            "1.5 x 1.2 is 1.8, not 1.7999999999999998.",
            {"lab": {"test": "bilirubin_total", "at_most": "1.5 x ULN"}},
            (
                row(MET, labs={"bilirubin": {"value": 1.8, "unit": "mg/dL", "uln": 1.2}}),
                row(NOT_MET, labs={"bilirubin": {"value": 1.81, "unit": "mg/dL", "uln": 1.2}}),
                row(MET, labs={"bilirubin": {"value": "<1.8", "unit": "mg/dL", "uln": 1.2}}),
                row(UNKNOWN, "no limit of normal", labs={"bilirubin": "0.3 mg/dL"}),
                row(
                    UNKNOWN,
                    "a limit of normal that is no number above zero",
                    unreadable=True,
                    labs={"bilirubin": {"value": 0.3, "unit": "mg/dL", "uln": 0}},
                ),
            ),
        ),
        Table(
            "The lower limit of normal",
            "At least the lower limit of normal.",
            {"lab": {"test": "albumin", "at_least": "LLN"}},
            (
                row(MET, labs={"albumin": {"value": 35, "unit": "g/L", "lln": 35}}),
                row(NOT_MET, labs={"albumin": {"value": 34.9, "unit": "g/L", "lln": 35}}),
                row(UNKNOWN, labs={"albumin": "50 g/L"}),
            ),
        ),
        Table(
            "A limit with two branches",
            "A value good in both branches is met, and one good in neither is not, with the condition unknown.",
            {"if": _LIVER, "then": _ALT, "else": _STRICTER},
            (
                row(MET, "good in both", labs=_alt(100)),
                row(UNKNOWN, "good in one", labs=_alt(200)),
                row(NOT_MET, "good in neither", labs=_alt(201)),
                row(MET, labs=_alt(200), conditions=["liver_metastasis"]),
                row(NOT_MET, labs=_alt(200), conditions=[]),
                row(NOT_MET, labs=_alt(200), conditions=[{"none_of": "liver_metastasis"}]),
                row(UNKNOWN, conditions=[]),
            ),
        ),
        Table(
            "Creatinine clearance, Cockcroft-Gault",
            "(140 - age) x weight / (72 x creatinine), 0.85 of it in women: 60 years, 72 kg and 1 mg/dL give 80 "
            "and 68 mL/min. A measured clearance goes before.",
            {"creatinine_clearance": {"at_least": "70 mL/min"}},
            (
                row(MET, age=60, weight="72 kg", sex="male", labs={"creatinine": "1 mg/dL"}),
                row(NOT_MET, age=60, weight="72 kg", sex="female", labs={"creatinine": "1 mg/dL"}),
                row(UNKNOWN, "the weight is missing", age=60, sex="male", labs={"creatinine": "1 mg/dL"}),
                row(
                    MET,
                    "any weight in the range will do",
                    age=60,
                    weight="72-80 kg",
                    sex="male",
                    labs={"creatinine": "1 mg/dL"},
                ),
                row(
                    NOT_MET,
                    "measured",
                    age=60,
                    weight="72 kg",
                    sex="male",
                    labs={"creatinine": "1 mg/dL", "creatinine_clearance": "60 mL/min"},
                ),
            ),
        ),
        Table(
            "eGFR, CKD-EPI 2021",
            "142 x 0.9938^age at a creatinine of 0.9 mg/dL in men: 97.8 at 60 years.",
            {"egfr": {"at_least": "90 mL/min/{1.73_m2}"}},
            (
                row(MET, age=60, sex="male", labs={"creatinine": "0.9 mg/dL"}),
                row(NOT_MET, age=60, sex="male", labs={"creatinine": "1.2 mg/dL"}),
                row(NOT_MET, "reported", age=60, sex="male", labs={"egfr": "75 mL/min/1.73m2"}),
                row(UNKNOWN, age=60, sex="male"),
            ),
        ),
    ),
)
