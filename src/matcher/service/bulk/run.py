"""A large run from its first part to its files."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

from matcher.errors import UsageError
from matcher.readers.outcome import Reading, Reject
from matcher.service.bulk.folder import PartAccount
from matcher.service.bulk.job import identity
from matcher.service.bulk.pool import Matching, Step, Task, matched_parts
from matcher.service.cohort import make_ready
from matcher.service.outputs import Outputs
from matcher.service.rendered import Rendered, Told
from matcher.standing.cohort import CohortCounts


def write_parts(
    task: Task, outputs: Outputs, reading: Reading, matching: Matching, step: Step
) -> Iterator[Told | Reject]:
    """Matches every part and writes it to the files of the run, in the order of the file.

    Gives the patients who were rejected, and the others where they are explained. ``reading`` and the account
    of the outputs are whole after the last one.
    """
    job, folder = task.job, task.folder
    before = identity(job.patients)
    # While others match, this process has time.
    Thread(target=make_ready).start()
    for account in matched_parts(task, matching, step):
        reading.add(account.reading)
        add_up(outputs, account)
        for reject in account.rejects:
            outputs.reject(reject)
            yield reject
        if job.explained:
            rendered = Rendered.read(folder.rows(account.number))
            outputs.add_rendered(rendered)
            yield from rendered.told(outputs.common)
        else:
            outputs.add_rows(folder.rows(account.number))
    if identity(job.patients) != before:
        raise UsageError(f"{job.patients} was changed while it was read", "Begin anew.", "U042")


def add_up(outputs: Outputs, account: PartAccount) -> None:
    """The one place where what was counted in parts becomes what is said of the whole."""
    outputs.add_counts(account.counts, CohortCounts.of_document(account.cohort))
    outputs.note(account.issues)
