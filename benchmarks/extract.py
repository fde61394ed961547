"""An extract as a data warehouse would write it: the documented wide CSV, one row a patient.

    python benchmarks/extract.py ROWS out.csv [--seed N] [--odd SHARE]

Forty columns: demographics, performance status, diagnosis and TNM, seven laboratory values, a tumour marker, two
courses of therapy, lists. Facts are missing as they are in clinics. A share of the rows (1 %) has a cell that is not
plain: a range, a month, a brand name, a value nobody can have, a drug nobody knows. One identifier in 20,000 stands
there twice. Blocks of rows are drawn from the seed and their number, so memory does not grow with the rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

SEED = 20260115
BLOCK = 100_000
LAST_DAY = np.datetime64("2026-01-15")
AGENTS = (
    "cisplatin + pemetrexed",
    "carboplatin + pemetrexed",
    "carboplatin + pemetrexed + bevacizumab",
    "ipilimumab + nivolumab",
    "pembrolizumab",
    "nivolumab",
    "vinorelbine",
    "gemcitabine",
    "FLOT",
    "capecitabine + oxaliplatin",
    "paclitaxel + ramucirumab",
    "trastuzumab deruxtecan",
)
#: a column, its canonical unit, middle, spread, decimals, and how often it is missing
LABS = (
    ("haemoglobin", "g/dL", 11.8, 1.8, 1, 0.15),
    ("platelets", "10*9/L", 240, 80, 0, 0.15),
    ("anc", "10*9/L", 4.4, 1.8, 1, 0.2),
    ("creatinine", "mg/dL", 0.95, 0.3, 2, 0.15),
    ("bilirubin_total", "mg/dL", 0.7, 0.3, 1, 0.25),
    ("ast", "U/L", 30, 14, 0, 0.25),
    ("albumin", "g/dL", 3.8, 0.5, 1, 0.4),
)
LIMITS = {"bilirubin_total": "1.2", "ast": "40"}
#: cells that are not plain: readable, loosely stated, or not readable
ODD = {
    "ecog": ("0-1", "1 or 2", "7", "fully active"),
    "haemoglobin": (">=9", "118", "9.1 g/dL", "n/a", "10,2"),
    "platelets": ("<100", "245000", "80-100"),
    "diagnosis": ("mesothelioma", "C45.0", "PLMES"),
    "tnm_t": ("T2 or T3", "TX"),
    "therapy_1": ("cisplatinum + Alimta", "nivolumab or placebo", "oncoplatin", "trial drug"),
    "therapy_1_start": ("2024-05", "2024", "03/04/2025"),
    "therapy_1_end": ("2025-01", "2019-01-01"),
    "ecog_date": ("2025-12", "31.12.2025"),
    "histology": ("epithelial", "not stated", "epitheliod"),
    "age": ("212", "61 years"),
}


def block(number: int, rows: int, seed: int, odd: float) -> pl.DataFrame:
    """Rows of one block; the same for the same number, size and seed."""
    rng = np.random.default_rng((seed, number))

    def pick(choices: Sequence[str], missing: float, weights: Sequence[float] | None = None) -> pl.Series:
        shares = None if weights is None else np.array(weights) / sum(weights)
        places = rng.choice(len(choices), rows, p=shares).astype(np.int32)
        return blanked(pl.Series(choices).gather(pl.Series(places)), missing)

    def blanked(column: pl.Series, missing: float) -> pl.Series:
        return column.zip_with(pl.Series(rng.random(rows) >= missing), pl.Series([None], dtype=column.dtype))

    def days(days: npt.NDArray[np.datetime64], missing: float) -> pl.Series:
        return blanked(
            pl.Series(days.astype("datetime64[ms]")).cast(pl.Date).dt.to_string("%Y-%m-%d"), missing
        )

    def amount(middle: float, spread: float, decimals: int, missing: float, most: float = 1e6) -> pl.Series:
        drawn = np.round(np.clip(rng.normal(middle, spread, rows), middle / 10, most), decimals)
        column = pl.Series(drawn.astype(np.int64)) if decimals == 0 else pl.Series(drawn)
        return blanked(column.cast(pl.String), missing)

    first = number * BLOCK
    as_of = LAST_DAY - rng.integers(0, 60, rows)
    diagnosed = as_of - rng.integers(30, 1500, rows)
    columns = {
        "patient_id": "P" + pl.Series(np.arange(first, first + rows)).cast(pl.String).str.zfill(9),
        "as_of": days(as_of, 0),
        "age": amount(66, 9, 0, 0.01),
        "sex": pick(("male", "female"), 0.02),
        "ecog": pick(("0", "1", "2", "3"), 0.1, (3, 5, 2, 1)),
        "ecog_date": days(as_of - rng.integers(0, 40, rows), 0.15),
        "weight": amount(74, 13, 0, 0.2),
        "height": amount(170, 9, 0, 0.25),
        "diagnosis": pick(("PLMESO", "PEMESO", "NSCLC", "STAD", "GEJ"), 0.02, (6, 1, 3, 2, 1)),
        "diagnosis_date": days(diagnosed, 0.1),
        "histology": pick(("epithelioid", "biphasic", "sarcomatoid"), 0.15, (6, 2, 1)),
        "tnm_edition": pick(("8",), 0.3),
        "tnm_t": pick(("T1", "T2", "T3", "T4"), 0.3),
        "tnm_n": pick(("N0", "N1", "N2"), 0.3),
        "tnm_m": pick(("M0", "M1"), 0.3, (4, 1)),
        "extent": pick(("localised", "locally_advanced", "metastatic"), 0.2),
        "measurable_disease": pick(("yes", "no"), 0.4, (3, 1)),
        "labs_date": days(as_of - rng.integers(0, 30, rows), 0.05),
    }
    for name, unit, middle, spread, decimals, missing in LABS:
        columns[name] = value = amount(middle, spread, decimals, missing)
        columns[f"{name}_unit"] = _beside(value, unit)
        if name in LIMITS:
            columns[f"{name}_uln"] = _beside(value, LIMITS[name])
    columns["mesothelin_percent"] = percent = amount(45, 30, 0, 0.5, most=100)
    columns["mesothelin_method"] = _beside(percent, "ihc")
    begun = diagnosed + rng.integers(10, 60, rows)
    for course in ("therapy_1", "therapy_2"):
        agents = pick(AGENTS, 0.2 if course == "therapy_1" else 0.5)
        columns[course] = agents = agents.zip_with(pl.Series(begun < as_of), _nothing())
        ended = begun + rng.integers(40, 200, rows)
        for name, day in (("start", begun), ("end", ended)):
            column = days(day, 0.1)
            columns[f"{course}_{name}"] = column.zip_with(agents.is_not_null(), _nothing())
        begun = ended + rng.integers(20, 200, rows)
    response = pick(("partial response", "stable disease", "progressive disease"), 0.3)
    columns["therapy_1_response"] = response.zip_with(columns["therapy_1"].is_not_null(), _nothing())
    columns["complete"] = pick(("therapies", "therapies; conditions", "conditions"), 0.4)
    columns["conditions_absent"] = pick(("hiv; hepatitis_b; hepatitis_c", "cns_disease", "hiv"), 0.5)
    return _with_oddities(pl.DataFrame(columns), rng, odd)


def _with_oddities(frame: pl.DataFrame, rng: np.random.Generator, odd: float) -> pl.DataFrame:
    names = tuple(ODD)
    chosen = np.flatnonzero(rng.random(len(frame)) < odd)
    where = rng.integers(0, len(names), len(chosen))
    for number, name in enumerate(names):
        rows = chosen[where == number]
        texts = [ODD[name][place] for place in rng.integers(0, len(ODD[name]), len(rows))]
        frame = frame.with_columns(frame[name].scatter(rows, texts))
    again = np.flatnonzero(rng.random(len(frame)) < 1 / 20_000)
    again = again[again > 0]
    return frame.with_columns(frame["patient_id"].scatter(again, frame["patient_id"].gather(again - 1)))


def _beside(column: pl.Series, text: str) -> pl.Series:
    return pl.Series([text]).new_from_index(0, len(column)).zip_with(column.is_not_null(), _nothing())


def _nothing() -> pl.Series:
    return pl.Series([None], dtype=pl.String)


def write(rows: int, path: Path, seed: int = SEED, odd: float = 0.01) -> None:
    """The extract as one CSV file, or as Parquet where the name ends so."""
    sizes = [min(BLOCK, rows - first) for first in range(0, rows, BLOCK)]
    blocks = (block(number, size, seed, odd) for number, size in enumerate(sizes))
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        schema = block(0, 1, seed, odd).to_arrow().schema
        with pq.ParquetWriter(path, schema) as writer:
            for each in blocks:
                writer.write_table(each.to_arrow().cast(schema))
        return
    with path.open("wb") as stream:
        for number, each in enumerate(blocks):
            each.write_csv(stream, include_header=number == 0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--odd", type=float, default=0.01, help="share of the rows with a cell that is not plain"
    )
    given = parser.parse_args()
    write(given.rows, given.path, given.seed, given.odd)


if __name__ == "__main__":
    main()
