"""What a run leaves behind: tables, explanations, the report and the account of the run."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from matcher.domain.profile import Profile
from matcher.explanation.answer import PatientShown
from matcher.explanation.common import Common
from matcher.explanation.lines import line_of
from matcher.readers.outcome import Issue, Reading, Reject
from matcher.rules.rulebook import Rulebook
from matcher.service.account import Account, Run, is_ranked
from matcher.service.bulk.counts import Counts
from matcher.service.cell import cell
from matcher.service.cohort import COHORT_TABLES, CohortCounter, report_section, write_tables
from matcher.service.landing import Landing, writing
from matcher.service.match import Matcher
from matcher.service.matches import matches_in
from matcher.service.rendered import Indexed, Rendered, in_bytes, in_form, limited, match_rows
from matcher.service.report import Detail, Report
from matcher.standing.cohort import CohortCounts, CohortPlan
from matcher.standing.standing import StandingKind

EXPLANATIONS = "explanations.jsonl"
COMMON = "rulebook.json"
REJECTS = "rejects.csv"
ISSUES = "issues.csv"
REPORT = "report.html"
ACCOUNT = "run.json"


def files_of(form: str = "csv", *, explained: bool = True) -> Mapping[str, str]:
    """The files a run leaves, and what each is for."""
    explanations = {
        EXPLANATIONS: "every criterion with its facts, a line for each patient",
        COMMON: "what explanations say of everybody alike: criteria, sources",
    }
    return {
        REPORT: "for reading and printing",
        f"matches.{form}": "one row for each patient and candidate",
        **(explanations if explained else {}),
        **COHORT_TABLES,
        REJECTS: "patients that could not be read",
        ISSUES: "single facts that could not be read",
        ACCOUNT: "rulebook version, counts, assumptions",
    }


FILES = files_of()

REJECT_COLUMNS = ["patient_id", "file", "row", "column", "code", "reason", "remedy", "text"]
ISSUE_COLUMNS = ["patient_id", "fact", "file", "row", "column", "code", "reason", "remedy", "text"]


def reject_row(reject: Reject) -> list[str]:
    source = reject.source
    values = (reject.patient, source.file, source.row, source.column)
    return [cell(each) for each in (*values, reject.code, reject.reason, reject.remedy, reject.text)]


def issue_row(issue: Issue) -> list[str]:
    source = issue.source
    values = (issue.patient, issue.fact, source.file, source.row, source.column)
    return [cell(each) for each in (*values, issue.code, issue.reason, issue.remedy, issue.text)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is written of a run: the form of the matches, whether with reasons, and which pairs.

    ``top`` counts within trials and within regimens, among the ``standings`` where any are named. The files are
    for their owner only where they are ``private``.
    """

    form: str = "csv"
    explained: bool = True
    top: int | None = None
    standings: tuple[StandingKind, ...] = ()
    private: bool = True

    @property
    def files(self) -> Mapping[str, str]:
        return files_of(self.form, explained=self.explained)


class Outputs:
    """Writes a run's files as its patients come; ``finish`` puts all of them in place at once."""

    def __init__(
        self,
        folder: Path,
        run: Run,
        patients: int,
        inputs: Iterable[Path] = (),
        wanted: Wanted | None = None,
        aside: Path | None = None,
        common: Common | None = None,
    ):
        self.account = Account(run)
        self.wanted = wanted or Wanted()
        self._landing = Landing(folder, self.wanted.files, inputs, aside, private=self.wanted.private)
        self._patients = patients
        closed = bool(run.options.get("include_closed"))
        self._common = common
        self._candidates: dict[str, None] = {}
        self._cohort = CohortCounter(CohortPlan.of(run.rulebook, include_closed=closed))

    @property
    def plan(self) -> CohortPlan:
        """What is counted of all patients together."""
        return self._cohort.plan

    @property
    def packs(self) -> bool:
        """Whether the report holds lines."""
        return self._report.holds_lines

    @property
    def common(self) -> Common:
        """What explanations say of everybody alike."""
        if self._common is None:
            self._common = Matcher(self.account.run.rulebook).common
        return self._common

    def __enter__(self) -> Self:
        landing = self._landing
        with ExitStack() as undo:
            undo.enter_context(landing)
            with writing(landing.folder):
                self._matches = matches_in(self.wanted.form, landing)
                self._rejects = self._table(REJECTS, REJECT_COLUMNS)
                self._issues = self._table(ISSUES, ISSUE_COLUMNS)
                self._explanations = (
                    landing.open(EXPLANATIONS).buffer if self.wanted.explained else None  # type: ignore[attr-defined]
                )
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
        self.account.count(patient)
        self.show(limited(patient, self.wanted.top, self.wanted.standings))
        self.note(issues)

    def show(self, patient: PatientShown) -> None:
        """Writes what is said about one patient, without counting them."""
        wanted, report = self.wanted, self._report
        with writing(self._landing.folder):
            rows = match_rows(patient, self.account.run.rulebook.short_version, explained=wanted.explained)
            self._matches.add(in_form(rows, wanted.form))
            self._candidates.update((each.id, None) for each in patient.candidates)
            if wanted.explained or report.holds_lines:
                line = line_of(patient, self.common)
                if self._explanations is not None:
                    self._explanations.write(in_bytes(line))
                report.add_line(Indexed.of(patient), line)
            report.add(patient)

    def add_rendered(self, part: Rendered) -> None:
        """Patients who are written already."""
        with writing(self._landing.folder):
            self._matches.add(part.rows)
            self._candidates.update(dict.fromkeys(part.candidates))
            if self._explanations is not None:
                self._explanations.write(part.lines)
            self._report.add_packed(part.index, part.packs)
            if self._report.detail is Detail.FULL:
                for each in part.told(self.common):
                    self._report.add(each.shown)

    def add_rows(self, part: Path) -> None:
        """The rows of many patients, written for this form already."""
        with writing(self._landing.folder):
            self._matches.add_part(part)

    def note(self, issues: Iterable[Issue]) -> None:
        with writing(self._landing.folder):
            self._issues.writerows(issue_row(issue) for issue in issues)

    def count(self, profile: Profile, patient: PatientShown, rulebook: Rulebook | None = None) -> None:
        """Counts one patient among all; who is not ranked is left out of what is said of all."""
        self._cohort.take(profile, left_out=not is_ranked(patient), rulebook=rulebook)

    def add_counts(self, counts: Counts, cohort: CohortCounts) -> None:
        """Counts what was counted for many patients at once."""
        self.account.add(counts)
        self._cohort.add(cohort)

    def reject(self, reject: Reject) -> None:
        with writing(self._landing.folder):
            self._rejects.writerow(reject_row(reject))
        self._report.reject(reject)

    def finish(self, reading: Reading) -> tuple[Path, ...]:
        """Writes the account and the report, and puts all files in place."""
        with writing(self._landing.folder):
            self._matches.close()
            self._issues.writerows(issue_row(issue) for issue in reading.file_issues)
            document = self.account.document(reading, tuple(self.wanted.files))
            self._landing.open(ACCOUNT).write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
            rulebook, cohort = self.account.run.rulebook, self._cohort.counts()
            write_tables(lambda name: self._landing.open(name, newline=""), cohort, rulebook)
            common = self.common.document(sorted(self._candidates)) if self._candidates else {}
            if self.wanted.explained:
                self._landing.open(COMMON).write(json.dumps(common, ensure_ascii=False, indent=1) + "\n")
            together = report_section(cohort, rulebook)
            self._report.write(self._landing.open(REPORT), self.account, reading, together, common)
        return self._landing.land()
