"""A real server on a free port of this machine, with its log."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from matcher.api.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
_SERVE = (
    "import sys; from matcher.api.listen import listen; from matcher.api.settings import Settings; "
    "listen(Settings.from_text(sys.argv[1]))"
)
_PATIENCE = 60.0


class Live:
    """A server that was started; ``kill`` is as sudden as a power cut, and ``start`` brings it up again."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.settings = settings
        self.log = log
        self.base = f"http://127.0.0.1:{settings.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, self.settings.to_text()],
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
            )
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            assert self._process.poll() is None, self.said()
            try:
                if httpx.get(f"{self.base}/healthz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"the server does not answer:\n{self.said()}")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """Asks it to stop, and waits; its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=_PATIENCE)

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.base, timeout=_PATIENCE, **options)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def serving(folder: Path, **changed: Any) -> Iterator[Live]:
    """A server whose store, jobs and log lie in ``folder``; ``changed`` are settings."""
    settings = Settings(
        port=free_port(),
        rules=str(ROOT / "rules"),
        store=f"sqlite:///{folder / 'store.sqlite'}",
        data=str(folder / "data"),
        lease=3.0,
    )
    live = Live(replace(settings, **changed), folder / "log.txt")
    live.start()
    try:
        yield live
    finally:
        live.stop()
