"""``matcher match``: a file of patients in, ranked and explained candidates out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import asked

_FOLDER = Path("out")


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
    absence_means_negative: Annotated[
        bool,
        typer.Option(
            "--absence-means-negative",
            help="Take what nobody recorded as not so, as two-valued programs do. For comparing with one, never "
            "for deciding about a patient.",
        ),
    ] = False,
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
    from matcher.cli.at_size import Asked
    from matcher.cli.match import run

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
        absent_is_negative=absence_means_negative,
    )
    return run(asked_for, rules, as_json=as_json, into_folder=out is not None or not as_json)
