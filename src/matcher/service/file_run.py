"""A whole file of patients through the ordinary run, for those who wait elsewhere: with progress, and a way to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matcher.errors import Diagnostic, PatientDataError
from matcher.readers.outcome import Reject
from matcher.readers.read import read_patients
from matcher.rules.rulebook import Rulebook
from matcher.service.account import Run
from matcher.service.batch import write_run
from matcher.service.match import Matcher, MatchOptions
from matcher.service.outputs import Outputs


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
        read_patients(
            self.patients,
            formulary=rulebook.formulary,
            mapping=self.mapping,
            as_of=self.as_of,
            today=self.today,
        )

    def run(self, rulebook: Rulebook, report: Callable[[Progress], bool]) -> Progress:
        """Writes the files of the run to ``out``, all together; ``report`` says whether to go on."""
        file = read_patients(
            self.patients,
            formulary=rulebook.formulary,
            mapping=self.mapping,
            as_of=self.as_of,
            today=self.today,
        )
        if len(file) > self.most_patients:
            reason = f"the file has more than the {self.most_patients} patients that are taken"
            raise PatientDataError([Diagnostic(self.patients.name, None, None, "P008", reason)])
        options = self.options
        shown = {
            "top": options.top,
            "include_closed": options.include_closed,
            "include_deceased": options.include_deceased,
        }
        matcher = Matcher(
            rulebook,
            MatchOptions(
                include_closed=options.include_closed,
                include_deceased=options.include_deceased,
                engine=options.engine,
            ),
        )
        day = (self.as_of or self.today).isoformat()
        run = Run(rulebook, self.patients.name, day, matcher.engine.name, shown)
        done = rejected = 0
        with Outputs(self.out, run, len(file), (), options.top) as outputs:
            for outcome in write_run(matcher, file, outputs):
                done += 1
                rejected += isinstance(outcome, Reject)
                if not report(Progress(len(file), done, rejected)):
                    raise StoppedError
            outputs.finish(file.reading)
        return Progress(len(file), done, rejected)
