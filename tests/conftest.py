"""What every test may ask for."""

import os
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import postgresql as server

ROOT = Path(__file__).resolve().parent.parent
_BEGUN = time.monotonic()
_SCREEN = (
    "COLUMNS",
    "LINES",
    "FORCE_COLOR",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
)

# No test measures time. On CI the examples are the same in every run, so that a failure is the change's.
settings.register_profile("house", deadline=None, max_examples=20, derandomize=bool(os.environ.get("CI")))
# `make generative` looks for longer: --hypothesis-profile deep.
settings.register_profile("deep", deadline=None, max_examples=3000, suppress_health_check=list(HealthCheck))
# Once, before a release of the engines: --hypothesis-profile hunt.
settings.register_profile("hunt", deadline=None, max_examples=20_000, suppress_health_check=list(HealthCheck))
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a verdict means first, then what carries it, then processes, servers and browsers."""
    rooms = ("figures", "spec", "generative", "unit", "functional", "web")
    items.sort(key=lambda item: rooms.index(item.path.relative_to(ROOT / "tests").parts[0]))


def pytest_runtest_setup() -> None:
    """Begins no test after ``MATCHER_TEST_MINUTES``: what a slow machine has no time for is named."""
    if time.monotonic() - _BEGUN > 60 * float(os.environ.get("MATCHER_TEST_MINUTES", "inf")):
        pytest.skip("NOT TESTED: the time that MATCHER_TEST_MINUTES gives was over")


@pytest.fixture(scope="session", autouse=True)
def own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compiled rulebooks are kept in a folder of these tests; the screen of whoever runs them changes nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        for name in _SCREEN:
            patch.delenv(name, raising=False)
        yield


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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[server.PostgreSQL]:
    """A real PostgreSQL; without it the tests of shared stores are skipped, and a warning says so."""
    if server.program("initdb") is None:
        message = (
            "no PostgreSQL here: stores that servers share are NOT tested. Install the package postgresql."
        )
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    with server.running() as found:
        yield found
