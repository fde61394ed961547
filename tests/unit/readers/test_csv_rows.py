from pathlib import Path

import pytest

from matcher.errors import PatientDataError, UsageError
from matcher.readers.csv_rows import LONGEST_RECORD_LINES, Row, open_table
from matcher.readers.mapping_model import FileForm


def rows(tmp_path: Path, content: bytes | str, **how: str) -> list[Row]:
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(open_table(path, known=("id", "n"), form=FileForm.model_validate(how)).rows())


def cells(found: list[Row]) -> list[dict[str, str]]:
    return [row.cells for row in found if row.problem is None]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    text = "id,n\n" + "".join(f"{number},Müller\n" for number in range(3))
    assert cells(rows(tmp_path, text.encode(encoding)))[0] == {"id": "0", "n": "Müller"}


def test_a_stated_encoding_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PatientDataError, match="P006"):
        rows(tmp_path, "id,n\n1,Müller\n".encode("latin-1"), encoding="utf-8")


@pytest.mark.parametrize(
    "how",
    [
        *(
            {"encoding": name}
            for name in ("klingon", "rot13", "base64", "zlib", "punycode", "idna", "undefined")
        ),
        *({"encoding": name} for name in ("unicode_escape", "utf7", "", "a\0b", "x" * 5_000)),
        {"delimiter": ";;"},
    ],
)
def test_an_encoding_or_delimiter_that_is_none_is_refused(tmp_path: Path, how: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="U020"):
        rows(tmp_path, "id,n\n1,2\n", **how)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out_even_where_others_are_in_the_texts(
    tmp_path: Path, delimiter: str
) -> None:
    others = "".join(each for each in ",;|" if each != delimiter)
    found = rows(tmp_path, f'id{delimiter}n\n1{delimiter}"a{delimiter}{others}b"\n')
    assert cells(found) == [{"id": "1", "n": f"a{delimiter}{others}b"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do_and_a_quoted_one_is_text(tmp_path: Path, end: str) -> None:
    found = rows(tmp_path, end.join(["id,n", f'1,"a{end}b"', "2,c", ""]))
    assert [row.line for row in found] == [2, 4]
    assert found[0].cells["n"] == f"a{end}b"


def test_a_spreadsheet_that_names_its_separator(tmp_path: Path) -> None:
    assert cells(rows(tmp_path, "sep=;\nid;n\n1;2\n")) == [{"id": "1", "n": "2"}]


def test_blank_rows_are_no_patients(tmp_path: Path) -> None:
    assert len(rows(tmp_path, "\n\nid,n\n\n1,2\n , \n,\n")) == 1


@pytest.mark.parametrize("row", ["1", "1,2,3"])
def test_a_row_of_another_width_is_a_problem_of_its_own(tmp_path: Path, row: str) -> None:
    found = rows(tmp_path, f"id,n\n{row}\n2,x\n")
    assert [each.problem and each.problem[0] for each in found] == ["P003", None]
    assert found[0].cells["id"] == "1"


def test_empty_cells_beyond_the_header_do_no_harm(tmp_path: Path) -> None:
    assert cells(rows(tmp_path, "id,n\n1,2,,\n")) == [{"id": "1", "n": "2"}]


def test_a_quote_without_an_end_costs_its_row_only(tmp_path: Path) -> None:
    found = rows(tmp_path, 'id,n\n1,"a\n2,b\n3,c\n')
    assert [(row.line, row.problem and row.problem[0]) for row in found] == [
        (2, "P007"),
        (3, None),
        (4, None),
    ]


def test_a_quote_without_an_end_in_a_long_file_costs_its_row_only(tmp_path: Path) -> None:
    rest = "".join(f"{number},x\n" for number in range(3 * LONGEST_RECORD_LINES))
    found = rows(tmp_path, f'id,n\n1,"a\n{rest}')
    assert [row.line for row in found if row.problem] == [2]
    assert len(found) == 3 * LONGEST_RECORD_LINES + 1


def test_a_mark_in_the_middle_of_a_quoted_text_costs_its_row_only(tmp_path: Path) -> None:
    found = rows(tmp_path, 'id,n\n1,"a" b\n2,c\n')
    assert [row.problem and row.problem[0] for row in found] == ["P007", None]


def test_a_cell_beyond_all_measure_is_a_problem_of_its_own(tmp_path: Path) -> None:
    found = rows(tmp_path, f"id,n\n1,{'x' * 200_000}\n2,c\n")
    assert [row.problem and row.problem[0] for row in found] == ["P008", None]


def test_nul_characters_are_a_problem_of_their_row(tmp_path: Path) -> None:
    found = rows(tmp_path, b"id,n\n1,a\0b\n2,c\n")
    assert [row.problem and row.problem[0] for row in found] == ["P006", None]


@pytest.mark.parametrize("content", ["", " \n", "\ufeff"])
def test_nothing_at_all_is_no_file_of_patients(tmp_path: Path, content: str) -> None:
    with pytest.raises(PatientDataError, match="P013"):
        rows(tmp_path, content)
