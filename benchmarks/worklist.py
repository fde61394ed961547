"""A worklist of many patients, as a coordinator waits for it: sending, looking through, matching, tables, a change.

    python benchmarks/worklist.py [--patients 10000 50000]

A server of its own for each size, with the shipped rulebook, and a file as `benchmarks/extract.py` draws it, all over
HTTP. Beside the times the most memory that the server, and the process that looks through and matches, have had: it
is to be the same at every size.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.over_http import matcher_server  # noqa: E402

_TURNS = 5


class Memory:
    """Watches the resident memory of the processes below this one, until it is told to stop."""

    def __init__(self) -> None:
        self.most: dict[str, int] = {}
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            for each in psutil.Process().children(recursive=True):
                try:
                    said = " ".join(each.cmdline())
                    name = "runner" if "matcher.api.runner" in said else "server"
                    self.most[name] = max(self.most.get(name, 0), each.memory_info().rss)
                except psutil.Error:
                    continue

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


def answers(client: httpx.Client) -> None:
    while True:
        try:
            if client.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            sleep(0.2)


def waited(client: httpx.Client, root: str, state: str) -> float:
    began = perf_counter()
    while (said := client.get(f"{root}/progress").json())["state"] != state:
        if said["state"] == "failed":
            raise SystemExit(f"the file failed: {said}")
        sleep(0.1)
    return perf_counter() - began


def timed(ask: Callable[[], httpx.Response]) -> float:
    """The median of some turns, in milliseconds."""
    found = []
    for _ in range(_TURNS):
        began = perf_counter()
        answered = ask()
        found.append(perf_counter() - began)
        assert answered.status_code in (200, 303), answered.text
    return median(found) * 1000


def measure(client: httpx.Client, patients: Path, count: int) -> list[tuple[str, str]]:
    """``count`` is how many patients the file has."""
    late = count * 4 // 5
    rows: list[tuple[str, str]] = []
    mark = re.findall(r'name="mark" value="(\w+)"', client.get("/worklists/new").text)[0]

    def post(path: str, files: Any = None, **fields: Any) -> httpx.Response:
        return client.post(path, data={"mark": mark, **fields}, files=files)

    began = perf_counter()
    with patients.open("rb") as stream:
        sent = post("/worklists/new", {"file": ("patients.csv", stream)}, as_of="2026-01-15", title="Bench")
    root = sent.headers["location"].removesuffix("/file")
    rows.append(("send the file", f"{perf_counter() - began:.1f} s"))
    rows.append(("look through it", f"{waited(client, root, 'checked'):.1f} s"))
    post(f"{root}/file", do="match")
    rows.append(("match and list it", f"{waited(client, root, 'done'):.1f} s"))
    page = client.get(root).text
    trial = re.findall(r'<option value="(NCT\d+)"', page)[0]
    chosen = re.findall(r'name="chosen" value="([^"]+)"', page)[:1]
    rows.append(("first page of the table", f"{timed(lambda: client.get(root)):.0f} ms"))
    for name, query in (
        ("filter by trial and standing", f"?trial={trial}&standing=possible"),
        ("filter by status", "?status=contacted"),
        ("sort by identifier, half way", f"?sort=patient&from={count // 2}"),
        ("only changed", "?changed=yes"),
    ):
        rows.append((name, f"{timed(lambda query=query: client.get(root + query)):.0f} ms"))  # type: ignore[misc]
    rows.append(
        ("find by identifier", f"{timed(lambda: post(f'{root}/find', patient=f'P{late:09}')):.0f} ms")
    )
    began = perf_counter()
    shown = post(f"{root}/status", chosen=chosen, status="contacted", owner="Anna")
    assert "<strong>1</strong> set" in shown.text
    rows.append(("set a status", f"{(perf_counter() - began) * 1000:.0f} ms"))
    rows.append(("a patient's sheet", f"{timed(lambda: client.get(f'{root}/patients/{late}')):.0f} ms"))
    return rows


def of_size(count: int) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as place:
        patients = Path(place) / "patients.csv"
        drawn = [sys.executable, str(ROOT / "benchmarks" / "extract.py"), str(count), str(patients)]
        subprocess.run(drawn, check=True)  # noqa: S603
        memory = Memory()
        with (
            matcher_server(Path(place)) as port,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client,
        ):
            client.headers["origin"] = str(client.base_url).rstrip("/")
            answers(client)
            rows = measure(client, patients, count)
        memory.stop()
    rows += [
        (f"most memory of the {name}", f"{most / 1e6:.0f} MB") for name, most in sorted(memory.most.items())
    ]
    return dict(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, nargs="+", default=[10_000, 50_000])
    sizes = parser.parse_args().patients
    found = [of_size(each) for each in sizes]
    print(f"{'patients':32}{''.join(f'{each:>12,}' for each in sizes)}")
    for name in found[0]:
        print(f"{name:32}{''.join(f'{each.get(name, str()):>12}' for each in found)}")


if __name__ == "__main__":
    main()
