"""``matcher rules`` and ``matcher profile``."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from pathlib import Path

import pytest

from matcher.cli.rule_text import candidate_document, print_candidate, print_derivation
from matcher.cli.terminal import Page
from matcher.cli.words import look_up
from matcher.service import open_rulebook
from tests.functional.command import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return desk_in(tmp_path, capsys)


def test_the_list_has_a_line_for_each_candidate(desk: Desk) -> None:
    ran = desk.rule("list")
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()[1:4]] == ["NCT00000001", "NCT00000002", "rest"]


def test_the_list_as_json(desk: Desk) -> None:
    held = json.loads(desk.rule("list", "--json").out)["candidates"]
    assert {(each["id"], each["availability"], each["coverage"]) for each in held} == {
        ("NCT00000001", "open", "full"),
        ("NCT00000002", "closed", "partial"),
        ("rest", "not applicable", "full"),
    }


@pytest.mark.parametrize(
    "said", ["I-02  Platelets of at least 100", "at least 100 x 10^9/L", "source: protocol", "Cautions"]
)
def test_a_rule_is_shown_in_plain_words(desk: Desk, said: str) -> None:
    ran = desk.rule("show", "NCT00000001")
    assert ran.code == 0
    assert said in ran.out


def test_what_an_exclusion_excludes_stands_beside_its_authors_words(desk: Desk) -> None:
    said = desk.rule("show", "NCT00000001").out.splitlines()
    place = said.index("Exclusion: none may apply")
    assert said[place + 1].split("  ")[-1].strip() == "what the rule excludes"
    assert said[place + 2].startswith("  E-")


def test_a_rule_is_shown_as_json(desk: Desk) -> None:
    held = json.loads(desk.rule("show", "rest", "--json").out)
    assert held["evidence"][0]["study"] == "RESTED"


def test_every_rule_that_is_shipped_can_be_shown(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rulebook = open_rulebook(root / "rules")
    page = Page(laid_out=True)
    for candidate in rulebook.candidates:
        print_candidate(page, candidate)
        json.dumps(candidate_document(candidate))
    for derivation in rulebook.derivations:
        print_derivation(page, derivation)
    said = capsys.readouterr().out
    assert all(each.id in said for each in rulebook.candidates)
    assert max(map(len, said.splitlines())) < 100


def test_an_unknown_rule_names_the_nearest(desk: Desk) -> None:
    ran = desk.rule("show", "rset")
    assert ran.code == 2
    assert "did you mean 'rest'?" in ran.err
    # A number that differs in a digit is another trial's.
    assert "did you mean" not in desk.rule("show", "NCT00000003").err


def test_a_synonym_is_shown_with_what_it_became(desk: Desk) -> None:
    path = desk.rules / "trials" / "NCT00000001.yaml"
    path.write_text(path.read_text("utf-8").replace("test: platelets", "test: PLT"), "utf-8")
    ran = desk.rule("show", "NCT00000001")
    assert "read as: 'PLT' is platelets" in ran.out
    criteria = {
        each["id"]: each for each in json.loads(desk.rule("show", "NCT00000001", "--json").out)["criteria"]
    }
    assert criteria["I-02"]["read_as"] == {"PLT": "Platelets"}
    assert criteria["I-01"]["read_as"] == {}


def test_lint_passes_a_good_rulebook(desk: Desk) -> None:
    ran = desk.rule("lint")
    assert ran.code == 0
    assert "0 errors" in ran.out


def test_lint_names_everything_wrong_and_leaves_with_3(desk: Desk) -> None:
    path = desk.rules / "regimens" / "rest.yaml"
    path.write_text(path.read_text("utf-8").replace("at_least: 18 years", "at_lest: 18 years"), "utf-8")
    ran = desk.rule("lint")
    assert ran.code == 3
    assert "rest.yaml:7:" in ran.out
    assert "at_least" in ran.out
    assert "1 error" in ran.out
    held = json.loads(desk.rule("lint", "--json").out)
    assert held["diagnostics"][0]["severity"] == "error"


def test_matching_with_a_broken_rulebook_leaves_with_3_and_writes_nothing(desk: Desk) -> None:
    (desk.rules / "regimens" / "rest.yaml").write_text("regimen: rest\n", "utf-8")
    ran = desk.match("--out", desk.folder / "out")
    assert ran.code == 3
    assert "rest.yaml" in ran.err
    assert ran.out == ""
    assert not (desk.folder / "out").exists()


def test_cases_that_pass(desk: Desk) -> None:
    ran = desk.rule("test")
    assert (ran.code, ran.out) == (0, "1 case: 0 failed\n")


def test_a_case_that_fails_says_what_was_expected_and_leaves_with_3(desk: Desk) -> None:
    path = desk.rules / "regimens" / "rest.cases.yaml"
    path.write_text(path.read_text("utf-8").replace("standing: eligible", "standing: possible"), "utf-8")
    ran = desk.rule("test")
    assert ran.code == 3
    assert "expected 'possible', found 'eligible'" in ran.out
    assert "1 failed" in ran.out
    assert json.loads(desk.rule("test", "--json").out)["failed"] == 1


@pytest.mark.parametrize(
    "command", [("rules", "schema"), ("rules", "schema", "cases"), ("profile", "schema")]
)
def test_schemas_are_json(desk: Desk, command: tuple[str, ...]) -> None:
    assert "$defs" in json.loads(desk.run(*command).out)


def test_a_picture_shows_each_fact_once_whoever_asks_for_it(desk: Desk) -> None:
    drawn = desk.run("rules", "graph", "NCT00000001", "--rules", desk.rules).out
    assert drawn.startswith("flowchart LR\n")
    ages = [line for line in drawn.splitlines() if line.endswith('[("Age")]')]
    assert len(ages) == 1
    age = ages[0].strip().partition("[")[0]
    assert sum(line.endswith(f"--> {age}") for line in drawn.splitlines()) == 2
    assert "-->|exclusion|" in drawn


def test_a_picture_for_graphviz_quotes_what_a_title_may_hold(desk: Desk) -> None:
    drawn = desk.run("rules", "graph", "rest", "--rules", desk.rules, "--form", "dot").out
    assert drawn.startswith("digraph rule {\n")
    assert 'label="rest: Rest & recovery"' in drawn
    assert drawn.count("{") == drawn.count("}")


@pytest.mark.parametrize("asked", [("nothing",), ("rest", "--form", "crayon")], ids=" ".join)
def test_what_cannot_be_drawn_is_a_mistake_of_usage(desk: Desk, asked: tuple[str, ...]) -> None:
    ran = desk.run("rules", "graph", *asked, "--rules", desk.rules)
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_of_rules_is_readable_on_a_screen(width: int) -> None:
    """In a terminal of its own: every name with its title on a line below, nothing broken by the edge."""
    import fcntl
    import os
    import pty
    import struct
    import termios

    child, terminal = pty.fork()
    if child == 0:
        environment = {**os.environ, "COLUMNS": str(width), "TERM": "dumb"}
        os.execve(sys.executable, [sys.executable, "-m", "matcher.cli", "rules", "list"], environment)  # noqa: S606
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    said = b""
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65_536):
            said += piece
    os.close(terminal)
    assert os.waitpid(child, 0)[1] == 0
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", each) for each in said.decode().splitlines()]
    assert max(map(len, lines)) <= width
    place = next(at for at, each in enumerate(lines) if each.startswith("  NCT04577326"))
    assert re.fullmatch(r"  NCT04577326  recruitment \w+; part of the protocol: \d+ criteria", lines[place])
    assert lines[place + 1].startswith("    Mesothelin-targeted CAR T cells")
    text = " ".join(lines)
    for word in ("partial", "coverage", "availability", "None", "not applicable", "candidate", "derived"):
        assert word not in text


def test_names_are_found_and_readable_at_eighty_columns(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    look_up("platelets", root / "rules", as_json=False)
    look_up("transplant", root / "rules", as_json=False)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Platelets  test"
    assert said[1].strip().startswith("in a rule: lab: {test: platelets,")
    assert max(map(len, said)) <= 80
