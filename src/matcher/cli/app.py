"""The commands and their help."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher import program_version
from matcher.cli.commands.audit import audit
from matcher.cli.commands.explain import explain
from matcher.cli.commands.mapping import mapping
from matcher.cli.commands.match import match
from matcher.cli.commands.profile import profile
from matcher.cli.commands.rules import rules
from matcher.cli.commands.serve import serve
from matcher.cli.commands.tokens import tokens
from matcher.cli.commands.words import words

_CLOSING = """\b
Start here:
  matcher match patients.csv              rank trials and regimens for every patient
  matcher explain patients.csv -p ID      one patient, criterion by criterion
  matcher rules list                      what patients are matched to
  matcher mapping guess export.csv        describe an export that has columns of its own
  matcher words SEARCH                    a name that rules can use
  matcher serve                           the same over HTTP

\b
Exit codes:
  0  done; patients that could not be read are counted and listed
  1  a defect of the program
  2  usage: the command, its files or the mapping
  3  rules: the rulebook has errors, or a case fails
  4  patient data: nobody could be read

Decision support: a clinician decides.
"""

app = typer.Typer(
    name="matcher",
    help="Match patients to clinical trials and regimens, and say why, what is missing and what to ask next.",
    epilog=_CLOSING,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"matcher {program_version()}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Match patients to clinical trials and regimens, and say why, what is missing and what to ask next."""


app.command()(match)
app.command()(explain)
app.command()(serve)
app.command()(words)
app.add_typer(rules, name="rules")
app.add_typer(profile, name="profile")
app.add_typer(mapping, name="mapping")
app.add_typer(tokens, name="tokens")
app.add_typer(audit, name="audit")
