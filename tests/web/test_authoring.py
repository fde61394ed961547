"""A rule's text over HTTP: cards, edits, sentences, words and limits, for those who write rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from matcher.api.app import create_app
from matcher.api.clock import now
from matcher.api.settings import Settings
from matcher.store import Tokens, open_database
from tests.small_rulebook import write_rulebook
from tests.web.asking import Answered, ask

TEXT = """\
trial: NEW-1
title: A new trial   # with a comment
phase: 2
recruitment: {status: unknown, as_of: 2026-01-01, source: protocol}
coverage: partial
sources: {protocol: {document: Protocol NEW-1, section: Eligibility}}
inclusion:
  I-01:
    text: Haemoglobin of at least 9
    when: {lab: {test: haemoglobin, at_least: 9 g/L}}
    source: protocol
"""


class Desk:
    """One author's requests."""

    def __init__(self, app: Any, secrets: dict[str, str]) -> None:
        self.app, self._secrets = app, secrets

    def ask(self, path: str, who: str = "author", **body: Any) -> Answered:
        headers = {"authorization": f"Bearer {self._secrets[who]}", "content-type": "application/json"}
        sent = [json.dumps(body).encode()]
        return ask(self.app, "POST", f"/v1/authoring/{path}", sent, headers)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("authoring")
    rules = write_rulebook(folder / "rules")
    settings = Settings(
        port=8123, rules=str(rules), store=f"sqlite:///{folder / 's.sqlite'}", data=str(folder / "data")
    )
    database = open_database(settings.store_url, now)
    roles = ("author", "intake")
    secrets = {role: Tokens(database).create(role)[1] for role in roles}  # type: ignore[arg-type]
    database.close()
    app = create_app(settings)
    yield Desk(app, secrets)
    app.state.server.checker.close()
    app.state.server.database.close()


def test_a_wrong_unit_comes_with_the_edit_that_mends_it(desk: Desk) -> None:
    laid = desk.ask("cards", text=TEXT).json()
    (problem,) = laid["problems"]
    assert (problem["code"], problem["path"][-1]) == ("R018", "at_least")
    (card,) = laid["sections"][0]["cards"]
    assert laid["forms"][card["condition"]["form"]]["word"] == "lab"
    done = desk.ask("edit", text=TEXT, edit=problem["remedy"]["edit"]).json()
    assert done["text"] == TEXT.replace("9 g/L", "9 g/dL")
    assert [each["text"] for each in done["cards"]["sections"][0]["cards"][0]["lines"]]
    assert [each for each in done["cards"]["problems"] if each["severity"] == "error"] == []


def test_an_edit_that_cannot_be_made_is_a_problem_and_changes_nothing(desk: Desk) -> None:
    for edit in (
        {"op": "set", "path": ["inclusion", "I-02", "text"], "value": "x"},
        {"op": "paint"},
        {"op": "add", "path": ["title"], "value": {"a": {"b": [1, None]}}},
        {"op": "set", "path": ["title"], "value": json.loads("[" * 300 + "]" * 300)},
    ):
        refused = desk.ask("edit", text=TEXT, edit=edit)
        assert (refused.status, refused.json()["code"]) == (422, "U068"), edit
    assert desk.ask("edit", text=TEXT, edit={"op": "set", "path": ["title"], "value": "\ud800"}).status == 422


def test_a_text_that_cannot_be_read_has_no_cards_and_names_the_line(desk: Desk) -> None:
    laid = desk.ask("cards", text=TEXT.replace("9 g/L}}", "9 g/L")).json()
    assert (laid["readable"], laid["sections"]) == (False, [])
    assert laid["problems"][0]["line"] == 11
    assert desk.ask("cards", text="x" * 5_000_000).status in (200, 413)


def test_sentences_words_and_limits(desk: Desk) -> None:
    split = desk.ask("sentences", text="Exclusion Criteria:\n- Known HIV\n- Pregnant").json()
    assert [(each["text"], each["section"]) for each in split["sentences"]] == [
        ("Known HIV", "exclusion"),
        ("Pregnant", "exclusion"),
    ]
    assert desk.ask("limit", text="\u2265 1.5 x 10^9/L").json()["fields"] == {"at_least": "1.5 10*9/L"}
    assert desk.ask("limit", text="x" * 301).status == 422


def test_who_does_not_write_rules_is_refused(desk: Desk) -> None:
    assert desk.ask("cards", who="intake", text=TEXT).status == 403
