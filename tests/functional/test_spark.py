"""``matcher match --engine spark``: the rows of the columnar engine, on this machine and on a cluster."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from matcher.cli import main
from matcher.service.bulk.spark import _failed
from tests.whole import WHOLE

pytest.importorskip("pyspark")

PATIENTS = 400
PROGRAM = (
    "import sys, matcher.service.size as size; size.PART = 100;"
    "from matcher.cli import main; raise SystemExit(main(sys.argv[1:]))"
)
ENVIRONMENT = {
    **os.environ,
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYSPARK_PYTHON": sys.executable,
    "SPARK_DAEMON_MEMORY": "256m",
}


def needs_java() -> None:
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("SPARK IS NOT TESTED: there is no Java here (openjdk-17-jre-headless)")


@pytest.fixture(scope="module")
def patients(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The patients of the fixtures many times over, two of them under one identifier, one without any."""
    header, *lines = (root / "fixtures" / "patients.csv").read_text("utf-8").splitlines()
    folder = tmp_path_factory.mktemp("spark")
    rows = [f"N{number}{lines[number % len(lines)]}" for number in range(PATIENTS)]
    rows[250] = rows[7]
    (folder / "patients.csv").write_text(
        "\n".join([header, *rows, "," * header.count(",") + "x"]) + "\n", "utf-8"
    )
    return folder / "patients.csv"


def match(patients: Path, out: Path, *more: object) -> subprocess.CompletedProcess[str]:
    asked = [
        "match",
        patients,
        "--as-of",
        "2026-01-15",
        "-o",
        out,
        "--top",
        5,
        "--no-explanations",
        "-q",
        *more,
    ]
    command = [sys.executable, "-c", PROGRAM, *map(str, asked)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT)


@pytest.fixture(scope="module")
def expected(patients: Path) -> Mapping[str, bytes]:
    needs_java()
    assert (
        match(patients, patients.parent / "columnar", "--engine", "columnar", "--workers", 1).returncode == 0
    )
    return written(patients.parent / "columnar")


def written(out: Path) -> dict[str, bytes]:
    found = {each.name: each.read_bytes() for each in out.iterdir()}
    account = json.loads(found.pop("run.json"))
    account.pop("engine")
    return {**found, "run.json": json.dumps(account).encode(), "report.html": b""}


@pytest.fixture(scope="module")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A master and two workers, each a process of its own, from the installed package."""
    needs_java()
    import pyspark

    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    work = tmp_path_factory.mktemp("work")
    master = f"spark://127.0.0.1:{port}"
    at_home = ["--host", "127.0.0.1", "--webui-port", "0"]
    worker = ["org.apache.spark.deploy.worker.Worker", *at_home, "--cores", "1", "--memory", "1g"]
    commands = [
        ["org.apache.spark.deploy.master.Master", *at_home, "--port", str(port)],
        *([*worker, "--work-dir", str(work / str(number)), master] for number in range(2)),
    ]
    with ExitStack() as running:
        for number, command in enumerate(commands):
            log = running.enter_context((work / f"{number}.log").open("w+"))
            process = subprocess.Popen([str(program), *command], stdout=log, stderr=log, env=ENVIRONMENT)
            running.callback(process.wait)
            running.callback(process.terminate)
            said = "Successfully registered" if number else "Starting Spark master"
            while said not in (work / f"{number}.log").read_text("utf-8"):
                assert process.poll() is None, (work / f"{number}.log").read_text("utf-8")
                time.sleep(0.05)
        yield master


def test_on_this_machine(patients: Path, expected: Mapping[str, bytes], tmp_path: Path) -> None:
    ran = match(patients, tmp_path / "out", "--engine", "spark", "--master", "local[2]")
    assert ran.returncode == 0, ran.stderr
    assert written(tmp_path / "out") == expected


@pytest.mark.skipif(not WHOLE, reason="takes long: make whole")
def test_on_a_cluster_of_two(
    patients: Path, expected: Mapping[str, bytes], standalone: str, tmp_path: Path
) -> None:
    ran = match(patients, tmp_path / "out", "--engine", "spark", "--master", standalone)
    assert ran.returncode == 0, ran.stderr
    assert written(tmp_path / "out") == expected
    assert expected["rejects.csv"].count(b"P002") == 2


@pytest.mark.skipif(not WHOLE, reason="takes long: make whole")
def test_on_a_cluster_inside_one_machine(
    patients: Path, expected: Mapping[str, bytes], tmp_path: Path
) -> None:
    ran = match(patients, tmp_path / "out", "--engine", "spark", "--master", "local-cluster[2,1,1024]")
    assert ran.returncode == 0, ran.stderr
    assert written(tmp_path / "out") == expected


@pytest.mark.skipif(not WHOLE, reason="takes long: make whole")
@pytest.mark.parametrize("name", ["tcga_meso", "tcga_stad"])
def test_published_records_give_the_same_bytes(
    root: Path, real_data: Path, standalone: str, tmp_path: Path, name: str
) -> None:
    patients = real_data / "patients" / f"{name}.csv"
    for engine in ("columnar", "spark"):
        asked = [
            "match",
            patients,
            "-m",
            root / "fixtures" / "mappings" / f"{name}.yaml",
            "-o",
            tmp_path / engine,
        ]
        asked += ["--engine", engine, "-q", "--include-closed", "--as-of", "2026-01-15", "--explanations"]
        asked += ["--master", standalone] if engine == "spark" else []
        command = [sys.executable, "-m", "matcher.cli", *map(str, asked)]
        assert subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT).returncode == 0
    for each in ("matches.csv", "explanations.jsonl"):
        assert (tmp_path / "columnar" / each).read_bytes() == (tmp_path / "spark" / each).read_bytes()


def test_without_spark_one_sentence_says_what_to_install(
    patients: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    asked = ["match", patients, "-o", tmp_path / "out", "--engine", "spark"]
    assert main([*map(str, asked)]) == 2
    assert "trial-matcher[spark]" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_java_one_sentence_says_so(
    patients: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    asked = ["match", patients, "-o", tmp_path / "out", "--engine", "spark"]
    assert main([*map(str, asked)]) == 2
    assert "needs Java" in capsys.readouterr().err


@pytest.mark.parametrize("master", ["spark://127.0.0.1:9", "spark://127.0.0.1", "spark://a:b,c:99999"])
def test_a_master_that_does_not_answer_is_said_at_once(
    patients: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], master: str
) -> None:
    asked = ["match", patients, "-o", tmp_path / "out", "--engine", "spark", "--master", master]
    assert main([*map(str, asked)]) == 2
    assert f"nothing answers at the Spark master {master}" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_of_a_long_trace_the_sentence_is_told() -> None:
    trace = (
        "Job aborted\nTraceback\n  File x\nmatcher.errors.failure.UsageError: U009 no file\n\n\tat org.apache"
    )
    assert "UsageError: U009 no file" in str(_failed(RuntimeError(trace)))
