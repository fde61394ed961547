"""Interview after interview on the durable engine, and the memory of the process.

    python benchmarks/soak.py [--sessions 50000] [--answers 5]

Each session opens on the shipped rulebook, takes a few answers and corrections of a sample patient, and ends; every
tenth is left without being closed. Prints resident memory, live sessions and the time since the start at intervals.
"""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter

import psutil

sys.path.insert(0, str(Path(__file__).parent))

from interview import ROOT, answers, roots_of, sample_patients

from matcher.domain.profile import Profile
from matcher.engines.durable import DurableEngine
from matcher.engines.reference.kinds import find
from matcher.rulebook.load import load_rulebook

_LINES = 20


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=50_000)
    parser.add_argument("--answers", type=int, default=5)
    asked = parser.parse_args()
    rulebook = load_rulebook(ROOT / "rules")
    roots = roots_of(rulebook)
    patients = list(sample_patients(rulebook))
    engine, process, start = DurableEngine(find), psutil.Process(), perf_counter()
    engine.prepare(rulebook.graph, roots=roots)
    print(f"{'sessions':>9}{'MB':>8}{'seconds':>9}")
    for number in range(asked.sessions + 1):
        if number % max(1, asked.sessions // _LINES) == 0:
            memory = process.memory_info().rss / 1e6
            print(f"{number:9}{memory:8.1f}{perf_counter() - start:9.0f}", flush=True)
        patient = patients[number % len(patients)]
        interview = engine.interview(rulebook.graph, Profile(patient.id, patient.as_of), roots=roots)
        for known in islice(answers(patient, Random(number)), asked.answers):  # noqa: S311 - no secret
            interview.update(known)
        if number % 10:
            interview.close()


if __name__ == "__main__":
    main()
