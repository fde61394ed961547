"""The benchmarks run, on tiny sizes, and the page of figures says what the last run found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole import only_whole

#: what is quick enough to be run with the tests; `make bench-quick` runs the others too
QUICK = ("kernel", "large", "scaling")


@pytest.fixture(scope="module")
def account(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each system has to give the expected answers for this to end well."""
    pytest.importorskip("durable", reason="durable-rules is one of the peers")
    path = tmp_path_factory.mktemp("bench") / "run.json"
    only = [word for name in QUICK for word in ("--only", name)]
    command = [sys.executable, "benchmarks/run.py", "--scale", "tiny", *only, "--keep", "--to", str(path)]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return path


@only_whole
def test_every_benchmark_accounts_for_what_it_measured(account: Path) -> None:
    found = json.loads(account.read_text(encoding="utf-8"))
    assert [each["name"] for each in found["sections"]] == list(QUICK)
    assert found["scale"] == "tiny"
    for section in found["sections"]:
        assert section["rows"]
        assert all(len(row) == len(section["columns"]) for row in section["rows"])
    assert {"python", "cores", "packages"} <= set(found["machine"])


def test_the_page_shows_every_ratio_and_that_a_short_run_is_short(
    account: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(root))
    from benchmarks.report import performance_page

    page = performance_page(account)
    ratios = [
        each
        for section in json.loads(account.read_text(encoding="utf-8"))["sections"]
        for each in section["ratios"]
    ]
    assert len(ratios) >= 7
    assert all(f"| {each['what']} |" in page for each in ratios)
    assert "This is not the workload of the targets" in page
    # A row for each ratio, each said to be met or missed.
    assert page.count("| met |") + page.count("| **missed** |") == len(ratios)
