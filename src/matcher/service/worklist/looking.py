"""Looking through a file before anybody is matched: what each column becomes, and every problem, by its row."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.errors import CODES
from matcher.readers.bound import Bound, BoundCell
from matcher.readers.csv_rows import Table
from matcher.readers.mapped_file import MappedFile
from matcher.readers.outcome import Issue, Reject
from matcher.readers.read import source_of
from matcher.readers.tables import Folder
from matcher.rules.rulebook import Rulebook
from matcher.service.cell import cell
from matcher.service.worklist.filed import Filed
from matcher.vocabulary.laboratory import LAB_TESTS
from matcher.vocabulary.observations import OBSERVATIONS

PROBLEMS = "problems.csv"
PROBLEM_COLUMNS = ("row", "patient_id", "column", "what is wrong", "what to do", "written", "code", "effect")
_TOGETHER = 2_000
_LISTS = {
    "labs": "laboratory value",
    "biomarkers": "biomarker",
    "alterations": "gene alteration",
    "diagnoses": "diagnosis",
    "staging": "stage",
    "therapies": "course of therapy",
    "medications": "medicine",
    "conditions": "illness",
    "procedures": "procedure",
    "radiotherapy": "radiotherapy",
    "events": "planned event",
    "observations": "observation",
    "judgements": "judgement",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What the file holds. ``columns`` pairs each with what it becomes, nothing where it is not read."""

    patients: int
    rejected: int
    problems: int
    codes: dict[str, int]
    columns: list[tuple[str, str]]
    assumptions: list[str]

    def document(self) -> dict[str, Any]:
        return {
            "patients": self.patients,
            "rejected": self.rejected,
            "problems": self.problems,
            "codes": self.codes,
            "columns": [list(each) for each in self.columns],
            "assumptions": self.assumptions,
        }


def look_through(
    filed: Filed, rulebook: Rulebook, out: Path, report: Callable[[int, int, int], None]
) -> Looked:
    """Reads every patient and writes every problem to ``out``, in the order of the file.

    ``report`` hears of how many patients there are, how many were read, and how many of them cannot be matched.
    """
    file = filed.open(rulebook)
    reading = file.account()
    codes: Counter[str] = Counter()
    done = rejected = problems = 0
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (out / PROBLEMS).open("w", encoding="utf-8", newline="") as stream:
        (out / PROBLEMS).chmod(0o600)
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(PROBLEM_COLUMNS)
        for each in reading.file_issues:
            problems += 1
            codes[each.code] += 1
            table.writerow(_problem(each))
        for part in file.parts(_TOGETHER):
            read = file.read(part)
            read.add_to(reading)
            wrong: list[Issue | Reject] = [*read.rejects, *read.issues]
            for found in sorted(wrong, key=_row_of):
                problems += 1
                codes[found.code] += 1
                table.writerow(_problem(found))
            done, rejected = done + part.patients, rejected + len(read.rejects)
            report(len(file), done, rejected)
    columns = list(_columns(filed))
    return Looked(len(file), rejected, problems, dict(codes.most_common()), columns, reading.assumptions)


def _row_of(each: Issue | Reject) -> int:
    return each.source.row or 0


def _problem(each: Issue | Reject) -> list[str]:
    match each:
        case Reject():
            effect = "this patient is left out"
        case Issue(patient=""):
            effect = "of the file as a whole"
        case _:
            effect = "the patient is matched; this counts as unknown"
    row = "" if each.source.row is None else each.source.row
    values = (row, each.patient, each.source.column, each.reason, each.remedy, each.text, each.code, effect)
    return [cell(value) for value in values]


def in_words(codes: dict[str, int]) -> Iterator[tuple[str, str, int]]:
    """Each kind of problem with its title and how often it occurs."""
    for code, count in codes.items():
        yield code, CODES[code].title, count


def _columns(filed: Filed) -> Iterator[tuple[str, str]]:
    """Of the table of patients; what is no table has none."""
    if filed.patients.is_dir() and filed.mapping is None:
        mapped: Any = Folder(filed.patients).patients
    else:
        mapped = source_of(filed.patients, filed.mapping)
    if isinstance(mapped, MappedFile):
        header = mapped.table.header if isinstance(mapped.table, Table) else tuple(mapped.table.header)
        becomes = what_columns_become(mapped.bound)
        yield from ((name, becomes.get(name, "")) for name in header if name)


def what_columns_become(bound: Bound) -> dict[str, str]:
    """In words, by the name of the column."""
    found: dict[str, str] = {}

    def note(cells: tuple[BoundCell, ...], what: str) -> None:
        for each in cells:
            for name in each.columns:
                found.setdefault(name, what)
            if each.unit_column:
                found.setdefault(each.unit_column, f"{what}: unit")
            if each.date is not None:
                note((each.date,), f"{what}: date")

    note(bound.id, "who the patient is")
    note(bound.as_of, "the day the patient is matched for")
    note(bound.index_date, "the day that other days count from")
    for name, cells in bound.facts:
        note(cells, OBSERVATIONS[name].title if name in OBSERVATIONS else name.replace("_", " "))
    for row in bound.rows:
        word = _LISTS.get(row.table, row.table)
        for field, cells in row.fields:
            for each in cells:
                stem = each.stem or (each.columns[0] if each.columns else "")
                known = LAB_TESTS.get(stem)
                which = f" ({known.title})" if known else ""
                note((each,), f"{word}{which}: {field.replace('_', ' ')}")
    return found
