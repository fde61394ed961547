"""How a file is matched follows from how many patients it may have, not from its bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.service.size import COLUMNAR_FROM, SMALL, is_small


@pytest.mark.parametrize(
    ("row", "rows", "small"),
    [
        ("1,60\n", COLUMNAR_FROM - 1, True),
        ("1,60\n", 4_000, False),
        ("1," + "x" * 1_000 + "\n", 100, True),
        ("1," + "x" * 1_000 + "\n", SMALL // 1_000, False),
    ],
)
def test_a_file_of_few_bytes_and_many_rows_is_not_small(
    row: str, rows: int, small: bool, tmp_path: Path
) -> None:
    file = tmp_path / "patients.csv"
    file.write_text("patient_id,age\n" + row * rows)
    assert is_small(file) is small
    assert is_small(tmp_path) is small


def test_of_tables_the_longest_counts_and_what_is_no_file_is_left_to_its_reader(tmp_path: Path) -> None:
    (tmp_path / "patients.csv").write_text("patient_id\n1\n")
    (tmp_path / "more").mkdir()
    assert is_small(tmp_path)
    (tmp_path / "labs.csv").write_text("patient_id,test\n" + "1,x\n" * 1_000)
    assert not is_small(tmp_path)
    assert is_small(tmp_path / "nowhere")
