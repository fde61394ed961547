"""What coordinators do with worklists, for pages and programs alike."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from matcher.api.callers import Caller
from matcher.api.clock import now
from matcher.api.list_jobs import CHECK, MATCH
from matcher.api.problems import Problem
from matcher.api.runner import job_folder
from matcher.api.served import Served
from matcher.api.server import Server
from matcher.service import Matcher
from matcher.service.worklist import Filed, Seen, see
from matcher.service.worklist.filed import forget_opened
from matcher.service.worklist.listing import listed, rows_of
from matcher.service.worklist.patient import version_today
from matcher.store import (
    NEGATIVE,
    STATUS_TEXT,
    Answered,
    Change,
    Entries,
    Entry,
    Job,
    Run,
    RunState,
    Statuses,
    TooManyJobsError,
    Worklist,
)

_LONGEST_TITLE = 200
VERDICTS = {
    True: ("met", "not met", "unknown"),
    False: ("applies", "does not apply", "unknown"),
}
"""What may be said of an inclusion, and of an exclusion."""


def missing(what: str) -> Problem:
    return Problem(404, "U058", f"there is no such {what} among your team's", place="path.id")


@dataclass(frozen=True)
class ListDesk:
    """One caller at the worklists of their team."""

    server: Server
    served: Served
    caller: Caller

    @property
    def owner(self) -> str:
        """Of the jobs of a team's worklists."""
        return f"team:{self.caller.team}"

    def found(self, worklist: str) -> Worklist:
        found = self.server.lists.read(worklist, self.caller.team)
        if found is None:
            raise missing("worklist")
        return found

    def at(self, worklist: str, number: int | None = None) -> Sheet:
        """The worklist at one of its runs; at the last that was matched where none is named."""
        held = self.found(worklist)
        runs = self.server.lists.runs(held.id)
        wanted = [each for each in runs if number in (None, each.number) and each.state is RunState.DONE]
        if number is not None and not wanted:
            raise missing("run")
        return Sheet(self, held, runs, wanted[0] if wanted else None)

    def begin(self, identifier: str, worklist: str, title: str, request: Mapping[str, Any]) -> Run:
        """A run over a file that lies in its folder: looked through first. ``worklist`` is empty for a new one."""
        if worklist:
            held = self.found(worklist)
        else:
            named = " ".join(title.split())[:_LONGEST_TITLE] or f"Patients of {date.today().isoformat()}"
            held = self.server.lists.create(self.caller.team, named, self.caller.name)
        run = self.server.lists.add_run(identifier, held.id, identifier, request, self.caller.name)
        try:
            self._job(identifier, run, CHECK)
        except TooManyJobsError:
            self.drop(run)
            if not worklist:
                self.server.lists.delete(held.id)
            raise
        self.server.audit.record(self.caller.owner, "worklist file sent", held.id)
        return run

    def _job(self, identifier: str, run: Run, kind: str) -> None:
        work = {"list": kind, "run": run.id}
        self.server.jobs.create(identifier, self.owner, work, self.server.settings.open_jobs)

    def match(self, run: Run) -> None:
        """Begins to match what was looked through. Of two who ask at once one begins."""
        self.server.archive.keep(self.served.rulebook, self.server.settings.rules_folder)
        job = self.server.jobs.new_id()
        if self.server.lists.note(run.id, RunState.CHECKED, state=RunState.MATCHING, job=job):
            self._job(job, run, MATCH)
            self.server.audit.record(self.caller.owner, "worklist matched", run.worklist)

    def job(self, run: Run) -> Job | None:
        return self.server.jobs.read(run.job, self.owner)

    def drop(self, run: Run) -> None:
        """A file that nobody wants matched, with all that came of it."""
        self.server.jobs.delete(run.job, self.owner)
        self.server.lists.drop_run(run.id)
        self._remove([run.id])

    def delete(self, worklist: str) -> None:
        held = self.found(worklist)
        for each in self.server.lists.runs(held.id):
            self.server.jobs.delete(each.job, self.owner)
        self._remove(self.server.lists.delete(held.id))
        self.server.audit.record(self.caller.owner, "worklist deleted", held.id)

    def _remove(self, runs: Sequence[str]) -> None:
        forget_opened()
        for each in runs:
            shutil.rmtree(self.folder(each), ignore_errors=True)

    def folder(self, run: str) -> Path:
        return job_folder(self.server.settings, run)


@dataclass(frozen=True)
class Sheet:
    """A worklist at one of its runs; none where nothing was matched yet."""

    desk: ListDesk
    worklist: Worklist
    runs: Sequence[Run]
    run: Run | None

    @property
    def entries(self) -> Entries:
        return Entries(self.desk.server.database)

    @property
    def statuses(self) -> Statuses:
        return Statuses(self.desk.server.database, self.worklist.id)

    @property
    def newest(self) -> bool:
        """Whether there is no later run that was matched."""
        return self.run is next((each for each in self.runs if each.state is RunState.DONE), None)

    @property
    def at(self) -> str:
        """In addresses of patients and in forms: their numbers are those of this file, and of no other."""
        return f"?run={self.done.number}"

    @property
    def waiting(self) -> Run | None:
        """The last file, where it is not matched yet."""
        return self.runs[0] if self.runs and self.runs[0].state is not RunState.DONE else None

    @property
    def before(self) -> Run | None:
        older = [each for each in self.runs if self.run and each.number < self.run.number]
        return next((each for each in older if each.state is RunState.DONE), None)

    @property
    def done(self) -> Run:
        if self.run is None:
            raise missing("matched file")
        return self.run

    @cached_property
    def matcher(self) -> Matcher:
        """Of the rulebook that the run was matched by."""
        found = self.desk.server.archive.matcher(self.done.rulebook, self.desk.served.matcher)
        if found is None:
            raise Problem(409, "U062", "the rulebook of this run cannot be opened any more", place="path.id")
        return found

    def entry(self, number: int) -> Entry:
        found = self.entries.one(self.done.id, number)
        if found is None:
            raise missing("patient")
        return found

    def see(self, entry: Entry) -> Seen:
        filed = Filed.of(self.desk.folder(self.done.id), self.done.request)
        judged = [each.record for each in self.statuses.judged([entry.patient]).get(entry.patient, ())]
        return see(filed, self.matcher, (entry.part, entry.row), judged)

    def computed(self, entry: Entry) -> dict[tuple[str, str], str]:
        """The verdicts without anybody's judgement, by candidate and criterion."""
        filed = Filed.of(self.desk.folder(self.done.id), self.done.request)
        shown = see(filed, self.matcher, (entry.part, entry.row)).shown
        return {
            (each.id, one.id): one.verdict
            for each in shown.candidates
            for one in (*each.criteria, *each.cautions)
        }

    def change(self, changes: Sequence[Change]) -> list[Answered]:
        """Each by itself; a negative status wants a reason."""
        for each in changes:
            if each.status is not None and each.status not in STATUS_TEXT:
                raise Problem(
                    422, "U057", f"no such status; one of: {', '.join(STATUS_TEXT)}", place="status"
                )
            if each.status in NEGATIVE and not each.reason:
                said = STATUS_TEXT[each.status].lower()
                raise Problem(422, "U057", f"'{said}' wants a reason", place="reason")
            if each.trial not in self.desk.served.rulebook.by_id:
                raise Problem(422, "U007", "the rulebook has no trial of this name", place="trial")
        answered = self.statuses.change(changes, self.desk.caller.name)
        self.desk.server.audit.record(self.desk.caller.owner, "status set", self.worklist.id)
        return answered

    def judge(
        self,
        entry: Entry,
        candidate: str,
        criterion: str,
        said: Mapping[str, str],
    ) -> None:
        """Takes a person's verdict and matches the patient anew.

        Refused where the criterion, or a fact it rests on, is not what the person saw any more.
        """
        if not self.newest:
            raise Problem(409, "U062", "judgements are made on the latest file", place="path.id")
        asked = self.matcher.rulebook.criterion(candidate, criterion)
        if asked is None:
            raise Problem(404, "U007", "the rulebook has no such criterion", place="path.criterion")
        if said["verdict"] not in VERDICTS[asked.role.value == "inclusion"]:
            words = ", ".join(VERDICTS[asked.role.value == "inclusion"])
            raise Problem(422, "U057", f"the verdict is one of: {words}", place="verdict")
        if not said["reason"]:
            raise Problem(422, "U057", "a judgement wants a reason", place="reason")
        seen = self.see(entry)
        version = version_today(self.matcher, seen.profile, candidate, criterion)
        if said.get("of") and said["of"] != version:
            raise Problem(409, "U062", "the rule or a fact has changed meanwhile; look again", place="of")
        day = min(now().date(), seen.profile.as_of)
        record = {
            "candidate": candidate,
            "criterion": criterion,
            "verdict": said["verdict"],
            "person": said.get("person") or self.desk.caller.name,
            "day": day.isoformat(),
            "reason": said["reason"],
            "source": said.get("source", ""),
            "of": version,
        }
        self.statuses.judge(
            entry.patient, {name: value for name, value in record.items() if value}, self.desk.caller.name
        )
        anew = self.see(entry)
        rows = rows_of(anew.shown)
        line, pairs = listed(rows, entry.patient, entry.number, entry.part, entry.row)
        self.entries.replace(self.done.id, replace(line, changes=entry.changes), pairs)
        self.desk.server.audit.record(self.desk.caller.owner, "criterion judged", self.worklist.id)
