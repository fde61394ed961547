"""The command starts without loading what it may not need."""

import subprocess
import sys

import pytest

PROBE = "import sys, matcher.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The top-level packages in memory after ``import matcher.cli`` in a fresh interpreter."""
    run = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


@pytest.mark.parametrize("package", ["durable", "durable_rules_engine", "fastapi", "matplotlib", "pyspark"])
def test_importing_the_command_line_does_not_load(package: str, loaded: set[str]) -> None:
    assert package not in loaded
