"""``matcher rules``: reading, checking and testing a rulebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import asked
from matcher.cli.commands.exchange import export_ctml, importing, refresh
from matcher.cli.commands.serve import Store

# Those of `matcher.rules.schema`, written out: help is printed without loading the rule language.
KINDS = "trial, regimen, derive, agents, list, policy, ranking, rulebook, cases"

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILE]...", help="Rule files, or files of cases.", show_default="all"),
]

Watch = Annotated[bool, typer.Option("--watch", help="Again after every save, until Ctrl+C.")]

rules = typer.Typer(help="Read, check and test the rules.", no_args_is_help=True)
rules.add_typer(importing, name="import")


@rules.callback()
def root() -> None:
    """Read, check and test the rules.

    A rulebook is a folder of YAML files: trials, regimens, derivations, lists and the ranking.
    """


@rules.command("list")
def list_rules(
    rules: asked.Rules = None,
    as_json: asked.AsJson = False,
) -> None:
    """List the trials and regimens patients are matched to.

    \b
    Examples:
      matcher rules list
      matcher rules list --json | jq -r '.candidates[] | select(.kind == "trial") | .id'
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import rules as work

    work.list_rules(rules, as_json=as_json)


@rules.command()
def show(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="A trial, a regimen or a derived fact.", show_default=False)
    ],
    rules: asked.Rules = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="Show the version of a protocol that was in force on this day.",
            show_default="the last version",
        ),
    ] = None,
    as_json: asked.AsJson = False,
) -> None:
    """Show one rule in plain words.

    Its criteria with limits and sources, its cautions and the evidence behind it. Of a protocol with
    versions it says which one is shown, and since when that was in force.

    \b
    Examples:
      matcher rules show NCT04577326
      matcher rules show cisplatin_pemetrexed --json
      matcher rules show NCT04334759 --as-of 2021-06-01
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import rules as work

    work.show(identifier, rules, as_of, as_json=as_json)


@rules.command()
def graph(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="A trial, a regimen or a derived fact.", show_default=False)
    ],
    rules: asked.Rules = None,
    form: Annotated[
        str,
        typer.Option("--form", metavar="NAME", help="mermaid, which code hosts draw, or dot for Graphviz."),
    ] = "mermaid",
) -> None:
    """Draw one rule: what it asks, through which gates, of which facts.

    \b
    Examples:
      matcher rules graph NCT04577326 > trial.mmd
      matcher rules graph NCT04577326 --form dot | dot -Tsvg > trial.svg
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import rules as work

    work.draw(identifier, rules, form)


@rules.command()
def lint(
    files: Files = None, rules: asked.Rules = None, as_json: asked.AsJson = False, watch: Watch = False
) -> int:
    """Check the rule files.

    Says everything that is wrong, with file, line and what to do. Exit code 3 if there is an error. With files
    named, what is wrong with these alone.

    \b
    Examples:
      matcher rules lint
      matcher rules lint --rules my-rules
      matcher rules lint my-rules/trials/NCT01234567.yaml --watch
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import rules as work

    return work.watched(watch, files or (), rules, lambda: work.lint(files or (), rules, as_json=as_json))


@rules.command("test")
def run_tests(
    files: Files = None, rules: asked.Rules = None, as_json: asked.AsJson = False, watch: Watch = False
) -> int:
    """Run the cases beside the rules.

    Exit code 3 if one fails. With files named, the cases of these rules alone. A trial that is wrong keeps no
    other from being tested.

    \b
    Examples:
      matcher rules test
      matcher rules test --rules my-rules
      matcher rules test my-rules/trials/NCT01234567.yaml --watch
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import rules as work

    return work.watched(
        watch, files or (), rules, lambda: work.run_tests(files or (), rules, as_json=as_json)
    )


@rules.command("fmt")
def put_in_form(
    files: Files = None,
    rules: asked.Rules = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 3 where a file is not in form.")
    ] = False,
) -> int:
    """Put rule files in form: two spaces a level, nothing behind a line.

    Only space changes: comments, quotes and the order of things stay as they are. A file with errors is left alone
    and said, with exit code 3.

    \b
    Examples:
      matcher rules fmt mine/trials/NCT01234567.yaml
      matcher rules fmt --rules mine
      matcher rules fmt --rules mine --check
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import own_rules as work

    return work.put_in_form(files or (), rules, check=check)


@rules.command("coverage")
def show_coverage(rules: asked.Rules = None, as_json: asked.AsJson = False) -> int:
    """Say what no case shows yet.

    Each criterion wants a case that meets it, one that does not and one unknown; each limit the value on it and
    one next to it; each derived result a case. Exit code 3 if something is missing.

    \b
    Examples:
      matcher rules coverage
      matcher rules coverage --rules my-rules
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import rules as work

    return work.show_coverage(rules, as_json=as_json)


@rules.command()
def schema(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="[KIND]", help=f"One of: {KINDS}.", show_default="all rule files"),
    ] = None,
    rules: asked.Rules = None,
) -> None:
    """Print the JSON Schema of rule files.

    Editors use it to complete and check while you type. With --rules they complete the names of its lists of
    medicines too, and check that a word is one.

    \b
    Examples:
      matcher rules schema > rules.schema.json
      matcher rules schema --rules mine > rules.schema.json
      matcher rules schema cases > cases.schema.json
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.terminal import print_json
    from matcher.service.schemas import rule_schema

    print_json(rule_schema(kind, rules))


@rules.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The rulebook as it was.", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The rulebook as it is.", show_default=False)],
    patients: Annotated[
        Path | None,
        typer.Option("--patients", "-p", metavar="FILE", help="Whose standing changes.", show_default=False),
    ] = None,
    mapping: asked.Mapping = None,
    as_of: asked.AsOf = None,
    form: Annotated[
        str, typer.Option("--form", metavar="NAME", help="text, or markdown for a change request.")
    ] = "text",
    as_json: asked.AsJson = False,
) -> None:
    """Say what two rulebooks ask differently.

    Criterion by criterion in sentences; with patients, whose standing changes and by which criteria. Rules that
    are closed are counted too.

    \b
    Examples:
      matcher rules diff rules-2025 rules
      matcher rules diff rules-2025 rules --patients patients.csv
      matcher rules diff rules-2025 rules --form markdown > amendment.md
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import rule_changes as work

    work.diff(old, new, patients, mapping, as_of, form, as_json=as_json)


@rules.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where it is to be.", show_default=False)],
    alone: Annotated[
        bool, typer.Option("--alone", help="It stands alone: the shipped rules are not in force beside it.")
    ] = False,
) -> None:
    """Begin a rulebook of your own.

    It extends the shipped one: its trials, regimens, lists and derivations are in force beside yours, and a file
    of yours with the name of a shipped one stands in its place.

    \b
    Examples:
      matcher rules init mine
      matcher rules new NCT01234567 --rules mine
      matcher match patients.csv --rules mine
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import own_rules as work

    work.init(folder, alone=alone)


@rules.command()
def new(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="The registry number of the trial.", show_default=False)
    ],
    rules: asked.Rules = None,
) -> None:
    """Begin a trial in a rulebook of your own, with its first case beside it.

    Without --rules it is the rulebook you stand in, or the only one in this folder.

    \b
    Examples:
      matcher rules new NCT01234567
      matcher rules new NCT01234567 --rules mine
      matcher rules lint mine/trials/NCT01234567.yaml
      matcher rules test mine/trials/NCT01234567.yaml
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli import own_rules as work

    work.new(identifier, rules)


@rules.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where they are to lie.", show_default=False)],
    store: Store = "",
) -> None:
    """Write the drafts of a server into a folder, for git.

    Each has a folder of its own with the rule, its cases and what was said about it. 'rules import drafts' takes
    them in again.

    \b
    Example:
      matcher rules export drafts
    """  # noqa: D301 - \b keeps the lines apart
    from matcher.cli.draft_files import export_drafts

    export_drafts(folder, store)


rules.command()(refresh)
rules.command("ctml")(export_ctml)
