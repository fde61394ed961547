"""Many clients at once, each answer compared with the reference engine's: nothing fails, nothing is mixed up.

python benchmarks/many_clients.py [--clients 200] [--seconds 60]

Every request is of a patient with an identifier of its own, so that an answer that went to the wrong client shows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.load import Asked, Load, drive, post  # noqa: E402

from matcher.engines.reference import ReferenceEngine  # noqa: E402
from matcher.explanation.explain import Explainer, Selection  # noqa: E402
from matcher.readers.assemble import assemble  # noqa: E402
from matcher.rules.rulebook import Rulebook  # noqa: E402
from matcher.service import open_rulebook  # noqa: E402

_DAY = date(2026, 1, 15)
_TOP = 3
_ID = "@@@@@@@@@@"


def variants(each: int) -> Iterator[dict[str, Any]]:
    """Patients that differ: the sample profiles, with other ages and performance states."""
    lines = (ROOT / "fixtures" / "profiles.jsonl").read_text("utf-8").splitlines()
    for line in lines:
        profile = json.loads(line)
        profile.pop("birth_date", None)
        for number in range(each):
            yield {**profile, "id": _ID, "age": 20 + 13 * number, "ecog": number % 4}


def expected(rulebook: Rulebook, profile: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What the reference engine says of each candidate: place, standing, and the verdict of every criterion."""
    read = assemble(profile, as_of=_DAY, formulary=rulebook.formulary).profile
    assert read is not None
    table = ReferenceEngine().evaluate(rulebook.graph, (read,))
    shown = Explainer(rulebook).explain(read, table, 0, Selection(top=_TOP))
    return shown.as_of, {
        each.id: (
            each.rank,
            each.standing,
            each.because,
            [(c.id, c.verdict, c.reason) for c in each.criteria],
        )
        for each in shown.candidates
    }


def asked(
    port: int, profiles: Sequence[dict[str, Any]], rulebook: Rulebook, clients: int
) -> list[list[Asked]]:
    """For each client its requests, with a check for each."""
    answers = [expected(rulebook, each) for each in profiles]
    made: list[list[Asked]] = []
    for client in range(clients):
        mine = []
        for number, (profile, (day, candidates)) in enumerate(zip(profiles, answers, strict=True)):
            identifier = f"{client:05}-{number:04}"
            body = json.dumps({**profile, "id": identifier}).encode()
            raw = post(port, f"/v1/match?top={_TOP}&as_of={_DAY}", body)
            mine.append(Asked(raw, _check(identifier, day, candidates)))
        made.append(mine)
    return made


def _check(identifier: str, day: str, candidates: dict[str, Any]) -> Any:
    def wrong(status: int, body: bytes) -> str:
        if status != 200:
            return f"status {status}: {json.loads(body).get('code')}"
        said = json.loads(body)["patient"]
        if said["patient"] != identifier:
            return "the answer is another patient's"
        got = {
            each["id"]: (
                each["rank"],
                each["standing"],
                each["because"],
                [(c["id"], c["verdict"], c["reason"]) for c in each["criteria"]],
            )
            for each in (*said["trials"], *said["regimens"])
        }
        return "" if (said["as_of"], got) == (day, candidates) else "the answer is not the reference engine's"

    return wrong


def run(port: int, clients: int, seconds: float, rules: Path, each: int = 4) -> Load:
    requests = asked(port, list(variants(each)), open_rulebook(rules), clients)
    return asyncio.run(drive(port, clients, seconds, requests))


def main() -> int:
    parser = argparse.ArgumentParser(description="Many clients at once, every answer checked.")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    from benchmarks.over_http import matcher_server

    with (
        tempfile.TemporaryDirectory(prefix="matcher-load-") as folder,
        matcher_server(Path(folder)) as port,
    ):
        load = run(port, given.clients, given.seconds, ROOT / "rules")
    print(
        f"{given.clients} clients, {load.seconds:.1f} s: {len(load.latencies)} answers, {load.rate:.1f} a second"
    )
    print(
        f"p50 {load.percentile(0.5):.2f} s, p99 {load.percentile(0.99):.2f} s, longest {max(load.latencies):.2f} s"
    )
    for fault in sorted(set(load.faults)):
        print(f"FAULT {fault}: {load.faults.count(fault)}")
    print("every answer is the reference engine's" if not load.faults else f"{len(load.faults)} faults")
    return 1 if load.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
