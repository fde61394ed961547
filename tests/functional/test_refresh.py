"""``rules refresh``: what the registry changed since a draft was made."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matcher.cli.refreshing import refresh_rules
from matcher.exchange.draft import Draft, draft_of
from matcher.exchange.refreshing import Refreshed, refreshed
from matcher.exchange.registry import Record, RecordContact, RecordSite
from matcher.rulebook.documents import read_rule_file
from matcher.rules.recruitment import misplaced, recruitment_of
from matcher.rules.syntax import TrialDocument

TEXT = """Inclusion Criteria:

* Age 18 years or older
* Platelets of at least 100 x 10^9/L, measured within 14 days
* Willing to travel

Exclusion Criteria:

* Active infection
"""


def record(criteria: str = TEXT, status: str = "recruiting", day: str = "2024-01-01") -> Record:
    return Record("NCT00000001", "A trial", status, "2", "", day, criteria, "", "", "all")


def draft() -> Draft:
    return draft_of(record(), date(2024, 1, 2))


def compared(
    folder: Path, newer: Record, *, edit: tuple[str, str] = ("", ""), text: str = ""
) -> tuple[str, Refreshed]:
    path = folder / "NCT00000001.yaml"
    path.write_text((text or draft().text).replace(*edit), encoding="utf-8")
    file, problems = read_rule_file(path, path.name)
    assert isinstance(file.document, TrialDocument), problems
    text = path.read_text(encoding="utf-8")
    return text, refreshed(text, file.document, newer)


def test_the_same_record_changes_nothing(tmp_path: Path) -> None:
    text, found = compared(tmp_path, record())
    assert not found.changed
    assert found.text == text


def test_each_sentence_that_changed_is_named_with_its_criterion(tmp_path: Path) -> None:
    newer = (
        TEXT.replace("100 x", "75 x")
        .replace("* Willing to travel\n", "")
        .replace("Active", "* HIV\n* Active")
    )
    _, found = compared(tmp_path, record(newer, day="2024-06-01"))
    assert [(each.change, each.criterion) for each in found.sentences] == [
        ("amended", "I-02"),
        ("gone", "I-03"),
        ("added", ""),
    ]
    assert found.sentences[0].after.startswith("Platelets of at least 75")


def test_a_sentence_that_moves_from_inclusion_to_exclusion_is_no_small_change(tmp_path: Path) -> None:
    moved = TEXT.replace("* Willing to travel\n", "") + "* Willing to travel\n"
    _, found = compared(tmp_path, record(moved))
    assert {each.change for each in found.sentences} == {"gone", "added"}


@pytest.mark.parametrize(
    ("newer", "edit", "said", "written"),
    [
        (record(status="closed", day="2024-06-01"), ("", ""), True, True),
        (record(status="closed", day="2023-06-01"), ("", ""), False, False),
        (record(status="unknown", day="2024-06-01"), ("", ""), False, False),
        (record(status="closed", day="2024-06-01"), ("as_of: 2024-01-01, source: registry}", "as_of: 2024-01-01, source: letter}"), True, False),
    ],
)  # fmt: skip
def test_only_a_newer_record_of_the_registry_changes_the_recruitment(
    tmp_path: Path, newer: Record, edit: tuple[str, str], said: bool, written: bool
) -> None:
    text, found = compared(tmp_path, newer, edit=edit)
    assert bool(found.recruitment) is said
    assert (found.text != text) is written
    assert ("status: closed, as_of: 2024-06-01" in found.text) is written


def test_what_was_known_stays_known_of_its_day(tmp_path: Path) -> None:
    text = draft().text
    for status, day in (
        ("recruiting", "2024-03-01"),
        ("suspended", "2024-06-01"),
        ("suspended", "2024-07-01"),
    ):
        text = compared(tmp_path, record(status=status, day=day), text=text)[1].text
    newer = replace(
        record(status="closed", day="2025-06-01"), started="2023-05", primary_completed="2025-02-03"
    )
    _, found = compared(tmp_path, newer, text=text)
    assert found.recruitment == "suspended on 2024-07-01, closed on 2025-06-01"
    path = tmp_path / "NCT00000001.yaml"
    path.write_text(found.text, encoding="utf-8")
    document = read_rule_file(path, path.name)[0].document
    assert isinstance(document, TrialDocument)
    assert not list(misplaced(document.recruitment))
    known = recruitment_of(document.recruitment, lambda *_: None)
    assert [str(each) for each in known.known] == [
        "recruiting on 2024-01-01",
        "recruiting on 2024-03-01",
        "suspended on 2024-06-01",
        "suspended on 2024-07-01",
        "closed on 2025-02-03",
        "closed on 2025-06-01",
    ]


@pytest.mark.parametrize(
    ("status", "started", "completed", "known"),
    [
        ("completed", "2019-03", "2021-02-03", ["recruiting on 2019-03-31", "closed on 2021-02-03"]),
        ("recruiting", "2019-03-04", "2021-02-03", ["recruiting on 2019-03-04"]),
        ("not_yet_recruiting", "2019-03-04", "", []),
        ("closed", "2021-02", "2021-02-03", ["closed on 2021-02-03"]),
        ("unknown", "2019-03-04", "2021-02-03", []),
        ("closed", "2025-02", "May 2026", []),
    ],
)
def test_a_draft_knows_of_the_first_and_the_last_participant(
    tmp_path: Path, status: str, started: str, completed: str, known: list[str]
) -> None:
    newer = replace(record(status=status), started=started, primary_completed=completed)
    path = tmp_path / "NCT00000001.yaml"
    path.write_text(draft_of(newer, date(2024, 1, 2)).text, encoding="utf-8")
    document = read_rule_file(path, path.name)[0].document
    assert isinstance(document, TrialDocument)
    held = recruitment_of(document.recruitment, lambda *_: None).known
    assert [str(each) for each in held[:-1]] == known


def test_the_command_names_records_without_a_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compared(tmp_path, record())
    path = tmp_path / "new.json"
    path.write_text(
        '{"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}, "statusModule": {"overallStatus": '
        '"COMPLETED", "lastUpdateSubmitDate": "2025-01-01"}}}',
        encoding="utf-8",
    )
    other = tmp_path / "other.json"
    other.write_text(
        '{"protocolSection": {"identificationModule": {"nctId": "NCT00000009"}}}', encoding="utf-8"
    )
    assert refresh_rules([path, other], tmp_path, write=True) == 0
    said = capsys.readouterr().out
    assert "recruiting on 2024-01-01, completed on 2025-01-01" in said
    assert "NCT00000009: no rule" in said
    assert "status: completed" in (tmp_path / "NCT00000001.yaml").read_text(encoding="utf-8")


def with_site(status: str, day: str, phone: str = "+00 1") -> Record:
    desk = RecordContact("Trial desk", phone)
    site = RecordSite("North Hospital", "Upton", "", "Utopia", status, (10.5, -3.0), (desk,))
    return replace(record(day=day), contacts=(desk,), sites=(site,))


def test_contacts_and_sites_are_those_of_the_newer_record(tmp_path: Path) -> None:
    first = draft_of(with_site("recruiting", "2024-01-01"), date(2024, 1, 2)).text
    _, found = compared(tmp_path, with_site("closed", "2024-06-01", "+00 2"), text=first)
    assert found.places == "contacts: 1 before, 1 on 2024-06-01; sites: 1 before, 1 on 2024-06-01"
    _, again = compared(tmp_path, with_site("closed", "2024-06-01", "+00 2"), text=found.text)
    assert not again.places
    assert again.text == found.text
    assert found.text.count("+00 2") == 2
    assert "+00 1" not in found.text
    _, older = compared(tmp_path, with_site("recruiting", "2024-03-01"), text=found.text)
    assert not older.places


def test_contacts_that_a_person_wrote_stay(tmp_path: Path) -> None:
    own = 'contacts:\n  - {name: Ours, phone: "+00 3", as_of: 2024-01-01, source: {document: Ours, section: Desk}}\n'
    _, found = compared(tmp_path, with_site("recruiting", "2024-06-01"), text=draft().text + own)
    assert "by hand" in found.places
    assert own in found.text
    assert "North Hospital" in found.text
