"""Rules that are checked again after every save, as a command of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from matcher.cli.watching import changes
from tests.small_rulebook import write_rulebook

_SOON = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_rulebook(tmp_path / "rules")


def test_each_save_is_one_change(folder: Path) -> None:
    seen = changes(folder)
    next(seen)
    trial = folder / "trials" / "NCT00000001.yaml"
    trial.write_text(trial.read_text("utf-8") + "# saved\n", "utf-8")
    next(seen)
    trial.unlink()
    next(seen)


@pytest.fixture
def watching(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Queue[str]]]:
    command = [sys.executable, "-m", "matcher.cli", "rules", "lint", "--watch", "--rules", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said: Queue[str] = Queue()
    assert process.stdout is not None
    lines = process.stdout
    reading = threading.Thread(target=lambda: [said.put(line) for line in lines], daemon=True)
    reading.start()
    yield process, said
    process.kill()
    process.wait()
    reading.join()
    lines.close()


def _until(said: Queue[str], words: str) -> None:
    while words not in said.get(timeout=_SOON):
        pass


def test_what_is_saved_wrong_is_told_and_what_is_mended_too(
    folder: Path, watching: tuple[subprocess.Popen[str], Queue[str]]
) -> None:
    process, said = watching
    _until(said, "0 errors")
    trial = folder / "trials" / "NCT00000001.yaml"
    right = trial.read_text("utf-8")
    trial.write_text(right.replace("at_least: 18", "at_leest: 18"), "utf-8")
    _until(said, "R012")
    _until(said, "1 error")
    trial.write_text(right, "utf-8")
    _until(said, "0 errors")
    process.send_signal(signal.SIGINT)
    assert process.wait(_SOON) == 0
