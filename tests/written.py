"""A patient as people write one: rows of texts, and each way in which the same rows can be handed over.

Nothing here knows what a text means. That is the point: whatever stands in a cell goes the whole way, from
text to verdict.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from matcher.domain.verdict import Verdict
from matcher.engines.columnar import ColumnarEngine
from matcher.engines.reference import ReferenceEngine
from matcher.readers.frames import read_frames
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rules.graph import Graph, NodeId
from matcher.vocabulary.biomarkers import MARKER
from matcher.vocabulary.laboratory import LAB_TESTS
from tests.small_formulary import SMALL_FORMULARY

AS_OF = date(2026, 1, 15)
REFERENCE, COLUMNAR = ReferenceEngine(), ColumnarEngine()
Verdicts: TypeAlias = Mapping[NodeId, Verdict]
#: tables whose records a patient has once, in the wide form
_ONCE = ("tnm", "stage")
_UNITS = frozenset({"weight", "height", "life_expectancy", "qtc", "systolic", "diastolic"})


@dataclass(frozen=True)
class Record:
    """One row: its table, and the text in each field. A statement of absence has ``none_of``."""

    table: str
    fields: Mapping[str, str]

    def with_text(self, field: str, text: str) -> Record:
        return replace(self, fields={**self.fields, field: text})

    @property
    def absent(self) -> bool:
        return "none_of" in self.fields

    def __repr__(self) -> str:
        return f"{self.table}({', '.join(f'{name}={text!r}' for name, text in self.fields.items())})"


@dataclass(frozen=True)
class Written:
    """Records in the order they were entered, and the lists that somebody called complete."""

    records: tuple[Record, ...] = ()
    complete: tuple[str, ...] = ()

    def without(self, place: int) -> Written:
        return replace(self, records=self.records[:place] + self.records[place + 1 :])

    def replaced(self, place: int, record: Record) -> Written:
        return replace(self, records=(*self.records[:place], record, *self.records[place + 1 :]))

    def and_also(self, *records: Record) -> Written:
        return replace(self, records=(*self.records, *records))


# --- one way of writing after the other -------------------------------------------------------------


def wire(patient: Written, name: str = "p") -> dict[str, Any]:
    """As JSON."""
    found: dict[str, Any] = {"id": name, "as_of": AS_OF.isoformat()}
    for record in patient.records:
        fields: dict[str, Any] = dict(record.fields)
        if record.table == "person":
            found.update(fields)
        elif record.table == "observations":
            found.setdefault(fields.pop("name"), []).append(fields)
        else:
            if record.absent:
                fields["none_of"] = [each.strip() for each in fields["none_of"].split(";")]
            found.setdefault(record.table, []).append(fields)
    if patient.complete:
        found["complete"] = list(patient.complete)
    return found


def fits_wide(patient: Written) -> Written:
    """Without the records and fields that one wide row has no column for."""
    kept: list[Record] = []
    taken: set[str] = set()
    for record in patient.records:
        slot = _slot(record)
        if slot is None or slot in taken:
            continue
        columns = _columns(record, 1)
        fields = {name: text for name, text in record.fields.items() if name in columns}
        if _carries(record.table, fields):
            taken.add(slot if not slot.endswith("#") else "")
            kept.append(replace(record, fields=fields))
    return replace(patient, records=tuple(kept))


_NEEDS = {"labs": "value", "procedures": "procedure", "conditions": "condition", "medications": "agents",
          "alterations": "gene", "stage": "value", "events": "date", "therapies": "agents",
          "judgements": "verdict"}  # fmt: skip


def _carries(table: str, fields: Mapping[str, str]) -> bool:
    if "none_of" in fields:
        return True
    if table == "diagnoses":
        return "code" in fields or fields.get("index") == "yes"
    return _NEEDS[table] in fields if table in _NEEDS else bool(fields)


def _slot(record: Record) -> str | None:
    """What a wide row has once only; ``#`` where it has several."""
    fields = record.fields
    if record.absent:
        return None if record.table in ("alterations", "diagnoses") else f"{record.table} absent"
    match record.table:
        case "person" | "tnm" | "stage":
            return record.table
        case "observations":
            return None if "subject" in fields else fields["name"]
        case "diagnoses":
            return {"yes": "index", "no": "diagnoses#"}.get(fields.get("index", ""))
        case "labs":
            return f"labs {fields['test']}" if fields["test"] in LAB_TESTS else None
        case "biomarkers":
            return f"biomarkers {fields['marker']}" if fields["marker"] in MARKER else None
    return f"{record.table}#"


_PREFIX = {"therapies": "therapy", "procedures": "procedure", "radiotherapy": "radiotherapy",
           "conditions": "condition", "medications": "medication", "alterations": "alteration",
           "events": "event", "diagnoses": "other_cancer", "judgements": "judgement"}  # fmt: skip
_OWN = {"therapies": "agents", "procedures": "procedure", "conditions": "condition", "medications": "agents",
        "alterations": "gene", "events": "name", "diagnoses": "code", "judgements": "verdict"}  # fmt: skip
_RENAMED = {("procedures", "start"): "date", ("medications", "unit"): "dose_unit",
            ("biomarkers", "percent_positive"): "percent"}  # fmt: skip
_MISSING = {("procedures", "end"), ("alterations", "copy_number"), ("diagnoses", "confirmed")}


def _columns(record: Record, number: int) -> dict[str, str]:
    """The column of each field of the record, of those that have one."""
    table, fields = record.table, record.fields
    if record.absent:
        return {"none_of": f"{table}_absent", "date": f"{table}_absent_date"}
    match table:
        case "person":
            return {name: name for name in fields}
        case "observations":
            name = fields["name"]
            found = {"name": "", "value": name, "date": f"{name}_date"}
            return found | ({"unit": f"{name}_unit"} if name in _UNITS else {})
        case "diagnoses" if fields.get("index") == "yes":
            return {"index": "", "code": "diagnosis", "histology": "histology",
                    "confirmed": "diagnosis_confirmed", "date": "diagnosis_date"}  # fmt: skip
        case "tnm":
            return {name: f"tnm_{name}" for name in fields}
        case "stage":
            return {"value": "stage", "scheme": "stage_scheme", "date": "stage_date"}
        case "labs":
            test = fields["test"]
            return {"test": ""} | {
                name: test if name == "value" else f"{test}_{name}" for name in fields if name != "test"
            }
        case "biomarkers":
            return {"marker": ""} | {
                name: f"{fields['marker']}_{_RENAMED.get((table, name), name)}" for name in fields
            }
    prefix = f"{_PREFIX[table]}_{number}"
    found = {"index": ""} if table == "diagnoses" else {}
    for name in fields:
        if (table, name) not in _MISSING and name not in found:
            renamed = _RENAMED.get((table, name), name)
            found[name] = prefix if name == _OWN.get(table) else f"{prefix}_{renamed}"
    return found


def wide(patient: Written, name: str = "p") -> dict[str, str]:
    """As one row of the wide CSV: column to text. Only for a patient that ``fits_wide``."""
    found = {"patient_id": name, "as_of": AS_OF.isoformat()}
    numbers: dict[str, int] = {}
    for record in patient.records:
        numbers[record.table] = numbers.get(record.table, 0) + (
            not record.absent and record.fields.get("index") != "yes"
        )
        columns = _columns(record, numbers[record.table])
        found |= {columns[field]: text for field, text in record.fields.items() if columns[field]}
    if patient.complete:
        found["complete"] = "; ".join(patient.complete)
    return found


def table_rows(patients: Mapping[str, Written]) -> dict[str, list[dict[str, str]]]:
    """As a folder: the rows of each table, by its name."""
    found: dict[str, list[dict[str, str]]] = {"patients": []}
    for name, patient in patients.items():
        person = {"patient_id": name, "as_of": AS_OF.isoformat(), "complete": "; ".join(patient.complete)}
        for record in patient.records:
            if record.table == "person":
                person |= record.fields
            else:
                found.setdefault(record.table, []).append({"patient_id": name, **record.fields})
        found["patients"].append(person)
    return found


# --- reading them back ------------------------------------------------------------------------------


def csv_text(rows: Sequence[Mapping[str, str]]) -> str:
    header = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _named(patients: Iterable[Written]) -> dict[str, Written]:
    return {f"P{number}": each for number, each in enumerate(patients)}


def write_json_lines(path: Path, patients: Mapping[str, Written]) -> None:
    path.write_text("".join(f"{json.dumps(wire(each, name))}\n" for name, each in patients.items()), "utf-8")


def write_json(path: Path, patients: Mapping[str, Written]) -> None:
    path.write_text(json.dumps([wire(each, name) for name, each in patients.items()]), "utf-8")


def write_wide(path: Path, patients: Mapping[str, Written]) -> None:
    path.write_text(csv_text([wide(each, name) for name, each in patients.items()]), "utf-8")


def write_parquet(path: Path, patients: Mapping[str, Written]) -> None:
    _parquet(path, [wide(each, name) for name, each in patients.items()])


def write_tables(path: Path, patients: Mapping[str, Written]) -> None:
    path.mkdir()
    for name, rows in table_rows(patients).items():
        (path / f"{name}.csv").write_text(csv_text(rows), "utf-8")


def write_parquet_tables(path: Path, patients: Mapping[str, Written]) -> None:
    path.mkdir()
    for name, rows in table_rows(patients).items():
        _parquet(path / f"{name}.parquet", rows)


def _parquet(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    header = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name) or None for row in rows] for name in header}
    pl.DataFrame(columns, schema=dict.fromkeys(header, pl.String)).write_parquet(path)


Writer: TypeAlias = Callable[[Path, Mapping[str, Written]], None]
#: each kind of file: the name to write under, how, and whether it holds wide rows
FILES: Mapping[str, tuple[str, Writer]] = {
    "json lines": ("patients.jsonl", write_json_lines),
    "json": ("patients.json", write_json),
    "wide csv": ("patients.csv", write_wide),
    "parquet": ("patients.parquet", write_parquet),
    "tables": ("tables", write_tables),
    "parquet tables": ("tables", write_parquet_tables),
}
Answer: TypeAlias = Callable[[Graph, Sequence[Written]], list[Verdicts | None]]


def in_profiles(kind: str) -> Answer:
    """Written in a file of this kind, read as profiles, and asked of the reference. ``None``: rejected."""

    def answered(graph: Graph, patients: Sequence[Written]) -> list[Verdicts | None]:
        with tempfile.TemporaryDirectory() as folder:
            path = _write(kind, Path(folder), patients)
            outcomes = list(read_patients(path, formulary=SMALL_FORMULARY, as_of=AS_OF))
        read = [each.profile for each in outcomes if isinstance(each, Patient)]
        table = REFERENCE.evaluate(graph, read)
        found = dict(zip(table.patients, table.verdicts, strict=True))
        return [found.get(f"P{number}") for number in range(len(patients))]

    return answered


def in_columns(kind: str) -> Answer:
    """Written in a file of this kind, read into frames, and asked of the columnar engine."""

    def answered(graph: Graph, patients: Sequence[Written]) -> list[Verdicts | None]:
        found: dict[str, Verdicts] = {}
        with tempfile.TemporaryDirectory() as folder:
            frames = read_frames(_write(kind, Path(folder), patients), formulary=SMALL_FORMULARY, as_of=AS_OF)
            for part in frames.parts(10_000):
                frame = frames.read(part).frame
                planes = COLUMNAR.evaluate_frame(graph, frame)
                for row, name in enumerate(frame.ids):
                    found[name] = {node: planes.verdict(node, row) for node in decided(graph)}
        return [found.get(f"P{number}") for number in range(len(patients))]

    return answered


@dataclass(frozen=True)
class Way:
    """How patients are handed over and asked about. ``wide``: what a wide row cannot hold is left out of them."""

    answer: Answer
    wide: bool = False

    def fit(self, patient: Written) -> Written:
        return fits_wide(patient) if self.wide else patient

    def has_cell(self, field: str) -> bool:
        """Whether the field is a cell, and no column's name or constant."""
        return not self.wide or field not in ("index", "test", "marker")


def _write(kind: str, folder: Path, patients: Sequence[Written]) -> Path:
    name, write = FILES[kind]
    write(folder / name, _named(patients))
    return folder / name


def decided(graph: Graph) -> Sequence[NodeId]:
    """The nodes that have a verdict."""
    if id(graph) not in _DECIDED:
        from matcher.domain.profile import Profile

        _DECIDED[id(graph)] = (
            graph,
            tuple(REFERENCE.evaluate(graph, [Profile("nobody", AS_OF)]).verdicts[0]),
        )
    return _DECIDED[id(graph)][1]


_DECIDED: dict[int, tuple[Graph, tuple[NodeId, ...]]] = {}


WAYS: Mapping[str, Way] = {
    "profiles": Way(in_profiles("json lines")),
    "rows in columns": Way(in_columns("wide csv"), wide=True),
    "tables in columns": Way(in_columns("tables")),
}
