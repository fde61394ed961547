"""``matcher match``: a file of patients in, ranked and explained candidates out."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from matcher.cli import asked
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
from matcher.service.rendered import limited
from matcher.service.size import EXPLAINED_UP_TO

_FOLDER = Path("out")
NOTHING_READ = 4


def match(
    *,
    patients: asked.Patients,
    mapping: asked.Mapping = None,
    rules: asked.Rules = None,
    as_of: asked.AsOf = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Where the files go.", show_default="out"),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            "-n",
            metavar="N",
            min=1,
            help="Only the first N trials and N regimens.",
            show_default="all",
        ),
    ] = None,
    standing: asked.Standing = None,
    form: asked.Format = "csv",
    explanations: asked.Explanations = None,
    engine: asked.Engine = "auto",
    workers: asked.Workers = None,
    master: asked.Master = None,
    resume: asked.Resume = False,
    include_closed: asked.IncludeClosed = False,
    include_deceased: asked.IncludeDeceased = False,
    as_json: asked.AsJson = False,
    shared: Annotated[
        bool, typer.Option("--shared", help="Let others of this machine read the files, as your umask says.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> int:
    """Rank trials and regimens for every patient, with reasons.

    Writes report.html, the matches, explanations.jsonl, three tables about all patients together (cohort_*.csv),
    rejects.csv, issues.csv and run.json, all of them together or none. With --json and no --out nothing is written.

    \b
    Examples:
      matcher match patients.csv
      matcher match patients.csv --as-of 2026-01-15 --out results --top 5
      matcher match export.csv --mapping hospital.yaml
      matcher match warehouse.csv --top 5 --format parquet --standing eligible,possible
      matcher match profiles.jsonl --json | jq '.patients[].trials[0]'

    A patient that cannot be read is listed in rejects.csv and the others go on. A fact that cannot be read is
    listed in issues.csv and is unknown. In CSV files a cell that a spreadsheet would take for a formula gets
    an apostrophe in front.

    Many patients are matched in columns, in several processes. Beyond 5,000 patients explanations are left out
    unless --explanations asks for them. A run that was stopped goes on with --resume.
    """  # noqa: D301 - \b keeps the lines apart
    asked_for = Asked(
        patients=patients.resolve() if engine == "spark" else patients,
        mapping=mapping,
        as_of=as_of,
        out=out or _FOLDER,
        top=top,
        standings=asked.standings_of(standing),
        form=asked.form_of(form),
        explanations=explanations,
        engine=engine,
        workers=workers,
        master=master,
        resume=resume,
        include_closed=include_closed,
        include_deceased=include_deceased,
        quiet=quiet,
        shared=shared,
    )
    if as_json:
        _refuse_with_json(asked_for)
    else:
        prepare(asked_for)
    rulebook = open_rulebook(rules)
    if not as_json and (large := opened_at_size(asked_for, rulebook)) is not None:
        summary, ended = match_at_size(asked_for, rulebook, large)
        return _ended(asked_for, summary, *ended)
    days = days_of(as_of)
    file = read_patients(
        patients, formulary=rulebook.formulary, mapping=mapping, as_of=days.given, today=days.today
    )
    matcher = Matcher(
        rulebook,
        MatchOptions(include_closed=include_closed, include_deceased=include_deceased, engine=engine),
    )
    wanted = asked_for.wanted(len(file))
    run = Run(
        rulebook,
        patients.resolve().name,
        days.day.isoformat(),
        matcher.engine.name,
        asked_for.recorded(wanted),
    )
    summary = Summary()
    written: tuple[Path, ...] = ()
    with tempfile.SpooledTemporaryFile(1 << 24, "w+", encoding="utf-8") as spool:
        document = _Document(spool, wanted) if as_json else None
        if as_json and out is None:
            account = Account(run)
            with progress(len(file), wanted=not quiet) as step:
                for outcome in count_run(matcher, file, account):
                    _take(outcome, summary, document)
                    step()
        else:
            with Outputs(
                asked_for.out, run, len(file), asked_for.inputs, wanted, common=matcher.common
            ) as outputs:
                account = outputs.account
                with progress(len(file), wanted=not quiet) as step:
                    for outcome in write_run(matcher, file, outputs):
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


def _take(outcome: Matched | Reject, summary: Summary, document: _Document | None) -> None:
    summary.take(outcome if isinstance(outcome, Reject) else outcome.shown)
    if document is not None:
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
