"""``matcher explain``: one patient, criterion by criterion."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli import asked


def explain(
    *,
    patients: asked.Patients,
    patient: Annotated[
        str,
        typer.Option("--patient", "-p", metavar="ID", help="The patient's identifier.", show_default=False),
    ],
    candidate: Annotated[
        list[str] | None,
        typer.Option(
            "--candidate",
            "-c",
            metavar="ID",
            help="A trial or regimen; may be repeated.",
            show_default="the first 3 of each kind",
        ),
    ] = None,
    mapping: asked.Mapping = None,
    rules: asked.Rules = None,
    as_of: asked.AsOf = None,
    engine: asked.Engine = "auto",
    include_closed: asked.IncludeClosed = False,
    trace: Annotated[
        bool,
        typer.Option(
            "--trace", help="From the cell as written to the verdict, node by node; with --candidate."
        ),
    ] = False,
    near: Annotated[
        str | None,
        typer.Option(
            "--near",
            metavar="LAT,LON",
            help="Say how far the nearest site is from this place.",
            show_default=False,
        ),
    ] = None,
    within: Annotated[
        float | None,
        typer.Option(
            "--within", metavar="KM", help="With --near: what is further is said to be.", show_default=False
        ),
    ] = None,
    as_json: asked.AsJson = False,
) -> int:
    """Explain one patient, criterion by criterion.

    Every criterion with its verdict, the facts behind it with date and source, the citation, and what to ask.

    \b
    Examples:
      matcher explain patients.csv --patient MESO-001
      matcher explain patients.csv -p MESO-001 -c NCT04577326 --as-of 2026-01-15
      matcher explain patients.csv -p MESO-001 -c NCT04577326 --trace
      matcher explain patients.csv -p MESO-001 --near 52.37,4.90 --within 100
      matcher explain export.csv -m hospital.yaml -p 4711 -c nivolumab --json

    A candidate that is named is explained whether it is open or closed, and whether or not the patient lives.
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.explain import Asked, run

    asked_for = Asked(
        patients=patients,
        patient=patient,
        candidates=tuple(candidate or ()),
        mapping=mapping,
        as_of=as_of,
        engine=engine,
        include_closed=include_closed,
        trace=trace,
        near=near,
        within=within,
    )
    return run(asked_for, rules, as_json=as_json)
