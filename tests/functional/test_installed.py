"""The package as somebody has it who never saw this repository: built, installed, and a rulebook begun with it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: with the words of the guide; prints where the program was found, and fails with what the first of them leaves
_SESSION = """
import sys, matcher
from matcher.cli import main
print(matcher.__file__)
for line in sys.argv[1:]:
    if code := main(line.split()):
        sys.exit(f"{line}: {code}")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("no hatchling, which builds the package")
    wheels, packages = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("packages")
    python = [sys.executable, "-m"]
    subprocess.run([*python, "hatchling", "build", "-t", "wheel", "-d", wheels], cwd=ROOT, check=True)
    (wheel,) = wheels.glob("*.whl")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*python, "pip", "install", *quiet, "--target", packages, wheel], check=True)
    return packages


def test_a_rulebook_of_one_s_own_is_begun_with_the_installed_package(installed: Path, tmp_path: Path) -> None:
    asked = (
        "rules init mine",
        "rules new NCT01234567",
        "rules lint mine/trials/NCT01234567.yaml",
    )
    ran = subprocess.run(
        [sys.executable, "-c", _SESSION, *asked],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(str(installed))
    # It extends the shipped rulebook, and fails where the package has none.
    assert "1 file: 0 errors" in ran.stdout
