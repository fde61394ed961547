"""Interview after interview, and the memory of the process that holds them.

    python benchmarks/soak.py [--sessions 50000] [--answers 5]
    python benchmarks/soak.py --over http [--sessions 5000]

Each session opens on the shipped rulebook, takes a few answers and corrections of a sample patient, and ends; every
tenth is left without being closed. In the durable engine itself, or through a real server as intakes. Prints resident
memory and the time since the start at intervals.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TypeAlias

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.interview import AS_OF, answers, roots_of, sample_patients  # noqa: E402
from benchmarks.over_http import matcher_server  # noqa: E402

from matcher.client import MatcherClient  # noqa: E402
from matcher.domain.profile import Profile  # noqa: E402
from matcher.engines.durable import DurableEngine  # noqa: E402
from matcher.engines.reference.kinds import find  # noqa: E402
from matcher.rulebook.load import load_rulebook  # noqa: E402
from matcher.service.intake.form import Form  # noqa: E402
from matcher.service.intake.sections import form_of  # noqa: E402
from matcher.service.intake.upload import answers_of  # noqa: E402

Session: TypeAlias = Callable[[int], object]
_LINES = 20


@contextmanager
def in_engine(most: int) -> Iterator[tuple[Session, psutil.Process]]:
    """Sessions of the durable engine in this process."""
    rulebook = load_rulebook(ROOT / "rules")
    roots = roots_of(rulebook)
    patients = list(sample_patients(rulebook))
    engine = DurableEngine(find)
    engine.prepare(rulebook.graph, roots=roots)

    def session(number: int) -> None:
        patient = patients[number % len(patients)]
        interview = engine.interview(rulebook.graph, Profile(patient.id, patient.as_of), roots=roots)
        for known in islice(answers(patient, Random(number)), most):  # noqa: S311 - no secret
            interview.update(known)
        if number % 10:
            interview.close()

    yield session, psutil.Process()


@contextmanager
def over_http(most: int) -> Iterator[tuple[Session, psutil.Process]]:
    """Intakes of a server in a process of its own, each answer a request; one answer is taken back."""
    rulebook = load_rulebook(ROOT / "rules")
    form: Form = form_of(rulebook)
    lines = (ROOT / "fixtures" / "profiles.jsonl").read_text("utf-8").splitlines()
    known = [answers_of(form, json.loads(each), rulebook.formulary.lookup) for each in lines if each.strip()]
    with (
        tempfile.TemporaryDirectory(prefix="matcher-soak-") as folder,
        matcher_server(Path(folder)) as port,
        MatcherClient(f"http://127.0.0.1:{port}") as client,
    ):
        (server,) = psutil.Process().children()

        def session(number: int) -> None:
            given = list(known[number % len(known)].items())
            Random(number).shuffle(given)  # noqa: S311 - no secret
            intake = client.begin_intake(as_of=AS_OF)
            for name, answer in given[:most]:
                intake = client.answer(intake.id, {name: answer})
            client.answer(intake.id, {given[0][0]: None})
            if number % 10:
                client.end_intake(intake.id)

        yield session, server


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=50_000)
    parser.add_argument("--answers", type=int, default=5)
    parser.add_argument("--over", choices=("engine", "http"), default="engine")
    asked = parser.parse_args()
    begun = in_engine if asked.over == "engine" else over_http
    with begun(asked.answers) as (session, process):
        start = perf_counter()
        print(f"{'sessions':>9}{'MB':>8}{'seconds':>9}")
        for number in range(asked.sessions + 1):
            if number % max(1, asked.sessions // _LINES) == 0:
                memory = process.memory_info().rss / 1e6
                print(f"{number:9}{memory:8.1f}{perf_counter() - start:9.0f}", flush=True)
            session(number)


if __name__ == "__main__":
    main()
