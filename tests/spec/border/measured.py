"""Rows about what is measured: values, signs, dates, results of markers."""

from __future__ import annotations

from collections.abc import Mapping

from tests.spec.border.entry import MET, NOT_MET, UNKNOWN, Ask, Entry, File, Kind, also, entry, row
from tests.spec.border.words import (
    FIT,
    MSI,
    PLATELETS,
    RECENT,
    STEROID,
    course,
    lab,
    medicine,
    platelets,
    seen,
)
from tests.written import Record

_LATER = "an older value does not stand in for it"
NUMBERS = Kind(
    "Values",
    "A value that cannot be read was still measured: the latest value is open, and nothing older, no other scale and "
    "no formula steps in for it.",
    (
        entry("platelets `150` on 2 January, `clotted` on 12 January", f"a count was taken on the 12th; {_LATER}",
              PLATELETS, UNKNOWN, platelets("150", "2026-01-02"), platelets("clotted", "2026-01-12"), issue=True),
        entry("platelets `clotted` on 2 January, `150` on the 12th", "the latest value is 150",
              PLATELETS, MET, platelets("clotted", "2026-01-02"), platelets("150", "2026-01-12"), issue=True),
        entry("platelets `150` and `clotted` on one day", "the two may be at odds",
              PLATELETS, UNKNOWN, platelets("150", "2026-01-12"), platelets("clotted", "2026-01-12"), issue=True),
        entry("ECOG `1`, later `bedbound`", "an ECOG was recorded then",
              FIT, UNKNOWN, seen("ecog", "1", "2026-01-02"), seen("ecog", "bedbound", "2026-01-10"), issue=True),
        entry("ECOG `7` beside Karnofsky `90`", "an ECOG was recorded; the other scale does not step in",
              FIT, UNKNOWN, seen("ecog", "7", "2026-01-10"), seen("karnofsky", "90", "2026-01-10"), issue=True),
        entry("Karnofsky `85` beside ECOG `1`", "Karnofsky goes in steps of ten",
              {"karnofsky": {"at_least": 70}}, UNKNOWN, seen("karnofsky", "85"), seen("ecog", "1"), issue=True),
        entry("a measured clearance of `40 mL` beside creatinine `0.9`, weight, age and sex",
              "a clearance was measured; no formula steps in", {"creatinine_clearance": {"at_least": "60 mL/min"}},
              UNKNOWN, row("labs", test="creatinine_clearance", value="40 mL"), lab("creatinine", "0.9", "mg/dL"),
              seen("weight", "80"), seen("sex", "male"), row("person", birth_date="1985-01-01"), issue=True),
        entry("platelets `90`, later `150` in `furlongs`", "a count in no unit that platelets have",
              PLATELETS, UNKNOWN, platelets("90", "2026-01-02"), lab("platelets", "150", "furlongs", "2026-01-12"),
              issue=True),
        entry("platelets `90`, later `150` without a unit", "150 of what is not said",
              PLATELETS, UNKNOWN, platelets("90", "2026-01-02"),
              row("labs", test="platelets", value="150", date="2026-01-12"), issue=True),
        entry("platelets `0.15` x 10^9/L", "no living patient has so few: another unit is likely",
              PLATELETS, UNKNOWN, platelets("0.15", "2026-01-12"), issue=True),
        entry("haemoglobin `9.1 L`, in g/dL", "9.1, flagged as low", {"lab": {"test": "haemoglobin", "at_most": "10 g/dL"}},
              MET, lab("haemoglobin", "9.1 L", "g/dL")),
        entry("potassium `4.5 H`, in mmol/L", "4.5, flagged as high", {"lab": {"test": "potassium", "at_most": "5 mmol/L"}},
              MET, lab("potassium", "4.5 H", "mmol/L")),
        entry("haemoglobin `9.1*`, in g/dL", "9.1, flagged", {"lab": {"test": "haemoglobin", "at_most": "10 g/dL"}},
              MET, lab("haemoglobin", "9.1*", "g/dL")),
        entry("platelets `<75`", "below 75, whatever the count", PLATELETS, NOT_MET, platelets("<75")),
        entry("platelets `150?`", "a doubted value is no value", PLATELETS, UNKNOWN, platelets("150?"), issue=True),
        entry("platelets `about 150`", "how far about is, is not said", PLATELETS, UNKNOWN, platelets("about 150"), issue=True),
        entry("ECOG `<=0`", "0", FIT, MET, seen("ecog", "<=0")),
        entry("ECOG `>=4`", "4", {"ecog": {"at_most": 2}}, NOT_MET, seen("ecog", ">=4")),
        entry("ECOG `0-1`", "0 or 1", FIT, MET, seen("ecog", "0-1")),
        entry("ECOG `ECOG PS: 1`", "1, with the name of the scale", FIT, MET, seen("ecog", "ECOG PS: 1")),
        entry("ECOG `WHO 4`", "4: the WHO's scale is the same", FIT, NOT_MET, seen("ecog", "WHO 4")),
        entry("ECOG `KPS 80`", "the number of another scale", FIT, UNKNOWN, seen("ecog", "KPS 80"), issue=True),
        entry("ECOG `ECOG 1; now 3`", "two grades, of which one is today's", FIT, UNKNOWN, seen("ecog", "ECOG 1; now 3"),
              issue=True),
        entry("Karnofsky `KPS 90`", "90, with the name of the scale", {"karnofsky": {"at_least": 80}}, MET,
              seen("karnofsky", "KPS 90")),
        entry("AST `1,050` without a declared decimal sign", "1.05 or 1050", {"lab": {"test": "ast", "at_most": "100 U/L"}},
              UNKNOWN, lab("ast", "1,050", "U/L"), issue=True),
        entry("weight `n/a`", "nothing was said, which is no mistake", {"weight": {"at_least": "50 kg"}}, UNKNOWN,
              seen("weight", "n/a")),
    ),
)  # fmt: skip


def mapped(
    name: str, understood: str, condition: Mapping[str, object], verdict: str, text: str, mapping: str
) -> Entry:
    head = "mapping: an export\nid: {column: id}\n"
    return Entry(name, understood, (Ask(condition, verdict),), File("export.csv", text, head + mapping))


_AST = "as_of: {constant: 2026-01-15}\nrows:\n  labs:\n    - fields: {test: {constant: ast}, value: {column: ast}, unit: {constant: U/L}}\n"
_PLT = (
    _AST.replace("constant: ast", "constant: platelets")
    .replace("column: ast", "column: plt")
    .replace("U/L", "/uL")
)
SEPARATORS = Kind(
    "Decimal and thousands signs",
    "A mapping says which sign is the decimal one; the other one then separates thousands, in groups of three digits.",
    (
        mapped("`1.050` under `decimal: comma`", "1050", {"lab": {"test": "ast", "at_most": "100 U/L"}}, NOT_MET,
               "id;ast\np;1.050\n", "decimal: comma\n" + _AST),
        mapped("`1,5` under `decimal: comma`", "one and a half", {"lab": {"test": "ast", "at_most": "100 U/L"}}, MET,
               "id;ast\np;1,5\n", "decimal: comma\n" + _AST),
        mapped("`150.000` per microlitre under `decimal: comma`", "150000", PLATELETS, MET,
               "id;plt\np;150.000\n", "decimal: comma\n" + _PLT),
        mapped("`150,000` per microlitre under `decimal: point`", "150000", PLATELETS, MET,
               "id;plt\np;150,000\n", "decimal: point\n" + _PLT),
        mapped("`1.05` under `decimal: comma`", "a group that is not of three digits",
               {"lab": {"test": "ast", "at_most": "100 U/L"}}, UNKNOWN, "id;ast\np;1.05\n", "decimal: comma\n" + _AST),
    ),
)  # fmt: skip

DATES = Kind(
    "Dates",
    "\"Undated counts as current\" is for what has no date. A date that cannot be read is some day up to the as-of day, "
    "and one that cannot be right is not understood either.",
    (
        entry("platelets `150`, no date", "taken as current, and listed as an assumption", RECENT, MET, platelets("150")),
        entry("platelets `150` dated `15.01.2019`", "some day up to the as-of day", RECENT, UNKNOWN,
              platelets("150", "15.01.2019"), issue=True),
        entry("platelets `150` dated `last week`", "some day up to the as-of day", RECENT, UNKNOWN,
              platelets("150", "last week"), issue=True),
        entry("platelets `150` dated `2026-01-10?`", "a doubted day is no day", RECENT, UNKNOWN,
              platelets("150", "2026-01-10?"), issue=True),
        entry("platelets `150` dated `1900-01-01`", "a day that programs write for none", RECENT, UNKNOWN,
              platelets("150", "1900-01-01"), issue=True),
        entry("platelets `150` dated `1959-12-31` of a patient born `1960-05-01`", "a day before birth", RECENT, UNKNOWN,
              platelets("150", "1959-12-31"), row("person", birth_date="1960-05-01"), issue=True),
        entry("platelets `150` dated `2026-01`", "any day of January up to now", RECENT, UNKNOWN, platelets("150", "2026-01")),
        entry("prednisone ending `31.12.2024`", "possibly over, possibly taken", STEROID, UNKNOWN,
              medicine("prednisone", end="31.12.2024"), complete=["medications"], issue=True),
        entry("prednisone ending `2024-12-31`", "over", STEROID, NOT_MET,
              medicine("prednisone", end="2024-12-31"), complete=["medications"]),
        entry("cisplatin from `2025-06-01` to `2025-01-01`", "one of the days is wrong, and which is not said",
              {"days_since": {"therapy": "platinum", "at_least": "28 days"}}, UNKNOWN,
              course("cisplatin", start="2025-06-01", end="2025-01-01"), issue=True),
        entry("born `2030-01-01`", "a birth to come", {"age": {"at_least": "18 years"}}, UNKNOWN,
              row("person", birth_date="2030-01-01"), issue=True),
        mapped("seen on `14.01.2026` under `dates: day_first`", "the as-of day too", {"ecog": {"at_most": 1}}, MET,
               "id;seen;ecog\np;14.01.2026;1\n",
               "dates: day_first\nas_of: {column: seen}\nfacts:\n  ecog: {column: ecog, date: {column: seen}}\n"),
        mapped("`02.01.2026` and `12.12.2025`, of which `take: latest` is asked", "days are compared, not texts", RECENT, MET,
               "id;one;two;plt\np;02.01.2026;12.12.2025;150000\n",
               "dates: day_first\n"
               + _PLT.replace("constant: /uL}", "constant: /uL}, date: {columns: [one, two], take: latest}")),
    ),
)  # fmt: skip


def marker(name: str, **fields: str) -> Record:
    return row("biomarkers", marker=name, **fields)


_TPS = {"biomarker": {"marker": "pd_l1", "score_type": "tps", "score": {"at_least": 1}}}
MARKERS = Kind(
    "Biomarker results",
    "Results as laboratories write them.",
    (
        entry("PD-L1 TPS `<1 %`", "below 1", _TPS, NOT_MET, marker("pd_l1", score_type="tps", score="<1 %", method="ihc")),
        entry("PD-L1 TPS `50 %`", "50", _TPS, MET, marker("pd_l1", score_type="tps", score="50 %", method="ihc")),
        entry("PD-L1 TPS `strong`", "how strongly it stains, and no score", _TPS, UNKNOWN,
              marker("pd_l1", score_type="tps", score="strong", method="ihc", date="2026-01-10"),
              marker("pd_l1", score_type="tps", score="50", method="ihc", date="2025-06-01")),
        entry("microsatellites `MSI-H`", "highly instable", MSI, MET, marker("msi", category="MSI-H")),
        entry("microsatellites `stable`", "stable", MSI, NOT_MET, marker("msi", category="stable")),
        entry("microsatellites `pending`, after `MSI-H`", "a newer result that nobody can read", MSI, UNKNOWN,
              marker("msi", category="MSI-H", date="2025-06-01"), marker("msi", category="pending", date="2026-01-10"),
              issue=True),
        entry("ALT with limit `qwerty`, after one with limit `48`", "a limit that nobody can read",
              {"lab": {"test": "alt", "at_most": "2.5 x ULN"}}, UNKNOWN,
              row("labs", test="alt", value="40", unit="U/L", uln="48", date="2026-01-10"),
              row("labs", test="alt", value="40", unit="U/L", uln="qwerty", date="2026-01-10"), issue=True),
        entry("`possible msi` stable, after `MSI-H`", "perhaps a newer result", MSI, UNKNOWN,
              marker("msi", category="MSI-H", date="2025-06-01"),
              marker("possible msi", category="MSS", date="2026-01-10"), issue=True),
        also(entry("`dMMR` under microsatellites", "mismatch repair is deficient, and microsatellites are another test",
                   {"biomarker": {"marker": "mmr", "category": {"in": ["mmr_deficient"]}}}, MET, marker("msi", category="dMMR"),
                   issue=True), MSI, UNKNOWN),
        also(entry("`MSI-H/dMMR` under microsatellites", "two tests",
                   {"biomarker": {"marker": "mmr", "category": {"in": ["mmr_deficient"]}}}, MET,
                   marker("msi", category="MSI-H/dMMR")), MSI, MET),
        entry("`MSS` under mismatch repair", "microsatellites are stable", MSI, NOT_MET, marker("mmr", category="MSS"), issue=True),
        entry("`mesotelin` positive after mesothelin negative", "perhaps a newer result of mesothelin",
              {"biomarker": {"marker": "mesothelin", "status": {"in": ["positive"]}}}, UNKNOWN,
              marker("mesothelin", status="negative", method="ihc", date="2025-06-01"),
              marker("mesotelin", status="positive", method="ihc", date="2026-01-02"), issue=True),
        entry("HER2 `2+` by ihc", "an overall intensity of 2", {"biomarker": {"marker": "her2", "intensity": {"at_least": 2}}},
              MET, marker("her2", method="ihc", intensity="2+")),
        entry("HER2 `not amplified` by fish", "negative",
              {"biomarker": {"marker": "her2", "method": "fish", "status": {"in": ["positive"]}}}, NOT_MET,
              marker("her2", method="fish", status="not amplified")),
        entry("tumour mutational burden `12 mut/Mb`", "12", {"biomarker": {"marker": "tmb", "number": {"at_least": 10}}}, MET,
              marker("tmb", number="12 mut/Mb")),
    ),
)  # fmt: skip
