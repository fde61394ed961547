"""What ``matcher rules diff`` prints: what two rulebooks ask differently, and whom it touches."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matcher.cli.asked import days_of
from matcher.cli.terminal import Page, print_json
from matcher.errors import UsageError
from matcher.explanation.amendment import Amendment, CriterionChanged, RuleChanged, amendment
from matcher.explanation.answer import DECISION_NOTICE
from matcher.explanation.description import CriterionDescribed
from matcher.readers.read import PatientFile, read_patients
from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher, MatchOptions, open_rulebook
from matcher.service.impact import Impact, StandingChanged, impact

#: patients whose change is printed in full; all of them are in the JSON document
_IN_FULL = 20
_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}


def diff(
    old: Path,
    new: Path,
    patients: Path | None,
    mapping: Path | None,
    as_of: str | None,
    form: str,
    *,
    as_json: bool,
) -> None:
    if form not in ("text", "markdown"):
        raise UsageError(f"there is no form '{form}'", "one of: text, markdown; --json for machines")
    for each in (old, new):
        if not each.is_dir():
            raise UsageError(f"'{each}' is not a folder of rules", "name the folders of two rulebooks")
    books = open_rulebook(old), open_rulebook(new)
    changes = amendment(*books)
    touched = None
    if patients is not None:
        before, after = ((_matcher(book), _read(book, patients, mapping, as_of)) for book in books)
        touched = impact(before, after)
    if as_json:
        print_json(_document(changes, touched))
    elif form == "markdown":
        sys.stdout.write("\n".join(_markdown(changes, touched)) + "\n")
    else:
        _print(Page(laid_out=True), changes, touched)


def _matcher(rulebook: Rulebook) -> Matcher:
    return Matcher(rulebook, MatchOptions(include_closed=True, questions=0))


def _read(rulebook: Rulebook, patients: Path, mapping: Path | None, as_of: str | None) -> PatientFile:
    days = days_of(as_of)
    return read_patients(
        patients, formulary=rulebook.formulary, mapping=mapping, as_of=days.given, today=days.today
    )


def _document(changes: Amendment, touched: Impact | None) -> dict[str, Any]:
    rules = [{**asdict(each), "meaning": each.meaning} for each in changes.rules]
    found: dict[str, Any] = {"before": changes.before, "after": changes.after, "rules": rules}
    if touched is not None:
        found["impact"] = {**asdict(touched), "touched": touched.touched}
    return {**found, "notice": DECISION_NOTICE}


def _print(page: Page, changes: Amendment, touched: Impact | None) -> None:
    page.line(f"Rulebook {changes.before} -> {changes.after}: {_count(len(changes.rules), 'rule')} changed")
    for each in changes.rules:
        page.blank()
        page.line(_SIGNS[each.change], " ", (each.id, "bold"), f"  {each.title}{_how(each)}", hang=4)
        for criterion in each.criteria:
            _print_criterion(page, criterion)
        for line in each.lines:
            page.line(_SIGNS[line.change], f" {line.what}", indent=4, hang=4)
            for sign, text in (("- ", line.before), ("+ ", line.after)):
                if text:
                    page.line((sign + text, "dim" if sign == "- " else ""), indent=6, hang=2)
    if touched is not None:
        _print_impact(page, touched)


def _how(rule: RuleChanged) -> str:
    if rule.change != "changed":
        return f" ({rule.change})"
    return "" if rule.meaning or not rule.criteria else " (the same is asked, in other words)"


def _print_criterion(page: Page, criterion: CriterionChanged) -> None:
    said = "" if criterion.meaning else "  (the same is asked)"
    page.line(_SIGNS[criterion.change], " ", (criterion.id, "bold"), said, indent=4, hang=4)
    for sign, side in (("- ", criterion.before), ("+ ", criterion.after)):
        for text in _said(criterion, side):
            page.line((sign + text, "dim" if sign == "- " else ""), indent=6, hang=2)


def _said(criterion: CriterionChanged, side: CriterionDescribed | None) -> Iterator[str]:
    """What one side says that the other does not."""
    if side is None:
        return
    other = criterion.after if side is criterion.before else criterion.before
    if other is None or side.text != other.text:
        yield side.text
    if other is None or side.asks != other.asks:
        yield f"asks: {side.asks}"
    elif criterion.names and side is criterion.after:
        yield f"asks, in the same words: {side.asks}; {criterion.names}"
    yield from (each for each in side.marks if other is None or each not in other.marks)
    if other is None or side.citation != other.citation:
        yield f"source: {side.citation}"


def _print_impact(page: Page, touched: Impact) -> None:
    page.blank()
    page.heading(_summary(touched))
    for (candidate, before, after), number in _kinds(touched):
        page.line(
            (candidate, "bold"), f"  {before} -> {after}: {_count(number, 'patient')}", indent=2, hang=2
        )
    for each in touched.changed[:_IN_FULL]:
        page.blank()
        page.line(
            (each.patient, "bold"), f"  {each.candidate}: {each.before} -> {each.after}", indent=2, hang=2
        )
        for reason in each.because:
            page.line(reason, indent=4, hang=2)
    if len(touched.changed) > _IN_FULL:
        page.blank()
        page.line(f"... and {len(touched.changed) - _IN_FULL} more: --json has them all.", indent=2)
    page.blank()
    page.line((DECISION_NOTICE, "dim"))


def _summary(touched: Impact) -> str:
    rejected = f", {touched.rejected} could not be read" if touched.rejected else ""
    return f"{touched.touched} of {_count(touched.patients, 'patient')} stand differently{rejected}"


def _kinds(touched: Impact) -> list[tuple[tuple[str, str, str], int]]:
    return Counter((each.candidate, each.before, each.after) for each in touched.changed).most_common()


def _markdown(changes: Amendment, touched: Impact | None) -> Iterator[str]:
    yield f"# Rulebook {changes.before} to {changes.after}"
    for rule in changes.rules:
        yield from ("", f"## {rule.id}: {rule.title}{_how(rule) or ' (changed)'}", "")
        if rule.criteria:
            yield from ("| criterion | before | after |", "|---|---|---|")
        for each in rule.criteria:
            sides = ("<br>".join(_said(each, side)) for side in (each.before, each.after))
            yield f"| {each.id} ({each.change}) | {' | '.join(_cell(side) for side in sides)} |"
        yield from (
            f"- {each.what}: {each.before or 'nothing'} -> {each.after or 'nothing'}" for each in rule.lines
        )
    if touched is not None:
        yield from ("", f"## {_summary(touched)}", "", "| patient | candidate | before | after | because |")
        yield "|---|---|---|---|---|"
        yield from map(_row, touched.changed)
        yield from ("", DECISION_NOTICE)


def _row(each: StandingChanged) -> str:
    cells = (each.patient, each.candidate, each.before, each.after, "<br>".join(each.because))
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
