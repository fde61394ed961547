"""What ``matcher match`` does with a file of patients."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import typer

from matcher.cli.asked import days_of
from matcher.cli.at_size import Asked, match_at_size, opened_at_size, prepare
from matcher.cli.summary import Summary, print_closing, print_explained, print_opening, print_patient
from matcher.cli.terminal import Page, progress
from matcher.errors import UsageError
from matcher.readers.outcome import Issue, Reading, Reject
from matcher.readers.read import PatientFile, read_patients
from matcher.service import Matcher, MatchOptions, open_rulebook
from matcher.service.account import Account, Run
from matcher.service.batch import Matched, count_run, write_run
from matcher.service.outputs import Outputs, Wanted
from matcher.service.rendered import Told, limited
from matcher.service.size import EXPLAINED_UP_TO

NOTHING_READ = 4


def run(asked_for: Asked, rules: Path | None, *, as_json: bool, into_folder: bool) -> int:
    """Matches as the command was given; with ``as_json`` one document on standard output."""
    if as_json:
        _refuse_with_json(asked_for)
    else:
        prepare(asked_for)
    rulebook = open_rulebook(rules, absent_is_negative=asked_for.absent_is_negative)
    if not as_json and (large := opened_at_size(asked_for, rulebook)) is not None:
        summary, ended = match_at_size(asked_for, rulebook, large)
        return _ended(asked_for, summary, *ended)
    days = days_of(asked_for.as_of)
    file = read_patients(
        asked_for.patients,
        formulary=rulebook.formulary,
        mapping=asked_for.mapping,
        as_of=days.given,
        today=days.today,
    )
    matcher = Matcher(
        rulebook,
        MatchOptions(
            include_closed=asked_for.include_closed,
            include_deceased=asked_for.include_deceased,
            engine=asked_for.engine,
        ),
    )
    wanted = asked_for.wanted(len(file))
    run = Run(
        rulebook,
        asked_for.patients.resolve().name,
        days.day.isoformat(),
        matcher.engine.name,
        asked_for.recorded(wanted),
    )
    summary = Summary()
    written: tuple[Path, ...] = ()
    outcome: Matched | Told | Reject
    with tempfile.SpooledTemporaryFile(1 << 24, "w+", encoding="utf-8") as spool:
        document = _Document(spool, wanted) if as_json else None
        if not into_folder:
            account = Account(run)
            with progress(len(file), wanted=not asked_for.quiet) as step:
                for outcome in count_run(matcher, file, account):
                    _take(outcome, summary, document)
                    step()
        else:
            with Outputs(
                asked_for.out, run, len(file), asked_for.inputs, wanted, common=matcher.common
            ) as outputs:
                account = outputs.account
                with progress(len(file), wanted=not asked_for.quiet) as step:
                    for outcome in write_run(matcher, file, outputs, whole=as_json):
                        _take(outcome, summary, document)
                        step()
                written = outputs.finish(file.reading)
        if document is not None:
            document.finish(account, file, tuple(path.name for path in written))
            _copy(spool)
    return _ended(asked_for, summary, account, file.reading, written, wanted, silent=as_json)


def _refuse_with_json(asked_for: Asked) -> None:
    """The document of --json is whole, explained and in memory: what is for many patients does not go with it."""
    for name, given in (
        ("--format", asked_for.form != "csv"),
        ("--no-explanations", asked_for.explanations is False),
        ("--resume", asked_for.resume),
        (f"--engine {asked_for.engine}", asked_for.engine in ("columnar", "spark")),
    ):
        if given:
            raise UsageError(f"--json does not go with {name}", "For many patients: --format jsonl.")


def _ended(
    asked_for: Asked,
    summary: Summary,
    account: Account,
    reading: Reading,
    written: tuple[Path, ...],
    wanted: Wanted,
    *,
    silent: bool = False,
) -> int:
    """Says what came out, and gives the exit code."""
    if not silent and not asked_for.quiet:
        page = Page()
        print_opening(page, account, reading, today=asked_for.as_of is None)
        if not wanted.explained and asked_for.explanations is None:
            print_explained(page, reading.patients, EXPLAINED_UP_TO)
        for shown in summary.shown:
            print_patient(page, shown)
        print_closing(page, summary, account, reading, written, wanted.files)
    if reading.matched == 0:
        _warn(f"P013 none of the {reading.patients} patients could be read", written)
        return NOTHING_READ
    return 0


def _take(outcome: Matched | Told | Reject, summary: Summary, document: _Document | None) -> None:
    summary.take(outcome.shown if isinstance(outcome, Matched) else outcome)
    if document is not None and not isinstance(outcome, Told):
        document.take(outcome)


def _warn(text: str, written: tuple[Path, ...]) -> None:
    place = next((str(path) for path in written if path.name == "rejects.csv"), "")
    typer.echo(
        f"{text}\n    {place + ' says why.' if place else 'The reasons are listed with the rejects.'}",
        err=True,
    )


class _Document:
    """The JSON document of a run, kept aside until it is whole."""

    def __init__(self, spool: IO[str], wanted: Wanted) -> None:
        self._spool = spool
        self._wanted = wanted
        self._rejects: list[dict[str, Any]] = []
        self._issues: list[dict[str, Any]] = []
        self._first = True
        spool.write('{"patients": [')

    def take(self, outcome: Matched | Reject) -> None:
        match outcome:
            case Matched(shown=shown, issues=issues):
                self._spool.write("\n" if self._first else ",\n")
                self._first = False
                shown = limited(shown, self._wanted.top, self._wanted.standings)
                json.dump(asdict(shown), self._spool, ensure_ascii=False)
                self._issues += [asdict(issue) for issue in issues]
            case Reject():
                self._rejects.append(asdict(outcome))

    def finish(self, account: Account, file: PatientFile, files: tuple[str, ...]) -> None:
        about_the_file: list[Issue] = file.reading.file_issues
        rest = {
            "rejects": self._rejects,
            "issues": self._issues + [asdict(issue) for issue in about_the_file],
            "run": account.document(file.reading, files),
        }
        self._spool.write("],\n" + json.dumps(rest, ensure_ascii=False, indent=1)[1:].lstrip() + "\n")


def _copy(spool: IO[str]) -> None:
    spool.seek(0)
    while piece := spool.read(1 << 20):
        sys.stdout.write(piece)
