"""The same trials written for Polars, DuckDB, zen-engine, rule-engine, durable-rules, and by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_
from typing import Any, TypeAlias

import duckdb
import polars as pl
import rule_engine
import zen
from workload import HISTOLOGIES, Bools, Facts, Trial, given_values, graph

from matcher.domain.profile import Profile
from matcher.domain.verdict import Verdict
from matcher.engines.base import Clock, Finding
from matcher.engines.durable import DurableEngine
from matcher.features.kind import Feature

#: how many patients meet a trial, do not, and are unknown; -1 where a system does not say
Counts: TypeAlias = tuple[int, int, int]
Run: TypeAlias = Callable[[], list[Counts]]
WHOLE = ("ecog", "age", "mesothelin", "platelets")


def met_and_not_met(held: Facts, trial: Trial) -> tuple[Bools, Bools]:
    """Three-valued logic on whole arrays."""
    n, missing = held.numbers, held.missing
    atoms = [
        (n["ecog"] <= trial.ecog, missing["ecog"]),
        (n["age"] >= trial.age, missing["age"]),
        (n["mesothelin"] >= trial.mesothelin, missing["mesothelin"]),
        (n["haemoglobin"] >= trial.haemoglobin, missing["haemoglobin"]),
        (n["platelets"] >= trial.platelets, missing["platelets"]),
        (n["platinum"] == 1, missing["platinum"]),
        (
            (n["histology"] == trial.histologies[0]) | (n["histology"] == trial.histologies[1]),
            missing["histology"],
        ),
    ]
    naive = [(n[each] == 0, missing[each]) for each in ("platinum", "checkpoint")]
    some = reduce(lambda a, b: a | b, [value & ~unknown for value, unknown in naive])
    none = reduce(and_, [~value & ~unknown for value, unknown in naive])
    met = reduce(and_, [value & ~unknown for value, unknown in atoms]) & some
    ruled_out = reduce(lambda a, b: a | b, [~value & ~unknown for value, unknown in atoms]) | none
    return met, ruled_out


def table(held: Facts) -> pl.DataFrame:
    """The facts as a database would hold them: small integers, Booleans, an enumeration, and nulls."""
    names = pl.Series(HISTOLOGIES, dtype=pl.String)
    columns: dict[str, pl.Series] = {}
    for name, numbers in held.numbers.items():
        series = pl.Series(name, numbers)
        if name in WHOLE:
            series = series.cast(pl.Int16)
        elif name in ("platinum", "checkpoint"):
            series = series.cast(pl.Boolean)
        elif name == "histology":
            series = names.gather(series.cast(pl.UInt32)).cast(pl.Enum(list(HISTOLOGIES))).rename(name)
        columns[name] = series
    frame = pl.DataFrame(columns)
    unknown = pl.DataFrame({name: pl.Series(missing) for name, missing in held.missing.items()})
    return frame.select(
        pl.when(~unknown[name]).then(pl.col(name)).otherwise(None).alias(name) for name in frame.columns
    )


def _polars_expression(trial: Trial) -> pl.Expr:
    first, second = (HISTOLOGIES[each] for each in trial.histologies)
    return (
        (pl.col("ecog") <= trial.ecog)
        & (pl.col("age") >= trial.age)
        & (pl.col("mesothelin") >= trial.mesothelin)
        & (pl.col("haemoglobin") >= trial.haemoglobin)
        & (pl.col("platelets") >= trial.platelets)
        & pl.col("platinum")
        & ((pl.col("histology") == first) | (pl.col("histology") == second))
        & (~pl.col("platinum") | ~pl.col("checkpoint"))
    )


def polars_columns(held: Facts, asked: Sequence[Trial]) -> Run:
    """One nullable Boolean column a trial, then counted: all verdicts are kept, as the planes are."""
    lazy = table(held).lazy()
    expressions = [_polars_expression(trial).alias(str(number)) for number, trial in enumerate(asked)]

    def run() -> list[Counts]:
        verdicts = lazy.select(expressions).collect()
        return [_counts(len(held), int(each.sum()), each.null_count()) for each in verdicts]

    return run


def polars_counts(held: Facts, asked: Sequence[Trial]) -> Run:
    """Only the counts leave the query."""
    lazy = table(held).lazy()
    expressions = [_polars_expression(trial) for trial in asked]
    wanted = [each.sum().alias(f"m{number}") for number, each in enumerate(expressions)]
    wanted += [each.null_count().alias(f"n{number}") for number, each in enumerate(expressions)]

    def run() -> list[Counts]:
        row = lazy.select(wanted).collect().row(0, named=True)
        return [_counts(len(held), row[f"m{each}"], row[f"n{each}"]) for each in range(len(asked))]

    return run


def _counts(patients: int, met: int, unknown: int) -> Counts:
    return met, patients - met - unknown, unknown


def duckdb_met(held: Facts, asked: Sequence[Trial]) -> Run:
    """One aggregate a trial: how many meet it. What is not met and what is unknown are not told apart."""
    connection = _patients_in_duckdb(held)
    wanted = ", ".join(f"sum(case when {_sql_condition(each)} then 1 else 0 end)" for each in asked)

    def run() -> list[Counts]:
        row = connection.execute(f"select {wanted} from patients").fetchone()  # noqa: S608  limits of ours
        assert row is not None
        return [(int(met), -1, -1) for met in row]

    return run


def _patients_in_duckdb(held: Facts) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    frame = table(held).with_columns(pl.col("histology").to_physical()).to_arrow()
    connection.register("arrow", frame)
    connection.execute("create table patients as select * from arrow")
    return connection


def duckdb_counts(held: Facts, asked: Sequence[Trial]) -> Run:
    """One query, two aggregates a trial: ``sum(case ...)`` and how many are known."""
    connection = _patients_in_duckdb(held)
    wanted = ", ".join(
        f"sum(case when {each} then 1 else 0 end), count({each})" for each in map(_sql_condition, asked)
    )

    def run() -> list[Counts]:
        row = connection.execute(f"select {wanted} from patients").fetchone()  # noqa: S608  limits of ours
        assert row is not None
        pairs = zip(row[::2], row[1::2], strict=True)
        return [_counts(len(held), int(met), len(held) - int(known)) for met, known in pairs]

    return run


def _sql_condition(trial: Trial) -> str:
    first, second = trial.histologies
    return (
        f"(ecog <= {trial.ecog} and age >= {trial.age} and mesothelin >= {trial.mesothelin} "
        f"and haemoglobin >= {trial.haemoglobin} and platelets >= {trial.platelets} and platinum "
        f"and (histology = {first} or histology = {second}) and (not platinum or not checkpoint))"
    )


def _rows(held: Facts) -> list[dict[str, Any]]:
    return table(held).to_dicts()


def zen_engine(held: Facts, asked: Sequence[Trial]) -> Run:
    """Compiled expressions, one call a pair: 2 met, 1 unknown, 0 not met, as the least of nine."""
    rows = _rows(held)

    def atom(name: str, test: str) -> str:
        return f"({name} == null ? 1 : ({test} ? 2 : 0))"

    def expression(trial: Trial) -> Any:
        first, second = (HISTOLOGIES[each] for each in trial.histologies)
        naive = ", ".join(atom(each, f"not {each}") for each in ("platinum", "checkpoint"))
        atoms = [
            atom("ecog", f"ecog <= {trial.ecog}"),
            atom("age", f"age >= {trial.age}"),
            atom("mesothelin", f"mesothelin >= {trial.mesothelin}"),
            atom("haemoglobin", f"haemoglobin >= {trial.haemoglobin}"),
            atom("platelets", f"platelets >= {trial.platelets}"),
            atom("platinum", "platinum"),
            atom("histology", f'histology == "{first}" or histology == "{second}"'),
            f"max([{naive}])",
        ]
        return zen.compile_expression(f"min([{', '.join(atoms)}])")

    compiled = [expression(trial) for trial in asked]

    def run() -> list[Counts]:
        found: list[Counts] = []
        for each in compiled:
            verdicts = [int(each.evaluate(row)) for row in rows]
            found.append((verdicts.count(2), verdicts.count(0), verdicts.count(1)))
        return found

    return run


def python_by_hand(held: Facts, asked: Sequence[Trial]) -> Run:
    """A function a trial, three-valued, ruled out as early as it can be."""
    rows = [tuple(row.values()) for row in _rows(held)]

    def written(trial: Trial) -> Callable[[tuple[Any, ...]], int]:
        ecog_limit, age_limit, mesothelin_limit = trial.ecog, trial.age, trial.mesothelin
        haemoglobin_limit, platelets_limit = trial.haemoglobin, trial.platelets
        wanted = {HISTOLOGIES[each] for each in trial.histologies}

        def verdict(row: tuple[Any, ...]) -> int:
            ecog, age, histology, mesothelin, platinum, checkpoint, haemoglobin, platelets = row
            if (
                (ecog is not None and ecog > ecog_limit)
                or (age is not None and age < age_limit)
                or (mesothelin is not None and mesothelin < mesothelin_limit)
                or (haemoglobin is not None and haemoglobin < haemoglobin_limit)
                or (platelets is not None and platelets < platelets_limit)
                or platinum is False
                or (histology is not None and histology not in wanted)
                or (platinum is True and checkpoint is True)
            ):
                return 0
            return (
                1 if None in row[:5] or haemoglobin is None or platelets is None or checkpoint is None else 2
            )

        return verdict

    functions = [written(trial) for trial in asked]

    def run() -> list[Counts]:
        found: list[Counts] = []
        for each in functions:
            verdicts = [each(row) for row in rows]
            found.append((verdicts.count(2), verdicts.count(0), verdicts.count(1)))
        return found

    return run


def rule_engine_rules(held: Facts, asked: Sequence[Trial]) -> Run:
    """Two compiled rules a trial, one for met and one for ruled out: its logic has two values."""
    rows = _rows(held)

    def rules(trial: Trial) -> tuple[Any, Any]:
        first, second = (HISTOLOGIES[each] for each in trial.histologies)
        tests = {
            "ecog": f"ecog <= {trial.ecog}",
            "age": f"age >= {trial.age}",
            "mesothelin": f"mesothelin >= {trial.mesothelin}",
            "haemoglobin": f"haemoglobin >= {trial.haemoglobin}",
            "platelets": f"platelets >= {trial.platelets}",
            "platinum": "platinum == true",
            "histology": f'(histology == "{first}" or histology == "{second}")',
        }
        known = [f"({name} != null and {test})" for name, test in tests.items()]
        failed = [f"({name} != null and not ({test}))" for name, test in tests.items()]
        met = " and ".join([*known, "(platinum == false or checkpoint == false)"])
        out = " or ".join([*failed, "(platinum == true and checkpoint == true)"])
        return rule_engine.Rule(met), rule_engine.Rule(out)

    compiled = [rules(trial) for trial in asked]

    def run() -> list[Counts]:
        found: list[Counts] = []
        for met, out in compiled:
            sure = sum(met.matches(row) for row in rows)
            found.append(_counts(len(rows), sure, len(rows) - sure - sum(out.matches(row) for row in rows)))
        return found

    return run


def durable_rules(held: Facts, asked: Sequence[Trial]) -> Run:
    """The interactive engine: facts asserted patient by patient, verdicts chained from atoms to gates."""
    built, roots = graph(list(asked))
    values = given_values(held).values

    def find(feature: Feature, patient: Profile, _: Clock) -> Finding:
        column, place = values[feature], int(patient.id)
        return Finding(column.at(place), silent=bool(column.silent[place]))

    engine = DurableEngine(find)
    engine.prepare(built, roots=roots)
    patients = [Profile(str(place), date(2026, 1, 15)) for place in range(len(held))]

    def run() -> list[Counts]:
        # One after the other: these profiles hold nothing in which one could differ from the one before.
        tables = [engine.evaluate(built, (patient,), roots=roots) for patient in patients]
        verdicts = [Counter(table.verdict(root) for table in tables) for root in roots]
        return [(each[Verdict.MET], each[Verdict.NOT_MET], each[Verdict.UNKNOWN]) for each in verdicts]

    return run


@dataclass(frozen=True)
class Peer:
    """A system, how much of the work it is asked, and how many times as fast the columnar engine is to be."""

    name: str
    prepare: Callable[[Facts, Sequence[Trial]], Run]
    patients: int = 10**9
    trials: int = 10**9
    fast: bool = True
    target: float = 0.0


PEERS = (
    Peer("Polars, a Boolean column a trial", polars_columns, target=3),
    Peer("Polars, counts only", polars_counts),
    Peer("DuckDB, sum(case) and count", duckdb_counts, fast=False, target=15),
    Peer("DuckDB, sum(case), met only", duckdb_met, fast=False),
    Peer("Python by hand", python_by_hand, 20_000, 40, fast=False),
    Peer("zen-engine, compiled expressions", zen_engine, 5_000, 20, fast=False, target=1000),
    Peer("rule-engine, two rules a trial", rule_engine_rules, 500, 20, fast=False),
    Peer("durable-rules, chained", durable_rules, 50, 20, fast=False),
)
