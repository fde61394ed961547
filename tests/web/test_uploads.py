"""Files that are made to cost more than they weigh, and what is done with them before anybody reads them."""

from __future__ import annotations

import bz2
import io
import os
import pickle
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from subprocess import DEVNULL, PIPE

import anyio
import psutil
import pytest
from starlette.datastructures import UploadFile

from matcher.api.checker import Checker
from matcher.api.checking import framed
from matcher.api.problems import Problem
from matcher.api.runner import job_folder
from matcher.api.settings import Settings
from matcher.api.uploads import save
from matcher.api.worklist_upload import draft_of_mapping
from matcher.readers.read import read_patients
from matcher.rulebook.load import load_rulebook
from matcher.service.file_run import FileRun
from matcher.service.match import MatchOptions
from tests.small_formulary import SMALL_FORMULARY
from tests.small_rulebook import write_rulebook
from tests.web.live import ROOT
from tests.whole import only_whole

LIMITS = replace(Settings(), upload_columns=50)
WIDE = b",".join(b"c%d" % n for n in range(60))


def kept(tmp_path: Path, content: bytes, name: str = "a.csv", mapping: bytes | None = None) -> None:
    described = None if mapping is None else io.BytesIO(mapping)
    save(io.BytesIO(content), name, described, tmp_path / "in", LIMITS)


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\n\n",
        b"sep=,\n",
        b"sep=,\r\n\r\n",
        b'"a\nb",',
        b"\xef\xbb\xbf\n",
        b" \t\n,,,\n",
        b'"\n",' * 3,
        b"\0\n",
    ],
    ids=repr,
)
def test_too_many_columns_are_refused_wherever_the_header_begins(tmp_path: Path, before: bytes) -> None:
    with pytest.raises(Problem) as refused:
        kept(tmp_path, before + WIDE + b"\n1\n")
    assert refused.value.code == "U061"


@pytest.mark.parametrize("head", [b"patient_id,age\n", b"\nsep=;\npatient_id;age\n", b'"patient\nid",age\n'])
def test_as_many_as_are_taken_are_taken(tmp_path: Path, head: bytes) -> None:
    kept(tmp_path, head + b"A,61\n")


def archive(packed: int, content: bytes, damage: bool) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packed) as file:
        file.writestr("patients.csv", content)
    raw = bytearray(held.getvalue())
    if damage:
        raw[60:90] = bytes(30)
    return bytes(raw)


@pytest.mark.parametrize(
    "packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_damaged_archive_is_a_problem_however_it_is_packed(tmp_path: Path, packed: int) -> None:
    text = b"patient_id,age\n" + b"".join(b"P%d,%d\n" % (n, n % 90) for n in range(2_000))
    kept(tmp_path / "whole", archive(packed, text, damage=False), "a.zip")
    with pytest.raises(Problem) as refused:
        kept(tmp_path / "damaged", archive(packed, text, damage=True), "a.zip")
    assert (refused.value.status_code, refused.value.code) == (422, "U061")


def test_an_archive_of_many_entries_is_refused_before_its_directory_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for number in range(500):
            file.writestr(f"{number}/", b"")
    monkeypatch.setattr("matcher.api.uploads.zipfile.ZipFile", None)
    with pytest.raises(Problem) as refused:
        kept(tmp_path, held.getvalue(), "a.zip")
    assert refused.value.code == "U061"


def test_a_mapping_has_a_size(tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        kept(tmp_path, b"patient_id\nA\n", mapping=b"#" * (2 << 20))
    assert refused.value.place == "mapping"


@only_whole
def test_servers_with_different_stores_do_not_share_the_files_of_jobs(tmp_path: Path) -> None:
    one, other = (replace(LIMITS, data=str(tmp_path), store=f"sqlite:///{tmp_path}/{name}") for name in "ab")
    assert job_folder(one, "x").parent != job_folder(other, "x").parent
    assert job_folder(one, "x") == job_folder(replace(one, port=1), "x")


def test_bz2_says_so_of_what_is_none() -> None:
    """Why an error of the system without a number is taken for damage: the standard library raises that."""
    with pytest.raises(OSError, match="Invalid") as refused:
        bz2.decompress(b"nothing of the kind")
    assert refused.value.errno is None


def endless(tmp_path: Path) -> FileRun:
    """A file that nobody ever writes to the end."""
    patients = tmp_path / "patients.csv"
    os.mkfifo(patients)
    return FileRun(patients, None, tmp_path / "out", None, date(2026, 1, 15), MatchOptions(), 10)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_file_that_takes_for_ever_to_look_through_is_taken_and_its_process_ended(tmp_path: Path) -> None:
    rulebook = load_rulebook(write_rulebook(tmp_path / "rules"))
    run, checker = endless(tmp_path), Checker(2.0)
    found: list[psutil.Process] = []

    async def check() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(checker.check, run, rulebook)
            while not found:
                found.extend(
                    each for each in psutil.Process().children() if "matcher.api.checking" in each.cmdline()
                )
                await anyio.sleep(0.05)
        while any(each.is_running() for each in found):
            await anyio.sleep(0.05)

    anyio.run(check)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_check_ends_by_itself_where_the_server_is_gone(tmp_path: Path) -> None:
    """Nobody holds the other end any more, and it does not look."""
    rulebook = load_rulebook(write_rulebook(tmp_path / "rules"))
    command = [sys.executable, "-m", "matcher.api.checking", "0.5"]
    with subprocess.Popen(command, stdin=PIPE, stdout=DEVNULL, stderr=PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(framed(pickle.dumps((endless(tmp_path), rulebook))))
        process.stdin.flush()
        assert process.wait(60) == 1


def zipped(folder: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return held.getvalue()


@pytest.mark.parametrize("folder", ["cbioportal", "synthea"])
def test_an_export_is_sent_as_a_zip_with_its_ready_made_mapping(tmp_path: Path, folder: str) -> None:
    """What the page drafts for it is the mapping that ships, and it reads what was sent."""
    content = zipped(ROOT / "fixtures" / "exports" / folder)
    drafted = draft_of_mapping(UploadFile(io.BytesIO(content), filename="e.zip"), Settings())
    upload = save(io.BytesIO(content), "e.zip", io.BytesIO(drafted), tmp_path / "in", Settings())
    read = read_patients(
        upload.patients, formulary=SMALL_FORMULARY, mapping=upload.mapping, as_of=date(2026, 1, 15)
    )
    assert len(list(read)) == read.reading.matched > 0


def test_a_file_with_other_columns_gets_a_draft_to_complete_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    rows = b"PatNr;Geburtstag;ECOG\n1;03.04.1961;1\n2;13.11.1950;0\n"
    drafted = draft_of_mapping(UploadFile(io.BytesIO(rows), filename="export.csv"), Settings()).decode()
    assert "PatNr" in drafted
    assert "delimiter" in drafted
    with pytest.raises(Problem):
        draft_of_mapping(UploadFile(io.BytesIO(b"x"), filename="a.exe"), Settings())
