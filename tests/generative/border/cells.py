"""What may stand in each cell: texts that everybody can read, texts that nobody can, and the same in other words.

``readable`` are the alternatives of a cell, each another fact; ``garbage`` a text nobody knows, which then could
be any of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, auto

from hypothesis import strategies as st

from tests.written import Record, Way, Written

Texts = tuple[str, ...]


class Sort(Enum):
    """What a cell says of its record."""

    NAME = auto()
    """What the record is: without it, it could be anything of its table."""
    OPEN_NAME = auto()
    """The same from a list that has no end: another name is another thing, a near one perhaps this."""
    PART = auto()


#: days up to the as-of day of 15 January 2026, on and beside the edges of windows
DAYS = ("2026-01-15", "2026-01-14", "2026-01-02", "2026-01-01", "2025-12-18", "2025-12-17", "2025-07-15",
        "2025-01-15", "2023-01-16", "2025-12", "2025", "2019-05-01")  # fmt: skip
EARLY = ("2025-11-20", "2025-06-01", "2025-02", "2024", "2023-01-15", "2019-05-01")
LATE = ("2026-01-15", "2026-01-05", "2025-12-18", "2025-12-17", "2025-12", "2026-02-01")
YES_NO = ("yes", "no")
AGENTS = ("nivolumab", "cisplatin", "cisplatin + pemetrexed", "pembrolizumab", "platinum", "mesothelin_cells",
          "ipilimumab or nivolumab")  # fmt: skip
MEDICINES = ("prednisone", "dexamethasone", "aspirin", "clopidogrel", "folic acid", "carboplatin")
CONDITIONS = ("psoriasis", "lupus", "autoimmune_disease", "pneumonitis", "hiv", "stroke", "toxicity")
GENES = ("NF2", "BAP1", "BRAF", "ALK", "KMT2D")
CANCERS = ("PLMESO", "PLEMESO", "PEMESO", "BRCA", "BCC")

#: by table and field: the texts that can be read, and what the field says
FIELDS: Mapping[str, Mapping[str, Texts]] = {
    "person": {"birth_date": ("1960-05-01", "1961", "2008-01-15", "2008-01-16", "1950-12")},
    "diagnoses": {
        "code": CANCERS,
        "index": YES_NO,
        "confirmed": ("confirmed", "suspected"),
        "histology": ("epithelioid", "biphasic", "desmoplastic"),
        "status": ("active", "remission"),
        "date": DAYS,
    },
    "tnm": {
        "edition": ("7", "8"),
        "t": ("T1", "T2", "T4"),
        "n": ("N0", "N1"),
        "m": ("M0", "M1"),
        "basis": ("clinical", "pathological"),
        "date": DAYS,
    },
    "stage": {
        "value": ("IA", "IIIB", "IV", "III"),
        "scheme": ("ajcc8_pleural", "ajcc7_pleural"),
        "date": DAYS,
    },
    "alterations": {
        "gene": GENES,
        "kind": ("mutation", "deletion", "fusion", "amplification"),
        "protein_change": ("V600E", "V600K", "G12C"),
        "partner": ("EML4", "KIF5B", "ALK"),
        "copy_number": ("2", "6", ">10"),
        "date": DAYS,
    },
    "therapies": {
        "agents": AGENTS,
        "kind": ("systemic", "cell_therapy", "supportive"),
        "start": EARLY,
        "end": LATE,
        "ongoing": YES_NO,
        "line": ("1", "2", "3"),
        "role": ("adjuvant", "palliative", "maintenance"),
        "response": ("PD", "SD", "PR", "CR"),
        "progressed": YES_NO,
        "progression_date": LATE[:-1],
        "stopped_for": ("toxicity", "progression", "completed"),
        "cycles": ("2", "4", "6"),
    },
    "procedures": {"procedure": ("gastrectomy", "lung_resection", "core_biopsy"), "start": DAYS},
    "radiotherapy": {
        "field": ("chest", "bone"),
        "intent": ("palliative", "curative"),
        "dose": ("30", "50", "20"),
        "unit": ("Gy", "cGy"),
        "start": EARLY,
        "end": LATE,
        "ongoing": YES_NO,
    },
    "conditions": {
        "condition": CONDITIONS,
        "status": ("active", "controlled", "resolved"),
        "grade": ("1", "2", "3"),
        "start": EARLY,
        "end": LATE[:-1],
    },
    "medications": {
        "agents": MEDICINES,
        "dose": ("5", "10", "2 mg"),
        "unit": ("mg/d", "mg", "g"),
        "route": ("oral", "topical", "inhaled"),
        "start": EARLY,
        "end": LATE,
        "ongoing": YES_NO,
    },
    "events": {"name": ("progression", "leukapheresis", "t_cell_infusion"), "date": (*DAYS, "2026-02-01")},
    "judgements": {
        "candidate": ("T-1",),
        "criterion": ("I-01", "I-02"),
        "verdict": ("met", "not met"),
        "person": ("Dr X", "Dr Y"),
        "day": DAYS,
        "reason": ("seen in the clinic",),
    },
}
#: the field without which a row is none
REQUIRED: Mapping[str, Texts] = {
    "person": ("birth_date",), "stage": ("value",), "alterations": ("gene",), "therapies": ("agents",),
    "procedures": ("procedure",), "conditions": ("condition",), "medications": ("agents",),
    "events": ("name", "date"), "judgements": ("candidate", "criterion", "verdict"),
}  # fmt: skip
OBSERVED: Mapping[str, Texts] = {
    "ecog": ("0", "1", "2", "3", "0-1"),
    "karnofsky": ("100", "90", "70", "50"),
    "sex": ("female", "male"),
    "pregnant": YES_NO,
    "weight": ("50", "72 kg", "90"),
    "resectability": ("resectable", "unresectable"),
    "lvef": ("45", "50 %", "55"),
    "suitable_for": YES_NO,
}
LABS: Mapping[str, tuple[Texts, Texts]] = {
    "platelets": (("150", "100", "75", "<75", "99-101"), ("10*9/L", "10*3/uL")),
    "alt": (("40", "60", "101"), ("U/L",)),
    "albumin": (("3.4", "3.5", "4"), ("g/dL",)),
    "creatinine": (("0.9", "1.5", ">2"), ("mg/dL",)),
    "creatinine_clearance": (("45", "59", "80"), ("mL/min",)),
}
LIMITS: Mapping[str, Mapping[str, Texts]] = {"alt": {"uln": ("40", "48")}, "albumin": {"lln": ("3.5", "3.8")}}
MARKERS: Mapping[str, Mapping[str, Texts]] = {
    "mesothelin": {
        "method": ("ihc", "flow"),
        "status": ("positive", "negative", "equivocal"),
        "percent_positive": ("9", "10", "40 %", "<10"),
        "intensity": ("1", "2", "3"),
        "date": DAYS,
    },
    "pd_l1": {"score_type": ("cps", "tps"), "score": ("5", "<1", "50"), "method": ("ihc",), "date": DAYS},
    "msi": {"category": ("MSI-H", "MSS"), "date": DAYS},
}
NONE_OF: Mapping[str, Texts] = {
    "therapies": ("nivolumab", "checkpoint_inhibitor", "platinum", "immunotherapy"),
    "conditions": ("hiv", "autoimmune_disease", "lupus"),
    "medications": ("corticosteroid", "aspirin"),
    "procedures": ("major_surgery", "gastrectomy"),
    "radiotherapy": ("palliative", "any"),
    "alterations": ("NF2", "BRAF"),
    "diagnoses": ("BRCA", "SKIN"),
}
NAMES = frozenset(
    {("diagnoses", "code"), ("alterations", "gene"), ("therapies", "agents"), ("procedures", "procedure"),
     ("conditions", "condition"), ("medications", "agents")}
)  # fmt: skip
OPEN_NAMES: Mapping[tuple[str, str], Mapping[str, Texts]] = {
    ("labs", "test"): {
        "platelets": ("platlets", "plateles"), "alt": (), "albumin": ("albumn",), "creatinine": ("creatinne",),
        "creatinine_clearance": ("creatinine clearnce",),
    },
    ("biomarkers", "marker"): {"mesothelin": ("mesotelin", "mesothelinn"), "pd_l1": (), "msi": ()},
    ("events", "name"): {
        "progression": ("progresion", "progressoin"), "leukapheresis": ("leukapheresiss",),
        "t_cell_infusion": ("t_cell_infuson",),
    },
}  # fmt: skip
#: texts that nobody knows, in any cell
NOBODY_KNOWS = ("zzz", "clotted", "31.31.2025", "15.01.2019", "see report", "9x9x9", "qwertosis")
DOUBTED = ("{}?", "{} ?", "{} (?)")
DOUBTED_NAME = (*DOUBTED, "?{}", "? {}", "susp. {}", "V.a. {}", "possible {}", "query {}")


def sort_of(table: str, field: str) -> Sort:
    if (table, field) in OPEN_NAMES:
        return Sort.OPEN_NAME
    return Sort.NAME if (table, field) in NAMES else Sort.PART


def readable(record: Record, field: str) -> Texts:
    """What else everybody could read in this cell; nothing where the cell is not to be touched."""
    table, fields = record.table, record.fields
    if field == "none_of":
        return NONE_OF[table]
    match table:
        case "observations":
            return {"value": OBSERVED[fields["name"]], "date": DAYS}.get(field, ())
        case "labs":
            values, units = LABS[fields["test"]]
            found = {"value": values, "unit": units, "date": DAYS, "test": (fields["test"],)}
            return {**found, **LIMITS.get(fields["test"], {})}[field]
        case "biomarkers":
            return (fields["marker"],) if field == "marker" else MARKERS[fields["marker"]][field]
        case _ if field == "date" and record.absent:
            return DAYS
        case "events" if field == "name":
            return (fields["name"],)
    return FIELDS[table][field]


def garbage(record: Record, field: str) -> Texts:
    """Texts for this cell that nobody knows. Of a list without an end only a misspelling is one."""
    misspelt = OPEN_NAMES.get((record.table, field))
    if misspelt is not None:
        return misspelt.get(record.fields[field], ())
    return NOBODY_KNOWS


def cells(patient: Written, way: Way) -> list[tuple[int, str]]:
    """Every cell that has a text: the place of its record, and its field."""
    return [
        (place, field)
        for place, record in enumerate(patient.records)
        for field in record.fields
        if way.has_cell(field) and (record.table, field) not in _FIXED
    ]


_FIXED = frozenset(
    {
        ("observations", "name"),
        ("observations", "subject"),
        ("judgements", "candidate"),
        ("judgements", "criterion"),
    }
)


# --- patients ---------------------------------------------------------------------------------------


def _row(fields: Mapping[str, Texts], required: Sequence[str] = ()) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {name: st.sampled_from(fields[name]) for name in required},
        optional={name: st.sampled_from(texts) for name, texts in fields.items() if name not in required},
    )


def _rows(table: str) -> st.SearchStrategy[dict[str, str]]:
    """Rows of a table; ``of`` it, where the table holds many things, one thing."""
    presence = _row(FIELDS[table], REQUIRED.get(table, ()))
    if table not in NONE_OF:
        return presence
    absence = _row({"none_of": NONE_OF[table], "date": DAYS}, ("none_of",))
    return st.one_of(*[presence] * 4, absence)


def _observed(name: str) -> st.SearchStrategy[dict[str, str]]:
    subject = {"subject": "cisplatin"} if name == "suitable_for" else {}
    rest = _row({"value": OBSERVED[name], "date": DAYS}, ("value",))
    return rest.map(lambda row: {"name": name, **subject, **row})


def _lab(test: str) -> st.SearchStrategy[dict[str, str]]:
    values, units = LABS[test]
    fields = {"value": values, "unit": units, "date": DAYS, **LIMITS.get(test, {})}
    return _row(fields, ("value", "unit")).map(lambda row: {"test": test, **row})


def _marker(marker: str) -> st.SearchStrategy[dict[str, str]]:
    return _row(MARKERS[marker]).filter(bool).map(lambda row: {"marker": marker, **row})


TABLES = (*FIELDS, "observations", "labs", "biomarkers")
#: a thing that is measured, or a list: the table, and the rows about it
_SUBJECTS: tuple[tuple[str, st.SearchStrategy[dict[str, str]]], ...] = (
    *((table, _rows(table).filter(bool)) for table in FIELDS),
    *(("observations", _observed(name)) for name in OBSERVED),
    *(("labs", _lab(test)) for test in LABS),
    *(("biomarkers", _marker(marker)) for marker in MARKERS),
)
_OF_TABLE = {table: [rows for name, rows in _SUBJECTS if name == table] for table in TABLES}


@st.composite
def _about(draw: st.DrawFn, tables: Sequence[str], most: int) -> list[Record]:
    """Records of few subjects, so that several are about one thing."""
    table = st.sampled_from(tables)
    subjects = [
        (name, draw(st.sampled_from(_OF_TABLE[name])))
        for name in draw(st.lists(table, min_size=1, max_size=3, unique=True))
    ]
    record = st.sampled_from(subjects).flatmap(
        lambda subject: subject[1].map(lambda row: Record(subject[0], row))
    )
    return draw(st.lists(record, min_size=1, max_size=most))


@st.composite
def patients(draw: st.DrawFn, *, tables: Sequence[str] = TABLES, most: int = 5) -> Written:
    """A patient of few tables and records enough that two are about one thing."""
    records = draw(_about(tables, most))
    lists = sorted({each.table for each in records} & NONE_OF.keys())
    complete = draw(st.lists(st.sampled_from(lists), unique=True, max_size=2)) if lists else []
    kept: list[Record] = []
    for record in records:
        once = record.table == "person" or (
            record.table == "diagnoses" and record.fields.get("index") == "yes"
        )
        if not once or not any(_once_only(record, each) for each in kept):
            kept.append(record)
    return Written(tuple(kept), tuple(complete))


def _once_only(record: Record, other: Record) -> bool:
    return record.table == other.table and record.fields.get("index") == other.fields.get("index")
