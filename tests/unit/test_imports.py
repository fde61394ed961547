"""A command starts without what it does not need: its help loads nothing of any work, its work nothing of another's."""

import subprocess
import sys
from pathlib import Path

import pytest

from matcher.cli.commands.rules import KINDS
from matcher.rules.schema import RULE_KINDS

PROBE = (
    "import sys; from matcher.cli import main; code = main(sys.argv[1:]); "
    "print(*sorted(sys.modules), file=sys.stderr); raise SystemExit(code)"
)
#: what the declarations of commands are made of
DECLARED = {"matcher", "matcher.cli", "matcher.cli.app", "matcher.cli.asked", "matcher.cli.start"}
HEAVY = {
    "alembic",
    "fastapi",
    "jinja2",
    "matplotlib",
    "numpy",
    "pint",
    "polars",
    "pyarrow",
    "pydantic",
    "rich",
    "yaml",
}
SERVED = {"durable", "fastapi", "matcher.api", "matcher.store", "matcher.web", "sqlalchemy", "uvicorn"}
SHOWN = {"jinja2", "matcher.explanation.explain", "matcher.readers.read", "matplotlib"}
PROVEN = {"matcher.cases", "matcher.rulebook.lint"}


def loaded(*arguments: str) -> set[str]:
    """The modules in memory after this command, in an interpreter of its own."""
    command = [sys.executable, "-c", PROBE, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return set(run.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("match", "--help"),
        ("rules", "--help"),
        ("rules", "schema", "--help"),
        ("serve", "--help"),
    ],
    ids=" ".join,
)
def test_help_imports_the_declarations_and_nothing_of_any_work(arguments: tuple[str, ...]) -> None:
    found = loaded(*arguments)
    ours = {name for name in found if name.partition(".")[0] == "matcher"}
    assert {
        name for name in ours if not name.startswith(("matcher.cli.commands", "matcher.errors"))
    } == DECLARED
    # typer reads the options of a command with pydantic; the program's own help and version have none
    assert not found & (HEAVY if len(arguments) == 1 else HEAVY - {"pydantic"})


@pytest.mark.parametrize(
    ("arguments", "others"),
    [
        (("profile", "schema"), SERVED | SHOWN | PROVEN | {"matcher.engines", "numpy", "yaml"}),
        (("rules", "schema"), SERVED | SHOWN | PROVEN | {"matcher.engines", "numpy", "yaml"}),
        (("rules", "list"), SERVED | SHOWN | PROVEN | {"matcher.engines.columnar"}),
        (("rules", "show", "NCT04577326"), SERVED | SHOWN - {"matcher.explanation.explain"} | PROVEN),
        (("match", "fixtures/patients.csv", "--json"), SERVED | PROVEN | {"matplotlib", "polars", "pyspark"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_no_command_imports_anothers_work(
    arguments: tuple[str, ...], others: set[str], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    assert not loaded(*arguments) & others


def test_the_help_names_every_kind_of_rule_file() -> None:
    assert tuple(KINDS.split(", ")) == RULE_KINDS
