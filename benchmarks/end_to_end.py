"""``matcher match`` on a wide CSV, as a user runs it, against Polars' own read and write: time, and memory by rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from measure import ROOT, Scale, Section, clock, megabytes, python, watch
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
_TURNS = 3


def measure(scale: Scale) -> Section:
    section = Section(
        "end_to_end",
        "End to end, and memory by rows",
        "`matcher match extract.csv --top 5 --format parquet --no-explanations` with the shipped rulebook, as a command "
        "of its own, on the extract that `benchmarks/extract.py` draws: reading, checking, matching, ranking, writing, "
        "and the report. Beside it: Polars reads the same CSV into a frame and writes a Parquet file of the same rows. "
        "The times are the middle of three turns; the peak is the resident memory of the command and its processes "
        "together, in a run of its own.",
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
    clock(python(ROOT / "benchmarks" / "extract.py", str(rows), extract))
    asked = ["--as-of", "2026-01-15", "--top", "5", "--format", "parquet", "--no-explanations", "--quiet"]
    match = python("-m", "matcher.cli", "match", extract, "--out", out, *asked)
    peak = watch(match).peak
    result = next(out.glob("*matches*.parquet"))
    polars = python("-c", _POLARS, extract, result, folder / "again.parquet")
    # They take turns, so that what else the machine does touches both.
    turns = [(clock(match).seconds, clock(polars).output.split()) for _ in range(_TURNS)]
    ours = median(each for each, _ in turns)
    theirs = median(float(said[0]) for _, said in turns)
    if int(turns[0][1][1]) != rows:
        raise SystemExit(f"Polars read {turns[0][1][1]} rows of {rows}")
    section.row(
        f"{rows:,}",
        megabytes(extract.stat().st_size),
        megabytes(result.stat().st_size),
        f"{ours:,.1f} s",
        f"{rows / ours:,.0f}",
        f"{theirs:,.2f} s",
        f"{ours / theirs:,.1f}",
        megabytes(peak),
    )
    if first:
        section.ratio("end to end against Polars' read and write", ours / theirs, 4, at_most=True)
    return peak


if __name__ == "__main__":
    raise SystemExit(alone(measure, __doc__))
