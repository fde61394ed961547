"""A real server on a free port of this machine, with its log."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from matcher.api.settings import Settings
from tests.web.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
_SERVE = (
    "import sys; from matcher.api.listen import listen; from matcher.api.settings import Settings; "
    "listen(Settings.from_text(sys.argv[1]))"
)
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Live:
    """A server that was started; ``kill`` is as sudden as a power cut, and ``start`` brings it up again."""

    def __init__(
        self,
        settings: Settings,
        log: Path,
        command: Sequence[str] = (),
        environment: Mapping[str, str] = _NOTHING,
    ) -> None:
        self.settings = settings
        self.log = log
        self._command = [sys.executable, *(command or ("-c", _SERVE, settings.to_text()))]
        self._environment = environment
        self.base = f"http://127.0.0.1:{settings.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def spawn(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ | {"PYTHONPATH": str(ROOT / "src"), **self._environment},
            )

    def start(self) -> None:
        self.spawn()
        assert self._process is not None
        end = time.monotonic() + PATIENCE
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

    def tell(self, number: int) -> None:
        """Sends it a signal, if it is still there."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(number)

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        assert self._process is not None
        return self._process.wait(timeout=PATIENCE)

    def stop(self) -> int:
        """Asks it to stop, and waits; its exit code."""
        self.tell(signal.SIGTERM)
        return self.wait()

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.base, timeout=PATIENCE, **options)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def serving(folder: Path, environment: Mapping[str, str] = _NOTHING, /, **changed: Any) -> Iterator[Live]:
    """A server whose store, jobs and log lie in ``folder``; ``changed`` are settings."""
    settings = Settings(
        port=free_port(),
        rules=str(ROOT / "rules"),
        store=f"sqlite:///{folder / 'store.sqlite'}",
        data=str(folder / "data"),
        lease=10.0,  # a runner begins in a second, on a slow and busy machine in more
    )
    live = Live(replace(settings, **changed), folder / "log.txt", environment=environment)
    live.start()
    try:
        yield live
    finally:
        live.stop()
