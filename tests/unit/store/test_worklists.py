"""Worklists in the store: a team's own, found again by patient, changed by one at a time, gone when they are gone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matcher.store import (
    Asked,
    Change,
    Database,
    Entries,
    Entry,
    Logins,
    Pair,
    RunState,
    Status,
    Statuses,
    Worklists,
    open_database,
)
from tests.postgresql import PostgreSQL

CANARY = "Zyxwvut-Quastel"
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
RUN = "a" * 32


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Database]:
    if getattr(request, "param", "sqlite") == "sqlite":
        url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    else:
        held: PostgreSQL = request.getfixturevalue("postgresql")
        url = held.new()
    opened = open_database(url, clock)
    yield opened
    opened.close()


def entry(number: int, patient: str, trial: str = "NCT1", standing: int = 3, missing: str = "I-01") -> Entry:
    return Entry(number, patient, 0, number - 1, False, trial, standing, "recruiting", missing, 1)


@pytest.fixture
def worklist(database: Database) -> str:
    lists = Worklists(database)
    made = lists.create("thoracic", "Tuesday clinic", "Anna")
    lists.add_run(RUN, made.id, RUN, {}, "Anna")
    Entries(database).add(
        RUN,
        [
            entry(1, "P-1"),
            entry(2, "P-2", standing=0, missing=""),
            entry(3, CANARY, "NCT2", missing="I-01; I-11"),
            entry(4, "P-4", "", 7, ""),
        ],
        [
            Pair(1, "NCT1", 1, 3, "recruiting", "I-01", ""),
            Pair(1, "NCT2", 2, 4, "recruiting", "", "E-02"),
            Pair(2, "NCT1", 1, 0, "recruiting", "", ""),
            Pair(3, "NCT2", 1, 3, "closed", "I-01; I-11", ""),
        ],
    )
    return made.id


def found(database: Database, worklist: str, asked: Asked) -> list[str]:
    entries = Entries(database)
    page = entries.page(RUN, worklist, asked, 50)
    assert entries.count(RUN, worklist, asked) == len(page)
    return [each.patient for each in page]


def test_a_worklist_is_its_team_s(database: Database, worklist: str) -> None:
    lists = Worklists(database)
    assert lists.read(worklist, "thoracic") is not None
    assert lists.read(worklist, "gastric") is None
    assert lists.read(worklist, "") is None
    assert lists.of("gastric") == []


FOUND = [
    (Asked(), ["P-2", "P-1", CANARY, "P-4"]),
    (Asked(sort="file"), ["P-1", "P-2", CANARY, "P-4"]),
    (Asked(trial="NCT1"), ["P-2", "P-1"]),
    (Asked(trial="NCT2", standing=4), ["P-1"]),
    (Asked(standing=3, missing="I-11"), [CANARY]),
    (Asked(missing="I-1"), []),
    (Asked(missing="I_01"), []),
    (Asked(trial="NCT2", availability="closed"), [CANARY]),
    (Asked(patient="p-"), ["P-2", "P-1", "P-4"]),
    (Asked(status="contacted"), ["P-1"]),
    (Asked(status="contacted", trial="NCT1"), []),
    (Asked(status="new"), ["P-2", CANARY, "P-4"]),
    (Asked(owner="Anna"), ["P-1"]),
    (Asked(changed=True), []),
]


@both
def test_patients_are_found_by_trial_standing_and_what_was_done(database: Database, worklist: str) -> None:
    Statuses(database, worklist).change([Change("P-1", "NCT2", 0, "contacted", "Anna")], "Anna")
    for asked, patients in FOUND:
        assert found(database, worklist, asked) == patients, asked


@both
def test_of_many_changes_the_one_that_came_too_late_is_named(database: Database, worklist: str) -> None:
    statuses = Statuses(database, worklist)
    statuses.change([Change("P-7", "NCT1", 0, "contacted", note="phoned")], "Berta")
    answered = statuses.change([Change(f"P-{n}", "NCT1", 0, "reviewing") for n in range(200)], "Anna")
    assert sum(each.done for each in answered) == 199
    (late,) = [each for each in answered if not each.done]
    assert late.now == Status("P-7", "NCT1", "contacted", "", "phoned", "", "Berta", NOON, 1)
    assert statuses.of(["P-7"])["P-7", "NCT1"].status == "contacted"
    again = statuses.change([Change("P-7", "NCT1", 1, "declined", reason="too far")], "Anna")
    assert again[0].done
    assert [(each.status, each.by, each.note) for each in statuses.history("P-7")] == [
        ("declined", "Anna", "phoned"),
        ("contacted", "Berta", "phoned"),
    ]


_HALF_WAY = """
import sys, time
from datetime import UTC, datetime
from matcher.store import Change, Statuses, open_database

def changes():
    for number in range(200):
        yield Change(f"P-{number}", "NCT1", 0, status="contacted")
    print("half way", flush=True)
    time.sleep(600)

statuses = Statuses(open_database(sys.argv[1], lambda: datetime(2026, 1, 15, tzinfo=UTC)), sys.argv[2])
statuses.change(changes(), "Anna")
"""


@both
def test_a_server_killed_half_way_through_many_changes_has_made_none_of_them(
    database: Database, worklist: str
) -> None:
    command = [sys.executable, "-c", _HALF_WAY, str(database.engine.url), worklist]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ)) as writing:
        assert writing.stdout is not None
        assert writing.stdout.readline() == b"half way\n"
        writing.kill()
    statuses = Statuses(database, worklist)
    everybody = [f"P-{number}" for number in range(200)]
    assert statuses.of(everybody) == {}
    assert statuses.history("P-1") == []
    again = statuses.change([Change(each, "NCT1", 0, status="reviewing") for each in everybody], "Berta")
    assert all(each.done for each in again)
    assert {each.by for each in statuses.of(everybody).values()} == {"Berta"}


def test_what_was_judged_is_kept_and_added_to(database: Database, worklist: str) -> None:
    statuses = Statuses(database, worklist)
    for verdict in ("met", "not met"):
        statuses.judge("P-1", {"criterion": "I-01", "verdict": verdict}, "Anna")
    assert [each.record["verdict"] for each in statuses.judged()["P-1"]] == ["met", "not met"]
    assert statuses.judged(["P-2"]) == {}


def test_a_run_is_gone_on_with_after_the_parts_that_are_written(database: Database, worklist: str) -> None:
    entries = Entries(database)
    assert entries.parts_done(RUN) == 1
    entries.clear(RUN, 1)
    assert entries.count(RUN, worklist, Asked()) == 4
    entries.clear(RUN)
    assert (entries.parts_done(RUN), entries.pairs(RUN, [1, 2, 3])) == (0, {})


def test_of_two_who_begin_the_matching_one_does(database: Database, worklist: str) -> None:
    lists = Worklists(database)
    assert lists.note(RUN, RunState.CHECKING, state=RunState.CHECKED)
    assert lists.note(RUN, RunState.CHECKED, state=RunState.MATCHING)
    assert not lists.note(RUN, RunState.CHECKED, state=RunState.MATCHING)


@both
@pytest.mark.parametrize("how", ["deleted", "expired"])
def test_with_a_worklist_goes_all_that_names_a_patient(
    database: Database, worklist: str, clock: Clock, tmp_path: Path, how: str
) -> None:
    statuses, lists = Statuses(database, worklist), Worklists(database)
    statuses.change([Change(CANARY, "NCT1", 0, "contacted", note=CANARY)], "Anna")
    statuses.judge(CANARY, {"reason": CANARY}, "Anna")
    statuses.keep_filter("mine", {"owner": "Anna"}, "Anna")
    lists.keep_rulebook("v1", b"rules")
    if how == "deleted":
        assert lists.delete(worklist) == [RUN]
    else:
        assert lists.delete_expired() == []
        clock.now = NOON + timedelta(days=181)
        assert lists.delete_expired() == [RUN]
    assert (lists.of("thoracic"), lists.run_ids(), lists.rulebook("v1")) == ([], set(), None)
    assert (statuses.history(CANARY), statuses.judged(), statuses.filters()) == ([], {}, {})
    assert not any(CANARY.encode() in each.read_bytes() for each in tmp_path.iterdir())
    assert statuses.change([Change("P-1", "NCT1", 0, "contacted")], "Anna") == []


def test_a_login_is_over_after_a_while_or_when_it_is_ended(database: Database, clock: Clock) -> None:
    logins = Logins(database)
    first, second = logins.begin("t1"), logins.begin("t1")
    assert first != second
    logins.end(first)
    assert (logins.token_of(first), logins.token_of(second)) == (None, "t1")
    clock.now = NOON + timedelta(hours=12)
    assert logins.token_of(second) is None
