"""What a run leaves behind: tables, explanations, the report and the account of the run."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from matcher.domain.profile import Profile
from matcher.explanation.answer import CandidateShown, PatientShown
from matcher.readers.outcome import Issue, Reading, Reject
from matcher.service.account import Account, Run, is_ranked
from matcher.service.cell import cell
from matcher.service.cohort import COHORT_TABLES, CohortCounter, report_section, write_tables
from matcher.service.landing import Landing, writing
from matcher.service.report import Report
from matcher.standing.cohort import CohortPlan

MATCHES = "matches.csv"
EXPLANATIONS = "explanations.jsonl"
REJECTS = "rejects.csv"
ISSUES = "issues.csv"
REPORT = "report.html"
ACCOUNT = "run.json"
FILES: Mapping[str, str] = {
    REPORT: "for reading and printing",
    MATCHES: "one row for each patient and candidate",
    EXPLANATIONS: "every criterion with its facts and sources",
    **COHORT_TABLES,
    REJECTS: "patients that could not be read",
    ISSUES: "single facts that could not be read",
    ACCOUNT: "rulebook version, counts, assumptions",
}

MATCH_COLUMNS = [
    "patient_id",
    "kind",
    "rank",
    "candidate",
    "cohort",
    "title",
    "standing",
    "availability",
    "because",
    "missing",
    "blocking",
    "earliest_date",
    "rulebook",
    "as_of",
]
REJECT_COLUMNS = ["patient_id", "file", "row", "column", "code", "reason", "remedy", "text"]
ISSUE_COLUMNS = ["patient_id", "fact", "file", "row", "column", "code", "reason", "remedy", "text"]


def limited(patient: PatientShown, top: int | None) -> PatientShown:
    """The patient with the first ``top`` candidates of each kind; the counts of a run are made before this."""
    if top is None:
        return patient
    return replace(patient, trials=patient.trials[:top], regimens=patient.regimens[:top])


def match_row(patient: PatientShown, each: CandidateShown, rulebook: str) -> list[str]:
    values = (
        patient.patient,
        each.kind,
        each.rank,
        each.id,
        each.cohort,
        each.title,
        each.standing,
        each.availability,
        each.because,
        "; ".join(each.missing),
        "; ".join(each.blocking),
        each.earliest_text,
        rulebook,
        patient.as_of,
    )
    return [cell(value) for value in values]


def explanation(patient: PatientShown, each: CandidateShown, rulebook: str) -> dict[str, Any]:
    """One patient and one candidate, whole: nothing else has to be read to follow it."""
    return {
        "patient": patient.patient,
        "as_of": patient.as_of,
        "rulebook": rulebook,
        **asdict(each),
        "questions": [asdict(asked) for asked in patient.questions if each.id in asked.candidates],
        "about_the_patient": {
            "summary": list(patient.summary),
            "deceased": patient.deceased,
            "derived": [
                {"name": fact.name, "title": fact.title, "value": fact.value, "known": fact.known}
                for fact in patient.derived
            ],
            "assumptions": list(patient.assumptions),
            "conflicts": list(patient.conflicts),
            "issues": list(patient.issues),
        },
    }


def reject_row(reject: Reject) -> list[str]:
    source = reject.source
    values = (reject.patient, source.file, source.row, source.column)
    return [cell(each) for each in (*values, reject.code, reject.reason, reject.remedy, reject.text)]


def issue_row(issue: Issue) -> list[str]:
    source = issue.source
    values = (issue.patient, issue.fact, source.file, source.row, source.column)
    return [cell(each) for each in (*values, issue.code, issue.reason, issue.remedy, issue.text)]


def issue_in_words(issue: Issue) -> str:
    """One line for a reader: what is unknown now, why, and where it stood."""
    quoted = f" ({issue.text!r})" if issue.text else ""
    fact = f"{issue.fact}: " if issue.fact else ""
    return f"{fact}{issue.reason}{quoted}. {issue.source}. {issue.code}"


class Outputs:
    """Writes a run's files as its patients come; ``finish`` puts all of them in place at once."""

    def __init__(
        self, folder: Path, run: Run, patients: int, inputs: Iterable[Path] = (), top: int | None = None
    ):
        self.account = Account(run)
        self._landing = Landing(folder, FILES, inputs)
        self._patients = patients
        self._top = top
        closed = bool(run.options.get("include_closed"))
        self._cohort = CohortCounter(CohortPlan.of(run.rulebook, include_closed=closed))

    def __enter__(self) -> Self:
        landing = self._landing
        with ExitStack() as undo:
            undo.enter_context(landing)
            with writing(landing.folder):
                self._matches = self._table(MATCHES, MATCH_COLUMNS)
                self._rejects = self._table(REJECTS, REJECT_COLUMNS)
                self._issues = self._table(ISSUES, ISSUE_COLUMNS)
                self._explanations = landing.open(EXPLANATIONS)
                self._report = Report(landing.open("sections.html"), self._patients)
            undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._landing.__exit__(kind, error, trace)

    def _table(self, name: str, columns: Sequence[str]) -> Any:
        table = csv.writer(self._landing.open(name, newline=""), lineterminator="\n")
        table.writerow(columns)
        return table

    def add(self, patient: PatientShown, issues: Sequence[Issue] = ()) -> None:
        """Takes one matched patient."""
        rulebook = self.account.run.rulebook.short_version
        self.account.count(patient)
        shown = limited(patient, self._top)
        with writing(self._landing.folder):
            for each in shown.candidates:
                self._matches.writerow(match_row(shown, each, rulebook))
                line = explanation(shown, each, rulebook)
                self._explanations.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._issues.writerows(issue_row(issue) for issue in issues)
            self._report.add(shown)

    def count(self, profile: Profile, patient: PatientShown) -> None:
        """Counts one patient among all; who is not ranked is left out of what is said of all."""
        self._cohort.take(profile, left_out=not is_ranked(patient))

    def reject(self, reject: Reject) -> None:
        with writing(self._landing.folder):
            self._rejects.writerow(reject_row(reject))
        self._report.reject(reject)

    def finish(self, reading: Reading) -> tuple[Path, ...]:
        """Writes the account and the report, and puts all files in place."""
        with writing(self._landing.folder):
            self._issues.writerows(issue_row(issue) for issue in reading.file_issues)
            document = self.account.document(reading, tuple(FILES))
            self._landing.open(ACCOUNT).write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
            rulebook, cohort = self.account.run.rulebook, self._cohort.counts()
            write_tables(lambda name: self._landing.open(name, newline=""), cohort, rulebook)
            together = report_section(cohort, rulebook)
            self._report.write(self._landing.open(REPORT), self.account, reading, together)
        return self._landing.land()
