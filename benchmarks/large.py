"""Twenty thousand trials: loading them, matching many patients, and answering for one with reasons."""

from __future__ import annotations

import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

from measure import Scale, Section, megabytes, python, timed, watch
from run import alone
from trial_files import write_rulebook
from workload import AS_OF, HISTOLOGIES, facts

_LOAD = """
import sys, time
from pathlib import Path
from matcher.service import open_rulebook
begin = time.perf_counter()
rulebook = open_rulebook(Path(sys.argv[1]))
print(time.perf_counter() - begin, len(rulebook.candidates), len(rulebook.graph))
"""
_PATIENTS = 24
_TOP = 20


def measure(scale: Scale) -> Section:
    section = Section(
        "large",
        "A large rulebook",
        f"{scale.large_trials:,} generated trial files with limits in fine steps, in the rule language. *Cold*: read and "
        "compiled, nothing kept. *Kept*: from the compiled rulebook on disk, every file hashed. Many patients: the "
        "standing of every pair, from features in columns, patients in chunks, in a process of its own. One patient: "
        f"ranked, the first {_TOP} explained, and what to ask next.",
        ("what", "measured", ""),
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rules, cache = folder / "rules", str(folder / "cache")
        write_rulebook(rules, scale.large_trials)
        size = sum(path.stat().st_size for path in rules.rglob("*.yaml"))
        section.row("files", f"{scale.large_trials:,}", f"{size / scale.large_trials / 1000:.1f} kB each")
        loaded = [watch(python("-c", _LOAD, rules), XDG_CACHE_HOME=cache) for _ in range(2)]
        seconds = [float(each.output.split()[0]) for each in loaded]
        nodes = int(loaded[0].output.split()[2])
        section.row("load, cold", f"{seconds[0]:,.1f} s", f"{megabytes(loaded[0].peak)} at the peak")
        section.row("load, kept", f"{seconds[1]:,.2f} s", f"{megabytes(loaded[1].peak)} at the peak")
        section.row("nodes of the graph", f"{nodes:,}", "")
        many = watch(python(__file__, "--many", rules, str(scale.large_patients)), XDG_CACHE_HOME=cache)
        took, pairs, eligible = (float(each) for each in many.output.split())
        section.row(
            f"{scale.large_patients:,} patients, every standing",
            f"{took:,.1f} s",
            f"{pairs / took:.2g} pairs/s",
        )
        section.row("peak memory of that", megabytes(many.peak), f"{eligible:,.0f} pairs eligible")
        one = watch(python(__file__, "--one", rules), XDG_CACHE_HOME=cache)
        prepared, middle, worst = (float(each) for each in one.output.split())
        section.row("one patient, made ready once", f"{prepared:,.2f} s", "")
        section.row("one patient, median", f"{middle * 1000:,.1f} ms", f"of {_PATIENTS}")
        section.row("one patient, slowest", f"{worst * 1000:,.1f} ms", "")
    trials = f"{scale.large_trials:,} trials"
    section.ratio(f"load {trials} cold, in seconds", seconds[0], 60, at_most=True)
    section.ratio(f"load {trials} kept, in seconds", seconds[1], 2, at_most=True)
    section.ratio(f"one patient against {trials}, median, in ms", middle * 1000, 50, at_most=True)
    return section


def many(rules: Path, patients: int) -> None:
    """Prints seconds, pairs, and how many of them are eligible."""
    from kernel import with_standing

    held = facts(patients)
    run = with_standing(held, rules, 1 << 13)
    seconds, counts = timed(run)
    print(seconds, patients * len(counts), sum(met for met, _, _ in counts))


def one(rules: Path) -> None:
    """Prints seconds to make ready, and of the patients the middle and the longest."""
    from matcher.readers.assemble import assemble
    from matcher.service import Matcher, MatchOptions, open_rulebook

    rulebook = open_rulebook(rules)
    matcher = Matcher(rulebook, MatchOptions(top=_TOP))
    profiles = []
    for wire in wires(_PATIENTS):
        found = assemble(wire, as_of=_day(), formulary=rulebook.formulary).profile
        if found is None:
            raise SystemExit(f"cannot be read: {wire}")
        profiles.append(found)
    first, _ = timed(lambda: matcher.match_one(profiles[0]))
    times = [min(timed(lambda: matcher.match_one(each))[0] for _ in range(3)) for each in profiles]  # noqa: B023
    print(first, statistics.median(times), max(times))


def wires(patients: int) -> list[dict[str, object]]:
    """Patients of the workload as a form would send them; what is missing is left out."""
    held = facts(patients)
    numbers, missing = held.numbers, held.missing
    found: list[dict[str, object]] = []
    day = _day().replace(day=8).isoformat()
    for place in range(patients):

        def known(name: str, place: int = place) -> bool:
            return not missing[name][place]

        labs = [
            {"test": name, "value": float(numbers[name][place]), "unit": unit, "date": day}
            for name, unit in (("haemoglobin", "g/dL"), ("platelets", "10*9/L"))
            if known(name)
        ]
        wire: dict[str, object] = {"id": f"W-{place:04d}", "diagnosis": "PLMESO", "labs": labs}
        wire |= {name: int(numbers[name][place]) for name in ("age", "ecog") if known(name)}
        if known("histology"):
            wire["histology"] = HISTOLOGIES[int(numbers["histology"][place])]
        if known("mesothelin"):
            percent = int(numbers["mesothelin"][place])
            wire["biomarkers"] = [{"marker": "mesothelin", "method": "ihc", "percent_positive": percent}]
        given = {"platinum": "cisplatin", "checkpoint": "nivolumab"}
        courses = [agent for name, agent in given.items() if known(name) and numbers[name][place]]
        wire["therapies"] = [
            {"agents": [agent], "start": "2025-01-10", "end": "2025-05-02"} for agent in courses
        ]
        found.append(wire)
    return found


def _day() -> date:
    return date.fromordinal(AS_OF)


if __name__ == "__main__":
    if "--many" in sys.argv:
        many(Path(sys.argv[2]), int(sys.argv[3]))
    elif "--one" in sys.argv:
        one(Path(sys.argv[2]))
    else:
        raise SystemExit(alone(measure, __doc__))
