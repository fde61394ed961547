"""Patients as the files of a run take them: rows of the matches, lines of explanations, entries of the report."""

from __future__ import annotations

import base64
import csv
import io
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from matcher.explanation.answer import CandidateShown, PatientShown
from matcher.explanation.common import Common, Document
from matcher.explanation.lines import line_of, patient_of
from matcher.explanation.writer import Written
from matcher.rules.candidate import CandidateKind
from matcher.service.account import is_ranked
from matcher.service.cell import cell
from matcher.standing.standing import StandingKind

MATCH_COLUMNS = (
    "patient_id",
    "kind",
    "rank",
    "tied",
    "candidate",
    "cohort",
    "title",
    "standing",
    "availability",
    "because",
    "missing",
    "blocking",
    "cautions",
    "overrides",
    "earliest_date",
    "rulebook",
    "as_of",
)
Row = tuple[str | int | None, ...]
_L = TypeVar("_L")
#: lines that are packed together for the report: a patient is unpacked with so many others
PACKED = 50


class Best(NamedTuple):
    """The first candidate of a kind."""

    standing: str
    title: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """A patient's entry in the index of the report."""

    patient: str
    as_of: str
    deceased: bool
    ranked: bool
    trial: Best | None
    regimen: Best | None
    issues: int

    @classmethod
    def of(cls, patient: PatientShown) -> Indexed:
        return cls(
            patient.patient,
            patient.as_of,
            patient.deceased,
            is_ranked(patient),
            _best(patient.trials),
            _best(patient.regimens),
            len(patient.issues),
        )

    @classmethod
    def of_written(cls, patient: Written) -> Indexed:
        best: dict[CandidateKind, Best] = {}
        for row in patient.rows:
            standing = row.stood.standing
            best.setdefault(standing.candidate.kind, Best(standing.kind.value, standing.candidate.title))
        ranked = not patient.deceased or any(row.place.rank is not None for row in patient.rows)
        return cls(
            patient.patient,
            patient.as_of,
            patient.deceased,
            ranked,
            best.get(CandidateKind.TRIAL),
            best.get(CandidateKind.REGIMEN),
            patient.issues,
        )

    @classmethod
    def of_document(cls, held: dict[str, Any]) -> Indexed:
        best = {name: Best(*held[name]) if held[name] else None for name in ("trial", "regimen")}
        return cls(**{**held, **best})


def _best(candidates: Sequence[CandidateShown]) -> Best | None:
    return Best(candidates[0].standing, candidates[0].title) if candidates else None


class Told(NamedTuple):
    """A patient who is written already, as far as a summary needs to know."""

    ranked: bool
    line: bytes
    common: Common

    @property
    def shown(self) -> PatientShown:
        return patient_of(json.loads(self.line), self.common)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Some patients: their rows in the form of the matches, their lines, and these packed for the report.

    A pack holds the lines of ``PACKED`` patients, the last one of those that are left.
    """

    index: tuple[Indexed, ...]
    candidates: tuple[str, ...]
    rows: bytes
    lines: bytes
    packs: tuple[bytes, ...]

    @classmethod
    def of(cls, patients: Iterable[PatientShown], common: Common, form: str, *, pack: bool) -> Rendered:
        """``pack``: whether the report holds lines."""
        rows: list[Row] = []
        lines: list[Document] = []
        index: list[Indexed] = []
        candidates: dict[str, None] = {}
        for each in patients:
            rows += match_rows(each, common.version)
            lines.append(line_of(each, common))
            index.append(Indexed.of(each))
            candidates.update((one.id, None) for one in each.candidates)
        return cls(
            tuple(index),
            tuple(candidates),
            in_form(rows, form),
            b"".join(map(in_bytes, lines)),
            tuple(map(packed, _batches(lines))) if pack else (),
        )

    @classmethod
    def of_written(cls, patients: Sequence[Written], rulebook: str, form: str, *, pack: bool) -> Rendered:
        """The same of patients who are lines already; ``rulebook`` is the short version."""
        rows = [row for each in patients for row in _written_rows(each, rulebook)]
        candidates = dict.fromkeys(row.stood.standing.candidate.id for each in patients for row in each.rows)
        lines = [each.line for each in patients]
        return cls(
            tuple(map(Indexed.of_written, patients)),
            tuple(candidates),
            in_form(rows, form),
            "".join([f"{each.json}\n" for each in patients]).encode(),
            tuple(map(_packed, _batches(lines))) if pack else (),
        )

    def write(self, path: Path) -> None:
        """One file: a line that says what follows, and that."""
        head = {
            "index": [asdict(each) for each in self.index],
            "candidates": self.candidates,
            "sizes": [len(self.rows), len(self.lines), *map(len, self.packs)],
        }
        with path.open("wb") as stream:
            stream.write(json.dumps(head).encode() + b"\n")
            stream.writelines((self.rows, self.lines, *self.packs))

    @classmethod
    def read(cls, path: Path) -> Rendered:
        with path.open("rb") as stream:
            head = json.loads(stream.readline())
            index = tuple(Indexed.of_document(each) for each in head["index"])
            rows, lines, *packs = (stream.read(size) for size in head["sizes"])
            return cls(index, tuple(head["candidates"]), rows, lines, tuple(packs))

    def told(self, common: Common) -> Iterator[Told]:
        for each, line in zip(self.index, self.lines.splitlines(), strict=True):
            yield Told(each.ranked, line, common)


def limited(patient: PatientShown, top: int | None, standings: Collection[StandingKind] = ()) -> PatientShown:
    """The patient with the first ``top`` candidates of each kind, among those of the standings asked for.

    The counts of a run are made before this.
    """
    if standings:
        wanted = {each.value for each in standings}
        trials, regimens = (
            tuple(each for each in held if each.standing in wanted)
            for held in (patient.trials, patient.regimens)
        )
        patient = replace(patient, trials=trials, regimens=regimens)
    if top is None:
        return patient
    return replace(patient, trials=patient.trials[:top], regimens=patient.regimens[:top])


def match_rows(patient: PatientShown, rulebook: str, *, explained: bool = True) -> list[Row]:
    """A row for each candidate. Without explanations criteria are only named, and no date is worked out."""
    return [
        (
            patient.patient,
            each.kind,
            each.rank,
            "yes" if each.tied else "",
            each.id,
            each.cohort,
            each.title,
            each.standing,
            each.availability,
            each.because,
            "; ".join(each.missing if explained else _criteria(each, "unknown")),
            "; ".join(each.blocking if explained else _criteria(each, "not met")),
            "; ".join(each.applying if explained else _cautions(each)),
            "; ".join(each.overrides),
            each.earliest_text if explained else "",
            rulebook,
            patient.as_of,
        )
        for each in patient.candidates
    ]


def _written_rows(patient: Written, rulebook: str) -> Iterator[Row]:
    for stood, place, missing, blocking, cautions, earliest in patient.rows:
        standing = stood.standing
        candidate = standing.candidate
        yield (
            patient.patient,
            candidate.kind.value,
            place.rank,
            "yes" if place.tied else "",
            candidate.id,
            stood.cohort,
            candidate.title,
            standing.kind.value,
            standing.availability.value,
            place.because,
            missing,
            blocking,
            cautions,
            "",  # nobody who was judged is written together with others
            earliest,
            rulebook,
            patient.as_of,
        )


def _cautions(candidate: CandidateShown) -> list[str]:
    return [each.id for each in candidate.cautions if each.verdict == "applies"]


def _criteria(candidate: CandidateShown, satisfied: str) -> list[str]:
    """The criteria of the candidate and of the cohort its standing is read from."""
    cohorts = ("", candidate.cohort.partition(":")[0])
    return [each.id for each in candidate.criteria if each.satisfied == satisfied and each.cohort in cohorts]


def in_bytes(document: Document) -> bytes:
    """A document as one line."""
    return _json(document).encode() + b"\n"


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def packed(lines: Sequence[Document]) -> bytes:
    """Lines as text that a page can hold and unpack: key by key, so that what is alike stands together."""
    return _packed([{key: _json(value) for key, value in line.items()} for line in lines])


def _packed(lines: Sequence[Mapping[str, str]]) -> bytes:
    """The same of lines whose values are JSON already."""
    keys = dict.fromkeys(chain.from_iterable(lines))
    columns = [f'"{key}":[{",".join([line.get(key, "null") for line in lines])}]' for key in keys]
    return base64.b64encode(zlib.compress(f"{{{','.join(columns)}}}\n".encode()))


def _batches(lines: Sequence[_L]) -> list[Sequence[_L]]:
    return [lines[first : first + PACKED] for first in range(0, len(lines), PACKED)]


def in_form(rows: Sequence[Row], form: str) -> bytes:
    """Rows as lines of the matches; for Parquet, which has none, as one line of all of them."""
    text = io.StringIO()
    match form:
        case "csv":
            csv.writer(text, lineterminator="\n").writerows([cell(value) for value in row] for row in rows)
        case "jsonl":
            for row in rows:
                values = {name: stated(value) for name, value in zip(MATCH_COLUMNS, row, strict=True)}
                text.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")
        case _:
            json.dump(rows, text)
    return text.getvalue().encode()


def stated(value: Any) -> Any:
    """Nothing instead of an empty text, where a format can say so."""
    return None if value == "" else value
