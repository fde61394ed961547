"""Changes one limit, unit or polarity of a rule at a time, and says whether the rule's own cases notice.

A mutation is killed when a case of its file fails, or the file no longer loads. ``--most`` bounds the run; the places
are then drawn evenly from all of them. Exit 1 where fewer than ``--least`` percent are killed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from matcher.cases.run import read_cases, run_cases
from matcher.rulebook.load import check_rulebook

ROOT = Path(__file__).resolve().parent.parent
_LIMIT = re.compile(
    r"\b(at_least|at_most|above|below|is|percent_positive|intensity_at_least): (\{at_least: )?(\d+(?:\.\d+)?)"
)
# Both ends of a closed range, and how old or how long ago something may be.
_ENDS = re.compile(r"\bbetween: \[(\d+(?:\.\d+)?)[^,\]]*, (\d+(?:\.\d+)?)[^\]]*\]|\bwithin: (\d+(?:\.\d+)?) ")
_SWAPPED = {"at_least": "above", "at_most": "below", "above": "at_least", "below": "at_most"}
_UNITS = {
    "days": "weeks",
    "weeks": "days",
    "months": "weeks",
    "years": "months",
    "g/dL": "g/L",
    "mg/dL": "umol/L",
}
_POLARITY = (
    (re.compile(r"\{not: (\{.*\})\}"), r"\1"),
    (re.compile(r"^(\s+)any:$"), r"\1all:"),
    (re.compile(r"^(\s+)all:$"), r"\1any:"),
    (re.compile(r": true\}"), ": false}"),
    (re.compile(r": false\}"), ": true}"),
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One changed line of one rule file."""

    file: Path
    line: int
    before: str
    after: str


def mutations(file: Path) -> Iterator[Mutation]:
    """Every single change of a rule's criteria and rows; evidence and prose are left alone."""
    inside = False
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        if re.match(r"[a-z]", line):
            inside = line.split(":")[0] in (
                "inclusion",
                "exclusion",
                "cautions",
                "cohorts",
                "table",
                "count",
                "applies_to",
                "versions",
            )
        if (
            not inside
            or not re.search(r"[{\[]|any:|all:", line)
            or re.match(r"[\s-]+(text|note|assumption|printed|source|title|change|since):", line)
        ):
            continue
        for after in dict.fromkeys(_changed(line)):
            if after != line:
                yield Mutation(file, number, line, after)


def _changed(line: str) -> Iterator[str]:
    for found in _LIMIT.finditer(line):
        value = found[3]
        # A step that a measurement can show: a tenth of a count in the thousands, ten of Karnofsky.
        step = 0.1 if "." in value else float(value) / 10 if float(value) >= 1000 else 1.0
        step = 10.0 if "karnofsky" in line else step
        for sign in (1, -1):
            moved = f"{float(value) + sign * step:.10g}"
            yield line[: found.start(3)] + moved + line[found.end(3) :]
        if found[1] in _SWAPPED:
            yield line[: found.start(1)] + _SWAPPED[found[1]] + line[found.end(1) :]
    for found in _ENDS.finditer(line):
        for place in (1, 2, 3):
            if found[place] is not None:
                for sign in (1, -1):
                    moved = f"{float(found[place]) + sign:.10g}"
                    yield line[: found.start(place)] + moved + line[found.end(place) :]
    for unit, other in _UNITS.items():
        yield re.sub(rf"(?<=\d ){re.escape(unit)}(?![\w/])", other, line, count=1)
    for pattern, instead in _POLARITY:
        yield pattern.sub(instead, line, count=1)


def killed(mutation: Mutation, rules: Path) -> bool:
    """Whether the cases beside the rule fail, or the rule cannot be read."""
    target = rules / mutation.file.relative_to(ROOT / "rules")
    held = target.exists()
    target.parent.mkdir(exist_ok=True)
    written = mutation.file.read_text(encoding="utf-8")
    cases_file = mutation.file.with_name(f"{mutation.file.stem}.cases.yaml")
    shutil.copy(cases_file, target.with_name(cases_file.name))
    lines = written.split("\n")
    lines[mutation.line] = mutation.after
    target.write_text("\n".join(lines), encoding="utf-8")
    try:
        loaded = check_rulebook(rules)
        if loaded.errors or loaded.rulebook is None:
            return True
        cases, problems = read_cases(loaded.rulebook, target.parent)
        own = [each for each in cases if Path(each.marked.file).name == cases_file.name]
        return bool(problems) or any(each.failures for each in run_cases(loaded.rulebook, own))
    finally:
        if held:
            target.write_text(written, encoding="utf-8")
        else:
            target.unlink()
            target.with_name(cases_file.name).unlink()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", help="of these rules alone, such as NCT04577326")
    asked.add_argument("--most", type=int, default=300, help="how many mutations to try")
    asked.add_argument("--least", type=float, default=95.0, help="the percentage that has to be killed")
    options = asked.parse_args()
    files = [
        each
        for folder in ("trials", "regimens", "derivations")
        for each in sorted((ROOT / "rules" / folder).glob("*.yaml"))
        if not each.name.endswith(".cases.yaml") and (not options.names or each.stem in options.names)
    ]
    every = [mutation for file in files for mutation in mutations(file)]
    step = max(1.0, len(every) / options.most)
    chosen = [every[int(number * step)] for number in range(min(len(every), options.most))]
    survivors: list[Mutation] = []
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules"
        # The lists and derived facts that a rule reads, and one rule at a time.
        for part in ("lists", "derivations"):
            shutil.copytree(ROOT / "rules" / part, rules / part)
        for part in ("ranking.yaml", "progressed_on_own_agents.yaml"):
            shutil.copy(ROOT / "rules" / part, rules / part)
        survivors = [each for each in chosen if not killed(each, rules)]
    for each in survivors:
        name = each.file.relative_to(ROOT).as_posix()
        print(f"survived  {name}:{each.line + 1}  {each.before.strip()}  ->  {each.after.strip()}")
    share = 100.0 * (len(chosen) - len(survivors)) / max(1, len(chosen))
    print(f"{len(chosen)} of {len(every)} mutations, {len(chosen) - len(survivors)} killed: {share:.1f} %")
    return 0 if share >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
