"""Spark in local mode with one and with two executor threads, on the same Parquet-writing run."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path

from measure import ROOT, Scale, Section, clock, megabytes, python, watch
from run import alone


def measure(scale: Scale) -> Section:
    section = Section(
        "cluster",
        "Spark",
        "`matcher match extract.csv --engine spark --master local[N] --top 5 --format parquet --no-explanations`. On one "
        "machine the threads of Spark share its cores with Java and Python, so this shows what the way costs, not what a "
        "cluster gains.",
        ("master", "rows", "time", "patients/s", "peak memory"),
    )
    offered = clock(python("-m", "matcher.cli", "match", "--help")).output
    if find_spec("pyspark") is None or "--master" not in offered:
        section.note("Left out: PySpark, or `matcher match --master`, is not here.")
        return section
    seconds: list[float] = []
    rows = max(scale.rows // 10, 1)
    with tempfile.TemporaryDirectory() as name:
        extract = Path(name) / "extract.csv"
        clock(python(ROOT / "benchmarks" / "extract.py", str(rows), extract))
        for executors in (1, 2):
            asked = [
                "--engine",
                "spark",
                "--master",
                f"local[{executors}]",
                "--as-of",
                "2026-01-15",
                "--top",
                "5",
            ]
            asked += [
                "--format",
                "parquet",
                "--no-explanations",
                "--quiet",
                "--out",
                f"{name}/out-{executors}",
            ]
            match = python("-m", "matcher.cli", "match", extract, *asked)
            peak = watch(match).peak
            seconds.append(clock(match).seconds)
            section.row(
                f"local[{executors}]",
                f"{rows:,}",
                f"{seconds[-1]:,.1f} s",
                f"{rows / seconds[-1]:,.0f}",
                megabytes(peak),
            )
    section.note(f"Two executors took {seconds[1] / seconds[0]:.2f} times as long as one.")
    return section


if __name__ == "__main__":
    raise SystemExit(alone(measure, __doc__))
