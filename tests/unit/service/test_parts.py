"""A part of an unfinished run counts as done only while every byte of it is what was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.readers.outcome import Reading
from matcher.service.bulk.counts import Counts
from matcher.service.bulk.folder import PartAccount, RunFolder


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    found = RunFolder(tmp_path)
    account = PartAccount(3, 2, Reading(patients=2, matched=2), (), (), Counts(matched=2), {}, 2)

    def write(path: Path) -> None:
        path.write_bytes(b"A,1\nB,2\n")

    found.keep(account, write)
    return found


def test_a_whole_part_is_done(folder: RunFolder) -> None:
    found = folder.done(3)
    assert found is not None
    assert (found.patients, found.counts.matched) == (2, 2)


@pytest.mark.parametrize("which", ["rows", "account"])
def test_a_part_in_which_one_byte_is_another_is_not(folder: RunFolder, which: str) -> None:
    path: Path = getattr(folder, which)(3)
    whole = path.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        assert folder.done(3) is None, place
    path.write_bytes(whole[:-1])
    assert folder.done(3) is None
    path.unlink()
    assert folder.done(3) is None


def test_a_part_under_another_s_name_is_not(folder: RunFolder) -> None:
    folder.rows(3).rename(folder.rows(4))
    folder.account(3).rename(folder.account(4))
    assert folder.done(4) is None
