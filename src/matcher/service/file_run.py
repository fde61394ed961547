"""A whole file of patients through the ordinary run, for those who wait elsewhere: with progress, and a way to stop."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.errors import Diagnostic, PatientDataError, UsageError
from matcher.readers.outcome import Reject
from matcher.readers.read import PatientFile, read_patients
from matcher.rules.rulebook import Rulebook
from matcher.service.account import Run
from matcher.service.batch import write_run
from matcher.service.match import Matcher, MatchOptions
from matcher.service.outputs import Outputs, Wanted
from matcher.service.size import COLUMNAR_FROM, EXPLAINED_PART, EXPLAINED_UP_TO, PART, is_small

if TYPE_CHECKING:
    from matcher.readers.frames import FrameFile

_ANOTHER_RUN = "U042"
"""What is begun in the folder was asked for differently: the rulebook has changed since."""


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` counts patients matched or rejected; at the end it is ``total``."""

    total: int
    done: int
    rejected: int


class StoppedError(Exception):
    """The run was told to stop; nothing was put in place."""


@dataclass(frozen=True, slots=True)
class FileRun:
    """What is to be run.

    ``today`` dates patients where neither file nor ``as_of`` does: a run taken up again on another day gives the
    same results.
    """

    patients: Path
    mapping: Path | None
    out: Path
    as_of: date | None
    today: date
    options: MatchOptions
    most_patients: int

    def check(self, rulebook: Rulebook) -> None:
        """Raises what is wrong with mapping, header or file as a whole."""
        self._open(rulebook)

    def run(self, rulebook: Rulebook, report: Callable[[Progress], bool]) -> Progress:
        """Writes the files of the run to ``out``, all together; ``report`` says whether to go on.

        Many patients are matched in parts; those that an earlier attempt finished are not matched again.
        """
        file = self._open(rulebook)
        if len(file) > self.most_patients:
            reason = f"the file has more than the {self.most_patients} patients that are taken"
            raise PatientDataError([Diagnostic(self.patients.name, None, None, "P008", reason)])
        if isinstance(file, PatientFile):
            return self._one_by_one(rulebook, file, report)
        try:
            return self._in_parts(rulebook, file, report)
        except UsageError as error:
            if error.code != _ANOTHER_RUN:
                raise
            shutil.rmtree(self.out)
            return self._in_parts(rulebook, file, report)

    def _open(self, rulebook: Rulebook) -> PatientFile | FrameFile:
        """In columns where the command line would read it so."""
        if is_small(self.patients):
            return self._read(rulebook)
        from matcher.readers.frames import read_frames

        frames = read_frames(
            self.patients,
            formulary=rulebook.formulary,
            mapping=self.mapping,
            as_of=self.as_of,
            today=self.today,
        )
        return frames if len(frames) >= COLUMNAR_FROM else self._read(rulebook)

    def _read(self, rulebook: Rulebook) -> PatientFile:
        return read_patients(
            self.patients,
            formulary=rulebook.formulary,
            mapping=self.mapping,
            as_of=self.as_of,
            today=self.today,
        )

    def _one_by_one(
        self, rulebook: Rulebook, file: PatientFile, report: Callable[[Progress], bool]
    ) -> Progress:
        options, wanted = self.options, self._wanted(len(file))
        matcher = Matcher(
            rulebook,
            MatchOptions(
                include_closed=options.include_closed,
                include_deceased=options.include_deceased,
                engine=options.engine,
            ),
        )
        run = self._run(rulebook, matcher.engine.name, wanted)
        done = rejected = 0
        with Outputs(self.out, run, len(file), (), wanted, common=matcher.common) as outputs:
            for outcome in write_run(matcher, file, outputs):
                done += 1
                rejected += isinstance(outcome, Reject)
                if not report(Progress(len(file), done, rejected)):
                    raise StoppedError
            outputs.finish(file.reading)
        return Progress(len(file), done, rejected)

    def _in_parts(self, rulebook: Rulebook, file: FrameFile, report: Callable[[Progress], bool]) -> Progress:
        from matcher.service.bulk.folder import run_folder
        from matcher.service.bulk.job import Job
        from matcher.service.bulk.pool import Task, over_processes
        from matcher.service.bulk.run import write_parts

        options, wanted = self.options, self._wanted(len(file))
        job = Job(
            self.patients,
            self.mapping,
            rulebook.version,
            self.as_of,
            self.today,
            EXPLAINED_PART if wanted.explained else PART,
            options.top,
            (),
            options.include_closed,
            options.include_deceased,
            wanted.form,
            wanted.explained,
        )
        done = rejected = 0

        def step(patients: int) -> None:
            nonlocal done
            done += patients
            if not report(Progress(len(file), done, rejected)):
                raise StoppedError

        reading, run = file.account(), self._run(rulebook, "columnar", wanted)
        with (
            run_folder(self.out, job, resume=True) as folder,
            Outputs(self.out, run, len(file), (), wanted, folder.path / "landing") as outputs,
        ):
            task = Task(job, rulebook, file, folder)
            # One process: the others of this machine answer requests.
            for outcome in write_parts(task, outputs, reading, over_processes(1), step):
                rejected += isinstance(outcome, Reject)
            outputs.finish(reading)
        folder.remove()
        return Progress(len(file), done, rejected)

    def _wanted(self, patients: int) -> Wanted:
        return Wanted(explained=patients <= EXPLAINED_UP_TO, top=self.options.top)

    def _run(self, rulebook: Rulebook, engine: str, wanted: Wanted) -> Run:
        recorded: dict[str, Any] = {
            "top": self.options.top,
            "standing": [],
            "include_closed": self.options.include_closed,
            "include_deceased": self.options.include_deceased,
            "format": wanted.form,
            "explanations": wanted.explained,
        }
        day = (self.as_of or self.today).isoformat()
        return Run(rulebook, self.patients.name, day, engine, recorded)
