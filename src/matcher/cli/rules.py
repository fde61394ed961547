"""``matcher rules``: reading, checking and testing a rulebook."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from matcher.cli import asked
from matcher.cli.rule_text import candidate_document, print_candidate, print_derivation
from matcher.cli.terminal import Page, print_json
from matcher.errors import Diagnostic, UsageError, nearest
from matcher.rules.candidate import Candidate
from matcher.service import case_coverage, check, open_rulebook, run_all_cases
from matcher.service.schemas import RULE_KINDS, rule_schema

BROKEN = 3

rules = typer.Typer(help="Read, check and test the rules.", no_args_is_help=True)


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
    rulebook = open_rulebook(rules)
    if as_json:
        rows = [_listed(each) for each in rulebook.candidates]
        derived = [{"id": each.name, "title": each.title} for each in rulebook.derivations]
        print_json({"rulebook": rulebook.version, "candidates": rows, "derived": derived})
        return
    page = Page()
    candidates = sorted(rulebook.candidates, key=lambda each: (each.kind.value != "trial", each.id))
    header = ("id", "kind", "recruitment", "coverage", "criteria", "title")
    page.columns([header, *(_row(each) for each in candidates)])
    page.blank()
    page.line(
        f"{len(candidates)} candidates, {len(rulebook.derivations)} derived facts, rulebook {rulebook.short_version}"
    )


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
    rulebook = open_rulebook(rules)
    candidate = rulebook.by_id.get(identifier)
    derivation = rulebook.derived.get(identifier)
    if candidate is not None:
        day = asked.days_of(as_of).given
        if as_json:
            print_json(candidate_document(candidate, day))
        else:
            print_candidate(Page(), candidate, day)
    elif derivation is not None:
        if as_json:
            print_json(derivation.document.model_dump(mode="json", exclude_none=True))
        else:
            print_derivation(Page(), derivation)
    else:
        guess = nearest(identifier, [*rulebook.by_id, *rulebook.derived])
        hint = f"did you mean '{guess}'?" if guess else ""
        raise UsageError(f"the rulebook has no rule '{identifier}'", hint, "U007")


@rules.command()
def lint(rules: asked.Rules = None, as_json: asked.AsJson = False) -> int:
    """Check the rule files.

    Says everything that is wrong, with file, line and what to do. Exit code 3 if there is an error.

    \b
    Examples:
      matcher rules lint
      matcher rules lint --rules my-rules
    """  # noqa: D301 - \b keeps the lines apart
    loaded = check(rules)
    if as_json:
        print_json(
            {"files": len(loaded.files), "diagnostics": [_diagnostic(each) for each in loaded.diagnostics]}
        )
    else:
        page = Page()
        _print_diagnostics(page, loaded.diagnostics)
        warnings = len(loaded.diagnostics) - len(loaded.errors)
        page.line(
            f"{len(loaded.files)} files: {_number(len(loaded.errors), 'error')}, {_number(warnings, 'warning')}"
        )
    return BROKEN if loaded.errors else 0


@rules.command("test")
def run_tests(rules: asked.Rules = None, as_json: asked.AsJson = False) -> int:
    """Run the cases beside the rules.

    Exit code 3 if one fails.

    \b
    Examples:
      matcher rules test
      matcher rules test --rules my-rules
    """  # noqa: D301 - \b keeps the lines apart
    run = run_all_cases(rules)
    failed = sum(1 for each in run.results if each.failures)
    if as_json:
        print_json(
            {
                "cases": len(run.results),
                "failed": failed,
                "diagnostics": [_diagnostic(each) for each in run.failures],
            }
        )
    else:
        page = Page()
        _print_diagnostics(page, run.failures)
        if not run.results and not run.diagnostics:
            page.line("No cases: put a .cases.yaml file beside a rule.")
        else:
            problems = f", {_number(len(run.diagnostics), 'problem')} in the files" if run.diagnostics else ""
            page.line(f"{_number(len(run.results), 'case')}: {failed} failed{problems}")
    return BROKEN if run.failures else 0


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
    found = case_coverage(rules)
    if as_json:
        print_json(
            {
                "exercised": found.exercised,
                "wanted": found.wanted,
                "percent": found.percent,
                "diagnostics": [_diagnostic(each) for each in found.diagnostics],
            }
        )
    else:
        page = Page()
        _print_diagnostics(page, found.diagnostics)
        page.line(f"{found.exercised} of {found.wanted} shown by cases: {found.percent:.1f} %")
    return BROKEN if found.diagnostics else 0


@rules.command()
def schema(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND]", help=f"One of: {', '.join(RULE_KINDS)}.", show_default="all rule files"
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of rule files.

    Editors use it to complete and check while you type.

    \b
    Examples:
      matcher rules schema > rules.schema.json
      matcher rules schema cases > cases.schema.json
    """  # noqa: D301 - \b keeps the lines apart
    print_json(rule_schema(kind))


def _listed(each: Candidate) -> dict[str, Any]:
    return {
        "id": each.id,
        "kind": each.kind.value,
        "title": each.title,
        "availability": each.availability.value,
        "coverage": each.coverage.value,
        "criteria": len(each.all_criteria),
        "cohorts": [cohort.id for cohort in each.cohorts],
        "file": each.file,
    }


def _row(each: Candidate) -> tuple[str, ...]:
    availability = "" if each.availability.value == "not applicable" else each.availability.value
    return (
        each.id,
        each.kind.value,
        availability,
        each.coverage.value,
        str(len(each.all_criteria)),
        each.title,
    )


def _diagnostic(each: Diagnostic) -> dict[str, Any]:
    return {**asdict(each), "severity": each.severity}


def _print_diagnostics(page: Page, diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> None:
    for each in diagnostics:
        for line in each.render().splitlines():
            page.line(line.lstrip(), indent=len(line) - len(line.lstrip()), hang=4)


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
