"""One sentence: possible values, and numbers and categories under it."""

from datetime import date

from tests.spec.table import MET, NOT_MET, UNKNOWN, Section, Table, row

POSSIBLE = Section(
    "Possible values",
    "A fact is the set of values it could have. A test is met when all of them pass, not met when none does, "
    "and unknown otherwise.",
    (
        Table(
            "A number with one limit",
            "Nothing recorded is every grade from 0 to 4.",
            {"ecog": {"at_most": 1}},
            (
                row(MET, ecog=1),
                row(NOT_MET, ecog=2),
                row(UNKNOWN, "nothing recorded"),
                row(MET, "either value passes", ecog="0-1"),
                row(UNKNOWN, "one passes, one does not", ecog="1-2"),
                row(NOT_MET, "neither passes", ecog=[2, 3]),
                row(UNKNOWN, "no such grade: the fact is left out", unreadable=True, ecog=7),
            ),
        ),
        Table(
            "A limit that every value passes",
            "Nobody has an ECOG above 4, so the test is met whatever it is.",
            {"ecog": {"at_most": 4}},
            (row(MET, "nothing recorded"), row(MET, ecog=4)),
        ),
        Table(
            "A category",
            "An inner node of a tree stands for everything below it.",
            {"stage": {"scheme": "ajcc8_pleural", "in": ["IIIA", "IIIB", "IV"]}},
            (
                row(MET, "stage III is IIIA or IIIB", stage={"value": "III", "scheme": "ajcc8_pleural"}),
                row(NOT_MET, stage={"value": "IB", "scheme": "ajcc8_pleural"}),
                row(
                    UNKNOWN,
                    "another edition says nothing of this one",
                    stage={"value": "III", "scheme": "ajcc7_pleural"},
                ),
                row(UNKNOWN, "without a scheme it means nothing", unreadable=True, stage="III"),
                row(UNKNOWN, "nothing recorded"),
            ),
        ),
        Table(
            "Part of a stage",
            "Stage III may or may not be IIIB.",
            {"stage": {"scheme": "ajcc8_pleural", "is": "IIIB"}},
            (
                row(UNKNOWN, stage={"value": "III", "scheme": "ajcc8_pleural"}),
                row(MET, stage={"value": "IIIB", "scheme": "ajcc8_pleural"}),
                row(NOT_MET, stage={"value": "IIIA", "scheme": "ajcc8_pleural"}),
            ),
        ),
        Table(
            "Open ends, at least",
            "A value reported as less than 5 is below 5, however little.",
            {"lab": {"test": "platelets", "at_least": "5 10*9/L"}},
            (
                row(NOT_MET, labs={"platelets": "<5 10*9/L"}),
                row(UNKNOWN, labs={"platelets": "<=5 10*9/L"}),
                row(MET, labs={"platelets": ">=5 10*9/L"}),
                row(MET, labs={"platelets": ">5 10*9/L"}),
                row(MET, "exactly on the limit", labs={"platelets": "5 10*9/L"}),
                row(UNKNOWN, labs={"platelets": "4-6 10*9/L"}),
            ),
        ),
        Table(
            "Open ends, above",
            "Above leaves the limit itself out.",
            {"lab": {"test": "platelets", "above": "5 10*9/L"}},
            (
                row(MET, labs={"platelets": ">5 10*9/L"}),
                row(UNKNOWN, labs={"platelets": ">=5 10*9/L"}),
                row(NOT_MET, labs={"platelets": "<=5 10*9/L"}),
                row(NOT_MET, "exactly on the limit", labs={"platelets": "5 10*9/L"}),
            ),
        ),
        Table(
            "Open ends, below and at most",
            "The same ends, seen from the other side.",
            {"lab": {"test": "platelets", "below": "5 10*9/L"}},
            (
                row(MET, labs={"platelets": "<5 10*9/L"}),
                row(UNKNOWN, labs={"platelets": "<=5 10*9/L"}),
                row(NOT_MET, labs={"platelets": "5 10*9/L"}),
                row(NOT_MET, labs={"platelets": ">5 10*9/L"}),
            ),
        ),
        Table(
            "Between",
            "Both limits are included.",
            {"lab": {"test": "potassium", "between": ["3.5 mmol/L", "5.0 mmol/L"]}},
            (
                row(MET, labs={"potassium": "3.5 mmol/L"}),
                row(MET, labs={"potassium": "5 mmol/L"}),
                row(NOT_MET, labs={"potassium": "5.01 mmol/L"}),
                row(UNKNOWN, labs={"potassium": ">=4 mmol/L"}),
            ),
        ),
        Table(
            "Histology",
            "An answer outside the named types can be said; not otherwise specified is any of them.",
            {"histology": {"in": ["epithelioid", "biphasic"]}},
            (
                row(MET, diagnosis="PLMESO", histology="epithelioid"),
                row(MET, diagnosis="PLMESO", histology=["epithelioid", "biphasic"]),
                row(NOT_MET, "a subtype of sarcomatoid", diagnosis="PLMESO", histology="desmoplastic"),
                row(UNKNOWN, diagnosis="PLMESO", histology="NOS"),
                row(UNKNOWN, diagnosis="PLMESO", histology="non_epithelioid"),
            ),
        ),
        Table(
            "Non-epithelioid",
            "Biphasic, or sarcomatoid with desmoplastic below it.",
            {"histology": {"in": ["non_epithelioid"]}},
            (
                row(MET, diagnosis="PLMESO", histology="biphasic"),
                row(MET, diagnosis="PLMESO", histology="sarcomatoid"),
                row(MET, diagnosis="PLMESO", histology="desmoplastic"),
                row(NOT_MET, diagnosis="PLMESO", histology="epithelioid"),
            ),
        ),
        Table(
            "Diagnosis",
            "A code or anything below it. A suspected diagnosis is a possible one.",
            {"diagnosis": {"is_a": "PLMESO"}},
            (
                row(MET, "below the code", diagnosis="PLEMESO"),
                row(NOT_MET, diagnosis="PEMESO"),
                row(UNKNOWN, diagnosis="mesothelioma"),
                row(UNKNOWN, "suspected", diagnoses=[{"code": "PLMESO", "confirmed": "suspected"}]),
                row(
                    MET,
                    "another cancer is no conflict with the index cancer",
                    diagnoses=[{"code": "PLMESO", "index": True}, {"code": "BRCA"}],
                ),
                row(
                    UNKNOWN,
                    "none of two is marked as the index cancer",
                    unreadable=True,
                    diagnoses=[{"code": "PLMESO"}, {"code": "BRCA"}],
                ),
                row(UNKNOWN),
            ),
        ),
        Table(
            "Age",
            "Completed years. Whoever was born on 29 February is a year older on the 28th of a common year.",
            {"age": {"at_least": "18 years"}},
            (
                row(MET, birth_date="2008-02-28"),
                row(MET, birth_date="2008-02-29"),
                row(NOT_MET, birth_date="2008-03-01"),
                row(UNKNOWN, "a year is its 1 January to its 31 December", birth_date="2008"),
                row(MET, birth_date="2007"),
                row(NOT_MET, birth_date="2009"),
                row(MET, age=18),
                row(NOT_MET, age=16),
                row(UNKNOWN),
            ),
            as_of=date(2026, 2, 28),
        ),
    ),
)
