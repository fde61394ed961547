"""The kernel against its peers on the same work: ``python benchmarks/kernel.py [--scale full|quick|tiny]``.

Every system answers how many patients meet each trial, do not, and are unknown; each answer is checked. The slow ones
are asked less and their rate is compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from measure import Scale, Section, best_of
from peers import PEERS, Counts, met_and_not_met
from run import alone
from trial_files import write_rulebook
from workload import SEED, Facts, Trial, facts, frame, given_values, graph, rulebook_values, trials

from matcher.engines.columnar import ColumnarEngine
from matcher.engines.columnar.arrays import Words
from matcher.engines.planes.chunk import ALL_BITS, packed, words_for
from matcher.rulebook.load import load_rulebook
from matcher.standing.bits import StandingBits

CHUNK = 1 << 18


def measure(scale: Scale) -> Section:
    section = Section(
        "kernel",
        "The kernel against its peers",
        f"{scale.patients:,} patients x {scale.trials:,} trials. What is prepared once for a rulebook (columns in memory, "
        "compiled expressions) is left out for all; the plan of the columnar engine is counted. Every system gives the "
        "numbers of patients who meet a trial, do not, and are unknown, and they are checked (but for DuckDB's `met "
        "only`). Slow systems are asked less; rates are pairs of patient and trial a second.",
        ("system", "patients", "trials", "pairs/s", "columnar is faster by"),
    )
    held, asked = facts(scale.patients), trials(scale.trials)
    expected = expected_counts(held, asked)
    pairs = scale.patients * scale.trials
    columnar = pairs / checked("columnar", columnar_from_values(held, asked), expected, scale.runs)
    section.row("columnar", f"{scale.patients:,}", f"{scale.trials:,}", f"{columnar:.2g}", "1")
    records = pairs / checked(
        "from records", columnar_from_records(held, asked), expected, min(scale.runs, 2)
    )
    section.row(
        "columnar, from dated records",
        f"{scale.patients:,}",
        f"{scale.trials:,}",
        f"{records:.2g}",
        f"{columnar / records:,.1f}",
    )
    for peer in PEERS:
        part, some = held.first(min(scale.patients, peer.patients)), asked[: peer.trials]
        answers = expected if len(part) == len(held) else expected_counts(part, some)
        seconds = checked(peer.name, peer.prepare(part, some), answers, scale.runs if peer.fast else 1)
        rate = len(part) * len(some) / seconds
        faster = columnar / rate
        section.row(peer.name, f"{len(part):,}", f"{len(some):,}", f"{rate:.2g}", f"{faster:,.1f}")
        if peer.target:
            section.ratio(f"columnar against {peer.name}", faster, peer.target)
    _with_standing(section, scale, held, asked, expected)
    section.note(f"Seed {SEED}; best of {scale.runs} runs for the quick ones, one run for the slow.")
    return section


def _with_standing(
    section: Section, scale: Scale, held: Facts, asked: list[Trial], expected: list[Counts]
) -> None:
    """One thread each, and both forget a chunk of patients when it is counted."""
    pairs = scale.patients * scale.trials
    seconds = checked("prototype", prototype(held, asked), expected, scale.runs)
    section.row(
        "NumPy prototype, one thread", f"{len(held):,}", f"{len(asked):,}", f"{pairs / seconds:.2g}", ""
    )
    with tempfile.TemporaryDirectory() as folder:
        write_rulebook(Path(folder) / "rules", scale.trials)
        run = with_standing(held, Path(folder) / "rules")
    standing = checked("with standing", run, expected, scale.runs)
    section.row(
        "columnar with standing, one thread",
        f"{len(held):,}",
        f"{len(asked):,}",
        f"{pairs / standing:.2g}",
        "",
    )
    section.ratio(
        "columnar with standing against the NumPy prototype, one thread each", seconds / standing, 0.7
    )
    section.note(
        "The prototype makes the planes of met and not met of each trial. With standing the engine makes those of every "
        "criterion too, and from the roots three planes of each trial's standing; its plan is counted. Both count two "
        "planes of each trial, and forget a chunk of patients when it is counted."
    )


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


def with_standing(held: Facts, rules: Path, chunk: int = CHUNK) -> Callable[[], list[Counts]]:
    """The trials as a rulebook loads them: the planes of every criterion and root, and the standing of every pair.

    Eligible, possible and ineligible are counted from the standing.
    """
    rulebook = load_rulebook(rules)
    given = rulebook_values(held, rulebook.graph)
    trials = [each for each in rulebook.candidates if each.roots is not None]
    options = [(roots, each.coverage) for each in trials for roots in each.standing_roots()]
    nodes = [node for roots, _ in options for node in roots.nodes]
    nodes += [node for each in trials for node in each.root_nodes()]
    roots = tuple(dict.fromkeys(nodes))

    def run() -> list[Counts]:
        engine = ColumnarEngine(threads=1)
        standings = StandingBits(options, engine.plan(rulebook.graph, roots).rows)
        counts = np.zeros((len(options), 2), np.int64)
        for start in range(0, len(held), chunk):
            part = given.between(start, min(start + chunk, len(held)))
            low, middle, high = standings.of(engine.evaluate_values(rulebook.graph, part, roots).bits)
            eligible, possible = ~(low | middle | high), low & middle
            for place, found in enumerate((eligible, possible)):
                counts[:, place] += np.bitwise_count(found).sum(axis=1, dtype=np.int64)
        return [(met, len(held) - met - unknown, unknown) for met, unknown in counts.tolist()]

    return run


def prototype(held: Facts, asked: Sequence[Trial]) -> Callable[[], list[Counts]]:
    """The least that bit planes can cost: each distinct atom once, AND and OR over words, one thread."""

    def atoms(
        part: Facts, known: dict[object, tuple[Words, Words]], trial: Trial
    ) -> list[tuple[Words, Words]]:
        n, missing = part.numbers, part.missing

        def atom(name: str, limit: object) -> tuple[Words, Words]:
            if (name, limit) not in known:
                match name:
                    case "ecog":
                        passes = n[name] <= limit
                    case "histology":
                        passes = np.isin(n[name], limit)
                    case "platinum" | "checkpoint":
                        passes = n[name] == 1
                    case _:
                        passes = n[name] >= limit
                known[name, limit] = packed(passes & ~missing[name]), packed(~passes & ~missing[name])
            return known[name, limit]

        if "naive" not in known:
            (platinum, not_platinum), (other, not_other) = atom("platinum", 1), atom("checkpoint", 1)
            known["naive"] = not_platinum | not_other, platinum & other
        return [
            atom("ecog", trial.ecog),
            atom("age", trial.age),
            atom("mesothelin", trial.mesothelin),
            atom("haemoglobin", trial.haemoglobin),
            atom("platelets", trial.platelets),
            atom("platinum", 1),
            atom("histology", trial.histologies),
            known["naive"],
        ]

    def run() -> list[Counts]:
        counts = np.zeros((len(asked), 2), np.int64)
        for start in range(0, len(held), CHUNK):
            part = held.between(start, min(start + CHUNK, len(held)))
            known: dict[object, tuple[Words, Words]] = {}
            words = words_for(len(part))
            met, out = np.empty(words, np.uint64), np.empty(words, np.uint64)
            for place, trial in enumerate(asked):
                met[:], out[:] = ALL_BITS, 0
                for sure, never in atoms(part, known, trial):
                    np.bitwise_and(met, sure, met)
                    np.bitwise_or(out, never, out)
                counts[place] += [int(np.bitwise_count(each).sum()) for each in (met, out)]
        return [(met, out, len(held) - met - out) for met, out in counts.tolist()]

    return run


def checked(name: str, run: Callable[[], list[Counts]], expected: Sequence[Counts], runs: int) -> float:
    """The best time; an answer that is not the expected one ends everything."""
    seconds, found = best_of(runs, run)
    if not all(_agrees(*pair) for pair in zip(found, expected, strict=False)):
        raise SystemExit(f"{name} gives other answers: {found[:3]}, expected {list(expected[:3])}")
    return seconds


def _agrees(found: Counts, expected: Counts) -> bool:
    return all(one in (-1, other) for one, other in zip(found, expected, strict=True))


def expected_counts(held: Facts, asked: Sequence[Trial]) -> list[Counts]:
    """Worked out without any engine: three-valued logic on NumPy arrays, straight from the facts."""
    found: list[Counts] = []
    for trial in asked:
        met, not_met = met_and_not_met(held, trial)
        sure, never = int(np.count_nonzero(met)), int(np.count_nonzero(not_met))
        found.append((sure, never, len(held) - sure - never))
    return found


if __name__ == "__main__":
    raise SystemExit(alone(measure, __doc__))
