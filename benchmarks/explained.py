"""A coordinator's list, explained with every reason: time, bytes and memory, beside another checkout of this program.

    python benchmarks/explained.py [--patients 300] [--turns 3] [--against DIR] [--workers 1]

`matcher match extract.csv` as a command of its own, on the extract that `benchmarks/extract.py` draws. With
`--against` the two checkouts take turns, so that what else the machine does touches both, and the ratios are this one's
against the other's. CPU is that of the command: one process unless asked otherwise, because a run does not wait for
its workers to end, and what those took is then counted by nobody. *Less the start* leaves out what a run of one
patient takes, which is mostly imports and the rulebook.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from measure import ROOT, clock, megabytes, python, watch

_FILES = ("explanations.jsonl", "rulebook.json", "matches.csv", "report.html")


@dataclass(frozen=True, slots=True)
class Turn:
    """One run: seconds on the wall and of the processors."""

    wall: float
    cpu: float


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--against", type=Path, metavar="DIR", help="another checkout")
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    checkouts = {"this": ROOT, **({"other": asked.against.resolve()} if asked.against else {})}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        extract, one = folder / "extract.csv", folder / "one.csv"
        clock(python(ROOT / "benchmarks" / "extract.py", str(asked.patients), extract))
        one.write_text("".join(extract.read_text("utf-8").splitlines(keepends=True)[:2]), "utf-8")
        many: dict[str, list[Turn]] = {each: [] for each in checkouts}
        start: dict[str, list[Turn]] = {each: [] for each in checkouts}
        for _ in range(asked.turns):
            for each, root in checkouts.items():
                many[each].append(_turn(root, extract, folder / each, asked.workers))
                start[each].append(_turn(root, one, folder / f"{each}-one", asked.workers))
        figures = {each: _figures(many[each], start[each], folder / each) for each in checkouts}
        peaks = {
            each: watch(_command(extract, folder / each, asked.workers), **_seeing(root)).peak
            for each, root in checkouts.items()
        }
    for name, value in figures["this"].items():
        beside = figures["other"].get(name, 0.0) if asked.against else 0.0
        told = f"{value:,.2f}" + (f" against {beside:,.2f}: {value / beside:.3f}" if beside else "")
        print(f"  {name:<28}{told}")
    print(f"  {'peak memory':<28}{', '.join(f'{each} {megabytes(peak)}' for each, peak in peaks.items())}")
    return 0


def _figures(many: list[Turn], start: list[Turn], out: Path) -> dict[str, float]:
    wall, cpu = median(each.wall for each in many), median(each.cpu for each in many)
    sizes = {name: (out / name).stat().st_size / 1e6 for name in _FILES if (out / name).exists()}
    explained = sum(sizes.get(name, 0.0) for name in _FILES[:2])
    return {
        "seconds": wall,
        "CPU seconds": cpu,
        "CPU seconds of one patient": median(each.cpu for each in start),
        "CPU seconds less the start": cpu - median(each.cpu for each in start),
        **{f"{name}, MB": size for name, size in sizes.items()},
        "explanations, MB": explained,
        "explanations and page, MB": explained + sizes["report.html"],
    }


def _turn(root: Path, patients: Path, out: Path, workers: int) -> Turn:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = clock(_command(patients, out, workers), **_seeing(root))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Turn(ended.seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _command(patients: Path, out: Path, workers: int) -> list[str | Path]:
    asked = ["--as-of", "2026-01-15", "--quiet", "--explanations", "--workers", str(workers)]
    return python("-m", "matcher.cli", "match", patients, "--out", out, *asked)


def _seeing(root: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(root / "src")}


if __name__ == "__main__":
    raise SystemExit(main())
