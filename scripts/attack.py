"""Attacks a server of its own on this machine's loopback for a while, and says what it found: `make attack`.

    python scripts/attack.py --seconds 120

Hostile bodies, files and connections, every operation of the OpenAPI document by schemathesis, a store that is damaged
under the server, and a stop in the midst of it. Nothing may come back but answers and problem details, no line of
the log may name a patient, and the server has to answer on.
"""

from __future__ import annotations

import argparse
import random
import resource
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.attack.hostile import BROKEN, CANARY, files, garbled, profiles  # noqa: E402
from tests.small_rulebook import write_rulebook  # noqa: E402
from tests.web.live import Live, serving  # noqa: E402

JSON = {"content-type": "application/json"}
_IDLE, _SLOW = 2_000, 200
_PROMPT = 1.0
_MOST_LOG = 1 << 20
_SLOWEST = 30.0
_ENDS_WITHIN = 10.0


class Attack:
    """One server, what was answered, and what should not have been."""

    def __init__(self, live: Live, seconds: float, chance: random.Random) -> None:
        self.live = live
        self.chance = chance
        self.ends = time.monotonic() + seconds
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []
        self.slowest = 0.0
        self.http = live.client()

    def left(self) -> float:
        return self.ends - time.monotonic()

    def send(
        self, what: str, method: str, path: str, *, unwell: bool = False, **sent: Any
    ) -> httpx.Response | None:
        began = time.monotonic()
        try:
            found = self.http.request(method, path, **sent)
        except httpx.TransportError as error:
            self.faults.append(f"{what}: {type(error).__name__}")
            return None
        took = time.monotonic() - began
        self.slowest = max(self.slowest, took)
        self.statuses[found.status_code] += 1
        if took > _SLOWEST:
            self.faults.append(f"{what}: answered after {took:.0f} s")
        if found.status_code >= 500 and not (unwell and found.status_code == 503):
            self.faults.append(f"{what}: {found.status_code} {found.text[:200]}")
        if found.status_code >= 400:
            if "application/problem+json" not in found.headers.get("content-type", ""):
                self.faults.append(f"{what}: {found.status_code} is no problem detail")
            # A field that does not exist is named to whoever sent it: bytes that were changed make such names.
            if CANARY in found.text and '"code":"P109"' not in found.text:
                self.faults.append(f"{what}: the problem names the patient: {found.text[:300]}")
        return found

    def bodies(self) -> Iterable[Callable[[], object]]:
        for body in profiles():
            for method, path in (("POST", "/v1/match?as_of=2026-01-15"), ("POST", "/v1/sessions")):
                sent = self.chance.choice([body, body, garbled(self.chance, body)])
                yield lambda m=method, p=path, c=sent: self.send(p, m, p, content=c, headers=JSON)  # type: ignore[misc]

    def uploads(self) -> Iterable[Callable[[], object]]:
        for name, content, mapping in files():
            parts: dict[str, Any] = {"file": (f"{CANARY}{name}", content)}
            if mapping is not None:
                parts["mapping"] = ("m.yaml", mapping)
            yield lambda f=parts: self.upload(f)  # type: ignore[misc]

    def upload(self, parts: dict[str, Any]) -> None:
        found = self.send("upload", "POST", "/v1/match/batch", files=parts)
        if found is not None and found.status_code == 202:
            # Half of them are deleted while they run.
            if self.chance.random() < 0.5:
                time.sleep(self.chance.random())
            self.send("delete", "DELETE", found.headers["location"])

    def strangers(self) -> None:
        """Connections that say nothing or little, while somebody else asks."""
        before = len(self.live.said())
        with ExitStack() as held:
            for number in range(_IDLE + _SLOW):
                line = held.enter_context(socket.socket())
                line.settimeout(5)
                with suppress(OSError):
                    line.connect(("127.0.0.1", self.live.settings.port))
                    if number >= _IDLE:
                        line.sendall(b"GET /healthz HTTP/1.1\r\nHos")
            took = sorted(self.timed("healthz among strangers", "/healthz") for _ in range(5))
        grew = len(self.live.said()) - before
        print(f"among {_IDLE} idle and {_SLOW} slow connections /healthz took {took[2]:.2f} s, at most {took[-1]:.2f} s, "
              f"and the log grew by {grew} bytes")  # fmt: skip
        # The machine's own other work may hold up one of them.
        if took[2] > _PROMPT:
            self.faults.append(f"among strangers it took {took[2]:.1f} s to say that the server lives")
        if grew > _MOST_LOG:
            self.faults.append("strangers fill the log")

    def broken(self) -> None:
        """What is no HTTP: refused or left, and nothing of it told."""
        for name, pieces in BROKEN.items():
            answer = b""
            with (
                suppress(OSError),
                socket.create_connection(("127.0.0.1", self.live.settings.port), 10) as line,
            ):
                for each in pieces:
                    line.sendall(each)
                while piece := line.recv(65_536):
                    answer += piece
            if answer[9:10] == b"5" or CANARY.encode() in answer:
                self.faults.append(f"{name}: {answer[:200]!r}")

    def timed(self, what: str, path: str) -> float:
        began = time.monotonic()
        self.send(what, "GET", path)
        return time.monotonic() - began

    def document(self) -> None:
        """Every operation of the OpenAPI document, with what it allows and what it does not."""
        import schemathesis
        from hypothesis import HealthCheck, given, seed, settings
        from hypothesis.errors import Unsatisfiable
        from schemathesis import GenerationMode
        from schemathesis.checks import not_a_server_error
        from schemathesis.core.result import Ok

        document = schemathesis.openapi.from_url(f"{self.live.base}/openapi.json")
        operations = [each.ok() for each in document.get_all_operations() if isinstance(each, Ok)]
        for operation in operations:
            for mode in GenerationMode:
                if self.left() < 0:
                    return

                # The same again for a seed of ours; without one Hypothesis prints its own for whatever ends early.
                @seed(self.chance.getrandbits(64))
                @given(case=operation.as_strategy(generation_mode=mode))
                @settings(
                    max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck)
                )
                def ask(case: Any) -> None:
                    case.call_and_validate(checks=[not_a_server_error])

                try:
                    ask()
                except Unsatisfiable:
                    pass  # nothing can be wrong where nothing is asked
                except Exception as error:  # noqa: BLE001 - whatever it is, it was found
                    self.faults.append(f"{operation.method} {operation.path}: {str(error)[:300]}")

    def damaged_store(self) -> None:
        """The store's file turns to noise under the running server: 503, and no word of what it held."""
        self.send("session", "POST", "/v1/sessions", json={"patient": CANARY})
        rows = "patient_id,age\n" + "".join(f"{CANARY}{number},61\n" for number in range(5_000))
        self.send("job", "POST", "/v1/match/batch", files={"file": ("a.csv", rows.encode())})
        time.sleep(3)  # it runs by now
        path = Path(self.live.settings.store_url.removeprefix("sqlite:///"))
        with path.open("rb+") as store:
            store.seek(100)
            store.write(self.chance.randbytes(max(0, path.stat().st_size - 100)))
        for method, address in (("POST", "/v1/sessions"), ("GET", "/v1/jobs"), ("GET", "/readyz")):
            self.send(f"{address} on a damaged store", method, address, unwell=True, json={})
        self.send("healthz on a damaged store", "GET", "/healthz")

    def stop(self) -> None:
        """Told to stop with a request that is half sent."""
        with socket.create_connection(("127.0.0.1", self.live.settings.port)) as line:
            line.sendall(b"POST /v1/match HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                         b"Content-Length: 100\r\n\r\n{")  # fmt: skip
            time.sleep(0.2)
            began = time.monotonic()
            self.live.stop()
            took = time.monotonic() - began
        print(f"told to stop, it ended within {took:.1f} s")
        if took > _ENDS_WITHIN:
            self.faults.append(f"it took {took:.0f} s to end")

    def log(self) -> None:
        said = self.live.said()
        print(f"the log has {len(said)} bytes")
        for word in (CANARY, "Traceback", "defect"):
            if word in said:
                line = next(each for each in said.splitlines() if word in each)
                self.faults.append(f"the log says {word}: {line[:200]}")


def allow_many_sockets() -> None:
    """As many as the attack opens, where the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _IDLE + _SLOW + 500
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def run(seconds: float, seed: int) -> int:
    allow_many_sockets()
    chance = random.Random(seed)  # noqa: S311 - the same attack again
    # The machine's own other work takes part of the time: what is bounded is the attack.
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        rules = str(write_rulebook(folder / "rules"))
        with serving(folder, rules=rules, open_jobs=10_000, timeout=20.0, upload_limit=64 << 20) as live:
            attack = Attack(live, seconds, chance)
            attack.strangers()
            while True:
                for each in zip_longest(attack.bodies(), attack.uploads()):
                    for send in filter(None, each):
                        send()
                    if attack.left() < seconds / 3:
                        break
                attack.document()
                if attack.left() < seconds / 3:
                    break
            attack.strangers()
            attack.broken()
            attack.damaged_store()
            attack.stop()
            attack.log()
    print(
        f"answers by status: {dict(sorted(attack.statuses.items()))}; the slowest after {attack.slowest:.1f} s"
    )
    for fault in dict.fromkeys(attack.faults):
        print(f"FAULT {fault}")
    print("clean" if not attack.faults else f"{len(attack.faults)} faults (seed {seed})")
    return 1 if attack.faults else 0


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=100.0)
    asked.add_argument("--seed", type=int, default=0)
    given = asked.parse_args()
    return run(given.seconds, given.seed)


if __name__ == "__main__":
    raise SystemExit(main())
