"""A file of patients into the table of a worklist, part by part, each in columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from matcher.explanation.answer import PatientShown
from matcher.rules.candidate import CandidateKind
from matcher.rules.rulebook import Rulebook
from matcher.service.account import STANDINGS
from matcher.service.match import Matcher
from matcher.service.rendered import MATCH_COLUMNS, match_rows
from matcher.service.worklist.filed import PART, Filed
from matcher.service.worklist.patient import with_judgements
from matcher.store import Entry, Pair

if TYPE_CHECKING:
    import pyarrow as pa

    from matcher.readers.frames import FramePart
    from matcher.service.bulk.part import FrameMatcher

RULED_OUT = STANDINGS.index("ineligible")
NOBODY = len(STANDINGS)
"""The standing of a patient whom every trial rules out."""
_WANTED = ("patient_id", "candidate", "rank", "standing", "availability", "missing", "blocking")
_PLACE = {name: MATCH_COLUMNS.index(name) for name in (*_WANTED, "kind")}


@dataclass(frozen=True, slots=True)
class Before:
    """The run before, as far as it is compared with: each patient's trials, and those it was matched to at all."""

    pairs: Mapping[str, Mapping[str, Pair]]
    trials: frozenset[str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of the file in the table."""

    entries: list[Entry]
    pairs: list[Pair]


@dataclass(frozen=True)
class Listing:
    """What lists the patients of a file; ``judged`` are judgements by the patient's identifier."""

    filed: Filed
    rulebook: Rulebook
    judged: Mapping[str, Sequence[Mapping[str, Any]]]
    matcher: Matcher
    _frames: FrameMatcher = field(init=False)

    def __post_init__(self) -> None:
        from matcher.service.bulk.job import Job
        from matcher.service.bulk.part import FrameMatcher

        filed = self.filed
        job = Job(filed.patients, filed.mapping, self.rulebook.version, filed.as_of, filed.today, PART)
        object.__setattr__(self, "_frames", FrameMatcher(job, self.rulebook))

    @property
    def trials(self) -> list[str]:
        """The trials that patients are matched to: those that are closed on the day of the list are left out."""
        day = self.filed.as_of or self.filed.today
        trials = [each for each in self.rulebook.candidates if each.kind is CandidateKind.TRIAL]
        return [each.id for each in trials if each.roots is not None and each.takes_patients(day)]

    def of_part(self, read: FramePart, before: Before | None) -> Listed:
        by_patient: dict[str, list[_Row]] = {}
        for table in self._frames.match(read.frame, rows=True).tables:
            for row in _trial_rows(table, everything=before is not None):
                by_patient.setdefault(row.patient, []).append(row)
        entries, pairs = [], []
        for number, name in enumerate(read.frame.ids):
            patient = str(name)
            rows = by_patient.get(patient, [])
            if patient in self.judged or len(read.frame.table("judgements").rows):
                held = read.patient(number)
                profile = with_judgements(held.profile, self.judged.get(patient, ()), self.rulebook)
                rows = rows_of(self.matcher.match_one(profile))
            entry, of_entry = listed(rows, patient, read.part.first + number + 1, read.part.number, number)
            if before is not None:
                changes = changes_of(rows, before.pairs.get(patient), before.trials)
                entry = _with(entry, json.dumps(changes) if changes else "")
            entries.append(entry)
            pairs += of_entry
        return Listed(entries, pairs)


@dataclass(frozen=True, slots=True)
class _Row:
    patient: str
    trial: str
    rank: int | None
    standing: int
    availability: str
    missing: str
    blocking: str


def _trial_rows(table: pa.Table, *, everything: bool) -> Iterator[_Row]:
    """The rows of trials; those that rule the patient out only where they are compared with an earlier run."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pc.equal(table["kind"].cast(pa.string()), "trial")
    if not everything:
        wanted = pc.and_(wanted, pc.not_equal(table["standing"].cast(pa.string()), "ineligible"))
    held = table.select(list(_WANTED)).filter(wanted)
    columns = [held[name].to_pylist() for name in _WANTED]
    for patient, trial, rank, standing, availability, missing, blocking in zip(*columns, strict=True):
        yield _Row(
            patient, trial, rank, STANDINGS.index(standing), availability, missing or "", blocking or ""
        )


def rows_of(shown: PatientShown) -> list[_Row]:
    """The same of one patient who was matched alone."""
    found = []
    for row in match_rows(shown, "", explained=False):
        if row[_PLACE["kind"]] == "trial":
            _, trial, rank, standing, availability, missing, blocking = (
                row[_PLACE[name]] for name in _WANTED
            )
            place = rank if isinstance(rank, int) else None
            found.append(
                _Row(
                    shown.patient,
                    str(trial),
                    place,
                    STANDINGS.index(str(standing)),
                    str(availability),
                    str(missing or ""),
                    str(blocking or ""),
                )
            )
    return found


def listed(
    rows: Sequence[_Row], patient: str, number: int, part: int, place: int
) -> tuple[Entry, list[Pair]]:
    """A patient's line and trials, from the rows in the order of the ranking."""
    fitting = [each for each in rows if each.standing != RULED_OUT]
    deceased = any(each.rank is None for each in rows)
    pairs = [
        Pair(
            number, each.trial, each.rank or 0, each.standing, each.availability, each.missing, each.blocking
        )
        for each in fitting
    ]
    if not fitting:
        return Entry(number, patient, part, place, deceased, "", NOBODY, "", "", 0), pairs
    best = fitting[0]
    missing = best.missing.split("; ") if best.missing else []
    return Entry(
        number,
        patient,
        part,
        place,
        deceased,
        best.trial,
        best.standing,
        best.availability,
        best.missing,
        len(missing),
    ), pairs


def _with(entry: Entry, changes: str) -> Entry:
    from dataclasses import replace

    return replace(entry, changes=changes)


def changes_of(
    rows: Sequence[_Row], before: Mapping[str, Pair] | None, trials: frozenset[str]
) -> list[dict[str, Any]]:
    """How trials stand other than before, and the criteria behind it; a patient who is new on the list is said so.

    ``trials`` are those that anybody was matched to before: of another nothing has changed, it is new.
    """
    if before is None:
        return [{"new": True}]
    found: list[dict[str, Any]] = []
    now = {each.trial: each for each in rows}
    for trial in dict.fromkeys([*now, *before]):
        row, was = now.get(trial), before.get(trial)
        if row is None:
            found.append({"trial": trial, "was": _standing(was), "now": "closed"})
            continue
        old, new = (was.standing if was else RULED_OUT), row.standing
        if old == new and (was is None or was.availability == row.availability):
            continue
        if was is None and trial not in trials:
            found.append({"trial": trial, "was": "not listed", "now": STANDINGS[new]})
            continue
        change = {"trial": trial, "was": STANDINGS[old], "now": STANDINGS[new]}
        if was is not None and was.availability != row.availability:
            change["recruitment"] = f"{was.availability}, now {row.availability}"
        missing, lacked = _ids(row.missing), _ids(was.missing if was else "")
        blocking, blocked = _ids(row.blocking), _ids(was.blocking if was else "")
        behind = {
            "rules out": blocking - blocked,
            "known now": (lacked - missing - blocking) if was else frozenset(),
            "no longer rules out": blocked - blocking,
            "no longer known": (missing - lacked) if was else frozenset(),
        }
        found.append(change | {word: sorted(ids) for word, ids in behind.items() if ids})
    return found


def _standing(pair: Pair | None) -> str:
    return STANDINGS[pair.standing] if pair else "ineligible"


def _ids(text: str) -> frozenset[str]:
    return frozenset(text.split("; ")) if text else frozenset()
