"""``matcher match`` on a wide CSV, as a user runs it, against Polars' own read and write: time, and memory by rows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from measure import ROOT, Scale, Section, megabytes, python, watch
from run import alone

#: what Polars has to do with the same bytes: read the CSV, write a Parquet file of the size of the result
_POLARS = """
import sys, time, polars as pl
result = pl.read_parquet(sys.argv[2])
begin = time.perf_counter()
read = pl.read_csv(sys.argv[1], infer_schema=False)
result.write_parquet(sys.argv[3])
print(time.perf_counter() - begin, len(read), len(read.columns))
"""
_MOST_MEMORY = 1.5e9


def measure(scale: Scale) -> Section:
    section = Section(
        "end_to_end",
        "End to end, and memory by rows",
        "`matcher match extract.csv --top 5 --format parquet --no-explanations` with the shipped rulebook, as a command "
        "of its own, on the extract that `benchmarks/extract.py` draws: reading, checking, matching, ranking, writing, "
        "and the report. Beside it: Polars reads the same CSV into a frame and writes a Parquet file of the same rows. "
        "The peak is the resident memory of the command and its processes together.",
        ("rows", "CSV", "result", "matcher", "patients/s", "Polars", "times as long", "peak memory"),
    )
    peaks: list[int] = []
    for rows in (scale.rows, 2 * scale.rows):
        with tempfile.TemporaryDirectory() as name:
            peaks.append(_measure_rows(section, Path(name), rows, first=rows == scale.rows))
    section.ratio("peak memory of the first, in GB", peaks[0] / 1e9, _MOST_MEMORY / 1e9, at_most=True)
    section.ratio("peak memory, twice the rows against once", peaks[1] / peaks[0], 1.2, at_most=True)
    return section


def _measure_rows(section: Section, folder: Path, rows: int, *, first: bool) -> int:
    extract, out = folder / "extract.csv", folder / "out"
    watch(python(ROOT / "benchmarks" / "extract.py", str(rows), extract))
    asked = ["--as-of", "2026-01-15", "--top", "5", "--format", "parquet", "--no-explanations", "--quiet"]
    run = watch(python("-m", "matcher.cli", "match", extract, "--out", out, *asked))
    result = next(out.glob("*matches*.parquet"))
    polars = watch(python("-c", _POLARS, extract, result, folder / "again.parquet")).output.split()
    seconds = float(polars[0])
    if int(polars[1]) != rows:
        raise SystemExit(f"Polars read {polars[1]} rows of {rows}")
    section.row(
        f"{rows:,}",
        megabytes(extract.stat().st_size),
        megabytes(result.stat().st_size),
        f"{run.seconds:,.1f} s",
        f"{rows / run.seconds:,.0f}",
        f"{seconds:,.2f} s",
        f"{run.seconds / seconds:,.1f}",
        megabytes(run.peak),
    )
    if first:
        section.ratio("end to end against Polars' read and write", run.seconds / seconds, 4, at_most=True)
    return run.peak


if __name__ == "__main__":
    raise SystemExit(alone(measure, __doc__))
