"""The script that writes the generated reference pages."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

Main = Callable[..., int]
PAGES = {"docs/one.md": lambda: "one\n", "docs/deep/two.md": lambda: "zwei: Größe\n"}


@pytest.fixture(scope="module")
def main(root: Path) -> Main:
    spec = importlib.util.spec_from_file_location("docs", root / "scripts" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Main = module.main
    return function


def test_the_check_names_each_stale_page_in_one_line_and_writes_nothing(
    main: Main, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "one.md").write_bytes(b"two\n")
    assert main(["--check"], PAGES, tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        "docs/one.md is out of date: run `make docs`",
        "docs/deep/two.md is out of date: run `make docs`",
    ]
    assert (tmp_path / "docs" / "one.md").read_bytes() == b"two\n"
    assert not (tmp_path / "docs" / "deep").exists()


def test_pages_that_were_written_pass_the_check(
    main: Main, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], PAGES, tmp_path) == 0
    assert (tmp_path / "docs" / "deep" / "two.md").read_text(encoding="utf-8") == "zwei: Größe\n"
    capsys.readouterr()
    assert main(["--check"], PAGES, tmp_path) == 0
    assert capsys.readouterr().out == ""
