"""Drafts in the store: nothing written is lost, no step is without its entry, and the chain tells of a change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from matcher.store import Audit, Database, Draft, Drafts, DraftState, Move, Who, open_database
from matcher.store.schema import AUDIT
from tests.postgresql import PostgreSQL

ANNA, BERTA = Who("person:anna", "Anna"), Who("person:berta", "Berta")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.new()
    now = [datetime(2026, 1, 15, tzinfo=UTC)]

    def clock() -> datetime:
        now[0] += timedelta(seconds=1)
        return now[0]

    held = open_database(url, clock)
    yield held
    held.close()


@pytest.fixture
def drafts(database: Database) -> Drafts:
    return Drafts(database)


@pytest.fixture
def draft(drafts: Drafts) -> Draft:
    return drafts.create("NCT1", "trial", "one", "cases one", {"from": "blank"}, ANNA)


def test_a_second_save_on_an_old_revision_is_kept_aside(drafts: Drafts, draft: Draft) -> None:
    first = drafts.save(draft.id, "text", "Berta's", draft.revision, BERTA)
    second = drafts.save(draft.id, "text", "Anna's", draft.revision, ANNA)
    assert first is not None
    assert first.done
    assert second is not None
    assert (second.done, second.draft.text, second.author) == (
        False,
        "Berta's",
        "Berta",
    )
    assert [(each.content, each.by) for each in drafts.asides(draft.id)] == [("Anna's", "Anna")]


def test_text_and_cases_are_saved_beside_each_other(drafts: Drafts, draft: Draft) -> None:
    assert drafts.save(draft.id, "cases", "cases two", draft.revision, BERTA)
    saved = drafts.save(draft.id, "text", "two", draft.revision, ANNA)
    assert saved is not None
    assert saved.done
    assert (saved.draft.text, saved.draft.cases) == ("two", "cases two")
    assert drafts.content(draft.id, "text", draft.revision) == "one"
    assert drafts.contributors(draft.id) == {"person:anna": "Anna", "person:berta": "Berta"}


def test_a_step_wants_its_state_and_revision(drafts: Drafts, draft: Draft) -> None:
    submit = Move((DraftState.DRAFT,), DraftState.REVIEW, "submitted", revision=draft.revision + 1)
    assert not drafts.move(draft.id, submit, ANNA)
    assert drafts.move(draft.id, Move(submit.was, submit.to, "submitted", revision=draft.revision), ANNA)
    saved = drafts.save(draft.id, "text", "changed meanwhile", draft.revision, ANNA)
    assert saved is not None
    assert saved.draft.state is DraftState.DRAFT
    said = [each.about for each in drafts.notes(draft.id)]
    assert said == ["submitted", "changed in review"]


def test_what_fails_in_a_step_undoes_it(drafts: Drafts, draft: Draft) -> None:
    def fail() -> None:
        raise RuntimeError

    step = Move((DraftState.DRAFT,), DraftState.APPROVED, "approved", written=fail)
    with pytest.raises(RuntimeError):
        drafts.move(draft.id, step, BERTA)
    held = drafts.read(draft.id)
    assert held is not None
    assert held.state is DraftState.DRAFT
    assert drafts.audit.verify().sound


def test_what_is_approved_is_not_changed(drafts: Drafts, draft: Draft) -> None:
    assert drafts.move(draft.id, Move((DraftState.DRAFT,), DraftState.APPROVED, "approved"), BERTA)
    saved = drafts.save(draft.id, "text", "too late", draft.revision, ANNA)
    assert saved is not None
    assert (saved.done, saved.draft.text) == (False, "one")
    assert [each.content for each in drafts.asides(draft.id)] == ["too late"]


@pytest.mark.parametrize(
    "tamper",
    [
        update(AUDIT).where(AUDIT.c.number == 2).values(actor="nobody"),
        delete(AUDIT).where(AUDIT.c.number == 2),
        delete(AUDIT).where(AUDIT.c.number == 4),
        text("UPDATE audit SET at = '2020-01-01 00:00:00' WHERE number = 3"),
    ],
    ids=["changed", "taken out", "cut off at the end", "another day"],
)
def test_a_tampered_audit_is_found_out(database: Database, tamper: object) -> None:
    audit = Audit(database)
    for number in range(4):
        audit.record("me", "did", str(number))
    assert audit.verify().sound
    with database.writing() as connection:
        connection.execute(tamper)  # type: ignore[call-overload]
    assert not audit.verify().sound
