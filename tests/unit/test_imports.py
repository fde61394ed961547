"""A command starts without what it does not need: its help loads nothing of any work, its work nothing of another's."""

import subprocess
import sys
from pathlib import Path

import pytest

from matcher.cli.commands.rules import KINDS
from matcher.rules.schema import RULE_KINDS
from tests.whole import one_of

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


SERVER = f"import uvicorn; uvicorn.run = lambda *_, **__: None; {PROBE}"
"""Everything of ``serve`` but the waiting for requests."""
WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in NAMES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

NAMES = set(sys.argv.pop(1).split(","))
sys.meta_path.insert(0, Missing())
from matcher.cli import main
raise SystemExit(main(sys.argv[1:]))
"""
#: what only charts, columns, clusters or shared stores need
COLUMNS, OPTIONAL = {"pyarrow", "polars"}, {"matplotlib", "pandas", "pyspark", "psycopg"}


def loaded(*arguments: str, probe: str = PROBE) -> set[str]:
    """The modules in memory after this command, in an interpreter of its own."""
    command = [sys.executable, "-c", probe, *arguments]
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


def test_the_package_imports_nothing_but_itself() -> None:
    code = "import sys; before = set(sys.modules); import matcher; print(*(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    foreign = {each.partition(".")[0] for each in run.stdout.split()} - sys.stdlib_module_names
    assert foreign == {"matcher"}


@pytest.mark.parametrize("patients", one_of(2, ["patients.csv", "profiles.jsonl", "tables"]))
def test_a_small_file_is_matched_without_what_large_ones_need(
    root: Path, tmp_path: Path, patients: str
) -> None:
    asked = ("match", str(root / "fixtures" / patients), "--as-of", "2026-01-15", "--out", str(tmp_path))
    found = loaded(*asked)
    assert not found & (COLUMNS | OPTIONAL - {"matplotlib"})
    assert not loaded(*asked, "--no-explanations") & (COLUMNS | OPTIONAL - {"matplotlib"})


def test_a_server_starts_without_what_its_jobs_need(tmp_path: Path) -> None:
    asked = ("serve", "--port=0", f"--store=sqlite:///{tmp_path / 'store.sqlite'}", f"--data={tmp_path}")
    assert not loaded(*asked, probe=SERVER) & (COLUMNS | OPTIONAL)


@pytest.mark.parametrize("missing", [OPTIONAL, OPTIONAL | COLUMNS], ids=["extras", "extras and columns"])
def test_the_main_job_does_without_the_extras(root: Path, tmp_path: Path, missing: set[str]) -> None:
    """The report then says that it has no charts; a small file needs no columns either."""
    patients = root / "fixtures" / "patients.csv"
    if not missing & COLUMNS:  # as many as are matched in columns
        first, *rows = patients.read_text("utf-8").splitlines()
        many = [f"P{number}{row[row.index(',') :]}" for number in range(30) for row in rows]
        patients = tmp_path / "patients.csv"
        patients.write_text("\n".join([first, *(f"{n}{row}" for n, row in enumerate(many))]), "utf-8")
    words = ["match", str(patients), "--as-of", "2026-01-15", "--out", str(tmp_path / "out")]
    command = [sys.executable, "-c", WITHOUT, ",".join(missing), *words]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "There are no charts here" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_the_help_names_every_kind_of_rule_file() -> None:
    assert tuple(KINDS.split(", ")) == RULE_KINDS
