"""Two hundred clients at once, for a moment; `make load-http` does it for a minute."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.many_clients import run

from tests.web.live import ROOT, serving
from tests.whole import WHOLE

CLIENTS = 200 if WHOLE else 60


def test_many_clients_get_their_own_answers(tmp_path: Path) -> None:
    # The clients have an event loop of their own; the browser of other tests may hold this thread's.
    with serving(tmp_path, timeout=120.0) as live, ThreadPoolExecutor(1) as beside:
        load = beside.submit(run, live.settings.port, CLIENTS, 3.0, ROOT / "rules", each=1).result()
    assert load.faults == []
    assert len(load.latencies) >= CLIENTS
