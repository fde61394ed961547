"""What ``matcher rules refresh`` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matcher.cli.terminal import Page
from matcher.errors import UsageError
from matcher.exchange.refreshing import Refreshed, refreshed
from matcher.exchange.registry import Record, records_of
from matcher.rulebook.documents import read_rule_file
from matcher.rules.syntax import TrialDocument

_USAGE = 2
_SIGNS = {"amended": "~", "added": "+", "gone": "-"}


def refresh_rules(records: Sequence[Path], rules: Path, *, write: bool) -> int:
    """Says for each record what it changes. A record without a rule, and a file that is no record, are said."""
    if not rules.is_dir():
        raise UsageError(f"'{rules}' is not a folder of rules", "name the folder of the drafts with --rules")
    page = Page()
    failed = 0
    for file in records:
        try:
            for record in records_of(file):
                _refresh(page, record, rules, write=write)
        except UsageError as error:
            failed += 1
            page.line(str(error), hang=2)
    page.line(
        "A criterion is amended by a person: only recruitment, contacts and sites were changed, if --write was given."
    )
    return _USAGE if failed else 0


def _refresh(page: Page, record: Record, rules: Path, *, write: bool) -> None:
    path = next(iter(sorted(rules.rglob(f"{record.identifier}.yaml"))), None) if record.identifier else None
    if path is None:
        page.line(f"{record.identifier or 'a record without a number'}: no rule in {rules}", hang=2)
        return
    file, problems = read_rule_file(path, path.as_posix())
    if not isinstance(file.document, TrialDocument):
        reason = problems[0].message if problems else "it is no trial"
        page.line(f"{path}: not compared, because the rule cannot be read: {reason}", hang=2)
        return
    text = path.read_text(encoding="utf-8")
    found = refreshed(text, file.document, record)
    _print(page, path, found)
    if write and found.text != text:
        path.write_text(found.text, encoding="utf-8")


def _print(page: Page, path: Path, found: Refreshed) -> None:
    day = f", record of {found.record_day}" if found.record_day else ""
    page.line((found.trial, "bold"), f"  {path}{day}", hang=2)
    if not found.changed:
        page.line("nothing changed", indent=2)
    if found.recruitment:
        page.line(f"recruitment: {found.recruitment}", indent=2, hang=2)
    if found.places:
        page.line(found.places, indent=2, hang=2)
    for each in found.sentences:
        page.line(_SIGNS[each.change], f" {each.criterion or 'new'} ({each.change})", indent=2, hang=2)
        for sign, said in (("- ", each.before), ("+ ", each.after)):
            if said:
                page.line((sign + said, "dim" if sign == "- " else ""), indent=4, hang=2)
