"""What every benchmark needs: sizes, times, the memory of a command and its children, and an account to write down."""

from __future__ import annotations

import gc
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

import psutil

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "trial-matcher",
    "numpy",
    "polars",
    "pyarrow",
    "duckdb",
    "zen-engine",
    "rule-engine",
    "durable-rules",
    "pyspark",
)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of the work is done. ``full`` is the workload of the targets; the others are for a quick look."""

    name: str
    patients: int
    trials: int
    runs: int
    rows: int
    large_trials: int
    large_patients: int
    steps: int


FULL = Scale("full", 1_000_000, 200, 5, 1_000_000, 20_000, 100_000, 5)
QUICK = Scale("quick", 50_000, 50, 2, 20_000, 600, 5_000, 3)
TINY = Scale("tiny", 500, 5, 1, 300, 20, 200, 2)
SCALES = {each.name: each for each in (FULL, QUICK, TINY)}


@dataclass(slots=True)
class Ratio:
    """A figure that has a target, both of one run."""

    what: str
    value: float
    target: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        return self.value <= self.target if self.at_most else self.value >= self.target


@dataclass(slots=True)
class Section:
    """What one benchmark found: a table, ratios, and what a reader has to know about both."""

    name: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def row(self, *cells: str) -> None:
        print("  " + " | ".join(cells), flush=True)
        self.rows.append(cells)

    def ratio(self, what: str, value: float, target: float, *, at_most: bool = False) -> None:
        ratio = Ratio(what, float(f"{value:.4g}"), target, at_most)
        sign = "at most" if at_most else "at least"
        print(f"  {what}: {value:,.3g} (target: {sign} {target:g})", flush=True)
        self.ratios.append(ratio)

    def note(self, text: str) -> None:
        print(f"  {text}", flush=True)
        self.notes.append(text)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def machine() -> dict[str, str]:
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"{name} not installed")
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GB",
        "packages": ", ".join(versions),
    }


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    if known.is_file():
        for line in known.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "not known"


def timed(run: Callable[[], _T]) -> tuple[float, _T]:
    gc.collect()
    begin = time.perf_counter()
    found = run()
    return time.perf_counter() - begin, found


def best_of(runs: int, run: Callable[[], _T]) -> tuple[float, _T]:
    """The quickest of so many runs, and what it gave."""
    return min((timed(run) for _ in range(runs)), key=lambda each: each[0])


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended well; ``peak`` is 0 where nobody watched."""

    seconds: float
    peak: int
    output: str


def clock(command: Sequence[str | Path], **environment: str) -> Ended:
    """Run a command and do nothing else meanwhile: to watch memory takes a good part of a core."""
    return _run(command, environment, watched=False)


def watch(command: Sequence[str | Path], **environment: str) -> Ended:
    """Run a command; the peak is the resident memory of it and its children together, asked every 20 ms."""
    return _run(command, environment, watched=True)


def _run(command: Sequence[str | Path], environment: Mapping[str, str], *, watched: bool) -> Ended:
    begin = time.perf_counter()
    inherited = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    # As on the machine of a user: modules are compiled once, and not in every run.
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    process = psutil.Popen(
        [str(each) for each in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**inherited, **environment},
    )
    peak = 0
    while watched and process.poll() is None:
        peak = max(peak, _resident(process))
        time.sleep(0.02)
    output, _ = process.communicate()
    seconds = time.perf_counter() - begin
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{output}")
    return Ended(seconds, peak, output)


def _resident(process: psutil.Process) -> int:
    total = 0
    try:
        for each in (process, *process.children(recursive=True)):
            try:
                total += each.memory_info().rss
            except psutil.NoSuchProcess:
                continue
    except psutil.NoSuchProcess:
        return total
    return total


def python(*arguments: str | Path) -> list[str | Path]:
    return [sys.executable, *arguments]


def megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"
