"""Two servers beside each other, with one PostgreSQL and one folder: what one knows, the other knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from matcher.client import MatcherClient, ProblemError
from matcher.store.jobs import JobState
from tests.postgresql import PostgreSQL
from tests.web.live import Live, serving
from tests.web.waiting import PATIENCE

DAY = date(2026, 1, 15)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQL) -> Iterator[tuple[Live, Live]]:
    url = postgresql.new()
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    data = str(tmp_path_factory.mktemp("data"))
    with (
        serving(folders[0], store=url, data=data) as first,
        serving(folders[1], store=url, data=data) as second,
    ):
        yield first, second


@pytest.fixture
def clients(servers: tuple[Live, Live]) -> Iterator[tuple[MatcherClient, MatcherClient]]:
    first, second = servers
    with MatcherClient(first.base) as one, MatcherClient(second.base) as other:
        yield one, other


def test_an_intake_goes_on_at_the_other_server(clients: tuple[MatcherClient, MatcherClient]) -> None:
    one, other = clients
    begun = one.begin_intake(as_of=DAY)
    there = other.answer(begun.id, {"diagnosis": "PLMESO"})
    here = one.answer(begun.id, {"age": 61})
    assert here.revision == there.revision + 1
    assert set(here.answers) == {"diagnosis", "age"}
    assert other.intake(begun.id).trials == here.trials
    other.end_intake(begun.id)
    with pytest.raises(ProblemError):
        one.intake(begun.id)


def test_a_job_is_done_once_and_seen_by_both(
    clients: tuple[MatcherClient, MatcherClient], tmp_path: Path
) -> None:
    one, other = clients
    patients = tmp_path / "patients.csv"
    patients.write_text("patient_id,age,ecog\nA-1,61,1\nA-2,80,\n", "utf-8")
    begun = [each.begin(patients, as_of=DAY) for each in (one, other)]
    done = [other.wait(each.id, timeout=PATIENCE, every=0.1) for each in begun]
    assert {each.state for each in done} == {JobState.DONE}
    kept = {one.save(each, tmp_path / each.id)[0].parent / "matches.csv" for each in done}
    assert len({each.read_bytes() for each in kept}) == 1
    assert (
        {each.id for each in one.jobs()} == {each.id for each in other.jobs()} == {each.id for each in done}
    )


def test_nothing_of_it_was_an_error(servers: tuple[Live, Live]) -> None:
    for each in servers:
        assert "Traceback" not in each.said()
        assert " 500 " not in each.said()
