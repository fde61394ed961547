"""The work on one part of a file: from patients in columns to rows and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from matcher.domain.judgement import Judgement
from matcher.engines.columnar import ColumnarEngine, PatientFrame
from matcher.engines.columnar.arrays import Days
from matcher.engines.columnar.frame import Table, columns_of
from matcher.errors import UsageError
from matcher.explanation.answer import PatientShown
from matcher.explanation.writer import Noted
from matcher.readers.frames import FrameFile, FramePart, Part
from matcher.readers.outcome import Reading, issue_in_words
from matcher.rules.graph import NodeId
from matcher.rules.override import overriding
from matcher.rules.rulebook import Rulebook
from matcher.service.bulk.counts import Counts, unranked_among
from matcher.service.bulk.folder import PartAccount, RunFolder
from matcher.service.bulk.job import Job
from matcher.service.bulk.rows import Rows, written
from matcher.service.explained import ExplainedMatcher
from matcher.service.match import Matcher, MatchOptions
from matcher.service.rendered import Rendered, limited
from matcher.service.report import Detail, detail_for
from matcher.standing.cohort import CohortCounts, CohortPlan
from matcher.standing.columns import Columns
from matcher.standing.order import Kept, Order, together
from matcher.standing.recruiting import Recruiting

#: layouts for patients who are all of one period that are kept; those of others are judged with every candidate
_MOST_PERIODS = 4


@dataclass(slots=True)
class Found:
    """What matching some patients in columns gave."""

    #: with the place of the first patient of each stretch
    kept: list[tuple[int, Kept]] = field(default_factory=list)
    tables: list[pa.Table] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    cohort: list[CohortCounts] = field(default_factory=list)


class Counted(NamedTuple):
    """What is counted of a part, its rows among it."""

    counts: Counts
    cohort: CohortCounts
    rows: int


class _Ready(NamedTuple):
    """A rulebook laid out for patients of some days."""

    columns: Columns
    order: Order
    rows: Rows


class FrameMatcher:
    """Matches patients in columns: standings, order, the pairs that are kept, and counts."""

    def __init__(self, job: Job, rulebook: Rulebook, plan: CohortPlan | None = None) -> None:
        """``plan``: that of the rulebook without the overrides of this one."""
        self.job = job
        self.rulebook = rulebook
        self.cohort = (
            plan.overridden(rulebook) if plan else CohortPlan.of(rulebook, include_closed=job.include_closed)
        )
        self._recruiting = Recruiting(rulebook.candidates)
        self._ready: dict[int | None, _Ready] = {}

    def overridden(self, rulebook: Rulebook) -> FrameMatcher:
        """The same with overrides in the rulebook: what it counts stands in the same places."""
        return self if rulebook is self.rulebook else FrameMatcher(self.job, rulebook, self.cohort)

    @property
    def nobody(self) -> CohortCounts:
        return self.cohort.nothing()

    def _ready_for(self, days: Days) -> _Ready:
        """What judges patients of these days: where nothing differs between them, without what is closed then."""
        period = self._recruiting.only(days)
        if period not in self._ready and len(self._ready) >= _MOST_PERIODS:
            period = None
        if period not in self._ready:
            columns = Columns(
                self.rulebook,
                include_closed=self.job.include_closed,
                engine=ColumnarEngine(threads=1),
                also=(*self.cohort.roots, *_nodes_of_overrides(self.rulebook)),
                period=period,
            )
            rows = Rows(columns, include_deceased=self.job.include_deceased)
            self._ready[period] = _Ready(columns, Order(columns), rows)
        return self._ready[period]

    def match(self, frame: PatientFrame, *, rows: bool) -> Found:
        """The pairs kept of each stretch of patients; with ``rows`` as tables, else as they are."""
        job, found, first = self.job, Found(), 0
        ready = self._ready_for(frame.as_of)
        columns = ready.columns
        for stretch in frame.chunks(columns.patients_at_once):
            planes = columns.planes(stretch)
            deceased = columns.deceased(planes)
            judged = list(columns.judge(planes, stretch.as_of))
            unranked = unranked_among(judged, deceased, include_deceased=job.include_deceased)
            found.counts.add(Counts.of(columns, judged, unranked, deceased, stretch.as_of))
            found.cohort.append(self.cohort.count(planes, stretch.ids, unranked))
            kept = together([ready.order.kept(each, job.top, job.standings or None) for each in judged])
            if rows:
                found.tables.append(ready.rows.table(kept, planes, stretch, deceased))
            else:
                found.kept.append((first, kept))
            first += len(stretch)
        return found


def _nodes_of_overrides(rulebook: Rulebook) -> Iterator[NodeId]:
    for candidate in rulebook.candidates:
        for branch in overriding(candidate).values():
            yield from (branch.condition.node, branch.node, branch.otherwise.node)


class PartMatcher:
    """Matches parts of a file and keeps what they gave."""

    def __init__(self, job: Job, rulebook: Rulebook, file: FrameFile) -> None:
        self._job = job
        self._file = file
        self._frames = FrameMatcher(job, rulebook)
        # The limit of a ranking is applied after standings are chosen, if any are.
        self._matcher = Matcher(
            rulebook,
            MatchOptions(
                top=None if job.standings else job.top,
                include_closed=job.include_closed,
                include_deceased=job.include_deceased,
            ),
        )
        self._of_the_file = tuple(file.account().assumptions)
        #: small runs show every patient in the report
        self._everybody = detail_for(len(file)) is not Detail.COUNTS
        self._packs = detail_for(len(file)) is Detail.LINES
        self._together = (
            ExplainedMatcher(
                self._matcher,
                self._frames.cohort,
                job.form,
                self._packs,
                job.top,
                job.standings,
                everybody=self._everybody,
            )
            if job.explained and self._matcher.explains_together
            else None
        )

    def match(self, part: Part, folder: RunFolder) -> PartAccount:
        """Reads, matches and keeps a part."""
        try:
            read = self._file.read(part)
        except OSError as error:
            where = f"{self._job.patients} cannot be read from its patient {part.first + 1} on"
            reason = (error.strerror or "the system refuses").lower()
            raise UsageError(f"{where}: {reason}", code="U009") from None
        read, frames = self._judged(read)
        found, write = self._found(read, frames)
        reading = Reading()
        read.add_to(reading)
        account = PartAccount(
            part.number,
            part.patients,
            reading,
            read.rejects,
            read.issues,
            found.counts,
            found.cohort.document(),
            found.rows,
        )
        return folder.keep(account, write)

    def _found(self, read: FramePart, frames: FrameMatcher) -> tuple[Counted, Callable[[Path], None]]:
        """What is counted of a part, and what writes its rows."""
        form, explained = self._job.form, self._job.explained
        if explained and self._together is not None and not len(read.frame.table("judgements").rows):
            patients = [read.patient(row) for row in range(len(read.frame))]
            noted = [Noted(list(map(issue_in_words, each.issues)), self._of_the_file) for each in patients]
            part = self._together.match([each.profile for each in patients], noted)
            return Counted(part.counts, part.cohort, part.rows), part.rendered.write
        found = frames.match(read.frame, rows=not explained)
        cohort = sum(found.cohort, self._frames.nobody)
        if not explained:
            rows = sum(map(len, found.tables))
            return Counted(found.counts, cohort, rows), partial(written, found.tables, form)
        rows = sum(len(kept) for _, kept in found.kept)
        shown = Rendered.of(self._explained(read, found), self._matcher.common, form, pack=self._packs)
        return Counted(found.counts, cohort, rows), shown.write

    def _judged(self, read: FramePart) -> tuple[FramePart, FrameMatcher]:
        """The part with the judgements that count, and what matches it where some of them override."""
        rows = np.unique(read.frame.table("judgements").rows).tolist()
        if not rows:
            return read, self._frames
        sittings = {row: self._matcher.sitting(read.patient(row).profile) for row in rows}
        judgements = [(row, each) for row in rows for each in sittings[row].profile.judgements]
        held = Table(
            np.array([row for row, _ in judgements], np.int32),
            columns_of(Judgement, [each for _, each in judgements]),
        )
        overrides = frozenset().union(*(each.overrides for each in sittings.values()))
        issues = (*read.issues, *(issue for each in sittings.values() for issue in each.issues))
        frame = replace(read.frame, tables={**read.frame.tables, "judgements": held})
        frames = self._frames.overridden(self._matcher.overridden(overrides).rulebook)
        return replace(read, frame=frame, issues=issues), frames

    def _explained(self, read: FramePart, found: Found) -> Iterator[PatientShown]:
        """The patients with reasons, from their profiles: the same in every word as one at a time."""
        rows = {first + row for first, kept in found.kept for row in kept.patients.tolist()}
        for row in range(len(read.frame)):
            if self._everybody or row in rows:
                patient = read.patient(row)
                said = [issue_in_words(issue) for issue in patient.issues]
                shown = self._matcher.match_one(patient.profile, said, self._of_the_file)
                yield limited(shown, self._job.top, self._job.standings)
