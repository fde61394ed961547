"""Writes constraints.txt: the versions that a fresh set-up gets today, the same on each Python given.

Beside it requirements.lock has the hash of every file that they may be installed from, in three parts: what builds
packages, what running needs, and what development needs besides. Set-up installs the first two, or all of them.

    .venv/bin/python scripts/lock.py python3.11 python3.12

Name the oldest Python first: what it can use, the others are held to, so that a verdict never depends on
the Python that computed it.
"""

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# hatchling asks for editables only while it makes an editable installation; durable-rules is built with
# the next two and does not say so in a file; uv installs the rest.
BUILD_TOOLS = ("editables", "setuptools", "wheel", "uv")
PARTS = ("build", "run", "development")
# scripts/setup.sh reads requirements.lock up to one of these lines.
PART = "# --- {part}\n"
HEADER = """\
# The versions that the project is set up and tested with, on Python {pythons}.
# Written by scripts/lock.py: change pyproject.toml, then run `make lock`.
"""


def requirements(*parts: str) -> list[str]:
    """What these parts of a set-up ask for; without a name all of it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    extras = project["optional-dependencies"]
    asked = {
        "build": [*settings["build-system"]["requires"], *BUILD_TOOLS],
        "run": [*project["dependencies"], *extras["charts"]],
        "development": [*extras["dev"], *extras["spark"], *extras["postgresql"]],
    }
    return [each for part in parts or PARTS for each in asked[part]]


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
        pip = [str(place / "python"), "-m", "pip", "--disable-pip-version-check"]
        constraints = str(ROOT / "constraints.txt")
        written([*pip, "install", "--quiet", f"--constraint={constraints}", "uv"])
        asked = Path(folder, "asked.txt")
        options = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--quiet"]
        pinned = ["--constraint", constraints, "--python-version", "3.11"]

        def compiled(*parts: str) -> dict[str, str]:
            asked.write_text("\n".join(requirements(*parts)) + "\n", encoding="utf-8")
            return by_name(written([str(place / "uv"), "pip", "compile", str(asked), *pinned, *options]))

        everything, build, run = compiled(), compiled("build"), compiled("build", "run")
    return in_parts(everything, build, run)


def by_name(text: str) -> dict[str, str]:
    """The lines about each package of a lock: its version, and below it the hashes."""
    found: dict[str, str] = {}
    for line in text.splitlines(keepends=True):
        if not line.startswith(" "):
            name = line.partition("==")[0]
        found[name] = found.get(name, "") + line
    return found


def in_parts(everything: dict[str, str], build: Iterable[str], run: Iterable[str]) -> str:
    """One lock, in the order in which set-up reads it; ``run`` names what building needs too."""
    building, running = set(build), set(run)
    parts = {
        "build": [name for name in everything if name in building],
        "run": [name for name in everything if name in running - building],
        "development": [name for name in everything if name not in running | building],
    }
    return "".join(
        PART.format(part=part) + "".join(everything[name] for name in names) for part, names in parts.items()
    )


if __name__ == "__main__":
    if not sys.argv[1:]:
        raise SystemExit("Name the Pythons to lock for, as in: scripts/lock.py python3.11 python3.12")
    (ROOT / "constraints.txt").write_text(lock(sys.argv[1:]), encoding="utf-8")
    (ROOT / "requirements.lock").write_text(hashed(sys.argv[1]), encoding="utf-8")
