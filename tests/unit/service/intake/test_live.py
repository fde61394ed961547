"""Intakes that are alive: bounded, lost without harm, and saying what an answer changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from threading import Thread

import pytest

from matcher.service.intake.desk import Desk
from matcher.service.intake.live import Document, LiveIntakes
from matcher.service.intake.state import IntakeState, effect_of

AS_OF = date(2026, 1, 15)
END = datetime(2026, 1, 16, tzinfo=UTC)
EMPTY = Document({}, AS_OF)


def state(intakes: LiveIntakes, desk: Desk, name: str, before: Document, after: Document) -> IntakeState:
    with intakes.at(name, desk, before) as live:
        shown = live.update(after)
        return live.state(name, 2, END, shown)


def test_an_answer_says_what_it_gained_lost_and_settled(desk: Desk) -> None:
    intakes = LiveIntakes()
    cancer = EMPTY.with_answers({"diagnosis": {"value": "PLMESO"}})
    found = state(intakes, desk, "a", EMPTY, cancer)
    effects = {each.id: each.effect for each in found.changes.candidates}
    assert effects["CG-105-12"] == "lost"
    assert found.changes.decided > 10
    back = state(intakes, desk, "a", cancer, EMPTY)
    assert {each.id: each.effect for each in back.changes.candidates}["CG-105-12"] == "gained"
    assert back.changes.reopened == found.changes.decided
    again = state(intakes, desk, "a", EMPTY, EMPTY)
    assert not again.changes.candidates
    assert not again.changes.decided


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        ("possible", "ineligible", "lost"),
        ("eligible", "not_yet", "lost"),
        ("ineligible", "possible", "gained"),
        ("possible", "eligible", "settled"),
        ("meets_known_criteria", "possible", "reopened"),
        ("not_yet", "ineligible", "moved"),
        ("eligible", "eligible_pending_screening", "moved"),
    ],
)
def test_the_effect_of_a_change(before: str, after: str, effect: str) -> None:
    assert effect_of(before, after) == effect


def test_an_intake_that_was_forgotten_is_made_again_from_its_document(desk: Desk) -> None:
    intakes = LiveIntakes(most=2)
    document = EMPTY.with_answers({"diagnosis": {"value": "PLMESO"}, "ecog": {"value": "1"}})
    first = state(intakes, desk, "a", document, document)
    for other in "bcd":
        state(intakes, desk, other, EMPTY, EMPTY)
    assert len(intakes) == 2
    assert state(intakes, desk, "a", document, document) == first
    intakes.forget("a")
    intakes.forget("a")
    assert state(intakes, desk, "a", document, document) == first


def test_the_stored_document_wins_over_what_is_alive(desk: Desk) -> None:
    intakes = LiveIntakes()
    state(intakes, desk, "a", EMPTY, EMPTY.with_answers({"ecog": {"value": "4"}}))
    found = state(intakes, desk, "a", EMPTY, EMPTY)
    assert found.answers == {}
    assert not found.changes.candidates


def test_many_at_once_do_not_mix(desk: Desk) -> None:
    intakes = LiveIntakes(most=3)
    wanted = {}
    documents = {str(grade): EMPTY.with_answers({"ecog": {"value": str(grade)}}) for grade in range(5)}
    for name, document in documents.items():
        wanted[name] = state(intakes, desk, name, document, document).summary
    failed: list[str] = []

    def work(name: str) -> None:
        found = [state(intakes, desk, name, documents[name], documents[name]).summary for _ in range(4)]
        failed.extend(name for each in found if each != wanted[name])

    threads = [Thread(target=work, args=(name,)) for name in documents]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failed


def test_a_deceased_patient_is_asked_nothing(desk: Desk) -> None:
    document = EMPTY.with_answers({"vital_status": {"value": "deceased"}})
    found = state(LiveIntakes(), desk, "a", document, document)
    assert found.deceased
    assert found.questions == ()
    assert all(each.rank is None for each in found.trials)


def test_the_state_says_which_engine_and_rulebook_answered(desk: Desk) -> None:
    found = state(LiveIntakes(), desk, "a", EMPTY, EMPTY)
    assert found.engine in ("durable", "reference")
    assert found.rulebook.version == desk.matcher.rulebook.version
    assert found.as_of == AS_OF
