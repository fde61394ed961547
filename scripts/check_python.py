"""Whether the running Python can set the project up: prints its own path, or one sentence and exit code 1.

durable-rules is published as source only, so a C compiler and the Python headers are needed. A Debian
Python may lack the part of ``venv`` that installs pip.
"""

import importlib.util
import os
import shlex
import shutil
import sys
import sysconfig
from pathlib import Path


def missing() -> str | None:
    """The first thing this Python lacks, as a sentence that says how to get it."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        return (
            f"{sys.executable} cannot make virtual environments: install its venv module "
            f"(on Debian and Ubuntu: apt-get install python{version}-venv)"
        )
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    if not shutil.which(compiler):
        return (
            f"No C compiler ({compiler}), and durable-rules has to be compiled: install one "
            "(on Debian and Ubuntu: apt-get install gcc)"
        )
    if not Path(sysconfig.get_path("include"), "Python.h").is_file():
        return (
            f"{sys.executable} has no headers (Python.h), and durable-rules has to be compiled: install them "
            f"(on Debian and Ubuntu: apt-get install python{version}-dev)"
        )
    return None


def path() -> str:
    """The Python itself, and not a virtual environment made from it, which set-up may clear away."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


if __name__ == "__main__":
    complaint = missing()
    print(complaint or path())
    raise SystemExit(1 if complaint else 0)
