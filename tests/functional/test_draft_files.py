"""Drafts into a folder and back, and the audit gone through, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from matcher.api.clock import now
from matcher.cli.app import app
from matcher.errors import UsageError
from matcher.store import Audit, Drafts, DraftState, Move, Who, open_database
from matcher.store.schema import AUDIT

ANNA = Who("person:anna", "Anna")
RULE = "# a comment\ntrial: NCT00000042\ntitle: {\n"


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_drafts_go_to_a_folder_and_back_to_the_byte(tmp_path: Path) -> None:
    one, other = (f"sqlite:///{tmp_path / name}.sqlite" for name in ("one", "other"))
    database = open_database(one, now)
    drafts = Drafts(database)
    made = drafts.create("NCT00000042", "trial", RULE, "- case: one\r\n", {"from": "blank"}, ANNA)
    folder = tmp_path / "git"
    assert "written" in run("rules", "export", str(folder), "--store", one)
    assert "unchanged" in run("rules", "export", str(folder), "--store", one)
    into = folder / f"NCT00000042-{made.id}"
    assert (into / "NCT00000042.yaml").read_bytes() == RULE.encode()
    assert (into / "NCT00000042.cases.yaml").read_bytes() == b"- case: one\r\n"

    assert "taken in" in run("rules", "import", "drafts", str(folder), "--store", other, "--by", "Berta")
    there = open_database(other, now)
    taken = Drafts(there).all()[0]
    assert (taken.text, taken.cases, taken.state) == (RULE, "- case: one\r\n", DraftState.DRAFT)
    assert set(Drafts(there).contributors(taken.id)) == {"person:anna", "person:berta"}
    there.close()

    (into / "NCT00000042.yaml").write_text(RULE + "# from git\n", "utf-8")
    assert "new revision" in run("rules", "import", "drafts", str(folder), "--store", one)
    held = drafts.read(made.id)
    assert held is not None
    assert held.text == RULE + "# from git\n"
    assert drafts.move(made.id, Move((DraftState.DRAFT,), DraftState.APPROVED, "approved"), ANNA)
    (into / "NCT00000042.yaml").write_text("trial: other\n", "utf-8")
    assert "left: it is approved" in run("rules", "import", "drafts", str(folder), "--store", one)
    (into / "draft.json").write_text("{", "utf-8")
    assert "cannot be read" in run("rules", "import", "drafts", str(folder), "--store", one)
    database.close()


def test_a_tampered_audit_ends_the_command_with_its_code(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    database = open_database(url, now)
    audit = Audit(database)
    for number in range(3):
        audit.record("person:anna", "draft begun", str(number))
    head = json.loads(run("audit", "verify", "--store", url, "--json"))["head"]
    assert "3 entries" in run("audit", "verify", "--store", url, "--head", head[:12])
    with pytest.raises(UsageError, match="written anew"):
        run("audit", "verify", "--store", url, "--head", "0123abcd")
    with database.writing() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.number == 2).values(actor="person:mallory"))
    with pytest.raises(UsageError, match="entry 2"):
        run("audit", "verify", "--store", url)
    database.close()
