"""The kernel against its peers on the same work: ``python benchmarks/kernel.py [--patients N] [--trials T]``.

Every system answers how many patients meet each trial, do not, and are unknown; each answer is checked. The slow ones
are asked less and their rate is compared. Times are the best of several runs in one process, what is prepared once for
a rulebook (columns in memory, compiled expressions) left out for all; the plan of the columnar engine is counted.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from peers import PEERS, Counts
from workload import SEED, Facts, Trial, facts, frame, given_values, graph, trials

from matcher.engines.columnar import ColumnarEngine

PACKAGES = ("numpy", "polars", "duckdb", "zen-engine")


@dataclass(frozen=True)
class Measured:
    """A system's best time for the pairs it was asked."""

    name: str
    pairs: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.pairs / self.seconds


def columnar_from_values(held: Facts, asked: Sequence[Trial]) -> Callable[[], list[Counts]]:
    """Features in columns already, as for the peers."""
    built, roots = graph(list(asked))
    given = given_values(held)

    def run() -> list[Counts]:
        counts = ColumnarEngine().evaluate_values(built, given, roots).counts()
        return [counts[root] for root in roots]

    return run


def columnar_from_records(held: Facts, asked: Sequence[Trial]) -> Callable[[], list[Counts]]:
    """Features found among dated records: windows, open lists, statements of absence."""
    built, roots = graph(list(asked))
    patients = frame(held)

    def run() -> list[Counts]:
        counts = ColumnarEngine().evaluate_frame(built, patients, roots).counts()
        return [counts[root] for root in roots]

    return run


def measured(
    name: str, run: Callable[[], list[Counts]], pairs: int, expected: list[Counts], runs: int
) -> Measured:
    best = float("inf")
    for _ in range(runs):
        gc.collect()
        begin = time.perf_counter()
        found = run()
        best = min(best, time.perf_counter() - begin)
        if not all(_agrees(*pair) for pair in zip(found, expected, strict=False)):
            raise SystemExit(f"{name} gives other answers: {found[:3]}, expected {expected[:3]}")
    print(f"  {name:<42} {best:10.4f} s {pairs / best:12.3g} pairs/s", flush=True)
    return Measured(name, pairs, best)


def _agrees(found: Counts, expected: Counts) -> bool:
    return all(one in (-1, other) for one, other in zip(found, expected, strict=True))


def expected_counts(held: Facts, asked: Sequence[Trial]) -> list[Counts]:
    """Worked out without any engine: three-valued logic on NumPy arrays, straight from the facts."""
    from peers import met_and_not_met

    found: list[Counts] = []
    for trial in asked:
        met, not_met = met_and_not_met(held, trial)
        sure, never = int(np.count_nonzero(met)), int(np.count_nonzero(not_met))
        found.append((sure, never, len(held) - sure - never))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="systems whose name holds this")
    options = parser.parse_args(arguments)
    patients, number = options.patients, options.trials
    print(f"{patients:,} patients x {number:,} trials of nine atoms, seed {SEED}, best of {options.runs}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; ", end="")
    print(", ".join(f"{each} {version(each)}" for each in PACKAGES))
    held, asked = facts(patients), trials(number)
    expected = expected_counts(held, asked)
    pairs = patients * number
    results = [
        measured("columnar", columnar_from_values(held, asked), pairs, expected, options.runs),
        measured("columnar, from records", columnar_from_records(held, asked), pairs, expected, 2),
    ]
    for peer in PEERS:
        if options.only in peer.name:
            part = held.first(min(patients, peer.patients)), asked[: min(number, peer.trials)]
            answers = expected if len(part[0]) == patients else expected_counts(*part)
            run = peer.prepare(*part)
            results.append(
                measured(
                    peer.name, run, len(part[0]) * len(part[1]), answers, options.runs if peer.fast else 1
                )
            )
    fastest = results[0]
    print("\n| system | pairs/s | columnar is faster by |\n|---|---|---|")
    for each in results:
        print(f"| {each.name} | {each.rate:.2g} | {fastest.rate / each.rate:,.1f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
