"""How many questions settle the top five candidates: the next best one first, against the order of the form.

Each synthetic patient is a complete record that answers what it is asked. The top five trials and the top five
regimens that are not ruled out are settled when they and their standings are those of the whole record, and
stay so whatever else is asked. What the record does not hold is answered "not known", in every order alike.

    python benchmarks/questions.py [--seeds N] [--patients FILTER]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import mean, median
from typing import Any, TypeAlias

import yaml

from matcher.explanation.asking import TOP
from matcher.explanation.effort import Effort
from matcher.service import Matcher, open_rulebook
from matcher.service.intake.desk import Desk
from matcher.service.intake.oracle import Oracle, unit_of
from matcher.service.intake.upload import answers_of
from matcher.standing.standing import StandingKind

ROOT = Path(__file__).resolve().parent.parent
AS_OF = date(2026, 1, 15)
Top: TypeAlias = frozenset[tuple[str, str]]
Order: TypeAlias = Callable[["Intake"], str | None]


@dataclass
class Intake:
    """One simulated intake: what was asked so far."""

    desk: Desk
    oracle: Oracle
    as_of: date
    answers: dict[str, Any]
    left: list[str]

    def top(self) -> Top:
        return top_of(self.desk, self.answers, self.as_of)

    def ask(self, unit: str) -> None:
        self.left.remove(unit)
        self.answers |= self.oracle.tell(unit)

    def best(self) -> str | None:
        """The unit of the next best question that was not asked yet."""
        taken = self.desk.take(self.answers, self.as_of)
        table = self.desk.evaluate(taken.profile)
        ranked = self.desk.ranked(table)
        for each in self.desk.chooser.choose(ranked, table, taken.profile, self.answers, 200):
            found = self.desk.form.find(each.field)
            assert found is not None
            unit = unit_of(found)
            if unit in self.left:
                return unit
        return None


def top_of(desk: Desk, answers: Mapping[str, Any], as_of: date) -> Top:
    table = desk.evaluate(desk.take(answers, as_of).profile)
    return frozenset(
        (each.standing.candidate.id, each.standing.kind.value)
        for each in desk.ranked(table)
        if each.rank <= TOP and each.standing.kind is not StandingKind.INELIGIBLE
    )


def patients() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for line in (ROOT / "fixtures" / "profiles.jsonl").read_text(encoding="utf-8").splitlines():
        wire = json.loads(line)
        yield str(wire.get("id", "without id")), wire
    for path in sorted((ROOT / "tests" / "functional" / "stories").glob("*.yaml")):
        story = yaml.safe_load(path.read_text(encoding="utf-8"))
        wire = json.loads(json.dumps({**story["patient"], "as_of": story["as_of"]}, default=str))
        yield path.stem, wire


def run(desk: Desk, wire: Mapping[str, Any], order: Order) -> tuple[int, int, list[str]]:
    """Questions and effort until the top is settled for good, and what was asked."""
    formulary = desk.matcher.rulebook.formulary
    oracle = Oracle(desk.form, formulary, answers_of(desk.form, wire, formulary.lookup))
    as_of = date.fromisoformat(str(wire.get("as_of") or AS_OF))
    intake = Intake(desk, oracle, as_of, {}, list(oracle.units()))
    asked: list[str] = []
    tops = [intake.top()]
    while intake.left and (unit := order(intake)) is not None:
        intake.ask(unit)
        asked.append(unit)
        tops.append(intake.top())
    everything = dict(intake.answers)
    for unit in intake.left:
        everything |= oracle.tell(unit)
    final = top_of(desk, everything, as_of)
    if tops[-1] != final:
        # Whoever stops asking before the end is settled goes on with the form.
        for unit in list(intake.left):
            intake.ask(unit)
            asked.append(unit)
            tops.append(intake.top())
    settled = max((number + 1 for number, each in enumerate(tops) if each != final), default=0)
    return settled, sum(effort(desk, each) for each in asked[:settled]), asked


def effort(desk: Desk, unit: str) -> int:
    found = desk.form.find(unit)
    return int(found.effort if found is not None else Effort.ASK)


def by_form(intake: Intake) -> str | None:
    return intake.left[0]


def by_chance(seed: int) -> Order:
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    return lambda intake: chance.choice(intake.left)


def by_value(intake: Intake) -> str | None:
    return intake.best()


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many random orders for each patient")
    parser.add_argument("--patients", default="", help="only those whose name contains this")
    parser.add_argument("--trace", action="store_true", help="print what was asked")
    given = parser.parse_args(arguments)
    desk = Desk(Matcher(open_rulebook()))
    table: dict[str, list[tuple[float, float]]] = {"next best": [], "form": [], "random": []}
    print(f"{'patient':40} {'next best':>10} {'form':>6} {'random':>7}   questions until settled")
    for name, wire in patients():
        if given.patients not in name:
            continue
        best = run(desk, wire, by_value)
        form = run(desk, wire, by_form)
        chance = [run(desk, wire, by_chance(seed)) for seed in range(given.seeds)]
        spread = (mean(each[0] for each in chance), mean(each[1] for each in chance))
        table["next best"].append(best[:2])
        table["form"].append(form[:2])
        table["random"].append(spread)
        print(f"{name:40} {best[0]:10} {form[0]:6} {spread[0]:7.1f}", flush=True)
        if given.trace:
            print("   ", ", ".join(best[2][: best[0]]))
    questions = len(Oracle(desk.form, desk.matcher.rulebook.formulary, {}).units())
    print(
        f"\n{len(table['form'])} patients, {questions} questions in the form, top {TOP} trials and regimens"
    )
    print(f"{'order':12} {'mean':>6} {'median':>7} {'most':>5} {'mean effort':>12}")
    for order, counts in table.items():
        asked, costs = [each[0] for each in counts], [each[1] for each in counts]
        print(f"{order:12} {mean(asked):6.1f} {median(asked):7.1f} {max(asked):5.0f} {mean(costs):12.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
