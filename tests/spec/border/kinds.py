"""The rows, kind by kind. As of 15 January 2026."""

from __future__ import annotations

from dataclasses import replace

from tests.spec.border.entry import (
    MET,
    NOT_MET,
    REJECTED,
    UNKNOWN,
    Ask,
    Entry,
    File,
    Kind,
    also,
    entry,
    row,
)
from tests.written import Record

PLATELETS = {"lab": {"test": "platelets", "at_least": "100 10*9/L"}}
RECENT = {"lab": {"test": "platelets", "at_least": "100 10*9/L", "within": "14 days"}}
FIT = {"ecog": {"at_most": 1}}
HIV = {"condition": {"is": "hiv"}}
AUTOIMMUNE = {"condition": {"is": "autoimmune_disease"}}
PNEUMONITIS = {"condition": {"is": "pneumonitis"}}
ACTIVE = {"condition": {"is": "pneumonitis", "status": "active"}}
NIVOLUMAB = {"prior": {"therapy": "nivolumab"}}
CHECKPOINT = {"prior": {"therapy": "checkpoint_inhibitor"}}
PLATINUM = {"prior": {"therapy": "platinum"}}
CHEMO_28 = {"prior": {"therapy": "chemotherapy", "within": "28 days"}}
STEROID = {"medication": {"is": "corticosteroid"}}
KMT2D = {"alteration": {"gene": "KMT2D"}}
V600E = {"alteration": {"gene": "BRAF", "protein_change": "p.V600E"}}
FUSION = {"alteration": {"gene": "ALK", "kind": "fusion", "partner": "EML4"}}
PREGNANT = {"pregnant": {"in": ["yes"]}}
MESOTHELIOMA = {"diagnosis": {"in": ["PLMESO"]}}
DOSE_50 = {"radiotherapy_dose": {"at_most": "50 Gy"}}
ONE_LINE = {"lines_of_therapy": {"at_most": 1}}
UNCONTROLLED = {"condition": {"is": "uncontrolled_illness"}}
INFECTION = {"condition": {"is": "active_infection"}}


def lab(test: str, value: str, unit: str, on: str = "") -> Record:
    return row("labs", test=test, value=value, unit=unit, **({"date": on} if on else {}))


def platelets(value: str, on: str = "") -> Record:
    return lab("platelets", value, "10*9/L", on)


def seen(name: str, value: str, on: str = "") -> Record:
    return row("observations", name=name, value=value, **({"date": on} if on else {}))


def ill(condition: str, **more: str) -> Record:
    return row("conditions", condition=condition, **more)


def course(agents: str, **more: str) -> Record:
    return row("therapies", agents=agents, **more)


def medicine(agents: str, **more: str) -> Record:
    return row("medications", agents=agents, **more)


def gene(symbol: str, **more: str) -> Record:
    return row("alterations", gene=symbol, **more)


def cancer(code: str, **more: str) -> Record:
    return row("diagnoses", code=code, index="yes", **more)


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
        entry("AST `1,050` without a declared decimal sign", "1.05 or 1050", {"lab": {"test": "ast", "at_most": "100 U/L"}},
              UNKNOWN, lab("ast", "1,050", "U/L"), issue=True),
        entry("weight `n/a`", "nothing was said, which is no mistake", {"weight": {"at_least": "50 kg"}}, UNKNOWN,
              seen("weight", "n/a")),
    ),
)  # fmt: skip


def mapped(name: str, understood: str, condition: dict[str, object], verdict: str, text: str, mapping: str) -> Entry:
    head = "mapping: an export\nid: {column: id}\n"
    return Entry(name, understood, (Ask(condition, verdict),), File("export.csv", text, head + mapping))


_AST = "as_of: {constant: 2026-01-15}\nrows:\n  labs:\n    - fields: {test: {constant: ast}, value: {column: ast}, unit: {constant: U/L}}\n"
_PLT = _AST.replace("constant: ast", "constant: platelets").replace("column: ast", "column: plt").replace("U/L", "/uL")
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

DOUBT = Kind(
    "Doubt",
    "What is suspected may be so and may not: it neither proves the disease nor, on a complete list, its absence.",
    (
        *map(_doubted, ("?HIV", "HIV?", "HIV (?)", "susp. HIV", "V.a. HIV", "DD HIV", "possible HIV", "query HIV",
                        "r/o HIV", "HIV suspected", "B24 V")),
        entry("pneumonitis, status `suspected`", "present or absent", PNEUMONITIS, UNKNOWN,
              ill("pneumonitis", status="suspected")),
        entry("diagnosis `C45.0 V` (ICD-10-GM: suspected)", "possibly pleural mesothelioma", MESOTHELIOMA, UNKNOWN,
              cancer("C45.0 V")),
        entry("therapy `nivolumab?`", "possibly given", NIVOLUMAB, UNKNOWN, course("nivolumab?"), complete=["therapies"]),
        entry("therapy `planned nivolumab`", "not given yet, as far as is said", NIVOLUMAB, UNKNOWN, course("planned nivolumab"),
              complete=["therapies"]),
        entry("none of `hiv?`", "no statement of absence", HIV, UNKNOWN, row("conditions", none_of="hiv?"), issue=True),
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
        entry("marker `mesotelin`", "perhaps mesothelin",
              {"biomarker": {"marker": "mesothelin", "percent_positive": {"at_least": 10}}}, UNKNOWN,
              row("biomarkers", marker="mesotelin", method="ihc", percent_positive="40"), issue=True),
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
        entry("gene `QWERTY`, the list complete", "some gene", KMT2D, UNKNOWN, gene("QWERTY"), complete=["alterations"],
              issue=True),
        *(change(text, "the one change", MET) for text in
          ("V600E", "p.V600E", "p.(V600E)", "p.Val600Glu", "p.(Val600Glu)", "Val600Glu", "BRAF V600E")),
        *(change(text, "any of several changes", UNKNOWN) for text in ("V600", "V600X", "V600E/K")),
        change("V600K", "another change", NOT_MET),
        change("c.1799T>A", "some change of that gene", UNKNOWN),
        entry("fusion of `EML4` with `ALK`", "partners have no order", FUSION, MET, gene("EML4", partner="ALK", kind="fusion")),
        entry("fusion of `ALK` with `EML4`, asked the other way", "partners have no order",
              {"alteration": {"gene": "EML4", "kind": "fusion", "partner": "ALK"}}, MET,
              gene("ALK", partner="EML4", kind="fusion")),
        entry("`EML4-ALK`, fusion", "one event of two genes", FUSION, MET, gene("EML4-ALK", kind="fusion")),
        entry("fusion of `ALK`, partner not said, the list complete", "of any partner", FUSION, UNKNOWN, gene("ALK", kind="fusion"),
              complete=["alterations"]),
    ),
)  # fmt: skip


def marker(name: str, **fields: str) -> Record:
    return row("biomarkers", marker=name, **fields)


_TPS = {"biomarker": {"marker": "pd_l1", "score_type": "tps", "score": {"at_least": 1}}}
_MSI = {"biomarker": {"marker": "msi", "category": {"in": ["msi_high"]}}}
MARKERS = Kind(
    "Biomarker results",
    "Results as laboratories write them.",
    (
        entry("PD-L1 TPS `<1 %`", "below 1", _TPS, NOT_MET, marker("pd_l1", score_type="tps", score="<1 %", method="ihc")),
        entry("PD-L1 TPS `50 %`", "50", _TPS, MET, marker("pd_l1", score_type="tps", score="50 %", method="ihc")),
        entry("PD-L1 TPS `strong`", "a score that nobody can read", _TPS, UNKNOWN,
              marker("pd_l1", score_type="tps", score="strong", method="ihc", date="2026-01-10"),
              marker("pd_l1", score_type="tps", score="50", method="ihc", date="2025-06-01"), issue=True),
        entry("microsatellites `MSI-H`", "highly instable", _MSI, MET, marker("msi", category="MSI-H")),
        entry("microsatellites `stable`", "stable", _MSI, NOT_MET, marker("msi", category="stable")),
        entry("microsatellites `pending`, after `MSI-H`", "a newer result that nobody can read", _MSI, UNKNOWN,
              marker("msi", category="MSI-H", date="2025-06-01"), marker("msi", category="pending", date="2026-01-10"),
              issue=True),
        entry("HER2 `2+` by ihc", "an overall intensity of 2", {"biomarker": {"marker": "her2", "intensity": {"at_least": 2}}},
              MET, marker("her2", method="ihc", intensity="2+")),
        entry("HER2 `not amplified` by fish", "negative",
              {"biomarker": {"marker": "her2", "method": "fish", "status": {"in": ["positive"]}}}, NOT_MET,
              marker("her2", method="fish", status="not amplified")),
        entry("tumour mutational burden `12 mut/Mb`", "12", {"biomarker": {"marker": "tmb", "number": {"at_least": 10}}}, MET,
              marker("tmb", number="12 mut/Mb")),
    ),
)  # fmt: skip

_SINCE = {"days_since": {"therapy": "checkpoint_inhibitor", "at_least": "28 days"}}
_PROGRESSED = {"progressed": {"therapy": "platinum"}}
CONFLICTS = Kind(
    "Two statements at odds",
    "Presence and absence contradict each other at every level that either touches. Both stay possible, and the conflict "
    "is shown.",
    (
        also(also(entry("`nivolumab` beside none of `nivolumab`", "given, or not", NIVOLUMAB, UNKNOWN,
                        course("nivolumab", start="2025-06-01"), row("therapies", none_of="nivolumab"), issue=True),
                  CHECKPOINT, UNKNOWN), _SINCE, UNKNOWN),
        entry("`nivolumab` beside none of `checkpoint_inhibitor`", "given, or not",
              {"prior": {"therapy": "pembrolizumab"}}, UNKNOWN,
              course("nivolumab"), row("therapies", none_of="checkpoint_inhibitor"), issue=True),
        entry("`lupus` beside none of `lupus`", "lupus, or not", AUTOIMMUNE, UNKNOWN, ill("lupus"),
              row("conditions", none_of="lupus"), issue=True),
        entry("`hiv` beside conditions `none`", "some, or none", HIV, UNKNOWN, ill("hiv"), row("conditions", none_of="any"),
              ill("none"), issue=True),
        entry("none of `nivolumab` on `2025-01-01`, nivolumab from `2025-06-01`", "not yet then, and given since",
              NIVOLUMAB, MET, row("therapies", none_of="nivolumab", date="2025-01-01"), course("nivolumab", start="2025-06-01")),
        entry("cisplatin stopped for `progression`", "progression on that course", _PROGRESSED, MET,
              course("cisplatin", stopped_for="progression")),
        entry("cisplatin with response `PD`", "progression on that course", _PROGRESSED, MET, course("cisplatin", response="PD")),
        entry("cisplatin stopped for `progression`, progressed `no`", "progression, or none", _PROGRESSED, UNKNOWN,
              course("cisplatin", stopped_for="progression", progressed="no"), issue=True),
        entry("ECOG `1` and `3` on one day", "1 or 3", FIT, UNKNOWN, seen("ecog", "1", "2026-01-10"),
              seen("ecog", "3", "2026-01-10")),
    ),
)  # fmt: skip

_TWICE = (row("radiotherapy", field="chest", intent="curative", dose="30", start="2025-03-01", end="2025-04-10"),) * 2
COUNTS = Kind(
    "Counts and sums",
    "A record that stands twice, equal in all it says, counts once for certain and twice possibly. A stated line number is "
    "a position.",
    (
        entry("`30` Gy to the chest, the same row twice", "30 or 60 Gy", DOSE_50, UNKNOWN, *_TWICE, complete=["radiotherapy"]),
        entry("`30` Gy to the chest in March, and again in August", "60 Gy", DOSE_50, NOT_MET, _TWICE[0],
              row("radiotherapy", field="chest", intent="curative", dose="30", start="2025-08-01", end="2025-09-10"),
              complete=["radiotherapy"]),
        entry("`cisplatin`, the same row twice", "one course or two", {"prior": {"therapy": "platinum", "at_least": 2}}, UNKNOWN,
              course("cisplatin", start="2025-01-01"), course("cisplatin", start="2025-01-01"), complete=["therapies"]),
        entry("one course with line `3`", "three lines were given", ONE_LINE, NOT_MET, course("cisplatin", line="3")),
        entry("one course with line `3`, the list complete", "three lines, or one", ONE_LINE, UNKNOWN,
              course("cisplatin", line="3"), complete=["therapies"], issue=True),
        entry("one course with line `1`, the list complete", "one line", ONE_LINE, MET, course("cisplatin", line="1"),
              complete=["therapies"]),
        entry("prednisone `10` mg, the same row twice", "10 mg or 20",
              {"daily_dose": {"is": "corticosteroid", "as": "prednisone", "at_most": "10 mg"}}, UNKNOWN,
              *(medicine("prednisone", dose="10", unit="mg/d"),) * 2, complete=["medications"]),
        entry("`gastrectomy`, the same row twice, the list complete", "one operation or two",
              {"procedure": {"is": "major_surgery", "at_most": 1}}, UNKNOWN,
              *(row("procedures", procedure="gastrectomy", start="2025-03-01"),) * 2, complete=["procedures"]),
    ),
)  # fmt: skip

JUDGEMENTS = Kind(
    "Words of judgement",
    "\"Uncontrolled illness\" and the like are judgements about diseases: an active disease that could be meant leaves "
    "them open until somebody judges.",
    (
        entry("`pneumonitis`, `active`, the list complete", "nobody judged it", UNCONTROLLED, UNKNOWN,
              ill("pneumonitis", status="active"), complete=["conditions"]),
        entry("no condition, the list complete", "there is none that could be meant", UNCONTROLLED, NOT_MET,
              complete=["conditions"]),
        entry("`uncontrolled illness`", "the judgement itself", UNCONTROLLED, MET, ill("uncontrolled illness")),
        entry("`pneumonitis`, `active`, and none of `uncontrolled_illness`", "judged, and not so", UNCONTROLLED, NOT_MET,
              ill("pneumonitis", status="active"), row("conditions", none_of="uncontrolled_illness")),
        entry("`hiv`, `active`, the list complete", "an infection that could be meant", INFECTION, UNKNOWN,
              ill("hiv", status="active"), complete=["conditions"]),
    ),
)  # fmt: skip

EXPOSURE = Kind(
    "Exposure in two lists",
    "Therapies and medicines are two lists of one thing. An agent counts wherever it stands.",
    (
        entry("`carboplatin` among the medicines, from `2026-01-05`", "chemotherapy, ten days ago", CHEMO_28, MET,
              medicine("carboplatin", start="2026-01-05", end="2026-01-05")),
        entry("`dexamethasone` among the therapies, `ongoing`", "a corticosteroid", STEROID, MET,
              course("dexamethasone", start="2026-01-05", ongoing="yes")),
        entry("`aspirin` among the therapies, the medicines complete", "an antiplatelet",
              {"medication": {"is": "antiplatelet"}}, MET, course("aspirin", ongoing="yes"), complete=["medications"]),
    ),
)  # fmt: skip

def _by_sex(given: Entry) -> Entry:
    return replace(given, derived=("pregnancy_from_sex",))


SEX = Kind(
    "Pregnancy and sex",
    "A man without the fact is not pregnant, and nobody asks him.",
    tuple(map(_by_sex, (
        entry("sex `male`", "not pregnant", PREGNANT, NOT_MET, seen("sex", "male")),
        entry("sex `female`", "nobody asked", PREGNANT, UNKNOWN, seen("sex", "female")),
        entry("sex `male`, pregnant `yes`", "one of the two is wrong", PREGNANT, UNKNOWN, seen("sex", "male"),
              seen("pregnant", "yes"), issue=True),
        entry("sex `male?`", "a doubted sex is none", PREGNANT, UNKNOWN, seen("sex", "male?"), issue=True),
    ))),
)  # fmt: skip


def whole(name: str, written: str, understood: str, text: str, verdict: str = REJECTED) -> Entry:
    return Entry(written, understood, (Ask(FIT, verdict),), File(name, text))


SHAPES = Kind(
    "Records of which nothing is understood",
    "They are rejected with the likely reason, never matched as an empty patient.",
    (
        whole("patients.json", "a `Phenopacket` as JSON", "another format", '{"id": "Phenopacket-1", "subject": {"id": "x", '
              '"sex": "MALE"}, "phenotypicFeatures": [{"type": {"id": "HP:0001250"}}], "metaData": {"created": "2021-05-14"}}'),
        whole("patients.json", "a FHIR `Patient`", "another format",
              '{"resourceType": "Patient", "id": "x", "gender": "male", "birthDate": "1970-01-01"}'),
        whole("patients.jsonl", "`patient_id` in place of `id`", "the identifier", '{"patient_id": "id", "ecog": 1}\n', MET),
    ),
)  # fmt: skip

KINDS: tuple[Kind, ...] = (
    NUMBERS,
    SEPARATORS,
    DATES,
    NEGATION,
    DOUBT,
    OTHERS,
    NAMES,
    AGENTS,
    GENES,
    MARKERS,
    CONFLICTS,
    COUNTS,
    JUDGEMENTS,
    EXPOSURE,
    SEX,
    SHAPES,
)
