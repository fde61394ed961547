"""An exception forced wherever a program works unseen: its words, which may quote a patient, are nowhere found."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from matcher.api.app import _every
from matcher.api.foreman import Foreman
from matcher.api.log import Discreet
from matcher.api.server import Server, open_server
from matcher.api.settings import Settings
from matcher.cli import main
from matcher.errors.defect import words_kept
from tests.small_rulebook import write_rulebook
from tests.web.waiting import PATIENCE

CANARY = "Zyxwvut Quastel"
ERRORS = [ValueError(CANARY), OSError(5, CANARY, CANARY), ExceptionGroup(CANARY, [KeyError(CANARY)])]
REQUEST = {"patients": "patients.csv", "mapping": None, "as_of": "2026-01-15", "today": "2026-01-15", "top": None,
           "include_closed": False, "include_deceased": False}  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    settings = replace(
        Settings(),
        rules=str(write_rulebook(tmp_path / "rules")),
        store=f"sqlite:///{tmp_path / 'store.sqlite'}",
        data=str(tmp_path / "data"),
        lease=1.0,
    )
    opened = open_server(settings)
    yield opened
    opened.database.close()


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """All that was written anywhere: the log as the server writes it, and both streams."""
    caplog.set_level(logging.INFO)
    form = Discreet("%(levelname)s %(message)s")

    def everything() -> str:
        out, err = capfd.readouterr()
        return "\n".join([*(form.format(each) for each in caplog.records), out, err])

    return everything


def fails(error: Exception) -> Callable[..., Any]:
    def work(*_: object, **__: object) -> None:
        raise error from LookupError(CANARY)

    return work


EXPECTED = ("work failed", "a job could not be given out")


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: type(each).__name__)
def test_work_beside_the_routes(
    server: Server, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(Foreman, "_turn", fails(error))

    async def beside() -> None:
        with anyio.move_on_after(PATIENCE):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_every, 0.01, fails(error))
                tasks.start_soon(Foreman(server).run)
                while not all(each in "".join(written) for each in EXPECTED):
                    await anyio.sleep(0.05)
                    written.append(said())
                tasks.cancel_scope.cancel()

    written: list[str] = []
    anyio.run(beside)
    for each in EXPECTED:
        assert each in "".join(written)
    assert "Quastel" not in "".join(written)


def test_a_thread_and_what_nobody_could_have_caught(said: Callable[[], str]) -> None:
    class Unwilling:
        def __del__(self) -> None:
            raise ValueError(CANARY)

    with words_kept():
        thread = threading.Thread(target=fails(ValueError(CANARY)))
        thread.start()
        thread.join()
        Unwilling()
    written = said()
    assert written.count("defect ValueError") == 2
    assert "Quastel" not in written


COMMANDS = (
    "match patients.csv", "explain patients.csv -p A", "serve", "rules list", "rules show A", "rules graph A",
    "rules lint", "rules test", "rules coverage", "rules schema trial", "profile schema",
    "tokens create --role intake", "tokens list", "tokens revoke A",
)  # fmt: skip
WORK = (
    *(f"matcher.cli.{name}.open_rulebook" for name in ("match", "explain", "rules")),
    *(f"matcher.cli.rules.{name}" for name in ("check", "open_readable", "run_all_cases", "case_coverage")),
    *(f"matcher.service.schemas.{name}" for name in ("rule_schema", "profile_schema")),
    "matcher.api.listen.listen",
    "matcher.store.open_database",
)
"""What a command opens or does first."""


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command(
    words: str, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Wherever it begins to work: whatever it opens first is not what it should be."""
    monkeypatch.chdir(tmp_path)
    Path("patients.csv").write_text("patient_id\nA\n")
    for place in WORK:
        monkeypatch.setattr(place, fails(ValueError(CANARY)))
    assert main(words.split()) == 1
    written = said()
    assert "This is a defect of the program" in written
    assert "Quastel" not in written
