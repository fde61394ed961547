"""``matcher match`` for many patients: what was asked, as the run at size needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from matcher.cli.asked import Days, days_of
from matcher.cli.summary import Summary
from matcher.cli.terminal import progress
from matcher.rules.rulebook import Rulebook
from matcher.service.account import Account, Run
from matcher.service.match import check_engine
from matcher.service.outputs import Wanted
from matcher.service.size import COLUMNAR_FROM, EXPLAINED_PART, EXPLAINED_UP_TO, PART, is_small
from matcher.standing.standing import StandingKind

if TYPE_CHECKING:
    from matcher.readers.frames import FrameFile
    from matcher.readers.outcome import Reading
    from matcher.service.bulk.folder import RunFolder
    from matcher.service.bulk.pool import Matching


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command as it was given."""

    patients: Path
    mapping: Path | None
    as_of: str | None
    out: Path
    top: int | None
    standings: tuple[StandingKind, ...]
    form: str
    explanations: bool | None
    engine: str
    workers: int | None
    master: str | None
    resume: bool
    include_closed: bool
    include_deceased: bool
    quiet: bool
    shared: bool = False
    absent_is_negative: bool = False

    @property
    def inputs(self) -> list[Path]:
        return [self.patients, *([self.mapping] if self.mapping else [])]

    def wanted(self, patients: int) -> Wanted:
        explained = patients <= EXPLAINED_UP_TO if self.explanations is None else self.explanations
        return Wanted(self.form, explained, self.top, self.standings, not self.shared)

    def recorded(self, wanted: Wanted) -> dict[str, Any]:
        """The options that the account of the run names."""
        return {
            "top": self.top,
            "standing": [each.value for each in self.standings],
            "include_closed": self.include_closed,
            "include_deceased": self.include_deceased,
            **({"absence_means_negative": True} if self.absent_is_negative else {}),
            "format": self.form,
            "explanations": wanted.explained,
        }


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is to be matched in columns, and the day."""

    file: FrameFile
    days: Days


def prepare(asked: Asked) -> None:
    """Lets processes make ready meanwhile, where it is likely that they will be wanted."""
    from matcher.service.bulk.processes import begin_ahead, processes

    if (
        asked.patients.exists()
        and _in_columns(asked)
        and asked.engine != "spark"
        and processes(asked.workers) > 1
    ):
        begin_ahead()


def _in_columns(asked: Asked) -> bool:
    """Whether the engine asked for, or the size of the file, lets patients be matched in columns."""
    if asked.engine == "auto":
        return not (asked.patients.exists() and is_small(asked.patients))
    return asked.engine in ("columnar", "spark")


def opened_at_size(asked: Asked, rulebook: Rulebook) -> Opened | None:
    """The file in columns, where the engine asked for or the number of patients wants that."""
    check_engine(asked.engine)
    if not _in_columns(asked):
        return None
    from matcher.readers.frames import read_frames
    from matcher.service.bulk.folder import day_of_unfinished

    days = days_of(asked.as_of)
    if asked.resume and asked.as_of is None:
        days = Days(None, day_of_unfinished(asked.out) or days.today)
    file = read_frames(
        asked.patients,
        formulary=rulebook.formulary,
        mapping=asked.mapping,
        as_of=days.given,
        today=days.today,
    )
    return None if asked.engine == "auto" and len(file) < COLUMNAR_FROM else Opened(file, days)


Outcome = tuple[Account, "Reading", tuple[Path, ...], Wanted]


def match_at_size(asked: Asked, rulebook: Rulebook, opened: Opened) -> tuple[Summary, Outcome]:
    """Matches the file part by part and writes the files of the run."""
    from matcher.service.bulk.folder import run_folder
    from matcher.service.bulk.job import Job
    from matcher.service.bulk.pool import Task
    from matcher.service.bulk.run import write_parts
    from matcher.service.outputs import Outputs

    file, days = opened.file, opened.days
    wanted = asked.wanted(len(file))
    job = Job(
        asked.patients,
        asked.mapping,
        rulebook.version,
        days.given,
        days.today,
        EXPLAINED_PART if wanted.explained else PART,
        asked.top,
        asked.standings,
        asked.include_closed,
        asked.include_deceased,
        asked.form,
        wanted.explained,
    )
    run = Run(
        rulebook,
        asked.patients.resolve().name,
        days.day.isoformat(),
        "spark" if asked.engine == "spark" else "columnar",
        asked.recorded(wanted),
    )
    summary, reading = Summary(), file.account()
    with run_folder(asked.out, job, resume=asked.resume) as folder, _saying_what_is_kept(folder):
        with Outputs(asked.out, run, len(file), asked.inputs, wanted, folder.path / "landing") as outputs:
            matching = _matching(asked)
            with progress(len(file), wanted=not asked.quiet) as step:
                outcomes = write_parts(Task(job, rulebook, file, folder), outputs, reading, matching, step)
                for outcome in outcomes:
                    summary.take(outcome)
            written = outputs.finish(reading)
        folder.remove()
    return summary, (outputs.account, reading, written, wanted)


def _matching(asked: Asked) -> Matching:
    """Where the parts are matched."""
    from matcher.service.bulk.pool import over_processes
    from matcher.service.bulk.processes import processes

    if asked.engine == "spark":
        from matcher.service.bulk.spark import over_spark

        return over_spark(asked.master)
    return over_processes(processes(asked.workers))


@contextmanager
def _saying_what_is_kept(folder: RunFolder) -> Iterator[None]:
    """Whatever stops a run, the parts that are done are not lost, and nobody has to guess that."""
    try:
        yield
    except BaseException:
        kept = folder.parts_done()
        if kept:
            typer.echo(
                f"What is done so far ({kept} {'part' if kept == 1 else 'parts'}) is kept in {folder.path}.\n"
                "    The same command with --resume goes on from there.",
                err=True,
            )
        else:
            folder.give_up()
        raise
