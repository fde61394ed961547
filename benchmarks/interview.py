"""What an answer costs in an interview: median and slowest hundredth over the answers of the sample patients.

    python benchmarks/interview.py [--patients 20]

A patient is taken apart into records, which come one after the other in a fixed random order; every fourth answer is
a correction, which takes an earlier record back, and the record comes again at the end. Four ways to answer: the
durable engine as it is; the durable engine with a new session for every answer (everything deleted and asserted
again); and the reference and the columnar engine, which evaluate everything again. Times are those of the
processor, which other work on the machine does not lengthen much; all four run in one thread.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import process_time
from typing import Any

from matcher.cases.run import read_cases
from matcher.domain.profile import Profile
from matcher.domain.record import Listing
from matcher.engines.base import Interview
from matcher.engines.columnar import ColumnarEngine
from matcher.engines.durable import DurableEngine
from matcher.engines.reference import ReferenceEngine
from matcher.engines.reference.kinds import find
from matcher.readers.outcome import Patient
from matcher.readers.read import read_patients
from matcher.rulebook.load import load_rulebook
from matcher.rules.graph import NodeId
from matcher.rules.rulebook import Rulebook

ROOT = Path(__file__).resolve().parent.parent
AS_OF = date(2026, 1, 15)

Open = Callable[[Profile], Interview]


def sample_patients(rulebook: Rulebook) -> Iterator[Profile]:
    """The patients of the fixtures, then those of the cases beside the rules."""
    file = read_patients(ROOT / "fixtures" / "profiles.jsonl", formulary=rulebook.formulary, as_of=AS_OF)
    yield from (each.profile for each in file if isinstance(each, Patient))
    cases, _ = read_cases(rulebook, ROOT / "rules")
    yield from (each.profile for each in cases)


def answers(patient: Profile, random: Random) -> Iterator[Profile]:
    """The patient as known after each answer, from nothing to everything."""
    known = Profile(patient.id, patient.as_of)
    steps = [(each.name, record) for each in fields(Profile) for record in _records(patient, each.name)]
    random.shuffle(steps)
    given: list[tuple[str, Any]] = []
    again: list[tuple[str, Any]] = []
    for number, (name, record) in enumerate(steps, start=1):
        known = _with(known, patient, name, record)
        given.append((name, record))
        yield known
        if number % 3 == 0:
            again.append(given.pop(random.randrange(len(given))))
            known = _without(known, *again[-1])
            yield known
    for name, record in again:
        known = _with(known, patient, name, record)
        yield known
    yield patient


def _records(patient: Profile, name: str) -> tuple[Any, ...]:
    held = getattr(patient, name)
    if isinstance(held, Listing):
        return held.records
    return held if isinstance(held, tuple) and name != "assumptions" else (() if name != "birth" else (held,))


def _with(known: Any, patient: Profile, name: str, record: Any) -> Any:
    held = getattr(known, name)
    if name == "birth":
        return replace(known, birth=record, birth_source=patient.birth_source)
    if isinstance(held, Listing):
        return replace(known, **{name: replace(held, records=(*held.records, record))})
    return replace(known, **{name: (*held, record)})


def _without(known: Any, name: str, record: Any) -> Any:
    held = getattr(known, name)
    if name == "birth":
        return replace(known, birth=None)
    if isinstance(held, Listing):
        return replace(known, **{name: replace(held, records=_left(held.records, record))})
    return replace(known, **{name: _left(held, record)})


def _left(records: tuple[Any, ...], record: Any) -> tuple[Any, ...]:
    at = records.index(record)
    return records[:at] + records[at + 1 :]


def roots_of(rulebook: Rulebook) -> tuple[NodeId, ...]:
    nodes = [node for candidate in rulebook.candidates for node in candidate.root_nodes()]
    return tuple(dict.fromkeys([*nodes, *(each.node for each in rulebook.derivations)]))


def timed(begin: Open, patients: list[Profile], *, replay: bool) -> tuple[list[float], list[float]]:
    """Seconds to open a session for each patient, and for each of the answers."""
    opened: list[float] = []
    answered: list[float] = []
    for number, patient in enumerate(patients):
        start = process_time()
        interview = begin(Profile(patient.id, patient.as_of))
        opened.append(process_time() - start)
        for known in answers(patient, Random(number)):  # noqa: S311 - the same order in every run
            start = process_time()
            if replay:
                interview.close()
                interview = begin(known)
            else:
                interview.update(known)
            answered.append(process_time() - start)
        interview.close()
    return opened, answered


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=20)
    asked = parser.parse_args()
    rulebook = load_rulebook(ROOT / "rules")
    graph, roots = rulebook.graph, roots_of(rulebook)
    patients = list(islice(sample_patients(rulebook), asked.patients))
    durable, reference, columnar = DurableEngine(find), ReferenceEngine(), ColumnarEngine()

    start = process_time()
    durable.interview(graph, patients[0], roots=roots).close()
    print(f"rulebook: {len(graph)} nodes; durable makes its rulesets in {process_time() - start:.2f} s")
    ways = {
        "durable": (durable, False),
        "durable, replayed": (durable, True),
        "reference, evaluated again": (reference, False),
        "columnar, evaluated again": (columnar, False),
    }
    print(f"{'':28}{'answers':>8}{'median':>10}{'99 %':>10}{'open':>10}   (ms)")
    for name, (engine, replay) in ways.items():
        opened, answered = timed(
            lambda patient, engine=engine: engine.interview(graph, patient, roots=roots),  # type: ignore[misc]
            patients,
            replay=replay,
        )
        slow = quantiles(answered, n=100)[98]
        print(
            f"{name:28}{len(answered):8}{median(answered) * 1e3:10.2f}{slow * 1e3:10.2f}{median(opened) * 1e3:10.2f}"
        )


if __name__ == "__main__":
    main()
