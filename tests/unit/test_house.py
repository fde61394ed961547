"""The house keeps its own rules: what `make` says when it cannot go on, and how long a module may be."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LONGEST_MODULE = 400
# A module that is longer, and why.
LONGER: dict[str, str] = {}

needs_make = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


def make(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `make` as from a fresh shell, whatever `make` runs these tests."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", "-C", str(root), *words],
        env=inherited | {"LC_ALL": "C"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def complaint(run: subprocess.CompletedProcess[str]) -> str:
    """The one line that a failed run says."""
    assert run.returncode != 0
    (line,) = [line for line in run.stderr.splitlines() if "directory" not in line]
    return line


def python_that_says(folder: Path, version: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@needs_make
def test_make_alone_lists_the_targets(root: Path) -> None:
    run = make(root)
    assert run.returncode == 0
    assert {"make run", "make test", "make check"} <= set(re.findall(r"^make \w+", run.stdout, re.MULTILINE))


@needs_make
def test_an_unknown_target_is_answered_with_the_known_ones(root: Path) -> None:
    assert re.search(r"no target 'tset' here: choose from run test generative", complaint(make(root, "tset")))


@needs_make
def test_a_python_that_does_not_run_is_named(root: Path) -> None:
    assert "PYTHON=no-such-python does not run" in complaint(make(root, "setup", "PYTHON=no-such-python"))


@needs_make
def test_a_python_of_another_version_is_named_with_its_version(root: Path, tmp_path: Path) -> None:
    old = python_that_says(tmp_path, "3.9")
    assert f"PYTHON={old} is Python 3.9" in complaint(make(root, "setup", f"PYTHON={old}"))


def test_no_python_at_all_is_said_with_what_to_install(root: Path, tmp_path: Path) -> None:
    for name in ("sh", "dirname"):
        if found := shutil.which(name):
            (tmp_path / name).symlink_to(found)
    run = subprocess.run(
        ["/bin/sh", str(root / "scripts" / "find_python.sh")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stdout.startswith("No Python 3.11 or 3.12 runs here: install one")
    assert run.stderr == ""


@needs_make
@pytest.mark.skipif(sys.version_info[:2] > (3, 12), reason="set-up is locked for Python 3.11 and 3.12")
def test_a_missing_compiler_is_said_with_what_to_install(root: Path) -> None:
    said = complaint(make(root, "setup", f"PYTHON={sys.executable}", CC="no-such-compiler"))
    assert "No C compiler (no-such-compiler)" in said
    assert "apt-get install gcc" in said


def test_set_up_has_the_hash_of_every_file_and_what_running_needs_before_the_rest(root: Path) -> None:
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    parts = re.split(r"^# --- (\w+)\n", lock, flags=re.MULTILINE)
    assert parts[1::2] == ["build", "run", "development"]
    build, run, development = (re.findall(r"^([\w.-]+)==", text, re.MULTILINE) for text in parts[2::2])
    assert {"hatchling", "setuptools", "uv"} <= set(build)
    assert {"durable-rules", "polars", "typer"} <= set(run)
    assert {"mypy", "playwright", "pyspark", "psycopg", "pytest"} <= set(development)
    for package in re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in package


def test_the_lock_and_the_constraints_name_the_same_versions(root: Path) -> None:
    def versions(name: str) -> dict[str, str]:
        text = (root / name).read_text(encoding="utf-8")
        found = re.findall(r"^([\w.-]+)==([\w.+-]+)", text, re.MULTILINE)
        return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found}

    constraints, lock = versions("constraints.txt"), versions("requirements.lock")
    assert constraints.items() <= lock.items()


def test_no_module_is_longer_than_a_reader_can_hold(root: Path) -> None:
    long = {
        str(path.relative_to(root)): count
        for path in sorted((root / "src").rglob("*.py"))
        if (count := len(path.read_text(encoding="utf-8").splitlines())) >= LONGEST_MODULE
    }
    assert set(long) == set(LONGER), long
