"""Frames hold what the profile readers give, and say the same of what cannot be read: generated files."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matcher.errors import MatcherError
from matcher.readers.frames import FrameFile, delimited, json_lines, read_frames
from matcher.readers.frames.part import FramePart
from matcher.readers.frames.profiles import ProfileFrames
from matcher.readers.outcome import Reading
from matcher.readers.read import read_patients
from tests.generative.same_frame import content
from tests.small_formulary import SMALL_FORMULARY

TODAY = date(2026, 1, 15)
DAYS = ("2026-01-15", "2026-01-10", "2025-12-31", "2025-06-01", "2024-02-29", "2026-03-01", "2025-06-01")
ODD_DAYS = (
    "2025",
    "2025-06",
    "2025-06-01 to 2025-07-01",
    "01.02.2025",
    "soon",
    "NA",
    "2025-6-1",
    "1890-01-01",
    " 2025-06-01 ",
)
#: by the end of a column's name: what may stand in it, beside nothing
TEXTS: dict[str, Sequence[str]] = {
    "as_of": (*DAYS[:3], "2026-01", "yesterday"),
    "birth_date": ("1960-05-01", "1961-01-15", "1960", "1840-01-01", "2027-01-01", "1960-05"),
    "age": ("65", "64", "61-66", ">60", "212", "unknown", "65 y", "x"),
    "date": (*DAYS, *ODD_DAYS),
    "start": (*DAYS, *ODD_DAYS),
    "end": (*DAYS, *ODD_DAYS),
    "ecog": ("0", "1", "0-1", "7", "5", "1 or 2", "two", "fully active"),
    "karnofsky": ("90", "0", "85", "<70"),
    "life_expectancy": ("6", "20", ">12"),
    "life_expectancy_unit": ("mo", "wk", "furlong"),
    "sex": ("male", "female", "F", "?"),
    "weight": ("70", "70,5", "154 lb", "7000"),
    "diagnosis": ("PLMESO", "mesothelioma", "C45.0", "PLMES"),
    "histology": ("epithelioid", "biphasic or sarcomatoid", "purple"),
    "other_cancer_1": ("PRAD", "breast cancer", "zzz"),
    "other_cancer_1_status": ("cured", "active", "??"),
    "tnm_edition": ("8", "7", "9"),
    "tnm_t": ("T2", "TX", "T2 or T3", "T9"),
    "tnm_n": ("N0", "N1"),
    "stage": ("II", "IIIA", "9"),
    "stage_scheme": ("ajcc8_pleural", "nonsense"),
    "haemoglobin": ("9.1", "<10", "140", "9.1 g/dL", "10,2", "n/a"),
    "haemoglobin_unit": ("g/dL", "g/L", "mmol"),
    "bilirubin_total": ("0.6", "1.3"),
    "bilirubin_total_unit": ("mg/dL", "umol/L"),
    "bilirubin_total_uln": ("1.2", "0", "-1"),
    "pd_l1_score": ("5", "<1", "400"),
    "pd_l1_method": ("ihc", "tea leaves"),
    "therapy_1": ("cisplatin", "nivolumab or placebo", "oncoplatin", "cisplatin + pemetrexed"),
    "therapy_1_ongoing": ("yes", "no", "perhaps"),
    "therapy_1_line": ("1", "1-2", "90"),
    "therapy_1_progressed": ("yes", "no"),
    "therapy_2": ("cisplatin", "nivolumab"),
    "therapies": ("none", "cisplatin", "cisplatin; nivolumab", "oncoplatin"),
    "therapies_absent": ("nivolumab", "checkpoint_inhibitor; cisplatin", "zzz"),
    "medications": ("none", "prednisone", "aspirin; prednisone"),
    "medication_1": ("prednisone", "water"),
    "medication_1_dose": ("10", "10 mg", "much"),
    "conditions": ("none", "hiv", "hiv; hypertension", "zzz"),
    "conditions_absent": ("hiv", "hiv; hepatitis_b", "zzz"),
    "complete": ("therapies", "therapies; conditions", "everything"),
    "radiotherapy_1_dose": ("50", "50 Gy"),
    "progression_date": (*DAYS, *ODD_DAYS),
    "event_1": ("progression", "party"),
}
DATED = (
    "ecog",
    "sex",
    "tnm",
    "stage",
    "diagnosis",
    "haemoglobin",
    "labs",
    "pd_l1",
    "therapies_absent",
    "event_1",
    "life_expectancy",
    "conditions_absent",
)
COLUMNS = (
    *(name for name in TEXTS if name not in ("date", "start", "end")),
    *(f"{name}_date" for name in DATED),
    *(
        f"{name}_{which}"
        for name in ("therapy_1", "therapy_2", "medication_1", "radiotherapy_1")
        for which in ("start", "end")
    ),
    "therapy_1_progression_date",
    "nobody_knows_this",
)


def texts_of(column: str) -> Sequence[str]:
    for ending in ("progression_date", "date", "start", "end"):
        if column.endswith(f"_{ending}") and column not in TEXTS:
            return TEXTS[ending]
    return TEXTS.get(column, ("x",))


@st.composite
def wide_rows(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    columns = draw(st.lists(st.sampled_from(COLUMNS), unique=True, min_size=1, max_size=14))
    size = draw(st.integers(1, 40))
    # Few texts a column, so that rows agree in some of them.
    few = {
        name: ["", *draw(st.lists(st.sampled_from(texts_of(name)), min_size=1, max_size=4))]
        for name in columns
    }
    ids = [draw(st.sampled_from((f"P{row}", f"P{row}", f"P{row}", "P1", "", " P2 "))) for row in range(size)]
    rows = [[each, *(draw(st.sampled_from(few[name])) for name in columns)] for each in ids]
    return ["patient_id", *columns], rows


def written(rows: Sequence[Sequence[str]], delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)  # type: ignore[arg-type]
    return stream.getvalue()


def read_all(file: FrameFile, patients: int) -> tuple[list[FramePart], Reading]:
    account = file.account()
    parts = [file.read(part) for part in file.parts(patients)]
    for part in parts:
        part.add_to(account)
    return parts, account


def assert_same(
    path: Path, mapping: Path | None = None, as_of: date | None = None, patients: int = 5
) -> None:
    """The file says the same through its frames and through its profiles."""
    asked = {"formulary": SMALL_FORMULARY, "mapping": mapping, "as_of": as_of, "today": TODAY}
    failure = _failure(lambda: ProfileFrames(read_patients(path, **asked)))  # type: ignore[arg-type]
    assert _failure(lambda: read_frames(path, **asked)) == failure  # type: ignore[arg-type]
    if failure:
        return
    slow = ProfileFrames(read_patients(path, **asked))  # type: ignore[arg-type]
    fast = read_frames(path, **asked)  # type: ignore[arg-type]
    [wanted], counted = read_all(slow, len(slow))
    found, account = read_all(fast, patients)
    assert len(fast) == len(slow)
    assert sum(part.part.patients for part in found) == len(fast)
    assert [part.part.first for part in found] == [
        sum(each.part.patients for each in found[:number]) for number in range(len(found))
    ]
    start = 0
    for part in found:
        stop = start + len(part.frame)
        assert content(part.frame) == content(wanted.frame.between(start, stop))
        assert [part.assumptions[place] for place in part.assumed] == [
            wanted.assumptions[place] for place in wanted.assumed[start:stop]
        ]
        for row in {0, len(part.frame) - 1} if len(part.frame) else ():
            assert part.patient(row) == wanted.patient(start + row)
        start = stop
    assert start == len(wanted.frame)
    assert [issue for part in found for issue in part.issues] == list(wanted.issues)
    assert [reject for part in found for reject in part.rejects] == list(wanted.rejects)
    assert account == counted


def _failure(opened: Callable[[], object]) -> str:
    try:
        opened()
    except MatcherError as error:
        return f"{type(error)} {error}"
    return ""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts may begin at any patient, and files are opened in several blocks."""
    monkeypatch.setattr(delimited, "STEP", 1)
    monkeypatch.setattr(json_lines, "STEP", 1)
    monkeypatch.setattr(delimited, "OPENING", 400)


def check(
    text: str | bytes, ending: str = ".csv", mapping: str | None = None, as_of: date | None = None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"patients{ending}")
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        described = None
        if mapping is not None:
            described = Path(folder, "mapping.yaml")
            described.write_text(mapping)
        assert_same(path, described, as_of)


@given(wide_rows(), st.sampled_from((",", ";", "\t")), st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
def test_wide_files_give_the_same_in_frames(
    table: tuple[list[str], list[list[str]]], delimiter: str, quoting: int
) -> None:
    header, rows = table
    check(written([header, *rows], delimiter, quoting))


@given(wide_rows(), st.integers(1, 20))
def test_parquet_files_give_the_same_in_frames(table: tuple[list[str], list[list[str]]], group: int) -> None:
    header, rows = table
    columns = {name: [row[place] or None for row in rows] for place, name in enumerate(header)}
    stream = io.BytesIO()
    pl.DataFrame(columns, schema=dict.fromkeys(header, pl.String)).write_parquet(stream, row_group_size=group)
    check(stream.getvalue(), ".parquet")


LINES = (
    '{"id": "P1", "as_of": "2026-01-15", "ecog": 1, "labs": {"haemoglobin": "9.1 g/dL"}}',
    '{"id": "P2", "therapies": ["cisplatin", "zzz"], "conditions": []}',
    '{"id": 3, "age": "61-62"}',
    '{"id": "P1"}',
    '{"id": "P4", "id": "P5"}',
    '{"id": "P5"',
    '{"ecog": 2}',
    "[]",
    "null",
    "",
    "  ",
    '{"id": "P6", "ecog": NaN}',
    '{"id": "Ü7"}',
)


@given(st.data(), st.sampled_from(("utf-8", "utf-8-sig", "cp1252", "utf-16")))
def test_json_lines_give_the_same_in_frames(data: st.DataObject, encoding: str) -> None:
    lines = data.draw(
        st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(("\n", "\n", "\r\n", "\r"))), max_size=30)
    )
    check("".join(line + end for line, end in lines).encode(encoding), ".jsonl")


TABLES: dict[str, dict[str, Sequence[str]]] = {
    "labs": {
        "test": ("haemoglobin", "ldh", "zzz"),
        "value": ("9.1", "x", ""),
        "unit": ("g/dL", ""),
        "date": DAYS,
    },
    "therapies": {
        "agents": ("cisplatin", "zzz", ""),
        "start": DAYS,
        "end": (*DAYS, "2025"),
        "none_of": ("", "", "nivolumab; zzz"),
    },
    "conditions": {"condition": ("hiv", "hypertension", "zzz"), "none_of": ("", "hiv")},
    "observations": {"name": ("ecog", "Weight", "zzz", ""), "value": ("1", "70"), "date": DAYS},
    "diagnoses": {"code": ("PLMESO", "PRAD"), "index": ("yes", "no", ""), "date": DAYS},
    "tnm": {"edition": ("8", ""), "t": ("T2", "Tq")},
    "medications": {"agents": ("prednisone", "zzz"), "oddity": ("x",)},
}


@given(wide_rows(), st.data())
def test_folders_give_the_same_in_frames(
    table: tuple[list[str], list[list[str]]], data: st.DataObject
) -> None:
    header, rows = table
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "patients.csv").write_text(written([header, *rows]))
        for name in data.draw(st.lists(st.sampled_from(sorted(TABLES)), unique=True, max_size=3)):
            ids = st.sampled_from((*(row[0] for row in rows), "nobody", ""))
            child = st.tuples(ids, *(st.sampled_from(texts) for texts in TABLES[name].values()))
            children = data.draw(st.lists(child, max_size=10))
            broken = data.draw(st.sampled_from(("", "P1\n", 'P1,"x\n')))
            Path(folder, f"{name}.csv").write_text(
                written([("patient_id", *TABLES[name]), *children]) + broken
            )
        assert_same(Path(folder))


@given(wide_rows(), st.sampled_from((None, date(2025, 12, 31))))
def test_days_of_the_run_serve_rows_alike(
    table: tuple[list[str], list[list[str]]], as_of: date | None
) -> None:
    header, rows = table
    check(written([header, *rows]), as_of=as_of)


PIECES = (
    "P1",
    "P2",
    "",
    ",",
    ",",
    ",",
    "\n",
    "\n",
    "\r\n",
    "\r",
    '"',
    '""',
    '"a, b"',
    '"a\nb"',
    "2026-01-15",
    "1",
    "é",
    "\0",
    " ",
    '"a"b',
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.sampled_from(("utf-8", "cp1252", "utf-16")),
)
@example('"a\nb"\rP1', "utf-8")
def test_broken_files_give_the_same_in_frames(text: str, encoding: str) -> None:
    check(("patient_id,as_of,ecog\n" + text).encode(encoding, "replace"))


MAPPING = """
mapping: An export with every word that mappings have
id: {column: Nr}
as_of: [{column: Visit, as: date}, {column: Entry, as: date}]
blank: [NA, '-']
decimal: comma
dates: day_first
facts:
  age: {column: Age, when: {column: Born, blank: true}, date: {column: Visit}}
  birth_date: {column: Born}
  sex: {column: Sex, values: {m: male, w: female}}
  weight: {column: Weight, unit: kg, date: {column: Visit}}
  ecog: [{column: ECOG, undated: unknown}, {column: ECOG2, date: {column: Entry}}]
  complete: [{column: Lists, split: ','}]
  suitable_for: {column: Fit, subject: cisplatin, values: {y: 'yes', n: 'no'}, otherwise: unknown}
  vital_status: {constant: alive}
rows:
  diagnoses:
    - together_by: [date]
      fields: {code: {column: ICD}, date: {column: D1}, histology: {columns: [Hist1, Hist2], take: any}, index: {constant: true}}
    - when: {column: Other, is: ['yes']}
      fields: {index: {constant: false}, date: {column: D2}}
  staging:
    - fields: {edition: {column: Ed}, t: {column: T}, date: {columns: ['D*'], take: latest}}
  tnm:
    - fields: {edition: {constant: 8}, n: {column: N}}
  labs:
    - needs: [value]
      undated: unknown
      fields:
        test: {constant: creatinine}
        value: {column: Krea}
        unit:
          - {constant: mg/dL, when: {column: KreaMax, at_most: 5}}
          - {constant: umol/L, when: {column: KreaMax, at_least: 20}}
        uln: {column: KreaMax}
    - each: [haemoglobin, platelets]
      needs: [value]
      fields: {test: {name: true}, value: {column: '*'}, unit: {constant: g/L}, date: {column: Visit, plus: 1}}
  therapies:
    - repeat: drug[-#]
      together_by: [start, end]
      fields:
        agents: {column: '*.name'}
        start: {column: '*.from'}
        end: {column: '*.until'}
    - fields: {none_of: {column: IO, values: {'no': checkpoint_inhibitor, 'yes': null}}}
  medications:
    - spread: agents
      needs: [agents]
      fields: {agents: {column: Meds, split: '+'}, start: {column: Entry}}
  conditions:
    - fields: {condition: {column: Cond}, start: {column: D1}, end: {column: D2}}
    - fields: {condition: {column: Cond2}, grade: {column: Grade}, label: {column: Cond2}}
  events:
    - needs: [date]
      fields: {name: {constant: progression}, date: {column: D1}}
assume:
  - {complete: conditions, because: the form lists every condition, when: {column: Form, is: v2}}
  - {complete: medications, because: so it was agreed}
  - {because: everything is as it was}
ignore:
  - {columns: ['note*'], because: free text}
"""
SLASHED = ("15.01.2026", "10.01.2026", "1.6.2025", "2025-06-01", "31.02.2025", "2025", "NA", "-", "")
EXPORT = {
    "Nr": ("1", "2", "3", "4", "5", "6", "7", "8", "-", "na"),
    "Visit": SLASHED,
    "Entry": SLASHED,
    "Born": ("01.05.1960", "1960", "NA", "", ""),
    "Age": ("65", "60-61", "900", "NA"),
    "Sex": ("m", "w", "d", "M"),
    "Weight": ("70,5", "70", "1.070,5", "x"),
    "ECOG": ("1", "7", ""),
    "ECOG2": ("0", "2-3", ""),
    "Lists": ("therapies", "therapies,diagnoses", "all", ""),
    "Fit": ("y", "n", "z"),
    "ICD": ("C45.0", "PLMESO", "zz", ""),
    "Hist1": ("epithelioid", "", "biphasic"),
    "Hist2": ("sarcomatoid", "", "epithelioid"),
    "Other": ("yes", "no"),
    "Ed": ("8", "7", ""),
    "T": ("T1", "T3", "Tq"),
    "N": ("N0", "N2", ""),
    "Krea": ("0,9", "90", "<1", ""),
    "KreaMax": ("1,2", "100", "", "x"),
    "haemoglobin": ("91", "9", ""),
    "platelets": ("200", ""),
    "drug.name": ("cisplatin", "zzz", ""),
    "drug.from": SLASHED,
    "drug.until": SLASHED,
    "drug-2.name": ("pemetrexed", "nivolumab", ""),
    "drug-2.from": SLASHED,
    "drug-2.until": SLASHED,
    "IO": ("yes", "no", "?", ""),
    "Meds": ("prednisone", "prednisone + aspirin", "zzz", ""),
    "Cond": ("hiv", "hypertension", "zzz", ""),
    "Cond2": ("hypertension", ""),
    "Grade": ("2", "9", ""),
    "D1": SLASHED,
    "D2": SLASHED,
    "Form": ("v1", "v2", "V2"),
    "notes": ("a", "b"),
    "unheard of": ("a", ""),
}


@given(st.data(), st.sampled_from(("required", "optional")))
def test_mapped_exports_give_the_same_in_frames(data: st.DataObject, columns: str) -> None:
    few = {
        name: data.draw(st.lists(st.sampled_from(texts), min_size=1, max_size=3), label=name)
        for name, texts in EXPORT.items()
        if name != "Nr"
    }
    rows = data.draw(
        st.lists(
            st.tuples(st.sampled_from(EXPORT["Nr"]), *(st.sampled_from(few[name]) for name in few)),
            max_size=12,
        )
    )
    check(written([tuple(EXPORT), *rows], ";"), mapping=f"columns: {columns}\n{MAPPING}")


@given(st.data())
def test_rows_without_identifiers_of_their_own_are_known_by_their_lines(data: st.DataObject) -> None:
    cell = st.sampled_from(("", "", "61", "9,1"))
    rows = data.draw(st.lists(st.tuples(cell, cell), min_size=1, max_size=8))
    mapping = "mapping: rows\nid: {row: true}\nas_of: {constant: 2026-01-15}\nfacts:\n  age: {column: age}\n"
    check(written([("age", "other"), *rows]), mapping=mapping)


@pytest.mark.parametrize("name", ["tcga_meso", "tcga_stad", "uci_mesothelioma"])
def test_published_records_give_the_same_in_frames(root: Path, real_data: Path, name: str) -> None:
    assert_same(
        real_data / "patients" / f"{name}.csv", root / "fixtures" / "mappings" / f"{name}.yaml", patients=50
    )


def test_hostile_and_shipped_files_give_the_same_in_frames(root: Path) -> None:
    fixtures = root / "fixtures"
    for path in (
        *sorted((fixtures / "hostile").iterdir()),
        fixtures / "patients.csv",
        fixtures / "profiles.jsonl",
        fixtures / "tables",
    ):
        assert_same(path)
