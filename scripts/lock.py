"""Writes constraints.txt: the versions that a fresh set-up gets today, the same on each Python given.

Beside it requirements.lock has the hash of every file that they may be installed from.

    .venv/bin/python scripts/lock.py python3.11 python3.12

Name the oldest Python first: what it can use, the others are held to, so that a verdict never depends on
the Python that computed it.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# hatchling asks for editables only while it makes an editable installation; durable-rules is built with
# the other two and does not say so in a file.
BUILD_TOOLS = ("editables", "setuptools", "wheel")
HEADER = """\
# The versions that the project is set up and tested with, on Python {pythons}.
# Written by scripts/lock.py: change pyproject.toml, then run `make lock`.
"""


def requirements() -> list[str]:
    """All that set-up installs: the runtime, the development tools, and what builds the packages."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    return [
        *project["dependencies"],
        *project["optional-dependencies"]["dev"],
        *project["optional-dependencies"]["spark"],
        *project["optional-dependencies"]["postgresql"],
        *settings["build-system"]["requires"],
        *BUILD_TOOLS,
    ]


def written(command: list[str]) -> str:
    """What this command prints; its failure ends the program with the command's own words."""
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as failure:
        raise SystemExit(f"constraints.txt is left as it was: {failure}") from None


def resolved(python: str, pins: dict[str, str]) -> dict[str, str]:
    """Name and version of each package in a new environment of this Python that keeps to these pins."""
    with tempfile.TemporaryDirectory() as folder:
        written([python, "-m", "venv", folder])
        constraints = Path(folder, "constraints.txt")
        constraints.write_text(lines(pins), encoding="utf-8")
        pip = [str(Path(folder, "bin", "python")), "-m", "pip", "--disable-pip-version-check"]
        written([*pip, "install", "--quiet", "--upgrade", f"--constraint={constraints}", *requirements()])
        listing = written([*pip, "list", "--format=freeze", "--exclude=pip"])
    return dict(line.split("==") for line in listing.split())


def lines(pins: dict[str, str]) -> str:
    ordered = sorted(pins.items(), key=lambda pin: pin[0].lower())
    return "".join(f"{name}=={version}\n" for name, version in ordered)


def lock(pythons: list[str]) -> str:
    pins: dict[str, str] = {}
    for python in pythons:
        pins |= resolved(python, pins)
    releases = [
        written([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]) for python in pythons
    ]
    return HEADER.format(pythons=" and ".join(release.strip() for release in releases)) + lines(pins)


def hashed(python: str) -> str:
    """The same versions with the hash of every file they may be installed from; uv knows those of all systems."""
    with tempfile.TemporaryDirectory() as folder:
        written([python, "-m", "venv", folder])
        place = Path(folder, "bin")
        written(
            [
                str(place / "python"),
                "-m",
                "pip",
                "--disable-pip-version-check",
                "install",
                "--quiet",
                "uv>=0.5",
            ]
        )
        asked = Path(folder, "asked.txt")
        asked.write_text("\n".join(requirements()) + "\n", encoding="utf-8")
        options = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--quiet"]
        pinned = ["--constraint", str(ROOT / "constraints.txt"), "--python-version", "3.11"]
        return written([str(place / "uv"), "pip", "compile", str(asked), *pinned, *options])


if __name__ == "__main__":
    if not sys.argv[1:]:
        raise SystemExit("Name the Pythons to lock for, as in: scripts/lock.py python3.11 python3.12")
    (ROOT / "constraints.txt").write_text(lock(sys.argv[1:]), encoding="utf-8")
    (ROOT / "requirements.lock").write_text(hashed(sys.argv[1]), encoding="utf-8")
