"""``matcher rules import``, ``ctml`` and ``refresh``: trials as other programs write them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.commands.serve import Store

importing = typer.Typer(help="Trials of a registry, as drafts of rules.", no_args_is_help=True)


@importing.callback()
def importing_root() -> None:
    """Trials of a registry, as drafts of rules."""


@importing.command()
def ctgov(
    records: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Records, XML or JSON.", show_default=False)
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="The folder that the drafts are written to.")
    ] = Path("drafts"),
) -> int:
    """Draft rules from records of ClinicalTrials.gov, classic XML or JSON of version 2.

    Sentences of a clear standard form are proposed as conditions; every other one is left to a person, as
    `judgement: true` with its text, so that nothing of the record is lost. A draft is never part of a rulebook until
    somebody moves it there, and no draft that exists is written over.

    \b
    Example:
      matcher rules import ctgov NCT01234567.xml --out drafts
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.importing import import_ctgov

    return import_ctgov(records, out)


@importing.command()
def ctml(
    trials: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Trials in CTML, JSON or YAML.", show_default=False),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="The folder that the drafts are written to.")
    ] = Path("drafts"),
    absence_means_negative: Annotated[
        bool,
        typer.Option(
            "--absence-means-negative",
            help="Take what the rule language has no words for as never so, for comparing with MatchMiner.",
        ),
    ] = False,
) -> int:
    """Draft rules from trials in CTML, the format of MatchMiner.

    Each step, arm and dose level with a match becomes a cohort. A criterion of which a part cannot be said in the rule
    language is left to a person whole, as `judgement: true`.

    \b
    Example:
      matcher rules import ctml trial.json --out drafts
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.importing import import_ctml

    return import_ctml(trials, out, absent_is_negative=absence_means_negative)


@importing.command("drafts")
def import_drafts(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="As 'rules export' wrote it.", show_default=False)
    ],
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who takes them in, as colleagues are to read it.")
    ] = "import",
    store: Store = "",
) -> None:
    """Take the drafts of a folder into a server.

    One that is there already gets what differs as a new save. Approvals are not taken in: each draft goes through
    review here, and those who wrote it may not approve it here either.

    \b
    Example:
      matcher rules import drafts drafts --by "Anna Weber"
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.draft_files import import_drafts as work

    work(folder, store, by)


def export_ctml(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Rule files of trials.", show_default=False)
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="The folder that the trials are written to.")
    ] = Path("ctml"),
) -> int:
    """Trials in CTML, the format of MatchMiner. Each criterion that it has no words for is named, and is lost there.

    \b
    Example:
      matcher rules ctml rules/trials/NCT01234567.yaml --out ctml
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.importing import export_trials

    return export_trials(files, out)


def refresh(
    records: Annotated[
        list[Path],
        typer.Argument(metavar="RECORD...", help="Newer records, XML or JSON.", show_default=False),
    ],
    rules: Annotated[
        Path, typer.Option("--rules", "-r", metavar="DIR", help="The folder of the drafts or rules.")
    ] = Path("drafts"),
    write: Annotated[
        bool, typer.Option("--write", help="Bring the recruitment up to date where it is the registry's.")
    ] = False,
) -> int:
    """Say what ClinicalTrials.gov changed since a rule was drafted: each sentence, and the recruitment.

    Nothing is changed but, with --write, the line of the recruitment. A criterion is amended by a person.

    \b
    Examples:
      matcher rules refresh NCT01234567.xml --rules drafts
      matcher rules refresh records/*.json --rules drafts --write
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.refreshing import refresh_rules

    return refresh_rules(records, rules, write=write)
