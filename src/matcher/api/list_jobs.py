"""The two jobs of a run of a worklist: looking through its file, and matching its patients into the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from matcher.rules.rulebook import Rulebook
from matcher.service import Matcher
from matcher.service.file_run import Progress, StoppedError
from matcher.service.worklist import Filed, Listing, look_through
from matcher.service.worklist.filed import PART
from matcher.service.worklist.listing import Before
from matcher.store import Database, Entries, Run, RunState, Statuses, Worklists

CHECK, MATCH = "check", "match"

Report = Callable[[Progress], bool]


def work_on_list(
    database: Database, folder: Path, request: Mapping[str, Any], rulebook: Rulebook, report: Report
) -> Progress:
    """Does what a job of a worklist asks for; ``StoppedError`` where the run is gone, or the job is to stop."""
    lists = Worklists(database)
    run = lists.run(request["run"])
    if run is None:
        raise StoppedError
    if request["list"] == CHECK:
        return _look(lists, run, folder, rulebook, report)
    return _match(lists, run, folder, rulebook, report)


def give_up(database: Database, request: Mapping[str, Any]) -> None:
    """The job says what was wrong; the run, that nothing comes of it."""
    was = RunState.CHECKING if request["list"] == CHECK else RunState.MATCHING
    Worklists(database).note(request["run"], was, state=RunState.FAILED)


def _telling(report: Report) -> Callable[[int, int, int], None]:
    def tell(total: int, done: int, rejected: int) -> None:
        if not report(Progress(total, done, rejected)):
            raise StoppedError

    return tell


def _look(lists: Worklists, run: Run, folder: Path, rulebook: Rulebook, report: Report) -> Progress:
    found = look_through(Filed.of(folder, run.request), rulebook, folder / "out", _telling(report))
    lists.note(
        run.id,
        RunState.CHECKING,
        state=RunState.CHECKED,
        patients=found.patients,
        rejected=found.rejected,
        summary=found.document(),
    )
    return Progress(found.patients, found.patients, found.rejected)


def _match(lists: Worklists, run: Run, folder: Path, rulebook: Rulebook, report: Report) -> Progress:
    """Goes on after the last part that is written, where it is by the same rulebook: a part comes whole or not."""
    entries = Entries(lists.database)
    tell = _telling(report)
    if run.rulebook != rulebook.version:
        entries.clear(run.id)
        lists.note(run.id, RunState.MATCHING, rulebook=rulebook.version)
    filed = Filed.of(folder, run.request)
    judged = {
        patient: [each.record for each in held]
        for patient, held in Statuses(lists.database, run.worklist).judged().items()
    }
    listing = Listing(filed, rulebook, judged, Matcher(rulebook))
    before = _before(lists, run)
    file = filed.open(rulebook)
    parts, written = file.parts(PART), entries.parts_done(run.id)
    rejected = 0
    if written:
        tell(len(file), written * PART, rejected)
    for part in parts[written:]:
        read = file.read(part)
        was = _pairs_before(entries, before, read.frame.ids) if before else None
        made = listing.of_part(read, was)
        entries.add(run.id, made.entries, made.pairs)
        rejected += len(read.rejects)
        tell(len(file), part.first + part.patients, rejected)
    lists.note(
        run.id, RunState.MATCHING, state=RunState.DONE, summary={**run.summary, "trials": listing.trials}
    )
    return Progress(len(file), len(file), run.rejected)


def _before(lists: Worklists, run: Run) -> Run | None:
    """The run that this one is compared with: the last that was done."""
    done = [
        each for each in lists.runs(run.worklist) if each.number < run.number and each.state is RunState.DONE
    ]
    return done[0] if done else None


def _pairs_before(entries: Entries, before: Run, patients: Any) -> Before:
    named = entries.named(before.id, [str(each) for each in patients])
    pairs = entries.pairs(before.id, [each.number for each in named])
    return Before(
        {each.patient: pairs.get(each.number, {}) for each in named},
        frozenset(before.summary.get("trials", ())),
    )
