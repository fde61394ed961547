"""The command line as a test calls it: in this process, with what it printed and its exit code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from matcher.cli import main
from tests.small_rulebook import PATIENTS, write_patients, write_rulebook


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder with a small rulebook and a file of patients, and the command run in it."""

    folder: Path
    patients: Path
    rules: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: object) -> Ran:
        self.capture.readouterr()
        code = main([str(each) for each in arguments])
        captured = self.capture.readouterr()
        return Ran(code, captured.out, captured.err)

    def match(self, *arguments: object) -> Ran:
        return self.run("match", self.patients, "--rules", self.rules, "--as-of", "2026-01-15", *arguments)

    def explain(self, *arguments: object) -> Ran:
        return self.run("explain", self.patients, "--rules", self.rules, "--as-of", "2026-01-15", *arguments)

    def rule(self, command: str, *arguments: object) -> Ran:
        return self.run("rules", command, *arguments, "--rules", self.rules)


def desk_in(folder: Path, capture: pytest.CaptureFixture[str], patients: str = PATIENTS) -> Desk:
    return Desk(
        folder, write_patients(folder / "patients.jsonl", patients), write_rulebook(folder / "rules"), capture
    )
