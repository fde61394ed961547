"""The table of a worklist: what is asked for, the rows in words, and the same as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from matcher.api.worklist_desk import Sheet
from matcher.explanation.answer import STANDING_TEXT
from matcher.readers.outcome import Reading
from matcher.rules.rulebook import Rulebook
from matcher.service.account import STANDINGS, Account, Run
from matcher.service.cell import cell
from matcher.service.report import report_of
from matcher.service.worklist.listing import NOBODY
from matcher.store import NEW, STATUS_TEXT, Asked, Entry, JudgementHeld, Status
from matcher.store import Run as Matched

NO_TRIAL = "no_trial"
STATUS_KEYS = ("status", "owner", "note", "reason")
REPORTED = 25
"""So many patients stand in a report written out at once."""
_AT_ONCE = 500
_SORTS = ("standing", "patient", "file")


@dataclass(frozen=True, slots=True)
class Row:
    """A patient of the table. ``lacks`` are the criteria of ``trial`` that are open, in words; ``work`` is done."""

    entry: Entry
    title: str
    standing: str
    standing_text: str
    lacks: tuple[tuple[str, str], ...]
    status: Status
    work: tuple[Status, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the table, and what can be asked for."""

    KEYS: ClassVar = (
        "trial",
        "standing",
        "availability",
        "site",
        "missing",
        "status",
        "owner",
        "changed",
        "sort",
    )

    rows: tuple[Row, ...]
    total: int
    standings: tuple[tuple[str, str, int], ...]
    trials: tuple[tuple[str, str, int], ...]
    criteria: tuple[tuple[str, str], ...]
    owners: tuple[str, ...]
    sites: tuple[str, ...]
    changed: int


def asked_of(query: Mapping[str, str], sites: Mapping[str, Sequence[str]], patient: str = "") -> Asked:
    """From an address, in which anything may stand: what means nothing is left out."""
    standing = query.get("standing", "")
    place = STANDINGS.index(standing) if standing in STANDINGS else NOBODY if standing == NO_TRIAL else None
    site = query.get("site", "")[:400]
    status, sort = query.get("status", ""), query.get("sort", "")
    return Asked(
        trial=query.get("trial", "")[:200],
        standing=place,
        availability=query.get("availability", "")[:20],
        missing=query.get("missing", "")[:40],
        status=status if status in STATUS_TEXT else "",
        owner=query.get("owner", "")[:50],
        changed=query.get("changed", "") == "yes",
        patient=patient,
        site=site,
        among=tuple(sites.get(site, ())) if site else None,
        sort=sort if sort in _SORTS else _SORTS[0],
    )


def table_of(sheet: Sheet, asked: Asked, most: int, offset: int) -> Shown:
    run, worklist = sheet.done, sheet.worklist.id
    rulebook = sheet.desk.served.rulebook
    entries = sheet.entries.page(run.id, worklist, asked, most, offset)
    by_trial = sheet.entries.trials(run.id)
    trials = [(each, _title(rulebook, each), count) for each, count in by_trial.items()]
    counts = sheet.entries.standings(run.id, worklist, asked)
    held = rulebook.by_id.get(asked.trial)
    return Shown(
        tuple(_rows(sheet, rulebook, entries)),
        sum(counts.values()),
        tuple((*_standing(place), count) for place, count in sorted(counts.items())),
        tuple(sorted(trials, key=lambda each: each[1].casefold())),
        tuple((each.id, each.text) for each in held.all_criteria) if held else (),
        tuple(sheet.statuses.owners()),
        tuple(name for name, at in sheet.desk.served.sites.items() if by_trial.keys() & set(at)),
        sheet.entries.changed(run.id),
    )


def _standing(place: int) -> tuple[str, str]:
    if place >= NOBODY:
        return NO_TRIAL, "No open trial fits"
    return STANDINGS[place], STANDING_TEXT[STANDINGS[place]]


def _title(rulebook: Rulebook, trial: str) -> str:
    held = rulebook.by_id.get(trial)
    return held.title if held else trial


def _rows(sheet: Sheet, rulebook: Rulebook, entries: list[Entry]) -> Iterator[Row]:
    work = sheet.statuses.of(each.patient for each in entries)
    for entry in entries:
        name, text = _standing(entry.standing)
        mine = tuple(each for key, each in work.items() if key[0] == entry.patient)
        yield Row(
            entry,
            _title(rulebook, entry.trial),
            name,
            text,
            tuple(_criteria(rulebook, entry.trial, entry.missing)),
            work.get((entry.patient, entry.trial), Status(entry.patient, entry.trial)),
            tuple(each for each in mine if each.trial != entry.trial and each.status != NEW),
            tuple(changes_in_words(rulebook, entry.changes)),
        )


def _criteria(rulebook: Rulebook, trial: str, listed: str) -> Iterator[tuple[str, str]]:
    for each in listed.split("; ") if listed else ():
        held = rulebook.criterion(trial, each)
        yield each, held.text if held else ""


def changes_in_words(rulebook: Rulebook, changes: str) -> Iterator[str]:
    """What is other than in the run before, and the criteria behind it."""
    for each in json.loads(changes) if changes else ():
        if each.get("new"):
            yield "New on the list"
            continue
        trial = each["trial"]
        was, now = (
            STANDING_TEXT.get(each[name], each[name]).partition(":")[0].lower() for name in ("was", "now")
        )
        said = f"{_title(rulebook, trial)} ({trial}): {was}, now {now}"
        if each["now"] == "closed":
            said = f"{_title(rulebook, trial)} ({trial}): no longer open"
        elif was == now:
            said = f"{_title(rulebook, trial)} ({trial}): recruitment {each.get('recruitment', '')}"
        for word in ("rules out", "known now", "no longer rules out", "no longer known"):
            if ids := each.get(word):
                named = ", ".join(
                    f"{one} {text}".strip() for one, text in _criteria(rulebook, trial, "; ".join(ids))
                )
                said += f"; {word}: {named}"
        yield said


def exported(sheet: Sheet, run: Matched, asked: Asked) -> Iterator[str]:
    """All rows that are asked for, read from the store some at a time; both verdicts where somebody judged."""
    header = (
        "patient_id", "trial", "title", "standing", "recruitment", "missing", "status", "owner", "note", "reason",
        "set_by", "set_at", "other_trials", "judged", "changed",
    )  # fmt: skip
    yield _line(header)
    rulebook, offset = sheet.desk.served.rulebook, 0
    while True:
        some = sheet.entries.page(run.id, sheet.worklist.id, asked, _AT_ONCE, offset)
        judged = sheet.statuses.judged(each.patient for each in some)
        for row in _rows(sheet, rulebook, some):
            status = row.status
            yield _line(
                (
                    row.entry.patient,
                    row.entry.trial,
                    row.title,
                    row.standing,
                    row.entry.availability,
                    "; ".join(f"{one} {text}" for one, text in row.lacks),
                    status.status,
                    status.owner,
                    status.note,
                    status.reason,
                    status.by,
                    status.at.isoformat() if status.at else "",
                    "; ".join(f"{each.status} for {each.trial}" for each in row.work),
                    "; ".join(_judged(sheet, row.entry, judged.get(row.entry.patient, []))),
                    "; ".join(row.changes),
                )
            )
        if len(some) < _AT_ONCE:
            return
        offset += _AT_ONCE


def reported(sheet: Sheet, entries: Sequence[Entry]) -> str:
    """The report of these patients, each read again with what was judged, as on their sheets."""
    matcher, request = sheet.matcher, sheet.done.request
    day = request["as_of"] or request["today"]
    account = Account(Run(matcher.rulebook, sheet.worklist.title, day, matcher.engine.name))
    seen = [sheet.see(each).shown for each in entries]
    for each in seen:
        account.count(each)
    return report_of(seen, account, Reading(patients=len(seen), matched=len(seen)))


def _judged(sheet: Sheet, entry: Entry, held: list[JudgementHeld]) -> Iterator[str]:
    if not held:
        return
    seen = sheet.see(entry)
    computed = sheet.computed(entry)
    for each in seen.judgements:
        asked = sheet.matcher.rulebook.criterion(each.candidate, each.criterion)
        verdict = computed.get((each.candidate, each.criterion), "not known")
        said = next(
            (
                one.record["verdict"]
                for one in reversed(held)
                if (one.record["candidate"], one.record["criterion"], one.record.get("person", ""))
                == (each.candidate, each.criterion, each.person)
            ),
            each.written,
        )
        text = asked.text if asked else ""
        yield (
            f"{each.candidate} {each.criterion} {text}: computed {verdict}, judged {said} by {each.person}"
            f"{f' on {each.on.first}' if each.on else ''}, {each.reason} ({each.force})"
        )


def _line(values: Any) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([cell(each) for each in values])
    return text.getvalue()
