"""The same patients, matched by two checkouts with the same rules: which verdicts of criteria became others.

    python scripts/changed_verdicts.py BEFORE PATIENTS [--mapping FILE] [--rules FOLDER] [--as-of DAY]

``BEFORE`` is a checkout of an older commit (``git worktree add ../before COMMIT``). Both read the rules of
``--rules``, those of the older checkout where none are named, so that reading is compared and not the rules. Each
kind of change is a criterion with the verdict before and after, how many patients it has, and one of them with the
facts that were read otherwise. Lines with ``!`` became more definite, or definite in another way: each of these needs
a statement in the record. The identifiers and facts of patients are printed: for a terminal, not for a repository.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
UNKNOWN = "unknown"
#: a patient's verdict of each criterion, and the possible values of each fact that any of them asks for
Answer: TypeAlias = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which a verdict changed."""

    criterion: str
    before: str
    after: str

    @property
    def more_definite(self) -> bool:
        return self.after not in (UNKNOWN, self.before)

    def __str__(self) -> str:
        return f"{'!' if self.more_definite else ' '} {self.before} -> {self.after}  {self.criterion}"


@dataclass(slots=True)
class Changes:
    """Every kind of change with its patients; the first is the example, with its facts before and after."""

    patients: dict[Kind, list[str]] = field(default_factory=dict)
    examples: dict[Kind, list[str]] = field(default_factory=dict)
    facts: Counter[str] = field(default_factory=Counter)
    fact_examples: dict[str, str] = field(default_factory=dict)
    verdicts: int = 0

    def lines(self) -> Iterator[str]:
        """Those that became more definite first, then the most frequent."""
        for kind in sorted(
            self.patients, key=lambda each: (not each.more_definite, -len(self.patients[each]))
        ):
            patients = self.patients[kind]
            yield f"{len(patients):6} {kind}; {patients[0]}"
            yield from (f"          {each}" for each in self.examples[kind])
        for fact, number in self.facts.most_common():
            yield f"{number:6} read otherwise: {fact}; {self.fact_examples[fact]}"
        definite = sum(len(patients) for kind, patients in self.patients.items() if kind.more_definite)
        changed = sum(map(len, self.patients.values()))
        yield f"{changed} of {self.verdicts} verdicts changed, {definite} of them to a definite one"


def otherwise(before: Answer, after: Answer, fact: str) -> str:
    """A fact before and after; of long sets of codes only those that are gone and those that came."""
    one, other = before["facts"][fact], after["facts"].get(fact, "not asked for")
    if not (one.startswith("{") and other.startswith("{")):
        return f"{one} -> {other}"
    codes, others = (set(each[1:-1].split(", ")) for each in (one, other))
    told = [
        f"{sign}{{{', '.join(sorted(each))}}}"
        for sign, each in (("-", codes - others), ("+", others - codes))
        if each
    ]
    return f"{len(codes)} codes -> {len(others)}, {' '.join(told)}"


def changes(
    before: Mapping[str, Answer], after: Mapping[str, Answer], needs: Mapping[str, Sequence[str]]
) -> Changes:
    """What is otherwise for each patient of both; ``needs`` are the facts that a criterion asks for."""
    found = Changes()
    for patient in before.keys() & after.keys():
        one, other = before[patient], after[patient]
        read = [each for each in one["facts"] if one["facts"][each] != other["facts"].get(each)]
        found.facts.update(read)
        for each in read:
            found.fact_examples.setdefault(each, f"{patient}: {otherwise(one, other, each)}")
        for criterion in one["verdicts"].keys() & other["verdicts"].keys():
            found.verdicts += 1
            kind = Kind(criterion, one["verdicts"][criterion], other["verdicts"][criterion])
            if kind.before == kind.after:
                continue
            found.patients.setdefault(kind, []).append(patient)
            found.examples.setdefault(
                kind,
                [
                    f"{each}: {otherwise(one, other, each)}"
                    for each in needs.get(criterion, ())
                    if each in read
                ],
            )
    return found


def answer(options: argparse.Namespace) -> dict[str, Any]:
    """What the checkout on the path says: the verdicts, the facts, and who was not read."""
    from matcher.engines.reference import ReferenceEngine
    from matcher.readers.outcome import Patient
    from matcher.readers.read import read_patients
    from matcher.rulebook.load import load_rulebook
    from matcher.rules.graph import Read

    rulebook = load_rulebook(options.rules)
    graph, engine = rulebook.graph, ReferenceEngine()
    criteria = {
        f"{candidate.id} {each.role} {each.id}: {each.text}": each.node
        for candidate in rulebook.candidates
        for each in (*candidate.all_criteria, *candidate.cautions)
    }
    derived = {f"derived {each.name} applies": each.applies for each in rulebook.derivations}
    named = criteria | derived
    reads = {node: each.feature.name for node, each in enumerate(graph.nodes) if isinstance(each, Read)}
    patients: dict[str, Answer] = {}
    rejected: list[str] = []
    file = read_patients(
        options.patients, formulary=rulebook.formulary, mapping=options.mapping, as_of=options.as_of
    )
    for outcome in file:
        if not isinstance(outcome, Patient):
            rejected.append(f"{outcome.patient or '(no identifier)'} {outcome.code} {outcome.reason}")
            continue
        table = engine.evaluate(graph, [outcome.profile], roots=list(named.values()))
        (verdicts,), (findings,) = table.verdicts, table.findings
        patients[outcome.profile.id] = {
            "verdicts": {name: verdicts[node].value for name, node in named.items()},
            "facts": {reads[node]: str(finding.value) for node, finding in findings.items() if node in reads},
        }
    needs = {
        name: sorted({reads[each] for each in graph.below(node) if each in reads})
        for name, node in named.items()
    }
    return {"patients": patients, "rejected": rejected, "needs": needs, "issues": dict(file.reading.issues)}


def asked(checkout: Path, given: Sequence[str], rules: Path) -> dict[str, Any]:
    """The answer of a checkout, in a process of its own."""
    command = [sys.executable, str(Path(__file__).resolve()), *given, "--rules", str(rules), "--answer"]
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if ran.returncode:
        raise SystemExit(f"{checkout} cannot match them:\n{ran.stderr.strip().splitlines()[-1]}")
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def main() -> int:
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("before", type=Path, help="a checkout of the older commit")
    said.add_argument("patients", type=Path)
    said.add_argument("--mapping", type=Path)
    said.add_argument("--rules", type=Path)
    said.add_argument("--as-of", type=date.fromisoformat, dest="as_of")
    said.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    options = said.parse_args()
    if options.answer:
        print(json.dumps(answer(options)))
        return 0
    given = [each for each in sys.argv[1:] if not each.startswith("--rules=")]
    if "--rules" in given:
        place = given.index("--rules")
        del given[place : place + 2]
    rules = options.rules or options.before / "rules"
    before, after = (asked(each, given, rules) for each in (options.before, ROOT))
    for name, each in (("before", before), ("after", after)):
        issues = ", ".join(f"{code} {number}" for code, number in sorted(each["issues"].items()))
        print(
            f"{name}: {len(each['patients'])} read, {len(each['rejected'])} rejected; issues: {issues or 'none'}"
        )
    for patient in sorted(set(before["rejected"]) ^ set(after["rejected"])):
        print(f"rejected {'before' if patient in before['rejected'] else 'after'} only: {patient}")
    found = changes(before["patients"], after["patients"], after["needs"])
    print("\n".join(found.lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
