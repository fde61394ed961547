"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# No test measures time. On CI the examples are the same in every run, so that a failure is the change's.
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
# `make generative` looks for longer: --hypothesis-profile deep.
settings.register_profile("deep", deadline=None, max_examples=3000, suppress_health_check=list(HealthCheck))
# Once, before a release of the engines: --hypothesis-profile hunt.
settings.register_profile("hunt", deadline=None, max_examples=20_000, suppress_health_check=list(HealthCheck))
settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of published patient and trial records, which is not part of the repository."""
    folder = (ROOT / os.environ.get("MATCHER_REAL_DATA", "../shared/data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no real records in {folder}: set MATCHER_REAL_DATA to the folder that holds them")
    return folder
