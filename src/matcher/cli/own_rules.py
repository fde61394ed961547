"""What ``matcher rules init``, ``new`` and ``fmt`` do: a rulebook of one's own, a trial to begin with, its form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from shutil import copymode

from matcher.cli.rules import BROKEN, print_diagnostics
from matcher.cli.terminal import Page
from matcher.errors import UsageError
from matcher.rulebook.sources import NAME
from matcher.service import out_of_form

_IDENTIFIER = re.compile(r"NCT[0-9]{8}|[A-Za-z][A-Za-z0-9_-]+")
_BOOK = """\
rulebook: {title}
# shipped: the rules that come with the program are in force beside these; a file of the same name stands in
# the place of a shipped one. none: these alone.
extends: {extends}
"""
_TRIAL = """\
trial: {identifier}
title: "{identifier}: say in a line what the trial is"
phase: not stated
recruitment: {{status: unknown, as_of: {today}}}
# full only if every criterion of the protocol is here
coverage: partial
sources:
  registry: {{document: ClinicalTrials.gov {identifier}, section: Eligibility, as_of: {today}}}
inclusion:
  I-01:
    text: At least 18 years old
    when: {{age: {{at_least: 18 years}}}}
    source: registry
"""
_CASES = """\
- case: old enough
  as_of: {today}
  patient: {{age: 18}}
  expect: {{I-01: met}}
- case: too young
  as_of: {today}
  patient: {{age: 17}}
  expect: {{I-01: not met}}
- case: nothing known
  as_of: {today}
  patient: {{}}
  expect: {{I-01: unknown}}
"""


def init(folder: Path, *, alone: bool) -> None:
    """Writes the file that makes a directory a rulebook; what is there already is left as it is."""
    book = folder / NAME
    if book.exists():
        raise UsageError(f"{folder} is a rulebook already", f"it is described in {book}")
    (folder / "trials").mkdir(parents=True, exist_ok=True)
    extends = "none" if alone else "shipped"
    book.write_text(_BOOK.format(title=folder.resolve().name, extends=extends), "utf-8")
    page = Page()
    page.line(f"{book}: a rulebook of your own" + ("." if alone else ", beside the shipped one."))
    page.line(f"A trial to begin with: matcher rules new NCT01234567 --rules {folder}")


def new(identifier: str, rules: Path | None) -> None:
    """Writes a trial that loads, and its cases, for somebody to go on from."""
    rules = rules or _here("matcher rules init DIR makes one; name it with --rules DIR")
    if not (rules / NAME).is_file():
        raise UsageError(f"{rules} is no rulebook yet", "matcher rules init DIR makes one")
    if not _IDENTIFIER.fullmatch(identifier):
        raise UsageError(f"'{identifier}' is no identifier of a trial", "write it like NCT01234567")
    path = rules / "trials" / f"{identifier}.yaml"
    if path.exists():
        raise UsageError(f"{path} is there already")
    path.parent.mkdir(exist_ok=True)
    today = date.today().isoformat()
    path.write_text(_TRIAL.format(identifier=identifier, today=today), "utf-8")
    path.with_suffix(".cases.yaml").write_text(_CASES.format(today=today), "utf-8")
    page = Page()
    page.line(f"{path}: one criterion to begin with, and {path.with_suffix('.cases.yaml').name} beside it.")
    page.line(f"Check it: matcher rules lint {path}")
    page.line(f"Try it: matcher rules test {path}")


def put_in_form(files: Sequence[Path], rules: Path | None, *, check: bool) -> int:
    """Writes what is not in form, each file whole or not at all; with ``check`` only says which."""
    if not files and rules is None:
        rules = _here("name files, or a rulebook with --rules DIR")
    page, left = Page(), 0
    for each in out_of_form(files, rules):
        if each.problems:
            print_diagnostics(page, each.problems)
        elif check:
            page.line(f"{each.path}: not in form")
        else:
            _write_whole(each.path.resolve(), each.content)
            page.line(f"{each.path}: put in form")
        left += bool(each.problems) or check
    return BROKEN if left else 0


def _here(remedy: str) -> Path:
    """The rulebook one stands in, or the only one in the folder one stands in.

    Only what writes looks for it: which rules a patient is matched against is never guessed from where somebody stands.
    """
    here = Path()
    within = [each for each in (here, here / "..") if (each / NAME).is_file()]
    found = within[:1] or sorted(each.parent for each in here.glob(f"*/{NAME}"))
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"there are {len(found)} rulebooks here: {', '.join(map(str, found))}", "name one with --rules"
        )
    raise UsageError("the shipped rules are not yours to change", remedy)


def _write_whole(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    copymode(path, beside)
    beside.replace(path)
