"""What ``matcher rules import`` and ``ctml`` do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from matcher.authoring.proposals import proposer
from matcher.cli.terminal import Page
from matcher.errors import UsageError
from matcher.exchange.ctml import draft_of_ctml, trials_in
from matcher.exchange.ctml_out import ctml_of
from matcher.exchange.draft import Draft, draft_of
from matcher.exchange.registry import Record, records_of
from matcher.rulebook.documents import read_rule_file
from matcher.rules.syntax import TrialDocument
from matcher.service import open_rulebook

_USAGE = 2
_IDENTIFIER = re.compile(r"NCT\d{8}")


def _refuse_nameless(record: Record, file: Path) -> None:
    if not _IDENTIFIER.fullmatch(record.identifier):
        raise UsageError(f"{file.name} names no NCT number", code="U011")


def import_ctgov(files: Sequence[Path], out: Path) -> int:
    """Writes a draft for each record. A file that cannot be read is said, and the others go on."""
    propose = proposer(open_rulebook())

    def drafts(file: Path) -> Iterator[Draft]:
        for record in records_of(file):
            _refuse_nameless(record, file)
            yield draft_of(record, date.today(), propose)

    return _written(files, out, drafts)


def import_ctml(files: Sequence[Path], out: Path, *, absent_is_negative: bool) -> int:
    """The same for trials of MatchMiner."""

    def drafts(file: Path) -> Iterator[Draft]:
        for trial in trials_in(file):
            yield draft_of_ctml(trial, date.today(), absent_is_negative=absent_is_negative)

    return _written(files, out, drafts)


def _written(files: Sequence[Path], out: Path, drafts: Callable[[Path], Iterator[Draft]]) -> int:
    page = Page()
    failed = 0
    _make(out)
    for file in files:
        try:
            for draft in drafts(file):
                path = out / f"{draft.name}.yaml"
                try:
                    with path.open("x", encoding="utf-8") as stream:
                        stream.write(draft.text)
                except FileExistsError:
                    page.line(f"{path} is there already and was left as it is", hang=2)
                    continue
                page.line(
                    f"{path}: {draft.proposed} criteria proposed, {draft.judged} left to a person", hang=2
                )
        except UsageError as error:
            failed += 1
            page.line(str(error), hang=2)
    page.line("Each proposal stands beside its sentence: read it before the draft is used.")
    return _USAGE if failed else 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}", code="U008") from None


def export_trials(files: Sequence[Path], out: Path) -> int:
    """Writes each trial in CTML, and says what of it is lost."""
    page = Page()
    failed = 0
    _make(out)
    for file in files:
        if not file.is_file():
            raise UsageError(f"there is no file {file}", code="U002")
        read, problems = read_rule_file(file, file.as_posix())
        if not isinstance(read.document, TrialDocument):
            failed += 1
            page.line(f"{file}: {problems[0].message if problems else 'it is no trial'}", hang=2)
            continue
        found = ctml_of(read.document)
        path = out / f"{read.document.trial}.json"
        path.write_text(json.dumps(found.trial, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        page.line(f"{path}: {found.said} criteria said, {len(found.lost)} have no words there", hang=2)
        for text in found.lost:
            page.line(f"lost  {text}", indent=2, hang=6)
    page.line("Whoever matches by these trials alone finds patients whom a lost criterion rules out.")
    return _USAGE if failed else 0
