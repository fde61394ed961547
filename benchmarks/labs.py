"""What laboratory values cost the columnar reader as a machine exports them, beside values as a person types them.

    python benchmarks/labs.py [--rows 20000] [--turns 3] [--against DIR]

The same patients with three laboratory values, rounded to one digit and with seven: a file of the second kind has
hardly two cells alike, so that nothing is saved by reading each distinct cell once. CPU seconds of reading alone, each
in a process of its own, taken in turns; with ``--against`` another checkout of this program reads the same files.
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import tempfile
from pathlib import Path
from statistics import median

from measure import ROOT, python

#: test, unit, lowest and highest value
_TESTS = (("haemoglobin", "g/dL", 8, 16), ("platelets", "10*9/L", 50, 400), ("creatinine", "umol/L", 50, 150))
_READING = """
import sys, time
from datetime import date
from pathlib import Path
from matcher.readers.frames import read_frames
from matcher.rulebook.load import load_rulebook
formulary = load_rulebook(Path(sys.argv[2])).formulary
began = time.process_time()
frames = read_frames(Path(sys.argv[1]), formulary=formulary, mapping=None, as_of=None, today=date(2026, 1, 20))
assert sum(len(frames.read(part).frame) for part in frames.parts(5000)) == int(sys.argv[3])
print(time.process_time() - began)
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--against", type=Path, metavar="DIR", help="another checkout")
    asked = parser.parse_args()
    checkouts = {"this": ROOT, **({"other": asked.against.resolve()} if asked.against else {})}
    with tempfile.TemporaryDirectory() as name:
        files = {digits: Path(name) / f"{digits}.csv" for digits in (1, 7)}
        for digits, file in files.items():
            _write(file, asked.rows, digits)
        spent: dict[tuple[str, int], list[float]] = {}
        for _ in range(asked.turns):
            for each, root in checkouts.items():
                for digits, file in files.items():
                    spent.setdefault((each, digits), []).append(_read(root, file, asked.rows))
    took = {key: median(turns) for key, turns in spent.items()}
    for each in checkouts:
        one, seven = took[each, 1], took[each, 7]
        print(f"  {each:<6} one digit {one:.2f} s, seven digits {seven:.2f} s: {seven / one:.2f}")
    if asked.against:
        for digits in files:
            print(
                f"  {digits} digits, this against other: {took['this', digits] / took['other', digits]:.3f}"
            )
    return 0


def _write(file: Path, rows: int, digits: int) -> None:
    drawn = random.Random(1)  # noqa: S311 -- values of nobody, the same in each run
    columns = [name for test, *_ in _TESTS for name in (test, f"{test}_unit")]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["patient_id", "as_of", "age", *columns, "labs_date"])
        for row in range(rows):
            cells = [
                each
                for _, unit, low, high in _TESTS
                for each in (round(drawn.uniform(low, high), digits), unit)
            ]
            day = f"2026-01-0{drawn.randint(1, 9)}"
            writer.writerow([f"P{row}", "2026-01-15", 60, *cells, day])


def _read(root: Path, file: Path, rows: int) -> float:
    command = python("-c", _READING, file, root / "rules", str(rows))
    environment = {"PYTHONPATH": str(root / "src"), "PATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)  # noqa: S603
    return float(done.stdout)


if __name__ == "__main__":
    raise SystemExit(main())
