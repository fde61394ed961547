"""What README and guides show is what the commands print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from matcher.cli import main
from matcher.service.report import DETAIL

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/guide/command-line.md", "docs/guide/cohorts.md")


def shown() -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block with the lines under it; a line with an ellipsis stands for any."""
    for page in PAGES:
        for block in re.findall(r"```console\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, *lines = part.splitlines()
                yield command, [line for line in lines if line.strip() not in ("", "…")]


@pytest.mark.parametrize(
    ("command", "lines"), list(shown()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_command_prints_what_the_page_shows(
    command: str,
    lines: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    program, *words = shlex.split(command)
    assert program == "matcher"
    assert main([str(tmp_path) if word == "out" else word for word in words]) == 0
    printed = capsys.readouterr().out
    place = 0
    for line in lines:
        found = printed.find(line.rstrip(), place)
        assert found >= 0, f"not printed, or not in this order: {line}\n\n{printed[:20_000]}"
        place = found + 1


def test_the_python_of_the_readme_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own page
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str) -> None:
    here = (ROOT / page).parent
    for link in re.findall(r"\]\(([^)#]+)", (ROOT / page).read_text("utf-8")):
        assert (here / link).exists(), link


def test_the_guide_names_the_sizes_of_the_report() -> None:
    guide = (ROOT / "docs/guide/command-line.md").read_text("utf-8")
    for patients, _ in DETAIL:
        assert f"| up to {patients:,} |" in guide
