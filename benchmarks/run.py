"""Every benchmark, one after the other: ``python benchmarks/run.py [--scale full|quick|tiny] [--only NAME] [--keep]``.

``--keep`` writes the account to ``benchmarks/last_run.json``, from which the page of performance figures is made.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path

from measure import FULL, SCALES, Scale, Section, machine
from report import LAST_RUN
from workload import SEED

#: modules of this folder, each with a function ``measure``
BENCHMARKS = ("kernel", "large", "scaling", "end_to_end", "cluster")


def run(scale: Scale, names: Sequence[str] = BENCHMARKS) -> dict[str, object]:
    sections = []
    for name in names:
        print(f"{name}, {scale.name}", flush=True)
        begin = time.perf_counter()
        section: Section = importlib.import_module(name).measure(scale)
        section.note(f"This took {time.perf_counter() - begin:,.0f} s.")
        sections.append(section.as_json())
    return {
        "day": datetime.now(timezone.utc).date().isoformat(),  # noqa: UP017, TID251  the border
        "scale": scale.name,
        "seed": SEED,
        "machine": machine(),
        "sections": sections,
    }


def alone(measure: Callable[[Scale], Section], about: str | None) -> int:
    """A benchmark by itself: its figures are printed and nothing is written."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--scale", choices=SCALES, default="full")
    measure(SCALES[parser.parse_args().scale])
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", choices=SCALES, default="full")
    parser.add_argument("--only", action="append", choices=BENCHMARKS)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--to", type=Path, default=LAST_RUN, help="where --keep writes")
    options = parser.parse_args(arguments)
    scale = SCALES[options.scale]
    # Starting Spark twice takes longer than all the rest of a short run.
    names = options.only or [each for each in BENCHMARKS if scale == FULL or each != "cluster"]
    account = run(scale, names)
    missed = [each for section in account["sections"] for each in section["ratios"] if not _met(each)]  # type: ignore[attr-defined]
    for each in missed:
        print(f"missed: {each['what']}: {each['value']:,.3g}, target {each['target']:g}")
    if options.keep:
        options.to.write_text(json.dumps(account, indent=1) + "\n", encoding="utf-8")
    return 0


def _met(ratio: dict[str, float]) -> bool:
    return ratio["value"] <= ratio["target"] if ratio["at_most"] else ratio["value"] >= ratio["target"]


if __name__ == "__main__":
    raise SystemExit(main())
