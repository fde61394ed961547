"""What ``matcher rules`` does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matcher.cli.asked import days_of
from matcher.cli.rule_text import candidate_document, print_candidate, print_derivation
from matcher.cli.terminal import Page, print_json
from matcher.errors import Diagnostic, RuleError, UsageError, nearest
from matcher.rules.candidate import Candidate
from matcher.rules.rulebook import Rulebook
from matcher.service import (
    case_coverage,
    check,
    open_readable,
    open_rulebook,
    rulebook_of,
    rules_directory,
    run_all_cases,
)

BROKEN = 3


def list_rules(given: Path | None, *, as_json: bool) -> None:
    rulebook = open_rulebook(given)
    if as_json:
        rows = [_listed(each) for each in rulebook.candidates]
        derived = [{"id": each.name, "title": each.title} for each in rulebook.derivations]
        print_json({"rulebook": rulebook.version, "candidates": rows, "derived": derived})
        return
    page = Page()
    candidates = sorted(rulebook.candidates, key=lambda each: (each.kind.value != "trial", each.id))
    if page.wraps:
        _print_list(page, rulebook, candidates)
        return
    header = ("id", "kind", "recruitment", "coverage", "criteria", "title")
    page.columns([header, *(_row(each) for each in candidates)])
    page.blank()
    page.line(
        f"{len(candidates)} candidates, {len(rulebook.derivations)} derived facts, rulebook {rulebook.short_version}"
    )


def _print_list(page: Page, rulebook: Rulebook, candidates: Sequence[Candidate]) -> None:
    """For somebody who reads: what it is called, then what it is; a line fits whatever the screen's width."""
    for kind, title in (("trial", "Trials"), ("regimen", "Regimens")):
        held = [each for each in candidates if each.kind.value == kind]
        if held:
            page.heading(f"{title} ({len(held)})")
            for each in held:
                page.line((each.id, "bold"), f"  {_in_short(each)}", indent=2, hang=2)
                page.line(each.title, indent=4)
            page.blank()
    titles = sorted(each.title for each in rulebook.derivations)
    if titles:
        page.heading(f"Facts worked out from others ({len(titles)})")
        page.line("; ".join(titles), indent=2)
        page.blank()
    page.line(f"Rulebook {rulebook.short_version}. One of them whole: matcher rules show NAME")


_ENCODED = {"full": "the whole protocol", "partial": "part of the protocol", "none": "no criteria known"}


def _in_short(each: Candidate) -> str:
    """Recruitment, where there is any, and how much of the protocol is here."""
    count = len(each.all_criteria)
    encoded = _ENCODED[each.coverage.value] if each.kind.value == "trial" or not count else ""
    criteria = f"{count} {'criterion' if count == 1 else 'criteria'}" if count else ""
    said = ": ".join(word for word in (encoded, criteria) if word)
    recruits = "" if each.availability.value == "not applicable" else f"recruitment {each.availability.value}"
    return "; ".join(word for word in (recruits, said) if word)


def show(identifier: str, given: Path | None, as_of: str | None, *, as_json: bool) -> None:
    rulebook, left_out = open_readable(rules_directory(given))
    if any(Path(each.file).stem == identifier for each in left_out):
        raise RuleError([each for each in left_out if Path(each.file).stem == identifier])
    candidate = rulebook.by_id.get(identifier)
    derivation = rulebook.derived.get(identifier)
    if candidate is not None:
        day = days_of(as_of).given
        if as_json:
            print_json(candidate_document(candidate, day))
        else:
            print_candidate(Page(laid_out=True), candidate, day)
    elif derivation is not None:
        if as_json:
            print_json(derivation.document.model_dump(mode="json", exclude_none=True))
        else:
            print_derivation(Page(laid_out=True), derivation)
    else:
        raise _unknown(identifier, rulebook)


def draw(identifier: str, given: Path | None, form: str) -> None:
    from matcher.explanation.picture import FORMS, of_candidate, of_derivation

    if form not in FORMS:
        raise UsageError(f"there is no form '{form}'", f"one of: {', '.join(FORMS)}")
    rulebook = open_rulebook(given)
    if identifier in rulebook.by_id:
        picture = of_candidate(rulebook.by_id[identifier])
    elif identifier in rulebook.derived:
        picture = of_derivation(rulebook.derived[identifier])
    else:
        raise _unknown(identifier, rulebook)
    sys.stdout.write(FORMS[form](picture))


def _unknown(identifier: str, rulebook: Rulebook) -> UsageError:
    guess = nearest(identifier, [*rulebook.by_id, *rulebook.derived])
    hint = f"did you mean '{guess}'?" if guess else ""
    return UsageError(f"the rulebook has no rule '{identifier}'", hint, "U007")


def watched(watch: bool, files: Sequence[Path], given: Path | None, work: Callable[[], int]) -> int:
    """The work, once or after every save in the rulebook that the files belong to."""
    if not watch:
        return work()
    from matcher.cli.watching import again

    return again(rulebook_of(files, given), work)


def lint(files: Sequence[Path], given: Path | None, *, as_json: bool) -> int:
    loaded = check(given, files)
    if as_json:
        print_json(
            {"files": len(loaded.files), "diagnostics": [_diagnostic(each) for each in loaded.diagnostics]}
        )
    else:
        page = Page()
        notes = [each for each in loaded.diagnostics if each.severity == "note"]
        warnings = len(loaded.diagnostics) - len(loaded.errors) - len(notes)
        # Of a whole rulebook they are too many to read: how one rule is understood is asked of its file.
        shown = (
            loaded.diagnostics if files else [each for each in loaded.diagnostics if each.severity != "note"]
        )
        print_diagnostics(page, shown)
        counts = (_number(len(loaded.errors), "error"), _number(warnings, "warning"))
        noted = f", {_number(len(notes), 'note')}" if notes else ""
        page.line(f"{_number(len(loaded.files), 'file')}: {', '.join(counts)}{noted}")
        if notes and not files:
            page.line("Notes say how a rule is understood: matcher rules lint FILE shows those of a file.")
    return BROKEN if loaded.errors else 0


def run_tests(files: Sequence[Path], given: Path | None, *, as_json: bool) -> int:
    run = run_all_cases(given, files)
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
        print_diagnostics(page, run.failures)
        if not run.results and not run.diagnostics:
            page.line("No cases: put a .cases.yaml file beside a rule.")
        else:
            problems = f", {_number(len(run.diagnostics), 'problem')} in the files" if run.diagnostics else ""
            page.line(f"{_number(len(run.results), 'case')}: {failed} failed{problems}")
    return BROKEN if run.failures else 0


def show_coverage(given: Path | None, *, as_json: bool) -> int:
    found = case_coverage(given)
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
        print_diagnostics(page, found.diagnostics)
        page.line(f"{found.exercised} of {found.wanted} shown by cases: {found.percent:.1f} %")
    return BROKEN if found.diagnostics else 0


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


def print_diagnostics(page: Page, diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> None:
    for each in diagnostics:
        for line in each.render().splitlines():
            page.line(line.lstrip(), indent=len(line) - len(line.lstrip()), hang=4)


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
