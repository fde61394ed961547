"""A load generator for this machine: connections that are kept open, each asking as soon as it was answered.

Plain streams instead of a client library: a client that costs more than the server would measure itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

ADDRESS = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, ready to be written, and what its answer is checked with; ``None`` where it is not."""

    raw: bytes
    wrong: Callable[[int, bytes], str] | None = None


@dataclass(slots=True)
class Load:
    """What a drive measured: seconds of every answer, and what was wrong with which."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def post(port: int, path: str, body: bytes) -> bytes:
    """A request with a JSON body, as bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {ADDRESS}:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes) -> tuple[int, bytes]:
    """Status and body of the answer."""
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return status, await reader.readexactly(int(value))
    raise ValueError("an answer without a length")


async def drive(port: int, connections: int, seconds: float, requests: Sequence[Sequence[Asked]]) -> Load:
    """Asks for so long over so many connections; connection ``i`` asks ``requests[i % len(requests)]`` in turn."""
    load = Load()
    end = time.perf_counter() + seconds

    async def one(number: int) -> None:
        mine = requests[number % len(requests)]
        reader, writer = await asyncio.open_connection(ADDRESS, port, limit=1 << 20)
        turn = number
        try:
            while time.perf_counter() < end:
                asked = mine[turn % len(mine)]
                turn += 1
                began = time.perf_counter()
                status, body = await ask(reader, writer, asked.raw)
                load.latencies.append(time.perf_counter() - began)
                fault = (
                    asked.wrong(status, body) if asked.wrong else "" if status == 200 else f"status {status}"
                )
                if fault:
                    load.faults.append(fault)
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            load.faults.append(f"{type(error).__name__}: {error}")
        finally:
            writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(connections)))
    load.seconds = time.perf_counter() - began
    return load
