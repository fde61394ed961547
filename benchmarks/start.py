"""What a command costs before it does anything, and one patient from a file to the report.

python benchmarks/start.py                     this checkout
python benchmarks/start.py --against FOLDER    and another one, in turns, with the same Python

Seconds of processor time, which other work on the machine changes least, and of the clock; the least of some runs.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the processor, and on the clock."""

    processor: float
    clock: float


def cost(checkout: Path, arguments: list[str], caches: Path) -> Cost:
    """One run of the program of this checkout, with compiled modules and rulebooks kept from run to run."""
    environment = os.environ | {
        "PYTHONPATH": str(checkout / "src"),
        "PYTHONPYCACHEPREFIX": str(caches / "modules"),
        "XDG_CACHE_HOME": str(caches),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "matcher.cli", *arguments],
        cwd=checkout,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(used, time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--against", type=Path, help="another checkout of this repository")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    checkouts = [ROOT, *([asked.against.resolve()] if asked.against else [])]
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder, "one.csv")
        with (ROOT / "fixtures" / "patients.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[:2]
        with one.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        match = ["match", str(one), "--as-of", "2026-01-15", "--out", str(Path(folder, "out"))]
        print(f"{'command':<20}{'checkout':<12}{'processor':>10}{'clock':>8}")
        for name, arguments in (
            ("--version", ["--version"]),
            ("--help", ["--help"]),
            ("rules list", ["rules", "list"]),
            ("match, one patient", match),
        ):
            found: dict[Path, list[Cost]] = {each: [] for each in checkouts}
            for _ in range(asked.runs + 1):
                for each in checkouts:
                    found[each].append(cost(each, arguments, Path(folder, f"caches-{checkouts.index(each)}")))
            for each, costs in found.items():
                kept = costs[1:]
                least = Cost(min(one.processor for one in kept), min(one.clock for one in kept))
                where = "this" if each == ROOT else "other"
                print(f"{name:<20}{where:<12}{least.processor:>9.2f}s{least.clock:>7.2f}s")


if __name__ == "__main__":
    main()
