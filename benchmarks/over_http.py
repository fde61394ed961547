"""Matching over HTTP against a route that only validates the same body and returns stored bytes of the same size.

python benchmarks/over_http.py [--seconds 10] [--connections 8] [--top 10]

Both run under uvicorn in a process of their own; the load comes from this one. The two take turns, so that what
else the machine does touches both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import fastapi
import pydantic
import uvicorn

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.load import ADDRESS, Asked, Load, ask, drive, post  # noqa: E402

from matcher.api.settings import Settings  # noqa: E402
from matcher.domain.wire import wire_profile  # noqa: E402

_TURNS = 3
_DAY = "2026-01-15"
Profile: Any = wire_profile()
RATE_TARGET, P99_TARGET = 0.1, 10.0


def stored_app(size: int) -> fastapi.FastAPI:
    """The peer: FastAPI validates the profile by its model, and the answer is there already."""
    app = fastapi.FastAPI()
    stored = json.dumps({"answer": "x" * (size - 14)}).encode()

    @app.post("/v1/match")
    async def match(body: Profile) -> fastapi.Response:
        assert body is not None
        return fastapi.Response(stored, media_type="application/json")

    return app


def serve_stored(port: int, size: int) -> None:
    uvicorn.run(stored_app(size), host=ADDRESS, port=port, access_log=False, log_level="warning")


def profiles() -> list[bytes]:
    lines = (ROOT / "fixtures" / "profiles.jsonl").read_text("utf-8").splitlines()
    return [json.dumps(json.loads(line)).encode() for line in lines if line.strip()]


def free_port() -> int:
    with socket.socket() as held:
        held.bind((ADDRESS, 0))
        return int(held.getsockname()[1])


@contextmanager
def started(code: str, *arguments: str, port: int) -> Iterator[None]:
    """A server of this repository in a process of its own, until it answers and for as long as it is needed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment)  # noqa: S603
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise SystemExit("a server did not start")
            try:
                socket.create_connection((ADDRESS, port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def matcher_server(folder: Path, **changed: Any) -> Iterator[int]:
    """The matcher as it is shipped, on a port of this machine."""
    port = free_port()
    settings = Settings(
        port=port,
        rules=str(ROOT / "rules"),
        store=f"sqlite:///{folder / 'store.sqlite'}",
        data=str(folder),
        quiet=True,
        **changed,
    )
    code = (
        "import sys; from matcher.api.listen import listen; from matcher.api.settings import Settings; "
        "listen(Settings.from_text(sys.argv[1]))"
    )
    with started(code, settings.to_text(), port=port):
        yield port


async def _size_of_answer(port: int, asked: Sequence[bytes]) -> int:
    reader, writer = await asyncio.open_connection(ADDRESS, port, limit=1 << 20)
    sizes = [len((await ask(reader, writer, each))[1]) for each in asked]
    writer.close()
    return sum(sizes) // len(sizes)


def _joined(loads: Sequence[Load]) -> Load:
    whole = Load()
    for each in loads:
        whole.seconds += each.seconds
        whole.latencies += each.latencies
        whole.faults += each.faults
    return whole


def _row(name: str, load: Load) -> str:
    p50, p99 = (load.percentile(share) * 1000 for share in (0.5, 0.99))
    return f"{name:<28}{load.rate:>12.1f}{p50:>12.2f}{p99:>12.2f}{len(load.latencies):>12}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure POST /v1/match against a stored answer.")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each server, in all")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--top", type=int, default=10)
    given = parser.parse_args()
    bodies = profiles()
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="matcher-bench-")))
        port = held.enter_context(matcher_server(folder))
        path = f"/v1/match?top={given.top}&as_of={_DAY}"
        asked = [post(port, path, each) for each in bodies]
        size = asyncio.run(_size_of_answer(port, asked))
        stored_port = free_port()
        code = (
            "import sys; from benchmarks.over_http import serve_stored; serve_stored(*map(int, sys.argv[1:]))"
        )
        held.enter_context(started(code, str(stored_port), str(size), port=stored_port))
        ours = [Asked(each) for each in asked]
        theirs = [Asked(post(stored_port, "/v1/match", each)) for each in bodies]
        for number, requests in ((port, ours), (stored_port, theirs)):
            asyncio.run(drive(number, given.connections, 1.0, [requests]))
        turn = given.seconds / _TURNS
        matched, stored = [], []
        for _ in range(_TURNS):
            matched.append(asyncio.run(drive(port, given.connections, turn, [ours])))
            stored.append(asyncio.run(drive(stored_port, given.connections, turn, [theirs])))
    return report(_joined(matched), _joined(stored), size, given.connections)


def report(matched: Load, stored: Load, size: int, connections: int) -> int:
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, "
        f"fastapi {fastapi.__version__}, pydantic {pydantic.VERSION}, uvicorn {uvicorn.__version__}"
    )
    print(f"{connections} connections; answers of {size:,} bytes\n")
    print(f"{'':<28}{'requests/s':>12}{'p50 ms':>12}{'p99 ms':>12}{'requests':>12}")
    print(_row("POST /v1/match", matched))
    print(_row("validated, stored answer", stored))
    rate = matched.rate / stored.rate
    p99 = matched.percentile(0.99) / stored.percentile(0.99)
    print(f"\nrate {rate:.3f} of the stored answer's (target: at least {RATE_TARGET})")
    print(f"p99  {p99:.1f} times the stored answer's (target: under {P99_TARGET:g})")
    faults = matched.faults + stored.faults
    for each in sorted(set(faults)):
        print(f"FAULT {each}: {faults.count(each)}")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
