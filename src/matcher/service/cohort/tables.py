"""The counts of a cohort as tables: candidates, criteria, missing facts."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO

from matcher.rules.rulebook import Rulebook
from matcher.service.cell import cell
from matcher.service.cohort.view import CohortView, EntryView
from matcher.standing.cohort import CohortCounts
from matcher.standing.standing import StandingKind

CANDIDATES = "cohort_candidates.csv"
CRITERIA = "cohort_criteria.csv"
FACTS = "cohort_facts.csv"
COHORT_TABLES: Mapping[str, str] = {
    CANDIDATES: "patients by standing, for each candidate",
    CRITERIA: "what each criterion costs, alone and in order",
    FACTS: "which missing facts would settle most patients",
}
_ENTRY = ["candidate", "cohort", "kind", "title"]
CANDIDATE_COLUMNS = [*_ENTRY, "patients", *(kind.value for kind in StandingKind), "near_misses", "rulebook"]
CRITERION_COLUMNS = [
    *_ENTRY,
    "position",
    "criterion",
    "role",
    "text",
    "patients",
    "satisfied",
    "not_satisfied",
    "unknown",
    "left_in_order",
    "left_fitting",
    "near_misses",
    "near_misses_fitting",
    "near_misses_possible",
    "dropped_more_fitting",
    "lenient_more_fitting",
    "lenient_more_left",
    "rulebook",
]
FACT_COLUMNS = [
    *_ENTRY,
    "fact",
    "name",
    "question",
    "missing",
    "settled_alone",
    "missing_pairs",
    "settled_alone_pairs",
    "rulebook",
]


def write_tables(opened: Callable[[str], IO[str]], counts: CohortCounts, rulebook: Rulebook) -> None:
    """Writes every table of ``COHORT_TABLES`` to the stream that ``opened`` gives for its name."""
    view = CohortView.of(counts, rulebook)
    version = rulebook.short_version
    _write(opened(CANDIDATES), CANDIDATE_COLUMNS, (_candidate(each, version) for each in view.entries))
    _write(
        opened(CRITERIA),
        CRITERION_COLUMNS,
        (row for each in view.entries for row in _criteria(each, version)),
    )
    _write(opened(FACTS), FACT_COLUMNS, _facts(view, version))


def _write(stream: IO[str], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(columns)
    table.writerows([cell(value) for value in row] for row in rows)


def _entry(view: EntryView) -> tuple[str, ...]:
    candidate, cohort = view.entry.candidate, view.entry.cohort
    return candidate.id, cohort.id if cohort else "", candidate.kind.value, candidate.title


def _candidate(view: EntryView, version: str) -> tuple[object, ...]:
    return *_entry(view), view.patients, *view.standings.values(), view.near, version


def _criteria(view: EntryView, version: str) -> Iterator[tuple[object, ...]]:
    for position, line in enumerate(view.criteria, start=1):
        criterion, count = line.criterion, line.count
        yield (
            *_entry(view),
            position,
            criterion.id,
            criterion.role.value,
            criterion.text,
            view.patients,
            count.satisfied,
            count.not_satisfied,
            count.unknown,
            count.left,
            count.left_fitting,
            count.near,
            count.near_fitting,
            count.near_possible,
            count.gain_fitting,
            count.lenient_fitting if line.is_lenient else None,
            count.lenient_open if line.is_lenient else None,
            version,
        )


def _facts(view: CohortView, version: str) -> Iterator[tuple[object, ...]]:
    """Over all candidates first, where the candidate is left empty."""
    for fact, overall in view.facts:
        yield (*[""] * len(_ENTRY), fact.topic, fact.name, fact.question, *overall, version)
    for each in view.entries:
        for fact, count in each.facts:
            yield (*_entry(each), fact.topic, fact.name, fact.question, *count, *count, version)
