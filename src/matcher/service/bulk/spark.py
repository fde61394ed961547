"""The parts of a run over a Spark cluster: each executor reads, matches and keeps parts as a process here would.

A table of part numbers goes through ``mapInArrow``, one part a task. The rulebook, made ready, and the opened file
are broadcast. Input and output lie where the driver and every executor see them under the same path.
"""

from __future__ import annotations

import os
import pickle
import shutil
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa

from matcher.errors import UsageError
from matcher.readers.frames import Part
from matcher.service.bulk.folder import PartAccount, RunFolder
from matcher.service.bulk.part import PartMatcher
from matcher.service.bulk.pool import Matching, Started, Step, Task

_DONE = pa.schema([("number", pa.int64()), ("patients", pa.int64())])
#: how often the driver looks for parts that are done, in seconds
_LOOK = 0.05
#: what the address of a standalone master begins with; several are separated by commas
_STANDALONE = "spark://"
#: how long a master may take to answer, in seconds
_PATIENCE = 5.0


def over_spark(master: str | None) -> Matching:
    """A cluster, or all cores of this machine as one. ``UsageError`` where there is no Spark or no Java."""
    try:
        import pyspark  # noqa: F401 - whether it is there
    except ImportError:
        raise UsageError("the engine 'spark' needs pyspark", code="U017") from None
    java = os.environ.get("JAVA_HOME")
    if shutil.which("java" if java is None else os.path.join(java, "bin", "java")) is None:  # noqa: PTH118
        raise UsageError(
            "the engine 'spark' needs Java, and none was found", "Install Java 17 or set JAVA_HOME.", "U016"
        )
    master = master or "local[*]"
    if master.startswith(_STANDALONE) and not any(map(_answers, master.removeprefix(_STANDALONE).split(","))):
        raise UsageError(f"nothing answers at the Spark master {master}", code="U044")
    return partial(_over_spark, master)


def _answers(address: str) -> bool:
    """Whether something listens there. Spark itself would try for a minute and then say little."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


@contextmanager
def _over_spark(
    master: str, task: Task, parts: Sequence[Part], step: Step
) -> Iterator[Mapping[int, Started]]:
    if not parts:
        yield {}
        return
    job = _SparkJob(master, replace(task, folder=RunFolder(task.folder.path.resolve())), parts)
    try:
        yield {part.number: partial(job.wait, part, step) for part in parts}
    finally:
        job.stop()


class _SparkJob:
    """All parts as one Spark job; the driver meanwhile takes those that are done."""

    def __init__(self, master: str, task: Task, parts: Sequence[Part]) -> None:
        from pyspark.sql import SparkSession

        self._task = task
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        try:
            builder = SparkSession.builder.master(master).appName("matcher match")
            for name, value in _SETTINGS.items():
                builder = builder.config(name, value)
            self._session: Any = builder.getOrCreate()
        except Exception as error:  # noqa: BLE001 - whatever Spark says is told
            raise _failed(error) from None
        self._session.sparkContext.setLogLevel("OFF")
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(tuple(parts),), daemon=True)
        self._thread.start()

    def _run(self, parts: Sequence[Part]) -> None:
        try:
            session = self._session
            shipped = session.sparkContext.broadcast(pickle.dumps((self._task, parts)))
            numbers = session.range(0, len(parts), 1, len(parts))
            with warnings.catch_warnings():
                # Spark warns of the newest pandas, of which nothing is used here.
                warnings.simplefilter("ignore")
                numbers.mapInArrow(_on_executor(shipped), "number long, patients long").collect()
        except BaseException as error:  # noqa: BLE001 - it is raised where the parts are awaited
            self._error = error

    def wait(self, part: Part, step: Step) -> PartAccount:
        while True:
            running = self._thread.is_alive()
            account = self._task.folder.done(part.number)
            if account is not None:
                step(part.patients)
                return account
            if not running:
                raise _failed(self._error)
            self._thread.join(_LOOK)

    def stop(self) -> None:
        with suppress(Exception):
            self._session.sparkContext.cancelAllJobs()
        self._session.stop()
        self._thread.join()


#: quiet, and no web pages that nobody asked for; one Python process serves all tasks of its core
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.python.worker.reuse": "true",
    "spark.task.maxFailures": "2",
    "spark.executorEnv.PYTHONWARNINGS": "ignore",
}

#: what the Python process of an executor has made ready, by the job it is for
_READY: dict[str, tuple[PartMatcher, Task, Sequence[Part]]] = {}


def _on_executor(shipped: Any) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What ``mapInArrow`` calls: numbers of parts in, the same numbers out when the parts are kept."""

    def matched(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from match_numbers(shipped, batches)

    return matched


def match_numbers(shipped: Any, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Matches and keeps the parts of these numbers."""
    for batch in batches:
        numbers = batch.column(0).to_pylist()
        patients = [_match(shipped, number) for number in numbers]
        yield pa.record_batch([numbers, patients], schema=_DONE)


def _match(shipped: Any, number: int) -> int:
    name = str(shipped)
    if name not in _READY:
        task, parts = pickle.loads(shipped.value)  # noqa: S301 - what this program sent
        _READY.clear()
        _READY[name] = PartMatcher(task.job, task.rulebook, task.file), task, parts
    matcher, task, parts = _READY[name]
    return matcher.match(parts[number], task.folder).patients


def _failed(error: BaseException | None) -> UsageError:
    """What Spark says, as far as it says anything to a person."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = [line for line in lines if "Error: " in line or "unresponsive" in line]
    reason = (said or lines or ["it gives no reason"])[-1 if said else 0]
    return UsageError(f"Spark could not do the work: {reason[:300]}", code="U044")
